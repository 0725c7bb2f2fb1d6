"""A sender who wants to be taken for another: what gives him away in From. Pure.

It refuses nobody: a letter like that is kept as any other, but staff are told, and it joins no
ticket because of who is said to have written it.
"""

import re
import unicodedata
from typing import Final

_LONGEST: Final = 10_000
_COMMENT: Final = r"\([^()<>@\"\\]*\)"
_ADDRESS: Final = r"[^\s<>@\"(),:;\[\]\\]+@[^\s<>@\"(),:;\[\]\\]+"
_NAME: Final = rf"(?:[^<>@\"()\\]|\"(?:[^\"\\]|\\.)*\"|{_COMMENT})*"
# RFC 5322 §3.4, of which only what every parser reads alike: CVE-2023-27043 is one that did not.
_PLAIN: Final = re.compile(
    rf"(?:{_NAME}<\s*{_ADDRESS}\s*>|\s*{_ADDRESS})\s*(?:{_COMMENT}\s*)?", re.DOTALL
)
_ALIKE: Final = frozenset({"LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC", "LISU"})
"""Alphabets that have letters which look like another's (UTS #39)."""
_WORD: Final = re.compile(r"[^\W\d_]+")


def is_plain(value: str) -> bool:
    """Whether every parser finds the same one address in this From."""
    return len(value) <= _LONGEST and _PLAIN.fullmatch(value) is not None


def mixes_alphabets(text: str) -> bool:
    """Whether a word has letters of two alphabets that look alike, or letters that only mimic."""
    return not text.isascii() and any(map(_is_mixed, _WORD.findall(text[:_LONGEST])))


def _is_mixed(word: str) -> bool:
    kinds = {unicodedata.name(one, "").partition(" ")[0] for one in word if one.isalpha()}
    return len(kinds & _ALIKE) > 1 or not kinds.isdisjoint({"MATHEMATICAL", "FULLWIDTH"})


def names_another(name: str, address: str) -> bool:
    """Whether what stands for a name is an address, and not the sender's."""
    return "@" in name and address.lower() not in name.lower()
