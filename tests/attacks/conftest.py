"""The SMTP door by itself, for the attacks on it."""

from collections.abc import AsyncIterator

import pytest

from tests.smtp_house import House, smtp_house


@pytest.fixture
async def door() -> AsyncIterator[House]:
    """Not open yet."""
    async with smtp_house() as house:
        yield house


@pytest.fixture
async def wire(door: House) -> House:
    """Open, in the clear."""
    await door.open()
    return door
