"""Small documents are to be converted, some of them alike, and the copies of notify are killed: at
any moment, or at one of the places in `shared/crash.py`. Then each item has its own copy, once."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final

from deploy.local.servers import Service
from shared.contents import Contents
from shared.crash import POINTS
from shared.mongo import open_client
from tests.journeys.test_publisher_is_asked import done
from tests.journeys.test_staff_send_files import uploaded
from tests.stage import Stage, until

_PLACES: Final = tuple(one for one in POINTS if one.startswith("convert."))
_OF_A_TICKET: Final = 10
_PATIENCE: Final = 180.0


@dataclass
class Figures:
    """What came of it."""

    conversions: int
    kills: int = 0
    begun: int = 0
    """How often any was begun."""
    left_behind: int = 0
    """Files of copies that were made by whoever died before a row named them: swept by intake."""
    faults: list[str] = field(default_factory=list)

    def line(self) -> str:
        """For people, and for scripts."""
        return (
            f"conversions={self.conversions} kills={self.kills} begun={self.begun}"
            f" left_behind={self.left_behind} faults={len(self.faults)}"
        )


class Run:
    """One desk whose notify is killed."""

    def __init__(self, stage: Stage, seed: int, conversions: int, kills: int) -> None:
        self._stage = stage
        self._chance = Random(seed)
        self._hits = stage.folder / "hits"
        self._hits.touch()
        self._wanted = kills
        self._own_kills = 0
        self._figures = Figures(conversions)
        self._paths: dict[str, int] = {}
        """Each delivery, and how many items it has."""

    async def figures(self) -> Figures:
        """Convert all of them, and count."""
        stage, figures = self._stage, self._figures
        await stage._staff()
        stage.add("routing").start()
        workers = [stage.add("notify", CONVERSION_TRIES="100") for _ in range(2)]
        for one in workers:
            one.start()
        await stage.ready()
        asking = asyncio.create_task(self._ask_for_all())
        async with self._revived(workers):
            while self.kills < self._wanted:
                await self._kill(workers)
                if asking.done() and await self._all_are_there():
                    break
            await asking
        for one in workers:
            one.process.env["CRASH_AT"] = ""
            if not one.alive:
                one.start()
        try:
            await until(self._all_are_told, _PATIENCE, every=0.3)
        except TimeoutError:
            figures.faults.append("not every item has its copy")
        figures.kills = self.kills
        await self._audit()
        return figures

    @property
    def kills(self) -> int:
        """How often one was killed so far, by us or by itself."""
        return self._own_kills + len(self._hits.read_text().split())

    async def _ask_for_all(self) -> None:
        left, number = self._figures.conversions, 0
        while left:
            count = min(left, _OF_A_TICKET)
            number = await self._ask(count, number)
            left -= count

    async def _ask(self, count: int, number: int) -> int:
        stage = self._stage
        call = {
            "patron": {"name": "Rhian", "address": f"p{number}@patrons.example"},
            "channel": "desk",
            "subject": "Copies",
            "text": "Some copies, please.",
        }
        status, ticket, _ = await stage.api("POST", "/v1/tickets", call)
        assert status == 201, ticket
        reference = ticket["reference"]
        all_ = f"/v1/tickets/{reference}/deliveries"
        made = await done(stage, all_, {"format": "plain text"})
        path = f"{all_}/{made['id']}"
        items = [{"title": f"Work {number + one}"} for one in range(count)]
        await done(stage, f"{path}/items", {"items": items})
        await done(stage, f"{path}/receive", {"items": list(range(1, count + 1))})
        for one in range(count):
            # Some are the same document under the same name.
            name = "same.md" if one == count - 1 else f"{number + one}.md"
            file = await uploaded(stage, reference, name, _text(name))
            await done(stage, f"{path}/convert", {"item": one + 1, "file": file})
        self._paths[path] = count
        return number + count

    @asynccontextmanager
    async def _revived(self, workers: list[Service]) -> AsyncIterator[None]:
        """While this lasts who has died is started again."""

        async def keep() -> None:
            while True:
                for one in workers:
                    if not one.alive:
                        self._arm(one)
                        one.start()
                await asyncio.sleep(0.05)

        async with asyncio.TaskGroup() as group:
            keeping = group.create_task(keep())
            yield
            keeping.cancel()

    def _arm(self, service: Service) -> None:
        """Whatever starts anew may have a place at which it kills itself."""
        place = self._chance.choice(_PLACES) if self._chance.random() < 0.5 else ""
        if self.kills >= self._wanted:
            place = ""
        service.process.env["CRASH_LOG"] = str(self._hits)
        service.process.env["CRASH_AT"] = f"{place}:0.4" if place else ""

    async def _kill(self, workers: list[Service]) -> None:
        await asyncio.sleep(self._chance.uniform(0.1, 1.5))
        victim = self._chance.choice(workers)
        if victim.alive and self.kills < self._wanted:
            await asyncio.to_thread(victim.kill)
            self._own_kills += 1

    async def _items(self) -> list[Any]:
        found = []
        for path in self._paths:
            _, known, _ = await self._stage.api("GET", path)
            found += known["items"]
        return found

    async def _all_are_there(self) -> bool:
        return all(one["state"] != "converting" for one in await self._items())

    async def _all_are_told(self) -> bool:
        rows = await self._stage.stored("conversions")
        return not any(one.get("outbox") for one in rows) and await self._all_are_there()

    async def _audit(self) -> None:
        """Each item has its own copy, once, with its own words; nothing else is kept."""
        stage, figures, faults = self._stage, self._figures, self._figures.faults
        rows = await stage.stored("conversions")
        figures.begun = sum(one["tries"] for one in rows)
        ids = [one["conversion"]["id"] for one in await self._items()]
        if sorted(ids) != sorted(one["_id"] for one in rows):
            faults.append("rows and items are not the same")
        faults += [f"{one['_id']} is {one['state']}" for one in rows if one["state"] != "done"]
        faults += [f"{one['_id']} has told nobody" for one in rows if one.get("outbox")]
        await self._audit_copies(rows)
        for ticket in await stage.stored("tickets"):
            told = Counter(
                (one["event"], *one["items"])
                for one in ticket["timeline"]
                if one["event"].startswith("conversion_")
            )
            faults += [f"{ticket['_id']}: {one} {it} times" for one, it in told.items() if it != 1]
        for item in await self._items():
            if item["state"] != "checking" or not item["conversion"]["result"]:
                faults.append(f"item {item['number']} is {item['state']}")

    async def _audit_copies(self, rows: list[dict[str, Any]]) -> None:
        stage, figures, faults = self._stage, self._figures, self._figures.faults
        letters = {one["_id"]: one for one in await stage.stored("messages")}
        files = await stage.stored("documents.files")
        named = {one["copy"]["file"] for one in rows if "copy" in one}
        copies = {one["copy_id"] for one in rows}
        made = [one for one in files if one["filename"] in copies]
        figures.left_behind = sum(one["_id"] not in named for one in made)
        if figures.left_behind > figures.kills:
            faults.append(f"{figures.left_behind} copies that nobody names")
        client = open_client(stage.servers.mongodb_uri)
        contents = Contents(client[stage.database])
        for row in rows:
            letter = letters.get(row["copy_id"])
            file = row.get("copy", {}).get("file")
            if letter is None or [one["file"] for one in letter["attachments"]] != [file]:
                faults.append(f"{row['_id']}: its copy is no letter of the ticket")
                continue
            source = letters[row["source"]["letter_id"]]["attachments"][0]["filename"]
            stored = await contents.find(file)
            words = b""
            if stored is not None:
                words = b"".join([piece async for piece in contents.pieces(stored)])
            if _mark(source).encode() not in words:
                faults.append(f"{row['_id']}: the copy of {source} is another's, or nothing")
        client.close()


def _mark(name: str) -> str:
    return f"The words of {name.removesuffix('.md')} and no other"


def _text(name: str) -> bytes:
    return f"# A work\n\n{_mark(name)}.\n".encode()
