"""Who else has a name, what somebody was answered elsewhere, and what is known of a patron, on a
real MongoDB."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Final

import pytest

from services.routing.actions import keep_to_team, reply
from services.routing.store import Tickets
from services.routing.ticket import Patron
from shared.keys import Caller
from shared.staff import Role
from tests.attacks.test_28_who_may import COMMON, DELIVERY, SECRET, House, house
from tests.contract.conftest import fresh_database
from tests.stage import Servers
from tests.unit.examples import LETTER, LIBRARY, NOW, OWNER, REFERENCE, opened, situation

__all__ = ["house"]
GWENS: Final = "ENQ-9999-999X"
OTHER: Final = "ENQ-8888-8888"
LEAD: Final = Caller("megan", "Megan", frozenset(), role=Role.LEAD)
STAFF: Final = Caller("sian", "Sian", frozenset(), role=Role.STAFF, team="local-history")
KEY: Final = "rhian@patrons.example"


@pytest.fixture
async def tickets(servers: Servers) -> AsyncIterator[Tickets]:
    async with fresh_database(servers) as database:
        yield Tickets(database, LIBRARY)


async def test_a_name_is_another_patrons_by_their_ticket(tickets: Tickets) -> None:
    gwen = replace(LETTER, id="letter-2", patron=Patron("Gwen Pretend", "gwen@patrons.example"))
    change = opened(reference=GWENS, letter=gwen, owned=False)
    await tickets.open(opened(), caused_by="opening")
    await tickets.open(change, caused_by="opening Gwen's")
    names = ["Gwen Pretend", "Rhian Example", "Kate Sample"]
    assert await tickets.patrons.named(names, KEY, STAFF) == ["Gwen Pretend"]
    hidden = keep_to_team(change.ticket, True, "megan", "It concerns a child", NOW)
    assert await tickets.save(hidden, caused_by="hiding")
    assert await tickets.patrons.named(names, KEY, STAFF) == []
    assert await tickets.patrons.named(names, KEY, LEAD) == ["Gwen Pretend"]


async def test_what_a_patron_was_answered_on_other_tickets_is_found(tickets: Tickets) -> None:
    for reference in (REFERENCE, OTHER):
        change = opened(reference=reference)
        await tickets.open(change, caused_by=f"opening {reference}")
        answered = reply(change.ticket, OWNER, f"words-{reference}", situation(cause="reply"))
        assert await tickets.save(answered, caused_by="reply")
    assert await tickets.patrons.answered(KEY, REFERENCE, LEAD) == [f"words-{OTHER}"]
    assert await tickets.patrons.answered("gwen@patrons.example", REFERENCE, LEAD) == []


async def test_a_patron_is_their_tickets_as_far_as_one_may_know_of_them(house: House) -> None:
    known = DELIVERY.format
    for caller, references, needs in (
        ("other", {COMMON}, None),
        ("own", {COMMON, SECRET}, known),
        ("lead", {COMMON, SECRET}, known),
    ):
        status, said = await house.ask("GET", "/v1/patrons/Rhian%2Bx@patrons.example", None, caller)
        told = json.loads(said)
        assert (status, told["id"], told["names"]) == (200, KEY, ["Rhian Example"])
        assert {one["reference"] for one in told["tickets"]} == references, caller
        assert (told["needs"] or {}).get("format") == needs, caller
    assert await house.readings() == [("own", "patron"), ("lead", "patron")]
    for nobody in ("gwen@patrons.example", "%00", "rhian"):
        assert (await house.ask("GET", f"/v1/patrons/{nobody}"))[0] == 404
    await house.database.tickets.delete_one({"_id": COMMON})
    status, said = await house.ask("GET", f"/v1/patrons/{KEY}", caller="other")
    assert (status, json.loads(said)["type"]) == (404, "/problems/not-found")
