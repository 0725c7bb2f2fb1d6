"""The one bit that decides what becomes of work that failed: could it succeed later?"""


class Transient(Exception):
    """It may succeed later: try again after a delay, and lose nothing meanwhile."""


class Permanent(Exception):
    """It will never succeed as it is: put it aside with its reason, for a person to look at."""
