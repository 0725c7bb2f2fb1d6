"""What a letter is about, by the rules of the library file: the first that holds, and why. Pure.

Rules see the sender's new words and the subject, never what is quoted or signed. They choose a
topic and nothing else: what they read was written by strangers.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from services.routing.words import Words
from shared.library import Topic
from shared.topic_rules import ANY, TopicRule

NOTHING_TOLD: Final = "no rule took it"


@dataclass(frozen=True)
class Told:
    """What rules may look at."""

    subject: Words
    text: Words
    language: str | None = None
    """The letter's language; None if that is not sure: words of all languages count then."""
    sender: str | None = None
    door: str | None = None
    form_topic: str | None = None
    item: Mapping[str, object] | None = None


@dataclass(frozen=True)
class Judgement:
    """A topic, and why."""

    topic: Topic
    reason: str


def topic_of(told: Told, topics: Sequence[Topic]) -> Judgement:
    """The first topic with a rule that holds, else the last one.

    What a form named is the topic, unless a rule that names that form topic says otherwise.
    """
    named = next((one for one in topics if one.id == told.form_topic), None)
    for topic in topics:
        for rule in topic.every_rule:
            if bool(rule.form_topics) != (named is not None):
                continue
            if reasons := _holds(rule, told):
                return Judgement(topic, " and ".join(reasons))
    if named is not None:
        return Judgement(named, "it was named in the form")
    return Judgement(topics[-1], NOTHING_TOLD)


def _holds(rule: TopicRule, told: Told) -> list[str] | None:
    """Why the rule holds; None if it doesn't."""
    found = [
        *([_of_words(rule, told)] if rule.phrases or rule.patterns else []),
        *([_of_sender(rule, told)] if rule.senders else []),
        *([_of_door(rule, told)] if rule.doors else []),
        *([_of_form(rule, told)] if rule.form_topics else []),
        *([_of_item(rule, told)] if rule.item else []),
        *([_of_host(rule, told)] if rule.item_hosts else []),
    ]
    known = [one for one in found if one is not None]
    return known if len(known) == len(found) else None


def _of_words(rule: TopicRule, told: Told) -> str | None:
    for where, words in (("subject", told.subject), ("text", told.text)):
        phrase = words.first(_spoken(rule.phrases, told.language))
        if phrase is not None:
            return f"the words {phrase!r} in the {where}"
        for pattern in _spoken(rule.patterns, told.language):
            if re.search(pattern, words.shown, re.IGNORECASE):
                return f"the pattern {pattern!r} in the {where}"
    return None


def _spoken(by_language: Mapping[str, Sequence[str]], language: str | None) -> Iterable[str]:
    """What is looked for in a letter of this language."""
    return (
        one
        for spoken, several in by_language.items()
        if language is None or spoken in {ANY, language}
        for one in several
    )


def _of_sender(rule: TopicRule, told: Told) -> str | None:
    address = (told.sender or "").lower()
    for sender in rule.senders:
        if address == sender if "@" in sender else _is_below(address.rpartition("@")[2], sender):
            return f"it is from {sender}"
    return None


def _of_door(rule: TopicRule, told: Told) -> str | None:
    return f"it came by {told.door}" if told.door in rule.doors else None


def _of_form(rule: TopicRule, told: Told) -> str | None:
    topic = told.form_topic
    return f"the form named {topic}" if topic in rule.form_topics else None


def _of_item(rule: TopicRule, told: Told) -> str | None:
    item = told.item or {}
    return next((f"its item has {one}" for one in rule.item if item.get(one)), None)


def _of_host(rule: TopicRule, told: Told) -> str | None:
    try:
        host = urlsplit(str((told.item or {}).get("url") or "")).hostname or ""
    except ValueError:
        return None
    return next((f"its item is at {one}" for one in rule.item_hosts if _is_below(host, one)), None)


def _is_below(host: str, domain: str) -> bool:
    return host == domain or host.endswith("." + domain)
