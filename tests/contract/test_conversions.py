"""Conversions on a real MongoDB: who may make one, what becomes of it when they die, are overtaken,
cancelled or erased; and that what is the same is made once."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from services.notify.conversion_rows import LEASE
from services.notify.conversion_store import Conversions
from services.notify.converting import Workshop
from services.notify.formats.convert import Converted
from services.notify.formats.findings import Reason, Refused, failure
from services.notify.formats.job import Progress
from services.notify.formats.options import Options
from services.notify.making import Maker
from shared.conversion_limits import ConversionSettings
from shared.erasure import Eraser
from shared.errors import Permanent, Transient
from shared.messages import DeliveryCancelled, DeliveryRequested, Message
from shared.mongo import Database
from tests.contract.conftest import fresh_database
from tests.stage import Servers
from tests.unit.examples import NOW, REFERENCE, document

FIRST, SECOND = "aa" * 16, "bb" * 16


@dataclass
class Press:
    """Makes a copy of whatever it is given, when it is let."""

    made: list[str] = field(default_factory=list)
    error: Exception | None = None
    waits: asyncio.Event = field(default_factory=asyncio.Event)
    began: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(
        self,
        source: Path,
        options: Options,
        work: Path,
        *,
        limits: ConversionSettings,
        name: str,
        told: Callable[[Progress], None],
    ) -> Converted:
        self.made.append(name)
        told(Progress(step="reading", done=120, of=400))
        self.began.set()
        await self.waits.wait()
        if self.error is not None:
            raise self.error
        work.mkdir()
        copy = work / "copy.html"
        copy.write_bytes(b"a copy of " + source.read_bytes())
        found = (failure("order_lost", "It is not in order."),)
        return Converted(
            file=copy, kind="markdown", language="en", title="", pages=0, findings=found
        )


@dataclass
class House:
    """A database with a ticket, and somebody who makes copies."""

    database: Database
    conversions: Conversions
    press: Press
    workshop: Workshop
    sent: list[Message]

    async def row(self, conversion_id: str = FIRST) -> dict[str, Any]:
        found = await self.database.conversions.find_one({"_id": conversion_id})
        assert found is not None
        return found

    async def wanted(self, *ids: str, name: str = "rivers.md", content: bytes = b"words") -> None:
        """So many items of a ticket, each with the same file, are to be converted."""
        await self.database["documents.chunks"].insert_one(
            {"files_id": f"file {name}", "n": 0, "data": content}
        )
        await self.database["documents.files"].insert_one(
            {"_id": f"file {name}", "length": len(content), "chunkSize": 1024, "filename": name}
        )
        row = {"file": f"file {name}", "filename": name, "state": "clean", "sha256": content.hex()}
        await self.database.messages.insert_one({"_id": name, "attachments": [row]})
        items = [_item(number, one, name) for number, one in enumerate(ids, 1)]
        ticket = document(deliveries=[{"id": "d1", "items": items}])
        await self.database.tickets.replace_one({"_id": REFERENCE}, ticket, upsert=True)

    async def ask(self, *ids: str) -> None:
        for number, one in enumerate(ids, 1):
            await self.workshop.on_delivery(
                DeliveryRequested(
                    message_id=one, reference=REFERENCE, at=NOW, delivery_id="d1", item=number
                )
            )


def _item(number: int, conversion: str, name: str) -> dict[str, Any]:
    made = {
        "id": conversion,
        "source": {"letter_id": name, "number": 0},
        "wishes": {"format": "html", "language": "en"},
        "outcome": None,
    }
    return {"number": number, "state": "converting", "conversion": made}


@pytest.fixture
async def house(servers: Servers) -> AsyncIterator[House]:
    async with fresh_database(servers) as database:
        conversions, press, sent = Conversions(database), Press(), list[Message]()

        def send(_: str, messages: Sequence[Message]) -> None:
            sent.extend(messages)

        limits = ConversionSettings(conversion_tries=3)
        press.waits.set()
        maker = Maker(conversions, limits, press)
        workshop = Workshop(conversions, maker, limits, send, beat=0.05)
        await conversions.make_indexes()
        yield House(database, conversions, press, workshop, sent)


async def expire(house: House) -> None:
    """Whoever has a claim died some time ago."""
    past = datetime.now(UTC) - timedelta(milliseconds=LEASE)
    await house.database.conversions.update_many(
        {"state": "converting"}, {"$set": {"due_at": past}}
    )


async def test_what_is_asked_for_is_made_and_told_once_however_often_it_is_asked(
    house: House,
) -> None:
    await house.wanted(FIRST)
    await house.ask(FIRST, FIRST)
    assert await house.workshop.do_next()
    assert not await house.workshop.do_next()
    row = await house.row()
    assert (row["state"], house.press.made) == ("done", ["rivers.md"])
    assert [one["words"] for one in row["findings"]] == ["It is not in order."]
    assert "due_at" not in row
    assert [one["message_id"] for one in row["outbox"]] == [house.sent[0].message_id]
    stored = await house.conversions.contents.find(row["copy"]["file"])
    assert stored is not None
    assert await house.conversions.contents.piece(stored, 0) == b"a copy of words"
    assert row["copy"]["filename"] == "rivers-html.html"
    assert row["copy"]["content_type"] == "text/html"


async def test_the_same_file_in_the_same_way_is_made_once_and_each_has_their_own(
    house: House,
) -> None:
    await house.wanted(FIRST, SECOND)
    await house.ask(FIRST, SECOND)
    assert await house.workshop.do_next()
    assert await house.workshop.do_next()
    assert house.press.made == ["rivers.md"]
    first, second = await house.row(FIRST), await house.row(SECOND)
    assert first["copy"]["sha256"] == second["copy"]["sha256"]
    assert first["copy"]["file"] != second["copy"]["file"]
    assert first["findings"] == second["findings"]


async def test_the_same_words_under_another_name_are_made_again(house: House) -> None:
    await house.wanted(FIRST)
    await house.ask(FIRST)
    await house.workshop.do_next()
    await house.wanted(SECOND, name="what-rhian-needs.md")
    await house.ask(SECOND)
    await house.workshop.do_next()
    assert house.press.made == ["rivers.md", "what-rhian-needs.md"], "a title may be made of it"


async def test_what_another_makes_just_now_is_waited_for(house: House) -> None:
    await house.wanted(FIRST, SECOND)
    await house.ask(FIRST, SECOND)
    house.press.waits.clear()
    making = asyncio.create_task(house.workshop.do_next())
    await house.press.began.wait()
    assert await house.workshop.do_next()
    waiting = await house.row(SECOND)
    assert (waiting["state"], waiting["tries"]) == ("queued", 0)
    house.press.waits.set()
    await making
    assert house.press.made == ["rivers.md"]


async def test_how_far_it_is_stands_in_its_row_and_its_lease_is_made_longer(house: House) -> None:
    await house.wanted(FIRST)
    await house.ask(FIRST)
    house.press.waits.clear()
    making = asyncio.create_task(house.workshop.do_next())
    await house.press.began.wait()
    before = (await house.row())["due_at"]
    async with asyncio.timeout(5):
        while (row := await house.row()).get("progress") is None:
            await asyncio.sleep(0.02)
    assert row["progress"] == {"step": "reading", "done": 120, "of": 400}
    assert row["due_at"] > before
    house.press.waits.set()
    await making
    assert "progress" not in await house.row()


async def test_who_is_overtaken_changes_nothing_and_leaves_nothing(house: House) -> None:
    await house.wanted(FIRST)
    await house.ask(FIRST)
    slow = Press()
    other = Workshop(
        house.conversions,
        Maker(house.conversions, house.workshop.limits, slow),
        house.workshop.limits,
        house.workshop.send,
        beat=1000,  # it has been asleep
    )
    making = asyncio.create_task(other.do_next())
    await slow.began.wait()
    await expire(house)
    assert await house.workshop.do_next()
    done = await house.row()
    slow.waits.set()
    await making
    assert await house.row() == done
    owned = await house.database["documents.files"].find({"filename": done["copy_id"]}).to_list()
    assert [one["_id"] for one in owned] == [done["copy"]["file"]]
    assert len(house.sent) == 1


async def test_what_kills_whoever_makes_it_is_given_up(house: House) -> None:
    await house.wanted(FIRST)
    await house.ask(FIRST)
    for _ in range(3):
        assert await house.conversions.claim() is not None
        assert await house.conversions.claim() is None, "it is somebody's"
        await expire(house)
    assert await house.workshop.do_next()
    row = await house.row()
    assert (row["state"], row["reason"], house.press.made) == ("failed", "crashed", [])
    assert len(house.sent) == 1
    assert not await house.workshop.do_next()


async def test_what_can_not_be_made_says_why_and_a_fault_of_ours_is_tried_again(
    house: House,
) -> None:
    await house.wanted(FIRST)
    await house.ask(FIRST)
    house.press.error = Transient("MongoDB is away")
    await house.workshop.do_next()
    assert (await house.row())["tries"] == 0, "that is not held against it"
    await house.database.conversions.update_one({}, {"$set": {"due_at": NOW - timedelta(days=900)}})
    house.press.error = RuntimeError("a fault")
    await house.workshop.do_next()
    row = await house.row()
    assert (row["state"], row["tries"]) == ("queued", 1)
    await house.database.conversions.update_one({}, {"$set": {"due_at": NOW - timedelta(days=900)}})
    house.press.error = Refused(Reason.ENCRYPTED, "By Word.")
    await house.workshop.do_next()
    row = await house.row()
    assert (row["state"], row["reason"], row["detail"]) == ("failed", "encrypted", "By Word.")
    assert "password" in row["said"]


async def test_what_is_cancelled_is_ended_or_never_begun(house: House) -> None:
    await house.wanted(FIRST, SECOND)
    await house.ask(FIRST)
    house.press.waits.clear()
    making = asyncio.create_task(house.workshop.do_next())
    await house.press.began.wait()
    for one in (FIRST, SECOND):
        await house.workshop.on_delivery(
            DeliveryCancelled(message_id="c", reference=REFERENCE, at=NOW, conversion_id=one)
        )
    async with asyncio.timeout(5):
        await making  # its next sign of life finds that it is not wanted
    await house.ask(FIRST, SECOND)
    assert not await house.workshop.do_next()
    assert [(await house.row(one))["state"] for one in (FIRST, SECOND)] == ["cancelled"] * 2
    assert house.sent == []


async def test_a_service_that_ends_gives_back_what_it_was_making(house: House) -> None:
    await house.wanted(FIRST)
    await house.ask(FIRST)
    house.press.waits.clear()
    running = asyncio.create_task(house.workshop.run())
    await house.press.began.wait()
    await house.workshop.stop()
    row = await house.row()
    assert (row["state"], row["tries"]) == ("queued", 0)
    assert not running.done(), "others still have something to tell"
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_a_copy_that_makes_none_keeps_what_is_asked_for(house: House) -> None:
    idle = ConversionSettings(conversion_workers=0)
    workshop = Workshop(house.conversions, house.workshop.maker, idle, house.workshop.send)
    await house.wanted(FIRST)
    running = asyncio.create_task(workshop.run())
    await house.ask(FIRST)
    await asyncio.sleep(0.2)
    assert (await house.row())["state"] == "queued"
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_what_is_not_wanted_any_more_makes_no_row(house: House) -> None:
    await house.wanted(SECOND)
    await house.ask(FIRST)
    await house.database.tickets.update_one({}, {"$set": {"erased_at": NOW}})
    await house.ask(SECOND)
    assert await house.database.conversions.count_documents({}) == 0
    await house.database.tickets.delete_many({})
    with pytest.raises(Permanent):
        await house.ask(FIRST)


async def test_a_file_that_waits_for_the_scanner_waits_and_one_that_is_gone_is_said_to_be(
    house: House,
) -> None:
    await house.wanted(FIRST)
    await house.ask(FIRST)
    where = {"$set": {"attachments.0.state": "held"}}
    await house.database.messages.update_one({"_id": "rivers.md"}, where)
    await house.workshop.do_next()
    assert (await house.row())["state"] == "queued"
    await house.database.messages.delete_many({})
    await house.database.conversions.update_one({}, {"$set": {"due_at": NOW - timedelta(days=900)}})
    await house.workshop.do_next()
    assert (await house.row())["reason"] == "gone"


async def test_erasing_takes_rows_and_copies_and_what_is_made_just_then_is_thrown_away(
    house: House,
) -> None:
    await house.wanted(FIRST, SECOND)
    await house.ask(FIRST)
    await house.workshop.do_next()
    house.press.waits.clear()
    await house.wanted(FIRST, SECOND, name="other.md", content=b"other words")
    await house.ask(FIRST, SECOND)
    house.press.began.clear()
    making = asyncio.create_task(house.workshop.do_next())
    await house.press.began.wait()
    eraser = Eraser(house.database)
    await house.database.tickets.update_one({}, {"$set": {"erased_at": NOW, "applied": []}})
    await eraser.erase_rest(REFERENCE)
    house.press.waits.set()
    await making
    assert await house.database.conversions.count_documents({}) == 0
    left = await house.database["documents.files"].find().to_list()
    assert sorted(one["_id"] for one in left) == ["file other.md", "file rivers.md"], "sources"
    chunks = await house.database["documents.chunks"].distinct("files_id")
    assert sorted(chunks) == ["file other.md", "file rivers.md"]
