"""How a reply sounds: good cheer out of place, excuses, refusals, blame, idiom. Pure."""

import re
import unicodedata
from collections.abc import Callable, Iterator
from typing import Final

from services.routing.tone.background import Background
from services.routing.tone.finding import Finding, Rule
from services.routing.tone.heard import Heard
from services.routing.tone.mood import Mood
from services.routing.tone.phrases import Spot, spots

_SMILEYS: Final = re.compile(r"(?<![\w:;=])(?:[:;=8]-?[)DPp\]]|\(:|<3|\^\^|xD)(?!\w)")
_SOLEMN: Final = frozenset("🙏🕯💐🌹❤📎☎✉📞✓✔📧📄📍🔗☑✅➡★☆♿")
_LEAST_CONTENT: Final = 3
"""Words of a sentence that says something besides an apology."""


def cheer(text: Heard, background: Background) -> Iterator[Finding]:
    """A cheerful word, a smile or a pile of exclamation marks to who is upset or has lost
    somebody."""
    if background.mood is Mood.PLAIN:
        return
    why = f"The patron {background.mood}: good cheer sounds as if nobody had listened."
    for one in spots("cheer", text, signed=True):
        yield Finding(*one.span(text), Rule.CHEER, why)
    for start, end in (*_smiles(text.text), *_exclamations(text)):
        if not text.is_aside(start, end):
            yield Finding(start, end, Rule.CHEER, why)


def _smiles(text: str) -> Iterator[tuple[int, int]]:
    for at, one in enumerate(text):
        is_picture = 0x1F300 <= ord(one) <= 0x1FAFF or 0x2600 <= ord(one) <= 0x27BF
        if is_picture and one not in _SOLEMN and unicodedata.category(one) == "So":
            yield at, at + 1
    yield from (found.span() for found in _SMILEYS.finditer(text))


def _exclamations(text: Heard) -> Iterator[tuple[int, int]]:
    """From the second on, wherever they stand."""
    places = [at for at, one in enumerate(text.text) if one in "!！" and not text.is_aside(at, at)]
    if len(places) > 1:
        yield places[1], places[-1] + 1


def apology(text: Heard, background: Background) -> Iterator[Finding]:
    """One without what was done or will be done; to who is not upset, one with nothing else."""
    found = spots("apology", text)
    if not found or spots("deed", text):
        return
    if background.mood is Mood.PLAIN and _has_content(text, found):
        return
    why = "An apology alone changes nothing for the patron: what was done, or will be?"
    yield Finding(*found[0].span(text), Rule.APOLOGY, why)


def _has_content(text: Heard, apologies: list[Spot]) -> bool:
    """Whether a sentence says something besides apologies, thanks and greetings."""
    empty = {
        text.words[one.first].sentence
        for one in (*apologies, *spots("not deed", text), *spots("glad", text))
    }
    return any(
        after - first >= _LEAST_CONTENT
        and text.words[first].sentence not in empty
        and not text.is_signed(text.words[first].start)
        for first, after in text.sentences
    )


def bad_answer(text: Heard, background: Background) -> Iterator[Finding]:
    """A refusal without its reason or a way round it; that something is not there, without another
    way. Who answers is told under every reply."""
    refusals = [(one, True) for one in spots("bad", text)]
    lacks = [(one, False) for one in spots("lack", text)]
    if (not refusals and not lacks) or "?" in text.text or "؟" in text.text:
        return
    has_way = _is_apart("way", text, [*refusals, *lacks]) or _is_apart(
        "deed", text, [*refusals, *lacks]
    )
    spot, is_refused = min((*refusals, *lacks), key=lambda one: one[0].first)
    has_reason = bool(spots("reason", text)) or bool(lacks) or not is_refused
    missing = [
        what
        for what, is_there in (("why", has_reason), ("what can be done instead", has_way))
        if not is_there
    ]
    if missing:
        why = f"A refusal that does not say {' or '.join(missing)} leaves the patron alone."
        yield Finding(*spot.span(text), Rule.BAD_ANSWER, why)


def _is_apart(kind: str, text: Heard, taken: list[tuple[Spot, bool]]) -> bool:
    """Whether there is such a phrase that is no part of the refusals."""
    return any(not any(one.overlaps(other) for other, _ in taken) for one in spots(kind, text))


def blame(text: Heard, background: Background) -> Iterator[Finding]:
    """That it is the patron's fault."""
    for one in spots("blame", text):
        yield Finding(*one.span(text), Rule.BLAME, "It says that it is the patron's fault.")


def policy(text: Heard, background: Background) -> Iterator[Finding]:
    """Rules instead of reasons; not where the patron asked about rules."""
    asked = (word for letter in background.theirs for word in letter.words)
    if any(not _TOPICS.isdisjoint(one.forms) for one in asked):
        return
    for one in spots("policy", text):
        why = "A rule is no reason: it says that the library comes before the patron."
        yield Finding(*one.span(text), Rule.POLICY, why)


_TOPICS: Final = frozenset(
    [
        "policy",
        "policies",
        "rules",
        "regulations",
        "polisi",
        "bolisi",
        "polisiau",
        "rheolau",
        "reolau",
        "reglement",
        "reglements",
        "politique",
        "regles",
        "قواعد",
        "سياسه",
        "قوانين",
        "لوائح",
    ]
)


def sorry_but(text: Heard, background: Background) -> Iterator[Finding]:
    """What follows takes the apology back; not if it says what was done."""
    buts = spots("but", text)
    helps = [*spots("help", text), *spots("deed", text)]
    for sorry in spots("sorry", text):
        sentence = text.words[sorry.first].sentence
        taken = next((one for one in buts if _follows(one, sorry, sentence, text)), None)
        if taken is None:
            continue
        ends = text.words[taken.first].sentence
        is_help = any(
            one.first >= taken.first and text.words[one.first].sentence == ends for one in helps
        )
        if not is_help:
            start, end = sorry.span(text)[0], taken.span(text)[1]
            why = "What comes after this word takes the apology back."
            yield Finding(start, end, Rule.SORRY_BUT, why)


def _follows(but: Spot, sorry: Spot, sentence: int, text: Heard) -> bool:
    word = text.words[but.first]
    if but.first < sorry.after:
        return False
    return word.sentence == sentence or (word.sentence == sentence + 1 and word.is_first)


def figures(text: Heard, background: Background) -> Iterator[Finding]:
    """Idiom and humour where they may be misunderstood, or hurt."""
    is_moved = background.mood is not Mood.PLAIN
    for kind, rule in (("idiom", Rule.IDIOM), ("humour", Rule.HUMOUR)):
        for one in spots(kind, text):
            is_foreign = one.language != background.spoken or background.is_learner
            if (is_foreign or is_moved) and not _is_theirs(one, text, background):
                because = "may not be understood" if is_foreign else "is out of place"
                who = "in another language" if is_foreign else f"who {background.mood}"
                yield Finding(*one.span(text), rule, f"To a patron {who} this {because}.")


def _is_theirs(spot: Spot, text: Heard, background: Background) -> bool:
    """Whether the patron wrote these words first."""
    said = " ".join(one.said for one in text.words[spot.first : spot.after])
    letters = (" ".join(one.said for one in letter.words) for letter in background.theirs)
    return any(said in one for one in letters)


MANNERS: Final[tuple[Callable[[Heard, Background], Iterator[Finding]], ...]] = (
    cheer, apology, bad_answer, blame, policy, sorry_but, figures,
)  # fmt: skip
