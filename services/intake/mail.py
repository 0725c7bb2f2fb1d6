"""Understands a mail message (RFC 5322, 2045 to 2049, 2047). Pure: bytes in, values out.

Reads with the standard library's `compat32` policy and decodes headers here: its newer policy
takes 12.9 s for one hostile header of 40 KB. What can't be read is `Unreadable`, never a guess.
"""

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from email.errors import MessageError
from email.header import decode_header
from email.message import Message as Part
from email.utils import getaddresses
from html import unescape
from typing import Final

from services.intake.letter import Attachment
from services.intake.mime import parse
from shared.addresses import is_address

_MOST_HEADER_BYTES: Final = 256 * 1024
_MOST_HEADER_LINES: Final = 5000
_MOST_PARTS: Final = 200
_MOST_DEPTH: Final = 20
_LONGEST_HEADER: Final = 10_000
_MOST_TEXT: Final = 500_000
"""Characters."""
_CONTROLS: Final = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029]+")
# The parser takes square time for these, wherever they stand.
_LONG_FIELD: Final = re.compile(rb"^content-[a-z-]+:(?:[^\r\n]|\r?\n[ \t]){8000}", re.I | re.M)
_MESSAGE_ID: Final = re.compile(r"<[!-;=?-~]{1,900}>")


class Unreadable(Exception):
    """These bytes can't be understood as a letter; the text says why."""


_TAG: Final = re.compile(r"<[^<>]*>")
_NAMING: Final = frozenset({"content-type", "content-disposition"})


@dataclass(frozen=True)
class Mail:
    """A mail message, understood."""

    headers: dict[str, tuple[str, ...]]
    """By name in lower case: every value, unfolded but still encoded."""
    name: str
    address: str | None
    subject: str
    text: str
    message_id: str | None
    in_reply_to: tuple[str, ...]
    references: tuple[str, ...]
    attachments: tuple[Attachment, ...]

    def header(self, name: str) -> str | None:
        """The first value of a header."""
        return next(iter(self.headers.get(name, ())), None)


def read(raw: bytes) -> Mail:
    """Raises: Unreadable."""
    try:
        return _read(parsed(raw))
    except Unreadable:
        raise
    except Exception as error:
        # Whatever a parser stumbles over, the letter is kept, and said to be so.
        raise Unreadable(f"not a mail message: {type(error).__name__}") from error


def parsed(raw: bytes) -> Part:
    """The parts of a message, for who looks for other things. Raises: Unreadable, and
    whatever the standard library's parser raises for hostile mail."""
    _refuse_bombs(raw)
    return parse(raw)


def _refuse_bombs(raw: bytes) -> None:
    """Limits before any parser sees the bytes: headers, parts."""
    ends = (at for at in (raw.find(b"\r\n\r\n"), raw.find(b"\n\n")) if at >= 0)
    end = min(ends, default=len(raw))
    if end > _MOST_HEADER_BYTES or raw.count(b"\n", 0, end) > _MOST_HEADER_LINES:
        raise Unreadable("its headers are too large")
    if _LONG_FIELD.search(raw):
        raise Unreadable("a header of one of its parts is too large")
    if raw.count(b"ultipart/") > 2 * _MOST_DEPTH:  # each makes every line behind it cost more
        raise Unreadable("its parts are nested too deep")
    if raw.count(b"\n--") > 50 * _MOST_PARTS:
        raise Unreadable("it has too many parts")


def _read(message: Part) -> Mail:
    headers = _headers(message)
    name, address = _sender(headers.get("from", ()))
    plain, rich, attachments = _contents(message)
    return Mail(
        headers=headers,
        name=name,
        address=address,
        subject=decoded(next(iter(headers.get("subject", ())), ""))[:998],
        text=_shortened(plain if plain.strip() or not rich.strip() else _text_of_html(rich)),
        message_id=next(iter(_ids(headers.get("message-id", ()))), None),
        in_reply_to=_ids(headers.get("in-reply-to", ())),
        # RFC 5322 §3.6: there is one; a second is somebody else's.
        references=_ids(headers.get("references", ())[:1]),
        attachments=attachments,
    )


def _shortened(text: str) -> str:
    """A document of the database holds 16 MB; the letter as it came is kept whole beside it."""
    if len(text) <= _MOST_TEXT:
        return text
    return f"{text[:_MOST_TEXT]}\n\n[The rest of this letter is in the message as it came.]"


def _text_of_html(html: str) -> str:
    """For mail with no plain part. The library is loaded when the first such mail comes."""
    from inscriptis import get_text  # noqa: PLC0415

    text = str(get_text(html))
    # It gives up, without a word, where tags are nested 256 deep: then the bare words must do.
    return text if text.strip() else unescape(_TAG.sub(" ", html))


def header_text(part: Part, name: str) -> str:
    """A header's text, decoded; empty where there is none."""
    return decoded(_as_text(str(part[name] or "")))


def _headers(message: Part) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for name, value in message.raw_items():
        text = _as_text(str(value)).replace("\r\n", "").replace("\n", "").strip()
        found.setdefault(name.lower(), []).append(text)
    return {name: tuple(values) for name, values in found.items()}


def _as_text(value: str) -> str:
    """Bytes over 127 that stand raw in a header: UTF-8 (RFC 6532), else Windows' Latin."""
    if value.isascii():
        return value
    try:
        raw = value.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        raw = value.encode("utf-8", "replace")
    return decoded_bytes(raw, None)


def decoded(value: str) -> str:
    """A header's text with its encoded words (RFC 2047) read and control characters gone."""
    value = value[:_LONGEST_HEADER]
    if "=?" in value:
        # What is no encoded word after all stays as it was written.
        with suppress(ValueError, MessageError):
            value = "".join(_word(*word) for word in decode_header(value))
    return _CONTROLS.sub(" ", value).strip()


def _word(content: bytes | str, charset: str | None) -> str:
    if isinstance(content, str):
        return content
    return decoded_bytes(content, charset)


def decoded_bytes(content: bytes, charset: str | None) -> str:
    """Text in the declared charset if that is known and true, else UTF-8, else Windows' Latin.

    Half a character, which some charsets can write (UTF-7) and no database can keep, is replaced.
    """
    for candidate in (charset, "utf-8"):
        try:
            text = content.decode(candidate or "utf-8")
            return text.encode("utf-8", "replace").decode("utf-8")
        except (ValueError, LookupError):  # not of this charset, or no charset at all
            continue
    return content.decode("cp1252", "replace")


def _sender(values: Iterable[str]) -> tuple[str, str | None]:
    """Whoever stands first in From, if it is one plain address and nothing else can be read."""
    for name, address in getaddresses([value[:_LONGEST_HEADER] for value in values][:1]):
        if is_address(address):
            return decoded(name)[:200], address
        # A word alone, which RFC 5322 §3.4 does not know, is a name more often than an address.
        return decoded(name or ("" if "@" in address else address))[:200], None
    return "", None


def _ids(values: Iterable[str]) -> tuple[str, ...]:
    """The Message-IDs in a header, in order; at most a hundred."""
    return tuple(_MESSAGE_ID.findall(" ".join(values))[:100])


def _contents(message: Part) -> tuple[str, str, tuple[Attachment, ...]]:
    """The plain text, the HTML, and what is attached."""
    plain: list[str] = []
    rich: list[str] = []
    attachments: list[Attachment] = []
    for part in _leaves(message, 0):
        _mend(part)
        kind, name = part.get_content_type(), _filename(part)
        content = _payload(part)
        is_words = name is None and part.get_content_disposition() != "attachment"
        # A multipart whose boundary never comes, or is its parent's: what it has is shown as it is.
        if is_words and (kind == "text/plain" or part.get_content_maintype() == "multipart"):
            plain.append(decoded_bytes(content, part.get_content_charset()))
        elif is_words and kind == "text/html":
            rich.append(decoded_bytes(content, part.get_content_charset()))
        else:
            attachments.append(Attachment(name or "", kind, len(content)))
        if len(plain) + len(rich) + len(attachments) > _MOST_PARTS:
            raise Unreadable("it has too many parts")
    if not attachments and not "".join([*plain, *rich]).strip():
        # Parts that are all empty: the words stand beside them, where a boundary went wrong.
        plain = [_as_text(one) for one in (message.preamble, message.epilogue) if one]
    return "\n".join(plain), "\n".join(rich), tuple(attachments)


def _leaves(part: Part, depth: int) -> Iterator[Part]:
    if depth > _MOST_DEPTH:
        raise Unreadable("its parts are nested too deep")
    children = part.get_payload() if part.is_multipart() else None
    if not isinstance(children, list) or part.get_content_maintype() == "message":
        yield part
        return
    for child in children:
        if isinstance(child, Part):
            yield from _leaves(child, depth + 1)


def _mend(part: Part) -> None:
    """Read bytes that stand raw in a file name, before the parser makes question marks of them."""
    for name, value in part.raw_items():
        if name.lower() in _NAMING and not str(value).isascii():
            part.replace_header(name, _as_text(str(value)))


def _payload(part: Part) -> bytes:
    if part.is_multipart():  # a forwarded message/rfc822: its bytes as they stand
        return part.as_bytes()
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _filename(part: Part) -> str | None:
    name = part.get_filename()
    return decoded(_as_text(name))[:255] if name is not None else None
