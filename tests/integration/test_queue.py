"""The staff's lists and searches over HTTP, with a real store behind them."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, cast
from urllib.parse import quote

import pytest
from aiohttp.test_utils import TestClient, TestServer
from motor.motor_asyncio import AsyncIOMotorClient
from pymongo.monitoring import (
    CommandFailedEvent,
    CommandListener,
    CommandStartedEvent,
    CommandSucceededEvent,
)

from services.intake.store import Letters
from services.routing import queue
from services.routing.api import Api, make_app
from services.routing.changes import Counter
from services.routing.finding import Finder
from services.routing.following import follow_now
from services.routing.handlers import Desk
from services.routing.listing import Listing, Sort
from services.routing.merging import merge
from services.routing.promise import PromiseState
from services.routing.questions import QueueQuery
from services.routing.roster import Roster
from services.routing.search_words import words_of
from services.routing.situation import Situation
from services.routing.splitting import Part, split
from services.routing.status import Status
from services.routing.store import Tickets
from services.routing.ticket import Change, Escalation, LostContact, Patron, Ticket
from shared.audit_log import AuditLog
from shared.keys import Caller, digest
from shared.mongo import Database
from tests.contract.conftest import fresh_database
from tests.fakes import Clock, Outbox
from tests.stage import Servers
from tests.unit.examples import CALENDARS, LIBRARY, NOW, OWNER, PROMISE, kept_letter, opened

LANGUAGES = LIBRARY.library.languages
SIAN = replace(OWNER, id="sian", name="Siân Example")
HOUR = timedelta(hours=1)
Said = list[tuple[str, str]]


@dataclass
class House:
    """The API on a database, at an hour."""

    database: Database
    tickets: Tickets
    finder: Finder
    desk: Desk
    client: TestClient[Any, Any]

    async def open(self, reference: str, said: Said | None = None, **fields: Any) -> None:
        """A ticket with these letters: direction (`in`, `out`, `note`) and text, oldest first."""
        change = opened(reference=reference)
        ticket: Ticket = replace(change.ticket, **fields)
        letters = list(self._letters(ticket, said or []))
        texts = [one["text"] for one in letters]
        patron = (ticket.patron.name, ticket.patron.address or "", ticket.subject)
        change = replace(
            change,
            ticket=ticket,
            words=words_of([*patron, *texts], LANGUAGES),
            entries=tuple(
                {"at": NOW, "event": "said", "by": "mair", "letter": one["_id"]} for one in letters
            ),
        )
        await self.tickets.open(change, caused_by=f"opening {reference}")
        if letters:
            await self.database.messages.insert_many(letters)

    async def do(self, decide: Callable[[Ticket, Situation], Change], reference: str) -> None:
        """A change of a ticket, and what follows of it on another."""
        seen = await self.tickets.find(reference)
        assert seen is not None
        change = decide(seen, self.desk.situation(f"{decide} {reference}"))
        assert await self.tickets.save(change, caused_by=f"{decide} {reference}")
        await follow_now(change.messages, desk=self.desk)

    async def merge(self, reference: str, into: str) -> None:
        stands = await self.tickets.find(into)
        assert stands is not None
        await self.do(lambda it, s: merge(it, stands, "mair", s), reference)

    def _letters(self, ticket: Ticket, said: Said) -> Sequence[dict[str, Any]]:
        return [
            {
                "_id": f"{ticket.reference}-{number}",
                "reference": ticket.reference,
                "direction": direction,
                "at": ticket.created_at + number * timedelta(minutes=1),
                "text": text,
            }
            for number, (direction, text) in enumerate(said)
        ]

    async def get(self, path: str, caller: str = "mair") -> Any:
        headers = {"Authorization": f"Bearer {caller}"}
        async with self.client.get(path, headers=headers) as answer:
            said = await answer.json()
            assert answer.status == 200, said
            return said

    async def references(self, query: str = "") -> list[str]:
        """All of them, page by page; no page is longer than was asked for."""
        found: list[str] = []
        path = f"/v1/tickets?limit=2&{query}"
        page = await self.get(path)
        while True:
            assert len(page["items"]) <= 2
            found += [one["reference"][-1] for one in page["items"]]
            if page["next"] is None:
                return found
            page = await self.get(f"{path}&cursor={page['next']}")


@pytest.fixture
async def house(servers: Servers) -> AsyncIterator[House]:
    async with fresh_database(servers) as database:
        tickets = Tickets(database, LIBRARY)
        finder = Finder(database, LANGUAGES)
        await tickets.make_indexes()
        await finder.make_indexes()
        await database.keys.insert_one(
            {
                "_id": digest("mair"),
                "caller": "mair",
                "name": "Mair Pretend",
                "scopes": ["tickets:read"],
                "expires_at": NOW + timedelta(days=1),
            }
        )
        clock = Clock()
        desk = Desk(tickets, cast(Any, Outbox()), Roster(tickets, clock), LIBRARY, CALENDARS, clock)
        counter = Counter(desk, tickets, AuditLog(database))
        app = make_app(Api(counter))
        app.add_routes(queue.routes(queue.Queue(counter, finder)))
        async with TestClient(TestServer(app)) as client:
            yield House(database, tickets, finder, desk, client)


def _due(at: datetime) -> Any:
    return replace(PROMISE, due_at=at)


def _ended(status: Status, at: datetime) -> Mapping[str, Any]:
    return {"status": status, "updated_at": at, "is_unanswered": False}


# Orders.


async def test_what_is_due_first_stands_first_and_what_has_ended_last(house: House) -> None:
    await house.open("ENQ-0", promise=_due(NOW + 5 * HOUR))
    await house.open("ENQ-1", promise=_due(NOW - HOUR))
    await house.open("ENQ-2", promise=None, is_unanswered=False)
    await house.open("ENQ-3", **_ended(Status.CLOSED, NOW - 9 * HOUR))
    await house.open("ENQ-4", **_ended(Status.RESOLVED, NOW - HOUR))
    await house.open("ENQ-5", promise=None, remind_at=NOW + HOUR, is_unanswered=False)
    lost = LostContact(NOW, "phone", NOW + 2 * HOUR)
    await house.open("ENQ-6", promise=_due(NOW + 9 * HOUR), lost=lost)
    await house.open("ENQ-7", promise=None, updated_at=NOW - 3 * HOUR)
    kept = replace(_due(NOW - 7 * HOUR), state=PromiseState.KEPT)
    await house.open("ENQ-8", promise=kept, is_unanswered=False, updated_at=NOW + HOUR)
    assert await house.references() == list("715602843")


async def test_a_page_that_is_just_full_has_no_next(house: House) -> None:
    await house.open("ENQ-0")
    assert (await house.get("/v1/tickets?limit=1"))["next"] is None


async def test_those_of_one_moment_are_told_once_each_in_every_order(house: House) -> None:
    for number in range(7):
        await house.open(f"ENQ-{number}")
    assert await house.references() == list("0123456")
    assert await house.references("sort=created") == list("6543210")
    assert await house.references("sort=updated") == list("6543210")


async def test_the_newest_and_the_last_changed_come_first(house: House) -> None:
    await house.open("ENQ-0", created_at=NOW - 3 * HOUR, updated_at=NOW - HOUR)
    await house.open("ENQ-1", created_at=NOW - 2 * HOUR, updated_at=NOW - 2 * HOUR)
    await house.open("ENQ-2", created_at=NOW - 4 * HOUR, updated_at=NOW)
    assert await house.references("sort=created") == list("102")
    assert await house.references("sort=updated") == list("201")


_SEARCHES = ["q=map", "q=map+room", "q=maps+rooms&owner=me", "q=%22map+room%22&status=open"]

# Sifting.


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("", "0123456"),
        ("status=new", "1"),
        ("status=open", "012456"),
        ("status=closed", "3"),
        ("owner=me", "03456"),
        ("owner=me&status=open", "0456"),
        ("owner=me&status=closed", "3"),
        ("owner=sian", "2"),
        ("owner=none", "1"),
        ("owner=nobody-at-all", ""),
        ("team=local-history", "24"),
        ("team=local-history&owner=me", "4"),
        ("team=local-history&topic=general", "2"),
        ("topic=local-history", "4"),
        ("escalated=true", "5"),
        ("escalated=true&owner=sian", ""),
        ("at_risk=true", "06"),
        ("patron=Gwen%2Bbooks@Patrons.example", "6"),
        ("patron=nobody@patrons.example", ""),
        ("tag=map", "45"),
        ("tag=%20MAP%20", "45"),
        ("tag=map&owner=me&status=open", "45"),
        ("tag=map&topic=local-history", "4"),
        ("tag=maps", ""),
        ("since=2026-11-23T10:00:00Z", "01235"),
        ("until=2026-11-23T10:00:00Z", "46"),
        ("since=2026-11-23T09:00:00Z&until=2026-11-23T10:00:00Z", "4"),
        ("since=2026-11-23T09:00:00Z&status=open&team=local-history", "24"),
    ],
)
async def test_a_list_has_what_is_asked_for_and_nothing_else_in_every_order(
    house: House, query: str, wanted: str
) -> None:
    await house.open("ENQ-0", risk_at=(NOW - HOUR, NOW + HOUR))
    await house.open("ENQ-1", owner=None, status=Status.NEW, risk_at=(NOW + HOUR,))
    await house.open("ENQ-2", owner=SIAN, team="local-history", risk_at=(NOW + HOUR,))
    await house.open("ENQ-3", **_ended(Status.CLOSED, NOW), promise=None)
    local: dict[str, Any] = {"team": "local-history", "topic": "local-history", "promise": None}
    await house.open("ENQ-4", **local, created_at=NOW - HOUR, tags=("deed", "map"))
    up = Escalation(1, "The deed is in Latin", "mair", NOW)
    await house.open("ENQ-5", escalation=up, risk_at=(NOW + HOUR,), tags=("map",))
    gwen = Patron("Gwen Sample", "gwen+shop@patrons.example")
    await house.open("ENQ-6", patron=gwen, risk_at=(), created_at=NOW - 2 * HOUR)
    for sort in ("due", "created", "updated"):
        assert sorted(await house.references(f"{query}&sort={sort}")) == list(wanted)


async def test_a_ticket_moves_between_the_lists_as_it_changes(house: House) -> None:
    await house.open("ENQ-0")
    assert await house.references("status=open&owner=me") == ["0"]
    seen = await house.tickets.find("ENQ-0")
    assert seen is not None
    ended = replace(seen, version=seen.version + 1, status=Status.RESOLVED)
    change = replace(opened(), ticket=ended, entries=(), promises=(), messages=())
    assert await house.tickets.save(change, caused_by="an answer")
    assert await house.references("status=open&owner=me") == []
    assert await house.references("status=resolved&owner=me") == ["0"]


async def test_tickets_of_before_there_were_headings_are_filed(house: House) -> None:
    for number in range(3):
        await house.open(f"ENQ-{number}", [("in", "Where is the old map?")])
    gone = {"filed": 1, "queue_at": 1, "words": 1}
    await house.database.tickets.update_many({"_id": {"$ne": "ENQ-2"}}, {"$unset": gone})
    assert await house.references("owner=me") == ["2"]
    assert await house.finder.file_what_is_not() == 2
    assert await house.references("owner=me") == list("012")
    assert sorted(await house.references("q=map")) == list("012")
    assert await house.finder.file_what_is_not() == 0


_SESSION = frozenset({"lsid", "$db", "$clusterTime", "readConcern", "maxTimeMS", "txnNumber"})
_ASKED = (
    *("", "status=new", "status=open", "owner=me", "owner=me&status=open", "owner=none"),
    *("team=enquiries", "team=enquiries&status=open", "topic=general&team=enquiries"),
    *("escalated=true&team=enquiries", "at_risk=true", "at_risk=true&owner=me"),
    *("patron=a@patrons.example", "patron=a@patrons.example&status=closed"),
    *("tag=map", "tag=map&status=open", "tag=map&team=enquiries"),
    *("since=2026-11-23T10:00:00Z", "until=2026-11-23T10:00:00Z&status=resolved"),
)


@pytest.mark.parametrize("query", [f"{one}&sort={it}" for one in _ASKED for it in Sort] + _SEARCHES)
async def test_every_list_is_read_in_its_order_by_an_index(house: House, query: str) -> None:
    for number in range(3):
        await house.open(f"ENQ-{number}", [("in", "the map room")])
    first = await house.get(f"/v1/tickets?limit=1&{query}")
    await house.database.command("profile", 2)
    await house.get(f"/v1/tickets?limit=1&{query}")
    if first["next"]:
        await house.get(f"/v1/tickets?limit=1&{query}&cursor={first['next']}")
    await house.database.command("profile", 0)
    where = {"ns": f"{house.database.name}.tickets", "op": {"$in": ["query", "command"]}}
    asked = await house.database["system.profile"].find(where).to_list(None)
    assert any(one["op"] == "query" for one in asked)
    for one in asked:
        stages = await _stages_of(house.database, one["command"])
        assert stages & {"IXSCAN", "RECORD_STORE_FAST_COUNT"}  # of all, MongoDB keeps a count
        # Some tickets that have several words are put in order when they are read.
        assert not stages & ({"COLLSCAN"} if "+" in query else {"COLLSCAN", "SORT"})


async def _stages_of(database: Database, command: Mapping[str, Any]) -> set[str]:
    again = {name: value for name, value in command.items() if name not in _SESSION}
    plan = await database.command("explain", again, verbosity="queryPlanner")
    text = repr(plan.get("stages") or plan["queryPlanner"]["winningPlan"])
    return set(re.findall(r"'stage': '([A-Z_]+)'", text))


# Words.


async def _letters(house: House) -> None:
    await house.open(
        "ENQ-0",
        [("in", "When is the Bibliothèque open on Sundays?"), ("out", "It is closed then.")],
        created_at=NOW - 3 * HOUR,
        subject="Opening hours",
    )
    await house.open(
        "ENQ-1",
        [("in", "I lost two books on the train."), ("note", "The guard has found them")],
        created_at=NOW - 2 * HOUR,
        subject="Lost",
        patron=Patron("Siân Sample", "sian@patrons.example"),
    )
    await house.open(
        "ENQ-2",
        [("in", "Which hours is the reading room open? The opening was late.")],
        created_at=NOW - HOUR,
        subject="A book about Llŷn",
        owner=SIAN,
    )


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("bibliotheque", "0"),
        ("BIBLIOTHÈQUE", "0"),
        ("book", "21"),
        ("books", "21"),
        ("book train", "1"),
        ("train book", "1"),
        ("llyn", "2"),
        ("opening hours", "20"),
        ('"opening hours"', "0"),
        ('"opening hours', "0"),
        ('"hours opening"', ""),
        ('hours "reading room"', "2"),
        ("sian", "1"),
        ("sian@patrons.example", "1"),
        ("guard", "1"),
        ("closed", "0"),
        ("zeppelin", ""),
        ("zeppelin hours", ""),
    ],
)
async def test_words_find_tickets_the_newest_first(house: House, words: str, wanted: str) -> None:
    await _letters(house)
    found = await house.references(f"q={quote(words)}")
    assert found == list(wanted)


@pytest.mark.parametrize(("newest", "named"), [(200, 1000), (1, 1000), (1, 1)])
async def test_however_words_are_looked_up_the_same_is_found(
    house: House, newest: int, named: int
) -> None:
    """Words that often meet are read in their order; of others the index says who has them all,
    unless that are more than was thought."""
    await _letters(house)
    for number in (3, 4, 5):
        when = NOW - number * HOUR
        await house.open(
            f"ENQ-{number}", [("in", "A ledger and a quay")], created_at=when, subject="It"
        )
    finder = Finder(house.database, LANGUAGES, newest=newest, named=named)
    caller = Caller("mair", "Mair Example", frozenset())
    asked = (("opening hours", "20"), ("hours the", "20"), ("lost zeppelin", ""))
    for words, wanted in (*asked, ("quay ledger", "345"), ("ledger quay and", "345")):
        found: list[str] = []
        cursor, more = None, True
        while more:
            listing = Listing.of(QueueQuery(q=words, limit=1, cursor=cursor), caller, NOW)
            page, more = await finder.page(listing)
            found += [one["_id"].removeprefix("ENQ-") for one in page]
            cursor = listing.cursor_after(page[-1]) if more else None
        assert found == list(wanted), words


async def test_searches_wait_for_each_other(servers: Servers, house: House) -> None:
    """Each may keep a core of MongoDB busy: the queue is not to wait for fifty."""
    await _letters(house)
    at_once = AtOnce()
    client: Any = AsyncIOMotorClient(servers.mongodb_uri, tz_aware=True, event_listeners=[at_once])
    finder = Finder(client[house.database.name], LANGUAGES)
    listing = Listing.of(QueueQuery(q="hours opening"), Caller("mair", "Mair", frozenset()), NOW)
    found = await asyncio.gather(*(finder.page(listing) for _ in range(20)))
    client.close()
    assert [[one["_id"] for one in page] for page, _ in found] == [["ENQ-2", "ENQ-0"]] * 20
    assert at_once.most == 1


class AtOnce(CommandListener):
    """How many commands about words MongoDB had at once."""

    def __init__(self) -> None:
        self.most = 0
        self._asked: set[int] = set()

    def started(self, event: CommandStartedEvent) -> None:
        if "words" in repr(event.command):
            self._asked.add(event.request_id)
            self.most = max(self.most, len(self._asked))

    def succeeded(self, event: CommandSucceededEvent) -> None:
        self._asked.discard(event.request_id)

    def failed(self, event: CommandFailedEvent) -> None:
        self._asked.discard(event.request_id)


async def test_words_are_looked_for_among_what_is_asked_for(house: House) -> None:
    await _letters(house)
    assert await house.references("q=hours&owner=me") == ["0"]
    assert await house.references("q=hours&owner=sian&status=open") == ["2"]
    assert await house.references("q=hours&status=closed") == []


async def test_a_result_says_why_it_matched(house: House) -> None:
    await _letters(house)
    found = (await house.get("/v1/tickets?q=books"))["items"]
    assert found[0]["matched"] == [
        {"in": "subject", "message": None, "words": ["book"], "text": "A book about Llŷn"}
    ]
    assert found[1]["matched"] == [
        {
            "in": "letter",
            "message": "ENQ-1-0",
            "words": ["books"],
            "text": "I lost two books on the train.",
        }
    ]


async def test_a_merged_ticket_is_found_by_the_words_of_all_its_letters(house: House) -> None:
    await house.open("ENQ-0", [("in", "Where is the quayside ledger?")])
    await house.open("ENQ-1", [("in", "And who keeps it?")], created_at=NOW - HOUR)
    await house.merge("ENQ-0", "ENQ-1")
    found = (await house.get("/v1/tickets?q=ledger"))["items"]
    assert [one["reference"] for one in found] == ["ENQ-0", "ENQ-1"]
    [why] = found[1]["matched"]
    assert (why["message"], why["words"]) == ("ENQ-0-0", ["ledger"])
    assert await house.references("q=%22quayside+ledger%22") == ["0", "1"]


async def test_a_split_ticket_is_found_by_the_words_of_the_letters_that_it_has(
    house: House,
) -> None:
    said = [("in", "Where is the ledger?"), ("in", "Is it open?"), ("note", "By the quayside.")]
    await house.open("ENQ-0", said)
    letters = Letters(house.database)
    for number in (0, 1):
        await house.database.messages.delete_one({"_id": f"ENQ-0-{number}"})
        text = said[number][1]
        one = kept_letter(f"ENQ-0-{number}", text=text, new_text=text)
        await letters.save(one, "ENQ-0", None)
    part = Part(("ENQ-0-0",), ("ENQ-0-2",))
    await house.do(lambda it, s: split(it, part, "ENQ-1", "mair", s), "ENQ-0")
    for word in ("ledger", "quayside"):
        found = (await house.get(f"/v1/tickets?q={word}"))["items"]
        [places] = [one["matched"] for one in found if one["reference"] == "ENQ-1"]
        assert [one["words"] for one in places] == [[word]]
    found = (await house.get("/v1/tickets?q=%22the+quayside%22"))["items"]
    assert [one["reference"] for one in found] == ["ENQ-1"]


async def test_a_page_of_a_rare_phrase_goes_on_where_it_ended(house: House) -> None:
    for number in range(8):
        text = "the map room" if number % 4 == 0 else "room for the map"
        await house.open(f"ENQ-{number}", [("in", text)], created_at=NOW - number * HOUR)
    assert await house.references("q=%22map+room%22") == ["0", "4"]


async def test_words_that_were_never_sent_explain_nothing(house: House) -> None:
    await _letters(house)
    draft = {"_id": "draft", "reference": "ENQ-0", "direction": "out", "at": NOW, "text": "hours"}
    await house.database.messages.insert_one(draft)
    matched = (await house.get("/v1/tickets?q=hours&owner=me"))["items"][0]["matched"]
    assert [one["message"] for one in matched] == [None]


async def test_a_reference_is_found_as_people_write_it(house: House) -> None:
    await house.open("ENQ-7K3M-92Q2")
    found = await house.get("/v1/tickets?q=enq7k3m92q2")
    assert [one["reference"] for one in found["items"]] == ["ENQ-7K3M-92Q2"]
    assert (await house.get("/v1/tickets?q=ENQ-8K3M-92QX"))["items"] == []


# What was asked and answered before.

_LAMP = "The reading lamp on the second floor by the window flickers all the time."
ONE = "ENQ-7K3M-92Q2"


async def _alike(house: House) -> None:
    patron = Patron("Gwen Sample", "gwen@patrons.example")
    await house.open(ONE, [("in", _LAMP)], patron=patron)
    await house.open(
        "ENQ-1",
        [("in", f"Hello! {_LAMP} Please help"), ("out", "We have changed the bulb today.")],
        created_at=NOW - 24 * HOUR,
    )
    await house.open(
        "ENQ-2",
        [("in", _LAMP), ("out", "Lamps are for the council, which has no money until spring.")],
        created_at=NOW - 48 * HOUR,
    )
    await house.open("ENQ-3", [("in", "Where can I find the census of 1891?")], patron=patron)
    await house.open("ENQ-4", [("in", _LAMP)], **_ended(Status.CLOSED, NOW), patron=patron)


async def test_enquiries_like_this_one_are_shown_with_their_answers(house: House) -> None:
    await _alike(house)
    found = (await house.get(f"/v1/tickets/{ONE}/similar"))["items"]
    assert {one["reference"] for one in found} == {"ENQ-1", "ENQ-2", "ENQ-4"}
    assert found == sorted(found, key=lambda one: -one["score"])
    answers = {one["reference"]: one["answer"] for one in found}
    assert answers["ENQ-1"] == "We have changed the bulb today."
    assert answers["ENQ-4"] is None


async def test_it_warns_of_answers_that_differ_and_of_the_patrons_other_tickets(
    house: House,
) -> None:
    await _alike(house)
    warnings = (await house.get(f"/v1/tickets/{ONE}/similar"))["warnings"]
    assert {(one["kind"], *sorted(one["references"])) for one in warnings} == {
        ("open_elsewhere", "ENQ-3"),
        ("answered_differently", "ENQ-1", "ENQ-2"),
    }


async def test_what_was_answered_long_ago_warns_of_nothing(house: House) -> None:
    await _alike(house)
    long_ago = {"$set": {"at": NOW - timedelta(days=91)}}
    await house.database.messages.update_one({"_id": "ENQ-2-1"}, long_ago)
    warnings = (await house.get(f"/v1/tickets/{ONE}/similar"))["warnings"]
    assert [one["kind"] for one in warnings] == ["open_elsewhere"]


async def test_nothing_is_like_the_first_enquiry_of_all(house: House) -> None:
    await house.open(ONE, [("in", _LAMP)])
    assert await house.get(f"/v1/tickets/{ONE}/similar") == {"items": [], "warnings": []}


async def test_a_confidential_enquiry_is_in_no_list_search_or_likeness_of_others(
    house: House,
) -> None:
    key = {**(await house.database.keys.find_one() or {}), "_id": digest("alys"), "caller": "alys"}
    await house.database.keys.insert_one(key)
    await _alike(house)
    await house.open("ENQ-9", [("in", _LAMP)], confidential=True)
    for path in ("/v1/tickets?owner=mair", "/v1/tickets?q=lamp", f"/v1/tickets/{ONE}/similar"):
        references = {
            caller: {one["reference"] for one in (await house.get(path, caller))["items"]}
            for caller in ("mair", "alys")
        }
        assert references["mair"] - references["alys"] == {"ENQ-9"}
    read = await house.database.audit.find({"references": "ENQ-9"}).to_list(None)
    assert [(one["by"], one["what"]) for one in read] == [
        ("mair", "list"),
        ("mair", "list"),
        ("mair", "similar"),
    ]
