"""Builds outgoing mail: headers that nobody can add to, text and HTML of the same words. Pure."""

import re
from binascii import b2a_qp
from dataclasses import dataclass
from datetime import datetime
from email.header import Header
from email.utils import format_datetime, formataddr
from typing import Final, Literal

from services.notify.enclosing import BOUNDARY as FILES
from services.notify.enclosing import Enclosed

_BREAKS: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_LONGEST_LINE: Final = 900
_LONGEST_MAILBOX: Final = 700
_SHORT_NAME: Final = 11
"""Letters of any script that are one encoded word of at most 75 characters (RFC 2047 §2)."""
# Quoted-printable never has "=_" in it, so this can't occur in a part (RFC 2045 §6.7, rule 1).
_BOUNDARY: Final = "=_letter"

_BEFORE_FILES: Final = (
    f'Content-Type: multipart/mixed; boundary="{FILES}"',
    "",
    f"--{FILES}",
)

Automatic = Literal["auto-replied", "auto-generated"]
"""RFC 3834 §5.1: it answers a letter, or it comes of itself."""


@dataclass(frozen=True)
class Outgoing:
    """A letter ready to be sent."""

    envelope_from: str
    """"" is the null sender, so that no machine answers an automatic letter (RFC 3834 §3.3)."""
    to: str
    subject: str
    text: str
    content: bytes
    """The whole message as it goes over the wire, without dot-stuffing; if files go with it, up to
    the first of them."""
    enclosed: tuple[Enclosed, ...] = ()


@dataclass(frozen=True)
class Head:
    """What stands at the top of a letter."""

    from_name: str
    from_address: str
    reply_to: str | None
    """None: answers go to `from_address`."""
    to_name: str
    to_address: str
    subject: str
    date: datetime
    message_id: str
    in_reply_to: str | None
    references: tuple[str, ...]
    language: str
    automatic: Automatic | None
    """None: a person wrote it."""


def clean_header(text: str) -> str:
    """One line, whatever comes in: no character that could end a header is left."""
    return _BREAKS.sub(" ", text).encode("utf-8", "replace").decode("utf-8").strip()


def build(head: Head, text: str, html: str | None, enclosed: tuple[Enclosed, ...] = ()) -> Outgoing:
    """The letter with these words in both parts; with no HTML, text and nothing else.

    Written out here rather than by the standard library's generator, which took a quarter of all
    that a ticket costs; the same bytes are read back by its parser in the tests.
    """
    lines = [
        *(f"{name}: {value}" for name, value in _headers(head)),
        "MIME-Version: 1.0",
        *(_BEFORE_FILES if enclosed else ()),
        *(_part("plain", text) if html is None else _both(text, html)),
        *(("",) if enclosed or html is not None else ()),
    ]
    return Outgoing(
        envelope_from="" if head.automatic else head.reply_to or head.from_address,
        to=head.to_address,
        subject=clean_header(head.subject),
        text=text,
        # RFC 6532 §3.2: only an address beyond ASCII makes anything else of it.
        content="\r\n".join(lines).encode("ascii" if head.to_address.isascii() else "utf-8"),
        enclosed=enclosed,
    )


def _both(text: str, html: str) -> tuple[str, ...]:
    """RFC 2046 §5.1.4: the plainest first."""
    return (
        f'Content-Type: multipart/alternative; boundary="{_BOUNDARY}"',
        "",
        f"--{_BOUNDARY}",
        *_part("plain", text),
        f"--{_BOUNDARY}",
        *_part("html", html),
        f"--{_BOUNDARY}--",
    )


def _part(kind: str, words: str) -> tuple[str, ...]:
    """RFC 2046 §5.1, RFC 2045 §6.7: readable in any program's source view, unlike base64."""
    canonical = "\r\n".join(words.splitlines()) + "\r\n"
    return (
        f'Content-Type: text/{kind}; charset="utf-8"',
        "Content-Transfer-Encoding: quoted-printable",
        "",
        b2a_qp(canonical.encode("utf-8", "replace"), istext=True).decode("ascii"),
    )


def _headers(head: Head) -> list[tuple[str, str]]:
    headers = [
        ("From", _mailbox(head.from_name, head.from_address)),
        *((("Reply-To", head.reply_to),) if head.reply_to else ()),
        ("To", _mailbox(head.to_name, head.to_address)),
        ("Subject", _words(head.subject)),
        ("Date", format_datetime(head.date)),
        ("Message-ID", head.message_id),
        ("Content-Language", head.language),
    ]
    if head.in_reply_to is not None and _is_writable(head.in_reply_to):
        # RFC 5322 §3.6.4; one id to a line, so that no line is longer than §2.1.1 allows.
        thread = [clean_header(one) for one in head.references if _is_writable(one)]
        headers.append(("In-Reply-To", clean_header(head.in_reply_to)))
        headers.append(("References", "\r\n ".join(thread)))
    if head.automatic:
        # RFC 3834 §5; the second is for mail systems that only know their own header.
        headers.append(("Auto-Submitted", head.automatic))
        headers.append(("X-Auto-Response-Suppress", "All"))
    return headers


def _is_writable(message_id: str) -> bool:
    """Whether it fits on a line: a patron's mail program may make any."""
    return message_id.isascii() and len(message_id) <= _LONGEST_LINE


def _mailbox(name: str, address: str) -> str:
    name = clean_header(name)[:_LONGEST_MAILBOX]
    if address.isascii() and (name.isascii() or len(name) <= _SHORT_NAME):
        return formataddr((name, address), "utf-8")
    if len(name) > _SHORT_NAME and not name.isascii():
        words = Header(name, "utf-8", 75, "Reply-To").encode(linesep="\r\n")
        return f"{words} <{clean_header(address)}>"
    # The standard library knows no RFC 6532; the name that stands before it is written as ever.
    before = formataddr((name, "a@b.example"), "utf-8").rpartition("<")[0]
    return f"{before}<{clean_header(address)}>"


def _words(text: str) -> str:
    """RFC 2047 where it is not plain ASCII, or too long for one line."""
    text = clean_header(text)
    if text.isascii() and len(text) <= _LONGEST_LINE:
        return text
    return Header(text, "utf-8", header_name="Subject").encode(linesep="\r\n")
