"""What the machine-readable part of a delivery report says (RFC 3464, RFC 6533). Pure.

Reads it wherever a mail system put it: under its own type, under another, or in the text of a
message whose parts have gone wrong. Whether the message is a report at all is `bounce.py`'s to say.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from email.message import Message as Part
from typing import Final, Literal

from services.intake.charsets import decoded_bytes

MOST_TEXT: Final = 32 * 1024
"""Characters of a notice that are looked at."""
_ADDRESS: Final = re.compile(
    r"(?<![\w.+=/@-])[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9-]{1,63}"
    r"(?:\.[A-Za-z0-9-]{1,63}){1,8}"
)
_WIDE_ADDRESS: Final = re.compile(r"(?<![^\s;<])[^\s;<>@\"]{1,64}@[^\s;<>@\"]{1,253}")
"""RFC 6533 §3: beyond ASCII."""
SCHEME: Final = re.compile(r"\b(?:smtp|rfc822|utf-8|mailto)\s{0,3}[:=;]", re.IGNORECASE)
# RFC 3463 §2; an IP address has a fourth number.
STATUS: Final = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d]|\.\d)")
_FIELD: Final = re.compile(r"^(?:final|original)-recipient\s{0,3}:", re.IGNORECASE | re.MULTILINE)
_KINDS: Final = frozenset({"message/delivery-status", "message/global-delivery-status"})
_ENCODED: Final = frozenset({"base64", "quoted-printable"})
Fields = dict[str, str]


@dataclass(frozen=True)
class Outcome:
    """What became of a message for one recipient."""

    address: str | None
    action: Literal["failed", "delayed"] | None
    status: str | None


def addresses(text: str) -> tuple[str, ...]:
    """The addresses in a text, in order."""
    return tuple(one.strip("'.") for one in _ADDRESS.findall(SCHEME.sub(" ", text)))


def outcomes(parts: Iterable[Part]) -> list[Outcome]:
    """What the parts that are made for machines say of each recipient."""
    return [
        _outcome(fields)
        for part in parts
        if part.get_content_type() in _KINDS
        for fields in _blocks(_status_of(part))
    ]


def outcomes_in(text: str) -> list[Outcome]:
    """Likewise, where it stands in a text."""
    return [_outcome(fields) for fields in _blocks(text)] if _FIELD.search(text) else []


def _status_of(part: Part) -> str:
    children = part.get_payload()
    if not isinstance(children, list):
        content = part.get_payload(decode=True)
        return decoded_bytes(content, None)[:MOST_TEXT] if isinstance(content, bytes) else ""
    texts = [one.as_bytes() for one in children if isinstance(one, Part)]
    whole = decoded_bytes(b"\n".join(texts), None)[:MOST_TEXT]
    encoding = str(part["content-transfer-encoding"] or "").strip().lower()
    return _decoded_again(part, whole) if encoding in _ENCODED else whole


def _decoded_again(part: Part, text: str) -> str:
    """RFC 3464 §2.1 wants 7bit; some encode it, which the parser does not expect."""
    again = Part()
    again["content-transfer-encoding"] = str(part["content-transfer-encoding"])
    again.set_payload(text.strip())
    content = again.get_payload(decode=True)
    return decoded_bytes(content, None) if isinstance(content, bytes) else text


def _blocks(text: str) -> Iterator[Fields]:
    """RFC 3464 §2.1: groups of fields, with empty lines between them."""
    for block in re.split(r"\n[ \t]*\n", text[:MOST_TEXT].replace("\r\n", "\n")):
        lines = re.sub(r"\n[ \t]+", " ", block).splitlines()
        pairs = (line.partition(":") for line in lines)
        fields = {name.strip().lower(): value.strip() for name, _, value in pairs}
        if {"final-recipient", "original-recipient"} & fields.keys():
            yield fields


def _outcome(fields: Fields) -> Outcome:
    # RFC 3464 §2.3.1: the original recipient is the one that the sender knows.
    names = ("original-recipient", "final-recipient", "x-actual-recipient")
    named = [fields.get(name, "").replace('"', "").replace("\\", "") for name in names]
    address = next((found for one in named for found in addresses(one)), None)
    wide = (_WIDE_ADDRESS.search(SCHEME.sub(" ", one)) for one in named)
    address = address or next((found[0] for found in wide if found), None)
    code = STATUS.search(f"{fields.get('status')} {fields.get('diagnostic-code')}")
    status = code[1] if code else None
    # RFC 3464 §2.3.3: "failed" is final whatever the status; other words have been seen.
    action = fields.get("action") or {"5": "failed", "4": "delayed"}.get((status or "")[:1], "")
    if action.lower().startswith(("fail", "error", "expire", "undeliver", "bounce", "reject")):
        return Outcome(address, "failed", status)
    return Outcome(address, "delayed" if action.lower().startswith("delay") else None, status)
