"""What can be made out of a letter that can't be read: whom it may be from, and its subject. Pure.

It looks at the first lines only, parses nothing, never raises, and decides nothing: whoever
releases the letter does.
"""

import re
from typing import Any, Final

from services.intake.charsets import decoded_bytes
from services.intake.headers import decoded
from shared.addresses import is_address

_LOOKED_AT: Final = 64 * 1024
_ADDRESS: Final = re.compile(r"[^\s<>()\[\],;:\"]{1,64}@[^\s<>()\[\],;:\"]{1,255}")
_NO_NAME: Final = re.compile(r"<[^<>]*>?|[\"()]")


def glimpse(raw: bytes) -> dict[str, Any]:
    """Name, address and subject of a letter, as far as they can be seen: empty, None where not."""
    head = raw[:_LOOKED_AT]
    sender = _line(head, b"from")
    found = list(dict.fromkeys(one for one in _ADDRESS.findall(sender) if "@" in one))
    # Two addresses, or one that is odd: whose letter it is then is for a person to say.
    address = found[0] if len(found) == 1 and is_address(found[0]) else None
    name = _NO_NAME.sub(" ", sender).replace(address or "\0", " ")
    return {
        "name": " ".join(name.split())[:200],
        "address": address,
        "subject": _line(head, b"subject"),
    }


def _line(head: bytes, name: bytes) -> str:
    """The first line of a header, decoded."""
    found = re.search(rb"^" + name + rb":[ \t]{0,99}([^\r\n]{0,900})", head, re.I | re.M)
    return decoded(decoded_bytes(found[1], None)) if found else ""
