"""What every command does alike: a session on the database, and how it ends when it can't go on."""

import asyncio
import getpass
import sys
from collections.abc import Awaitable, Callable
from typing import TypeVar

import typer

from shared.config import Settings, load
from shared.errors import Transient
from shared.mongo import Database, open_client

Answer = TypeVar("Answer")


def with_database(work: Callable[[Database, Settings], Awaitable[Answer]]) -> Answer:
    """Do this on the database; the command ends with status 1 where it can't be reached."""
    settings = load(Settings)

    async def session() -> Answer:
        client = open_client(settings.mongodb_uri)
        try:
            return await work(client[settings.mongodb_database], settings)
        finally:
            client.close()

    try:
        return asyncio.run(session())
    except Transient as error:
        raise fail(f"{error}. Is MONGODB_URI right, and MongoDB running?") from error


def fail(text: str) -> typer.Exit:
    """Say why; what is to be raised."""
    print(text, file=sys.stderr)
    return typer.Exit(1)


def by() -> str:
    """Whose doing it is, as documents have it."""
    return f"desk:{getpass.getuser()}"
