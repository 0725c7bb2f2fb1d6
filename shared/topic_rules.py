"""A rule of LIBRARY_FILE by which an enquiry is of a topic. It refuses what could take long.

A pattern is tried by a backtracking engine on words that strangers write. So it is bounded before
it is used: no `*` or `+`, no repeated group, and the ways in which it can match at one place (the
product of all its choices) are counted and limited.
"""

import re
from collections.abc import Sequence
from typing import Annotated, Final, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

Door = Literal["smtp", "imap", "http", "form"]
"""Where a letter came in."""
ItemField = Literal[
    "title",
    "authors",
    "isbn",
    "issn",
    "date",
    "publisher",
    "journal",
    "volume",
    "issue",
    "pages",
    "doi",
    "record_id",
    "url",
    "edition",
    "unchecked",
]
ANY: Final = "any"
"""In the place of a language: whatever the letter is written in."""

_LONGEST_PATTERN: Final = 200
_MOST_WAYS: Final = 2_000
_TOKEN: Final = re.compile(
    r"(?P<repeat>(?:\{\d*(?:,\d*)?\}|[*+?])[?+]?)|(?P<open>\((?:\?(?:<[=!]|[:=!]))?)"
    r"|(?P<close>\))|(?P<bar>\|)|\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|.",
    re.DOTALL,
)
_COUNTS: Final = re.compile(r"\{(\d*)(?:(,)(\d*))?\}")


def ways(pattern: str) -> int:
    """In how many ways this expression can match at one place, at the most.

    Raises: ValueError, with the reason, for what has no bound.
    """
    total, bars, after_group = 1, [1], False
    for token in _TOKEN.finditer(pattern):
        if token["open"]:
            if pattern.startswith("?", token.end()):
                raise ValueError("a group that begins with (? is not allowed but for (?: (?= (?!")
            bars.append(1)
        elif token["close"]:
            total *= bars.pop()
        elif token["bar"]:
            bars[-1] += 1
        elif token["repeat"]:
            total *= _choices(token["repeat"], after_group=after_group)
        after_group = token["close"] is not None
    return total * bars[0]


def _choices(repeat: str, *, after_group: bool) -> int:
    """How often what stands before it may be there: so many choices."""
    if repeat[0] == "?":
        return 2
    if after_group:
        raise ValueError("a group can't be repeated; it may be optional, with ?")
    counts = _COUNTS.match(repeat)
    if counts is None or (counts[2] and not counts[3]):
        raise ValueError("* and + have no end: say how many at most, such as {0,20}")
    least, most = int(counts[1] or 0), int(counts[3] or counts[1] or 0)
    return max(1, most - least + 1)


def _bounded(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"no regular expression: {error}") from error
    if ways(pattern) > _MOST_WAYS:
        raise ValueError("it could take too long: too many choices and repetitions")
    return pattern


def _sender(text: str) -> str:
    if not _SENDER.fullmatch(text):
        raise ValueError("wanted: an address, or a domain such as school.example")
    return text.lower()


_SENDER: Final = re.compile(r"(?:[^\s@]{1,64}@)?[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
Tongue = Annotated[str, Field(pattern=r"^[a-z]{2,3}$")]
Phrase = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
Pattern = Annotated[str, Field(min_length=1, max_length=_LONGEST_PATTERN), AfterValidator(_bounded)]
Sender = Annotated[str, AfterValidator(_sender)]
Host = Annotated[str, Field(pattern=r"^[a-z0-9-]+(\.[a-z0-9-]+)+$")]


class TopicRule(BaseModel):
    """It holds if all that it names holds; of each list one is enough."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    phrases: dict[Tongue, tuple[Phrase, ...]] = {}
    """Whole words of the subject or of the new words, by the language of the letter, or `any`."""
    patterns: dict[Tongue, tuple[Pattern, ...]] = {}
    """Regular expressions for the same words, in single blanks, of whatever case."""
    senders: tuple[Sender, ...] = ()
    """Addresses; or domains, with all below them."""
    doors: tuple[Door, ...] = ()
    form_topics: tuple[str, ...] = ()
    """The topic that a form or an integration named: such a rule looks closer at those."""
    item: tuple[ItemField, ...] = ()
    """What is known of the item that was asked about."""
    item_hosts: tuple[Host, ...] = ()
    """Where the item's link leads: host names, with all below them."""

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        named = (self.phrases, self.patterns, self.senders, self.doors, self.form_topics)
        if not any((*named, self.item, self.item_hosts)):
            raise ValueError("the rule names nothing, so that it would always hold")
        return self

    def fault(self, languages: Sequence[str], topics: Sequence[str]) -> str | None:
        """What does not agree with the rest of the file."""
        for spoken in (*self.phrases, *self.patterns):
            if spoken != ANY and spoken not in languages:
                return f"a rule has words in {spoken!r}, which the library does not speak"
        for topic in self.form_topics:
            if topic not in topics:
                return f"a rule names the form topic {topic!r}, which is not there"
        return None
