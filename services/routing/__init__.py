"""Gives every enquiry an owner and an honest promise, and lets staff work it."""
