"""The golden letters: every letter that the library sends, in every language, as it was looked at."""
