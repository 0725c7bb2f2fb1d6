"""Who else has a name, and what somebody was answered elsewhere, on a real MongoDB."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Final

import pytest

from services.routing.actions import keep_to_team, reply
from services.routing.store import Tickets
from services.routing.ticket import Patron
from shared.keys import Caller
from shared.staff import Role
from tests.contract.conftest import fresh_database
from tests.stage import Servers
from tests.unit.examples import LETTER, LIBRARY, NOW, OWNER, REFERENCE, opened, situation

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
