"""Accessible copies: what a patron needs in a form that they can read, however long that takes."""
