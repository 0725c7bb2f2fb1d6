"""Outgoing mail as the development sink keeps it: one .eml file a message, in order of arrival.

What is in a message may be hostile: nothing here trusts it, and reading never fails on it.
"""

import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import Message
from email.parser import BytesHeaderParser
from pathlib import Path
from typing import Any, Final, TypeAlias

_ID: Final = re.compile(r"\d{8}T\d{12}-[0-9a-f]{6}")
_AT: Final = "%Y%m%dT%H%M%S%f"
# The envelope, as a mail server that delivers would note it (RFC 5321 §4.4).
_NOTED: Final = ("Return-Path", "X-Envelope-To")
# In quotes: only type checkers know that it is generic.
Mail: TypeAlias = "Message[str, Any]"


@dataclass(frozen=True)
class Summary:
    """One line of the list."""

    id: str
    at: datetime
    sender: str
    recipient: str
    subject: str
    message_id: str


@dataclass(frozen=True)
class Part:
    """An attachment."""

    number: int
    filename: str
    content_type: str
    content: bytes


@dataclass(frozen=True)
class Letter:
    """One message, taken apart for reading."""

    summary: Summary
    headers: tuple[tuple[str, str], ...]
    text: str | None
    html: str | None
    attachments: tuple[Part, ...]


class KeptMail:
    """The messages in a folder."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder

    def keep(self, raw: bytes, sender: str, recipients: list[str], now: datetime) -> str:
        """Keep a message as it came, under its envelope. Answers its id."""
        name = f"{now.astimezone(UTC).strftime(_AT)}-{secrets.token_hex(3)}"
        noted = zip(_NOTED, (f"<{sender.strip('<>')}>", ", ".join(recipients)), strict=True)
        lines = [f"{header}: {' '.join(value.split())}\r\n" for header, value in noted]
        unfinished = self._folder / f"{name}.part"
        unfinished.write_bytes("".join(lines).encode() + raw)
        unfinished.rename(self._file(name))
        return name

    def newest(self, count: int) -> list[Summary]:
        """The latest messages, newest first."""
        files = sorted(self._folder.glob("*.eml"), reverse=True)
        names = [file.stem for file in files if _ID.fullmatch(file.stem)]
        return [_summary(name, self._headers(name)) for name in names[:count]]

    def raw(self, name: str) -> bytes | None:
        """A message as it came, under its envelope; None if there is no such message."""
        if not _ID.fullmatch(name) or not self._file(name).exists():
            return None
        return self._file(name).read_bytes()

    def letter(self, name: str) -> Letter | None:
        """A message, for reading; None if there is no such message."""
        raw = self.raw(name)
        return None if raw is None else _letter(name, message_from_bytes(raw))

    def _file(self, name: str) -> Path:
        return self._folder / f"{name}.eml"

    def _headers(self, name: str) -> Mail:
        with self._file(name).open("rb") as file:
            return BytesHeaderParser().parse(file)


def _letter(name: str, mail: Mail) -> Letter:
    bodies = {part.get_content_type(): part for part in _leaves(mail) if not _is_attachment(part)}
    plain, html = bodies.get("text/plain"), bodies.get("text/html")
    return Letter(
        summary=_summary(name, mail),
        headers=tuple((field, _readable(value)) for field, value in mail.items()),
        text=None if plain is None else _text(plain),
        html=None if html is None else _text(html),
        attachments=tuple(
            _attachment(number, part)
            for number, part in enumerate(filter(_is_attachment, _leaves(mail)))
        ),
    )


def _summary(name: str, mail: Mail) -> Summary:
    return Summary(
        id=name,
        at=datetime.strptime(name.partition("-")[0], _AT).replace(tzinfo=UTC),
        sender=_readable(mail.get("From", "")),
        # The envelope's: who really gets it.
        recipient=_readable(mail.get("X-Envelope-To", "")),
        subject=_readable(mail.get("Subject", "")),
        message_id=_readable(mail.get("Message-ID", "")).strip(),
    )


def _leaves(mail: Mail) -> Iterator[Mail]:
    return (part for part in mail.walk() if not part.is_multipart())


def _is_attachment(part: Mail) -> bool:
    return part.get_content_disposition() == "attachment" or part.get_content_type() not in (
        "text/plain",
        "text/html",
    )


def _attachment(number: int, part: Mail) -> Part:
    filename = _readable(part.get_filename() or f"part-{number}")
    return Part(number, filename, part.get_content_type(), _content(part))


def _content(part: Mail) -> bytes:
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _text(part: Mail) -> str:
    try:
        return _content(part).decode(part.get_content_charset() or "utf-8", errors="replace")
    except LookupError:  # no such character set
        return _content(part).decode("utf-8", errors="replace")


def _readable(value: object) -> str:
    """A header's text, decoded where it can be."""
    try:
        return str(make_header(decode_header(str(value))))
    except (HeaderParseError, LookupError, UnicodeError, ValueError):
        return str(value)
