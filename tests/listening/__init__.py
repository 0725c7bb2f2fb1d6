"""Those who listen to `GET /v1/events`, as clients do: one who comes again whenever the stream
ends, and a crowd. `python -m tests.listening` measures a thousand."""

import asyncio
import json
import re
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from services.desk.store import Office
from services.routing.listeners import MOST_OF_ONE
from shared.keys import SCOPES, Caller, make_key
from shared.messages import TicketState, ticket_changed
from shared.mongo import open_client
from shared.staff import Role, StaffMember
from tests.builders import mail
from tests.stage import Stage, until

_SMALL: Final = 4096
_PAGE: Final = 200


@dataclass(frozen=True)
class Event:
    """As it came."""

    name: str
    number: int
    data: dict[str, Any]


@dataclass
class Stream:
    """One request, and what has come by it."""

    port: int
    token: str
    query: str = ""
    after: str | None = None
    events: list[Event] = field(default_factory=list)
    status: int = 0
    head: str = ""
    is_over: bool = False
    last_id: str | None = None
    retry: int = 0

    async def open(self) -> None:
        """HTTP/1.0: what comes is the events and nothing between them."""
        self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self.port)
        resumes = f"Last-Event-ID: {self.after}\r\n" if self.after is not None else ""
        self._writer.write(
            f"GET /v1/events{self.query} HTTP/1.0\r\nHost: desk\r\n"
            f"Authorization: Bearer {self.token}\r\n{resumes}\r\n".encode()
        )
        self.head = (await self._reader.readuntil(b"\r\n\r\n")).decode()
        self.status = int(self.head.split()[1])
        self.last_id = self.after
        if self.status != 200:
            self._writer.close()

    async def read(self) -> None:
        """Until it ends."""
        name, data = "", ""
        try:
            async for raw in self._reader:
                key, _, value = raw.decode().rstrip("\n").partition(": ")
                if key == "event":
                    name = value
                elif key == "data":
                    data = value
                elif key == "id":
                    self.last_id = value
                elif key == "retry":
                    self.retry = int(value)
                elif not key and data:
                    self.events.append(Event(name, int(self.last_id or 0), json.loads(data)))
                    name, data = "", ""
        except ConnectionError:
            pass  # it was cut, which is an end too
        finally:
            self.is_over = True
            self._writer.close()

    def close(self) -> None:
        """Hang up."""
        self._writer.close()


@dataclass
class Follower:
    """Somebody who resumes, at whichever copy, whenever the stream ends."""

    ports: Sequence[int]
    token: str
    events: list[Event] = field(default_factory=list)
    ends: int = 0

    async def run(self) -> None:
        """Until cancelled."""
        after: str | None = None
        while True:
            stream = Stream(self.ports[self.ends % len(self.ports)], self.token, after=after)
            stream.events = self.events
            try:
                await stream.open()
                if stream.status == 200:
                    await stream.read()
                    after = stream.last_id
            except (OSError, asyncio.IncompleteReadError):
                pass  # the copy is away: the next one is tried
            self.ends += 1
            await asyncio.sleep(0.3)

    @property
    def seen(self) -> set[tuple[str, int]]:
        """The versions of tickets that it was told of."""
        changed = [one.data for one in self.events if one.name == "ticket.changed"]
        return {(one["reference"], one["version"]) for one in changed}


def slow_line(port: int, token: str) -> socket.socket:
    """A client that asks, and takes nothing of what comes."""
    line = socket.socket()
    line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _SMALL)
    line.connect(("127.0.0.1", port))
    line.sendall(
        f"GET /v1/events HTTP/1.0\r\nHost: desk\r\nAuthorization: Bearer {token}\r\n\r\n".encode()
    )
    return line


async def people(stage: Stage, count: int) -> list[str]:
    """So many colleagues; their tokens."""
    client = open_client(stage.servers.mongodb_uri)
    office = Office(client[stage.database])
    now, tokens = datetime.now(UTC), []
    for number in range(count):
        name = f"colleague{number}"
        await office.add_staff(StaffMember(name, name, f"{name}@llanfair.example", "enquiries"))
        tokens.append(make_key())
        caller = Caller(name, name, SCOPES[Role.STAFF])
        await office.add_key(tokens[-1], caller, now, now + timedelta(days=1))
    client.close()
    return tokens


async def flood(stage: Stage, count: int) -> None:
    """So many changes of another team's tickets, written into the journal as a copy would."""
    state = TicketState(status="new", team="flood")
    change = ticket_changed("ENQ-0000-0000", 1, datetime.now(UTC), ["noted"], now=state, was=state)
    row = change.model_dump(mode="json", exclude={"message_id"})
    client = open_client(stage.servers.mongodb_uri)
    changes = client[stage.database].changes
    last = await changes.find_one({}, sort=[("_id", -1)])
    first = last["_id"] + len(last["changes"]) if last else 1
    await changes.insert_many(
        [{"_id": first + number, "changes": [row] * _PAGE} for number in range(0, count, _PAGE)]
    )
    client.close()


@dataclass(frozen=True)
class Figures:
    """What a crowd has seen."""

    listeners: int
    joined_s: float
    """Until all of them were told to begin."""
    flooded_s: float
    """From a change until all of them knew of it, while they were flooded with others."""
    quiet_s: float
    """The same with nothing else going on."""
    rss_mb: float
    rss_before_mb: float
    is_slow_cut: bool


def _rss(pid: int) -> float:
    found = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
    return int(found[1]) / 1024 if found else 0.0


async def crowd(stage: Stage, count: int, flooded: int) -> Figures:
    """So many listeners of one process, one of whom takes nothing; a change while it is flooded
    with others' changes, and one after."""
    port, [routing] = stage.ports["routing"], stage.services["routing"]
    assert routing.pid is not None
    before = _rss(routing.pid)
    tokens = await people(stage, -(-count // MOST_OF_ONE) + 1)
    slow = slow_line(port, tokens.pop())
    begun = time.monotonic()
    streams = [
        Stream(port, tokens[number // MOST_OF_ONE], "?team=enquiries") for number in range(count)
    ]
    for first in range(0, count, 50):
        await asyncio.gather(*(one.open() for one in streams[first : first + 50]))
    assert {one.status for one in streams} == {200}
    reading = [asyncio.create_task(one.read()) for one in streams]
    await until(lambda: _all(streams, 1), 60)
    joined = time.monotonic() - begun
    await flood(stage, flooded)
    await stage.mail(mail())
    reference = await stage.first_ticket()
    in_a_flood = await _told(streams, reference, 1)
    await stage.api("POST", f"/v1/tickets/{reference}/note", {"text": "Hm."}, If_Match='"1"')
    quiet = await _told(streams, reference, 2)
    rss = _rss(routing.pid)
    with slow:
        is_cut = await asyncio.to_thread(_is_cut, slow)
    for one in streams:
        one.close()
    await asyncio.gather(*reading, return_exceptions=True)
    return Figures(count, joined, in_a_flood, quiet, rss, before, is_cut)


async def _all(streams: Sequence[Stream], count: int) -> bool:
    return all(len(one.events) >= count for one in streams)


async def _told(streams: Sequence[Stream], reference: str, version: int) -> float:
    """Seconds until all of them know of it."""
    began = time.monotonic()

    def knows(one: Stream) -> bool:
        named = (reference, version)
        return any(named == (it.data.get("reference"), it.data.get("version")) for it in one.events)

    async def everybody() -> bool:
        return all(map(knows, streams))

    await until(everybody, 60, 0.02)
    return time.monotonic() - began


def _is_cut(line: socket.socket) -> bool:
    """Whether what is left to be read comes to an end."""
    line.settimeout(10)
    try:
        while line.recv(65536):
            pass
    except TimeoutError:
        return False
    except ConnectionError:
        return True
    return True
