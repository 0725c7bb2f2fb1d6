"""Two hundred clients claim and answer the same tickets at once: one claim each, no answer lost,
none sent twice. What was sent is looked for where the patrons are: behind the relay."""

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Final

import aiohttp
import pytest

from services.desk.store import Office
from shared.keys import Caller, Scope, make_key
from shared.mongo import open_client
from shared.staff import StaffMember
from tests.builders import mail
from tests.stage import Delivered, Stage, until

CLIENTS: Final = 200
TICKETS: Final = 3


@dataclass
class Client:
    """One librarian's program, on connections of its own."""

    number: int
    token: str
    session: aiohttp.ClientSession
    base: str
    claimed: list[str] = field(default_factory=list)
    answered: dict[str, str] = field(default_factory=dict)
    """Reference to the words that the API took."""

    async def post(self, path: str, body: Any, version: int, key: str) -> tuple[int, Any]:
        """Sent twice at one moment, as a client does that lost the connection: it was done if
        either says so."""
        headers = {
            "Authorization": f"Bearer {self.token}",
            "If-Match": f'"{version}"',
            "Idempotency-Key": key,
        }

        async def once() -> tuple[int, Any]:
            url = f"{self.base}{path}"
            async with self.session.post(url, json=body, headers=headers) as answer:
                return answer.status, await answer.json(content_type=None)

        return min(await asyncio.gather(once(), once()), key=lambda one: one[0])

    async def work(self, references: list[str]) -> None:
        for place in range(len(references)):
            await self._one(references[(place + self.number) % len(references)])

    async def _one(self, reference: str) -> None:
        path = f"/v1/tickets/{reference}"
        status, _ = await self.post(f"{path}/claim", {}, 1, f"claim-{reference}")
        assert status in {200, 412}
        if status == 200:
            self.claimed.append(reference)
        # Everybody answers on the view of one moment ago; who is first wins.
        words = f"Words {self.number} about {reference}."
        status, _ = await self.post(f"{path}/reply", {"text": words}, 2, f"reply-{reference}")
        assert status in {200, 412}
        if status == 200:
            self.answered[reference] = words


async def _tokens(stage: Stage) -> list[str]:
    client = open_client(stage.servers.mongodb_uri)
    office = Office(client[stage.database])
    scopes = frozenset({Scope.TICKETS_READ, Scope.TICKETS_WRITE})
    tokens = [make_key() for _ in range(CLIENTS)]
    now = (await client.admin.command("hello"))["localTime"]

    async def add(number: int, token: str) -> None:
        name = f"staff-{number}"
        member = StaffMember(name, f"Staff {number}", f"{name}@llanfair.example", "enquiries")
        await office.add_staff(member)
        ends = now.replace(year=now.year + 1, day=1)
        await office.add_key(token, Caller(member.id, member.name, scopes), now, ends)

    await asyncio.gather(*(add(*one) for one in enumerate(tokens)))
    client.close()
    return tokens


@pytest.mark.timeout(600)
async def test_two_hundred_clients_at_the_same_tickets(stage: Stage) -> None:
    await stage.open(copies=2)
    patrons = [f"patron-{number}@patrons.example" for number in range(TICKETS)]
    for one in patrons:
        await stage.mail(mail(sender=one), one)

    async def all_there() -> bool:
        return len(await stage.tickets()) == TICKETS

    await until(all_there, 60)
    whose = {one["patron"]["address"]: one["reference"] for one in await stage.tickets()}
    tokens = await _tokens(stage)
    bases = [f"http://127.0.0.1:{_port(one)}" for one in stage.services["routing"]]
    # None waits for another: what is measured is who wins, not how quick it is.
    limits = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(
        connector=limits, timeout=aiohttp.ClientTimeout(total=300)
    ) as session:
        clients = [
            Client(number, token, session, bases[number % len(bases)])
            for number, token in enumerate(tokens)
        ]
        await asyncio.gather(*(one.work(list(whose.values())) for one in clients))

    claimed = Counter(one for client in clients for one in client.claimed)
    assert claimed == dict.fromkeys(whose.values(), 1), "one claim each"
    answered = Counter(one for client in clients for one in client.answered)
    assert answered == dict.fromkeys(whose.values(), 1), "one answer on the same view"

    async def all_sent() -> bool:
        return all(_answers(stage, one) for one in patrons)

    await until(all_sent, 120)
    await asyncio.sleep(3)
    taken = {ref: words for client in clients for ref, words in client.answered.items()}
    for patron, reference in whose.items():
        [reply] = _answers(stage, patron)
        assert taken[reference] in reply.text
        # Besides: that we have it, and who has it now. Each is another letter.
        subjects = [one.message["Subject"] for one in stage.relay.to(patron)]
        assert len(set(subjects)) == len(subjects) <= 3, subjects
        ticket = await stage.ticket(reference)
        events = Counter(one["event"] for one in ticket["timeline"])
        assert (events["claimed"], events["replied"], ticket["version"]) == (1, 1, 3)


def _answers(stage: Stage, patron: str) -> list[Delivered]:
    return [one for one in stage.relay.to(patron) if "Words" in one.text]


def _port(service: Any) -> str:
    return str(service.process.env["ROUTING_HTTP_PORT"])
