"""Random tickets, made by the functions that make real ones: the same for the same seed."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random
from typing import Any, Final

from services.routing.actions import assign, name_trouble, note, reopen, reply, resolve, wait
from services.routing.arrival import add_letter, open_ticket
from services.routing.assign import Load
from services.routing.contact import miss, reach
from services.routing.documents import fields_of, gains_of
from services.routing.due import fire, next_due
from services.routing.hours import calendars
from services.routing.ledger import renegotiate
from services.routing.ownership import accept, escalate
from services.routing.promise import NotRenegotiable
from services.routing.situation import Situation
from services.routing.status import Event, Refused
from services.routing.surveying import take_opinion
from services.routing.ticket import Change, Letter, Opinion, Patron, Ticket
from shared.library import Library
from shared.messages import NoticeRequested
from shared.mongo import Document
from tests.unit.examples import LETTER
from tests.unit.routing.people import EVERYBODY, as_owner

_STEPS: Final = [timedelta(minutes=one) for one in (1, 7, 90, 600, 1500, 9000)]
_STATES: Final = ("sent", "sent", "sent", "sent", "refused", "suppressed", "deferred")


class History:
    """One ticket, from its first letter on."""

    def __init__(self, library: Library, number: int, at: datetime, random: Random) -> None:
        self.library, self.random, self.now = library, random, at
        self.reference = f"ENQ-{number:04}"
        self.number = 0
        self.rows: dict[str, list[Document]] = {"timeline": [], "promises": []}
        self.notices: list[Document] = []
        letter = self.letter(
            lost_by=random.choice([None, None, None, "phone"]),
            format=random.choice([None, None, "braille"]),
        )
        self.it: Ticket = self.happened(open_ticket(self.reference, letter, self.situation()))

    def situation(self) -> Situation:
        self.number += 1
        cause = f"{self.reference}-{self.number}"
        load = {one.id: Load(self.random.randrange(5)) for one in EVERYBODY}
        return Situation(self.library, calendars(self.library), EVERYBODY, load, self.now, cause)

    def letter(self, **fields: Any) -> Letter:
        self.number += 1
        who = self.random.randrange(90)
        written = self.random.choice([f"p{who}@patrons.example", f"P{who}+home@Patrons.example"])
        address = None if who < 6 else written
        team = self.random.choice(["enquiries", "local-history"])
        patron = Patron("" if who % 7 == 0 else f"Rhian {'abcdefghij'[who % 10]} Example", address)
        fields = {"team": team, "patron": patron, **fields}
        return replace(LETTER, id=f"{self.reference}-l{self.number}", at=self.now, **fields)

    def happened(self, change: Change) -> Ticket:
        gains = gains_of(change)
        for name, rows in self.rows.items():
            rows.extend(gains[name])
        for one in change.messages:
            if isinstance(one, NoticeRequested):
                self.notices.append(self.sent(one, change.ticket.patron.name))
        self.it = change.ticket
        return change.ticket

    def sent(self, request: NoticeRequested, name: str) -> Document:
        """What notify makes of it."""
        state = self.random.choice(_STATES)
        ends = {"finished_at": self.now + timedelta(seconds=self.random.randrange(2, 9000))}
        greeting = f"Dear {name}," if name and self.random.random() < 0.8 else "Hello,"
        return {
            "_id": request.message_id,
            "reference": self.reference,
            "notice": request.notice.value,
            "at": request.at,
            "state": state,
            "text": f"{greeting}\n\nThank you, {name}.\n",
            **(ends if state in {"sent", "refused"} else {}),
        }

    def goes_on(self) -> None:
        """Time passes, with what falls due in it; then somebody does something."""
        until = self.now + self.random.choice(_STEPS)
        for _ in range(30):
            due = next_due(self.it)
            if due is None or due.at > until:
                break
            self.now = max(self.now, due.at.replace(microsecond=0) + timedelta(seconds=1))
            self.happened(fire(self.it, due, self.situation()))
        self.now = max(self.now, until)
        try:
            self.happened(self.random.choice(self.choices())(self.situation()))
        except (Refused, NotRenegotiable):
            return

    def choices(self) -> list[Callable[[Situation], Change]]:
        it, who = self.it, as_owner(self.random.choice(EVERYBODY))
        owner = it.owner or who
        trouble = self.random.choice(["Page wrong", "page  WRONG", "No toner", "Lift broken"])
        later = (self.now + timedelta(days=self.random.randrange(1, 5))).replace(hour=11)
        came_back = self.letter(automatic=True, is_returned=True, is_proven=True)
        return [
            *[lambda s: reply(it, owner, f"{self.reference}-w{self.number}", s)] * 5,
            *[lambda s: resolve(it, owner.id, "it needs none", s)] * 2,
            lambda s: resolve(it, owner.id, None, s),
            *[self.says] * 2,
            lambda s: add_letter(it, self.letter(), s),
            lambda s: add_letter(it, self.letter(is_bare_thanks=True), s),
            lambda s: add_letter(it, self.letter(lost_by="chat"), s),
            lambda s: add_letter(it, came_back, s),
            lambda s: assign(it, who, who.id, s),
            lambda s: note(it, who.id, "note", s.now),
            lambda s: wait(it, Event.WAIT_FOR_PATRON, owner.id, s.now, None),
            lambda s: reopen(it, who.id, s),
            lambda s: escalate(it, owner, "not mine", s),
            lambda s: accept(it, owner, s),
            *[lambda s: reach(it, owner, "phone", "note", s)] * 2,
            lambda s: miss(it, owner, "phone", "note", s),
            lambda s: renegotiate(it, later, "it takes longer", owner.id, s),
            lambda s: name_trouble(it, trouble, who.id, s.now),
        ]

    def says(self, s: Situation) -> Change:
        """How it was."""
        solved, recommend = self.random.random() < 0.7, self.random.choice([None, *range(11)])
        said = Opinion(1, solved, recommend, self.now)
        letter = self.letter(door="survey", has_text=self.random.random() < 0.5)
        change = take_opinion(self.it, letter, said, s)
        assert change is not None
        return change

    def document(self) -> Document:
        """As the store holds it."""
        return {"_id": self.reference, **fields_of(self.it), **self.rows}


def histories(library: Library, count: int, since: datetime, until: datetime) -> Iterable[History]:
    """So many tickets, opened at any second between the two."""
    random = Random(2026)
    seconds = int((until - since).total_seconds())
    for number in range(count):
        at = since + timedelta(seconds=random.randrange(seconds))
        one = History(library, number, at, random)
        for _ in range(random.randrange(9)):
            one.goes_on()
        yield one
