"""Who reads a mailbox, and how far: by the database's clock, in a real MongoDB."""

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from services.intake.mailboxes import LEASE, Lease, Overtaken, Position, Positions, Taken
from tests.contract.conftest import fresh_database
from tests.stage import Servers

BOX = "enquiries@imap.llanfair.example/INBOX"
POSITION = Position(7, 40, frozenset({42, 44}), {12: 3, 41: 0}, [38, 39])
MOMENT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


@pytest.fixture
async def positions(servers: Servers) -> AsyncIterator[Positions]:
    async with fresh_database(servers) as database:
        yield Positions(database)


async def claimed(positions: Positions) -> Lease:
    lease = await positions.claim(BOX)
    assert isinstance(lease, Lease)
    return lease


async def test_a_mailbox_that_is_new(positions: Positions) -> None:
    lease = await claimed(positions)
    assert (lease.fence, lease.position, lease.since) == (1, None, None)


async def test_what_was_written_down_is_found_again(positions: Positions) -> None:
    lease = await claimed(positions)
    await positions.begin(lease, POSITION, MOMENT, now=False)
    await positions.release(lease)
    again = await claimed(positions)
    assert (again.fence, again.position, again.since) == (2, POSITION, MOMENT)


async def test_now_is_the_moment_of_the_database(positions: Positions) -> None:
    lease = await claimed(positions)
    await positions.begin(lease, POSITION, None, now=True)
    await positions.release(lease)
    found = (await claimed(positions)).since
    assert found is not None
    assert abs((datetime.now(UTC) - found).total_seconds()) < 60


async def test_progress_is_written_down_and_what_was_chosen_stays(positions: Positions) -> None:
    lease = await claimed(positions)
    await positions.begin(lease, POSITION, MOMENT, now=False)
    further = Position(7, 45, POSITION.left, {}, [45])
    await positions.save(lease, further, looked=True)
    await positions.release(lease)
    again = await claimed(positions)
    assert (again.position, again.since) == (further, MOMENT)


async def test_nobody_else_has_it_meanwhile_and_all_know_when_it_was_looked_at(
    positions: Positions,
) -> None:
    lease = await claimed(positions)
    assert await positions.claim(BOX) == Taken(None)
    await positions.begin(lease, POSITION, None, now=True)
    await positions.save(lease, POSITION, looked=True)
    taken = await positions.claim(BOX)
    assert isinstance(taken, Taken)
    assert taken.age is not None
    assert 0 <= taken.age < 60
    assert isinstance(await positions.claim("another"), Lease)


async def test_a_reader_that_says_nothing_is_overtaken_and_changes_nothing_more(
    positions: Positions,
) -> None:
    begun = time.monotonic()
    lease = await claimed(positions)
    await positions.begin(lease, POSITION, MOMENT, now=False)
    await positions.renew(lease)
    while isinstance(await positions.claim(BOX), Taken):
        assert time.monotonic() - begun < 10 + LEASE / 1000
        await asyncio.sleep(0.2)
    assert time.monotonic() - begun > LEASE / 1000 - 1
    for late in (
        positions.renew(lease),
        positions.release(lease),
        positions.begin(lease, POSITION, None, now=True),
        positions.save(lease, Position(7, 99)),
    ):
        with pytest.raises(Overtaken):
            await late
