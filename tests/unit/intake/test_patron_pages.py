"""Patrons' own pages over HTTP: what a good link shows, and what hostile or broken input gets."""

import io
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from html import unescape
from typing import Any, Final

import pytest
from aiohttp import ClientResponse, web
from aiohttp.test_utils import TestClient, TestServer

from services.intake.opinion import CHANGEABLE, MOST_WORDS
from services.intake.page import Pages
from services.intake.patron_pages import PatronPages
from services.intake.status_page import add_status
from services.intake.survey import MOST_OF_A_CLIENT, Survey, add_survey
from shared.errors import Permanent, Transient
from shared.library import Library
from shared.patron_pages import SURVEY_LASTS, status_link, survey_link
from shared.problems import as_problems
from shared.references import Seal
from tests.fakes import Allowances, Clock, Letters, Outbox, PatronTickets
from tests.unit.examples import DESCRIPTION, REFERENCE, SECRET

LANGUAGES: Final = ["en", "cy", "fr", "ar"]
LIBRARY: Final = Library.model_validate(
    DESCRIPTION
    | {
        "library": DESCRIPTION["library"] | {"languages": LANGUAGES},
        "sign_off": dict.fromkeys(LANGUAGES, "."),
    }
)
OTHER: Final = "ENQ-0000-0000"
NO: Final = {"solved": "no", "recommend": "2", "words": "It is Sunday that I ask about."}
YES: Final = {"solved": "yes"}


async def _style(pages: Pages, _: web.Request) -> web.Response:
    """As the ask page has it."""
    return web.Response(body=pages.style, content_type="text/css", charset="utf-8")


@dataclass
class House:
    """The pages' app, and what is behind it."""

    letters: Letters = field(default_factory=Letters)
    outbox: Outbox = field(default_factory=Outbox)
    allowances: Allowances = field(default_factory=Allowances)
    clock: Clock = field(default_factory=Clock)
    seal: Seal = field(default_factory=lambda: Seal(SECRET))
    tickets: PatronTickets = field(init=False)
    client: TestClient[web.Request, web.Application] = field(init=False)

    def __post_init__(self) -> None:
        self.tickets = PatronTickets(self.letters)
        for reference in (REFERENCE, OTHER):
            self.tickets.rows[reference] = self.ticket(reference)
        words = Pages(LIBRARY, 1)
        pages = PatronPages(self.tickets, words, self.seal, self.clock)
        app = web.Application(middlewares=[as_problems])
        app.router.add_get("/ask/style.css", partial(_style, words))
        add_status(app, pages)
        add_survey(app, Survey(pages, self.letters, self.outbox, self.allowances))
        self.client = TestClient(TestServer(app))

    def ticket(self, reference: str) -> dict[str, Any]:
        now = self.clock()
        return {
            "_id": reference,
            "status": "resolved",
            "owner": {"id": "mair", "name": "Mair Pretend"},
            "team": "enquiries",
            "language": "en",
            "patron": {"name": "Rhian Example", "address": "rhian@patrons.example"},
            "patron_key": "rhian@patrons.example",
            "promise": {"due_at": now + timedelta(hours=2), "state": "made"},
            "subject": "Opening <hours>",
            "answered_at": now,
            "created_at": now,
            "timeline": [
                {"at": now, "event": "opened", "by": "patron"},
                {"at": now, "event": "resolved", "by": "mair"},
            ],
        }

    def status(self, reference: str = REFERENCE) -> str:
        return status_link(self.seal, "", reference, self.clock() + timedelta(days=180))

    def survey(self, reference: str = REFERENCE) -> str:
        return survey_link(self.seal, "", reference, self.clock() + SURVEY_LASTS)

    async def get(self, path: str, **headers: str) -> tuple[ClientResponse, str]:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        answer = await self.client.get(path, headers=sent)
        return answer, unescape(await answer.text())

    async def post(self, path: str, form: Any = None, **more: Any) -> tuple[ClientResponse, str]:
        answer = await self.client.post(path, data=form, allow_redirects=False, **more)
        return answer, unescape(await answer.text())


@pytest.fixture
async def house() -> AsyncIterator[House]:
    house = House()
    async with house.client:
        yield house


def both(house: House) -> tuple[str, str]:
    return house.status(), house.survey()


# Every link.


async def test_each_page_is_for_its_reader_alone(house: House) -> None:
    for path in (*both(house), "/s/nobodys", "/survey/nobodys"):
        answer, _ = await house.get(path)
        said = answer.headers
        assert said["Cache-Control"] == "no-store"
        assert said["Referrer-Policy"] == "no-referrer"
        assert "noindex" in said["X-Robots-Tag"]
        assert said["Content-Security-Policy"].startswith("default-src 'none';")
        assert "Set-Cookie" not in said


async def test_what_leads_nowhere_looks_the_same_whatever_the_reason(house: House) -> None:
    erased = house.status(OTHER)
    house.tickets.rows[OTHER]["erased_at"] = house.clock()
    unknown = house.status("ENQ-1111-1113")
    old = status_link(house.seal, "", REFERENCE, house.clock())
    wrong_page = house.survey().replace("/survey/", "/s/")
    said = set()
    for path in (erased, unknown, old, wrong_page, house.status()[:-1], "/s/%00", "/s/..%2f"):
        answer, text = await house.get(path)
        assert answer.status == 404, path
        said.add(text)
    for path in (house.status().replace("/s/", "/survey/"), house.survey(OTHER)):
        for form in (None, NO):
            answer, text = await (house.post(path, form) if form else house.get(path))
            assert answer.status == 404, path
            said.add(text)
    [page] = said
    assert "This link leads nowhere" in page
    assert "enquiries@llanfair.example" in page, "how to reach us all the same"
    assert house.letters.kept == {}


async def test_a_bad_link_costs_no_look_at_the_database(house: House) -> None:
    for path in ("/s/nobodys", "/survey/nobodys", house.status()[:-1], "/s/" + "x" * 3000):
        await house.get(path)
        await house.post(path, NO)
    assert house.tickets.looks == []


async def test_looking_changes_nothing(house: House) -> None:
    for path in (*both(house), f"{house.survey()}/thanks"):
        for method in ("GET", "HEAD"):
            answer = await house.client.request(method, path)
            assert answer.status == 200, (method, path)
    assert house.letters.kept == {}
    assert house.outbox.sent == []
    assert house.allowances.counts == {}


async def test_no_other_method_is_answered(house: House) -> None:
    for method in ("PUT", "PATCH", "DELETE", "TRACE"):
        for path in both(house):
            assert (await house.client.request(method, path)).status == 405, method
    assert (await house.client.post(house.status(), data=NO)).status == 405


async def test_while_the_database_is_away_it_says_so(house: House) -> None:
    for path in both(house):
        house.tickets.fails_with = [Transient("away")]
        answer, text = await house.get(path)
        assert answer.status == 503
        assert "in a few minutes" in text


@pytest.mark.parametrize("language", LANGUAGES)
async def test_every_page_is_in_every_language(house: House, language: str) -> None:
    await house.post(house.survey(), NO)
    pages = set()
    for path in (*both(house), f"{house.survey()}/thanks", "/s/nobodys"):
        answer, text = await house.get(f"{path}?lang={language}")
        assert answer.headers["Content-Language"] == language
        direction = "rtl" if language == "ar" else "ltr"
        assert f'<html lang="{language}" dir="{direction}">' in text
        assert "{" not in re.sub(r"<[^>]*>", "", text), "all is filled in"
        pages.add(text)
    assert len(pages) == 4


async def test_it_speaks_the_language_of_the_letters_unless_it_is_asked(house: House) -> None:
    house.tickets.rows[REFERENCE]["language"] = "cy"
    answer, _ = await house.get(house.status(), Accept_Language="fr")
    assert answer.headers["Content-Language"] == "cy"
    answer, _ = await house.get(f"{house.status()}?lang=ar", Accept_Language="fr")
    assert answer.headers["Content-Language"] == "ar"
    answer, _ = await house.get("/s/nobodys", Accept_Language="fr")
    assert answer.headers["Content-Language"] == "fr"


# How it stands.


async def test_the_status_page_says_how_it_stands(house: House) -> None:
    house.tickets.rows[REFERENCE] |= {"status": "assigned"}
    _, text = await house.get(house.status())
    assert REFERENCE in text
    assert "Monday 23 November 2026 at 10:00" in text
    assert "Mair Pretend\u2069 has your enquiry." in text
    assert "You will hear from us by Monday 23 November 2026 at 12:00." in text
    assert "Opening <hours>" in text
    assert "rhian@patrons.example" not in text


async def test_its_times_are_the_librarys_own(house: House) -> None:
    house.clock.now = house.clock().replace(month=7)
    house.tickets.rows[REFERENCE] = house.ticket(REFERENCE)
    _, text = await house.get(house.status())
    assert "11:00" in text
    assert "10:00" not in re.sub(r"<[^>]*>", "", text)


async def test_a_promise_that_was_not_kept_is_said_so(house: House) -> None:
    house.tickets.rows[REFERENCE] |= {"status": "assigned"}
    path = house.status()
    house.clock.move(hours=3)
    _, text = await house.get(path)
    assert "That time has passed" in text
    assert "You will hear from us by" not in text


async def test_what_somebody_wrote_is_escaped(house: House) -> None:
    answer = await house.client.get(house.status())
    assert "Opening &lt;hours&gt;" in await answer.text()


# How it was.


async def test_thank_you_is_said_once_the_answer_is_kept_with_what_routing_hears(
    house: House,
) -> None:
    answer, _ = await house.post(house.survey(), NO)
    assert answer.status == 303
    [letter] = house.letters.kept.values()
    assert house.letters.references[letter.id] == REFERENCE
    [event] = house.letters.outbox.documents[letter.id]
    assert event["key"] == "survey.answered"
    assert [one.message_id for _, one in house.outbox.sent] == [letter.id]
    there = answer.headers["Location"]
    assert there.startswith(house.survey() + "/thanks")
    _, text = await house.get(there)
    assert "Your enquiry is being opened again" in text
    assert f'href="{house.status()}?lang=en"' in text


async def test_the_same_answer_sent_again_is_one(house: House) -> None:
    for _ in range(3):
        answer, _ = await house.post(house.survey(), NO)
        assert answer.status == 303
    assert len(house.letters.kept) == 1
    assert len(house.outbox.sent) == 1


async def test_an_answer_can_be_changed_for_a_week_and_what_was_said_last_counts(
    house: House,
) -> None:
    path = house.survey()
    await house.post(path, NO)
    house.clock.move(days=6)
    _, text = await house.get(path)
    assert "You have answered already" in text
    assert "It is Sunday that I ask about." in text
    assert (await house.post(path, YES))[0].status == 303
    assert [one.asked["survey"]["revision"] for one in house.letters.kept.values()] == [1, 2]
    house.clock.move(days=1)
    _, text = await house.get(path)
    assert "can't be changed any more" in text
    assert "<form" not in text
    answer, text = await house.post(path, NO)
    assert (answer.status, "can't be changed any more" in text) == (409, True)
    assert len(house.letters.kept) == 2
    assert timedelta(days=7) == CHANGEABLE


async def test_a_link_opens_no_other_tickets_answers(house: House) -> None:
    await house.post(house.survey(), NO)
    _, text = await house.get(house.survey(OTHER))
    assert "It is Sunday" not in text
    await house.post(house.survey(OTHER), YES)
    assert sorted(filter(None, house.letters.references.values())) == sorted((OTHER, REFERENCE))


@pytest.mark.parametrize(
    ("form", "field", "fault"),
    [
        ({"recommend": "7", "words": "Kept"}, "solved", "Say whether we solved it"),
        (NO | {"recommend": "11"}, "recommend", "Choose a number from 0 to 10"),
        (NO | {"words": "x" * (MOST_WORDS + 1)}, "words", "Use at most 4000 characters"),
    ],
)
async def test_what_is_wrong_is_told_at_its_field_and_nothing_typed_is_lost(
    house: House, form: dict[str, str], field: str, fault: str
) -> None:
    answer, text = await house.post(house.survey(), form)
    assert answer.status == 422
    assert f'<a href="#{field}">{fault}' in text
    assert re.search(rf'id="{field}-fault">.*{fault}', text)
    assert f'aria-describedby="{field}-hint {field}-fault"' in text
    assert form.get("words", "") in text
    if form.get("solved") == "no":
        assert re.search(r'value="no"[^>]* checked', text)
    assert house.letters.kept == {}


async def test_what_was_typed_is_shown_again_while_the_database_is_away(house: House) -> None:
    for tickets, letters in (([Transient("away")], []), ([], [Transient("away")])):
        house.tickets.fails_with = list(tickets)
        house.letters.fails_with = list(letters)
        answer, text = await house.post(house.survey(), NO)
        assert answer.status == 503
        assert "could not make sure that your answers are kept" in text
        assert "It is Sunday that I ask about." in text
    assert house.letters.kept == {}
    house.letters.fails_with = [Permanent("too large")]
    answer, text = await house.post(house.survey(), NO)
    assert (answer.status, "It is Sunday that I ask about." in text) == (500, True)
    assert (await house.post(house.survey(), NO))[0].status == 303


async def test_a_flood_is_refused_and_loses_no_words(house: House) -> None:
    for number in range(MOST_OF_A_CLIENT):
        await house.post(house.survey(), {"words": str(number)})
    answer, text = await house.post(house.survey(), NO)
    assert (answer.status, "Retry-After" in answer.headers) == (429, True)
    assert "It is Sunday that I ask about." in text
    assert house.letters.kept == {}


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({"json": NO}, 400),
        ({"data": b"\x00\xff", "headers": {"Content-Type": "text/plain"}}, 400),
        ({"data": b"--x", "headers": {"Content-Type": "multipart/form-data"}}, 400),
        (
            {
                "data": b"solved=no&words=" + b"x" * 300_000,
                "headers": {"Content-Type": "application/x-www-form-urlencoded"},
            },
            413,
        ),
        ({"data": {f"field{number}": "x" for number in range(200)}}, 400),
        ({"data": b"", "headers": {"Content-Type": "application/x-www-form-urlencoded"}}, 422),
    ],
    ids=["JSON", "no form", "no boundary", "too large", "too many fields", "nothing"],
)
async def test_what_is_no_form_of_ours_is_not_taken(
    house: House, sent: dict[str, Any], status: int
) -> None:
    answer = await house.client.post(house.survey(), **sent)
    assert answer.status == status
    assert "<form" in await answer.text()
    assert house.letters.kept == {}


async def test_a_form_with_files_is_read_and_the_files_are_dropped(house: House) -> None:
    answer = await house.client.post(
        house.survey(), data=NO | {"files": io.BytesIO(b"x")}, allow_redirects=False
    )
    assert answer.status == 303
    [letter] = house.letters.kept.values()
    assert letter.attachments == ()
