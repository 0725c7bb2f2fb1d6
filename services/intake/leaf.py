"""One part of a mail message: what it is called, what is in it, and its text. Pure."""

from binascii import Error as NotBase64
from email.errors import (
    InvalidBase64CharactersDefect,
    InvalidBase64LengthDefect,
    InvalidBase64PaddingDefect,
)
from email.message import Message as Part
from typing import Final

from services.intake.charsets import read_bytes
from services.intake.flowed import unflowed
from services.intake.headers import as_text, decoded
from services.intake.remarks import Remarks

_NAMING: Final = frozenset({"content-type", "content-disposition"})
_MOST_TEXT: Final = 2_500_000
_MOST_HTML: Final = 12_500_000
"""Bytes: more characters than are kept of any text."""
_NOT_BASE64: Final = (
    InvalidBase64CharactersDefect,
    InvalidBase64LengthDefect,
    InvalidBase64PaddingDefect,
)


def children(part: Part) -> list[Part] | None:
    payload = part.get_payload() if part.is_multipart() else None
    if not isinstance(payload, list):
        return None
    return [one for one in payload if isinstance(one, Part)]


def mend(part: Part) -> None:
    """Read bytes that stand raw in a file name, before the parser makes question marks of them."""
    for name, value in part.raw_items():
        if name.lower() in _NAMING and not str(value).isascii():
            part.replace_header(name, as_text(str(value)))


def text_of(part: Part, remarks: Remarks) -> str:
    """The words of a text part, in whatever way they are written."""
    content = payload(part, remarks)
    most = _MOST_HTML if part.get_content_type() == "text/html" else _MOST_TEXT
    if len(content) > most:
        content = content[: content.rfind(b"\n", 0, most) if b"\n" in content[:most] else most]
        remarks.add("text_shortened")
    text = read_bytes(content, _charset(part), remarks)
    # Each parameter read is a parse of the header: first a look whether it is there at all.
    is_flowed = "flowed" in str(part["content-type"]).lower()
    if is_flowed and str(part.get_param("format", "")).lower() == "flowed":
        return unflowed(text, delsp=str(part.get_param("delsp", "")).lower() == "yes")
    return text


def _charset(part: Part) -> str | None:
    return part.get_content_charset() if "charset" in str(part["content-type"]).lower() else None


def payload(part: Part, remarks: Remarks) -> bytes:
    if part.is_multipart():  # a message that was passed on: its bytes as they stand
        return part.as_bytes().replace(b"\r\n", b"\n").partition(b"\n\n")[2]
    before = len(part.defects)
    try:
        content = part.get_payload(decode=True)
    except (ValueError, NotBase64):
        content = str(part.get_payload()).encode("utf-8", "surrogateescape")
    if any(isinstance(one, _NOT_BASE64) for one in part.defects[before:]):
        remarks.add("base64_broken", filename(part) or part.get_content_type())
    return content if isinstance(content, bytes) else b""


def filename(part: Part) -> str | None:
    """What a part is called, in any of the ways in which programs say it; None if in none."""
    for header in ("content-disposition", "content-type"):
        if "name" not in str(part[header]).lower():
            continue
        values = [
            value
            for name, value in part.get_params([], header)[1:]
            if name.lower() in {"filename", "name"}
        ]
        # RFC 2231 beside the plain one, which is then meant for those who can't read the other.
        values.sort(key=lambda value: not isinstance(value, tuple))
        if values:
            return _name(values[0])
    return None


def _name(value: str | tuple[str | None, str | None, str]) -> str:
    if isinstance(value, tuple):
        charset, _, text = value
        content = text.encode("latin-1", "replace")
        return decoded(read_bytes(content, charset, Remarks()))
    return decoded(as_text(value))
