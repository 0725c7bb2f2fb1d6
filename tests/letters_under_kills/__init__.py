"""Letters are sent while those who send them are killed; then every letter is accounted for."""
