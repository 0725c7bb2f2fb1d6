"""The books of a desk, kept from outside: what its doors accepted, against what is seen of it."""
