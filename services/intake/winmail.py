"""Opens what Outlook wraps up (winmail.dat, MS-OXTNEF): its words and its attachments. Pure.

A few of its fields, read by hand: the library for it counts to four thousand millions when sixty
bytes tell it to. Here every count is bounded by the bytes that are there.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from struct import Struct
from typing import Final

from services.intake.charsets import decoded_bytes

_SIGNATURE: Final = 0x223E9F78
_HEADER: Final = Struct("<BII")  # level, id with type, length
_MOST_OBJECTS: Final = 5000
_MOST_PROPERTIES: Final = 5000
# MS-OXTNEF §2.1.3.3: the lower half of the id is what it is, the upper half its type.
_MESSAGE_CODE_PAGE: Final = 0x9007
_BODY: Final = 0x800C
_PROPERTIES: Final = 0x9003
_ATTACHMENT_BEGINS: Final = 0x9002
_ATTACHMENT_TITLE: Final = 0x8010
_ATTACHMENT_DATA: Final = 0x800F
_ATTACHMENT_PROPERTIES: Final = 0x9005
# MS-OXPROPS.
_TEXT: Final = 0x1000
_HTML: Final = 0x1013
_RTF: Final = 0x1009
_CODE_PAGE: Final = 0x3FDE
_LONG_NAME: Final = 0x3707
_SHORT_NAME: Final = 0x3704
_DATA: Final = 0x3701
_TYPE: Final = 0x370E
_CONTENT_ID: Final = 0x3712
_FIXED: Final = {2: 4, 3: 4, 4: 4, 5: 8, 6: 8, 7: 8, 10: 4, 11: 4, 20: 8, 64: 8, 72: 16}
"""Bytes of each fixed property type, padded to four."""
_VARYING: Final = frozenset({0x0D, 0x1E, 0x1F, 0x102})
_UNICODE: Final = 0x1F
_OBJECT: Final = 0x0D
_MANY: Final = 0x1000
Properties = dict[int, bytes | str]


class Broken(Exception):
    """This is no winmail.dat that can be read."""


@dataclass
class Wrapped:
    """A file in a winmail.dat."""

    name: str = ""
    content: bytes = b""
    declared_type: str = ""
    content_id: str | None = None


@dataclass
class Winmail:
    """What a winmail.dat holds."""

    text: str = ""
    html: str = ""
    has_rtf: bool = False
    """Whether it has words that only Outlook's own format tells."""
    attachments: list[Wrapped] = field(default_factory=list)


def unwrapped(content: bytes) -> Winmail:
    """Raises: Broken."""
    try:
        return _unwrapped(content)
    except (struct.error, UnicodeError, ValueError) as error:
        raise Broken(type(error).__name__) from error


def _unwrapped(content: bytes) -> Winmail:
    found = Winmail()
    charset: str | None = None
    for what, data in _objects(content):
        last = found.attachments[-1] if found.attachments else None
        if what == _MESSAGE_CODE_PAGE:
            charset = f"cp{int.from_bytes(data[:4], 'little')}"
        elif what == _BODY:
            found.text = found.text or _text(data, charset)
        elif what == _PROPERTIES:
            _add_words(found, _properties(data, charset))
        elif what == _ATTACHMENT_BEGINS:
            found.attachments.append(Wrapped())
        elif last is not None and what == _ATTACHMENT_TITLE:
            last.name = last.name or _text(data, charset)
        elif last is not None and what == _ATTACHMENT_DATA:
            last.content = data
        elif last is not None and what == _ATTACHMENT_PROPERTIES:
            _describe(last, _properties(data, charset))
    return found


def _objects(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Each attribute's id and bytes. One whose length is beyond the end ends it all."""
    signature, _ = Struct("<IH").unpack_from(content)
    if signature != _SIGNATURE:
        raise Broken("no such signature")
    at = 6
    for _ in range(_MOST_OBJECTS):
        if at + _HEADER.size >= len(content):
            return
        _, identity, length = _HEADER.unpack_from(content, at)
        at += _HEADER.size
        if at + length > len(content):
            raise Broken("cut off")
        yield identity & 0xFFFF, content[at : at + length]
        at += length + 2  # a checksum, which some programs write wrongly
    raise Broken("too many attributes")


def _properties(data: bytes, charset: str | None) -> Properties:
    """The properties of one value, by id (MS-OXTNEF §2.1.3.4)."""
    found: Properties = {}
    count, at = _number(data, 0), 4
    if count > _MOST_PROPERTIES:
        raise Broken("too many properties")
    for _ in range(count):
        kind, identity = Struct("<HH").unpack_from(data, at)
        at += 4
        if identity >= 0x8000:
            at = _after_name(data, at)
        values = 1
        if kind & _MANY or (kind & 0xFFF) in _VARYING:
            values, at = _number(data, at), at + 4
        if values > len(data) // 4:
            raise Broken("too many values")
        for _ in range(values):
            value, at = _value(data, at, kind & 0xFFF, charset)
            found.setdefault(identity, value)
    return found


def _after_name(data: bytes, at: int) -> int:
    """A named property has a GUID, and a number or a name of its own."""
    if _number(data, at + 16) == 0:
        return at + 24
    return at + 24 + _padded(_number(data, at + 20))


def _value(data: bytes, at: int, kind: int, charset: str | None) -> tuple[bytes | str, int]:
    if kind in _FIXED:
        return data[at : at + _FIXED[kind]], at + _FIXED[kind]
    if kind not in _VARYING:
        raise Broken("an unknown type")
    length = _number(data, at)
    at += 4
    value = data[at : at + length]
    if len(value) < length:
        raise Broken("cut off")
    end = at + _padded(length)
    if kind == _UNICODE:
        return value.decode("utf-16-le", "replace").rstrip("\0"), end
    if kind == 0x1E:
        return _text(value, charset), end
    return value[16:] if kind == _OBJECT else value, end  # an object's interface comes first


def _add_words(found: Winmail, properties: Properties) -> None:
    page = properties.get(_CODE_PAGE, b"")
    number = int.from_bytes(page, "little") if isinstance(page, bytes) else 0
    charset = {65001: "utf-8", 20127: "ascii", 28591: "iso-8859-1"}.get(number, f"cp{number}")
    found.text = found.text or _as_text(properties.get(_TEXT, ""), charset)
    found.html = found.html or _as_text(properties.get(_HTML, ""), charset)
    found.has_rtf = found.has_rtf or _RTF in properties


def _describe(one: Wrapped, properties: Properties) -> None:
    name = properties.get(_LONG_NAME) or one.name or properties.get(_SHORT_NAME) or ""
    one.name = _as_text(name, None)
    one.declared_type = _as_text(properties.get(_TYPE, ""), None)
    one.content_id = _as_text(properties.get(_CONTENT_ID, ""), None) or None
    data = properties.get(_DATA, b"")
    if not one.content and isinstance(data, bytes):
        one.content = data


def _as_text(value: bytes | str, charset: str | None) -> str:
    return value if isinstance(value, str) else _text(value, charset)


def _text(value: bytes, charset: str | None) -> str:
    return decoded_bytes(value.rstrip(b"\0"), charset)


def _number(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 4], "little") if at + 4 <= len(data) else _missing()


def _missing() -> int:
    raise Broken("cut off")


def _padded(length: int) -> int:
    return length + -length % 4
