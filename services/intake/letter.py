"""A letter to the library, whatever door it came in by. Pure values."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Literal

from shared.addresses import untagged
from shared.attachments import Attachment
from shared.topic_rules import Door

LetterState = Literal["opened", "added", "noted", "quarantined"]
"""Every letter ends in exactly one: it opened a ticket, was added to one, is automatic mail that
was noted (on its ticket, if it proves one), or is kept aside until somebody looks."""
_MAIL_DOORS: Final = frozenset({"smtp", "imap"})
"""Where anybody may write in any name; at the others the caller is known, or counted there."""


@dataclass(frozen=True)
class Remark:
    """Something about a letter that could not be read as it should be, or that staff should know:
    a lasting code, and a sentence for people."""

    code: str
    text: str


@dataclass(frozen=True)
class Verdicts:
    """What is known of where a letter really came from."""

    by: Literal["mta", "self", "none"] = "none"
    """Who found out: our own mail server, this program, or nobody."""
    results: tuple[tuple[str, str], ...] = ()
    """Method and result, such as `("dmarc", "pass")` (RFC 8601 §2.7)."""
    hops: int = 0
    """How many mail systems it went through (Received headers)."""


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
    door: Door | Literal["survey"]
    at: datetime
    raw: bytes
    name: str = ""
    """As the sender writes it, decoded; may be anything."""
    sender: str = ""
    """The address in From as it stands there, whether or not an answer can reach it."""
    address: str | None = None
    """Where an answer can go; None when none could be read."""
    envelope_from: str | None = None
    """The sender of the envelope; "" is the null sender, None that there was no envelope."""
    recipients: tuple[str, ...] = ()
    """The envelope's, each one of the library's own addresses, as it was written."""
    subject: str = ""
    sent_at: datetime | None = None
    """When it was written, by its own account; None if that can't be read or can't be true."""
    text: str = ""
    """All its words: the plain part, or what its HTML says."""
    new_text: str = ""
    """The words that are new in it; `quoted_text` and `signature` are the rest."""
    quoted_text: str = ""
    signature: str = ""
    html: str | None = None
    """Made safe to show; None if it has none, or too much of it."""
    blocked_loads: int = 0
    """How many things its HTML wanted to fetch from elsewhere."""
    message_id: str | None = None
    replies_to: tuple[str, ...] = ()
    """The Message-IDs in In-Reply-To and References, the nearest first."""
    references: tuple[str, ...] = ()
    """The thread so far, oldest first, as RFC 5322 §3.6.4 has it."""
    attachments: tuple[Attachment, ...] = ()
    remarks: tuple[Remark, ...] = ()
    """What could not be read, or had to be guessed."""
    verdicts: Verdicts = Verdicts()
    bounce: Bounce | None = None
    """What it says of a message that did not arrive, if that is what it is."""
    automatic: str | None = None
    """Why this was not written by a person; None if it was."""
    unreadable: str | None = None
    """Why it could not be understood; None if it was."""
    held: str | None = None
    """Why it is kept aside although it can be read; None if it isn't."""
    reply_to: str = ""
    """What Reply-To says, for staff to see: no answer ever goes there by itself."""
    also_to: tuple[str, ...] = ()
    """Addresses in its header with a tag: a seal there is as good as one of the envelope."""
    is_proven: bool = False
    """Whether it joined its ticket by a seal of ours."""
    sender_is_known: bool = True
    """False: it proved its ticket, but nobody had written on that from this address before."""
    ask: str | None = None
    """It answers a letter to a publisher, whose id begins so: it is not the patron's."""
    asked: dict[str, Any] = field(default_factory=dict)
    """What a form or an integration said besides: language, topic, format, phone, item, …"""

    @property
    def aside(self) -> str | None:
        """Why it is quarantined; None if it isn't."""
        return self.unreadable or self.held

    @property
    def counted_as(self) -> str | None:
        """Whose new enquiries it counts among: a mailbox, whatever the tag; who names no sender at
        all is counted with all that don't. None where nobody counts."""
        if self.door not in _MAIL_DOORS:
            return None
        return untagged(self.address or self.sender or self.envelope_from or "")


def state_of(letter: Letter, *, opens: bool) -> LetterState:
    """Where a letter has ended."""
    if letter.aside:
        return "quarantined"
    if letter.automatic:
        return "noted"
    return "opened" if opens else "added"
