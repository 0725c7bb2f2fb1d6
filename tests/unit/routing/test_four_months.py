"""Four months of one request: eleven items, two publishers, three chasers, a bad scan sent back,
one that can't be had, deliveries as they come, one that did not work, and the account at the end.
Real handlers, timers and letters on a driven clock; only the stores are dictionaries.

Told again with the services killed at seeded moments, before or after they have saved: the story
must be the same. `make four-months` tells it so with many seeds."""

import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random
from typing import Any, Final, cast

import pytest

from services.notify.compose import Composer
from services.notify.desk import Desk as Sending
from services.notify.desk import composed
from services.notify.letters import Outgoing
from services.routing.deliveries import asking, converting, giving, steps
from services.routing.deliveries.changing import On
from services.routing.deliveries.complaints import complaint_in
from services.routing.deliveries.delivery import Delivery, Handover, Kind, Pace
from services.routing.deliveries.item import ENDS, File, Plan
from services.routing.deliveries.outlook import outlook_of
from services.routing.deliveries.parsing import works_of
from services.routing.deliveries.publisher import Publisher, Record
from services.routing.deliveries.wishes import answered
from services.routing.documents import fields_of
from services.routing.handlers import Desk, on_enquiry_received
from services.routing.roster import Roster
from services.routing.ticket import Change, Ticket
from services.routing.timers import Timers
from shared.messages import OF_DELIVERIES, EnquiryReceived, NoticeRequested
from shared.outbox import from_saved
from shared.references import Seal
from tests import fakes
from tests.unit.examples import CALENDARS, LETTER, LIBRARY, MAIR, NOW, OWNER, REFERENCE, SECRET

HOUR: Final = timedelta(hours=1)
AFON: Final = Publisher("aa", 1, "Gwasg Afon", "rights@gwasg-afon.example", "cy")
HILL: Final = Publisher(
    "bb", 1, "Hill Press", "access@hill-press.example", "en", record=Record(5, 4, 1, 12.0)
)
LIST: Final = "\n".join(
    f"{number}. Author, {letter}. ({2000 + number}). The {letter} book."
    for number, letter in enumerate("ABCDEFGHIJK", start=1)
)
RIGHTS: Final = "Copyright, Designs and Patents Act 1988, section 31A"


LETTER_IDS: Final = 16
"""Characters of a letter's id that its Message-ID bears."""


class Killed(BaseException):
    """The process ended here."""


@dataclass
class Dying(fakes.Outbox):
    """May be killed when a change is saved, and nobody was told of it yet."""

    dies: Callable[[], bool] = lambda: False

    def send(self, document_id: str, messages: Any) -> None:
        if self.dies():
            raise Killed
        super().send(document_id, messages)


@dataclass
class Shelf:
    """What notify reads."""

    world: "World"

    async def ticket(self, reference: str) -> Any:
        return {"_id": reference, **fields_of(self.world.ticket)}

    async def deliveries(self, reference: str) -> Any:
        return await self.ticket(reference)

    async def publisher(self, publisher_id: str) -> Any:
        one = {"aa": AFON, "bb": HILL}[publisher_id]
        return {"name": one.name, "address": one.address, "language": one.language}

    async def words(self, letter_id: str) -> Any:
        row = {"file": letter_id, "filename": f"{letter_id}.pdf", "size": 1000}
        rows = [row | {"content_type": "application/pdf"}]
        return {"text": "", "by": {"name": "Mair Pretend"}, "attachments": rows}


@dataclass
class World:
    """A library, its clock, and what goes out of it."""

    kills: Random | None = None
    tickets: fakes.Tickets = field(default_factory=lambda: fakes.Tickets(people=[MAIR]))
    letters: list[tuple[datetime, NoticeRequested, Outgoing]] = field(default_factory=list)
    sent: set[str] = field(default_factory=set)
    counted: int = 0
    killed: int = 0

    def __post_init__(self) -> None:
        self.start()
        notices: Any = Shelf(self)
        composer = Composer(LIBRARY, Seal(SECRET))
        clock = self.tickets.clock
        self.sending = Sending(notices, composer, cast(Any, fakes.Courier()), clock)

    def start(self) -> None:
        """The services, as they are after a kill: they know what is stored, and nothing else."""
        store, clock = cast(Any, self.tickets), self.tickets.clock
        self.outbox = Dying(dies=self._dies)
        roster = Roster(self.tickets, clock)
        self.desk = Desk(store, self.outbox, roster, LIBRARY, CALENDARS, clock)
        self.timers = Timers(store, self.desk)

    def _dies(self) -> bool:
        return self.kills is not None and self.kills.random() < 0.2

    async def safely(self, work: Callable[[], Awaitable[object]]) -> object:
        """Until it is done, however often the services are killed meanwhile: what was to be done
        comes again, and what was saved and not told is told."""
        while True:
            try:
                if self._dies():
                    self.tickets.overtaken_by.append(_killed)
                done = await work()
                self.tickets.overtaken_by.clear()
                await self._send()
                return done
            except Killed:
                self.killed += 1
                self.tickets.overtaken_by.clear()
                self.start()
                await self.desk.roster.read_all()
                for key, saved in self.tickets.outbox.documents.items():
                    fakes.Outbox.send(self.outbox, key, [from_saved(one) for one in saved])

    @property
    def ticket(self) -> Ticket:
        return self.tickets.rows[REFERENCE].ticket

    @property
    def delivery(self) -> Delivery:
        return self.ticket.deliveries[0]

    def state(self, number: int) -> str:
        found = self.delivery.item(number)
        assert found is not None
        return found.state.value

    async def does(self, act: Callable[[On], Change]) -> None:
        """What a staff member does at this moment."""
        self.counted += 1
        cause = f"request {self.counted}"

        async def request() -> None:
            if await self.tickets.has_applied(REFERENCE, cause):
                return  # it came again
            change = act(On(self.ticket, "d1", "mair", self.desk.situation(cause)))
            assert await self.tickets.save(change, caused_by=cause)
            self.outbox.send(REFERENCE, change.outgoing)

        await self.safely(request)

    async def ready(self, *numbers: int) -> None:
        for number in numbers:
            file = File(f"copy-{number}")
            await self.does(lambda on, n=number, f=file: giving.make_ready(on, n, f))  # type: ignore[misc]

    async def writes(self, publisher: str) -> None:
        """A publisher answers the last letter that it had."""
        last = [one for one in self.delivery.sent if one.publisher == publisher][-1]
        await self._comes({}, ask=last.id[:8])

    async def answers(self, number: int, words: str) -> None:
        """The patron answers the letter that brought them this item."""
        parts = [one for one in self.delivery.sent if one.kind is Kind.PART]
        brought = next(one for one in parts if number in one.items)
        known = {"is_proven": True, "answers": (brought.id[:LETTER_IDS],)}
        await self._comes(known | {"complaint": complaint_in(words)})

    async def _comes(self, known: dict[str, Any], ask: str | None = None) -> None:
        self.counted += 1
        letter = replace(LETTER, id=f"letter {self.counted}", at=self.desk.clock(), **known)
        self.tickets.patron_letters[letter.id] = letter
        event = EnquiryReceived(
            message_id=letter.id,
            reference=REFERENCE,
            at=letter.at,
            letter_id=letter.id,
            opens=False,
            ask=ask,
        )
        await self.safely(lambda: on_enquiry_received(event, desk=self.desk))

    async def until(self, day: str) -> None:
        """The clock goes, hour by hour, to ten on that day; whatever is due happens."""
        end = datetime.fromisoformat(f"{day}T10:00:00+00:00")
        while self.tickets.clock.now < end:
            self.tickets.clock.now += HOUR
            while await self.safely(self._fire):
                pass
            self._check()

    async def _fire(self) -> bool:
        """By who lives now: it is not the one who was killed that tries again."""
        return await self.timers.fire_next()

    async def _send(self) -> None:
        """Each letter of a delivery is put together when it is asked for, as notify does it."""
        for _, message in self.outbox.sent:
            if isinstance(message, NoticeRequested) and message.notice in OF_DELIVERIES:
                if message.message_id in self.sent:
                    continue  # notify knows it
                letter = await composed(message, self.sending)
                self.letters.append((self.desk.clock(), message, letter))
                self.sent.add(message.message_id)
        self.outbox.sent.clear()

    def _check(self) -> None:
        """Nothing is without a next step, and nothing is overdue; nor is the patron's ticket
        without an owner, or a promise while an answer is owed."""
        now = self.desk.clock()
        assert self.ticket.owner is not None
        assert self.ticket.promise is not None or not self.ticket.is_unanswered
        for one in self.delivery.items:
            assert (one.next_at is None) is (one.state in ENDS)
        for item in self.delivery.items:
            assert (item.next_at is None) is (item.state in ENDS), (now, item)
        next_at = self.delivery.next_at
        assert (next_at is None) is (not self.delivery.is_open), now
        is_there = CALENDARS["enquiries"].is_open(now)
        assert next_at is None or next_at > now or not is_there, (now, self.delivery)

    def told(self, day: str) -> list[tuple[str, tuple[int, ...]]]:
        """The letters of that day: kind, and which items they are about."""
        known = {one.id: one.items for one in self.delivery.sent}
        return [
            (one.notice.value.removeprefix("delivery_"), known[one.message_id])
            for at, one, _ in self.letters
            if at.date().isoformat() == day
        ]

    def last_to(self, address: str) -> Outgoing:
        return [letter for _, _, letter in self.letters if letter.to == address][-1]


async def _killed() -> None:
    raise Killed


async def begun(kills: Random | None = None) -> World:
    world = World(kills)
    await world.desk.roster.read_all()
    event = EnquiryReceived(
        message_id="m1", reference=REFERENCE, at=NOW, letter_id="letter-1", opens=True
    )
    world.tickets.patron_letters["letter-1"] = replace(LETTER, owner=OWNER)
    await world.safely(lambda: on_enquiry_received(event, desk=world.desk))
    one = Delivery(
        *("d1", "", "screen reader", RIGHTS, Handover.MAIL, Pace.EACH, NOW, "mair"),
        list_by=None,
        needed_by=datetime.fromisoformat("2027-03-26T05:00:00+00:00"),
    )
    await world.does(lambda on: steps.open_delivery(on.ticket, one, "mair", on.s))
    [asks] = world.delivery.sent
    assert (world.told(f"{NOW:%Y-%m-%d}"), asks.kind) == ([("format", ())], Kind.FORMAT)
    said = {"is_proven": True, "answers": (asks.id[:LETTER_IDS],)}
    await world._comes(said | {"wishes": answered("A tagged PDF, please.")})
    assert (world.delivery.has_format, world.delivery.format_by) == (True, None)
    wanted = [steps.Wanted(work) for work in works_of(LIST)]
    await world.does(lambda on: steps.add_items(on, wanted))
    return world


async def autumn(world: World) -> None:
    """What the library has is made ready; two publishers are asked."""
    await world.does(lambda on: steps.find(on, [1, 2, 3], Plan.OWN_COPY))
    await world.does(lambda on: steps.find(on, [4], Plan.OPEN_ACCESS))
    await world.until("2026-11-24")
    await world.does(lambda on: asking.ask(on, [5, 6, 7, 8], AFON, ""))
    await world.does(lambda on: asking.ask(on, [9, 10, 11], HILL, ""))
    assert world.told("2026-11-24") == [("ask", (5, 6, 7, 8)), ("ask", (9, 10, 11))]
    await world.until("2026-11-26")
    await world.ready(1, 2)
    await world.until("2026-11-30")
    await world.ready(3, 4)
    assert world.told("2026-11-26") == [("part", (1,)), ("part", (2,))]
    text = world.last_to("rhian@patrons.example").text
    assert "The E book" in text, "still to come"
    assert "we don’t know yet when it comes" in text
    assert "usually there by Sunday 6 December 2026" in text, "as Hill Press usually does"
    assert "You need them by Friday 26 March 2027" in text
    assert "3 of 7 should be there by then" in text
    # Ten open days after Tuesday 24 November: Afon has not answered, nor has Hill.
    await world.until("2026-12-04")
    await world.writes("bb")
    await world.does(lambda on: steps.receive(on, [9, 10]))
    later = datetime.fromisoformat("2026-12-29T10:00:00+00:00")
    await world.does(lambda on: steps.put_off(on, 11, later))
    await world.until("2026-12-06")
    assert world.told("2026-12-05") == [("chase", (5, 6, 7, 8))]


async def winter(world: World) -> None:
    """Afon is asked again and again; what comes is checked; one scan is bad, one can't be had."""
    await world.until("2026-12-10")
    await world.does(lambda on: converting.convert(on, 9, File("5c" * 16), {"format": "pdf"}))
    await world.does(lambda on: converting.converted(on, 9, File("c0" * 16), 0))
    await world.ready(9, 10)
    await world.until("2026-12-28")
    await world.writes("bb")
    await world.does(lambda on: steps.receive(on, [11]))
    await world.ready(11)
    await world.until("2027-01-11")
    chased = [(at.date().isoformat(), one) for at, one, _ in world.letters]
    days = [day for day, one in chased if one.notice == "delivery_chase"]
    assert days == ["2026-12-05", "2026-12-17", "2026-12-30"], "ten open days apart"
    item = world.delivery.item(5)
    assert item is not None
    assert (item.asks, item.needs_somebody) == (4, True), "asked often enough: somebody's now"
    await world.until("2027-01-14")
    await world.writes("aa")
    await world.does(lambda on: steps.receive(on, [5, 6, 7]))
    no = "They may not give it out: the rights went back to the author."
    await world.does(lambda on: giving.give_up(on, 8, no, "The first edition, read aloud to you"))
    await world.does(lambda on: asking.send_back(on, 7, "Pages 40 to 60 are cut off"))
    assert world.told("2027-01-14") == [("cannot", (8,)), ("ask", (7,))]
    said = world.last_to("rhian@patrons.example").text
    assert "rights went back to the author" in said
    assert "read aloud to you" in said
    back = world.last_to("rights@gwasg-afon.example").text
    assert "Pages 40 to 60 are cut off" in back
    assert "The H book" not in back


async def spring(world: World) -> None:
    """The good scan comes; one copy did not work; then there is an account of all."""
    await world.until("2027-01-19")
    await world.ready(5, 6)
    await world.until("2027-01-20")
    await world.answers(2, "This one doesn’t work: it has no headings at all.")
    assert world.state(2) == "received"
    assert [one.number for one in world.delivery.items if not one.is_ended] == [2, 7]
    assert outlook_of(world.delivery, world.desk.clock()).first == (2, 7)
    await world.until("2027-01-22")
    await world.ready(2)
    await world.until("2027-01-25")
    await world.writes("aa")
    await world.until("2027-03-15")
    assert (world.state(7), world.delivery.is_open) == ("asked", True)
    await world.does(lambda on: steps.receive(on, [7]))
    await world.until("2027-03-23")
    item = world.delivery.item(7)
    assert item is not None
    assert item.is_first, "the day is near"
    assert outlook_of(world.delivery, world.desk.clock()).offer_hand
    await world.ready(7)
    assert world.told("2027-03-23") == [("part", (7,))], "with the account, in one letter"
    assert world.delivery.sent[-1].ends


KILLED: Final = range(1, 1 + int(os.environ.get("FOUR_MONTHS", "3")))


@pytest.mark.parametrize("seed", [None, *KILLED])
async def test_four_months(seed: int | None) -> None:
    world = await begun(Random(seed) if seed is not None else None)
    assert [one.number for one in world.delivery.items] == list(range(1, 12))
    await autumn(world)
    await winter(world)
    await spring(world)
    assert not world.delivery.is_open
    ends = [one.state.value for one in world.delivery.items]
    assert (ends.count("delivered"), ends.count("cannot_be_had")) == (10, 1)
    account = world.last_to("rhian@patrons.example").text
    for letter in "ABCDEFGHIJK":
        assert f"The {letter} book" in account
    assert "rights went back to the author" in account
    kinds = [one.notice.value.removeprefix("delivery_") for _, one, _ in world.letters]
    assert {kind: kinds.count(kind) for kind in set(kinds)} == {
        "ask": 3,
        "chase": 3,
        "part": 11,
        "cannot": 1,
        "format": 1,
    }
    theirs = [one for _, _, one in world.letters if not one.to.startswith("rhian")]
    assert len(theirs) == 6
    for one in theirs:
        assert "Rhian" not in one.content.decode()
        assert "screen reader" not in one.text
    said = [(at, one.notice, letter.to, letter.text) for at, one, letter in world.letters]
    assert len(set(said)) == len(said), "nothing is said twice"
    assert (world.killed > 20) is (seed is not None)
