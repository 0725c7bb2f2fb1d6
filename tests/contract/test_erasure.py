"""Erasing and retention on a real MongoDB: what goes, what stays, and when it is due."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from structlog.testing import capture_logs

from services.desk.erasing import Erasing, Forbidden
from services.desk.export import Export
from services.desk.proofs import Holds
from services.intake.store import Letters
from services.notify.store import Notices
from services.routing.actions import close, note, resolve
from services.routing.charter import Span
from services.routing.known_patron import KnownPatron, noted, told
from services.routing.reporting import Reports
from services.routing.retention import sweep_once
from services.routing.store import Tickets
from services.routing.ticket import Link, Patron
from shared.erasure import Eraser, OnHold
from shared.holdings import Holdings
from shared.library import Library
from shared.mongo import Database, Document, Files
from shared.quarantine import Quarantine, Release
from shared.retention import Retention
from tests.contract.conftest import fresh_database
from tests.contract.histories import histories
from tests.contract.test_charter import BEGIN, END, FILE, LIBRARY, ZONE, known
from tests.stage import Servers
from tests.unit.examples import (
    DESCRIPTION,
    LETTER,
    NOW,
    OUTGOING,
    OWNER,
    SECRET,
    kept_letter,
    opened,
    request,
    situation,
)

DAY: Final = timedelta(days=1)
KEEPING: Final = Library.model_validate(
    DESCRIPTION
    | {
        "topics": [
            {"id": "local-history", "team": "local-history", "kept_days": 30},
            {"id": "general", "team": "enquiries"},
        ]
    }
)
BY: Final = "desk:test"
PATRON: Final = "rhian@patrons.example"


@dataclass
class House:
    """A database with all its stores."""

    database: Database
    tickets: Tickets
    letters: Letters
    notices: Notices
    eraser: Eraser
    retention: Retention
    erasing: Erasing

    async def closed(
        self, reference: str, ago: timedelta, *, topic: str = "general", **fields: Any
    ) -> None:
        """A ticket that was closed so long ago, and what belongs to it."""
        at = await self.eraser.now() - ago - DAY
        letter_id = f"{reference}-1"
        letter = replace(LETTER, id=letter_id, at=at, topic=topic)
        s = replace(situation(at), now=at)
        change = opened(reference=reference, letter=letter)
        change = change.and_then(resolve(change.ticket, "mair", "none is owed", s))
        s = replace(s, now=at + DAY)
        change = change.and_then(close(change.ticket, s))
        change = replace(change, ticket=replace(change.ticket, version=1, **fields))
        await self.tickets.open(change, caused_by=letter_id)
        await self.letters.save(kept_letter(letter_id, at=at), reference, None)
        told = request(message_id=f"{reference}-ack", reference=reference)
        await self.notices.claim(told, OUTGOING)
        await self.notices.sent(told.message_id, 1, f"250 <{PATRON}> fine")

    async def one(self, collection: str, document_id: str) -> dict[str, Any]:
        found = await self.database[collection].find_one({"_id": document_id})
        assert found is not None
        return found

    async def due(self) -> list[str]:
        found = await self.retention.tickets(await self.eraser.now(), 100)
        return [one.reference for one in found]

    async def sweep(self) -> int:
        return await sweep_once(self.retention, self.eraser, pace=0)

    async def says(self, *words: str) -> list[str]:
        """Which of these stand anywhere."""
        names = await self.database.list_collection_names()
        everything = [str(await self.database[one].find().to_list(None)) for one in names]
        return [one for one in words if any(one in it for it in everything)]


@pytest.fixture
async def house(servers: Servers) -> AsyncIterator[House]:
    async with fresh_database(servers) as database:
        house = House(
            database,
            Tickets(database, KEEPING),
            Letters(database),
            Notices(database),
            Eraser(database),
            Retention(database, KEEPING),
            Erasing(database, SECRET),
        )
        for store in (house.tickets, house.letters, house.notices):
            await store.make_indexes()
        for more in (house.eraser, house.retention, Holdings(database)):
            await more.make_indexes()
        yield house


async def test_tickets_are_due_by_topic_so_long_after_they_were_closed(house: House) -> None:
    await house.closed("ENQ-1", 731 * DAY)
    await house.closed("ENQ-2", 729 * DAY)
    await house.closed("ENQ-3", 31 * DAY, topic="local-history")
    await house.closed("ENQ-4", 29 * DAY, topic="local-history")
    assert await house.due() == ["ENQ-1", "ENQ-3"]
    # A remark of staff on a closed ticket does not keep it longer.
    ticket = await house.tickets.find("ENQ-1")
    assert ticket is not None
    now = datetime.now(UTC)
    assert await house.tickets.save(note(ticket, "mair", "n", now), caused_by="n")
    assert await house.due() == ["ENQ-1", "ENQ-3"]


async def test_what_is_open_on_hold_or_stands_for_another_is_not_due(house: House) -> None:
    await house.closed("ENQ-1", 800 * DAY)
    await house.closed("ENQ-2", 900 * DAY, merged_into="ENQ-5")
    await house.closed("ENQ-5", 10 * DAY)
    await house.tickets.open(opened(reference="ENQ-3"), caused_by="letter-1")
    old = {"created_at": datetime(2020, 1, 1, tzinfo=UTC)}
    await house.database.tickets.update_one({"_id": "ENQ-3"}, {"$set": old})
    assert await house.due() == ["ENQ-1"]
    holds = Holds(house.database)
    assert await holds.place("ENQ-1", "A court asks", BY)
    assert not await holds.place("ENQ-1", "again", BY)
    assert not await holds.place("ENQ-9", "not there", BY)
    assert await house.due() == []
    assert await house.sweep() == 0
    with pytest.raises(OnHold):
        await house.eraser.erase_ticket("ENQ-1", BY, "x", await house.eraser.now())
    assert (await house.one("tickets", "ENQ-1"))["patron_key"] == PATRON
    assert await holds.release("ENQ-1", BY)
    assert not await holds.release("ENQ-1", BY)
    last = (await house.one("tickets", "ENQ-1"))["timeline"][-2:]
    assert [(one["event"], one.get("reason"), one["by"]) for one in last] == [
        ("held", "A court asks", BY),
        ("hold_released", None, BY),
    ]
    assert await house.due() == ["ENQ-1"]


async def test_a_merged_ticket_goes_once_that_which_stands_for_it_has_gone(house: House) -> None:
    await house.closed("ENQ-2", 900 * DAY, merged_into="ENQ-5")
    await house.closed("ENQ-5", 800 * DAY)
    assert await house.due() == ["ENQ-5"]
    await house.sweep()
    assert await house.due() == ["ENQ-2"]


async def test_several_copies_that_sweep_at_once_erase_each_ticket_once(house: House) -> None:
    for number in range(5):
        await house.closed(f"ENQ-{number}", 800 * DAY)
    assert await house.says("Rhian", PATRON, "When are you open") != []
    done = await asyncio.gather(*(house.sweep() for _ in range(3)))
    assert sum(done) == 5
    assert await house.says("Rhian", PATRON, "When are you open", "Opening hours") == []
    for number in range(5):
        rows = (await house.one("tickets", f"ENQ-{number}"))["timeline"]
        assert [one["event"] for one in rows].count("erased") == 1
        assert rows[-1]["by"] == "retention"
    assert await house.sweep() == 0


async def test_a_ticket_that_can_not_be_erased_does_not_stop_the_others(house: House) -> None:
    await house.closed("ENQ-1", 900 * DAY)
    await house.closed("ENQ-2", 800 * DAY)
    torn = {"$set": {"patron": "torn"}}
    await house.database.tickets.update_one({"_id": "ENQ-1"}, torn)
    with capture_logs() as logs:
        assert await house.sweep() == 1
    assert [(one["event"], one["reference"]) for one in logs] == [
        ("handler_failed", "ENQ-1"),
        ("ticket_erased", "ENQ-2"),
    ]


async def test_letters_that_never_had_a_ticket_go_after_their_time(house: House) -> None:
    now = await house.eraser.now()
    for name, ago in (("old", 31), ("new", 29), ("thrown", 31), ("released", 31)):
        kept = kept_letter(name, at=now - ago * DAY, unreadable="torn", raw=name.encode() * 9)
        await house.letters.save(kept, None, None)
    quarantine = Quarantine(house.database)
    found = await quarantine.find("released")
    assert found is not None
    await quarantine.release(found, Release(BY))
    await quarantine.discard("thrown", BY, "spam")
    back = {"discarded.at": now - 31 * DAY}
    await house.database.messages.update_one({"_id": "thrown"}, {"$set": back})
    assert sorted(await house.retention.letters(now, 10)) == ["old", "thrown"]
    assert await house.sweep() == 2
    assert [one["_id"] for one in await quarantine.page("quarantined", None, 10)] == ["new"]
    assert (await house.one("messages", "old"))["raw"] == b""
    assert (await house.one("messages", "released"))["raw"] == b"released" * 9
    assert await house.says("oldold", "thrownthrown", "spam") == []
    assert await house.sweep() == 0


async def test_what_was_on_its_way_is_erased_by_a_later_look(house: House) -> None:
    await house.closed("ENQ-1", 800 * DAY)
    await house.sweep()
    # Notify had composed these before, and a colleague's words were being written down.
    late = request(message_id="late", reference="ENQ-1")
    await house.notices.claim(late, OUTGOING)
    await house.notices.sent("late", 1, f"250 <{PATRON}> fine")
    await house.tickets.write_down(
        {
            "_id": "words",
            "direction": "out",
            "reference": "ENQ-1",
            "at": datetime.now(UTC),
            "by": {"id": "mair", "name": "Mair Pretend"},
            "text": f"Write to {PATRON}",
        }
    )
    assert await house.says(PATRON) == [PATRON]
    now = await house.eraser.now()
    assert await house.eraser.settle(now) == 0, "too early to say that it is all"
    assert await house.eraser.settle(now + timedelta(minutes=3)) == 1
    assert await house.says(PATRON) == []
    assert await house.eraser.settle(now + timedelta(minutes=3)) == 0


async def test_a_letter_that_comes_after_is_not_touched_by_the_later_look(house: House) -> None:
    await house.closed("ENQ-1", 800 * DAY)
    await house.sweep()
    now = await house.eraser.now()
    after = kept_letter("after", at=now + timedelta(seconds=5), text="Something new")
    before = kept_letter("before", at=now - timedelta(seconds=5), text="Something old")
    for one in (after, before):
        await house.letters.save(one, "ENQ-1", None)
    # Who answers on a page that was open since before opens nothing again.
    said = kept_letter("said", door="survey", at=now + timedelta(seconds=5), text="Something said")
    await house.letters.save(said, "ENQ-1", None)
    await house.eraser.settle(now + timedelta(minutes=3))
    words = ("Something new", "Something old", "Something said")
    assert await house.says(*words) == ["Something new"]


async def test_a_ticket_that_somebody_changes_meanwhile_is_erased_as_it_is_then(
    house: House,
) -> None:
    await house.closed("ENQ-1", 800 * DAY)

    async def notes() -> None:
        for number in range(4):
            ticket = await house.tickets.find("ENQ-1")
            assert ticket is not None
            if ticket.erased_at is None:
                change = note(ticket, "mair", f"n{number}", datetime.now(UTC))
                await house.tickets.save(change, caused_by=f"n{number}")

    now = await house.eraser.now()
    await asyncio.gather(notes(), house.eraser.erase_ticket("ENQ-1", BY, "x", now), notes())
    found = await house.one("tickets", "ENQ-1")
    assert (found["subject"], found["patron_key"]) == ("", None)
    versions = [one["version"] for one in found["timeline"]]
    assert found["timeline"][-1]["event"] == "erased"
    assert versions == sorted(versions)
    read = await house.tickets.find("ENQ-1")
    assert read is not None
    assert read.patron == Patron("", None)


class Overtaken(Eraser):
    """Somebody else is quicker, once."""

    def __init__(self, house: House, quicker: Callable[[], Awaitable[object]]) -> None:
        super().__init__(house.database)
        self._quicker = [quicker]

    async def _keep_counts(self, ticket: Document) -> None:
        await super()._keep_counts(ticket)
        if self._quicker:
            await self._quicker.pop()()


async def test_what_somebody_writes_while_it_is_blanked_is_not_overwritten(house: House) -> None:
    await house.closed("ENQ-1", 800 * DAY)

    async def noted() -> None:
        ticket = await house.tickets.find("ENQ-1")
        assert ticket is not None
        change = note(ticket, "mair", "n", datetime.now(UTC))
        assert await house.tickets.save(change, caused_by="n")

    await Overtaken(house, noted).erase_ticket("ENQ-1", BY, "x", await house.eraser.now())
    found = await house.one("tickets", "ENQ-1")
    assert [one["event"] for one in found["timeline"]][-2:] == ["noted", "erased"]
    assert found["version"] == 3


async def test_a_hold_that_comes_while_it_is_blanked_holds(house: House) -> None:
    await house.closed("ENQ-1", 800 * DAY)

    async def held() -> None:
        assert await Holds(house.database).place("ENQ-1", "A court asks", BY)

    with pytest.raises(OnHold):
        await Overtaken(house, held).erase_ticket("ENQ-1", BY, "x", await house.eraser.now())
    assert (await house.one("tickets", "ENQ-1"))["patron_key"] == PATRON


async def test_a_cause_that_names_the_patron_goes_with_its_last_ticket(house: House) -> None:
    for number, trouble in ((1, "Slip of Example"), (2, "Slip of Example"), (3, "Page wrong")):
        await house.closed(f"ENQ-{number}", 800 * DAY, trouble=trouble)
    for key in ("slip of example", "page wrong"):
        await house.database.causes.insert_one({"_id": key, "done": []})
    now = await house.eraser.now()
    await house.eraser.erase_ticket("ENQ-1", BY, "x", now)
    assert await house.database.causes.count_documents({}) == 2
    for reference in ("ENQ-2", "ENQ-3"):
        await house.eraser.erase_ticket(reference, BY, "x", now)
    assert [one["_id"] for one in await house.database.causes.find().to_list(None)] == [
        "page wrong"
    ]
    assert (await house.one("tickets", "ENQ-3"))["trouble"] == "Page wrong"
    assert await house.says("Slip of") == []


async def test_the_charter_of_past_months_does_not_change_when_patrons_are_erased(
    servers: Servers,
) -> None:
    async with fresh_database(servers) as database:
        found = list(histories(LIBRARY, 250, BEGIN, END))
        ended = [one for one in found if one.it.promise is None or not one.it.promise.is_open]
        await database.tickets.insert_many([one.document() for one in found])
        await database.notices.insert_many([row for one in found for row in one.notices])
        reports, eraser = Reports(database, Library.model_validate(FILE)), Eraser(database)
        for store in (Tickets(database, LIBRARY), Notices(database), Letters(database)):
            await store.make_indexes()
        await reports.make_indexes()
        days = [BEGIN.date() + timedelta(days=one) for one in range((END - BEGIN).days + 1)]

        async def figures() -> list[dict[str, Any]]:
            spans = [Span(day, day, ZONE) for day in days]
            return [known((await reports.charter(it, None, BEGIN))["figures"]) for it in spans]

        before = await figures()
        assert sum(one["personal.answered_by_who_helped_before.same"] for one in before) > 5
        assert sum(one["personal.greeted_by_name.by_name"] for one in before) > 20
        now = await eraser.now()
        # Some of them only, so that tickets stay whose patron had an erased one before.
        for one in ended[::2]:
            assert await eraser.erase_ticket(one.reference, BY, "x", now)
        assert await figures() == before
        for one in ended[1::2]:
            assert await eraser.erase_ticket(one.reference, BY, "x", now)
        assert await figures() == before
        erased = [one.reference for one in ended]
        gone = await database.tickets.find({"_id": {"$in": erased}}).to_list(None)
        assert "Rhian" not in str(gone)
        assert "patrons.example" not in str(gone)
        assert len(erased) > 50


async def test_an_open_promise_of_who_is_erased_is_withdrawn(house: House) -> None:
    await house.tickets.open(opened(reference="ENQ-1"), caused_by="letter-1")
    await house.letters.save(kept_letter(), "ENQ-1", None)
    found = await house.erasing.find(PATRON)
    with pytest.raises(Forbidden, match="ENQ-1"):
        await house.erasing.erase(PATRON, found, BY, even_open=False)
    assert await house.erasing.proofs.of(PATRON) == []
    proof = await house.erasing.erase(PATRON, found, BY, even_open=True)
    ticket = await house.one("tickets", "ENQ-1")
    assert (ticket["status"], ticket["next_at"]) == ("closed", None)
    assert [one["state"] for one in ticket["promises"]] == ["made", "withdrawn"]
    assert await house.tickets.claim_due() is None
    [row] = await house.erasing.proofs.of("Rhian+tag@patrons.example")
    assert (row["_id"], row["state"], row["by"]) == (proof, "done", BY)
    assert row["counts"]["tickets"] == row["counts"]["letters"] == 1
    assert "rhian" not in str(row)
    again = await house.erasing.find(PATRON)
    assert await house.erasing.erase(PATRON, again, BY, even_open=False) is None


async def test_a_proof_can_be_shown_only_with_the_secret(house: House) -> None:
    await house.letters.save(kept_letter("kept-1", unreadable="torn"), None, None)
    await house.erasing.erase(PATRON, await house.erasing.find(PATRON), BY, even_open=False)
    assert len(await house.erasing.proofs.of(PATRON)) == 1
    assert await Erasing(house.database, SECRET[::-1]).proofs.of(PATRON) == []


@pytest.mark.parametrize(
    ("letter", "is_theirs"),
    [
        (kept_letter("a", address="rhian+books@patrons.example", held="storm"), True),
        (kept_letter("b", address="xrhian@patrons.example", held="storm"), False),
        (kept_letter("c", address="rhian@patrons.example.org", held="storm"), False),
        (kept_letter("d", address="rhianq@patrons.example", held="storm"), False),
        (
            kept_letter("e", address=None, unreadable="torn", raw=b"From: RHIAN@patrons.example"),
            True,
        ),
        (kept_letter("f", address=None, sender="Rhian@patrons.example", held="storm"), True),
        (kept_letter("g", address=None, envelope_from=PATRON, automatic="bounce"), True),
        (kept_letter("h", address="o@p.example", reply_to=f"R <{PATRON}>", held="storm"), True),
        (kept_letter("i", address="o@p.example", raw=PATRON.encode(), unreadable="torn"), False),
    ],
)
async def test_a_letter_without_a_ticket_is_theirs_by_whatever_it_says(
    house: House, letter: Any, is_theirs: bool
) -> None:
    await house.letters.save(letter, None, None)
    found = await house.erasing.find(PATRON)
    assert [one["_id"] for one in found.held.elsewhere] == [letter.id] * is_theirs


async def test_a_letter_on_anothers_ticket_goes_and_the_ticket_stays(house: House) -> None:
    await house.closed("ENQ-1", 10 * DAY)
    await house.database.tickets.update_one(
        {"_id": "ENQ-1"},
        {"$set": {"patron_key": "q@q.example", "patron.address": "q@q.example"}},
    )
    before = await house.one("tickets", "ENQ-1")
    found = await house.erasing.find(PATRON)
    assert found.held.references == ()
    await Holds(house.database).place("ENQ-1", "A court asks", BY)
    held = await house.erasing.find(PATRON)
    with pytest.raises(Forbidden, match="On hold"):
        await house.erasing.erase(PATRON, held, BY, even_open=True)
    await Holds(house.database).release("ENQ-1", BY)
    await house.database.tickets.update_one({"_id": "ENQ-1"}, {"$set": {"status": "assigned"}})
    with pytest.raises(Forbidden, match="Still open"):
        await house.erasing.erase(PATRON, await house.erasing.find(PATRON), BY, even_open=False)
    await house.erasing.erase(PATRON, found, BY, even_open=False)
    assert (await house.one("messages", "ENQ-1-1"))["text"] == ""
    after = await house.one("tickets", "ENQ-1")
    assert {name: after[name] for name in ("subject", "patron", "patron_key")} == {
        name: before[name] for name in ("subject", "patron", "patron_key")
    }


async def test_files_that_no_letter_names_go_with_their_letter(house: House) -> None:
    await house.closed("ENQ-1", 800 * DAY)
    await Files(house.database).store(b"secret of a copy that lost", "ENQ-1-1")
    await Files(house.database).store(b"of another", "ENQ-2-1")
    await house.sweep()
    assert await house.says("secret of a copy", "of another") == ["of another"]


async def test_finding_a_patron_and_what_is_due_uses_indexes(house: House) -> None:
    for number in range(5):
        await house.closed(f"ENQ-{number}", 800 * DAY)
    now = await house.eraser.now()
    wanted: dict[str, list[dict[str, Any]]] = {
        "messages": [
            {"address": {"$gte": "rhian", "$lt": "rhian\uffff", "$regex": "^rhian"}},
            {"aside": {"$in": ["quarantined", "noted"]}, "at": {"$lte": now}},
            {"discarded.at": {"$lte": now}},
        ],
        "tickets": [
            {"$or": [{"patron_key": PATRON}, {"erasing": "x"}]},
            {"erasing": {"$type": "string"}, "erased_at": {"$lte": now}},
            {"status": "closed", "erased_at": None, "created_at": {"$lte": now}},
        ],
        "digests": [{"alerts.reference": "ENQ-1"}],
        "erasures": [{"whose": "x"}],
    }
    for collection, queries in wanted.items():
        for where in queries:
            plan = await house.database[collection].find(where).explain()
            assert "COLLSCAN" not in str(plan["queryPlanner"]["winningPlan"]), where


GWEN: Final = Patron("Gwen Invented", "gwen@patrons.example")


async def _merged_pair(house: House) -> None:
    """Gwen's ticket (`ENQ-2`) was merged into Rhian's (`ENQ-1`), which was given what it had."""
    links = (Link("merged_from", "ENQ-2"),)
    tags: dict[str, Any] = {"tags": ("gwen's deed", "map")}
    await house.closed("ENQ-1", DAY, links=links, trouble="Gwen was lost", **tags)
    await house.closed(
        "ENQ-2", DAY, patron=GWEN, merged_into="ENQ-1", trouble="Gwen was lost", **tags
    )
    words = {"ENQ-1": ["rhian", "gwen", "zeppelin"], "ENQ-2": ["gwen", "zeppelin"]}
    for one, its in words.items():
        await house.database.tickets.update_one({"_id": one}, {"$set": {"words": its}})
    letter = {"text": "A zeppelin?", "name": GWEN.name, "address": GWEN.address}
    await house.database.messages.update_one({"_id": "ENQ-2-1"}, {"$set": letter})


async def test_who_was_merged_with_another_keeps_their_letters_when_that_one_is_erased(
    house: House,
) -> None:
    await _merged_pair(house)
    before = await house.one("messages", "ENQ-2-1")
    now = await house.eraser.now()
    assert await house.eraser.erase_ticket("ENQ-1", BY, "x", now)
    assert (await house.one("messages", "ENQ-1-1"))["text"] == ""
    assert await house.one("messages", "ENQ-2-1") == before
    kept = await house.one("tickets", "ENQ-2")
    assert (kept["patron"]["name"], kept["words"]) == (GWEN.name, ["gwen", "zeppelin"])
    assert kept.get("erased_at") is None


async def test_nothing_of_who_is_erased_is_left_in_the_ticket_that_theirs_was_merged_into(
    house: House,
) -> None:
    await _merged_pair(house)
    version = (await house.one("tickets", "ENQ-1"))["version"]
    now = await house.eraser.now()
    assert await house.eraser.erase_ticket("ENQ-2", BY, "x", now)
    stands = await house.one("tickets", "ENQ-1")
    assert (stands["words"], stands["tags"], stands["trouble"]) == (["rhian"], ["map"], None)
    assert "trouble_key" not in stands
    assert "tag gwen's deed" not in stands["filed"]
    assert "tag map" in stands["filed"]
    assert stands["version"] == version + 1
    assert (await house.one("messages", "ENQ-1-1"))["text"] != ""
    assert (await house.one("tickets", "ENQ-2"))["tags"] == ["map"]


async def test_nor_in_the_ticket_that_theirs_was_split_from(house: House) -> None:
    await house.closed("ENQ-1", DAY)
    await house.closed("ENQ-2", DAY, patron=GWEN, links=(Link("split_from", "ENQ-1"),))
    for one, words in (("ENQ-1", ["rhian", "gwen"]), ("ENQ-2", ["gwen"])):
        await house.database.tickets.update_one({"_id": one}, {"$set": {"words": words}})
    assert await house.eraser.erase_ticket("ENQ-2", BY, "x", await house.eraser.now())
    assert (await house.one("tickets", "ENQ-1"))["words"] == ["rhian"]


async def test_neither_of_a_merged_pair_is_given_what_is_the_others(
    house: House, tmp_path: Path
) -> None:
    await _merged_pair(house)
    for one, row in (
        ("ENQ-1", {"event": "merged_here", "reference": "ENQ-2"}),
        ("ENQ-2", {"event": "merged", "into": "ENQ-1"}),
    ):
        said = {"at": datetime.now(UTC), "by": "mair", "version": 2} | row
        await house.database.tickets.update_one({"_id": one}, {"$push": {"timeline": said}})
    export = Export(house.database)
    for address, own, others in (
        (PATRON, "When are you open", ("zeppelin", "ENQ-2")),
        (str(GWEN.address), "A zeppelin?", ("When are you open", "ENQ-1", "Rhian Example")),
    ):
        folder = tmp_path / own[:1]
        held, _ = await export.find(address)
        await export.write(address, held, folder)
        text = (folder / "patron.json").read_text(encoding="utf-8")
        assert own in text
        assert [one for one in others if one in text] == []


async def _noted(house: House, mailbox: str, name: str = "Quillfeather") -> None:
    known = noted(KnownPatron(mailbox, f"mark of {mailbox}"), {"name": name}, OWNER, NOW)
    assert await house.tickets.known_patrons.save(known, told(known, "ENQ-1", NOW))


async def _noted_of(house: House) -> list[str]:
    return sorted(one["_id"] for one in await house.database.patrons.find().to_list(None))


async def test_what_is_noted_goes_with_the_last_ticket_of_the_patron(house: House) -> None:
    await _noted(house, PATRON)
    await _noted(house, "gwen@patrons.example")
    gwen = Patron("Gwen", "gwen@patrons.example")
    await house.closed("ENQ-1", 800 * DAY)
    await house.closed("ENQ-2", 10 * DAY)
    await house.closed("ENQ-3", 10 * DAY, patron=gwen)
    due = await house.retention.tickets(await house.eraser.now(), 10)
    assert await house.retention.patrons(due) == 0, "one of theirs is kept"
    await house.sweep()
    assert await _noted_of(house) == ["gwen@patrons.example", PATRON]
    [second] = [replace(due[0], reference="ENQ-2")]
    assert await house.retention.patrons([*due, second]) == 1
    await house.eraser.erase_ticket("ENQ-2", BY, "x", await house.eraser.now())
    assert await _noted_of(house) == ["gwen@patrons.example"]
    assert await house.retention.patrons([]) == 0


async def test_what_a_killed_process_left_of_a_patron_is_found_later(house: House) -> None:
    for name in "abc":
        await _noted(house, f"{name}@patrons.example")
    kept = Patron("B", "b@patrons.example")
    await house.closed("ENQ-1", 10 * DAY, patron=kept)
    after: str | None = ""
    looks = 0
    while after is not None:
        after = await house.eraser.sweep_patrons(after, 2)
        looks += 1
    assert looks == 3
    assert await _noted_of(house) == ["b@patrons.example"]


async def test_who_writes_again_at_that_moment_keeps_what_is_noted_then(house: House) -> None:
    await house.closed("ENQ-1", 800 * DAY)
    await _noted(house, PATRON)
    assert not await house.eraser.forget_patron(PATRON)
    assert not await house.eraser.forget_patron(None)
    assert await _noted_of(house) == [PATRON]


async def test_a_patron_has_what_is_noted_of_them_and_has_it_erased(
    house: House, tmp_path: Path
) -> None:
    await _noted(house, PATRON)
    exporting = Export(house.database)
    held, _ = await exporting.find("Rhian+x@patrons.example")
    assert not held.is_nothing, "although there is no ticket"
    done = await exporting.write(PATRON, held, tmp_path / "export")
    written = json.loads((done.folder / "patron.json").read_text())["noted"]
    assert (written["name"], written["by"]["id"], written["version"]) == ("Quillfeather", "mair", 1)
    found = await house.erasing.find(PATRON)
    assert found.counts["preferences"] == 1
    await house.erasing.erase(PATRON, found, BY, even_open=False)
    assert await house.says("Quillfeather") == []
    [row] = await house.erasing.proofs.of(PATRON)
    assert row["counts"]["preferences"] == 1
    assert (await house.erasing.find(PATRON)).held.is_nothing


async def test_a_label_that_has_a_name_of_before_goes_too(house: House) -> None:
    renamed = Patron("Rhi", PATRON, ("Zefyrina Example",))
    tags = ("map", "zefyrina's map")
    await house.closed("ENQ-1", 800 * DAY, patron=renamed, tags=tags, heeds=3)
    await house.sweep()
    ticket = await house.one("tickets", "ENQ-1")
    assert (ticket["tags"], ticket["heeds"]) == (["map"], 0)
    assert await house.says("Zefyrina", "zefyrina") == []


async def test_letters_that_greeted_by_a_name_of_before_are_counted_so(house: House) -> None:
    renamed = Patron("Rhi", PATRON, ("Rhian Example",))
    await house.closed("ENQ-1", 800 * DAY, patron=renamed)
    greeted = {"text": "Dear Rhian Example,\n\nWe have your enquiry."}
    await house.database.notices.update_one({"reference": "ENQ-1"}, {"$set": greeted})
    await house.sweep()
    assert (await house.one("notices", "ENQ-1-ack"))["by_name"] is True
