"""Small documents are to be converted, some of them alike, and the copies of notify are killed: at
any moment, or at one of the places in `shared/crash.py`. Staff send each copy as soon as it is
there. Then each item has its own copy, once, and its patron has it in one letter: a second copy of
that letter, after a kill, bears its Message-ID."""

import asyncio
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final

from deploy.local.servers import Service
from shared.contents import Contents
from shared.messages import Notice
from shared.mongo import open_client
from tests.journeys.test_publisher_is_asked import done
from tests.journeys.test_staff_send_files import uploaded
from tests.stage import Stage, until
from tests.under_kills import Killings

_OF_A_TICKET: Final = 10
_PATIENCE: Final = 180.0


@dataclass
class Figures:
    """What came of it."""

    conversions: int
    kills: int = 0
    begun: int = 0
    """How often any was begun."""
    delivered: int = 0
    """Copies that their patron has, in a letter of their own."""
    resent: int = 0
    """Letters that went again with their first Message-ID."""
    left_behind: int = 0
    """Files of copies that were made by whoever died before a row named them: swept by intake."""
    faults: list[str] = field(default_factory=list)

    def line(self) -> str:
        """For people, and for scripts."""
        return (
            f"conversions={self.conversions} kills={self.kills} begun={self.begun}"
            f" delivered={self.delivered} resent={self.resent}"
            f" left_behind={self.left_behind} faults={len(self.faults)}"
        )


class Run:
    """One desk whose notify is killed."""

    def __init__(self, stage: Stage, seed: int, conversions: int, kills: int) -> None:
        self._stage = stage
        self._chance = Random(seed)
        self._killings = Killings(stage, self._chance, kills, ("convert.",), odds=0.4)
        self._figures = Figures(conversions)
        self._paths: dict[str, int] = {}
        """Each delivery, and how many items it has."""
        self._names: list[str] = []
        """Of the documents, an entry for each item."""

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
        sending = asyncio.create_task(self._send_each(asking))
        async with self._killings.revived(workers):
            while self._killings.left:
                await self._kill(workers)
                if sending.done():
                    break
            await asking
        for one in workers:
            self._killings.disarm(one)
            if not one.alive:
                one.start()
        try:
            async with asyncio.timeout(_PATIENCE):
                await sending
            await until(self._all_are_told, _PATIENCE, every=0.3)
        except TimeoutError:
            figures.faults.append("not every item has its copy")
        figures.kills = self._killings.count
        await self._audit()
        return figures

    async def _ask_for_all(self) -> None:
        left, number = self._figures.conversions, 0
        while left:
            count = min(left, _OF_A_TICKET)
            number = await self._ask(count, number)
            left -= count

    async def _send_each(self, asking: "asyncio.Task[None]") -> None:
        """What staff do with a copy that is there: it goes to its patron."""
        while not (asking.done() and await self._all_are_delivered()):
            for path in list(self._paths):
                _, known, _ = await self._stage.api("GET", path)
                for item in known["items"]:
                    if item["state"] == "checking":
                        await self._send(path, item["number"])
            await asyncio.sleep(0.2)

    async def _send(self, path: str, number: int) -> None:
        while True:
            _, _, seen = await self._stage.api("GET", path)
            status, said, _ = await self._stage.api(
                "POST", f"{path}/ready", {"item": number}, If_Match=seen["ETag"]
            )
            if status != 412:  # another copy was ready at this moment
                assert status == 200, said
                return

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
            self._names.append(name)
            file = await uploaded(stage, reference, name, _text(name))
            await done(stage, f"{path}/convert", {"item": one + 1, "file": file})
        self._paths[path] = count
        return number + count

    async def _kill(self, workers: list[Service]) -> None:
        await asyncio.sleep(self._chance.uniform(0.1, 1.5))
        await self._killings.kill(self._chance.choice(workers))

    async def _items(self) -> list[Any]:
        found = []
        for path in self._paths:
            _, known, _ = await self._stage.api("GET", path)
            found += known["items"]
        return found

    async def _all_are_delivered(self) -> bool:
        return all(one["state"] == "delivered" for one in await self._items())

    async def _all_are_told(self) -> bool:
        rows = await self._stage.stored("conversions")
        letters = await self._stage.stored("notices")
        sent = [one for one in letters if _is_part(one) and one["state"] == "sent"]
        is_told = not any(one.get("outbox") for one in rows)
        return is_told and len(sent) >= self._figures.conversions

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
        await self._audit_letters()
        for ticket in await stage.stored("tickets"):
            told = Counter(
                (one["event"], *one["items"])
                for one in ticket["timeline"]
                if one["event"].startswith("conversion_")
            )
            faults += [f"{ticket['_id']}: {one} {it} times" for one, it in told.items() if it != 1]
        for item in await self._items():
            if item["state"] != "delivered" or not item["conversion"]["result"]:
                faults.append(f"item {item['number']} is {item['state']}")

    async def _audit_letters(self) -> None:
        """As the patrons see it: each copy came in one letter, however often that was sent."""
        stage, figures, faults = self._stage, self._figures, self._figures.faults
        came: dict[str, list[bytes]] = {}
        for one in stage.relay.delivered:
            files = [it for it in one.message.walk() if it.get_filename()]
            if files:
                figures.resent += one.message["Message-ID"] in came
                whole = [it.get_payload(decode=True) for it in files]
                came[one.message["Message-ID"]] = [it for it in whole if isinstance(it, bytes)]
        words = Counter(_MARK.findall(b"".join(it))[0] for it in came.values())
        figures.delivered = words.total()
        wanted = Counter(_mark(name).encode() for name in self._names)
        if any(len(one) != 1 for one in came.values()):
            faults.append("a letter has not one copy")
        if words != wanted:
            faults.append(f"lost: {wanted - words}; delivered twice: {words - wanted}")
        asked = [one for one in await stage.stored("notices") if _is_part(one)]
        if len(asked) != figures.conversions:
            faults.append(f"{len(asked)} letters were asked for")

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


_MARK: Final = re.compile(rb"The words of \S+ and no other")


def _is_part(notice: Mapping[str, Any]) -> bool:
    return bool(notice["notice"] == Notice.DELIVERY_PART)


def _mark(name: str) -> str:
    return f"The words of {name.removesuffix('.md')} and no other"


def _text(name: str) -> bytes:
    return f"# A work\n\n{_mark(name)}.\n".encode()
