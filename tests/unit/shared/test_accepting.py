"""What a client accepts, as its header says."""

import pytest
from aiohttp.test_utils import make_mocked_request

from shared.accepting import accepts
from shared.described import About, Bytes, NoQuery, Stream
from shared.problems import Problem

JSON = ("application/json",)


@pytest.mark.parametrize(
    "header",
    [
        "application/json",
        "*/*",
        "application/*",
        "APPLICATION/JSON; charset=utf-8",
        "text/html, application/json;q=0.1",
        "text/html,*/*;q=0.8",
        "application/json;q=1, */*;q=0",
        "text/html;q=0, */*",
        "nonsense",
        "",
        "application/json;q=often",
    ],
)
def test_json_is_accepted(header: str) -> None:
    assert accepts([header], JSON)


@pytest.mark.parametrize(
    "header",
    [
        "text/html",
        "text/*",
        "application/xml, text/csv;q=0.9",
        "application/json;q=0",
        "application/json;q=0, */*",
        "application/json;q=0.0, application/*",
        "*/*;q=0",
        "application/*;q=0, */*;q=1",
        "application/jsonx",
    ],
)
def test_json_is_excluded(header: str) -> None:
    assert not accepts([header], JSON)


def test_several_headers_are_one_and_none_excludes_nothing() -> None:
    assert accepts([], JSON)
    assert accepts(["text/html", "application/json"], JSON)
    assert not accepts(["text/html", "text/csv"], JSON)


def test_one_of_several_is_enough() -> None:
    assert accepts(["image/png"], ("application/octet-stream", "image/png"))
    assert not accepts(["image/gif"], ("application/octet-stream", "image/png"))


def test_each_route_gives_what_it_is_described_to_give() -> None:
    assert About(NoQuery).media_types == ("application/json",)
    assert About(Stream(())).media_types == ("text/event-stream",)
    assert About(Bytes(("image/png",))).media_types == ("image/png",)


def test_who_accepts_only_events_is_given_events_and_nobody_is_refused_nothing() -> None:
    asked = make_mocked_request("GET", "/", headers={"Accept": "text/event-stream"})
    About(Stream(())).check(asked)
    About(Bytes(())).check(asked)
    with pytest.raises(Problem, match="Nothing else"):
        About(NoQuery).check(asked)
