"""What can be seen of a desk from outside: the staff's API, and the letters at the relay."""

import asyncio
import hashlib
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from email.header import decode_header, make_header
from typing import Any, Final

import aiohttp

from tests.accounts.books import Sent, Sighting
from tests.stage import Delivered, Stage

CODE: Final = re.compile(r"\bm\d{5,}x\b")
_ADDED: Final = re.compile("what you added|a ychwanegoch")
"""In the subject of a letter that says that what was added is there."""
_REFERENCE: Final = re.compile(r"\[(ENQ-[0-9A-Z]{4}-[0-9A-Z]{4})\]")
_TOLD: Final = {
    "opened": "opened",
    "patron_wrote": "added",
    "contact_lost": "added",
    "automatic_mail_noted": "noted",
}
"""What a timeline says of a letter, and the state that this means."""
_FETCHED: Final = 60
"""Attachments of which every byte is looked at."""
ENOUGH: Final = 200
"""Tickets in a row that were looked at before: what is older was too."""
Shown = Mapping[str, Any]


def _whole(ticket: Shown) -> Shown:
    return ticket


class Outside:
    """A member of staff who looks at everything."""

    def __init__(
        self,
        stage: Stage,
        session: aiohttp.ClientSession,
        enough: int = ENOUGH,
        keeps: Callable[[Shown], Shown] = _whole,
    ) -> None:
        """`enough`: after so many that are not wanted, nothing that is wanted can come: no copy's
        clock was that far back. `keeps`: what of a ticket is kept in `shown`."""
        self._stage = stage
        self._session = session
        self._enough = enough
        self._to_fetch = _FETCHED
        self._keeps = keeps
        self.shown: dict[str, Shown] = {}
        """Of each ticket that was looked at, as it was."""

    async def sightings(self, but: Collection[str] = ()) -> list[Sighting]:
        """Every message, wherever it can be seen but on these tickets."""
        self._to_fetch = _FETCHED
        found: list[Sighting] = []
        room = asyncio.Semaphore(8)

        async def one(reference: str) -> None:
            async with room:
                found.extend(await self._of_ticket(reference))

        await asyncio.gather(*[one(it) for it in await self._tickets(but)])
        for state in ("quarantined", "noted"):
            async for item in self._items(f"/v1/quarantine?state={state}&"):
                found.append(Sighting(code_in(item["subject"]), item["state"], None))
        return found

    async def _tickets(self, but: Collection[str]) -> list[str]:
        """The newest, until there are many that are not wanted."""
        found: list[str] = []
        passed = 0
        async for item in self._items("/v1/tickets?sort=created&"):
            reference = item["reference"]
            passed = passed + 1 if reference in but else 0
            if passed > self._enough:
                break
            if reference not in but:
                found.append(reference)
        return found

    async def _items(self, path: str) -> Any:
        cursor: str | None = ""
        while cursor is not None:
            after = f"&cursor={cursor}" if cursor else ""
            page = await self._get(f"{path}limit=200{after}")
            for item in page["items"]:
                yield item
            cursor = page["next"]

    async def _of_ticket(self, reference: str) -> list[Sighting]:
        ticket = await self._get(f"/v1/tickets/{reference}")
        self.shown[reference] = self._keeps(ticket)
        return [
            Sighting(code, state, reference, await self._files(message))
            for message, code, state in states(ticket)
        ]

    async def _files(self, message: Shown) -> tuple[str, ...]:
        return tuple([await self._digest(one) for one in message.get("attachments", ())])

    async def _digest(self, attachment: Shown) -> str:
        """Of its bytes for the first ones that are asked for, else as the API says."""
        if self._to_fetch <= 0:
            return str(attachment["sha256"])
        self._to_fetch -= 1
        content = await self._get(f"/v1/attachments/{attachment['id']}", as_json=False)
        return hashlib.sha256(content).hexdigest()

    async def _get(self, path: str, *, as_json: bool = True) -> Any:
        url = f"http://127.0.0.1:{self._stage.ports['routing']}{path}"
        headers = {"Authorization": f"Bearer {self._stage.token}"}
        async with self._session.get(url, headers=headers) as answer:
            assert answer.status == 200, f"{path}: {answer.status}"
            return await (answer.json() if as_json else answer.read())


def states(ticket: Shown) -> Iterator[tuple[Shown, str, str]]:
    """Each of its messages with the state that the timeline tells: one that it tells twice comes
    twice, one that it does not tell is `untold`, and what it tells of no message has no code."""
    told: dict[str, list[str]] = {}
    for one in ticket["timeline"]:
        if one["event"] in _TOLD:
            told.setdefault(one["letter"], []).append(one["event"])
    for message in ticket["messages"]:
        if message["direction"] == "in":
            events = told.pop(message["id"], [])
            # A call that opens a ticket, and a bounce that is noted, also lose contact.
            if len(events) > 1 and "contact_lost" in events:
                events.remove("contact_lost")
            code = code_in(message["subject"]) or code_in(message["text"])
            for event in events or ["untold"]:
                yield message, code, _TOLD.get(event, event)
    yield from (({}, "", _TOLD[event]) for events in told.values() for event in events)


def code_in(text: str) -> str:
    """The code of a message; empty if there is none."""
    found = CODE.search(text)
    return found[0] if found else ""


def sent(delivered: Iterable[Delivered]) -> list[Sent]:
    """Every letter to a patron, of these that the relay took; staff are told of tickets too."""
    found = []
    answers: dict[str, str | None] = {}
    for one in delivered:
        if one.to.endswith("@llanfair.example"):
            continue
        subject = str(make_header(decode_header(str(one.message["Subject"]))))
        named = _REFERENCE.search(subject)
        reference = named[1] if named else ""
        # What answers another letter than the first one did is no second acknowledgement.
        about = one.message["In-Reply-To"]
        is_addition = answers.setdefault(reference, about) != about or bool(_ADDED.search(subject))
        message_id = one.message["Message-ID"]
        found.append(Sent(one.to, message_id, reference, is_addition=is_addition))
    return found
