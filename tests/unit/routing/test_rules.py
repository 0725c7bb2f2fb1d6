"""Which topic a letter has, by the rules of the library file."""

from dataclasses import fields
from time import perf_counter
from typing import Any, get_args

import pytest

from services.intake.item import Item
from services.routing.rules import NOTHING_TOLD, Told, topic_of
from services.routing.words import LOOKED_AT, Words
from shared.library import Topic
from shared.topic_rules import ItemField
from tests.unit.examples import LIBRARY


def told(text: str = "", subject: str = "", **more: Any) -> Told:
    return Told(Words.of(subject), Words.of(text), **more)


def topics(*rules: dict[str, Any]) -> tuple[Topic, ...]:
    """One topic with these rules, one that takes the rest."""
    maps = Topic.model_validate({"id": "maps", "team": "maps", "rules": rules})
    return (maps, Topic(id="general", team="enquiries"))


@pytest.mark.parametrize(
    ("words", "named", "topic"),
    [
        ("When are you open?", None, "general"),
        ("I look for the CENSUS of 1881", None, "local-history"),
        ("an old\n  map", None, "local-history"),
        ("my Old Map", None, "local-history"),
        ("consensus", None, "general"),
        ("an old maple", None, "general"),
        ("the census, please", None, "local-history"),
        ("When are you open?", "local-history", "local-history"),
        ("the census", "general", "general"),
        ("the census", "unknown", "local-history"),
        ("", None, "general"),
    ],
)
def test_a_topic_is_named_or_found_by_its_words_or_is_the_last(
    words: str, named: str | None, topic: str
) -> None:
    assert topic_of(told(words, form_topic=named), LIBRARY.topics).topic.id == topic


@pytest.mark.parametrize(
    ("phrase", "text", "holds"),
    [
        ("bibliotheque", "à la Bibliothèque", True),
        ("bibliothèque", "a la bibliotheque", False),
        ("bibliothèque", "à la BIBLIOTHÈQUE", True),
        ("bibliothèque", "à la bibliothe\u0300que", True),
        ("family’s tree", "my family's\u00a0tree", True),
        ("الخرائط", "أبحث عن الخَرائط القديمة", True),
        ("خرائط", "أبحث عن الخرائط", False),
        ("地図", "古い地図を探しています", True),
        ("e-book", "e-books", False),
        ("ebook", "an ebook!", True),
    ],
)
def test_phrases_are_whole_words_of_whatever_case_and_white_space(
    phrase: str, text: str, holds: bool
) -> None:
    found = topic_of(told(text), topics({"phrases": {"any": [phrase]}})).topic.id
    assert found == ("maps" if holds else "general")


RULES: list[tuple[dict[str, Any], dict[str, Any], str | None]] = [
    ({"phrases": {"en": ["map"]}}, {"text": "a map"}, "the words 'map' in the text"),
    ({"phrases": {"en": ["map"]}}, {"subject": "Map", "text": "map"},
     "the words 'map' in the subject"),
    ({"phrases": {"cy": ["map"]}}, {"text": "a map", "language": "en"}, None),
    ({"phrases": {"cy": ["map"]}}, {"text": "a map", "language": "cy"},
     "the words 'map' in the text"),
    ({"patterns": {"any": [r"map (no\.|number) \d{1,4}"]}}, {"text": "the MAP  No. 12"},
     r"the pattern 'map (no\\.|number) \\d{1,4}' in the text"),
    ({"patterns": {"cy": ["map"]}}, {"text": "map", "language": "en"}, None),
    ({"senders": ["maps.example"]}, {"sender": "Rhian@Maps.example"}, "it is from maps.example"),
    ({"senders": ["maps.example"]}, {"sender": "r@old.maps.example"}, "it is from maps.example"),
    ({"senders": ["maps.example"]}, {"sender": "rhian@oldmaps.example"}, None),
    ({"senders": ["r@maps.example"]}, {"sender": "R@maps.example"}, "it is from r@maps.example"),
    ({"senders": ["r@maps.example"]}, {"sender": "er@maps.example"}, None),
    ({"senders": ["maps.example"]}, {"sender": None}, None),
    ({"doors": ["imap"]}, {"door": "imap"}, "it came by imap"),
    ({"doors": ["imap"]}, {"door": "smtp"}, None),
    ({"item": ["issn", "doi"]}, {"item": {"doi": "10.1000/1"}}, "its item has doi"),
    ({"item": ["issn"]}, {"item": {"isbn": "9780000000002"}}, None),
    ({"item": ["issn"]}, {}, None),
    ({"item_hosts": ["maps.example"]}, {"item": {"url": "https://old.maps.example/1"}},
     "its item is at maps.example"),
    ({"item_hosts": ["maps.example"]}, {"item": {"url": "https://maps.example.org/"}}, None),
    ({"item_hosts": ["maps.example"]}, {"item": {"url": "https://[maps.example"}}, None),
    ({"doors": ["form"], "item": ["issn"]}, {"door": "form", "item": {"issn": "0000-0000"}},
     "it came by form and its item has issn"),
    ({"doors": ["form"], "item": ["issn"]}, {"door": "form"}, None),
    ({"form_topics": ["general"], "phrases": {"any": ["map"]}},
     {"form_topic": "general", "text": "map"},
     "the words 'map' in the text and the form named general"),
    ({"form_topics": ["general"]}, {"text": "general"}, None),
    ({"phrases": {"any": ["map"]}}, {"form_topic": "general", "text": "map"}, None),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "letter", "reason"), RULES)
def test_a_rule_holds_if_all_that_it_names_does_and_says_why(
    rule: dict[str, Any], letter: dict[str, Any], reason: str | None
) -> None:
    judged = topic_of(told(**letter), topics(rule))
    named = "it was named in the form" if "form_topic" in letter else NOTHING_TOLD
    assert judged.topic.id == ("general" if reason is None else "maps")
    assert judged.reason == (named if reason is None else reason)


def test_the_first_topic_that_matches_has_it_and_its_rules_are_tried_in_order() -> None:
    both = [{"phrases": {"any": ["map"]}}, {"doors": ["smtp"]}]
    first = Topic.model_validate({"id": "a", "team": "t", "rules": both})
    second = Topic.model_validate({"id": "b", "team": "t", "phrases": ["map"]})
    last = Topic(id="c", team="t")
    assert topic_of(told("map", door="smtp"), (second, first, last)).topic == second
    judged = topic_of(told("map", door="smtp"), (first, second, last))
    assert (judged.topic, judged.reason) == (first, "the words 'map' in the text")


def test_only_the_beginning_of_a_very_long_text_is_looked_at() -> None:
    rule = {"phrases": {"any": ["map"]}}
    assert topic_of(told("x " * 100 + "map"), topics(rule)).topic.id == "maps"
    assert topic_of(told("x " * LOOKED_AT + "map"), topics(rule)).topic.id == "general"


def test_the_worst_pattern_that_is_allowed_ends_soon() -> None:
    worst = "a?" * 10 + "a" * 10 + "b"
    began = perf_counter()
    topic_of(told("a" * LOOKED_AT), topics({"patterns": {"any": [worst]}}))
    assert perf_counter() - began < 30


def test_a_rule_may_name_every_field_that_an_item_has() -> None:
    assert set(get_args(ItemField)) == {one.name for one in fields(Item)}
