"""Class 29: operators of the database in the place of values. Every field of every body is of one
kind, and says 422 to any other; and the database runs no script of anybody."""

from collections.abc import AsyncIterator
from typing import Any, Final

import pytest

from deploy.local.servers import ROOT
from services.intake.mail import read
from services.routing import bulk, canned_answers, taken_down, together
from services.routing.changes import Counter
from services.routing.handlers import Desk
from tests.attacks.costs import reading
from tests.builders import mail
from tests.unit.examples import CALENDARS, LIBRARY, REFERENCE
from tests.unit.intake import test_web as intake
from tests.unit.intake.test_web import EACH, Place, changed
from tests.unit.routing import test_api as routing
from tests.unit.routing.test_taken_down import Kept

OPERATORS: Final[tuple[Any, ...]] = (
    {"$ne": None},
    {"$gt": ""},
    {"$gte": "", "$lt": "\uffff"},
    {"$regex": ".*"},
    {"$regex": "^a", "$options": "i"},
    {"$where": "sleep(5000)"},
    {"$function": {"body": "function() { sleep(5000) }", "args": [], "lang": "js"}},
    {"$expr": {"$eq": [1, 1]}},
    {"$exists": True},
    {"$in": ["a"]},
    {"$nin": []},
    {"$type": "string"},
    {"$set": {"status": "closed"}},
    {"$eq": "Rhian Example"},
    [{"$ne": 1}],
)
WRITTEN: Final = (
    ("reply", {"text": "words"}, ("text",)),
    ("note", {"text": "words"}, ("text",)),
    ("wait", {"for": "patron"}, ("for",)),
    ("assign", {"owner": "sian"}, ("owner",)),
)


@pytest.fixture
async def house() -> AsyncIterator[intake.House]:
    house = intake.House()
    async with house.client:
        yield house


@pytest.fixture
async def staff() -> AsyncIterator[routing.House]:
    house = routing.House()
    await house.open()
    async with house.client:
        yield house


def _name(value: Any) -> str | None:
    return ".".join(map(str, value)) if isinstance(value, tuple) else None


def test_there_are_enough() -> None:
    assert len(OPERATORS) == 15


@pytest.mark.parametrize(("path", "body", "place"), EACH, ids=_name)
async def test_an_operator_is_no_value_of_an_integration(
    house: intake.House, path: str, body: Any, place: Place
) -> None:
    for operator in OPERATORS:
        status, said = await house.post(changed(body, place, operator), "k", path=path)
        assert status == 422, operator
        where = ".".join(map(str, place))
        assert all(one["field"].startswith(where) for one in said["errors"])
        assert "sleep" not in str(said)
    assert house.letters.kept == {}


@pytest.mark.parametrize(("action", "body", "place"), WRITTEN, ids=_name)
async def test_an_operator_is_no_value_of_staff(
    staff: routing.House, action: str, body: Any, place: Place
) -> None:
    for operator in OPERATORS:
        status, said = await staff.do(action, changed(body, place, operator))
        assert (status, said["type"]) == (422, "/problems/invalid"), operator
        assert "sleep" not in str(said)
    assert staff.tickets.rows[REFERENCE].ticket.version == 1
    assert staff.tickets.written == {}


ONE: Final = f"/v1/tickets/{REFERENCE}"
MANY: Final = {"tickets": [{"reference": REFERENCE, "version": 1}]}
CALL: Final = {
    "patron": {"name": "Gwen", "address": "gwen@patrons.example", "phone": "01234"},
    "channel": "phone",
    "subject": "A map",
    "text": "Is there one?",
}
ANSWER: Final = {"title": "Hours", "texts": {"en": "Ten to four."}}
ROUTES: Final[tuple[tuple[str, Any, Place], ...]] = (
    (f"{ONE}/merge", {"into": "ENQ-0000-0000"}, ("into",)),
    (f"{ONE}/merge", {"into": "ENQ-0000-0000"}, ("patrons_differ",)),
    (f"{ONE}/split", {"messages": ["letter-1"]}, ("messages", 0)),
    (f"{ONE}/split", {"messages": ["letter-1"]}, ("subject",)),
    (f"{ONE}/links", {"to": "ENQ-0000-0000", "kind": "related"}, ("to",)),
    (f"{ONE}/links", {"to": "ENQ-0000-0000", "kind": "related"}, ("kind",)),
    (f"{ONE}/tags", {"add": ["map"]}, ("add", 0)),
    (f"{ONE}/tags", {"add": ["map"]}, ("remove",)),
    (f"{ONE}/reply", {"text": "words"}, ("answer",)),
    ("/v1/tickets/bulk", {"action": "claim", **MANY}, ("action",)),
    ("/v1/tickets/bulk", {"action": "claim", **MANY}, ("tickets", 0, "reference")),
    ("/v1/tickets/bulk", {"action": "claim", **MANY}, ("tickets", 0, "version")),
    ("/v1/tickets/bulk", {"action": "assign", "owner": "sian", **MANY}, ("owner",)),
    *(("/v1/tickets", CALL, ("patron", one)) for one in ("name", "address", "phone")),
    *(("/v1/tickets", CALL, (one,)) for one in (*CALL, "topic", "language", "owner", "format")),
    *(("/v1/tickets", CALL, (one,)) for one in ("needed_by", "acknowledge")),
    *(("/v1/answers", ANSWER, (one,)) for one in ("title", "texts", "topic")),
    ("/v1/answers", ANSWER, ("texts", "en")),
)


@pytest.fixture
async def everything() -> AsyncIterator[routing.House]:
    house = routing.House()
    store: Any = house.tickets
    desk = Desk(store, house.outbox, house.roster, LIBRARY, CALENDARS, house.clock)
    counter = Counter(desk, store, house.audit)
    app = house.client.app
    for one in (together, bulk, canned_answers):
        app.add_routes(one.routes(counter))
    app.add_routes(taken_down.routes(taken_down.Desk(counter, Kept(house.tickets))))
    await house.open()
    async with house.client:
        yield house


@pytest.mark.parametrize(("path", "body", "place"), ROUTES, ids=_name)
async def test_an_operator_is_no_value_of_whatever_else_staff_do(
    everything: routing.House, path: str, body: Any, place: Place
) -> None:
    for operator in OPERATORS:
        asked = changed(body, place, operator)
        status, said, _ = await everything.ask("POST", path, asked, If_Match='"1"')
        assert (status, said["type"]) == (422, "/problems/invalid"), operator
        assert "sleep" not in str(said)
    assert everything.tickets.rows[REFERENCE].ticket.version == 1
    assert len(everything.tickets.rows) == 1
    assert everything.tickets.answers.rows == everything.tickets.written == {}


@pytest.mark.parametrize(
    "query",
    ["status[$ne]=new", "owner[$gt]=", "$where=sleep(5000)", "limit[$ne]=1", "cursor[$gt]=", "a=1"],
)
async def test_a_question_has_no_operators(staff: routing.House, query: str) -> None:
    status, said, _ = await staff.ask("GET", f"/v1/tickets?{query}")
    assert status == 422, said


@pytest.mark.parametrize("name", ["$ne", '{"$gt":""}', "[$ne]", "%7B%22%24ne%22%3A1%7D", "a.b"])
async def test_a_reference_is_no_operator(
    house: intake.House, staff: routing.House, name: str
) -> None:
    assert (await house.get(name))[0] == 404
    assert (await staff.ask("GET", f"/v1/tickets/{name}"))[0] == 404


def test_a_mail_of_operators_is_only_words() -> None:
    written = '{"$where": "sleep(5000)"}'
    found = read(mail(subject=written, text=written, name="$ne", Message_ID="<$gt@a.example>"))
    assert (found.subject, found.text.strip(), found.name) == (written, written, "$ne")
    assert reading(mail(subject=written)) is not None


def test_the_database_is_never_asked_to_run_a_script() -> None:
    sources = [*(ROOT / "services").rglob("*.py"), *(ROOT / "shared").rglob("*.py")]
    assert len(sources) > 80
    for word in ("$where", "$function", "$accumulator", "mapReduce", "map_reduce", "system.js"):
        assert [one.name for one in sources if word in one.read_text(encoding="utf-8")] == []
