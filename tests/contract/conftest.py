"""A database of its own for each suite, dropped when it ends."""

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from shared.mongo import Database, open_client
from tests.stage import Servers


@asynccontextmanager
async def fresh_database(servers: Servers) -> AsyncIterator[Database]:
    """An empty database on the real server."""
    client = open_client(servers.mongodb_uri)
    name = f"contract_{secrets.token_hex(6)}"
    try:
        yield client[name]
    finally:
        await client.drop_database(name)
        client.close()
