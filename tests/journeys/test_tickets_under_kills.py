"""Tickets are split, linked and merged while routing is killed at every boundary: both sides agree
in the end, and every letter is on exactly one ticket."""

import asyncio
from collections import Counter
from itertools import count
from pathlib import Path
from typing import Any, Final

import aiohttp
import pytest

from deploy.local.servers import Service
from tests.builders import mail
from tests.keeper import kept_alive
from tests.nursery import Forked
from tests.stage import Stage, until

HITS: Final = 4
"""How often each point must be hit."""
POINTS: Final = (
    *("pair.decided", "pair.before_effect", "pair.before_move", "pair.after_effect"),
    *("outbox.before_publish", "outbox.after_confirm"),
    *("consume.before_handle", "consume.before_ack"),
)


class Round:
    """One patron's letters: two on one ticket, one on another."""

    def __init__(self, stage: Stage, number: int) -> None:
        self.stage, self.patron = stage, f"patron-{number}@patrons.example"
        self.first = self.second = self.apart = ""

    async def write(self) -> None:
        for subject in ("One", "Two"):
            await self.stage.mail(mail(sender=self.patron, subject=subject), self.patron)

        async def there() -> bool:
            found = [one for one in await self.tickets() if "One" in one["subject"]]
            found += [one for one in await self.tickets() if "Two" in one["subject"]]
            if len(found) == 2:
                self.first, self.second = (str(one["_id"]) for one in found)
            return len(found) == 2

        await until(there, 60)
        also = mail(sender=self.patron, subject=f"[{self.first}] And this", text="And a map.")
        await self.stage.mail(also, self.patron)

        async def added() -> bool:
            [one] = [one for one in await self.tickets() if one["_id"] == self.first]
            return len(one["thread"]) == 2

        await until(added, 60)

    async def tickets(self) -> list[dict[str, Any]]:
        found = await self.stage.stored("tickets")
        return [one for one in found if one["patron"]["address"] == self.patron]

    async def sort_out(self) -> None:
        """The second letter to a ticket of its own; then both are one enquiry."""
        [letters] = [
            [row["letter_id"] for row in one["thread"]]
            for one in await self.tickets()
            if one["_id"] == self.first
        ]
        said = await self.surely("split", {"messages": [letters[1]]})
        [self.apart] = [one["reference"] for one in said["links"] if one["kind"] == "split_into"]
        await self.surely("links", {"to": self.second})
        await self.surely("merge", {"into": self.second})

    async def surely(self, action: str, body: Any) -> Any:
        """As a client does that is told nothing: again, under the same key."""
        path = f"/v1/tickets/{self.first}"
        async with asyncio.timeout(60):
            while True:
                try:
                    status, _, seen = await self.stage.api("GET", path)
                    if status == 200:
                        once = {"If_Match": seen["ETag"], "Idempotency_Key": action}
                        status, said, _ = await self.stage.api(
                            "POST", f"{path}/{action}", body, **once
                        )
                    if status == 200:
                        return said
                    assert status in {412, 503}, said
                except (aiohttp.ClientError, ConnectionError):
                    await asyncio.sleep(0.05)

    async def is_settled(self) -> bool:
        found = {one["_id"]: one for one in await self.tickets()}
        return (
            set(found) == {self.first, self.second, self.apart}
            and not any(one["outbox"] for one in found.values())
            and {"kind": "merged_from", "reference": self.first} in found[self.second]["links"]
        )

    async def check(self) -> None:
        await until(self.is_settled, 60)
        first = await self.stage.ticket(self.first)
        second, apart = await self.stage.ticket(self.second), await self.stage.ticket(self.apart)
        assert first["status"] == "closed"
        came_in = [
            [one["subject"] for one in it["messages"] if one["direction"] == "in"]
            for it in (second, apart)
        ]
        assert sorted(came_in[0]) == ["One", "Two"]
        assert came_in[1] == [f"[{self.first}] And this"]
        related = {"kind": "related", "reference": self.first}
        assert second["links"].count(related) == 1
        assert apart["links"].count({"kind": "split_from", "reference": self.first}) == 1
        for one in (second, apart):
            assert one["promise"]["state"] == "made"
            assert len(Counter((row["made_at"], row["state"]) for row in one["promises"])) == len(
                one["promises"]
            ), "no promise is made twice"
        await until(self.is_told, 60)
        assert len(self.letters()) == 3, "each ticket was acknowledged once"

    async def is_told(self) -> bool:
        """Each letter waits for those of its ticket that were asked for before it."""
        rows = await self.stage.stored("notices")
        theirs = [one["state"] for one in rows if one["to"] == self.patron]
        return len(self.letters()) >= 3 and set(theirs) == {"sent"}

    def letters(self) -> set[str]:
        return {str(one.message["Message-ID"]) for one in self.stage.relay.to(self.patron)}


@pytest.mark.timeout(600)
async def test_both_sides_agree_wherever_routing_is_killed(stage: Stage) -> None:
    await stage.open()
    hits_file = stage.folder / "hits"
    hits_file.touch()

    def arm(service: Service) -> None:
        """Have it kill itself at the point that it was hit at least, soon."""
        assert isinstance(service, Forked)
        if service.name == "routing":
            hits = _hits(hits_file)
            wanted = [one for one in POINTS if hits[one] < HITS]
            at = f"{min(wanted, key=lambda one: hits[one])}:0.7" if wanted else ""
            service.process.env["CRASH_AT"], service.process.env["CRASH_LOG"] = at, str(hits_file)

    rounds: list[Round] = []
    async with kept_alive(stage, arm):
        stage.services["routing"][0].kill()
        for number in count():
            one = Round(stage, number)
            await one.write()
            await one.sort_out()
            rounds.append(one)
            if all(_hits(hits_file)[point] >= HITS for point in POINTS):
                break
    await stage.ready()
    for one in rounds:
        await one.check()
    print(f"\npairs: {sum(_hits(hits_file).values())} kills in {len(rounds)} rounds")


def _hits(file: Path) -> Counter[str]:
    return Counter(file.read_text().split())
