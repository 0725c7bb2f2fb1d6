"""A library, its people, a letter and a ticket to try things on. Everybody here is made up."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

from services.intake.letter import Letter as KeptLetter
from services.notify.letters import Outgoing
from services.routing.arrival import open_ticket
from services.routing.hours import calendars
from services.routing.promise import Promise, PromiseState
from services.routing.record import Queue
from services.routing.situation import Situation
from services.routing.ticket import Change, Letter, Owner, Patron, Ticket
from shared.library import Library
from shared.messages import Notice, NoticeRequested
from shared.staff import StaffMember

ADDRESS: Final = "enquiries@llanfair.example"
SECRET: Final = "a-secret-that-only-the-tests-know-of-0123456789"
REFERENCE: Final = "ENQ-7K3M-92Q2"
NOW: Final = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
"""A Monday morning."""
DUE: Final = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)

DESCRIPTION: Final[dict[str, Any]] = {
    "library": {
        "name": "Llanfair-on-Sea Public Library",
        "enquiry_address": ADDRESS,
        "time_zone": "Europe/London",
        "languages": ["en", "cy"],
    },
    "hours": {
        "monday": ["09:00-17:30"],
        "tuesday": ["09:00-17:30"],
        "wednesday": ["09:00-13:00", "14:00-19:00"],
        "thursday": ["09:00-17:30"],
        "friday": ["09:00-17:30"],
        "saturday": ["10:00-16:00"],
        "closures": [{"on": "2026-12-25", "reason": "Christmas Day"}],
    },
    "teams": [
        {"id": "enquiries", "name": "Enquiry Desk"},
        {"id": "local-history", "name": "Local History"},
    ],
    "topics": [
        {"id": "local-history", "team": "local-history", "phrases": ["census", "Old Map"]},
        {"id": "general", "team": "enquiries"},
    ],
    "promise": {"first_answer_open_hours": 8.0},
    "sign_off": {"en": "With kind regards", "cy": "Cofion cynnes"},
}
LIBRARY: Final = Library.model_validate(DESCRIPTION)
CALENDARS: Final = calendars(LIBRARY)

MAIR: Final = StaffMember(
    id="mair", name="Mair Pretend", address="mair@llanfair.example", team="enquiries"
)
OWNER: Final = Owner("mair", "Mair Pretend")
PROMISE: Final = Promise(
    NOW,
    DUE,
    PromiseState.MADE,
    (
        "the published standard of 8 open hours",
        "only 0 such enquiries were answered so far, too few to go by",
    ),
    queue=Queue(0, 1),
)

LETTER: Final = Letter(
    id="letter-1",
    at=NOW,
    patron=Patron("Rhian Example", "rhian@patrons.example"),
    subject="Opening hours",
    message_id="<first@patrons.example>",
    automatic=False,
    language="en",
    topic="general",
    team="enquiries",
    format=None,
)


def situation(
    now: datetime = NOW,
    cause: str = "cause-1",
    staff: Sequence[StaffMember] = (MAIR,),
    library: Library = LIBRARY,
) -> Situation:
    """The example library with these people, at this moment."""
    return Situation(library, calendars(library), staff, {}, now, cause)


def opened(*, reference: str = REFERENCE, letter: Letter = LETTER, owned: bool = True) -> Change:
    """A letter that becomes a ticket, Mair's or nobody's."""
    return open_ticket(reference, letter, situation(staff=(MAIR,) if owned else ()))


def ticket(**fields: Any) -> Ticket:
    """Mair's ticket, but for these fields."""
    return replace(opened().ticket, **fields)


def document(**fields: Any) -> dict[str, Any]:
    """What notify reads of a ticket, but for these fields."""
    known: dict[str, Any] = {
        "_id": REFERENCE,
        "patron": {"name": "Rhian Example", "address": "rhian@patrons.example"},
        "owner": {"id": "mair", "name": "Mair Pretend"},
        "team": "enquiries",
        "language": "en",
        "promise": {"made_at": NOW, "due_at": DUE, "state": "made", "reasons": []},
        "subject": "Opening hours",
        "thread": [{"letter_id": "letter-1", "message_id": "<first@patrons.example>"}],
    }
    return known | fields


def kept_letter(letter_id: str = "letter-1", **fields: Any) -> KeptLetter:
    """A letter as intake keeps it, but for these fields."""
    known: dict[str, Any] = {
        "door": "smtp",
        "at": NOW,
        "raw": b"...",
        "name": "Rhian Example",
        "address": "Rhian@patrons.example",
        "subject": "Opening hours",
        "text": "When are you open?",
        "message_id": f"<{letter_id}@patrons.example>",
    }
    return KeptLetter(id=letter_id, **(known | fields))


def request(notice: Notice = Notice.ACKNOWLEDGEMENT, **fields: Any) -> NoticeRequested:
    """That a patron be told something."""
    known: dict[str, Any] = {
        "message_id": "0123456789abcdef0123456789abcdef",
        "reference": REFERENCE,
        "at": NOW,
        "notice": notice,
        "about": "letter-1",
    }
    return NoticeRequested(**(known | fields))


OUTGOING: Final = Outgoing(
    envelope_from="",
    to="rhian@patrons.example",
    subject=f"[{REFERENCE}] We have your enquiry",
    text="We have your enquiry.\n",
    content=b"Subject: We have your enquiry\r\n\r\nWe have your enquiry.\r\n",
)
