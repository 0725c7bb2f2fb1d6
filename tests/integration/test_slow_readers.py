"""However many read a file slowly, whoever hands it out needs little memory for them."""

from tests.contract.conftest import fresh_database
from tests.slow_readers import growth
from tests.stage import Servers


async def test_forty_who_read_slowly_take_little_memory(servers: Servers) -> None:
    async with fresh_database(servers) as database:
        found = await growth(servers.mongodb_uri, database, readers=40, seconds=5)
    # Where each held the piece of four megabytes that is being sent, it was 260.
    assert found.grown < 170 * 1024 * 1024, found
    assert found.taken > 10 * 1024 * 1024, "they were served meanwhile"
