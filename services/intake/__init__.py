"""Takes enquiries in: every letter kept before its sender is told so."""
