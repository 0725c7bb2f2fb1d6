"""What patrons, machines and staff do in a round: the mixed load of `tests/accounts`, the same
letter at two doors at once, and staff who answer, by any copy of routing, until it is accepted."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, Final

import aiohttp

from tests.accounts import letters, load
from tests.accounts.books import OPENED
from tests.accounts.doors import Doors
from tests.accounts.letters import DESK
from tests.accounts.load import KINDS, Kind, Load
from tests.faults.accountant import REFERENCE, Books, Reply, subject_of
from tests.stage import Delivered, Stage

_ANSWERS: Final = 14
"""Of a hundred errands, staff's."""
_AT_TWO_DOORS: Final = 6
_WAITS: Final = 4
_SOON: Final = 3.0
"""Seconds."""
_PATIENCE: Final = 90.0
_OWNED_WITHIN: Final = 10.0
_IN_A_ROW: Final = (1, 1, 3)
"""Replies that somebody writes to one patron, one right after the other."""


@dataclass
class Staff:
    """Who answers; each reply is sent again with its key until it is accepted."""

    stage: Stage
    session: aiohttp.ClientSession
    random: Random
    books: Books
    first: int

    async def answer(self, load: Load, random: Random) -> None:
        """One patron who has been acknowledged."""
        asked, letter = await load.acknowledged(random)
        found = REFERENCE.search(subject_of(Delivered("", "", letter)))
        assert found is not None, letter["Subject"]
        for _ in range(random.choice(_IN_A_ROW)):
            code = f"r{self.first + len(self.books.replies):05}r"
            reply = Reply(code, found[1], asked.patron or "")
            self.books.replies.append(reply)
            await self._until_accepted(reply)

    async def _until_accepted(self, reply: Reply) -> None:
        try:
            async with asyncio.timeout(_PATIENCE):
                while not await self._tried(reply):
                    await asyncio.sleep(0.05 + self.random.random() / 5)
        except TimeoutError:
            self.books.faults.append(f"reply {reply.code}: not accepted in {_PATIENCE:.0f} s")

    async def _tried(self, reply: Reply) -> bool:
        try:
            status, _, etag = await self.ask("GET", f"/v1/tickets/{reply.reference}")
            if status != 200:
                return False
            path = f"/v1/tickets/{reply.reference}/reply"
            headers = {"If-Match": etag, "Idempotency-Key": reply.code}
            words = {"text": f"From ten to four. {reply.code}"}
            status, said, _ = await self.ask("POST", path, words, headers)
        except (OSError, TimeoutError, aiohttp.ClientError):
            return False
        reply.accepted = status == 200
        if 400 <= status < 500 and status not in {408, 412, 429}:
            self.books.faults.append(f"reply {reply.code}: {status} {said}")
            return True
        return reply.accepted

    async def wait(self, load: Load, _: Random) -> None:
        """An enquiry that waits for somebody else, for some seconds: then its owner is reminded."""
        entry = load.note("waits", OPENED, patron=True)
        whose = entry.patron or ""
        await load.doors.mail(whose, DESK, letters.plain(whose, entry.code))
        entry.accepted = True  # nobody else writes about it
        letter = Delivered("", "", await load.letter_to(whose))
        found = REFERENCE.search(subject_of(letter))
        assert found is not None, letter.message["Subject"]
        said: list[str] = []
        begun = time.monotonic()
        try:
            async with asyncio.timeout(_PATIENCE):
                while not await self._waits(found[1], entry.code, said):
                    await asyncio.sleep(0.1)
                    # All of the staff have as much as they can: it is nobody's yet, and can't wait.
                    if "'ticket_status': 'new'" in "".join(said[-1:]) and _is_over(begun):
                        return
        except TimeoutError:
            raise TimeoutError(f"{found[1]} was not let wait: {said[-1:]}") from None

    async def _waits(self, reference: str, key: str, said: list[str]) -> bool:
        until = datetime.now(UTC) + timedelta(seconds=_SOON)
        try:
            status, _, etag = await self.ask("GET", f"/v1/tickets/{reference}")
            if status != 200:
                return False
            headers = {"If-Match": etag, "Idempotency-Key": f"{key}{until.timestamp()}"}
            body = {"for": "third_party", "until": until.isoformat()}
            path = f"/v1/tickets/{reference}/wait"
            status, answer, _ = await self.ask("POST", path, body, headers)
            said.append(f"{status} {answer}")
        except (OSError, TimeoutError, aiohttp.ClientError):
            # It may have been done: another one takes its place, and counts alone.
            status = 0
        if status == 200:
            self.books.reminders[reference] = until.timestamp()
        return status in {200, 422}  # to a clock that is a day on, it is over

    async def ask(
        self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None
    ) -> tuple[int, Any, str]:
        """Any copy of routing: status, JSON, ETag."""
        copy = self.random.choice(self.stage.services["routing"])
        url = f"http://127.0.0.1:{copy.process.env['ROUTING_HTTP_PORT']}{path}"
        known = {"Authorization": f"Bearer {self.stage.token}", **(headers or {})}
        patience = aiohttp.ClientTimeout(total=15)
        async with self.session.request(
            method, url, json=body, headers=known, timeout=patience
        ) as answer:
            said = await answer.json(content_type=None)
            return answer.status, said, answer.headers.get("ETag", "")

    async def resolve(self, references: Sequence[str]) -> None:
        """All of them, with a reason for which nobody is asked whether it was solved."""
        left = list(references)
        for _ in range(6):
            versions = {}
            for reference in left:
                status, ticket, _etag = await self.ask("GET", f"/v1/tickets/{reference}")
                if status == 200 and ticket["status"] not in {"resolved", "closed"}:
                    versions[reference] = ticket["version"]
            left = list(versions)
            if not left:
                return
            for start in range(0, len(left), 100):
                some = left[start : start + 100]
                tickets = [{"reference": one, "version": versions[one]} for one in some]
                body = {"action": "resolve", "because": "the round is over", "tickets": tickets}
                await self.ask("POST", "/v1/tickets/bulk", body)


def _is_over(begun: float) -> bool:
    return time.monotonic() - begun > _OWNED_WITHIN


async def at_two_doors(load: Load, random: Random) -> None:
    """The same letter by both copies of intake, and in the mailbox, at one moment."""
    entry = load.note("at two doors", OPENED, patron=True)
    assert entry.patron is not None
    entry.ways.append("two doors at once")
    raw = letters.plain(entry.patron, entry.code)
    ways = [load.doors.mail(entry.patron, DESK, raw) for _ in range(3)]
    if load.has_mailbox and random.random() < 0.5:
        ways.append(load.put(entry.patron, raw))
    await asyncio.gather(*ways)
    load.keeps(entry)


def errands(
    random: Random,
    count: int,
    staff: Staff,
    *,
    only_doors: bool = False,
    has_forms: bool = True,
) -> list[Kind]:
    """So many, in an order that chance decides."""
    if only_doors:
        return [at_two_doors] * count
    kinds: dict[Kind, int] = {
        **KINDS,
        staff.answer: _ANSWERS,
        staff.wait: _WAITS,
        at_two_doors: _AT_TWO_DOORS,
    }
    if not has_forms:
        del kinds[load.form]
    chosen = random.choices(list(kinds), list(kinds.values()), k=count)
    # Somebody has to ask before anybody can answer.
    return [load.plain, load.plain, *chosen]


__all__ = ["Doors", "Load", "Staff", "at_two_doors", "errands"]
