"""Labelled threads, and how the tone and promise checks do on them."""
