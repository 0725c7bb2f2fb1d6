"""Copies are made while those who make them are killed; then each is there once."""
