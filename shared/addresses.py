"""Which mail addresses this desk accepts and sends to: one grammar for both ways."""

import re
import unicodedata
from typing import Final

# RFC 5321 §4.1.2, without the quoted and bracketed forms, which only attacks use.
PATTERN: Final = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})+"
_ADDRESS: Final = re.compile(PATTERN)
# RFC 6531 §3.3: the same, with letters, marks and digits of any script.
_INTERNATIONAL: Final = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.\u00a1-\U0003ffff-]{1,64}"
    r"@[A-Za-z0-9\u00a1-\U0003ffff-]{1,63}(\.[A-Za-z0-9\u00a1-\U0003ffff-]{1,63})+"
)
_LONGEST: Final = 254


def is_address(text: str) -> bool:
    """Whether this is one plain address and nothing besides."""
    return len(text) <= _LONGEST and _ADDRESS.fullmatch(text) is not None


def checked_address(text: str) -> str:
    """The same, for a field's type. Raises: ValueError."""
    if not is_address(text):
        raise ValueError("not a mail address")
    return text


def is_international_address(text: str) -> bool:
    """Whether this is one address with letters beyond ASCII, which only a relay that knows
    SMTPUTF8 carries. Nothing invisible, and nothing that has two spellings, is one."""
    return (
        not text.isascii()
        and len(text) <= _LONGEST
        and _INTERNATIONAL.fullmatch(text) is not None
        and all(one < "\x80" or unicodedata.category(one)[0] in "LMN" for one in text)
        and len(text.encode("utf-8")) <= _LONGEST
        and unicodedata.is_normalized("NFC", text)
    )


def untagged(address: str) -> str:
    """Whose mailbox this is: the address in lower case, without the tag after a plus sign."""
    local, _, domain = address.lower().rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"
