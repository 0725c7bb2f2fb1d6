"""A patron's "this one doesn't work": which copy is meant. Pure.

It reads a few plain phrases in an answer to a letter that brought copies. Which one is meant must
be plain too: it is named, or the only one. All else is for somebody to read; nothing is guessed.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from services.routing.deliveries.delivery import Delivery, Kind, Sent
from services.routing.deliveries.item import Item, State

REASON: Final = "the patron wrote that it does not work: their letter says what is wrong"
_LONGEST: Final = 4000
"""Characters of what somebody wrote that are looked at."""
_SHORTEST: Final = 4
"""Characters of a title that is looked for."""
_SAYING: Final = re.compile(
    r"(?:does ?n[o']t|did ?n[o']t|do ?n[o']t|wo ?n[o']t|will not) (?:work|open)\b"
    r"|(?:is ?n[o']t|are ?n[o']t) working"
    r"|can(?:['n ]{0,2}no?t|'t) (?:open|read|use|hear)|cannot (?:open|read|use|hear)|unreadable"
    r"|ddim yn (?:gweithio|agor)|nid yw(?:'n)? (?:yn )?(?:gweithio|agor)|(?:methu|fedra i ddim)"
    r" (?:ag |ei )?(?:agor|darllen|hagor)"
    r"|ne (?:marche|fonctionne) pas|ne s'ouvre pas|(?:impossible|n'arrive pas) (?:de |d'|à )"
    r"(?:l')?(?:ouvrir|lire)|illisible"
    r"|لا يعمل|لا تعمل|لا يفتح|لا أستطيع (?:فتح|قراءة)"
)
_BROUGHT: Final = frozenset({Kind.PART, Kind.ACCOUNT})


def complaint_in(words: str) -> str:
    """The words, to be looked through for titles, if they say that something does not work."""
    plain = " ".join(words[:_LONGEST].replace("’", "'").split()).casefold()
    return plain if _SAYING.search(plain) else ""


def meant_by(
    complaint: str, answers: Sequence[str], deliveries: Iterable[Delivery]
) -> tuple[Delivery, tuple[Item, ...]] | None:
    """The copies of which this is said, in an answer to these letters of ours (how their ids
    begin). None: nothing is said, or it isn't plain of which."""
    if not complaint:
        return None
    for delivery in deliveries:
        letters = [one for one in delivery.sent if one.kind in _BROUGHT and _is(one, answers)]
        if letters:
            brought = {number for one in letters for number in one.items}
            had = [one for one in delivery.items if one.state is State.DELIVERED]
            meant = _meant(complaint, [one for one in had if one.number in brought], had)
            return (delivery, tuple(meant)) if meant else None
    return None


def _is(letter: Sent, answers: Sequence[str]) -> bool:
    return any(one and letter.id.startswith(one) for one in answers)


def _meant(complaint: str, brought: list[Item], had: list[Item]) -> list[Item]:
    named = [one for one in had if _is_named(one, complaint)]
    # Of two titles one of which stands in the other, the longer is meant.
    titles = [_title(one) for one in named]
    named = [
        one
        for one in named
        if not any(_title(one) != other and _title(one) in other for other in titles)
    ]
    return named or (brought if len(brought) == 1 else [])


def _title(item: Item) -> str:
    return " ".join(item.work.title.replace("’", "'").split()).casefold()


def _is_named(item: Item, complaint: str) -> bool:
    title = _title(item)
    return (
        len(title) >= _SHORTEST
        and re.search(rf"(?<!\w){re.escape(title)}(?!\w)", complaint) is not None
    )
