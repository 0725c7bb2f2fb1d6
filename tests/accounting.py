"""What must be true in the end, counted from outside: every mail that was accepted is one ticket
and has one acknowledgement."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial

import aiosmtplib

from tests.builders import mail, with_files
from tests.stage import Stage, until


@dataclass
class Ledger:
    """The mails that the door said `250` to, by sender; each sender writes once."""

    accepted: dict[str, str] = field(default_factory=dict)
    """Sender to Message-ID."""

    async def send(self, stage: Stage, number: int) -> None:
        """Send one mail as a mail server would: again and again, until it is accepted."""
        sender = f"patron{number}@patrons.example"
        message_id = f"<{number}.ledger@patrons.example>"
        raw = mail(sender=sender, subject=f"Question {number}", Message_ID=message_id)
        if number % 3 == 0:
            raw = with_files(raw, {"list.txt": b"words"})
        while True:
            try:
                await stage.mail(raw, sender)
            except (aiosmtplib.SMTPException, OSError):
                await asyncio.sleep(0.1)
            else:
                self.accepted[sender] = message_id
                return

    async def send_many(self, stage: Stage, numbers: Sequence[int], at_once: int = 8) -> None:
        """Send these, a few at a time."""
        room = asyncio.Semaphore(at_once)

        async def one(number: int) -> None:
            async with room:
                await self.send(stage, number)

        await asyncio.gather(*(one(number) for number in numbers))

    async def settle(self, stage: Stage, seconds: float = 90) -> None:
        """Wait until every accepted mail is acknowledged, then check every account.

        A second copy of an acknowledgement may come after a crash, with the same Message-ID.
        """

        async def all_acknowledged() -> bool:
            return self.accepted.keys() <= {one.to for one in stage.relay.delivered}

        try:
            await until(all_acknowledged, seconds)
        except TimeoutError:
            missing = self.accepted.keys() - {one.to for one in stage.relay.delivered}
            some = ", ".join(sorted(missing)[:3])
            raise AssertionError(f"{len(missing)} not acknowledged, such as {some}") from None
        for one in stage.services["routing"]:
            await until(partial(asyncio.to_thread, getattr, one, "is_ready"), seconds)
        await self._check(stage)

    async def _check(self, stage: Stage) -> None:
        tickets = Counter(one["patron"]["address"] for one in await stage.tickets())
        assert tickets == Counter(self.accepted.keys()), "one ticket for each accepted mail"
        ids: dict[str, set[str]] = {}
        for one in stage.relay.delivered:
            ids.setdefault(one.to, set()).add(one.message["Message-ID"])
            assert one.message["In-Reply-To"] == self.accepted[one.to]
        doubled = {to: found for to, found in ids.items() if len(found) != 1}
        assert not doubled, "one acknowledgement for each accepted mail"

    def copies(self, stage: Stage) -> int:
        """How many acknowledgements were sent a second time, each with its first Message-ID."""
        return len(stage.relay.delivered) - len(self.accepted)
