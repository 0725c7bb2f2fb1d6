"""The operators' command line, `desk`."""
