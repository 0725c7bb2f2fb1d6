"""Those who listen, around a journal that is a list."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import pytest

from services.routing import listeners as module
from services.routing.listeners import MOST_OF_ONE, MOST_WAITING, Full, Listener, Listeners
from services.routing.telling import Wanted
from shared.callers import Keys
from shared.errors import Transient
from shared.keys import SCOPES, Caller
from shared.messages import TicketsChanged, TicketState, ticket_changed
from shared.staff import Role
from tests.fakes import Clock
from tests.fakes import Tickets as NoKeys
from tests.unit.examples import NOW, REFERENCE

MAIR = Caller("mair", "Mair Pretend", SCOPES[Role.STAFF], Role.STAFF, "enquiries")
STATE = TicketState(status="new", team="enquiries")


@dataclass
class Journal:
    """Pages of changes."""

    pages: list[dict[str, Any]] = field(default_factory=list)
    fails_with: list[Exception] = field(default_factory=list)
    last: int = 0

    def add(self, count: int = 1, state: TicketState = STATE) -> None:
        change = ticket_changed(REFERENCE, 1, NOW, [], now=state, was=state)
        rows = [change.model_dump(mode="json")] * count
        self.pages.append({"_id": self.last + 1, "changes": rows})
        self.last += count

    async def after(self, number: int, most: int) -> list[dict[str, Any]]:
        if self.fails_with:
            raise self.fails_with.pop(0)
        return [one for one in self.pages if one["_id"] > number][:most]

    async def newest(self, most: int) -> list[dict[str, Any]]:
        return await self.after(self.last - most, len(self.pages))


@dataclass
class Line:
    """A connection."""

    is_cut: bool = False

    def is_gone(self) -> bool:
        return self.is_cut

    def cut(self) -> None:
        self.is_cut = True


@dataclass
class House:
    """What listening takes."""

    journal: Journal = field(default_factory=Journal)
    known: dict[str, Caller | None] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.listeners = Listeners(self.journal, NoKeys(), Clock())

    def listener(
        self, caller: Caller = MAIR, shown: str = "a", wanted: Wanted | None = None
    ) -> Listener:
        async def again(_: Keys, __: datetime) -> Caller | None:
            self.asked.append(shown)
            return self.known.get(shown, caller)

        return Listener(caller, wanted or Wanted(), Line(), shown, again)

    async def joined(self, after: str | None = None, **who: Any) -> Listener:
        listener = self.listener(**who)
        await self.listeners.join(listener, after)
        return listener


async def heard(listener: Listener) -> list[str]:
    """What waits for a listener: names and ids of events, or what else it is."""
    found = []
    while not listener.has_taken_all:
        said = await listener.next()
        for one in (said or b"").decode().split("\n\n")[:-1]:
            lines = one.split("\n")
            found.append(" ".join(lines[:2]).replace("event: ", "").replace(" id: ", " "))
    return found


@pytest.fixture
def house() -> House:
    return House()


async def test_who_begins_is_told_to_read_the_list_and_then_what_changes(house: House) -> None:
    house.journal.add(3)
    one = await house.joined()
    assert await heard(one) == ["reset 3"]
    house.journal.add(2)
    house.journal.add()
    await house.listeners.catch_up()
    assert await heard(one) == [f"ticket.changed {number}" for number in (4, 5, 6)]
    await house.listeners.catch_up()
    assert one.has_taken_all


async def test_who_resumes_is_told_what_they_have_missed(house: House) -> None:
    for count in (3, 1, 2):
        house.journal.add(count)
    for after, missed in (("2", [3, 4, 5, 6]), ("5", [6]), ("6", []), ("0", [1, 2, 3, 4, 5, 6])):
        one = await house.joined(after, caller=replace(MAIR, id=after))
        assert await heard(one) == [f"ticket.changed {number}" for number in missed]


async def test_what_can_not_be_resumed_from_begins_anew(
    house: House,
) -> None:
    for _ in range(module.RESUMED + 5):
        house.journal.add()
    last = module.RESUMED + 5
    for after in ("4", str(last + 1), "-1", "", "soon", "9" * 30, "٣"):
        one = await house.joined(after, caller=replace(MAIR, id=after))
        assert await heard(one) == [f"reset {last}"], after
    one = await house.joined("5")
    assert len(await heard(one)) == module.RESUMED


async def test_who_has_heard_more_from_another_copy_is_believed(house: House) -> None:
    house.journal.add()
    first = await house.joined()
    house.journal.add(2)
    second = await house.joined("2", caller=replace(MAIR, id="other"))
    assert await heard(second) == ["ticket.changed 3"]
    await house.listeners.catch_up()
    assert await heard(first) == ["reset 1", "ticket.changed 2", "ticket.changed 3"]


async def test_a_change_between_reading_and_joining_is_not_lost(house: House) -> None:
    house.journal.add()
    joining = [
        asyncio.create_task(house.joined("1", caller=replace(MAIR, id=str(number))))
        for number in range(5)
    ]
    house.journal.add()
    reading = asyncio.create_task(house.listeners.catch_up())
    found = await asyncio.gather(*joining)
    await reading
    await house.listeners.catch_up()
    for one in found:
        assert await heard(one) == ["ticket.changed 2"]


async def test_who_takes_nothing_is_cut_off_and_the_others_are_told(house: House) -> None:
    slow = await house.joined()
    quick = await house.joined(caller=replace(MAIR, id="quick"))
    told = 0
    for _ in range(MOST_WAITING // 50 + 1):
        house.journal.add(50)
        await house.listeners.catch_up()
        told += len(await heard(quick))
    assert told == house.journal.last + 1
    assert slow.is_gone
    assert await slow.next() is None
    assert not quick.is_over


async def test_what_was_missed_does_not_count_as_slowness(house: House) -> None:
    house.journal.add(MOST_WAITING + 10)
    one = await house.joined("0")
    house.journal.add(MOST_WAITING)
    await house.listeners.catch_up()
    assert not one.is_over
    house.journal.add(1)
    await house.listeners.catch_up()
    assert one.is_over


async def test_what_was_cut_from_the_journal_unread_makes_all_begin_anew(house: House) -> None:
    house.journal.add()
    one = await house.joined()
    assert await heard(one) == ["reset 1"]
    house.journal.add(5)
    house.journal.add(5)
    del house.journal.pages[:2]
    await house.listeners.catch_up()
    assert await heard(one) == ["reset 11"]
    house.journal.add()
    await house.listeners.catch_up()
    assert await heard(one) == ["ticket.changed 12"]


@pytest.mark.parametrize(
    ("now", "is_over"),
    [
        (None, True),
        (replace(MAIR, scopes=frozenset()), True),
        (MAIR, False),
        (replace(MAIR, team="local-history"), False),
    ],
)
async def test_it_is_looked_again_who_may_listen(
    house: House, now: Caller | None, is_over: bool
) -> None:
    one, other = await house.joined(shown="a"), await house.joined(shown="b")
    same = await house.joined(shown="a")
    for each in (one, other, same):
        await heard(each)
    house.known["a"] = now
    await house.listeners.look_again()
    assert sorted(house.asked) == ["a", "b"], "each token once"
    assert (one.is_over, same.is_over, other.is_over) == (is_over, is_over, False)


async def test_who_may_see_less_begins_anew_and_hears_nothing_more_of_it(house: House) -> None:
    one = await house.joined()
    await heard(one)
    house.journal.add(state=STATE.model_copy(update={"confidential": True}))
    await house.listeners.catch_up()
    house.known["a"] = replace(MAIR, team="local-history")
    await house.listeners.look_again()
    assert await heard(one) == ["reset 1"], "what waited for who they were is gone"
    house.journal.add(state=STATE.model_copy(update={"confidential": True}))
    await house.listeners.catch_up()
    assert "ticket.changed 2" not in await heard(one)


async def test_one_person_has_so_many_streams_and_no_more(house: House) -> None:
    first = await house.joined()
    for _ in range(MOST_OF_ONE - 1):
        await house.joined()
    with pytest.raises(Full):
        await house.joined()
    await house.joined(caller=replace(MAIR, id="other"))
    house.listeners.leave(first)
    await house.joined()


async def test_a_process_that_stops_ends_all_streams_and_begins_none(house: House) -> None:
    one = await house.joined()
    waiting = asyncio.create_task(one.next())
    await house.listeners.close()
    assert await waiting is None
    with pytest.raises(Transient):
        await house.joined()


async def test_who_wants_it_once_gets_what_there_is(house: House) -> None:
    house.journal.add(2)
    one = await house.joined("1")
    one.stop_after_this()
    assert await heard(one) == ["ticket.changed 2"]
    assert await one.next() is None


@pytest.mark.parametrize(
    "says",
    [
        lambda it: it.hear(1),
        lambda it: it.overhear(b"no message"),
        lambda it: it.overhear(
            TicketsChanged(message_id="m", reference=REFERENCE, at=NOW, last=1)
            .model_dump_json()
            .encode()
        ),
    ],
)
async def test_it_reads_when_somebody_says_that_there_is_something(
    house: House, says: Callable[[Listeners], None]
) -> None:
    one = await house.joined()
    running = asyncio.create_task(house.listeners.run())
    try:
        assert await one.next() is not None
        house.journal.add()
        says(house.listeners)
        async with asyncio.timeout(1.5):  # sooner than it would look by itself
            assert b"ticket.changed" in (await one.next() or b"")
    finally:
        running.cancel()


async def test_it_looks_by_itself_also_after_mongodb_was_away(house: House) -> None:
    one = await house.joined()
    await heard(one)
    house.journal.fails_with = [Transient("away")]
    house.journal.add()
    running = asyncio.create_task(house.listeners.run())
    try:
        async with asyncio.timeout(15):
            assert b"ticket.changed" in (await one.next() or b"")
    finally:
        running.cancel()


async def test_who_has_hung_up_is_noticed(house: House) -> None:
    line = Line()

    async def again(_: Keys, __: datetime) -> Caller | None:
        return MAIR

    one = Listener(MAIR, Wanted(), line, "a", again)
    await house.listeners.join(one, None)
    await heard(one)
    running = asyncio.create_task(house.listeners.run())
    try:
        line.cut()
        async with asyncio.timeout(10):
            assert await one.next() is None
    finally:
        running.cancel()
