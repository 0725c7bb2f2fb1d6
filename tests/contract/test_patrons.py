"""Who else has a name, what somebody was answered elsewhere, and what is known of a patron, on a
real MongoDB."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

import pytest

from services.routing.actions import keep_to_team, reply
from services.routing.store import Tickets
from services.routing.ticket import Patron
from shared.keys import Caller
from shared.staff import Role
from tests.attacks.test_28_who_may import COMMON, DELIVERY, SECRET, House, house
from tests.attacks.test_29_operators import OPERATORS
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


async def test_a_name_of_before_is_another_patrons_too(tickets: Tickets) -> None:
    renamed = Patron("Gwennie", "gwen@patrons.example", ("Gwen Pretend", "Mrs Pretend"))
    gwen = replace(LETTER, id="letter-2", patron=renamed)
    await tickets.open(opened(reference=GWENS, letter=gwen), caused_by="opening")
    for name in ("Gwen Pretend", "Gwennie"):
        assert await tickets.patrons.named([name, "Rhian Example"], KEY, STAFF) == [name]
    kept = await tickets.find(GWENS)
    assert kept is not None
    assert kept.patron == renamed


async def test_many_who_write_at_once_are_each_told_their_own_last_ticket(
    tickets: Tickets,
) -> None:
    for number in range(6):
        patron = Patron("Gwen Pretend", f"gwen{number % 3}@patrons.example")
        opening = replace(LETTER, id=f"letter-{number}", patron=patron, language=f"l{number}")
        change = opened(reference=f"ENQ-9999-999{number}", letter=opening)
        later = replace(change.ticket, created_at=NOW + timedelta(hours=number))
        await tickets.open(replace(change, ticket=later), caused_by=opening.id)
    asking = ["gwen2", "nobody", "gwen0", "gwen1", "Gwen2+books"] * 20
    told = [tickets.patrons.last(f"{one}@patrons.example") for one in asking]
    found = [one.get("language") for one in await asyncio.gather(*told)]
    assert found == ["l5", None, "l3", "l4", "l5"] * 20
    assert await tickets.patrons.last(None) == {}


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


PATH: Final = f"/v1/patrons/{KEY}"


async def _prefer(
    house: House, said: object, seen: int, caller: str = "own"
) -> tuple[int, dict[str, Any]]:
    status, told = await house.ask("PATCH", PATH, said, caller, If_Match=f'"{seen}"')
    return status, json.loads(told)


async def test_what_is_noted_of_a_patron_is_shown_with_who_and_its_version(house: House) -> None:
    answer = await house.client.get(PATH, headers={"Authorization": "Bearer own"})
    assert (answer.headers["ETag"], (await answer.json())["preferences"]) == ('"0"', None)
    status, told = await _prefer(house, {"name": " Rhi ", "format": "large-print"}, 0)
    assert (status, [one["reference"] for one in told["tickets"]]) == (200, [COMMON, SECRET])
    by = {"id": "own", "name": "own Pretend"}
    noted = {"name": "Rhi", "language": None, "format": "large-print", "by": by}
    assert told["preferences"] == noted | {"at": "2026-11-23T10:00:00Z"}
    answer = await house.client.get(PATH, headers={"Authorization": "Bearer other"})
    said = await answer.json()
    assert (answer.headers["ETag"], said["preferences"]) == ('"1"', told["preferences"])
    assert [one["reference"] for one in said["tickets"]] == [COMMON]
    status, told = await _prefer(house, {"name": None, "language": "cy"}, 1, "lead")
    noted |= {"name": None, "language": "cy", "by": {"id": "lead", "name": "lead Pretend"}}
    assert (status, told["preferences"]) == (200, noted | {"at": "2026-11-23T10:00:00Z"})
    [row] = await house.database.patrons.find().to_list(None)
    assert [one["key"] for one in row["outbox"]] == ["patron.changed"] * 2
    assert KEY not in str(row["outbox"])


async def test_what_is_noted_already_is_no_change(house: House) -> None:
    assert (await _prefer(house, {"name": "Rhi"}, 0))[0] == 200
    for said in ({"name": "Rhi"}, {}):
        status, told = await _prefer(house, said, 1, "lead")
        assert (status, told["preferences"]["by"]["id"]) == (200, "own")
    assert (await _prefer(house, {"name": "Rhian"}, 1))[0] == 200


async def test_a_change_is_made_as_it_was_seen_or_not_at_all(house: House) -> None:
    status, told = await house.ask("PATCH", PATH, {"name": "Rhi"})
    assert (status, json.loads(told)["type"]) == (428, "/problems/if-match")
    status, problem = await _prefer(house, {"name": "Rhi"}, 1)
    assert (status, problem["version"], problem["preferences"]) == (412, 0, None)
    done = await asyncio.gather(*(_prefer(house, {"name": f"Rhi {one}"}, 0) for one in "abcdef"))
    assert sorted(status for status, _ in done) == [200] + [412] * 5
    [kept] = [told["preferences"]["name"] for status, told in done if status == 200]
    assert {told["preferences"]["name"] for _, told in done} == {kept}
    done = await asyncio.gather(*(_prefer(house, {"name": f"R {one}"}, 1) for one in "abcdef"))
    assert sorted(status for status, _ in done) == [200] + [412] * 5
    status, problem = await _prefer(house, {"name": "Late"}, 1)
    assert (status, problem["type"], problem["version"]) == (412, "/problems/stale", 2)


async def test_who_knows_of_no_ticket_of_theirs_knows_of_no_patron(house: House) -> None:
    assert (await _prefer(house, {"name": "Rhi"}, 0, "auditor"))[0] == 403
    gone = "/v1/patrons/gwen@patrons.example"
    assert (await house.ask("PATCH", gone, {"name": "G"}, If_Match='"0"'))[0] == 404
    await house.database.tickets.delete_one({"_id": COMMON})
    for method, body in (("PATCH", {"name": "Rhi"}), ("GET", None)):
        status, told = await house.ask(method, PATH, body, "other", If_Match='"0"')
        assert (status, json.loads(told)["type"]) == (404, "/problems/not-found")
    assert await house.database.patrons.find_one() is None
    assert await house.readings() == []
    assert (await _prefer(house, {"name": "Rhi"}, 0))[0] == 200
    assert await house.readings() == [("own", "patron")]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *(("name", value) for value in ("", "  ", "x" * 61, "Rhian\r\nBcc: a@b.example", "a\0b")),
        *(("name", value) for value in ("win.example/now", "Rhi 100%", "R\u202ehi", "\ud800", 7)),
        *(("language", value) for value in ("", "xx", "EN", "en\r\n", "x" * 10_000, ["en"])),
        *(("format", value) for value in ("", " ", "nicely", "x" * 51, "braille\0" * 9, True)),
        *((name, "x") for name in ("_id", "id", "mark", "version", "since", "by", "at", "outbox")),
        *((name, "x") for name in ("patron_key", "$set", "names", "needs", "__proto__")),
    ],
)
async def test_what_can_not_be_wished_for_is_refused(
    house: House, field: str, value: object
) -> None:
    status, problem = await _prefer(house, {"name": "Rhi", field: value}, 0)
    refused = {(422, "/problems/invalid"), (400, "/problems/not-json")}
    assert (status, problem.get("type")) in refused
    if "errors" in problem:
        assert [one["field"] for one in problem["errors"]] == [field]
    assert await house.database.patrons.find_one() is None


@pytest.mark.parametrize("field", ["name", "language", "format"])
async def test_an_operator_is_no_wish(house: House, field: str) -> None:
    for operator in OPERATORS:
        status, problem = await _prefer(house, {field: operator}, 0)
        assert (status, problem["type"]) == (422, "/problems/invalid"), operator
        assert "sleep" not in str(problem)
    assert await house.database.patrons.find_one() is None


@pytest.mark.parametrize("name", ["%7B%22$ne%22:null%7D", "$ne", "[$gt]=", "%00", "a%0d%0ab@c.d"])
async def test_an_operator_is_no_patron(house: House, name: str) -> None:
    for method, body in (("PATCH", {"name": "Rhi"}), ("GET", None)):
        assert (await house.ask(method, f"/v1/patrons/{name}", body, If_Match='"0"'))[0] == 404
    assert await house.database.patrons.find_one() is None
