"""What looks like a person's name: what letters greet by, and what may be noted as one. Pure."""

import re
import unicodedata
from typing import Final

_LIKE_A_LINK: Final = re.compile(r"[^\s.]\.[^\s.]{2}|www\.|//", re.IGNORECASE)
LONGEST_NAME: Final = 60
"""Characters."""


def name_to_greet(name: str) -> str | None:
    """The name as the patron writes it, if it looks like one; else None: greet without a name.

    An automatic letter to a forged address must not carry a forger's message in its greeting.
    """
    name = name.strip()
    if not name or len(name) > LONGEST_NAME or _LIKE_A_LINK.search(name):
        return None
    if not any(one.isalpha() for one in name):
        return None
    return name if all(one in " '’.-" or _is_letter(one) for one in name) else None


def _is_letter(character: str) -> bool:
    return unicodedata.category(character)[0] in "LM"
