"""Understands a mail message. Pure: bytes in, values out.

What only an attack has is `Unreadable`; what else can't be read is remarked, never guessed. The
headers are read in `headers.py`, the parts in `parts.py`.
"""

from dataclasses import dataclass
from datetime import datetime
from email.message import Message as Part
from typing import Final

from services.intake.headers import (
    Headers,
    as_text,
    decoded,
    first,
    headers_of,
    ids_of,
    remark_doubled,
    sender_of,
    sent_at,
    shown,
)
from services.intake.html_text import CUT, text_of_html
from services.intake.letter import Remark
from services.intake.mime import Unreadable, parse
from services.intake.parts import Contents, contents_of
from services.intake.remarks import Remarks
from shared.attachments import Attachment

__all__ = ["Mail", "Unreadable", "read"]

_ON_THE_WAY: Final = frozenset({"received", "authentication-results"})
_MOST_TEXT: Final = 500_000
"""Characters."""


@dataclass(frozen=True)
class Mail:
    """A mail message, understood."""

    headers: Headers
    trace: tuple[tuple[str, str], ...]
    """The headers that mail systems on the way wrote, name in lower case, topmost first."""
    name: str
    sender: str
    """The address in From as it is written."""
    address: str | None
    """The same, if an answer can be sent there."""
    subject: str
    sent_at: datetime | None
    text: str
    html: str
    """As it came: not safe to show."""
    is_html_alone: bool
    """Whether `text` was made from it."""
    message_id: str | None
    in_reply_to: tuple[str, ...]
    references: tuple[str, ...]
    attachments: tuple[Attachment, ...]
    remarks: tuple[Remark, ...]

    def header(self, name: str) -> str | None:
        """The first value of a header."""
        return next(iter(self.headers.get(name, ())), None)


def read(raw: bytes) -> Mail:
    """Raises: Unreadable."""
    try:
        return _read(parse(raw))
    except Unreadable:
        raise
    except Exception as error:
        # Whatever a parser stumbles over, the letter is kept, and said to be so.
        raise Unreadable(f"not a mail message: {type(error).__name__}") from error


def _read(message: Part) -> Mail:
    remarks = Remarks()
    headers = headers_of(message)
    name, sender, address = sender_of(headers, remarks)
    ids = ids_of(headers.get("message-id", ())[:1])
    remark_doubled(headers, remarks)
    if not ids and first(headers, "message-id"):
        remarks.add("message_id_odd")
    contents = contents_of(message, remarks)
    return Mail(
        headers=headers,
        trace=_trace(message),
        name=name,
        sender=sender,
        address=address,
        subject=shown(decoded(first(headers, "subject"), remarks))[:998],
        sent_at=sent_at(headers, remarks),
        text=_shortened(_text(contents), remarks),
        html=contents.html(),
        is_html_alone=bool(contents.words) and not any(one.text.strip() for one in contents.words),
        message_id=next(iter(ids), None),
        in_reply_to=ids_of(headers.get("in-reply-to", ())),
        # RFC 5322 §3.6: there is one; a second is somebody else's.
        references=ids_of(headers.get("references", ())[:1]),
        attachments=tuple(contents.attachments),
        remarks=remarks.all(),
    )


def _trace(message: Part) -> tuple[tuple[str, str], ...]:
    return tuple(
        (name.lower(), " ".join(as_text(str(value)).split()))
        for name, value in message.raw_items()
        if name.lower() in _ON_THE_WAY
    )


def _text(contents: Contents) -> str:
    """The words in their order: of what is said twice, the plain ones, unless they are empty."""
    told = (
        one.text if one.text.strip() or not one.html.strip() else text_of_html(one.html)
        for one in contents.words
    )
    return "\n".join(told)


def _shortened(text: str, remarks: Remarks) -> str:
    """A document of the database holds 16 MB; the letter as it came is kept whole beside it."""
    if len(text) > _MOST_TEXT:
        text = f"{text[:_MOST_TEXT]}{CUT}"
    if text.endswith(CUT):
        remarks.add("text_shortened")
    return text
