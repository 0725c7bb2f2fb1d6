"""What staff change of themselves, and by which name a patron is told of them from then on."""

import json
from dataclasses import replace
from typing import Any

import pytest

from services.desk.store import Office
from services.intake.patron_tickets import PatronTickets
from services.intake.store import Letters
from services.notify.store import Notices
from services.routing.actions import assign
from services.routing.member_store import Members
from services.routing.ticket import Owner
from shared.mongo import Database
from shared.staff import from_document
from tests.attacks.test_28_who_may import COMMON, House, house
from tests.unit.examples import NOW, situation

__all__ = ["house"]
NEW = {"name": "Own Married", "languages": ["en", "cy"]}


async def me(house: House) -> tuple[dict[str, Any], str]:
    headers = {"Authorization": "Bearer own"}
    answer = await house.client.get("/v1/me", headers=headers)
    return await answer.json(), answer.headers["ETag"]


async def put(house: House, body: Any, version: str) -> tuple[int, dict[str, Any]]:
    status, said = await house.ask("PUT", "/v1/me", body, If_Match=version)
    return status, json.loads(said)


async def test_what_is_mine_to_say_is_changed_and_what_was_is_kept(house: House) -> None:
    before, version = await me(house)
    status, said = await put(house, NEW | {"name": "  Own   Married "}, version)
    assert (status, said["name"], said["languages"]) == (200, "Own Married", ["cy", "en"])
    kept = ("id", "address", "team", "skills", "room")
    assert [said[one] for one in kept] == [before[one] for one in kept]
    after, newer = await me(house)
    assert (after, newer) == (said, '"2"')
    row = await house.database.staff.find_one({"_id": "own"})
    assert row is not None
    [change] = row["changes"]
    assert (change["by"], change["version"]) == ("own", 2)
    assert change["was"] == {"name": "own Pretend", "languages": []}
    assert await put(house, NEW, newer) == (200, after)
    assert (await me(house))[1] == newer, "nothing was changed"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (NEW | {"languages": ["fr"]}, "languages"),
        (NEW | {"languages": []}, "languages"),
        (NEW | {"name": " "}, "name"),
        (NEW | {"name": "Own\u202eMarried"}, "name"),
        (NEW | {"name": "x" * 101}, "name"),
        (NEW | {"team": "enquiries"}, "team"),
        (NEW | {"role": "admin"}, "role"),
        (NEW | {"skills": ["general"]}, "skills"),
        (NEW | {"room": 99}, "room"),
        ({"name": "Own Married"}, "languages"),
    ],
)
async def test_what_is_the_leads_and_what_is_no_name_is_refused(
    house: House, body: Any, field: str
) -> None:
    before, version = await me(house)
    status, said = await put(house, body, version)
    named = said.get("field") or said["errors"][0]["field"]
    assert (status, said["type"], named.split(".")[0]) == (422, "/problems/invalid", field)
    assert await me(house) == (before, version)


async def test_who_has_not_seen_it_as_it_is_changes_nothing(house: House) -> None:
    _, version = await me(house)
    assert (await put(house, NEW, version))[0] == 200
    status, said = await put(house, NEW | {"name": "Own Pretend"}, version)
    assert (status, said["type"], said["version"]) == (412, "/problems/stale", 2)
    assert [one["was"]["name"] for one in said["changed"]] == ["own Pretend"]
    assert (await me(house))[0]["name"] == "Own Married"
    assert (await house.ask("PUT", "/v1/me", NEW))[0] == 428


async def test_what_an_operator_changed_meanwhile_is_not_undone(house: House) -> None:
    _, version = await me(house)
    row = await house.database.staff.find_one({"_id": "own"})
    assert row is not None
    member = replace(from_document(row), languages=frozenset({"cy"}))
    await Office(house.database).add_staff(member)
    assert (await put(house, NEW, version))[0] == 412
    assert (await me(house))[0]["languages"] == ["cy"]


async def test_of_two_at_once_who_saw_the_same_one_is_done(house: House) -> None:
    """The guard is in the write: both have passed the look before it."""
    members = Members(house.database)
    row = {"at": NOW, "by": "own", "was": {"name": "own Pretend"}}
    done = [await members.change("own", 1, {"name": name}, row) for name in ("A", "B")]
    assert done == [True, False]
    assert ((await me(house))[0]["name"], (await me(house))[1]) == ("A", '"2"')
    assert [one["version"] for one in await members.changed_since("own", 1)] == [2]
    await house.database.staff.update_one({"_id": "own"}, {"$unset": {"version": ""}})
    assert await members.change("own", 0, {"name": "C"}, row), "of before there were versions"


async def test_absences_are_told_as_put_takes_them(house: House) -> None:
    planned = {"since": "2027-01-04T09:00:00Z", "until": "2027-01-08T17:00:00Z"}
    assert (await house.ask("PUT", "/v1/me/away", planned))[0] == 200
    status, said = await house.ask("GET", "/v1/me/away")
    assert (status, json.loads(said)) == (200, {"items": [planned], "next": None})
    assert (await house.ask("PUT", "/v1/me/away", json.loads(said)["items"][0]))[0] == 200
    assert (await house.ask("GET", "/v1/me/away"))[1] == said
    status, said = await house.ask("GET", "/v1/me/away", caller="lead")
    assert json.loads(said)["items"] == []


@pytest.fixture
async def renamed(house: House) -> Database:
    """A ticket whose owner is called otherwise since."""
    ticket = await house.tickets.find(COMMON)
    assert ticket is not None
    given = assign(ticket, Owner("own", "own Pretend"), "lead", situation())
    assert await house.tickets.save(given, caused_by="giving")
    _, version = await me(house)
    assert (await put(house, NEW, version))[0] == 200
    return house.database


async def test_a_patron_is_told_one_name_wherever_it_stands(
    house: House, renamed: Database
) -> None:
    told = await Notices(renamed, 10).ticket(COMMON)
    page = await PatronTickets(renamed).ticket(COMMON)
    assert told is not None
    assert page is not None
    assert told["owner"] == page["owner"] == {"id": "own", "name": "Own Married"}
    posted = {"_id": "p", "reference": COMMON, "asked": {"integration": "shop"}, "at": NOW}
    await renamed.messages.insert_one(posted)
    enquiry = await Letters(renamed).enquiry(COMMON, "shop")
    assert enquiry is not None
    assert enquiry["owner"]["name"] == "Own Married"


async def test_colleagues_read_the_same_name(house: House, renamed: Database) -> None:
    ticket = await house.tickets.find(COMMON)
    assert ticket is not None
    patron = f"/v1/patrons/{ticket.patron.address}"
    for path in (f"/v1/tickets/{COMMON}", "/v1/tickets", patron):
        _, said = await house.ask("GET", path, caller="lead")
        found = json.loads(said)
        items = found.get("items") or found.get("tickets") or [found]
        [name] = [one["owner"]["name"] for one in items if one["reference"] == COMMON]
        assert name == "Own Married", path


async def test_a_reply_is_signed_by_the_present_name_also_under_an_old_token(
    house: House, renamed: Database
) -> None:
    """The token was made while they were called otherwise."""
    ticket = await house.tickets.find(COMMON)
    assert ticket is not None
    version = ticket.version
    body = {"text": "From ten to four."}
    path = f"/v1/tickets/{COMMON}/note"
    status, said = await house.ask("POST", path, body, If_Match=f'"{version}"')
    assert status == 200, said
    written = await renamed.messages.find_one({"text": "From ten to four."})
    assert written is not None
    assert written["by"] == {"id": "own", "name": "Own Married"}
    await renamed.messages.update_one({"_id": written["_id"]}, {"$set": {"by.name": "own Pretend"}})
    words = await Notices(renamed, 10).words(written["_id"])
    assert words is not None
    assert words["by"]["name"] == "Own Married", "of what was written before, too"


async def test_who_is_no_longer_of_the_staff_keeps_the_name_that_was_written(
    house: House, renamed: Database
) -> None:
    await renamed.staff.delete_one({"_id": "own"})
    told = await Notices(renamed, 10).ticket(COMMON)
    assert told is not None
    assert told["owner"] == {"id": "own", "name": "own Pretend"}
