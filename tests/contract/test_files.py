"""Files beside the documents, against the real server: stored, found, scanned, and taken away."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.intake.held import Held, Waiting
from services.intake.store import Letters
from services.routing.store import Tickets
from shared.attachments import attached
from shared.errors import Permanent
from shared.messages import EnquiryReceived
from shared.mongo import Database, Files
from tests.contract.conftest import fresh_database
from tests.unit.examples import LIBRARY, NOW, REFERENCE, kept_letter

LETTER_ID = "0" * 64


@pytest.fixture
async def database(request: pytest.FixtureRequest) -> AsyncIterator[Database]:
    async with fresh_database(request.getfixturevalue("servers")) as database:
        await Letters(database).make_indexes()
        yield database


async def keep(database: Database, *contents: bytes, state: Any = "unscanned", **more: Any) -> bool:
    attachments = tuple(
        attached(f"{number}.txt", "text/plain", one, number) for number, one in enumerate(contents)
    )
    held = tuple(type(one)(**{**vars(one), "state": state}) for one in attachments)
    letter = kept_letter(LETTER_ID, attachments=held, **more)
    event = EnquiryReceived(
        message_id=LETTER_ID, reference=REFERENCE, at=NOW, letter_id=LETTER_ID, opens=True
    )
    return await Letters(database).save(letter, REFERENCE, event)


async def rows(database: Database) -> list[dict[str, Any]]:
    found = await database.messages.find_one({"_id": LETTER_ID})
    assert found is not None
    return list(found["attachments"])


async def files(database: Database) -> int:
    return int(await database["documents.files"].count_documents({}))


async def test_what_is_attached_is_a_file_that_its_letter_names(database: Database) -> None:
    assert await keep(database, b"one", b"", b"x" * 9_000_000)
    found = await rows(database)
    stored = [await Files(database).read(one["file"]) for one in found]
    assert stored == [b"one", b"", b"x" * 9_000_000]
    assert [one["size"] for one in found] == [3, 0, 9_000_000]
    assert all(len(one["file"]) == 32 for one in found)
    assert "content" not in found[0]


async def test_the_same_letter_again_leaves_no_file(database: Database) -> None:
    assert await keep(database, b"one")
    assert not await keep(database, b"one")
    assert await files(database) == 1


async def test_a_large_letter_and_what_is_attached_are_files(database: Database) -> None:
    assert await keep(database, b"one", raw=b"x" * 2_000_000)
    found = await database.messages.find_one({"_id": LETTER_ID})
    assert found is not None
    assert "raw" not in found
    assert await Files(database).read(found["raw_file"]) == b"x" * 2_000_000
    assert await Files(database).read("nowhere") is None


async def test_files_that_no_letter_names_are_taken_away_after_a_day(database: Database) -> None:
    await keep(database, b"one", raw=b"x" * 2_000_000)
    left = await Files(database).store(b"left behind", LETTER_ID)
    nobodys = await Files(database).store(b"left behind", "a letter that was never kept")
    letters = Letters(database)
    later = NOW.replace(year=NOW.year + 50)
    assert await letters.sweep_files(later - timedelta(days=365 * 60)) == 0
    assert await files(database) == 4
    assert await letters.sweep_files(later) == 4
    assert await letters.sweep_files(later) == 0, "each is looked at once"
    assert [await Files(database).read(one) for one in (left, nobodys)] == [None, None]
    [row] = await rows(database)
    assert await Files(database).read(row["file"]) == b"one"
    assert await files(database) == 2


async def test_a_copy_that_routing_has_not_heard_of_for_long_is_kept(database: Database) -> None:
    made = await Files(database).store(b"large print", "copy-1")
    overtaken = await Files(database).store(b"by whoever was killed", "copy-1")
    row = {"_id": "c1", "state": "done", "copy_id": "copy-1", "copy": {"file": made}}
    await database.conversions.insert_one(row)
    assert await Letters(database).sweep_files(NOW.replace(year=NOW.year + 50)) == 2
    assert await Files(database).read(made) == b"large print"
    assert await Files(database).read(overtaken) is None, "no row names it"


async def pieces(database: Database) -> int:
    return int(await database["documents.chunks"].count_documents({}))


async def test_a_file_that_can_not_be_finished_leaves_no_pieces(database: Database) -> None:
    with pytest.raises(Permanent):
        await Files(database).store(b"x" * 5_000_000, "half a \ud800 pair")
    assert await pieces(database) == 0


async def test_pieces_without_a_file_are_taken_away_after_a_day(database: Database) -> None:
    await keep(database, b"one", b"x" * 5_000_000)
    ours, lost = [await Files(database).store(b"x" * 5_000_000, LETTER_ID) for _ in range(2)]
    await database["documents.files"].delete_one({"_id": lost})
    letters, now = Letters(database), datetime.now(UTC)
    assert await pieces(database) == 7
    for after_one_day, left in ((False, 7), (True, 5)):
        later = now + timedelta(days=1, minutes=1) if after_one_day else now
        after: str | None = ""
        while after is not None:
            after = await letters.sweep_chunks(after, later)
        assert await pieces(database) == left
    assert await Files(database).read(ours) == b"x" * 5_000_000


async def test_pieces_are_looked_at_by_index_and_page_by_page(database: Database) -> None:
    await keep(database, b"one", b"two", b"three")
    store, after, seen = Files(database), "", 0
    while (end := await store.sweep_chunks(after, NOW, 1)) is not None:
        assert end > after
        after, seen = end, seen + 1
    assert seen == 3
    command = {
        "find": "documents.chunks",
        "filter": {"files_id": {"$gt": ""}},
        "projection": {"_id": 0, "files_id": 1},
        "sort": {"files_id": 1, "n": 1},
    }
    plan = str((await database.command("explain", command))["queryPlanner"]["winningPlan"])
    assert "PROJECTION_COVERED" in plan
    assert "FETCH" not in plan, "the contents themselves are not read"


async def test_files_that_two_sweep_at_once_are_taken_away_once(database: Database) -> None:
    left = await Files(database).store(b"left behind", "a letter that was never kept")
    await asyncio.gather(*(Files(database).settle(left, is_named=False) for _ in range(3)))
    await Files(database).settle(left, is_named=False)
    assert await files(database) == 0


async def test_what_is_held_is_found_until_each_has_its_verdict(database: Database) -> None:
    await keep(database, b"one", b"two", state="held")
    held = Held(database)
    assert await held.due(NOW) == []
    assert await held.due(NOW + timedelta(minutes=1)) == [LETTER_ID]
    first, second = (await held.waiting(LETTER_ID)).files
    assert await held.content(first) == b"one"
    await held.note(LETTER_ID, first, "infected", "Eicar")
    await held.release(LETTER_ID)
    assert await held.due(NOW + timedelta(minutes=1)) == [LETTER_ID], "one is still held"
    await held.postpone(LETTER_ID, NOW + timedelta(hours=1), counts=True)
    await held.postpone(LETTER_ID, NOW + timedelta(hours=1), counts=False)
    assert (await held.waiting(LETTER_ID)).tries == 1
    assert await held.due(NOW + timedelta(minutes=1)) == []
    await held.note(LETTER_ID, second, "clean", "")
    await held.release(LETTER_ID)
    assert await held.due(NOW + timedelta(days=1)) == []
    assert [(one["state"], one["finding"]) for one in await rows(database)] == [
        ("infected", "Eicar"),
        ("clean", ""),
    ]


async def test_no_later_verdict_changes_one_that_stands(database: Database) -> None:
    await keep(database, b"one", state="held")
    [file_id] = (await Held(database).waiting(LETTER_ID)).files
    await Held(database).note(LETTER_ID, file_id, "infected", "Eicar")
    await Held(database).note(LETTER_ID, file_id, "clean", "")
    [row] = await rows(database)
    assert row["state"] == "infected"


async def test_a_letter_that_is_not_there_has_nothing_held(database: Database) -> None:
    assert await Held(database).waiting("nowhere") == Waiting()


async def remarks(database: Database) -> list[str]:
    found = await database.messages.find_one({"_id": LETTER_ID})
    assert found is not None
    return [one["code"] for one in found["remarks"]]


async def test_what_never_gets_a_verdict_is_seen_by_staff_until_it_has_one(
    database: Database,
) -> None:
    await keep(database, b"one", b"two", state="held")
    held = Held(database)
    first, second = (await held.waiting(LETTER_ID)).files
    await held.note(LETTER_ID, first, "clean", "")
    for _ in range(2):
        await held.tell(LETTER_ID, (first, second))
    assert [one["state"] for one in await rows(database)] == ["clean", "unscannable"]
    assert await remarks(database) == ["attachment_unscannable"]
    await held.release(LETTER_ID)
    assert (await held.waiting(LETTER_ID)).files == (second,), "it is looked at again"
    assert await held.due(NOW + timedelta(minutes=1)) == [LETTER_ID]
    await held.note(LETTER_ID, second, "infected", "Eicar")
    await held.release(LETTER_ID)
    assert [one["state"] for one in await rows(database)] == ["clean", "infected"]
    assert await remarks(database) == []
    assert await held.due(NOW + timedelta(days=1)) == []


async def test_what_nobody_looks_at_any_more_is_let_go_without_a_verdict(
    database: Database,
) -> None:
    await keep(database, b"one", b"two", b"three", state="held")
    held = Held(database)
    first, second, _ = (await held.waiting(LETTER_ID)).files
    await held.note(LETTER_ID, first, "infected", "Eicar")
    await held.tell(LETTER_ID, (second,))
    assert await held.let_go(NOW) == 0, "it is not due yet"
    assert await held.let_go(NOW + timedelta(hours=1)) == 1
    states = [one["state"] for one in await rows(database)]
    assert states == ["infected", "unscanned", "unscanned"]
    assert await remarks(database) == []
    assert await held.let_go(NOW + timedelta(days=1)) == 0


async def test_staff_find_an_attachment_by_its_letter_and_number(database: Database) -> None:
    await keep(database, b"one", b"two")
    letter = await database.messages.find_one({"_id": LETTER_ID}) or {}
    await database.tickets.insert_one({"_id": letter["reference"]})
    tickets = Tickets(database, LIBRARY)
    row = await tickets.attachment(LETTER_ID, 1)
    assert row is not None
    stored = await tickets.contents.find(row["file"])
    assert stored is not None
    assert (stored.size, await tickets.contents.piece(stored, 0)) == (3, b"two")
    assert await tickets.contents.piece(stored, 1) is None
    assert await tickets.attachment(LETTER_ID, 2) is None
    assert await tickets.attachment("nowhere", 0) is None
    assert await tickets.contents.find("nowhere") is None


async def test_what_a_letter_quotes_says_nothing_of_its_topic(database: Database) -> None:
    await keep(database, text="Thank you!\n> the census", new_text="Thank you!")
    found = await Tickets(database, LIBRARY).letter(LETTER_ID)
    assert found is not None
    assert found.topic == "general"


async def test_of_a_letter_that_is_not_parted_all_words_say_its_topic(database: Database) -> None:
    await keep(database, text="about the census")
    found = await Tickets(database, LIBRARY).letter(LETTER_ID)
    assert found is not None
    assert found.topic == "local-history"
