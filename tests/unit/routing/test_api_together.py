"""Merging, splitting, linking and tagging over HTTP, with a store that is only a dictionary."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final, cast

import pytest

from services.routing import together
from services.routing.arrival import add_letter
from services.routing.changes import Counter
from services.routing.handlers import Desk
from services.routing.ticket import Link, Patron
from tests.unit.examples import CALENDARS, LETTER, LIBRARY, NOW, REFERENCE, situation
from tests.unit.routing.test_api import ONE, House

OTHER: Final = "ENQ-0000-0000"
SECOND: Final = replace(LETTER, id="letter-2", at=NOW + timedelta(minutes=1), subject="A map")


@pytest.fixture
async def house() -> AsyncIterator[House]:
    house = House()
    store: Any = cast(Any, house.tickets)
    desk = Desk(store, house.outbox, house.roster, LIBRARY, CALENDARS, house.clock)
    house.client.app.add_routes(together.routes(Counter(desk, store, house.audit)))
    await house.open()
    await house.open(OTHER)
    await house.roster.read_all()
    async with house.client:
        yield house


def ticket(house: House, reference: str = REFERENCE) -> Any:
    return house.tickets.rows[reference].ticket


def kept(house: House, letter_id: str, reference: str = REFERENCE, **fields: Any) -> None:
    known = {
        "_id": letter_id,
        "direction": "in",
        "reference": reference,
        "at": NOW,
        "automatic": None,
        "name": "Rhian Example",
        "recipients": [],
        "subject": "?",
        "text": letter_id,
    }
    house.tickets.came_in[letter_id] = known | fields


async def two_letters(house: House) -> None:
    """A ticket with two letters and a note."""
    house.tickets.patron_letters = {"letter-1": LETTER, "letter-2": SECOND}
    change = add_letter(ticket(house), SECOND, situation(cause="second"))
    assert await house.tickets.save(change, caused_by="second")
    for one in ("letter-1", "letter-2"):
        kept(house, one)
    assert (await house.do("note", {"text": "About the map."}))[0] == 200


# Merging.


async def test_a_merged_ticket_says_where_it_went_and_the_other_has_all_letters(
    house: House,
) -> None:
    kept(house, "letter-1")
    kept(house, "letter-9", OTHER)
    assert (await house.do("note", {"text": "A word."}))[0] == 200
    status, said = await house.do("merge", {"into": OTHER.lower()})
    assert (status, said["status"]) == (200, "closed")
    assert {"kind": "merged_into", "reference": OTHER} in said["links"]
    other = await house.get(f"/v1/tickets/{OTHER}")
    assert {one["text"] for one in other["messages"]} == {"letter-1", "letter-9", "A word."}
    assert {"kind": "merged_from", "reference": REFERENCE} in other["links"]


async def test_nothing_more_is_done_to_a_merged_ticket(house: House) -> None:
    assert (await house.do("merge", {"into": OTHER}))[0] == 200
    before = ticket(house)
    for action, body in (
        ("note", {"text": "?"}),
        ("tags", {"add": ["x"]}),
        ("reply", {"text": "?"}),
    ):
        status, said = await house.do(action, body)
        assert (status, said["type"], said["into"]) == (409, "/problems/merged", OTHER)
    status, said = await house.do("note", {"text": "?"}, If_Match='"1"')
    assert (status, said["changed"][0]["event"]) == (412, "merged")
    assert ticket(house) == before


@pytest.mark.parametrize("says", [{}, {"patrons_differ": False}])
async def test_two_patrons_tickets_are_not_merged_by_a_slip(house: House, says: Any) -> None:
    row = house.tickets.rows[OTHER]
    row.ticket = replace(row.ticket, patron=Patron("Gwen", "gwen@patrons.example"))
    status, said = await house.do("merge", {"into": OTHER, **says})
    assert (status, said["type"]) == (409, "/problems/patrons-differ")
    assert ticket(house).version == row.ticket.version == 1
    status, _ = await house.do("merge", {"into": OTHER, "patrons_differ": True})
    assert (status, ticket(house).merged_into) == (200, OTHER)


@pytest.mark.parametrize(
    ("body", "status", "kind"),
    [
        ({"into": "ENQ-0000-0001"}, 422, "invalid"),
        ({"into": "nonsense"}, 422, "invalid"),
        ({"into": ""}, 422, "invalid"),
        ({"into": {"$ne": 1}}, 422, "invalid"),
        ({"into": OTHER, "patrons_differ": "yes"}, 422, "invalid"),
        ({"into": OTHER, "x": 1}, 422, "invalid"),
        ({}, 422, "invalid"),
        ({"into": REFERENCE}, 409, "not-allowed"),
    ],
)
async def test_what_can_not_be_merged_is_said(
    house: House, body: Any, status: int, kind: str
) -> None:
    found, said = await house.do("merge", body)
    assert (found, said["type"]) == (status, f"/problems/{kind}")
    assert ticket(house).version == ticket(house, OTHER).version == 1


async def test_a_merge_wants_the_ticket_as_it_is_and_is_done_once(house: House) -> None:
    path = f"{ONE}/merge"
    assert (await house.ask("POST", path, {"into": OTHER}))[0] == 428
    assert (await house.ask("POST", path, {"into": OTHER}, If_Match='"9"'))[0] == 412
    once = {"If_Match": '"1"', "Idempotency_Key": "k"}
    first = await house.ask("POST", path, {"into": OTHER}, **once)
    again = await house.ask("POST", path, {"into": OTHER}, **once)
    assert first[:2] == again[:2]
    assert ticket(house, OTHER).version == 2


# Splitting.


async def test_a_part_becomes_a_ticket_of_its_own(house: House) -> None:
    await two_letters(house)
    whole = await house.get(ONE)
    note = next(one["id"] for one in whole["messages"] if one["direction"] == "note")
    status, said = await house.do("split", {"messages": ["letter-2", note], "subject": "A map"})
    assert status == 200
    [link] = said["links"]
    assert link["kind"] == "split_into"
    assert [one["id"] for one in said["messages"]] == ["letter-1"]
    new = await house.get(f"/v1/tickets/{link['reference']}")
    assert (new["subject"], new["owner"]["id"]) == ("A map", "mair")
    assert {one["id"] for one in new["messages"]} == {"letter-2", note}
    assert new["promise"]["state"] == "made"
    assert {"kind": "split_from", "reference": REFERENCE} in new["links"]


async def test_what_was_split_and_merged_again_is_whole(house: House) -> None:
    await two_letters(house)
    _, said = await house.do("split", {"messages": ["letter-2"]})
    new = said["links"][0]["reference"]
    status, _, _ = await house.ask(
        "POST", f"/v1/tickets/{new}/merge", {"into": REFERENCE}, If_Match='"1"'
    )
    assert status == 200
    whole = await house.get(ONE)
    assert {"letter-1", "letter-2"} <= {one["id"] for one in whole["messages"]}


@pytest.mark.parametrize(
    "messages",
    [
        [],
        ["letter-1", "letter-2"],
        ["letter-3"],
        ["letter-2", "letter-9"],
        ["sent"],
        ["letter-2", "sent"],
        [{"$ne": 1}],
        "letter-2",
        ["x"] * 101,
    ],
)
async def test_what_can_not_be_split_off_is_said_and_nothing_changes(
    house: House, messages: Any
) -> None:
    await two_letters(house)
    kept(house, "letter-9", OTHER)
    status, said = await house.do("reply", {"text": "An answer."})
    assert status == 200
    [sent] = [one["id"] for one in said["messages"] if one["direction"] == "out"]
    before = ticket(house)
    asked: Any = messages
    if isinstance(messages, list):
        asked = [sent if one == "sent" else one for one in messages]
    status, said = await house.do("split", {"messages": asked})
    assert (status, said["type"]) == (422, "/problems/invalid")
    assert ticket(house) == before
    assert len(house.tickets.rows) == 2


async def test_automatic_mail_alone_is_no_enquiry(house: House) -> None:
    kept(house, "letter-1")
    kept(house, "robot", automatic="bounce")
    status, said = await house.do("split", {"messages": ["robot"]})
    assert (status, said["field"]) == (422, "messages")


# Links.


async def test_a_link_is_made_and_taken_away_at_both_ends(house: House) -> None:
    status, said = await house.do("links", {"to": OTHER, "kind": "duplicates"})
    assert (status, said["links"]) == (200, [{"kind": "duplicates", "reference": OTHER}])
    assert ticket(house, OTHER).links == (Link("duplicated_by", REFERENCE),)
    assert (await house.do("links", {"to": OTHER, "kind": "duplicates"}))[0] == 409, "once"
    status, said, _ = await house.ask("DELETE", f"{ONE}/links/duplicates/{OTHER}", If_Match='"2"')
    assert (status, said["links"]) == (200, [])
    assert ticket(house, OTHER).links == ()


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"to": OTHER, "kind": "merged_from"}, 422),
        ({"to": OTHER, "kind": "split_into"}, 422),
        ({"to": OTHER, "kind": "named"}, 422),
        ({"to": REFERENCE}, 422),
        ({"to": "ENQ-0000-0001"}, 422),
        ({"to": OTHER, "more": 1}, 422),
    ],
)
async def test_what_can_not_be_linked_is_said(house: House, body: Any, status: int) -> None:
    assert (await house.do("links", body))[0] == status
    assert ticket(house).links == ()


async def test_no_end_of_a_link_is_filled_beyond_its_measure(house: House) -> None:
    full = tuple(Link("named_by", f"ENQ-{one}") for one in range(50))
    row = house.tickets.rows[OTHER]
    row.ticket = replace(row.ticket, links=full)
    assert (await house.do("links", {"to": OTHER}))[0] == 409
    row.ticket = replace(row.ticket, links=())
    house.tickets.rows[REFERENCE].ticket = replace(ticket(house), links=full)
    assert (await house.do("links", {"to": OTHER}))[0] == 409
    assert row.ticket.links == ()


async def test_a_link_by_which_letters_are_found_stays(house: House) -> None:
    row = house.tickets.rows[REFERENCE]
    row.ticket = replace(row.ticket, links=(Link("merged_from", OTHER),))
    path = f"{ONE}/links/merged_from/{OTHER}"
    assert (await house.ask("DELETE", path, If_Match='"1"'))[0] == 409
    assert (await house.ask("DELETE", f"{ONE}/links/x/{OTHER}", If_Match='"1"'))[0] == 409
    assert ticket(house).links == (Link("merged_from", OTHER),)


# Tags.


async def test_tags_are_put_added_taken_away_and_found_by(house: House) -> None:
    put, _, _ = await house.ask(
        "PUT", f"{ONE}/tags", {"tags": [" Map", "MAP", "loan"]}, If_Match='"1"'
    )
    assert put == 200
    assert ticket(house).tags == ("loan", "map")
    status, said = await house.do("tags", {"add": ["Atlas"], "remove": ["Loan"]})
    assert (status, said["tags"]) == (200, ["atlas", "map"])


@pytest.mark.parametrize(
    "body",
    [
        {"add": [""]},
        {"add": ["x" * 51]},
        {"add": [str(one) for one in range(21)]},
        {"add": ["x"] * 101},
        {"add": [{"$gt": ""}]},
        {"add": "map"},
        {"set": ["map"]},
    ],
)
async def test_what_is_no_tag_is_refused(house: House, body: Any) -> None:
    status, said = await house.do("tags", body)
    assert (status, said["type"]) == (422, "/problems/invalid")
    assert ticket(house).tags == ()


async def test_a_list_is_not_asked_for_what_is_no_tag(house: House) -> None:
    status, said, _ = await house.ask("GET", "/v1/tickets?tag=%20")
    assert (status, said["field"]) == (422, "tag")


@pytest.mark.parametrize(
    ("method", "action", "body"),
    [
        ("POST", "merge", {"into": OTHER}),
        ("POST", "links", {"to": OTHER}),
        ("DELETE", f"links/related/{OTHER}", None),
    ],
)
async def test_nothing_is_done_with_what_was_erased(
    house: House, method: str, action: str, body: Any
) -> None:
    for gone in (OTHER, REFERENCE):
        row = house.tickets.rows[gone]
        row.ticket, before = replace(row.ticket, erased_at=NOW), row.ticket
        status, said, _ = await house.ask(method, f"{ONE}/{action}", body, If_Match='"1"')
        assert (status, said["type"]) == (410, "/problems/erased"), gone
        row.ticket = before
    assert [one.ticket.version for one in house.tickets.rows.values()] == [1, 1]


async def test_nothing_is_split_off_or_sorted_of_what_was_erased(house: House) -> None:
    await two_letters(house)
    row = house.tickets.rows[REFERENCE]
    row.ticket = replace(row.ticket, erased_at=NOW)
    for action, body in (("split", {"messages": ["letter-2"]}), ("tags", {"add": ["map"]})):
        status, said = await house.do(action, body)
        assert (status, said["type"]) == (410, "/problems/erased")
    assert house.tickets.rows.keys() == {REFERENCE, OTHER}
