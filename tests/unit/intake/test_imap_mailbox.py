"""How long a mailbox that is lost is left alone: by whose doing it is."""

import asyncio
from typing import Any, cast

import pytest

from services.intake.imap import Mailbox
from services.intake.imap_link import LinkLost, LoginRefused
from services.intake.imap_session import House
from services.intake.mailboxes import Positions
from shared.errors import Transient
from shared.imap_url import mailboxes


async def _kept(*_: object) -> None: ...


def _door(error: Transient) -> Mailbox:
    """To a mailbox that nobody can claim."""

    class Away:
        async def claim(self, _: str) -> Any:
            raise error

    [where] = mailboxes("imap://desk:secret@imap.llanfair.example/INBOX")
    house = House(_kept, _kept, ("enquiries@llanfair.example",), 2000)
    return Mailbox(1, where, "all", cast("Positions", Away()), house)


async def _pauses(error: Transient, monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Seconds between six tries that all end so."""
    pauses: list[float] = []
    door = _door(error)

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 6:
            door._stopping.set()

    monkeypatch.setattr(door, "_sleep", sleep)
    await door.run()
    return pauses


async def test_a_mongodb_that_is_back_is_noticed_within_seconds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert await _pauses(Transient("MongoDB is away"), monkeypatch) == [2, 4, 4, 4, 4, 4]


async def test_a_mail_server_that_is_away_is_left_alone_longer_each_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert await _pauses(LinkLost("connecting"), monkeypatch) == [2, 4, 8, 16, 32, 60]
    assert await _pauses(LoginRefused("login"), monkeypatch) == [60] * 6


async def test_a_mailbox_that_nobody_has_begun_to_read_is_let_go_at_once() -> None:
    async with asyncio.timeout(1):
        await _door(Transient("MongoDB is away")).close()
