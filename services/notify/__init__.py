"""Sends the library's letters, each once, and notes what became of it."""
