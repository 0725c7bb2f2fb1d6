"""What the services ask MongoDB all day is served by an index, whatever the number of tickets."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from typing import Any, Final

import pytest
from motor.motor_asyncio import AsyncIOMotorClient

from deploy.local.servers import ROOT
from services.intake.store import Letters
from services.notify.store import Notices
from services.routing.canned_store import Answers
from services.routing.charter import month_of
from services.routing.charter_store import steps_of
from services.routing.finding import Finder
from services.routing.patron_store import Patrons
from services.routing.publisher_store import Publishers
from services.routing.reporting import Reports
from services.routing.sight import both, sight_of
from services.routing.store import Tickets
from shared.audit_log import AuditLog
from shared.keys import Caller
from shared.library import read_library
from shared.names_now import NamesNow
from shared.quarantine import Quarantine
from shared.staff import Role
from tests.stage import Servers

LIBRARY = read_library(ROOT / "deploy/library.toml")
NOVEMBER = month_of(date(2026, 11, 1), LIBRARY.library.zone)
IN_NOVEMBER = {"$gte": NOVEMBER.begins, "$lt": NOVEMBER.ends}


@pytest.fixture
async def database(servers: Servers) -> AsyncIterator[Any]:
    client: Any = AsyncIOMotorClient(servers.mongodb_uri, tz_aware=True)
    found = client["test_indexes"]
    await Letters(found).make_indexes()
    await Tickets(found, LIBRARY).make_indexes()
    await Reports(found, LIBRARY).make_indexes()
    await Notices(found).make_indexes()
    yield found
    await client.drop_database("test_indexes")
    client.close()


def _stages(plan: dict[str, Any]) -> set[str]:
    """The names of every step of a plan."""
    inner = [plan["inputStage"]] if "inputStage" in plan else plan.get("inputStages", [])
    return {plan["stage"]}.union(*(_stages(one) for one in inner))


async def _plan(database: Any, collection: str, where: dict[str, Any], **more: Any) -> set[str]:
    command = {"find": collection, "filter": where, **more}
    answer = await database.command("explain", command, verbosity="queryPlanner")
    return _stages(answer["queryPlanner"]["winningPlan"])


@pytest.mark.parametrize("collection", ["messages", "tickets", "notices"])
async def test_what_is_left_to_send_is_found_by_index(database: Any, collection: str) -> None:
    steps = await _plan(database, collection, {"outbox.message_id": {"$exists": True}})
    assert "IXSCAN" in steps
    assert "COLLSCAN" not in steps


async def test_the_index_of_what_is_left_to_send_is_empty_once_all_is_sent(database: Any) -> None:
    await database.tickets.insert_many(
        [{"_id": "a", "outbox": []}, {"_id": "b", "outbox": [{"message_id": "m"}]}]
    )
    hinted = database.tickets.find({}, hint="outbox.message_id_1")
    assert [one["_id"] for one in await hinted.to_list(None)] == ["b"]


async def test_letters_that_are_due_are_found_by_index(database: Any) -> None:
    where = {"due_at": {"$type": "date"}, "$expr": {"$lte": ["$due_at", "$$NOW"]}}
    steps = await _plan(database, "notices", where, sort={"due_at": 1})
    assert "IXSCAN" in steps
    assert not steps & {"COLLSCAN", "SORT"}


async def test_a_thread_is_found_by_index(database: Any) -> None:
    for where in ({"reference": "ENQ-1"}, {"message_id": {"$in": ["<a@b>"]}}):
        assert "COLLSCAN" not in await _plan(database, "messages", where)


async def test_what_a_sender_opened_of_late_is_counted_by_index(database: Any) -> None:
    where = {
        "counted_as": {"$in": ["rhian@patrons.example"]},
        "at": {"$gt": datetime(2026, 11, 23, tzinfo=UTC)},
    }
    steps = await _plan(database, "messages", where)
    assert "IXSCAN" in steps
    assert "COLLSCAN" not in steps


async def test_what_is_kept_aside_is_read_in_its_order_by_index(database: Any) -> None:
    where = {"aside": "quarantined"}
    steps = await _plan(database, "messages", where, sort={"at": 1, "_id": 1})
    assert "IXSCAN" in steps
    assert not steps & {"COLLSCAN", "SORT"}


async def test_a_tickets_letters_are_found_by_index(database: Any) -> None:
    came_in = {"reference": "ENQ-1", "direction": "in"}
    where = {"$or": [came_in, {"_id": {"$in": ["letter-1"]}}]}
    assert "COLLSCAN" not in await _plan(database, "messages", where, sort={"at": 1})


async def test_a_months_charter_is_read_by_index_with_all_that_belongs_to_a_ticket(
    database: Any,
) -> None:
    rows = [
        {
            "_id": f"ENQ-{number}",
            "created_at": datetime(2026, 11, 1 + number % 28, tzinfo=UTC),
            "patron_key": f"{number % 20}@patrons.example" if number % 3 else None,
        }
        for number in range(300)
    ]
    await database.tickets.insert_many(rows)
    await database.notices.insert_many(
        [{"reference": f"ENQ-{number}", "state": "sent", "text": ""} for number in range(300)]
    )
    inner = {"aggregate": "tickets", "pipeline": steps_of(NOVEMBER, None), "cursor": {}}
    told = await database.command("explain", inner, verbosity="executionStats")
    first, *others = told["stages"]
    assert "COLLSCAN" not in _stages(first["$cursor"]["queryPlanner"]["winningPlan"])
    looked = [one for one in others if "$lookup" in one]
    assert len(looked) == 2
    for one in looked:
        assert one["collectionScans"] == 0
        assert one["totalDocsExamined"] <= 300


async def test_open_deliveries_are_found_by_index(database: Any) -> None:
    moments = ("deliveries.items.next_at", "deliveries.list_by")
    is_open = {"$or": [{one: {"$type": "date"}} for one in moments], "erased_at": None}
    assert "COLLSCAN" not in await _plan(database, "tickets", is_open)


async def test_letters_that_came_to_nothing_are_found_by_an_index_of_nothing_else(
    database: Any,
) -> None:
    where = {"direction": "in", "state": None, "at": IN_NOVEMBER}
    assert "COLLSCAN" not in await _plan(database, "messages", where)
    at = datetime(2026, 11, 2, tzinfo=UTC)
    await database.messages.insert_many(
        [
            {"_id": "lost", "direction": "in", "at": at},
            {"_id": "kept", "direction": "in", "at": at, "state": "opened"},
            {"_id": "words", "direction": "out", "at": at},
        ]
    )
    hinted = database.messages.find({"direction": "in", "state": None}, hint="at_1")
    assert [one["_id"] for one in await hinted.to_list(None)] == ["lost"]


async def test_causes_are_read_in_their_order_by_index(database: Any) -> None:
    where = {"trouble_key": {"$type": "string"}, "created_at": IN_NOVEMBER}
    steps = await _plan(database, "tickets", where, sort={"created_at": -1, "_id": 1})
    assert "IXSCAN" in steps
    assert not steps & {"COLLSCAN", "SORT"}
    named = {"trouble_key": {"$eq": "page wrong", "$type": "string"}}
    assert "COLLSCAN" not in await _plan(database, "tickets", named)


@pytest.mark.parametrize("where", [{}, {"languages": "en"}, {"words": {"$regex": "^open"}}])
async def test_canned_answers_come_in_order_from_an_index(database: Any, where: Any) -> None:
    steps = await _plan(database, "answers", where, sort={"uses": -1, "_id": 1})
    assert "IXSCAN" in steps
    assert not steps & {"COLLSCAN", "SORT"}


async def test_the_queue_of_who_may_not_see_everything_is_served_by_the_same_index(
    database: Any,
) -> None:
    await Finder(database, ("en",)).make_indexes()
    await database.tickets.insert_one({"_id": "a", "filed": ["all", "status new"]})
    sight = sight_of(Caller("mair", "Mair Pretend", frozenset(), Role.STAFF, "enquiries"))
    order = {"queue_at": 1, "_id": 1}
    for where in ({"filed": "all"}, {"filed": "status new"}):
        steps = await _plan(database, "tickets", both(where, sight), sort=order)
        assert "IXSCAN" in steps
        assert not {"COLLSCAN", "SORT"} & steps, steps


@asynccontextmanager
async def profiled(database: Any) -> AsyncIterator[list[dict[str, Any]]]:
    """What MongoDB is asked meanwhile, each with its plan, once it is over."""
    asked: list[dict[str, Any]] = []
    await database.command("profile", 2)
    try:
        yield asked
    finally:
        await database.command("profile", 0)
    found = database["system.profile"].find({"op": "query"}).sort("ts", 1)
    asked += await found.to_list(None)
    await database.drop_collection("system.profile")


ME = Caller("mair", "Mair", frozenset(), Role.STAFF, "enquiries")
AT = datetime(2026, 11, 23, tzinfo=UTC)
PUBLISHER = {"_id": "p", "version": 1, "name": "Gwasg", "address": "a@b.example", "language": "cy"}
LISTS: Final[Mapping[str, Callable[[Any], Awaitable[object]]]] = {
    "a patron": lambda it: Patrons(it).tickets("rhian@patrons.example", ME, 50),
    "what a patron needs": lambda it: Patrons(it).needs("rhian@patrons.example", ME, None),
    "what a patron was answered": lambda it: Patrons(it).answered("r@x.example", "ENQ-1", ME),
    "the audit log": lambda it: AuditLog(it).page(None, None, 50),
    "the audit log, further on": lambda it: AuditLog(it).page(None, 100, 50),
    "the audit log of a ticket": lambda it: AuditLog(it).page("ENQ-1", 100, 50),
    "what is kept aside": lambda it: Quarantine(it).page("quarantined", None, 50),
    "what is kept aside, further on": lambda it: Quarantine(it).page("noted", (AT, "a"), 50),
    "canned answers": lambda it: Answers(it).page([], None, None, 50),
    "canned answers of a language": lambda it: Answers(it).page([], "cy", (3, "a"), 50),
    "canned answers with words": lambda it: Answers(it).page(["open"], None, (3, "a"), 50),
    "publishers": lambda it: Publishers(it).all(sight_of(ME)),
    "a ticket with its deliveries": lambda it: Tickets(it, LIBRARY).seen_by(ME).find("ENQ-1"),
    "the last ticket of a patron": lambda it: Tickets(it, LIBRARY).letter("letter-1"),
    "a member's name": lambda it: NamesNow(it).within({"owner": {"id": "mair"}}, "owner"),
}
"""What the lists of the staff's API ask, but for the staff and the teams: all of the staff are
read, in no order."""


@pytest.mark.parametrize("what", LISTS)
async def test_each_list_is_served_by_an_index_in_its_order(database: Any, what: str) -> None:
    await AuditLog(database).make_indexes()
    await database.publishers.insert_one(PUBLISHER)
    known = {"name": "Rhian", "address_as_written": "rhian@patrons.example", "at": AT}
    said: dict[str, Any] = {
        "subject": "?",
        "text": "?",
        "automatic": None,
        "asked": {},
        "recipients": [],
    }
    await database.messages.insert_one({"_id": "letter-1", **known, **said})
    await database.audit.insert_one({"_id": 1, "references": ["ENQ-2"]})
    await database.staff.insert_one({"_id": "mair", "name": "Mair", "address": "m@x.example"})
    async with profiled(database) as asked:
        await LISTS[what](database)
    assert asked
    for one in asked:
        assert "COLLSCAN" not in one["planSummary"], one["command"]
        assert not one.get("hasSortStage"), one["command"]


async def test_a_list_without_an_index_would_be_seen(database: Any) -> None:
    await database.patrons.insert_one({"name": "Rhian"})
    async with profiled(database) as asked:
        await database.patrons.find({"name": "Rhian"}).sort("name", 1).to_list(None)
    [one] = asked
    assert (one["planSummary"], one["hasSortStage"]) == ("COLLSCAN", True)


async def test_a_patrons_last_ticket_costs_one_document_however_many_there_are(
    database: Any,
) -> None:
    await database.tickets.insert_many(
        [
            {"patron_key": f"{number % 3}@patrons.example", "created_at": number, "language": "en"}
            for number in range(300)
        ]
    )
    await database.command("profile", 2)
    await Patrons(database).last("1@patrons.example")
    await database.command("profile", 0)
    [told] = await database["system.profile"].find({"command.aggregate": "tickets"}).to_list(None)
    await database.drop_collection("system.profile")
    assert told["planSummary"].startswith("DISTINCT_SCAN")
    assert told["docsExamined"] == 1
