"""A key's last use is noted now and then, beside the request, and never of a withdrawn one."""

import asyncio
from datetime import UTC, datetime, timedelta

from services.desk.store import Office
from shared.keyring import Keyring
from shared.keys import Caller, Scope, digest
from shared.mongo import Database
from tests.contract.conftest import fresh_database
from tests.stage import Servers, until
from tests.unit.examples import NOW

KEY = "desk_a-key-that-only-this-test-knows"


async def _office(database: Database) -> Office:
    office = Office(database)
    who = Caller("catalogue", "catalogue", frozenset({Scope.ENQUIRIES_WRITE}))
    await office.add_key(KEY, who, NOW, NOW + timedelta(days=1))
    return office


async def _last_used(office: Office) -> datetime | None:
    [key] = await office.keys()
    return key.last_used_at


async def test_a_use_is_noted_at_most_once_a_minute(servers: Servers) -> None:
    seconds = 0.0
    async with fresh_database(servers) as database:
        office = await _office(database)
        keyring = Keyring(database, lambda: seconds)
        assert await _last_used(office) is None
        assert await keyring.find("nobody's") is None
        assert await keyring.find(digest(KEY)) is not None

        async def noted() -> bool:
            return await _last_used(office) is not None

        await until(noted)
        first = await _last_used(office)
        assert first is not None
        assert abs(datetime.now(UTC) - first) < timedelta(minutes=5)
        seconds = 59.0
        await keyring.find(digest(KEY))
        await asyncio.sleep(0.3)
        assert await _last_used(office) == first
        seconds = 60.0
        await keyring.find(digest(KEY))

        async def noted_again() -> bool:
            return await _last_used(office) != first

        await until(noted_again)
        assert await database.keys.count_documents({}) == 1, "a key that is not there is not made"


async def test_a_withdrawn_key_is_found_as_such_and_its_use_is_not_noted(servers: Servers) -> None:
    async with fresh_database(servers) as database:
        office = await _office(database)
        assert await office.revoke_key(digest(KEY)[:12]) == 1
        [revoked] = await office.keys()
        assert await office.revoke_key(digest(KEY)) == 1
        assert (await office.keys())[0].revoked_at == revoked.revoked_at is not None
        found = await Keyring(database).find(digest(KEY))
        assert found is not None
        assert found["revoked_at"]
        await asyncio.sleep(0.3)
        assert await _last_used(office) is None


async def test_an_id_that_several_keys_begin_with_withdraws_none(servers: Servers) -> None:
    async with fresh_database(servers) as database:
        office = await _office(database)
        row = await database.keys.find_one({})
        assert row is not None
        await database.keys.insert_one(row | {"_id": row["_id"][:40] + "0" * 24})
        assert await office.revoke_key(row["_id"][:12]) == 2
        assert [one.revoked_at for one in await office.keys()] == [None, None]
        assert await office.revoke_key(row["_id"]) == 1
