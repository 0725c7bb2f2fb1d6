"""What canned answers rely on of their store: the same suite for the fake and for the real one."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from services.routing.canned import words_of
from services.routing.canned_store import Answers
from tests import fakes
from tests.contract.conftest import fresh_database


@pytest.fixture(params=["fake", "mongodb"])
async def answers(request: pytest.FixtureRequest) -> AsyncIterator[Any]:
    if request.param == "fake":
        yield fakes.Answers()
        return
    async with fresh_database(request.getfixturevalue("servers")) as database:
        real = Answers(database)
        await real.make_indexes()
        yield real


def row(name: str, text: str = "Ten to four", **fields: Any) -> dict[str, Any]:
    known = {"_id": name, "version": 1, "uses": 0, "counted": [], "languages": ["en"]}
    return known | {"words": words_of([text])} | fields


async def names(answers: Any, *words: str, language: str | None = None, **more: Any) -> list[str]:
    found = await answers.page(list(words), language, more.get("after"), more.get("limit", 10))
    return [one["_id"] for one in found]


async def test_one_is_added_once_and_changed_as_it_was_seen(answers: Any) -> None:
    assert await answers.add(row("a"))
    assert not await answers.add(row("a", uses=9))
    assert await answers.change("a", 1, {"title": "Hours"})
    assert not await answers.change("a", 1, {"title": "Other"})
    found = await answers.find("a")
    assert (found["title"], found["version"], found["uses"]) == ("Hours", 2, 0)
    assert not await answers.remove("a", 1)
    assert await answers.remove("a", 2)
    assert await answers.find("a") is None
    assert not await answers.change("a", 2, {})
    assert not await answers.remove("a", 2)


async def test_they_are_found_by_how_words_begin(answers: Any) -> None:
    await answers.add(row("a", "Opening hours"))
    await answers.add(row("b", "Oriau agor", languages=["cy"]))
    assert await names(answers, "open") == ["a"]
    assert await names(answers, "hour", "opening") == ["a"]
    assert await names(answers, "pening") == []
    assert await names(answers, "o") == ["a", "b"]
    assert await names(answers, "o", language="cy") == ["b"]
    assert await names(answers, language="$ne") == []


async def test_they_come_in_pages_the_most_used_first(answers: Any) -> None:
    for number, name in enumerate("abcde"):
        await answers.add(row(name, uses=number // 2))
    assert await names(answers) == ["e", "c", "d", "a", "b"]
    assert await names(answers, limit=2) == ["e", "c"]
    assert await names(answers, after=(1, "c"), limit=2) == ["d", "a"]
    assert await names(answers, after=(0, "b")) == []


async def test_a_use_is_counted_once_for_each_cause(answers: Any) -> None:
    await answers.add(row("a"))
    causes = [f"cause-{number % 5}" for number in range(20)]
    await asyncio.gather(*(answers.count_use("a", one) for one in causes))
    await answers.count_use("gone", "cause")
    assert (await answers.find("a"))["uses"] == 5
