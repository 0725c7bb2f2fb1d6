"""The checks on what staff write, one rule at a time."""
