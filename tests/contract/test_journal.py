"""The journal of changes, on a real MongoDB: one order for all copies, and no gap in it."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from services.routing.journal import KEPT, Journal
from services.routing.telling import entries_of
from shared.errors import Transient
from shared.keyring import Keyring, Watched
from shared.keys import digest
from shared.messages import Message, TicketsChanged, TicketState, derived_id, ticket_changed
from shared.mongo import Database
from tests import fakes
from tests.contract.conftest import fresh_database
from tests.stage import Servers
from tests.unit.examples import NOW, REFERENCE

STATE = TicketState(status="new", team="enquiries")


def change(version: int) -> Message:
    return ticket_changed(REFERENCE, version, NOW, ["noted"], now=STATE, was=STATE)


@pytest.fixture
async def database(servers: Servers) -> AsyncIterator[Database]:
    async with fresh_database(servers) as database:
        yield database


async def test_several_copies_write_one_journal_without_a_gap(database: Database) -> None:
    published = fakes.Publisher()
    journals = [Journal(database, fakes.Publisher()) for _ in range(3)]
    sends = [one.instead_of(published) for one in journals]
    versions = range(1, 241)
    await asyncio.gather(*(sends[one % 3](change(one)) for one in versions[:120]))
    # One after the other too, so that each copy finds what the others have written meanwhile.
    for one in versions[120:126]:
        await sends[one % 3](change(one))
    await asyncio.gather(*(sends[one % 3](change(one)) for one in versions[126:]))
    pages = await journals[0].after(0, 1000)
    entries = [one for page in pages for one in entries_of(page)]
    assert [one.number for one in entries] == list(versions)
    assert sorted(row["version"] for page in pages for row in page["changes"]) == list(versions)
    assert len(pages) < 60, "what comes together is one page"
    assert [await one.last() for one in journals] == [240] * 3
    assert published.published == []


async def test_it_is_read_from_any_page_on_and_holds_no_words(database: Database) -> None:
    journal = Journal(database, fakes.Publisher())
    send = journal.instead_of(fakes.Publisher())
    assert (await journal.last(), await journal.newest(10)) == (0, [])
    for version in (1, 2, 3):
        await send(change(version))
    assert [one["_id"] for one in await journal.after(1, 10)] == [2, 3]
    assert [one["_id"] for one in await journal.after(0, 2)] == [1, 2]
    assert [one["_id"] for one in await journal.newest(2)] == [2, 3]
    [row] = (await journal.after(2, 1))[0]["changes"]
    assert row.keys() == {"reference", "at", "version", "events", "now", "was"}


async def test_it_keeps_the_last_changes_and_no_more(database: Database) -> None:
    journal = Journal(database, fakes.Publisher())
    send = journal.instead_of(fakes.Publisher())
    await send(change(1))
    rows = (await journal.after(0, 1))[0]["changes"]
    for first in (2, 2 * KEPT - 2):
        await database.changes.insert_one({"_id": first, "changes": rows})
    journal = Journal(database, fakes.Publisher())
    send = journal.instead_of(fakes.Publisher())
    for version in range(5):
        await send(change(version))
    assert [one["_id"] for one in await journal.after(0, 10)] == list(
        range(2 * KEPT - 2, 2 * KEPT + 4)
    )


async def test_others_are_told_that_there_is_something_and_what_else_there_is_is_published(
    database: Database,
) -> None:
    mentioned, published = fakes.Publisher(), fakes.Publisher()
    heard: list[int] = []
    journal = Journal(database, mentioned, heard.append)
    send = journal.instead_of(published)
    other = TicketsChanged(message_id=derived_id("m"), reference=REFERENCE, at=NOW, last=1)
    await send(other)
    await send(change(1))
    await asyncio.sleep(0)
    assert (heard, published.published) == ([1], [other])
    [news] = mentioned.published
    assert isinstance(news, TicketsChanged)
    assert news.last == 1


async def test_that_rabbitmq_is_away_holds_nothing_up(database: Database) -> None:
    away = Transient("away")
    journal = Journal(database, fakes.Publisher(fails_with=[away]))
    send = journal.instead_of(fakes.Publisher())
    await send(change(1))
    await send(change(2))
    assert await journal.last() == 2


async def test_the_keys_of_those_who_stay_are_read_as_those_of_a_request(
    database: Database,
) -> None:
    key = {"caller": "mair", "name": "Mair", "scopes": ["tickets:read"], "expires_at": NOW}
    await database.keys.insert_one({"_id": digest("k"), "revoked_at": None, **key})
    member = {"name": "Mair Pretend", "role": "lead", "team": "enquiries"}
    await database.staff.insert_one({"_id": "mair", **member})
    watched = Watched(database)
    found = await asyncio.gather(watched.key(digest("k")), watched.key(digest("other")))
    assert found[1] is None
    assert found[0] is not None
    assert found[0] == {**(await Keyring(database).find(digest("k")) or {}), **member}
