"""Every letter that the library sends, in every language, as it was when somebody looked at it."""
