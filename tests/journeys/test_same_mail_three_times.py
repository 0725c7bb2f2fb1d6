"""A mail system that did not hear our `250` sends the same mail again."""

import asyncio

from tests.builders import mail
from tests.stage import Stage


async def test_one_ticket_and_one_acknowledgement(stage: Stage) -> None:
    await stage.open()
    raw = mail(subject="Once only")
    relayed = (
        b"Received: from elsewhere by relay.example; Sun, 22 Nov 2026 10:00:05 +0000\r\n" + raw
    )

    answers = [await stage.mail(raw), await stage.mail(raw), await stage.mail(relayed)]

    assert all("Kept" in answer for answer in answers)
    await stage.letter("rhian@patrons.example")
    await asyncio.sleep(2)
    assert len(await stage.tickets()) == 1
    assert len(stage.relay.delivered) == 1
