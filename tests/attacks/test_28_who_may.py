"""Class 28: other people's ids. Who may do what with whose ticket: every route of the description,
every role, on a real MongoDB.

A route without a row here fails. What somebody may not know of is not there for them: `404`.
"""

import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final, Literal

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from services.desk.store import Office
from services.intake.store import Letters
from services.routing.__main__ import Beside, staff_app
from services.routing.actions import keep_to_team, name_trouble
from services.routing.api import Api, make_app
from services.routing.arrival import open_ticket
from services.routing.changes import Counter
from services.routing.deliveries.delivery import Delivery, Handover, Pace
from services.routing.deliveries.steps import open_delivery
from services.routing.finding import Finder
from services.routing.handlers import Desk
from services.routing.journal import Journal
from services.routing.links import link_back
from services.routing.listeners import Listeners
from services.routing.publisher_store import Publishers
from services.routing.quarantine import routes as quarantine_routes
from services.routing.reporting import Reports
from services.routing.roster import Roster
from services.routing.store import Tickets
from services.routing.ticket import Link
from shared.attachments import Attachment
from shared.audit_log import AuditLog
from shared.keyring import Watched
from shared.keys import SCOPES, Caller, Scope
from shared.mongo import Database
from shared.quarantine import Quarantine, Release
from shared.staff import Role, StaffMember
from tests import fakes
from tests.contract.conftest import fresh_database
from tests.staff_api import api_document
from tests.stage import Servers
from tests.unit.examples import (
    CALENDARS,
    LETTER,
    LIBRARY,
    MAIR,
    NOW,
    kept_letter,
    opened,
    situation,
)

SECRET: Final = "ENQ-8888-8888"
COMMON: Final = "ENQ-9999-999X"
LETTER_ID: Final = "0f" * 32
ASIDE_ID: Final = "0e" * 32
RELEASED_ID: Final = "0d" * 32
SENT_ID: Final = "0a" * 16
THIRD: Final = "ENQ-7K3M-92Q2"
THIRD_ID: Final = "0b" * 32
ANSWER_ID: Final = "0f" * 16
PUBLISHER_ID: Final = "0e" * 16
DELIVERY: Final = Delivery(
    *("0d" * 8, "large print", "", "section 31A", Handover.DESK, Pace.EACH, NOW, "own"),
    list_by=None,
    accounted_at=NOW,  # at its end, so that its ticket may be merged
)

Does = Literal["reads", "changes", "audits"]
To = Literal["one", "many", "none"]
"""A ticket (or a part of it), all that one may see, or nothing of any ticket."""
TABLE: Final[Mapping[str, tuple[Does, To]]] = {
    "tickets_list_tickets": ("reads", "many"),
    "tickets_get_ticket": ("reads", "one"),
    "tickets_similar": ("reads", "one"),
    **{
        f"tickets_{change}": ("changes", "one")
        for change in (
            *("claim", "assign", "reply", "note", "wait", "resolve", "reopen", "escalate"),
            *("accept", "decline", "promise", "contact", "correct", "cause", "confidential"),
            *("merge", "split", "link", "unlink", "put_tags", "tags", "withdraw"),
        )
    },
    **dict.fromkeys(
        ("tickets_list_deliveries", "tickets_get_delivery", "tickets_read_list"),
        ("reads", "one"),
    ),
    **{
        f"tickets_{change}": ("changes", "one")
        for change in (
            *("open_delivery", "change_delivery", "add_items", "find_items", "ask_publisher"),
            *("chase_publisher", "receive_items", "send_item_back", "item_ready"),
            *("deliver_items", "cannot_have", "withdraw_items", "item_did_not_work"),
            *("resume_item", "put_item_off", "convert_item", "cancel_conversion"),
        )
    },
    "publishers_list_publishers": ("reads", "none"),
    "publishers_get_publisher": ("reads", "none"),
    "publishers_add_publisher": ("changes", "none"),
    "publishers_put_publisher": ("changes", "none"),
    "patrons_get_patron": ("reads", "many"),
    "patrons_change_patron": ("changes", "many"),
    "tickets_check": ("reads", "one"),
    "tickets_attach": ("changes", "one"),
    "tickets_list_drafts": ("changes", "one"),
    "tickets_get_draft": ("changes", "one"),
    "tickets_drop_draft": ("changes", "one"),
    "tickets_take_down": ("changes", "none"),
    "tickets_change_many": ("changes", "many"),
    "answers_list_answers": ("reads", "none"),
    "answers_get_answer": ("reads", "none"),
    "answers_add": ("changes", "none"),
    "answers_put": ("changes", "none"),
    "answers_remove": ("changes", "none"),
    "answers_preview": ("reads", "none"),
    "attachments_get_attachment": ("reads", "one"),
    "quarantine_list_letters": ("reads", "none"),
    "quarantine_get_letter": ("reads", "one"),
    "quarantine_get_raw": ("reads", "one"),
    "quarantine_release": ("changes", "one"),
    "me_me": ("reads", "none"),
    "me_change_me": ("changes", "none"),
    "me_away": ("reads", "none"),
    "me_go_away": ("changes", "none"),
    "me_come_back": ("changes", "none"),
    "staff_staff": ("reads", "many"),
    "teams_teams": ("reads", "none"),
    "reports_charter": ("reads", "none"),
    "causes_causes": ("reads", "many"),
    "causes_note_done": ("changes", "one"),
    "audit_list_readings": ("audits", "many"),
    "events_events": ("reads", "many"),
}
STAFF: Final = {
    "own": ("local-history", Role.STAFF),
    "other": ("enquiries", Role.STAFF),
    "lead": ("enquiries", Role.LEAD),
    "admin": ("enquiries", Role.ADMIN),
    "auditor": ("enquiries", Role.AUDITOR),
}
CALLERS: Final = (*STAFF, "catalogue", "nobody")
QUERIES: Final = {
    "reports_charter": "?from=2026-11-01&to=2026-11-30",
    "causes_causes": "?from=2026-11-01&to=2026-11-30",
    "events_events": "?once=true",
}
IDS: Final = {
    **dict.fromkeys(("publishers_get_publisher", "publishers_put_publisher"), PUBLISHER_ID),
    "attachments_get_attachment": f"{LETTER_ID}.0",
    **dict.fromkeys(("patrons_get_patron", "patrons_change_patron"), "rhian@patrons.example"),
    **dict.fromkeys(
        ("quarantine_get_letter", "quarantine_get_raw", "quarantine_release"), RELEASED_ID
    ),
    **dict.fromkeys(
        ("answers_get_answer", "answers_put", "answers_remove", "answers_preview"), ANSWER_ID
    ),
}


def routes() -> list[tuple[str, str, str]]:
    """Name, method and path of each route."""
    return [
        (operation["operationId"], method, path)
        for path, found in api_document()["paths"].items()
        for method, operation in found.items()
    ]


def body_of(method: str, path: str) -> Any:
    """The body that the description shows; one that leaves the ticket with its team."""
    if path.endswith("/correct"):
        return {"urgency": "soon"}
    found = api_document()["paths"][path][method].get("requestBody")
    if found is None or "application/json" not in found["content"]:
        return None
    [name] = found["content"]["application/json"]["examples"]
    return api_document()["components"]["examples"][name]["value"]


@dataclass
class House:
    """The staff's API on a real store: a common ticket, and a confidential one of another team."""

    database: Database
    tickets: Tickets
    client: TestClient[web.Request, web.Application]

    async def ask(
        self, method: str, path: str, body: Any = None, caller: str = "own", **more: str
    ) -> tuple[int, str]:
        headers = {name.replace("_", "-"): value for name, value in more.items()}
        if caller != "nobody":
            headers["Authorization"] = f"Bearer {caller}"
        answer = await self.client.request(method, path, json=body, headers=headers)
        return answer.status, await answer.text()

    async def version(self) -> str:
        found = await self.tickets.find(SECRET)
        assert found is not None
        return f'"{found.version}"'

    async def readings(self) -> list[tuple[str, str]]:
        found = [one async for one in AuditLog(self.database).all()]
        return [(one["by"], one["what"]) for one in found if SECRET in one["references"]]


async def _people(database: Database) -> None:
    office = Office(database)
    for name, (team, role) in STAFF.items():
        address = f"{name}@llanfair.example"
        await office.add_staff(StaffMember(name, f"{name} Pretend", address, team, role=role))
    await office.add_staff(MAIR)
    # Every token says that it may do all: what the role does not allow is not done.
    everything = frozenset(Scope)
    ends = NOW + timedelta(days=1)
    for name in STAFF:
        await office.add_key(name, Caller(name, name, everything), NOW, ends)
    write = frozenset({Scope.ENQUIRIES_WRITE})
    await office.add_key("catalogue", Caller("catalogue", "catalogue", write), NOW, ends)


async def _secret(database: Database, tickets: Tickets) -> None:
    """The confidential ticket, with a file, a cause, and the quarantined letter that it came of."""
    letter = replace(LETTER, id=LETTER_ID, team="local-history", subject="A secret matter")
    opening = opened(reference=SECRET, letter=letter, owned=False)
    opening = replace(opening, words=frozenset({"secret", "matter"}))
    await tickets.open(opening, caused_by="opening")
    named = name_trouble(opening.ticket, "text", "own", NOW)
    await tickets.save(named, caused_by="naming")
    delivery = replace(DELIVERY, opened_by="own")
    wanted = open_delivery(named.ticket, delivery, "own", situation(cause="copies"))
    await tickets.save(wanted, caused_by="copies")
    hidden = keep_to_team(wanted.ticket, True, "own", "It concerns a child", NOW)
    await tickets.save(hidden, caused_by="hiding")
    letters = Letters(database)
    file = Attachment("will.txt", "text/plain", 5, content=b"a will")
    await letters.save(kept_letter(LETTER_ID, attachments=(file,)), SECRET, None)
    await letters.save(kept_letter(RELEASED_ID, unreadable="too large"), None, None)
    quarantine = Quarantine(database)
    found = await quarantine.find(RELEASED_ID)
    assert found is not None
    await quarantine.release(found, Release("own"))
    await database.messages.update_one({"_id": RELEASED_ID}, {"$set": {"reference": SECRET}})


async def _publisher(database: Database) -> None:
    known = {"name": "Gwasg Afon", "address": "rights@gwasg-afon.example", "language": "cy"}
    row = {"_id": PUBLISHER_ID, "version": 99, "asked": None, **known}
    await Publishers(database).add(row)


async def _answer(tickets: Tickets) -> None:
    """A canned answer; of a version that no ticket here has."""
    who = {"id": "own", "name": "own Pretend"}
    await tickets.answers.add(
        {
            "_id": ANSWER_ID,
            "version": 99,
            "uses": 0,
            "counted": [],
            "asked": None,
            "title": "Hours",
            "topic": None,
            "by": who,
            "at": NOW,
            "texts": [{"language": "en", "text": "Dear {patron}, {reference}"}],
            "languages": ["en"],
            "words": ["hours"],
        }
    )


@pytest.fixture
async def house(servers: Servers) -> AsyncIterator[House]:
    async with fresh_database(servers) as database:
        tickets, reports = Tickets(database, LIBRARY), Reports(database, LIBRARY)
        await tickets.make_indexes()
        await _people(database)
        await tickets.open(opened(reference=COMMON, owned=False), caused_by="opening")
        await _secret(database, tickets)
        await _answer(tickets)
        await _publisher(database)
        roster = Roster(tickets, fakes.Clock())
        await roster.read_all()
        desk = Desk(tickets, fakes.Outbox(), roster, LIBRARY, CALENDARS, fakes.Clock())
        finder = Finder(database, LIBRARY.library.languages)
        await finder.make_indexes()
        journal = Journal(database, fakes.Publisher())
        listeners = Listeners(journal, Watched(database), fakes.Clock())
        app = staff_app(desk, tickets, finder, database, Beside(reports, listeners, fakes.Outbox()))
        async with TestClient(TestServer(app)) as client:
            yield House(database, tickets, client)


def test_every_route_has_a_row_and_every_row_a_route() -> None:
    assert {name for name, _, _ in routes()} == TABLE.keys()


def wanted(caller: str, does: Does, to: To) -> set[str]:
    """What may become of a request: `refused` (401, 403), `hidden` (404), `let in`."""
    if caller in {"nobody", "catalogue"}:
        return {"refused"}
    role = STAFF[caller][1]
    needs = {
        "reads": Scope.TICKETS_READ,
        "changes": Scope.TICKETS_WRITE,
        "audits": Scope.AUDIT_READ,
    }
    if needs[does] not in SCOPES[role]:
        return {"refused"}
    return {"hidden"} if to == "one" and caller == "other" else {"let in"}


def became(status: int) -> str:
    assert status < 500, status
    return {401: "refused", 403: "refused", 404: "hidden"}.get(status, "let in")


async def _brought(house: House, caller: str) -> str:
    """The id of a file that they have brought for the secret ticket, if they may."""
    path, headers = f"/v1/tickets/{SECRET}/attachments", {"Authorization": f"Bearer {caller}"}
    answer = await house.client.post(path, data=b"a file", headers=headers)
    found = await answer.json(content_type=None)
    return str(found["id"]) if answer.status == 201 else "0f" * 16


async def _sent(house: House) -> str:
    """The id of a file that went with a reply on it."""
    row = {"filename": "a.txt", "content_type": "text/plain", "size": 1, "state": "clean"}
    letter = {"_id": SENT_ID, "direction": "out", "reference": SECRET, "at": NOW, "text": "Here."}
    who = {"by": {"id": "own", "name": "own Pretend"}, "attachments": [row]}
    await house.database.messages.insert_one(letter | who)
    said = {"at": NOW, "event": "replied", "by": "own", "version": 3, "letter": SENT_ID}
    await house.database.tickets.update_one({"_id": SECRET}, {"$push": {"timeline": said}})
    return f"{SENT_ID}.0"


@pytest.mark.parametrize("caller", CALLERS)
async def test_each_is_let_in_refused_or_told_that_there_is_nothing(
    house: House, caller: str
) -> None:
    draft = await _brought(house, caller)
    ids = IDS | {"tickets_get_draft": draft, "tickets_drop_draft": draft}
    ids |= {"tickets_withdraw": await _sent(house)}
    for name, method, path in routes():
        does, to = TABLE[name]
        filled = path.replace("{reference}", SECRET).replace("{name}", "text")
        filled = filled.replace("{kind}/{to}", "related/ENQ-7K3M-92Q2")
        filled = filled.replace("{delivery}", DELIVERY.id)
        filled = filled.replace("{id}", ids.get(name, "")) + QUERIES.get(name, "")
        status, said = await house.ask(
            method, filled, body_of(method, path), caller, If_Match=await house.version()
        )
        assert became(status) in wanted(caller, does, to), (caller, name, status, said)
        if status >= 400:
            assert json.loads(said)["type"].startswith("/problems/"), (name, said)
        if caller in {"other", "catalogue", "nobody"}:
            assert SECRET not in said, name
            assert "secret matter" not in said, name


async def test_who_may_not_see_it_can_tell_it_from_nothing_by_no_answer(house: House) -> None:
    for name, method, path in routes():
        if "{reference}" not in path:
            continue
        answers = [
            await house.ask(
                method,
                path.replace("{reference}", reference).replace("{kind}/{to}", f"related/{COMMON}"),
                body_of(method, path),
                "other",
                If_Match=await house.version(),
            )
            for reference in (SECRET, "ENQ-7K3M-92Q2")
        ]
        assert answers[0] == answers[1], name
        assert answers[0][0] == 404, name


async def test_it_is_counted_and_listed_for_those_who_may_know_of_it(house: House) -> None:
    for caller, references in (
        ("own", [COMMON, SECRET]),
        ("other", [COMMON]),
        ("lead", [COMMON, SECRET]),
        ("admin", [COMMON, SECRET]),
        ("auditor", [COMMON, SECRET]),
    ):
        _, said = await house.ask("GET", "/v1/tickets", caller=caller)
        assert sorted(one["reference"] for one in json.loads(said)["items"]) == sorted(references)
        _, said = await house.ask("GET", f"/v1/causes{QUERIES['causes_causes']}", caller=caller)
        assert len(json.loads(said)["items"]) == len(references) - 1


async def test_how_much_somebody_has_is_told_without_what_one_may_not_know_of(
    house: House,
) -> None:
    status, _ = await house.ask(
        "POST", f"/v1/tickets/{SECRET}/claim", caller="own", If_Match=await house.version()
    )
    assert status == 200
    counts = {}
    for caller in ("own", "other", "lead"):
        _, said = await house.ask("GET", "/v1/staff", caller=caller)
        counts[caller] = {one["id"]: one["open"] for one in json.loads(said)["items"]}["own"]
    assert counts == {"own": 1, "other": 0, "lead": 1}


async def test_its_owner_of_another_team_sees_it(house: House) -> None:
    path = f"/v1/tickets/{SECRET}"
    assert (await house.ask("GET", path, caller="other"))[0] == 404
    status, said = await house.ask(
        "POST", f"{path}/assign", {"owner": "other"}, If_Match=await house.version()
    )
    assert status == 200, said
    assert (await house.ask("GET", path, caller="other"))[0] == 200


async def test_who_sends_it_out_of_their_own_sight_is_told_what_they_did(house: House) -> None:
    path = f"/v1/tickets/{SECRET}"
    status, said = await house.ask(
        "POST", f"{path}/correct", {"topic": "general"}, If_Match=await house.version()
    )
    assert (status, json.loads(said)["team"]) == (200, "enquiries")
    assert (await house.ask("GET", path))[0] == 404
    assert (await house.ask("GET", path, caller="other"))[0] == 200


class OpenedAtOnce(Quarantine):
    """Where routing opens what is released before the answer is written."""

    async def release(self, found: Mapping[str, Any], release: Release) -> bool:
        done = await super().release(found, release)
        await self._messages.update_one({"_id": found["_id"]}, {"$set": {"reference": SECRET}})
        return done


async def test_who_makes_an_enquiry_that_they_may_not_see_is_told_what_they_did(
    house: House,
) -> None:
    await Letters(house.database).save(kept_letter(ASIDE_ID, unreadable="too large"), None, None)
    roster = Roster(house.tickets, fakes.Clock())
    desk = Desk(house.tickets, fakes.Outbox(), roster, LIBRARY, CALENDARS, fakes.Clock())
    counter = Counter(desk, house.tickets, AuditLog(house.database))
    app = make_app(Api(counter))
    app.add_routes(quarantine_routes(OpenedAtOnce(house.database), counter))
    path = f"/v1/quarantine/{ASIDE_ID}"
    async with TestClient(TestServer(app)) as client:
        there = replace(house, client=client)
        status, said = await there.ask("POST", f"{path}/release", {}, "other")
        assert (status, json.loads(said).get("released", {}).get("by")) == (200, "other"), said
        assert (await there.ask("GET", path, caller="other"))[0] == 404


async def test_each_way_to_read_it_is_written_down_and_to_be_refused_is_not(house: House) -> None:
    paths = {
        "list": "/v1/tickets",
        "ticket": f"/v1/tickets/{SECRET}",
        "attachment": f"/v1/attachments/{LETTER_ID}.0",
        "letter": f"/v1/quarantine/{RELEASED_ID}",
    }
    for path in paths.values():
        await house.ask("GET", path, caller="other")
    await house.ask("GET", f"/v1/tickets/{COMMON}", caller="own")
    assert await house.readings() == []
    for what, path in paths.items():
        status, _ = await house.ask("GET", path, caller="own")
        assert status == 200
        assert (await house.readings())[-1] == ("own", what)
    status, said = await house.ask(
        "POST", f"{paths['ticket']}/note", {"text": "Mind."}, "own", If_Match='"1"'
    )
    assert (status, "made_confidential" in said) == (412, True)
    assert (await house.readings())[-1] == ("own", "changes")
    status, said = await house.ask("GET", f"/v1/audit?reference={SECRET}&limit=2", caller="auditor")
    page = json.loads(said)
    assert [one["what"] for one in page["items"]] == ["changes", "letter"]
    status, said = await house.ask(
        "GET", f"/v1/audit?reference={SECRET}&cursor={page['next']}", caller="admin"
    )
    assert [one["what"] for one in json.loads(said)["items"]] == ["attachment", "ticket", "list"]


async def test_what_is_found_in_a_reply_that_does_not_go_is_a_reading_too(house: House) -> None:
    path = f"/v1/tickets/{SECRET}"
    for way, body in (
        ("reply", {"text": "You should have read the notice."}),
        ("wait", {"for": "patron", "question": "You should have said which year."}),
    ):
        before = await house.readings()
        status, said = await house.ask(
            "POST", f"{path}/{way}", body, "own", If_Match=await house.version()
        )
        assert (status, json.loads(said)["type"]) == (422, "/problems/tone"), said
        assert await house.readings() == [*before, ("own", "check")]


async def test_a_role_that_was_taken_away_is_gone_from_the_next_request_on(house: House) -> None:
    path = f"/v1/tickets/{SECRET}"
    assert (await house.ask("GET", path, caller="lead"))[0] == 200
    await house.database.staff.update_one({"_id": "lead"}, {"$set": {"role": "staff"}})
    assert (await house.ask("GET", path, caller="lead"))[0] == 404


async def test_a_day_that_staff_correct_is_kept(house: House) -> None:
    """MongoDB has no days: neither the ticket nor its timeline may need one."""
    path = f"/v1/tickets/{COMMON}"
    status, said = await house.ask(
        "POST", f"{path}/correct", {"needed_by": "2026-12-01"}, If_Match='"1"'
    )
    assert (status, json.loads(said)["needed_by"]) == (200, "2026-12-01")
    assert json.loads(said)["timeline"][-1]["now"] == {"needed_by": "2026-12-01"}


async def test_a_ticket_that_is_linked_to_it_does_not_tell_of_it(house: House) -> None:
    found = await house.tickets.find(COMMON)
    assert found is not None
    linked = link_back(found, Link("named_by", SECRET), NOW)
    assert linked is not None
    await house.tickets.save(linked, caused_by="linking")
    for caller, is_told in (("own", True), ("other", False), ("lead", True)):
        _, said = await house.ask("GET", f"/v1/tickets/{COMMON}", caller=caller)
        assert (SECRET in said) is is_told, (caller, said)


async def test_a_topic_may_make_its_tickets_confidential(house: House) -> None:
    flagged = [
        one.model_copy(update={"confidential": one.id == "general"}) for one in LIBRARY.topics
    ]
    library = LIBRARY.model_copy(update={"topics": tuple(flagged)})
    change = opened()
    assert not change.ticket.confidential
    s = replace(situation(), library=library)
    assert open_ticket(COMMON, LETTER, s).ticket.confidential


async def test_what_a_body_names_is_not_there_for_who_may_not_know_of_it(house: House) -> None:
    common = f"/v1/tickets/{COMMON}"
    for method, path, body in (
        ("POST", f"{common}/merge", {"into": "?", "patrons_differ": True}),
        ("POST", f"{common}/links", {"to": "?"}),
        ("DELETE", f"{common}/links/related/?", None),
        ("POST", f"/v1/answers/{ANSWER_ID}/preview", {"reference": "?"}),
    ):
        answers = []
        for reference in (SECRET, "ENQ-7K3M-92Q2"):
            filled = json.loads(json.dumps(body).replace("?", reference))
            asked = path.replace("?", reference)
            answers.append(await house.ask(method, asked, filled, "other", If_Match='"1"'))
        assert answers[0] == answers[1], path
        assert answers[0][0] == 422, answers[0]


async def _merged(house: House) -> None:
    """The secret ticket goes into the common one, by a lead."""
    status, said = await house.ask(
        "POST",
        f"/v1/tickets/{SECRET}/merge",
        {"into": COMMON, "patrons_differ": True},
        "lead",
        If_Match=await house.version(),
    )
    assert status == 200, said


async def test_what_has_a_confidential_one_is_confidential_and_shows_nothing_of_it(
    house: House,
) -> None:
    await _merged(house)
    path = f"/v1/tickets/{COMMON}"
    read = len(await house.readings())
    status, said = await house.ask("GET", path, caller="lead")
    assert (status, SECRET in said, LETTER_ID in said) == (200, True, True)
    assert len(await house.readings()) == read + 1
    assert (await house.ask("GET", path, caller="own"))[0] == 404
    _, said = await house.ask("GET", path, caller="other")
    assert json.loads(said)["confidential"] is True
    for told in (
        said,
        (await house.ask("POST", f"{path}/note", {"text": "Hm."}, "other", If_Match='"1"'))[1],
        (await house.ask("POST", f"{path}/note", {"text": "Hm."}, "other", If_Match='"2"'))[1],
    ):
        assert json.loads(told)["version"] >= 2
        assert SECRET not in told
        assert LETTER_ID not in told
        assert "secret" not in told.lower()
    _, said = await house.ask("GET", "/v1/tickets?q=secret", caller="other")
    assert json.loads(said)["items"] == []


async def _with_a_common_one(house: House) -> None:
    """A ticket that everybody sees, with a file, goes into the common one."""
    letter = replace(LETTER, id=THIRD_ID, subject="A third matter")
    opening = replace(opened(reference=THIRD, letter=letter, owned=False), words=frozenset())
    await house.tickets.open(opening, caused_by="opening")
    file = Attachment("plan.txt", "text/plain", 5, content=b"plan.")
    await Letters(house.database).save(kept_letter(THIRD_ID, attachments=(file,)), THIRD, None)
    body = {"into": COMMON, "patrons_differ": True}
    status, said = await house.ask("POST", f"/v1/tickets/{THIRD}/merge", body, If_Match='"1"')
    assert status == 200, said


async def _version_of(house: House, reference: str) -> str:
    found = await house.tickets.find(reference)
    assert found is not None
    return f'"{found.version}"'


async def _sees_the_third(house: House, caller: str) -> set[int]:
    """What is answered to whoever asks for it, in each way."""
    answers = [
        await house.ask("GET", path, caller=caller)
        for path in (f"/v1/tickets/{THIRD}", f"/v1/attachments/{THIRD_ID}.0")
    ]
    _, said = await house.ask("GET", "/v1/tickets?status=closed", caller=caller)
    return {*(status for status, _ in answers), 200 if THIRD in said else 404}


async def test_what_was_merged_is_hidden_with_what_stands_for_it(house: House) -> None:
    await _with_a_common_one(house)
    path = f"/v1/tickets/{COMMON}"
    assert await _sees_the_third(house, "own") == {200}
    for confidential, own in ((True, 404), (False, 200), (True, 404)):
        status, said = await house.ask(
            "POST",
            f"{path}/confidential",
            {"confidential": confidential, "reason": "It concerns a child"},
            "other",
            If_Match=await _version_of(house, COMMON),
        )
        assert (status, THIRD_ID in said) == (200, True), said
        assert await _sees_the_third(house, "own") == {own}
        assert await _sees_the_third(house, "other") == {200}


async def test_what_was_merged_before_is_hidden_when_a_confidential_one_is_merged(
    house: House,
) -> None:
    await _with_a_common_one(house)
    await _merged(house)
    assert await _sees_the_third(house, "own") == {404}
    assert await _sees_the_third(house, "lead") == {200}


async def test_which_one_stands_for_it_is_told_to_those_who_may_know(house: House) -> None:
    await _merged(house)
    for caller, told in (("own", {}), ("lead", {"into": COMMON})):
        status, said = await house.ask(
            "POST",
            f"/v1/tickets/{SECRET}/note",
            {"text": "Hm."},
            caller,
            If_Match=await house.version(),
        )
        problem = json.loads(said)
        assert (status, problem["type"]) == (409, "/problems/merged")
        assert {name: one for name, one in problem.items() if name == "into"} == told
    status, said = await house.ask("GET", f"/v1/tickets/{SECRET}", caller="own")
    assert (status, COMMON in said) == (200, False)


async def test_a_part_of_it_is_as_hidden_as_the_whole(house: House) -> None:
    await house.database.messages.update_one({"_id": RELEASED_ID}, {"$set": {"automatic": None}})
    status, said = await house.ask(
        "POST",
        f"/v1/tickets/{SECRET}/split",
        {"messages": [LETTER_ID]},
        "own",
        If_Match=await house.version(),
    )
    assert status == 200, said
    [link] = [one for one in json.loads(said)["links"] if one["kind"] == "split_into"]
    path = f"/v1/tickets/{link['reference']}"
    status, said = await house.ask("GET", path, caller="own")
    assert (status, json.loads(said)["confidential"]) == (200, True)
    assert (await house.ask("GET", path, caller="other"))[0] == 404


async def test_what_is_done_to_many_is_done_to_none_that_is_hidden(house: House) -> None:
    version = int((await house.version()).strip('"'))
    many = [{"reference": one, "version": version} for one in (SECRET, "ENQ-7K3M-92Q2")]
    body = {"action": "note", "text": "Hm.", "tickets": many}
    status, said = await house.ask("POST", "/v1/tickets/bulk", body, "other")
    first, second = json.loads(said)["items"]
    assert (status, first["status"]) == (200, 404)
    assert first | {"reference": ""} == second | {"reference": ""}


async def test_what_is_taken_down_is_told_to_its_team_and_to_others_where_it_is(
    house: House,
) -> None:
    call = {"patron": {"name": "Gwen"}, "channel": "phone", "subject": "A map", "text": "Is it?"}
    status, said = await house.ask("POST", "/v1/tickets", call, "other", Idempotency_Key="k")
    assert (status, json.loads(said)["owner"]["id"]) == (201, "other")
    reference = json.loads(said)["reference"]
    hidden = {"confidential": True, "team": "local-history", "owner": None}
    await house.database.tickets.update_one({"_id": reference}, {"$set": hidden})
    status, said = await house.ask("POST", "/v1/tickets", call, "other", Idempotency_Key="k")
    href = f"/v1/tickets/{reference}"
    assert (status, json.loads(said)) == (202, {"reference": reference, "href": href})


async def test_what_is_filled_in_from_it_is_written_down(house: House) -> None:
    status, said = await house.ask(
        "POST", f"/v1/answers/{ANSWER_ID}/preview", {"reference": SECRET}, "own"
    )
    assert (status, SECRET in said) == (200, True)
    assert (await house.readings())[-1] == ("own", "preview")


async def test_what_a_reply_is_held_against_is_written_down(house: House) -> None:
    path, words = f"/v1/tickets/{SECRET}/reply/check", {"text": "We are open from ten to four."}
    assert (await house.ask("POST", path, words, "other"))[0] == 404
    assert await house.readings() == []
    assert (await house.ask("POST", path, words, "own"))[0] == 200
    assert await house.readings() == [("own", "check")]
