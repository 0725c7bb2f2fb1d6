"""What routing relies on of its store: the same suite for the fake and for the real one."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any, Final, Protocol

import pytest

from services.routing import handlers, store
from services.routing.actions import assign, note, reply, resolve
from services.routing.assign import Given, Load, weight_of
from services.routing.handlers import Desk
from services.routing.links import link_back, linked
from services.routing.promise import PromiseState
from services.routing.roster import Roster
from services.routing.status import Status
from services.routing.tags import tag
from services.routing.ticket import Change, Link, LostContact, Owner
from services.routing.timers import Timers
from shared.errors import Permanent
from shared.messages import TicketChanged
from shared.mongo import Document
from shared.outbox import Saved, from_saved
from tests import fakes
from tests.contract.conftest import fresh_database
from tests.fakes import Clock
from tests.stage import Servers
from tests.unit.examples import (
    CALENDARS,
    LETTER,
    LIBRARY,
    MAIR,
    NOW,
    OWNER,
    PROMISE,
    REFERENCE,
    opened,
    situation,
)

SIAN = Owner("sian", "Siân Example")
DAY = timedelta(days=1)


class Tickets(handlers.Tickets, Protocol):
    """The store, as far as this suite looks at it."""

    @property
    def outbox(self) -> Saved: ...
    async def whole(self, reference: str) -> Document | None: ...
    async def page(
        self, where: Document, after: tuple[datetime | None, str] | None, limit: int
    ) -> list[Document]: ...
    async def write_down(self, document: Document) -> None: ...
    async def open_work(self) -> Mapping[str, Load]: ...
    async def given_since(self, since: datetime) -> Sequence[Given]: ...
    async def is_durable(self, reference: str, caused_by: str) -> bool: ...


@pytest.fixture(params=["fake", "mongodb"])
async def tickets(request: pytest.FixtureRequest) -> AsyncIterator[Any]:
    if request.param == "fake":
        yield fakes.Tickets()
        return
    async with fresh_database(request.getfixturevalue("servers")) as database:
        real = store.Tickets(database, LIBRARY)
        await real.make_indexes()
        yield real


async def events(tickets: Tickets) -> list[str]:
    """What the timeline says."""
    whole = await tickets.whole(REFERENCE)
    assert whole is not None
    return [one["event"] for one in whole["timeline"]]


async def current(tickets: Tickets) -> Any:
    found = await tickets.find(REFERENCE)
    assert found is not None
    return found


async def test_a_ticket_is_read_as_it_was_opened(tickets: Tickets) -> None:
    change = opened()
    await tickets.open(change, caused_by="letter-1")
    assert await tickets.find(REFERENCE) == change.ticket
    assert await events(tickets) == ["opened", "assigned", "promised"]
    assert await tickets.find("ENQ-0000-0000") is None
    assert await tickets.whole("ENQ-0000-0000") is None


async def test_a_ticket_of_nobody_with_no_promise_is_read_as_it_was_opened(
    tickets: Tickets,
) -> None:
    change = opened(owned=False)
    change = replace(change, ticket=replace(change.ticket, promise=None))
    await tickets.open(change, caused_by="letter-1")
    assert await tickets.find(REFERENCE) == change.ticket


async def test_links_and_merges_are_read_as_they_were_saved(tickets: Tickets) -> None:
    change = linked(opened(), (Link("named", "ENQ-0000-0000"),), NOW)
    await tickets.open(change, caused_by="letter-1")
    assert await tickets.find(REFERENCE) == change.ticket
    back = link_back(await current(tickets), Link("named_by", "ENQ-1"), NOW)
    assert back is not None
    merged = replace(back, ticket=replace(back.ticket, merged_into="ENQ-2", status=Status.CLOSED))
    assert await tickets.save(merged, caused_by="letter-2")
    assert await tickets.find(REFERENCE) == merged.ticket


async def test_a_ticket_that_has_ended_is_no_open_work(tickets: Tickets) -> None:
    for number, status in enumerate(Status):
        await _open(tickets, number, status=status)
    open_ones = set(Status) - {Status.RESOLVED, Status.CLOSED}
    work = await tickets.open_work()
    assert {one: load.count for one, load in work.items()} == {"mair": len(open_ones)}


async def test_a_ticket_of_before_there_were_links_is_read(servers: Servers) -> None:
    async with fresh_database(servers) as database:
        real = store.Tickets(database, LIBRARY)
        await real.open(opened(), caused_by="letter-1")
        await database.tickets.update_one({}, {"$unset": {"links": "", "merged_into": ""}})
        assert await real.find(REFERENCE) == opened().ticket


async def test_what_a_ticket_names_is_among_its_letters_wherever_it_was_sent(
    tickets: Tickets,
) -> None:
    """A letter for a ticket that was merged while it was on its way bears the old reference."""
    words = {"_id": "one", "direction": "in", "reference": "ENQ-1", "at": NOW, "text": "x"}
    await tickets.write_down(words)
    assert [one["_id"] for one in await tickets.letters([REFERENCE], ["one"])] == ["one"]


async def test_opening_says_whether_it_was_the_first_time(tickets: Tickets) -> None:
    assert await tickets.open(opened(), caused_by="letter-1")
    assert not await tickets.open(opened(), caused_by="letter-1")


async def test_opening_twice_changes_nothing(tickets: Tickets) -> None:
    await tickets.open(opened(), caused_by="letter-1")
    await tickets.save(
        assign(await current(tickets), SIAN, "sian", situation()), caused_by="request-1"
    )
    before = await tickets.outbox.unsent(10)
    await tickets.open(opened(), caused_by="letter-1")
    assert (await current(tickets)).owner == SIAN
    assert await tickets.outbox.unsent(10) == before


async def test_opening_at_the_same_moment_opens_once(tickets: Tickets) -> None:
    await asyncio.gather(*(tickets.open(opened(), caused_by="letter-1") for _ in range(5)))
    assert (await current(tickets)).version == 1


async def test_another_enquiry_with_the_same_reference_is_refused(tickets: Tickets) -> None:
    await tickets.open(opened(), caused_by="letter-1")
    with pytest.raises(Permanent):
        await tickets.open(opened(), caused_by="letter-2")


async def test_a_change_is_saved_with_its_timeline_and_its_cause(tickets: Tickets) -> None:
    await tickets.open(opened(), caused_by="letter-1")
    change = assign(await current(tickets), SIAN, "sian", situation(NOW + timedelta(hours=1)))
    assert not await tickets.has_applied(REFERENCE, "request-1")
    assert await tickets.save(change, caused_by="request-1")
    assert await tickets.find(REFERENCE) == change.ticket
    assert (await events(tickets))[-1] == "claimed"
    assert await tickets.has_applied(REFERENCE, "request-1")
    assert await tickets.has_applied(REFERENCE, "letter-1")
    assert await tickets.is_durable(REFERENCE, "request-1")
    assert not await tickets.is_durable(REFERENCE, "request-9")
    assert not await tickets.has_applied("ENQ-0000-0000", "request-1")


async def test_each_entry_of_the_timeline_says_which_version_it_made(tickets: Tickets) -> None:
    await tickets.open(opened(), caused_by="letter-1")
    await tickets.save(
        resolve(await current(tickets), "mair", "told", situation()), caused_by="request-1"
    )
    whole = await tickets.whole(REFERENCE)
    assert whole is not None
    assert [one["version"] for one in whole["timeline"]] == [1, 1, 1, 2, 2]


async def test_a_change_of_a_ticket_as_it_no_longer_is_changes_nothing(tickets: Tickets) -> None:
    await tickets.open(opened(), caused_by="letter-1")
    seen = await current(tickets)
    assert await tickets.save(assign(seen, SIAN, "sian", situation()), caused_by="request-1")
    assert not await tickets.save(resolve(seen, "mair", "told", situation()), caused_by="request-2")
    assert (await current(tickets)).status is Status.ASSIGNED
    assert (await events(tickets))[-1] == "claimed"
    assert not await tickets.has_applied(REFERENCE, "request-2")


async def test_a_cause_has_its_effect_once(tickets: Tickets) -> None:
    await tickets.open(opened(), caused_by="letter-1")
    assert await tickets.save(note(await current(tickets), "mair", "w", NOW), caused_by="request-1")
    assert not await tickets.save(
        note(await current(tickets), "mair", "w", NOW), caused_by="request-1"
    )
    assert not await tickets.save(
        note(await current(tickets), "mair", "w", NOW), caused_by="letter-1"
    )
    assert (await current(tickets)).version == 2


async def test_of_changes_at_the_same_moment_one_is_saved(tickets: Tickets) -> None:
    await tickets.open(opened(), caused_by="letter-1")
    seen = await current(tickets)
    saved = await asyncio.gather(
        *(
            tickets.save(note(seen, "mair", "w", NOW), caused_by=f"request-{one}")
            for one in range(8)
        )
    )
    assert sorted(saved) == [False] * 7 + [True]
    assert (await events(tickets)).count("noted") == 1


async def test_a_change_of_a_ticket_that_is_not_there_changes_nothing(tickets: Tickets) -> None:
    assert not await tickets.save(
        resolve(opened().ticket, "mair", "told", situation()), caused_by="request-1"
    )
    assert await tickets.find(REFERENCE) is None


async def test_what_others_must_be_told_is_in_the_outbox_until_it_is_marked(
    tickets: Tickets,
) -> None:
    change = opened()
    await tickets.open(change, caused_by="letter-1")
    saved = (await tickets.outbox.unsent(10))[REFERENCE]
    assert [from_saved(one) for one in saved] == list(change.outgoing)
    assert change.outgoing[:-1] == change.messages
    await tickets.outbox.mark_sent(REFERENCE, [one.message_id for one in change.outgoing])
    assert await tickets.outbox.unsent(10) == {}


async def test_another_message_that_joined_meanwhile_stays(tickets: Tickets) -> None:
    first = opened()
    await tickets.open(first, caused_by="letter-1")
    answer = reply(await current(tickets), OWNER, "words-1", situation(cause="request-1"))
    assert await tickets.save(answer, caused_by="request-1")
    await tickets.outbox.mark_sent(REFERENCE, [one.message_id for one in first.outgoing])
    left = (await tickets.outbox.unsent(10))[REFERENCE]
    assert [from_saved(one) for one in left] == list(answer.outgoing)
    assert isinstance(changed := answer.outgoing[-1], TicketChanged)
    assert (changed.version, changed.events) == (2, ("replied", "promise_kept"))
    assert (changed.was, changed.now) == (first.ticket.state, answer.ticket.state)


async def test_a_change_that_was_not_saved_tells_nobody_anything(tickets: Tickets) -> None:
    change = opened()
    await tickets.open(change, caused_by="letter-1")
    seen = await current(tickets)
    noted = note(seen, "mair", "w", NOW)
    assert await tickets.save(noted, caused_by="request-1")
    late = reply(seen, OWNER, "words-1", situation(cause="request-2"))
    assert not await tickets.save(late, caused_by="request-2")
    left = (await tickets.outbox.unsent(10))[REFERENCE]
    assert [from_saved(one) for one in left] == [*change.outgoing, *noted.outgoing]


async def test_the_ledger_has_a_row_for_each_promise_made_kept_or_broken(tickets: Tickets) -> None:
    await tickets.open(opened(), caused_by="letter-1")
    await tickets.save(note(await current(tickets), "mair", "w", NOW), caused_by="request-1")
    answer = reply(await current(tickets), OWNER, "words-1", situation(cause="request-2"))
    await tickets.save(answer, caused_by="request-2")
    whole = await tickets.whole(REFERENCE)
    assert whole is not None
    assert [one["state"] for one in whole["promises"]] == ["made", "kept"]
    assert whole["promises"][0]["due_at"] == PROMISE.due_at


async def _open(tickets: Tickets, number: int, **fields: Any) -> None:
    change: Change = opened(reference=f"ENQ-{number}")
    change = replace(change, ticket=replace(change.ticket, **fields))
    await tickets.open(change, caused_by=f"letter-{number}")


async def test_words_that_are_written_down_again_stand_as_they_were(tickets: Tickets) -> None:
    words = {
        "_id": "words-1",
        "direction": "out",
        "reference": REFERENCE,
        "at": NOW,
        "by": {"id": "mair", "name": "Mair Pretend"},
        "text": "From ten to four.",
    }
    await tickets.write_down(words)
    await tickets.write_down(words | {"text": "Never."})
    assert [one["text"] for one in await tickets.letters([REFERENCE], ["words-1"])] == [
        "From ten to four."
    ]


async def test_words_that_no_ticket_names_are_not_shown(tickets: Tickets) -> None:
    words = {"_id": "words-1", "direction": "out", "reference": REFERENCE, "at": NOW, "text": "x"}
    await tickets.write_down(words)
    assert await tickets.letters([REFERENCE], []) == []


async def test_a_letter_that_is_not_there_is_none(tickets: Tickets) -> None:
    assert await tickets.letter("nowhere") is None


async def test_what_is_due_is_found_oldest_first_and_by_one_alone(servers: Servers) -> None:
    async with fresh_database(servers) as database:
        real = store.Tickets(database, LIBRARY)
        await real.make_indexes()
        for number, reference in enumerate(("ENQ-2", "ENQ-1", "ENQ-3")):
            change = opened(reference=reference)
            due_at = NOW - timedelta(days=400 - number)
            it = replace(change.ticket, remind_at=due_at)
            await real.open(replace(change, ticket=it), caused_by=reference)
        later = replace(opened(reference="ENQ-4").ticket, remind_at=None)
        far = replace(PROMISE, due_at=NOW + timedelta(days=36500))
        later = replace(later, promise=far, risk_at=())
        await real.open(replace(opened(reference="ENQ-4"), ticket=later), caused_by="ENQ-4")
        found = await asyncio.gather(*(real.claim_due() for _ in range(6)))
        claimed = [one[0].reference for one in found if one]
        assert sorted(claimed) == ["ENQ-1", "ENQ-2", "ENQ-3"], "each is left to one for a while"
        assert await real.claim_due() is None


async def test_a_ticket_is_found_by_the_words_of_all_its_letters_and_has_each_once(
    servers: Servers,
) -> None:
    async with fresh_database(servers) as database:
        real = store.Tickets(database, LIBRARY)
        first = replace(opened(), words=frozenset({"atlas", "map", "$lost"}))
        await real.open(first, caused_by="letter-1")
        change = first
        for number, words in enumerate(({"map", "$lost", "quarry"}, {"map", "atlas"}, set())):
            change = replace(
                note(change.ticket, "mair", f"words-{number}", NOW), words=frozenset(words)
            )
            assert await real.save(change, caused_by=f"note-{number}")
        [found] = await database.tickets.find().to_list(None)
        assert sorted(found["words"]) == ["$lost", "atlas", "map", "quarry"]


async def test_a_ticket_that_was_saved_is_free_to_be_found_again(servers: Servers) -> None:
    async with fresh_database(servers) as database:
        real = store.Tickets(database, LIBRARY)
        await real.make_indexes()
        past = replace(opened().ticket, remind_at=NOW - timedelta(days=400))
        await real.open(replace(opened(), ticket=past), caused_by="letter-1")
        first = await real.claim_due()
        assert first is not None
        ticket, now = first
        assert now > NOW - timedelta(days=400)
        change = note(ticket, "mair", "words-1", NOW)
        assert await real.save(change, caused_by="note-1")
        assert await real.claim_due() is not None


async def test_a_moment_fires_once_however_many_look(servers: Servers) -> None:
    async with fresh_database(servers) as database:
        real = store.Tickets(database, LIBRARY)
        await real.make_indexes()
        references = [f"ENQ-{number}" for number in range(10)]
        for reference in references:
            past = replace(opened().ticket, reference=reference, close_at=None)
            change = resolve(past, "mair", "told", situation(NOW - timedelta(days=400)))
            it = replace(change.ticket, version=1)
            await real.open(replace(change, ticket=it), caused_by=reference)

        desk = Desk(real, fakes.Outbox(), Roster(real, Clock()), LIBRARY, CALENDARS, Clock())
        copies = [Timers(real, desk) for _ in range(6)]
        for _ in range(4):
            await asyncio.gather(*(one.fire_next() for one in copies))
        for reference in references:
            whole = await real.whole(reference)
            assert whole is not None
            assert [one["event"] for one in whole["timeline"]].count("closed") == 1


async def test_each_moment_fires_once_though_the_clocks_of_the_services_jump(
    servers: Servers,
) -> None:
    """The database's clock alone decides what is due, and as of when it is decided."""
    async with fresh_database(servers) as database:
        real = store.Tickets(database, LIBRARY)
        await real.make_indexes()
        today = datetime.now(UTC)
        for reference, at in (("ENQ-PAST", today - 400 * DAY), ("ENQ-TODAY", today)):
            past = replace(opened().ticket, reference=reference, close_at=None)
            change = resolve(past, "mair", "told", situation(at))
            it = replace(change.ticket, version=1)
            await real.open(replace(change, ticket=it), caused_by=reference)
        clock = Clock()
        copy = Timers(
            real, Desk(real, fakes.Outbox(), Roster(real, clock), LIBRARY, CALENDARS, clock)
        )
        for jump in (3650, -7300, 7300, -3650):
            clock.now += jump * DAY
            await copy.fire_next()
        closed = {
            reference: [one for one in whole["timeline"] if one["event"] == "closed"]
            for reference in ("ENQ-PAST", "ENQ-TODAY")
            if (whole := await real.whole(reference))
        }
        [once] = closed["ENQ-PAST"]
        assert abs(once["at"] - today) < DAY / 24
        assert closed["ENQ-TODAY"] == []


async def test_each_moment_fires_once_though_the_clock_that_decides_jumps() -> None:
    clock = Clock()
    tickets = fakes.Tickets(people=[MAIR], clock=clock)
    change = opened()
    await tickets.open(change, caused_by="letter-1")
    roster = Roster(tickets, clock)
    await roster.read()
    copy = Timers(tickets, Desk(tickets, fakes.Outbox(), roster, LIBRARY, CALENDARS, clock))
    row = tickets.rows[change.ticket.reference]
    fired = []
    for jump in (9, -9, 9, -9, 30, -30, 30):
        clock.now += jump * DAY
        before = row.ticket.version
        while await copy.fire_next():
            assert row.ticket.version < before + 20, "it comes to an end"
        fired.append(row.ticket.version - before)
    assert [bool(one) for one in fired] == [True, False, False, False, True, False, False]
    ends = Counter((one["made_at"], one["state"]) for one in row.promises)
    assert len(ends) >= 3
    assert set(ends.values()) == {1}, "nothing is made or broken twice"


async def test_whoever_was_given_a_ticket_has_had_that_turn(tickets: Tickets) -> None:
    change = opened()
    await tickets.open(change, caused_by="letter-1")
    await tickets.save(assign(change.ticket, SIAN, "mair", situation(NOW + DAY)), caused_by="b")
    given = await tickets.given_since(NOW)
    assert [(one.at, one.to) for one in given] == [(NOW, "mair"), (NOW + DAY, "sian")]
    assert all(one.to in one.among for one in given)
    assert [one.to for one in await tickets.given_since(NOW + DAY)] == ["sian"]


async def test_open_work_weighs_what_the_pure_function_says(servers: Servers) -> None:
    async with fresh_database(servers) as database:
        real = store.Tickets(database, LIBRARY)
        statuses = (Status.ASSIGNED, Status.WAITING_PATRON, Status.WAITING_THIRD_PARTY)
        now = datetime.now(UTC)
        wanted = 0.0
        for number, (status, days) in enumerate(product(statuses, (-1, 0, 3, 7, 14, 90))):
            change = opened(reference=f"ENQ-{number}")
            age = timedelta(days=days)
            it = replace(change.ticket, status=status, created_at=now - age, answered_at=NOW)
            await real.open(replace(change, ticket=it), caused_by=f"opening {number}")
            wanted += weight_of(age, is_waiting=status is not Status.ASSIGNED)
        load = (await real.open_work())["mair"]
        assert (load.count, load.unanswered) == (18, 0)
        assert load.weight == pytest.approx(wanted, abs=0.001)


async def test_what_was_achieved_is_read_as_promises_need_it(servers: Servers) -> None:
    async with fresh_database(servers) as database:
        real = store.Tickets(database, LIBRARY)
        await real.make_indexes()
        hour, day = timedelta(hours=1), timedelta(days=1)
        for number in range(40):
            change = opened(reference=f"ENQ-{number}")
            await real.open(change, caused_by=f"opening {number}")
            late = day if number < 4 else hour
            answer = reply(change.ticket, OWNER, "words", situation(NOW + late, f"reply {number}"))
            if number < 35:
                await real.save(answer, caused_by=f"reply {number}")
        achieved = await real.achieved(NOW + 2 * day)
        record = achieved.records["general", "enquiries"]
        assert (record.answered, len(record.answers)) == (35, 40)
        waited = {one.took for one in record.answers if one.is_open}
        assert len(waited) == 1
        assert waited.pop() > day / 3
        kept = [one.kept for one in record.outcomes]
        assert (kept.count(True), kept.count(False)) == (31, 9), "what is overdue is not kept"
        assert achieved.waiting == {"enquiries": 5, "local-history": 0}
        promise = replace(situation(NOW + 2 * day), achieved=achieved).promise(opened().ticket)
        assert promise.reasons[0].startswith("nine of ten such enquiries")
        assert promise.queue is not None


async def test_a_patron_has_who_helped_before_and_the_language_of_last_time(
    servers: Servers,
) -> None:
    async with fresh_database(servers) as database:
        real = store.Tickets(database, LIBRARY)
        await real.open(opened(), caused_by="letter-1")
        letter = {
            "_id": "letter-2",
            "at": NOW,
            "name": "Rhian Example",
            "address_as_written": "Rhian+books@patrons.example",
            "recipients": ["enquiries@llanfair.example"],
            "subject": "?",
            "text": "?",
            "automatic": None,
            "asked": {},
            "door": "smtp",
        }
        await database.messages.insert_one(letter)
        found = await real.letter("letter-2")
        assert found is not None
        assert found.helped_before == "mair"
        assert found.format is None


OTHERS: Final = (
    # The secret one's team, that of the new letter, its topic, and which of them it is taken from.
    ("enquiries", "general", False, "common"),  # what all the staff will read
    ("enquiries", "general", True, "secret"),  # theirs who see the secret one
    ("local-history", "general", True, "common"),  # another team's secret
)


@pytest.mark.parametrize(("team", "topic", "is_confidential", "taken_from"), OTHERS)
async def test_what_a_confidential_ticket_says_of_a_patron_stays_with_those_who_see_it(
    servers: Servers, team: str, topic: str, is_confidential: bool, taken_from: str
) -> None:
    topics = tuple(
        one.model_copy(update={"confidential": is_confidential and one.id == topic})
        for one in LIBRARY.topics
    )
    async with fresh_database(servers) as database:
        real = store.Tickets(database, LIBRARY.model_copy(update={"topics": topics}))
        common = opened(letter=replace(LETTER, format="plain-text", language="cy"))
        await real.open(common, caused_by="letter-1")
        asked = replace(LETTER, id="letter-2", at=NOW + DAY, format="large-print", language="fr")
        secret = opened(reference="ENQ-8888-8888", letter=asked).ticket
        secret = replace(secret, owner=SIAN, team=team, confidential=True)
        await real.open(Change(secret, (), ()), caused_by="letter-2")
        await database.messages.insert_one(_asking_again("letter-3"))
        found = await real.letter("letter-3")
        assert found is not None
        assert (found.topic, found.language) == (topic, "cy")
        carried = {"common": ("mair", "plain-text"), "secret": ("sian", "large-print")}
        assert (found.helped_before, found.format) == carried[taken_from]


def _asking_again(letter_id: str) -> Document:
    """A letter of the same patron that does not tell its language."""
    return {
        "_id": letter_id,
        "at": NOW + 2 * DAY,
        "name": "Rhian Example",
        "address_as_written": "rhian@patrons.example",
        "recipients": ["enquiries@llanfair.example"],
        "subject": "?",
        "text": "?",
        "automatic": None,
        "asked": {},
        "door": "smtp",
    }


@pytest.mark.parametrize(
    ("before", "asked", "kept"),
    [
        ("large-print", None, "large-print"),
        ("links, plain-text", None, "links, plain-text"),
        ("large-print", "plain-text", "plain-text"),
        ("braille", None, None),
    ],
)
async def test_how_a_patron_wants_letters_holds_for_the_next_enquiry(
    servers: Servers, before: str, asked: str | None, kept: str | None
) -> None:
    async with fresh_database(servers) as database:
        real = store.Tickets(database, LIBRARY)
        await real.open(opened(letter=replace(LETTER, format=before)), caused_by="letter-1")
        wanted = {"asked": {"format": asked}} if asked else {}
        await database.messages.insert_one(_asking_again("letter-2") | wanted)
        found = await real.letter("letter-2")
        assert found is not None
        assert found.format == kept


async def test_silence_is_found_where_there_is_any(tickets: Any) -> None:
    silent = replace(opened().ticket, promise=None, risk_at=())
    rests = LostContact(NOW, "phone", None)
    others = {
        "ENQ-1": replace(silent, is_unanswered=False),
        "ENQ-2": replace(silent, status=Status.RESOLVED),
        "ENQ-3": replace(silent, merged_into="ENQ-0"),
        "ENQ-4": replace(silent, remind_at=NOW),
        "ENQ-5": replace(silent, lost=rests),
        "ENQ-6": replace(silent, owner=None, seek_at=NOW, owner_by=NOW),
        "ENQ-7": opened().ticket,
        "ENQ-8": silent,
        "ENQ-9": replace(silent, promise=replace(PROMISE, state=PromiseState.BROKEN)),
    }
    for reference, ticket in others.items():
        change = replace(opened(), ticket=replace(ticket, reference=reference))
        await tickets.open(change, caused_by=reference)
    assert sorted(await tickets.silent()) == ["ENQ-8", "ENQ-9"]


async def test_what_was_asked_is_remembered_beside_its_cause(tickets: Any) -> None:
    await tickets.open(opened(), caused_by="letter-1")
    change = note(opened().ticket, "mair", "words-1", NOW)
    assert await tickets.save(change, caused_by="cause-1", asked="asked-1")
    assert await tickets.has_applied(REFERENCE, "cause-1")
    assert await tickets.has_applied(REFERENCE, "asked-1")
    assert not await tickets.has_applied(REFERENCE, "asked-2")


async def test_a_ticket_knows_what_else_had_its_effect_with_its_opening(tickets: Any) -> None:
    assert await tickets.open(opened(), caused_by="split", also=["letter-1", "letter-2"])
    assert await tickets.has_applied(REFERENCE, "letter-2")
    change = note(opened().ticket, "mair", "words", NOW)
    assert not await tickets.save(change, caused_by="letter-1")


async def test_tags_are_found_by(tickets: Any) -> None:
    await tickets.open(opened(), caused_by="letter-1")
    change = tag(opened().ticket, ("loan", "map"), "mair", NOW)
    assert await tickets.save(change, caused_by="c")
    assert (await current(tickets)).tags == ("loan", "map")


async def test_letters_move_and_are_found_with_those_of_what_was_merged(servers: Servers) -> None:
    async with fresh_database(servers) as database:
        real = store.Tickets(database, LIBRARY)
        rows = [
            {"_id": name, "reference": reference, "direction": "in", "at": NOW, "automatic": None}
            for name, reference in (("a", "ENQ-1"), ("b", "ENQ-1"), ("c", "ENQ-2"), ("d", "ENQ-3"))
        ]
        await database.messages.insert_many(rows)
        for _ in range(2):
            await real.move_letters(["b", "d"], "ENQ-1", "ENQ-2")
        found = await real.letters(["ENQ-2", "ENQ-3"], ["a"])
        assert {one["_id"] for one in found} == {"a", "b", "c", "d"}
        assert {one["_id"] for one in await real.letters(["ENQ-2"], [])} == {"b", "c"}
