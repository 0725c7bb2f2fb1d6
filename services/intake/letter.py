"""A letter to the library, whatever door it came in by. Pure values."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from shared.library import Door


@dataclass(frozen=True)
class Attachment:
    """What came with a letter. `filename` is what the sender called it: data, never a path."""

    filename: str
    content_type: str
    size: int
    """Bytes, decoded."""


@dataclass(frozen=True)
class Bounce:
    """What a mail system says of a message that did not arrive."""

    recipients: tuple[str, ...]
    """Whom it did not reach; may be empty: some do not say."""
    permanent: bool
    """Whether it was given up; False while it is still being tried."""
    status: str | None = None
    """RFC 3463, such as `5.1.1`."""
    original_message_id: str | None = None
    """Of the message that did not arrive, with its angle brackets."""


@dataclass(frozen=True)
class Letter:
    """What a patron sent us, understood as far as it could be."""

    id: str
    """The same letter, delivered again, has the same id."""
    door: Door
    at: datetime
    raw: bytes
    name: str = ""
    """As the sender writes it, decoded; may be anything."""
    address: str | None = None
    """Where an answer can go; None when none could be read."""
    envelope_from: str | None = None
    """The sender of the envelope; "" is the null sender, None that there was no envelope."""
    recipients: tuple[str, ...] = ()
    """The envelope's, each one of the library's own addresses, as it was written."""
    subject: str = ""
    text: str = ""
    message_id: str | None = None
    replies_to: tuple[str, ...] = ()
    """The Message-IDs in In-Reply-To and References, the nearest first."""
    references: tuple[str, ...] = ()
    """The thread so far, oldest first, as RFC 5322 §3.6.4 has it."""
    attachments: tuple[Attachment, ...] = ()
    bounce: Bounce | None = None
    """What it says of a message that did not arrive, if that is what it is."""
    automatic: str | None = None
    """Why this was not written by a person; None if it was."""
    unreadable: str | None = None
    """Why it could not be understood; None if it was."""
    asked: dict[str, Any] = field(default_factory=dict)
    """What a form or an integration said besides: language, topic, format, phone, item, …"""
