"""Other patrons in a reply: their names and references, and a greeting to somebody else. Pure."""

import re
from collections.abc import Iterator
from typing import Final

from services.routing.tone import arabic, english, french, welsh
from services.routing.tone.background import Background
from services.routing.tone.finding import Finding, Rule
from services.routing.tone.heard import Heard, folded
from shared.references import in_text

_REFERENCE: Final = re.compile(r"\bENQ[-\s]?[0-9A-Z]{4}[-\s]?[0-9A-Z]{4}\b", re.IGNORECASE)
_GREETING: Final = re.compile(
    r"[ \t]{0,3}([^\W\d_]{2,12})[ \t]([^,!:;.\n،؟?]{1,60})[,!:،]?[ \t]{0,3}(?:\r?\n|$)"
)
_TITLES: Final = frozenset(
    [
        "mr",
        "mrs",
        "ms",
        "miss",
        "mx",
        "dr",
        "prof",
        "professor",
        "sir",
        "madam",
        "m",
        "mme",
        "mlle",
        "mr.",
        "dr.",
    ]
)
_NAME: Final = re.compile(
    r"[^\W\d_]+(?:['’-][^\W\d_]+){0,3}(?: [^\W\d_]+(?:['’-][^\W\d_]+){0,3}){0,5}"
)
_LANGUAGES: Final = (english, welsh, french, arabic)


def strangers(text: Heard, background: Background) -> Iterator[Finding]:
    """What is another patron's; not what this patron has named."""
    yield from _references(text, background)
    yield from _names(text, background)
    yield from _greeting(text, background)


def _references(text: Heard, background: Background) -> Iterator[Finding]:
    known = background.references.union(*(in_text(one) for one in background.letters))
    for found in _REFERENCE.finditer(text.text):
        named = in_text(found[0])
        if named and named[0] not in known:
            yield Finding(*found.span(), Rule.OTHER_PATRON, "This reference is not this patron's.")


def _names(text: Heard, background: Background) -> Iterator[Finding]:
    said = folded(" ".join(background.letters))
    for name in background.others:
        wanted = tuple(folded(name).split())
        if not wanted or " ".join(wanted) in said:
            continue
        for at in range(len(text.words) - len(wanted) + 1):
            words = text.words[at : at + len(wanted)]
            if tuple(one.said for one in words) == wanted:
                place = words[0].start, words[-1].end
                yield Finding(*place, Rule.OTHER_PATRON, "Another patron has this name.")


def _greeting(text: Heard, background: Background) -> Iterator[Finding]:
    """A greeting by a name that is neither the patron's nor in the patron's letters."""
    found = _GREETING.match(text.text)
    own = {one for one in folded(background.patron).replace("-", " ").split() if len(one) > 1}
    if found is None or not own or text.is_aside(*found.span(2)):
        return
    if folded(found[1]) not in {
        one for language in _LANGUAGES for one in folded(language.GREETINGS).split("|")
    }:
        return
    greeted = [one for one in folded(found[2]).replace("-", " ").split() if one not in _TITLES]
    said = set(folded(" ".join(background.letters)).split()) | {
        word.said for one in background.theirs for word in one.words
    }
    groups = {one for language in _LANGUAGES for one in folded(language.GROUPS).split("|")}
    is_name = bool(greeted) and _looks_like_a_name(found[2]) and groups.isdisjoint(greeted)
    if is_name and own.isdisjoint(greeted) and said.isdisjoint(greeted):
        why = f"The greeting is to somebody else: this patron is {background.patron}."
        yield Finding(*found.span(2), Rule.OTHER_PATRON, why)


def _looks_like_a_name(written: str) -> bool:
    words = written.replace(".", " ").split()
    return len(words) < 5 and all(one[:1].isupper() or not one[:1].islower() for one in words)


def names_in(text: str, most: int = 40) -> list[str]:
    """What may be names in it: two to four words with capitals, one after another."""
    found: dict[str, None] = {}
    for words in _runs(text):
        for first in range(len(words)):
            for after in range(first + 2, min(first + 4, len(words)) + 1):
                found[" ".join(words[first:after])] = None
                if len(found) >= most:
                    return list(found)
    return list(found)


def _runs(text: str) -> Iterator[list[str]]:
    run: list[str] = []
    last = 0
    for one in _WORDS.finditer(text):
        word = one[0]
        if word[:1].isupper() and (not run or text[last : one.start()] == " "):
            run.append(word)
        else:
            if len(run) > 1:
                yield run
            run = [word] if word[:1].isupper() else []
        last = one.end()
    if len(run) > 1:
        yield run


_WORDS: Final = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
