"""The ask page over HTTP, with a store that is only a dictionary."""

import asyncio
import re
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from html import unescape
from html.parser import HTMLParser
from io import BytesIO
from typing import Any, Final

import pytest
from aiohttp import ClientResponse, FormData, web
from aiohttp.test_utils import TestClient, TestServer

from services.intake.ask import HOUR, MOST_OF_A_CLIENT, MOST_OF_AN_ADDRESS, Ask, add_ask
from services.intake.form_token import LIFETIME, new_token, page_of
from services.intake.page import Pages
from services.intake.posted import Limits
from services.intake.room import ALWAYS_WELCOME
from services.intake.web import Front, make_app
from shared.errors import Permanent, Transient
from shared.library import Library
from shared.peer import networks
from shared.references import Seal
from tests.builders import desk_of
from tests.fakes import Allowances, Clock, Letters, Outbox
from tests.unit.examples import DESCRIPTION, REFERENCE, SECRET

LANGUAGES: Final = ["en", "cy", "ar", "de"]
LIBRARY: Final = Library.model_validate(
    DESCRIPTION
    | {
        "library": DESCRIPTION["library"] | {"languages": LANGUAGES},
        "sign_off": dict.fromkeys(LANGUAGES, "."),
        "topics": [
            {"id": "copy", "team": "enquiries", "asks": ["format", "needed_by"]},
            *DESCRIPTION["topics"],
        ],
    }
)
MOST: Final = 200_000
GOOD: Final[Mapping[str, str]] = {
    "question": "When did the ferry stop?",
    "email": "rhian@patrons.example",
}
TYPED: Final[Mapping[str, str]] = {
    "question": "first line\nsecond <b>line</b>",
    "email": "rhian at home",
    "name": 'Rhian "R" Example',
    "subject": "The ferry & the bridge",
    "topic": "copy",
    "format": "braille",
    "day": "31",
    "month": "2",
    "year": "2027",
    "language": "cy",
    "item": "rft.btitle=An+Old+Map",
}


@dataclass
class House:
    """The page's app, and what is behind it."""

    letters: Letters = field(default_factory=Letters)
    allowances: Allowances = field(default_factory=Allowances)
    clock: Clock = field(default_factory=Clock)
    limits: Limits = field(default_factory=lambda: Limits(MOST, idle=0.3, longest=5))
    trusted: str = ""
    seal: Seal = field(default_factory=lambda: Seal(SECRET))
    client: TestClient[web.Request, web.Application] = field(init=False)

    def __post_init__(self) -> None:
        desk = desk_of(self.letters, Outbox(), self.seal)
        self.ask = Ask(
            desk,
            self.allowances,
            LIBRARY,
            Pages(LIBRARY, MOST),
            self.clock,
            self.limits,
            networks(self.trusted),
        )
        letters: Any = self.letters
        front = Front(desk, letters, self.allowances, frozenset(), self.clock)
        app = make_app(front, MOST)
        add_ask(app, self.ask)
        self.client = TestClient(TestServer(app))

    def token(self) -> str:
        """Of a form that was handed out three seconds ago."""
        return new_token(self.seal, self.clock() - timedelta(seconds=3))

    async def get(self, path: str = "/ask", **headers: str) -> tuple[ClientResponse, str]:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        answer = await self.client.get(path, headers=sent)
        return answer, await answer.text()

    async def post(
        self,
        fields: Mapping[str, str] | None = None,
        *files: tuple[str, bytes],
        path: str = "/ask",
        **headers: str,
    ) -> tuple[ClientResponse, str]:
        form = FormData(quote_fields=False, default_to_multipart=True)
        for name, value in ({"token": self.token()} | dict(fields or GOOD)).items():
            form.add_field(name, value)
        for name, content in files:
            form.add_field("files", content, filename=name, content_type="text/plain")
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        answer = await self.client.post(path, data=form, allow_redirects=False, headers=sent)
        return answer, await answer.text()

    async def post_raw(self, body: bytes, kind: str) -> tuple[ClientResponse, str]:
        answer = await self.client.post(
            "/ask", data=BytesIO(body), headers={"Content-Type": kind}, allow_redirects=False
        )
        return answer, await answer.text()


@pytest.fixture
async def house() -> AsyncIterator[House]:
    house = House()
    async with house.client:
        yield house


class _Fields(HTMLParser):
    """What a browser would send back of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, str] = {}
        self._inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = {name: value or "" for name, value in attrs}
        match tag, has.get("type"):
            case "input", "radio":
                if "checked" in has:
                    self.found[has["name"]] = has["value"]
            case "input", "file":
                pass
            case "input", _:
                self.found[has["name"]] = has.get("value", "")
            case (("textarea" | "select"), _):
                self._inside = has["name"]
                self.found[self._inside] = ""
            case "option", _ if "selected" in has:
                self.found[self._inside] = has["value"]

    def handle_data(self, data: str) -> None:
        if self.lasttag == "textarea":
            self.found[self._inside] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self.lasttag = ""
            self.found[self._inside] = self.found[self._inside].removeprefix("\n")


def values(page: str) -> dict[str, str]:
    """What stands in the fields of a page."""
    fields = _Fields()
    fields.feed(page)
    return fields.found


def notice(page: str) -> str:
    """What the page says above the form."""
    found = re.search(r'<div class="summary".*?</div>', page, re.DOTALL)
    return unescape(found[0]) if found else ""


# --- What is shown ---------------------------------------------------------------------------


async def test_the_page_is_a_form_with_a_token_that_loads_nothing_from_elsewhere(
    house: House,
) -> None:
    answer, page = await house.get()
    assert answer.status == 200
    assert answer.content_type == "text/html"
    assert "<title>Ask Llanfair-on-Sea Public Library</title>" in page
    assert values(page)["token"]
    assert "Set-Cookie" not in answer.headers
    assert re.findall(r"<(script|img|iframe|object|embed)|(https?:)?//", page) == []
    assert notice(page) == ""


@pytest.mark.parametrize("path", ["/ask", "/ask/thanks/x"])
async def test_every_page_says_what_browsers_may_do_with_it(house: House, path: str) -> None:
    answer, _ = await house.get(path)
    rules = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in rules
    assert "frame-ancestors 'none'" in rules
    assert "form-action 'self'" in rules
    assert "unsafe" not in rules
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("query", "accepted", "language", "direction"),
    [
        ("", "", "en", "ltr"),
        ("?lang=cy", "en", "cy", "ltr"),
        ("?lang=ar", "", "ar", "rtl"),
        ("?lang=zz", "cy", "cy", "ltr"),
        ("?lang=../../etc/passwd", "", "en", "ltr"),
        ("", "fr, cy;q=0.5, en;q=0.4", "cy", "ltr"),
        ("", "en;q=0.1, cy-GB", "cy", "ltr"),
        ("", "cy;q=0, en", "en", "ltr"),
        ("", "cy;q=lots, ar", "ar", "rtl"),
        ("", ",;q=,;;=" * 100, "en", "ltr"),
    ],
)
async def test_the_page_speaks_the_patrons_language(
    house: House, query: str, accepted: str, language: str, direction: str
) -> None:
    answer, page = await house.get(f"/ask{query}", Accept_Language=accepted)
    assert f'<html lang="{language}" dir="{direction}">' in page
    assert answer.headers["Content-Language"] == language
    assert f'<span lang="{language}" aria-current="true">' in page


async def test_a_language_without_words_falls_back_and_says_so(house: House) -> None:
    _, page = await house.get("/ask?lang=de")
    assert '<html lang="en" dir="ltr">' in page
    assert "This page is not in Deutsch yet" in page
    assert values(page)["language"] == "de"
    _, page = await house.get("/ask?lang=cy")
    assert "Deutsch eto" not in page


async def test_the_item_of_a_catalogues_link_is_shown_and_carried(house: House) -> None:
    item = "rft.btitle=An+%3Cb%3EOld%3C%2Fb%3E+Map&rft.au=Morgan%2C+R&rft.isbn=9780000000002"
    _, page = await house.get(f"/ask?lang=cy&topic=copy&{item}")
    assert "<bdi>An &lt;b&gt;Old&lt;/b&gt; Map</bdi>" in page
    assert "<bdi>Morgan, R</bdi>" in page
    assert "<bdi>9780000000002</bdi>" in page
    assert values(page)["item"] == item
    assert values(page)["topic"] == "copy"
    assert f'href="/ask?lang=en&amp;topic=copy&amp;{item.replace("&", "&amp;")}"' in page


async def test_without_an_item_none_is_shown(house: House) -> None:
    _, page = await house.get("/ask?lang=en&utm_source=x")
    assert 'class="item"' not in page


# --- What is taken ---------------------------------------------------------------------------


async def test_a_question_is_kept_and_thanked_for_with_its_reference(house: House) -> None:
    fields = dict(GOOD) | {"topic": "copy", "format": "daisy", "item": "title=An+Old+Map"}
    answer, _ = await house.post(fields, ("map.txt", b"x marks it"), path="/ask?lang=cy")
    assert answer.status == 303
    [letter] = house.letters.kept.values()
    assert (letter.door, letter.text) == ("form", "When did the ferry stop?")
    assert letter.asked["format"] == "daisy"
    assert letter.asked["item"] == {"title": "An Old Map"}
    assert letter.asked["language"] == "cy"
    assert [one.filename for one in letter.attachments] == ["map.txt"]
    reference = house.letters.references[letter.id]
    assert reference is not None
    there = answer.headers["Location"]
    assert there == f"/ask/thanks/{page_of(house.seal, reference)}?lang=cy"
    answer, page = await house.get(there)
    assert (answer.status, reference in page) == (200, True)
    assert '<html lang="cy"' in page
    assert "rhian@patrons.example" not in page


async def test_the_token_of_the_page_is_good_after_a_moment(house: House) -> None:
    _, page = await house.get()
    house.clock.move(seconds=2)
    answer, _ = await house.post(values(page) | dict(GOOD))
    assert answer.status == 303


async def test_a_form_without_files_may_come_in_the_older_encoding(house: House) -> None:
    fields = dict(GOOD) | {"token": house.token(), "name": "Siân"}
    answer = await house.client.post("/ask", data=fields, allow_redirects=False)
    assert answer.status == 303
    [letter] = house.letters.kept.values()
    assert letter.name == "Siân"


async def test_the_same_form_sent_again_is_the_same_question(house: House) -> None:
    fields = dict(GOOD) | {"token": house.token()}
    answers = await asyncio.gather(*(house.post(fields) for _ in range(5)))
    assert len({answer.headers["Location"] for answer, _ in answers}) == 1
    assert len(house.letters.kept) == 1


async def test_other_words_with_the_same_token_are_another_question(house: House) -> None:
    fields = dict(GOOD) | {"token": house.token()}
    first, _ = await house.post(fields)
    second, _ = await house.post(fields | {"question": "And the bridge?"})
    assert first.headers["Location"] != second.headers["Location"]
    assert len(house.letters.kept) == 2


async def test_a_reference_typed_with_its_patrons_address_joins_no_ticket(house: House) -> None:
    await house.post()
    [reference] = house.letters.references.values()
    await house.post(dict(GOOD) | {"subject": f"[{reference}] again", "question": "Tell me all"})
    assert len(set(house.letters.references.values())) == 2


async def test_hostile_field_names_and_characters_do_nothing(house: House) -> None:
    hostile = {
        "email[$ne]": "x",
        "$where": "1",
        "asked": "{}",
        "token[]": "",
        "": "x",
        "lang": "ar",
    }
    words = {"question": "a\x00b\u202ec", "name": "\u202eR\x00\r\nBcc: x@y.example"}
    answer, _ = await house.post(dict(GOOD) | hostile | words)
    assert answer.status == 303
    [letter] = house.letters.kept.values()
    assert (letter.text, letter.name) == ("abc", "R Bcc: x@y.example")
    assert letter.asked == {"language": "en"}


# --- What is shown again ---------------------------------------------------------------------


async def test_faults_are_told_beside_their_fields_and_nothing_typed_is_lost(
    house: House,
) -> None:
    answer, page = await house.post(TYPED)
    assert answer.status == 422
    assert "<title>Error: Ask Llanfair" in page
    assert {name: value for name, value in values(page).items() if name in TYPED} == TYPED
    for field_id, described in (("email", "email-hint email-fault"), ("needed_by", None)):
        assert f'href="#{field_id}"' in notice(page)
        [element] = re.findall(rf'<input id="{field_id}"[^>]*>', page)
        assert 'aria-invalid="true"' in element
        if described:
            assert f'aria-describedby="{described}"' in element
    assert '<fieldset class="field wrong" data-asked="needed_by"' in page
    assert 'aria-describedby="needed_by-hint needed_by-fault"' in page
    assert (house.letters.kept, house.allowances.given) == ({}, {})


async def test_a_form_put_right_is_taken(house: House) -> None:
    _, page = await house.post(TYPED)
    fields = values(page) | {"email": "rhian@patrons.example", "month": "3"}
    answer, _ = await house.post(fields)
    assert answer.status == 303
    [letter] = house.letters.kept.values()
    assert letter.asked["needed_by"] == "2027-03-31"


async def test_nothing_that_is_typed_becomes_markup(house: House) -> None:
    vector = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>{{7*7}}</textarea>"
    fields = dict.fromkeys(TYPED, vector)
    _, page = await house.post(fields | {"website": vector}, (vector.replace("/", ""), b"x"))
    assert "<script" not in page
    assert "<img" not in page
    assert "{{7*7}}" in page
    assert values(page)["question"] == vector
    _, page = await house.get(f"/ask?lang={vector}&topic={vector}&title={vector}")
    assert "<script" not in page
    assert "<img" not in page


async def test_files_that_browsers_will_not_keep_are_named(house: House) -> None:
    _, page = await house.post(TYPED, ("map.png", b"x"), ("../../etc/<b>", b"y"))
    assert "Please choose them again:" in notice(page)
    hint = re.search(r'id="files-hint">.*?</p>', page)
    assert hint is not None
    assert "<bdi>map.png</bdi>, <bdi>&lt;b&gt;</bdi>" in hint[0]
    _, page = await house.post(TYPED)
    assert "Please choose them again:" not in page


async def test_who_falls_into_the_trap_is_told_and_can_send_again(house: House) -> None:
    answer, page = await house.post(dict(GOOD) | {"website": "https://spam.example"})
    assert answer.status == 422
    assert "A field that people don't see was filled in" in notice(page)
    assert house.letters.kept == {}
    assert "spam.example" not in page
    assert (await house.post(values(page)))[0].status == 303


async def test_who_is_too_quick_is_told_and_can_send_again(house: House) -> None:
    quick = new_token(house.seal, house.clock())
    answer, page = await house.post(dict(GOOD) | {"token": quick})
    assert answer.status == 422
    assert "sooner than anyone could fill it in" in notice(page)
    assert house.letters.kept == {}
    house.clock.move(seconds=2)
    assert (await house.post(values(page)))[0].status == 303


@pytest.mark.parametrize("token", ["", "1.2.3", "expired", "forged"])
async def test_a_token_that_is_not_good_any_more_costs_nobody_his_words(
    house: House, token: str
) -> None:
    if token == "expired":
        token = house.token()
        house.clock.move(seconds=LIFETIME.total_seconds())
    elif token == "forged":
        token = new_token(Seal("x" * 40), house.clock())
    answer, page = await house.post(dict(GOOD) | {"token": token})
    assert answer.status == 422
    assert "send it once more" in notice(page)
    assert house.letters.kept == {}
    assert (await house.post(values(page)))[0].status == 303
    [letter] = house.letters.kept.values()
    assert letter.text == GOOD["question"]


# --- Limits ----------------------------------------------------------------------------------


def numbered(number: int) -> dict[str, str]:
    return {"question": f"Question {number}?", "email": f"patron{number}@patrons.example"}


async def test_an_address_has_so_many_forms_an_hour_with_whatever_tag(house: House) -> None:
    for number in range(MOST_OF_AN_ADDRESS):
        fields = {"question": f"{number}?", "email": f"Victim+{number}@patrons.example"}
        assert (await house.post(fields))[0].status == 303
    fields = {"question": "Another?", "email": "victim@patrons.example"}
    answer, page = await house.post(fields)
    assert answer.status == 429
    assert "with this email address" in notice(page)
    assert "rom 11:00." in notice(page)
    assert values(page)["question"] == "Another?"
    assert len(house.letters.kept) == MOST_OF_AN_ADDRESS


async def test_the_same_form_again_is_answered_even_when_no_more_are_taken(house: House) -> None:
    fields = dict(GOOD) | {"token": house.token()}
    first, _ = await house.post(fields)
    for number in range(MOST_OF_AN_ADDRESS):
        await house.post(dict(GOOD) | {"question": f"{number}?"})
    again, _ = await house.post(fields)
    assert again.headers["Location"] == first.headers["Location"]


# --- What is away, broken, too large or too slow ---------------------------------------------


async def test_while_the_database_is_away_the_patron_is_told_and_keeps_his_words(
    house: House,
) -> None:
    house.letters.fails_with = [Transient("MongoDB is away")]
    answer, page = await house.post(dict(GOOD) | {"name": "Rhian"})
    assert answer.status == 503
    assert answer.headers["Retry-After"] == "60"
    assert "could not make sure that your question is kept" in notice(page)
    assert values(page)["name"] == "Rhian"
    assert (await house.post(values(page)))[0].status == 303
    assert len(house.letters.kept) == 1


@dataclass
class Stuck(Letters):
    """A database that does not answer."""

    async def save(self, *_: Any) -> bool:
        await asyncio.sleep(60)
        return True


async def test_a_database_that_does_not_answer_is_waited_for_five_seconds_at_most() -> None:
    house = House(letters=Stuck())
    async with house.client:
        before = asyncio.get_running_loop().time()
        answer, page = await house.post()
        assert answer.status == 503
        assert asyncio.get_running_loop().time() - before < 10
        assert values(page)["question"] == GOOD["question"]


@pytest.mark.parametrize("error", [Permanent("too large"), RuntimeError("a fault")])
async def test_a_fault_of_ours_costs_nobody_his_words(house: House, error: Exception) -> None:
    house.letters.fails_with = [error]
    answer, page = await house.post()
    assert answer.status == 500
    assert "wrong on our side" in notice(page)
    assert values(page)["question"] == GOOD["question"]


async def test_files_that_are_too_large_are_dropped_and_the_words_are_not(house: House) -> None:
    answer, page = await house.post(GOOD, ("small.txt", b"x"), ("large.txt", b"x" * (MOST + 1)))
    assert answer.status == 413
    assert "too large" in notice(page)
    assert "large.txt" in page
    assert values(page)["question"] == GOOD["question"]
    assert (house.letters.kept, house.limits.held) == ({}, 0)
    assert (await house.post(values(page)))[0].status == 303


async def test_what_is_far_too_large_is_not_read_to_its_end(house: House) -> None:
    read = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal read
        yield b'--b\r\nContent-Disposition: form-data; name="files"; filename="a"\r\n\r\n'
        while read < MOST * 100:
            read += 10_000
            yield b"x" * 10_000

    kind = {"Content-Type": "multipart/form-data; boundary=b"}
    try:
        answer = await house.client.post("/ask", data=endless(), headers=kind)
        assert answer.status == 413
    except OSError:
        pass  # cut off while still sending
    assert read < MOST * 100
    assert house.limits.held == 0


async def test_too_many_files_are_told(house: House) -> None:
    files = [(f"{number}.txt", b"x") for number in range(30)]
    answer, page = await house.post(GOOD, *files)
    assert answer.status == 413
    assert "at most 10 files" in notice(page)
    assert (await house.post(GOOD, *files[:10]))[0].status == 303


def roomy() -> House:
    """A house whose forms may be large."""
    limits = Limits(1_000_000, idle=20, longest=60, begin=60)
    return House(limits=limits, trusted="127.0.0.1")


LARGE: Final = ("large.txt", b"x" * (ALWAYS_WELCOME + 200_000))


async def test_with_no_room_left_large_forms_are_told_so_and_small_ones_taken() -> None:
    house = roomy()
    async with house.client:
        house.limits.held = house.limits.most * 4
        answer, page = await house.post(GOOD, LARGE)
        assert answer.status == 503
        assert "too many files at this moment" in notice(page)
        assert (await house.post(GOOD, ("small.txt", b"x" * 200_000)))[0].status == 303
        assert house.limits.held == house.limits.most * 4


async def test_large_forms_that_never_end_keep_out_no_small_one_and_nobody_else() -> None:
    house, end = roomy(), asyncio.Event()

    async def unfinished() -> AsyncIterator[bytes]:
        yield b'--b\r\nContent-Disposition: form-data; name="files"; filename="a"\r\n\r\n'
        yield LARGE[1]
        await end.wait()
        yield b"\r\n--b--\r\n"

    async def are_large(count: int) -> None:
        async with asyncio.timeout(20):
            while house.limits.large.total() != count:
                await asyncio.sleep(0.02)

    kind = {"Content-Type": "multipart/form-data; boundary=b"}
    async with house.client as client, asyncio.TaskGroup() as tasks:
        for _ in range(2):
            tasks.create_task(client.post("/ask", data=unfinished(), headers=kind))
        await are_large(2)
        assert (await house.post(GOOD, LARGE))[0].status == 503
        assert (await house.post())[0].status == 303
        other = numbered(1)
        assert (await house.post(other, LARGE, X_Forwarded_For="192.0.2.7"))[0].status == 303
        end.set()
        await are_large(0)
        assert (await house.post(GOOD, LARGE))[0].status == 303
    assert (house.limits.held, house.limits.large) == (0, {})


class Noted(Counter[str]):
    """Who has ever had a large form."""

    def __init__(self) -> None:
        super().__init__()
        self.clients: set[str] = set()

    def __setitem__(self, client: str, count: int) -> None:
        self.clients.add(client)
        super().__setitem__(client, count)


async def test_what_a_client_sends_is_counted_though_it_is_faulty_or_never_ends() -> None:
    house = roomy()
    async with house.client as client:
        assert (await house.post({"question": ""}))[0].status == 422
        reader, writer = await asyncio.open_connection("127.0.0.1", client.port)
        writer.write(
            b"POST /ask HTTP/1.1\r\nHost: x\r\nContent-Length: 5000\r\n"
            b"Content-Type: multipart/form-data; boundary=b\r\n\r\n--b\r\n"
        )
        async with asyncio.timeout(20):
            while house.allowances.counts["form client 127.0.0.1"][0] < 2:
                await asyncio.sleep(0.02)
        writer.transport.abort()
        for _ in range(MOST_OF_A_CLIENT - 2):
            await house.allowances.use("form client 127.0.0.1", MOST_OF_A_CLIENT, HOUR)
        answer, page = await house.post()
        assert (answer.status, values(page)["question"]) == (429, GOOD["question"])
        house.limits.large = noted = Noted()
        assert (await house.post(GOOD, LARGE))[0].status == 429
        assert noted.clients == set()  # such files are not even held
        await reader.read()
    assert house.letters.kept == {}


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/json", b'{"email": {"$ne": null}}'),
        ("text/plain", b"question=1"),
        ("multipart/form-data", b"--b\r\n\r\nx\r\n--b--\r\n"),
        ("multipart/form-data; boundary=b", b""),
        ("multipart/form-data; boundary=b", b"--c\r\n\r\nx\r\n--c--\r\n"),
        ("multipart/form-data; boundary=b", b"--b\r\nno header\r\n\r\nx\r\n--b--\r\n"),
        ("multipart/form-data; boundary=b", b"--b\r\nA: " + b"x" * 20_000 + b"\r\n\r\n--b--\r\n"),
        ("multipart/form-data; boundary=b", b"--b\r\n" + b"A: b\r\n" * 500 + b"\r\n--b--\r\n"),
        (
            "multipart/form-data; boundary=b",
            b"--b\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n"
            b"--c\r\n\r\nx\r\n--c--\r\n--b--",
        ),
        ("multipart/form-data; boundary=b", b"--b\r\n\r\nx\r\n" * 200 + b"--b--\r\n"),
        ("multipart/form-data; boundary=" + "b" * 80, b"x"),
        ("multipart/mixed; boundary=b", b"--b\r\n\r\nx\r\n--b--\r\n"),
        ("application/x-www-form-urlencoded", b"a=1&" * 200),
    ],
)
async def test_what_is_no_form_is_told_so(house: House, kind: str, body: bytes) -> None:
    answer, page = await house.post_raw(body, kind)
    assert answer.status == 400
    assert "could not read" in notice(page)
    assert (house.letters.kept, house.limits.held) == ({}, 0)


@pytest.mark.filterwarnings("ignore")
async def test_odd_parts_are_read_as_far_as_they_can_be(house: House) -> None:
    fields = dict(GOOD) | {"token": house.token()}
    parts = [f'Content-Disposition: form-data; name="{k}"\r\n\r\n{v}' for k, v in fields.items()]
    parts += [
        'Content-Disposition: form-data; name="question"\r\n\r\nthe second one of a name',
        'Content-Disposition: form-data; name="email"; filename="x"\r\n\r\na file of that name',
        'Content-Disposition: form-data; name="files"; filename=""\r\n\r\n',
        'Content-Disposition: ;;;"\r\n\r\nx',
        "\r\nno header at all",
        'Content-Disposition: form-data; name="files"; filename="C:\\a\\b\u202e.txt"\r\n\r\n\xff',
    ]
    body = "".join(f"--b\r\n{one}\r\n" for one in parts) + "--b--\r\n"
    answer, _ = await house.post_raw(body.encode(), "multipart/form-data; boundary=b")
    assert answer.status == 303
    [letter] = house.letters.kept.values()
    assert (letter.text, letter.address) == (GOOD["question"], GOOD["email"])
    assert len(letter.attachments) == 1
    assert letter.attachments[0].filename.endswith("b.txt")


async def test_a_client_that_falls_silent_is_not_waited_for(house: House) -> None:
    async def stalling() -> AsyncIterator[bytes]:
        yield b'--b\r\nContent-Disposition: form-data; name="question"\r\n\r\n'
        yield b"first words\r\n--b\r\n"
        yield b'Content-Disposition: form-data; name="files"; filename="a"\r\n\r\nx'
        for _ in range(5):
            await asyncio.sleep(0.02)
            yield b"x" * 1000
        await asyncio.sleep(3)
        yield b"too late"

    kind = {"Content-Type": "multipart/form-data; boundary=b"}
    answer = await house.client.post("/ask", data=stalling(), headers=kind)
    page = await answer.text()
    assert answer.status == 408
    assert "took too long" in notice(page)
    assert values(page)["question"] == "first words"
    assert house.limits.held == 0


async def test_a_client_that_drips_is_cut_off_in_the_end() -> None:
    house = House(limits=Limits(MOST, idle=1, longest=0.5))

    async def dripping() -> AsyncIterator[bytes]:
        yield b'--b\r\nContent-Disposition: form-data; name="question"\r\n\r\n'
        for _ in range(100):
            yield b"x" * 100
            await asyncio.sleep(0.05)

    kind = {"Content-Type": "multipart/form-data; boundary=b"}
    async with house.client:
        answer = await house.client.post("/ask", data=dripping(), headers=kind)
        assert answer.status == 408


async def test_a_form_that_is_not_compressed_as_it_says_is_refused(house: House) -> None:
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Content-Encoding": "gzip",
    }
    answer = await house.client.post("/ask", data=b"\x1f\x8bno gzip at all", headers=headers)
    assert answer.status == 400
    assert notice(await answer.text())


async def test_a_client_that_drips_is_cut_off_long_before_a_large_form_would_be() -> None:
    house = House(limits=Limits(MOST, idle=5, longest=60, begin=0.5, bytes_a_second=10_000))

    async def at(rate: int) -> AsyncIterator[bytes]:
        yield b'--b\r\nContent-Disposition: form-data; name="question"\r\n\r\n'
        for _ in range(15):
            yield b"x" * (rate // 10)
            await asyncio.sleep(0.1)
        yield b"\r\n--b--\r\n"

    kind = {"Content-Type": "multipart/form-data; boundary=b"}
    async with house.client as client:
        for rate, status in ((100, 408), (100_000, 422)):
            assert (await client.post("/ask", data=at(rate), headers=kind)).status == status


async def test_a_form_in_the_older_encoding_is_never_large() -> None:
    house = House(limits=Limits(10_000_000))
    async with house.client:
        body = b"question=" + b"%41" * 600_000
        answer, _ = await house.post_raw(body, "application/x-www-form-urlencoded")
        assert answer.status == 413


# --- What stands beside it -------------------------------------------------------------------


@pytest.mark.parametrize("page", ["x", "7k3m92q2.", f"{REFERENCE}", "7k3m92q2.aaaa", "%00", "$ne"])
async def test_nobody_sees_a_thank_you_page_that_is_not_his(house: House, page: str) -> None:
    answer, text = await house.get(f"/ask/thanks/{page}")
    assert answer.status == 404
    assert "There is no such page" in text
    assert "7K3M" not in text


@pytest.mark.parametrize(
    "path", [b"/ask/thanks/\xff.\xfe", b"/ask?title=\xff&topic=\xfe&lang=\xfd"]
)
async def test_bytes_that_are_no_text_in_an_address_do_nothing(house: House, path: bytes) -> None:
    reader, writer = await asyncio.open_connection(house.client.host, house.client.port)
    writer.write(b"GET " + path + b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    answer = await reader.read()
    writer.close()
    assert int(answer.split()[1]) in {200, 400, 404}


async def test_what_has_no_reference_is_thanked_for_without_one(house: House) -> None:
    answer, text = await house.get(f"/ask/thanks/{page_of(house.seal, None)}")
    assert answer.status == 200
    assert "a member of our staff has to look at it first" in text
    assert "ENQ-" not in text


async def test_the_widget_is_small_and_kept_by_browsers(house: House) -> None:
    answer, script = await house.get("/ask/widget.js")
    assert answer.content_type == "text/javascript"
    assert len(script.encode()) < 3000
    assert "max-age" in answer.headers["Cache-Control"]
    assert '"cy": "Gofynnwch am yr eitem hon"' in script
    assert '"ar"' in script
    assert '"fr"' not in script
    assert "LABELS" not in script
    again, _ = await house.get("/ask/widget.js", If_None_Match=answer.headers["ETag"])
    assert again.status == 304
    other, _ = await house.get("/ask/widget.js", If_None_Match='"another"')
    assert other.status == 200


async def test_the_style_loads_nothing(house: House) -> None:
    answer, style = await house.get("/ask/style.css")
    assert answer.content_type == "text/css"
    assert "url(" not in style
    assert "@import" not in style


async def test_there_is_nothing_else(house: House) -> None:
    answer = await house.client.put("/ask")
    assert answer.status == 405
    assert (await house.client.get("/ask/en.toml")).status == 404
    assert (await house.client.get("/ask/../pages/en.toml")).status == 404


def test_what_a_form_shows_of_itself_has_no_files_in_it() -> None:
    """A traceback must not carry them."""
    from services.intake.form import File, Form

    shown = repr(replace(Form(), files=(File("secret.txt", "a/b", b"secret"),)))
    assert "secret" not in shown
