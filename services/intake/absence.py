"""Is this the reply of an absent person's mail program, or a mere acknowledgement? By signs. Pure.

No single sign decides: a person may be away and say so, may quote an automatic reply, may ask about
one. What quotes is left out: only the sender's own new words count.
"""

from typing import Final

from services.intake.absence_phrases import (
    AWAY_AT_FIRST,
    CALLED_AT_FIRST,
    CALLED_BEHIND_RE,
    MECHANICAL,
    NOBODY,
    RECEIVED,
    STATED,
    TICKET,
)
from services.intake.mail import Mail
from services.intake.quote_phrases import folded

_LOOKED_AT: Final = 2000
"""Characters of the text: a machine says so at once."""
_ENOUGH: Final = 3


def is_automatic(mail: Mail, new_text: str) -> bool:
    """Whether enough signs agree that no person wrote this. `new_text`: its words without those it
    quotes."""
    subject = _flat(mail.subject)
    text = _flat(new_text[:_LOOKED_AT])
    stated = sum(one.search(text) is not None for one in STATED)
    signs = _of_subject(mail, subject)
    signs += stated
    signs += 2 * (MECHANICAL.search(text) is not None)
    signs += RECEIVED.search(text) is not None
    signs += _of_sender(mail)
    signs -= _of_a_person(text, subject)
    return signs >= _ENOUGH


def _flat(text: str) -> str:
    return " ".join(folded(text).lower().split())


def _of_subject(mail: Mail, subject: str) -> int:
    if CALLED_AT_FIRST.search(subject):
        # RFC 3834 §3.1.5: an automatic reply names what it answers, and no mail program of a
        # person begins the subject of an answer so.
        return 2 + bool(mail.in_reply_to or mail.references)
    is_away = AWAY_AT_FIRST.search(subject) or CALLED_BEHIND_RE.search(subject)
    return (is_away is not None) + (TICKET.search(subject) is not None)


def _of_sender(mail: Mail) -> int:
    local = (mail.address or "").lower().partition("@")[0]
    # A form writes from such an address what a person typed, and names the person.
    answers_go = mail.header("reply-to") is not None
    return (NOBODY.search(local) is not None and not answers_go) + ("feedback-id" in mail.headers)


def _of_a_person(text: str, subject: str) -> int:
    """A question."""
    return 2 * (subject.endswith("?") or "? " in f"{text} ")
