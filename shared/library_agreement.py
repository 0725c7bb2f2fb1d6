"""Whether the parts of a library file agree with each other. Pure.

It looks at the file as it was written: a part that is faulty by itself is told of elsewhere, and
must not hide what is wrong between the others.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from shared.toml_file import Fault, repeated
from shared.toml_lines import Place

Written = Mapping[str, Any]
_LANGUAGES: Final = ("library", "languages")


def disagreements(data: Written) -> Iterator[Fault]:
    """Every fault between the parts, with its place."""
    yield from _twice(data)
    yield from _addresses(data)
    yield from _staff(data)
    yield from _topics(data)
    yield from _languages(data)


def _twice(data: Written) -> Iterator[Fault]:
    for kind in ("teams", "topics"):
        for at, team_id in repeated(one.get("id") for one in _tables(data, kind)):
            yield (kind, at, "id"), f"two {kind} have the same id, {team_id!r}"
    for at, language in repeated(_words(data, *_LANGUAGES)):
        yield (*_LANGUAGES, at), f"{language!r} is there already"
    for at, address in repeated(_ladder(data)):
        yield ("escalation", "ladder", at), f"{address} is there already"


def _addresses(data: Written) -> Iterator[Fault]:
    """Mail to an address must have one meaning."""
    teams = [_address(one.get("address")) for one in _tables(data, "teams")]
    enquiries = _address(_table(data, "library").get("enquiry_address"))
    for at, address in repeated([enquiries, *teams]):
        where = "two teams, or a team and the enquiry desk, have the same address"
        yield ("teams", at - 1, "address"), f"{where}, {address}"


def _staff(data: Written) -> Iterator[Fault]:
    """A letter to staff must not open a ticket, of which staff are told by a letter."""
    ours = {_address(one.get("address")) for one in _tables(data, "teams")}
    ours.add(_address(_table(data, "library").get("enquiry_address")))
    leads = [_address(one.get("lead")) for one in _tables(data, "teams")]
    named: list[tuple[Place, str | None]]
    named = [(("teams", at, "lead"), one) for at, one in enumerate(leads)]
    named += [(("escalation", "ladder", at), one) for at, one in enumerate(_ladder(data))]
    for place, address in named:
        if address is not None and address in ours:
            yield place, f"{address} is for patrons; wanted: a staff member's own address"


def _topics(data: Written) -> Iterator[Fault]:
    teams = {one.get("id") for one in _tables(data, "teams") if isinstance(one.get("id"), str)}
    topics = _tables(data, "topics")
    for at, topic in enumerate(topics):
        name, team = topic.get("id"), topic.get("team")
        if isinstance(team, str) and team not in teams:
            yield ("topics", at, "team"), f"topic {name!r} names team {team!r}, which is not there"
    if topics and topics[-1].get("phrases"):
        place = ("topics", len(topics) - 1, "phrases")
        yield place, "the last topic takes what no other has taken: it can't name phrases"


def _languages(data: Written) -> Iterator[Fault]:
    spoken = {one for one in _words(data, *_LANGUAGES) if one is not None}
    missing = spoken - _table(data, "sign_off").keys()
    if missing and "sign_off" in data:
        yield ("sign_off",), f"no words in: {', '.join(sorted(missing))}"


# What is not as it should be counts as not there.


def _table(data: Written, name: str) -> Written:
    found = data.get(name)
    return found if isinstance(found, Mapping) else {}


def _tables(data: Written, name: str) -> list[Written]:
    found = data.get(name)
    if not isinstance(found, list | tuple):
        return []
    return [one if isinstance(one, Mapping) else {} for one in found]


def _words(data: Written, table: str, name: str) -> list[str | None]:
    found = _table(data, table).get(name)
    if not isinstance(found, list | tuple):
        return []
    return [one if isinstance(one, str) else None for one in found]


def _ladder(data: Written) -> list[str | None]:
    return [_address(one) for one in _words(data, "escalation", "ladder")]


def _address(written: object) -> str | None:
    return written.lower() if isinstance(written, str) else None
