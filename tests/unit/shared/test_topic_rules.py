"""Rules that would be wrong or slow are refused when the library file is read."""

import re
import tomllib

import pytest
from pydantic import ValidationError

from deploy.local.servers import ROOT
from shared.library import Library
from shared.topic_rules import TopicRule, ways


@pytest.mark.parametrize(
    ("pattern", "most"),
    [
        ("large print", 1),
        (r"\bmap\s{1,3}of\b", 3),
        ("maps?", 2),
        ("(a|b)(c|d|e)?", 12),
        ("a|b|c", 3),
        (r"[|?*+{3,9}(]\*\(", 1),
        ("x{3}", 1),
        ("x{,4}y{2,3}?", 10),
        ("a?" * 10, 1024),
        ("(?:ab)?(?=c|d)", 4),
    ],
)
def test_the_ways_in_which_a_pattern_can_match_are_counted(pattern: str, most: int) -> None:
    assert ways(pattern) == most


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        ("(a+)+b", "have no end"),
        ("a*", "have no end"),
        (".+", "have no end"),
        ("a{2,}", "have no end"),
        ("a{,}", "have no end"),
        ("a*+", "have no end"),
        ("(a|a){1,30}b", "a group can't be repeated"),
        ("(a{1,9}){9}", "a group can't be repeated"),
        ("a?" * 11, "could take too long"),
        (".{0,50}.{0,50}", "could take too long"),
        ("(?P<x>a)(?P=x)", "a group that begins with"),
        ("(?i)a", "a group that begins with"),
        ("(?x) a {3,9}", "a group that begins with"),
        ("(a", "no regular expression"),
        ("[a", "no regular expression"),
        ("x" * 201, "at most 200"),
        ("", "at least 1"),
    ],
)
def test_a_pattern_that_is_broken_or_could_take_long_is_refused(pattern: str, said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        TopicRule.model_validate({"patterns": {"any": [pattern]}})


@pytest.mark.parametrize(
    "rule",
    [
        {},
        {"phrases": {}},
        {"phrases": {"Welsh": ["map"]}},
        {"phrases": {"any": [" "]}},
        {"phrases": ["map"]},
        {"senders": ["@maps.example"]},
        {"senders": ["everybody"]},
        {"doors": ["letterbox"]},
        {"item": ["colour"]},
        {"item_hosts": ["https://maps.example"]},
        {"weather": "fine"},
    ],
)
def test_a_rule_that_says_nothing_or_what_is_not_known_is_refused(rule: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        TopicRule.model_validate(rule)


def test_the_examples_in_the_librarys_file_are_right_and_of_every_sort() -> None:
    text = (ROOT / "deploy" / "library.toml").read_text(encoding="utf-8")
    fields = "|".join(TopicRule.model_fields)
    shown = re.sub(rf"(?m)^# (?=\[\[topics\.rules\]\]|(?:{fields}) = )", "", text)
    library = Library.model_validate(tomllib.loads(shown))
    rules = [rule for topic in library.topics for rule in topic.rules]
    assert len(rules) == 6
    named = set().union(*(rule.model_fields_set for rule in rules))
    assert named == set(TopicRule.model_fields)
