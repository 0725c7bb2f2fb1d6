"""What a client accepts, as its header says."""

import pytest

from shared.accepting import accepts

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
