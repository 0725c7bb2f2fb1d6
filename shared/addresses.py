"""Which mail addresses this desk accepts and sends to: one grammar for both ways."""

import re
from typing import Final

# RFC 5321 §4.1.2, without the quoted and bracketed forms, which only attacks use, and without
# RFC 6531's letters beyond ASCII, which can't be answered until the relay is asked for SMTPUTF8.
_ADDRESS: Final = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})+"
)
_LONGEST: Final = 254


def is_address(text: str) -> bool:
    """Whether this is one plain address and nothing besides."""
    return len(text) <= _LONGEST and _ADDRESS.fullmatch(text) is not None


def untagged(address: str) -> str:
    """Whose mailbox this is: the address in lower case, without the tag after a plus sign."""
    local, _, domain = address.lower().rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"
