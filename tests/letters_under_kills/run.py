"""Notices are asked for in small lots, and in each lot notify is killed: at any moment, or at one
of the places in `shared/crash.py`. The relay is the witness; the rows are held against it.

Between the relay's answer and our note of it nobody can know that a letter went: it is sent again,
with its first Message-ID. There are as many such letters at a kill as connections and batches of
notes are under way; each of them may be in flight again at the next kill, and so be sent a third
time. What is held here is that no other letter is ever sent again: each copy beyond the first has a
kill of its own at which that very letter was in flight (`flight.py`).
"""

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random
from typing import Any, Final

from deploy.local.servers import Service
from shared.broker import Broker
from shared.errors import Transient
from shared.messages import Notice, NoticeRequested
from shared.mongo import open_client
from tests.letters_under_kills.flight import Flight
from tests.stage import Stage, until
from tests.under_kills import Killings
from tests.unit.examples import document

_PATIENCE: Final = 120.0


@dataclass
class Figures:
    """What came of it."""

    notices: int
    kills: int = 0
    lost: int = 0
    resent: int = 0
    """Copies beyond the first."""
    in_flight: int = 0
    """Letters that the relay had taken at a kill and whose rows did not say so, of all kills."""
    most_in_flight: int = 0
    """At one kill."""
    most_copies: int = 0
    """Of one letter."""
    faults: list[str] = field(default_factory=list)

    def line(self) -> str:
        """For people, and for scripts."""
        return (
            f"notices={self.notices} kills={self.kills} lost={self.lost} resent={self.resent}"
            f" in_flight={self.in_flight} resent<=in_flight={self.resent <= self.in_flight}"
            f" most_in_flight={self.most_in_flight} most_copies={self.most_copies}"
        )


class Run:
    """One desk of which only notify works."""

    def __init__(self, stage: Stage, seed: int, notices: int, kills: int) -> None:
        self._stage = stage
        self._chance = Random(seed)
        places = ("notify.", "consume.")
        self._killings = Killings(stage, self._chance, kills, places, odds=0.2)
        self._figures = Figures(notices)
        self._client = open_client(stage.servers.mongodb_uri)
        self._flight = Flight(stage, self._client[stage.database].notices)

    async def figures(self) -> Figures:
        """Send all of them, and count."""
        stage, figures = self._stage, self._figures
        service = stage.add("notify")
        service.start()
        await stage.ready()
        await self._make_tickets()
        broker = Broker(stage.servers.amqp_url)
        running = asyncio.create_task(broker.run())
        try:
            await until(broker.is_there)
            async with self._killings.revived([service], self._flight.look):
                await self._send_all(broker, service)
        finally:
            await broker.close()
            await asyncio.gather(running, return_exceptions=True)
        service.kill()
        await self._flight.look()
        self._killings.disarm(service)
        service.start()
        await stage.ready()
        await self._settle()
        self._client.close()
        figures.kills = self._killings.count
        self._audit(await stage.stored("notices"))
        return figures

    async def _make_tickets(self) -> None:
        tickets = [
            document(_id=_reference(number), patron={"name": "", "address": _address(number)})
            for number in range(self._figures.notices)
        ]
        await self._client[self._stage.database].tickets.insert_many(tickets)

    async def _send_all(self, broker: Broker, service: Service) -> None:
        asked, left = 0, self._figures.notices
        while left or self._killings.left:
            lots = max(1, self._killings.left)
            lot = min(left, -(-left // lots))
            await asyncio.gather(*(_ask(broker, asked + one) for one in range(lot)))
            asked, left = asked + lot, left - lot
            await self._kill(service)

    async def _kill(self, service: Service) -> None:
        """At some moment after the lot was asked for; or it kills itself meanwhile."""
        before = len(self._stage.relay.delivered)

        async def something_went() -> bool:
            return len(self._stage.relay.delivered) > before

        with suppress(TimeoutError):  # what is to go may have gone: it is killed all the same
            await until(something_went, 3, every=0.002)
        await asyncio.sleep(self._chance.uniform(0, 0.06))
        await self._killings.kill(service)

    async def _settle(self) -> None:
        """Until no row is still to go, or nothing changes any more."""

        async def all_have_ended() -> bool:
            rows = await self._stage.stored("notices")
            ended = [one for one in rows if one["state"] == "sent" and "due_at" not in one]
            return len(ended) >= self._figures.notices

        try:
            await until(all_have_ended, _PATIENCE, every=0.5)
        except TimeoutError:
            self._figures.faults.append("not every row says that its letter was sent")

    def _audit(self, rows: list[dict[str, Any]]) -> None:
        figures, faults = self._figures, self._figures.faults
        sent: dict[str, list[Any]] = defaultdict(list)
        for one in self._stage.relay.delivered:
            sent[one.to].append(one)
        missing = [one for one in range(figures.notices) if _address(one) not in sent]
        figures.lost = len(missing)
        faults += [f"{_address(one)} had no letter" for one in missing]
        states = {one["to"]: one["state"] for one in rows}
        faults += [
            f"{to}: sent, and its row says {states.get(to)}"
            for to in sent
            if states.get(to) != "sent"
        ]
        for to, copies in sent.items():
            if len({one.message["Message-ID"] for one in copies}) != 1:
                faults.append(f"{to} had letters with different Message-IDs")
        for row in rows:
            # It was claimed again only because whoever had it was killed with it in hand.
            if len(sent[row["to"]]) > row["fence"]:
                faults.append(f"{row['to']}: {len(sent[row['to']])} copies, {row['fence']} claims")
        self._account_for(sent)

    def _account_for(self, sent: Mapping[str, Sequence[Any]]) -> None:
        """Each copy beyond the first was in flight when notify died."""
        figures, flight = self._figures, self._flight
        figures.resent = sum(len(copies) - 1 for copies in sent.values())
        figures.most_copies = max(map(len, sent.values()), default=0)
        figures.in_flight, figures.most_in_flight = flight.times.total(), flight.most
        figures.faults += [
            f"{to}: {len(copies)} copies, and it was in flight at {flight.times[to]} kills"
            for to, copies in sent.items()
            if len(copies) - 1 > flight.times[to]
        ]


async def _ask(broker: Broker, number: int) -> None:
    wanted = NoticeRequested(
        message_id=f"{number:016x}" * 2,
        reference=_reference(number),
        at=datetime.now(UTC),
        notice=Notice.PROMISE_CHANGED if number % 3 else Notice.ACKNOWLEDGEMENT,
        about="letter-1",
    )
    while True:
        try:
            await broker.publish(wanted)
        except Transient:
            await asyncio.sleep(0.1)
        else:
            return


def _reference(number: int) -> str:
    return f"ENQ-{number:04d}-TEST"


def _address(number: int) -> str:
    return f"patron{number}@{number % 50}.patrons.example"
