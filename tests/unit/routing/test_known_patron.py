"""What is noted of a patron, and what that makes of enquiries and tickets."""

from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

import pytest

from services.routing.arrival import open_ticket
from services.routing.known_patron import (
    KnownPatron,
    as_wished,
    fields_of,
    heed,
    is_known_format,
    known_of,
    noted,
    told,
)
from services.routing.status import Status
from services.routing.ticket import Change, Owner, Patron, Ticket
from tests.unit.examples import LETTER, NOW, OWNER, REFERENCE, situation, ticket

KEY: Final = "rhian@patrons.example"
LANGUAGES: Final = ("en", "cy")
NOBODY: Final = KnownPatron(KEY, "0f" * 16)
SIAN: Final = Owner("sian", "Siân Example")
LATER: Final = NOW + timedelta(days=1)


def known(**said: Any) -> KnownPatron:
    """What Mair has noted at first."""
    return noted(NOBODY, said, OWNER, NOW)


def heeded(of: Ticket, patron: KnownPatron) -> Change:
    change = heed(of, patron, LANGUAGES, LATER)
    assert change is not None
    return change


def test_what_is_noted_has_a_version_and_says_who_and_when() -> None:
    first = known(name="Rhi", language="cy")
    assert (first.version, first.by, first.at) == (1, OWNER, NOW)
    assert (first.name, first.language, first.format) == ("Rhi", "cy", None)
    second = noted(first, {"language": None, "format": "links"}, SIAN, LATER)
    assert (second.name, second.language, second.format) == ("Rhi", None, "links")
    assert (second.version, second.by, second.at) == (2, SIAN, LATER)
    assert second.since == {"name": 1, "language": 2, "format": 2}
    assert second.mark == NOBODY.mark


@pytest.mark.parametrize("said", [{}, {"name": "Rhi"}, {"name": "Rhi", "language": "cy"}])
def test_what_is_noted_already_changes_nothing(said: dict[str, str]) -> None:
    first = known(name="Rhi", language="cy")
    assert noted(first, said, SIAN, LATER) is first


def test_it_is_stored_and_read_as_it_is() -> None:
    first = known(name="Rhi", format=None)
    assert known_of({"_id": KEY, **fields_of(first)}) == first


def test_its_message_says_nothing_of_whom_and_is_the_same_for_the_same_version() -> None:
    first = known(name="Rhi")
    message = told(first, REFERENCE, NOW)
    assert message == told(first, REFERENCE, NOW)
    second = noted(first, {"name": None}, OWNER, NOW)
    assert told(second, REFERENCE, NOW).message_id != message.message_id
    assert "rhi" not in message.model_dump_json().lower()


@pytest.mark.parametrize(
    ("words", "is_one"),
    [
        *(("large-print", True), ("Plain text", True), ("links, large print", True)),
        *(("braille", True), ("gros caractères", True), ("DAISY", True)),
        *(("", False), ("nicely", False), ('{"$ne": 1}', False), ("x" * 50, False)),
    ],
)
def test_a_form_is_one_that_letters_or_copies_have(words: str, is_one: bool) -> None:
    assert is_known_format(words) is is_one


def test_an_enquiry_is_as_its_patron_wishes() -> None:
    letter = as_wished(LETTER, {}, known(name="Rhi", language="cy", format="links"), LANGUAGES)
    assert letter.patron == Patron("Rhi", KEY, ("Rhian Example",))
    assert (letter.language, letter.format, letter.heeds) == ("cy", "links", 1)
    assert letter.reasons["language"] == "the patron prefers it"
    assert "rhi" in letter.words
    opened = open_ticket(REFERENCE, letter, situation()).ticket
    assert (opened.language, opened.format, opened.heeds) == ("cy", "links", 1)


@pytest.mark.parametrize(
    ("door", "asked", "language", "form"),
    [
        ("http", {"language": "en", "format": "braille"}, "en", "braille"),
        ("staff", {"language": "en"}, "en", "links"),
        ("form", {"language": "en", "format": "braille"}, "cy", "braille"),
        ("http", {"language": "xx"}, "cy", "links"),
        ("smtp", {}, "cy", "links"),
    ],
)
def test_what_an_enquiry_asks_for_itself_goes_before(
    door: str, asked: dict[str, str], language: str, form: str
) -> None:
    letter = replace(LETTER, door=door, format=asked.get("format"))
    letter = as_wished(letter, asked, known(language="cy", format="links"), LANGUAGES)
    assert (letter.language, letter.format) == (language, form)


def test_what_was_never_said_leaves_an_enquiry_as_it_is() -> None:
    letter = replace(LETTER, format="large print")
    assert as_wished(letter, {}, known(), LANGUAGES) == replace(letter, heeds=0)
    gone = noted(known(format="links"), {"format": None}, OWNER, NOW)
    assert as_wished(letter, {}, gone, LANGUAGES).format is None, "not that of the last one either"
    other = known(language="gd")
    assert as_wished(letter, {}, other, LANGUAGES).language == "en", "the library has it no more"


def test_a_ticket_heeds_what_was_said_and_says_so() -> None:
    change = heeded(ticket(), known(name="Rhi", language="cy", format="links"))
    assert change.ticket.patron == Patron("Rhi", KEY, ("Rhian Example",))
    assert (change.ticket.language, change.ticket.format) == ("cy", "links")
    assert (change.ticket.heeds, change.ticket.version) == (1, 2)
    assert change.ticket.why["language"] == ("the patron prefers it, says mair",)
    [said] = change.entries
    assert (said["event"], said["by"]) == ("patron_changed", "mair")
    assert said["now"] == {"name": "Rhi", "language": "cy", "format": "links"}
    assert "rhi" in change.words
    assert change.messages == ()


def test_the_names_before_are_kept_for_they_may_stand_where_none_may_be_told() -> None:
    first = known(name="Rhi")
    after = heeded(ticket(patron=Patron("", KEY)), first).ticket
    assert after.patron == Patron("Rhi", KEY)
    second = noted(first, {"name": "Ms Example"}, SIAN, LATER)
    again = noted(second, {"name": "Rhi"}, SIAN, LATER)
    after = heeded(heeded(after, second).ticket, again).ticket
    assert after.patron == Patron("Rhi", KEY, ("Ms Example",))


def test_only_what_is_new_is_heeded() -> None:
    """So what staff have set on the ticket since is not set back."""
    first = known(name="Rhi", language="cy")
    second = noted(first, {"name": "Rhian"}, SIAN, LATER)
    corrected = replace(heeded(ticket(), first).ticket, language="en")
    change = heeded(corrected, second)
    assert change.ticket.language == "en"
    assert change.ticket.patron.name == "Rhian"
    assert change.entries[0]["now"] == {"name": "Rhian"}
    assert heeded(ticket(), second).ticket.language == "cy", "one that has followed neither"


def test_an_older_version_never_undoes_a_newer_one() -> None:
    first = known(language="cy")
    second = noted(first, {"language": "en"}, SIAN, LATER)
    after = heeded(ticket(), second).ticket
    for one in (first, second):
        assert heed(after, one, LANGUAGES, LATER) is None


def test_that_there_is_no_form_more_is_heeded_and_no_name_or_language_is_not() -> None:
    first = known(name="Rhi", language="cy", format="links")
    gone = noted(first, dict.fromkeys(("name", "language", "format")), SIAN, LATER)
    after = heeded(heeded(ticket(), first).ticket, gone)
    assert after.ticket.format is None
    assert (after.ticket.patron.name, after.ticket.language) == ("Rhi", "cy")
    assert after.entries[0]["now"] == {"format": None}


@pytest.mark.parametrize(
    "other",
    [
        ticket(status=Status.CLOSED),
        ticket(patron=Patron("Gwen", "gwen@patrons.example")),
        ticket(patron=Patron("Rhian Example", None)),
        ticket(heeds=1),
    ],
)
def test_what_is_closed_or_not_theirs_heeds_nothing(other: Ticket) -> None:
    assert heed(other, known(name="Rhi"), LANGUAGES, LATER) is None


def test_a_tag_in_the_address_is_no_matter() -> None:
    tagged = ticket(patron=Patron("Rhian Example", "Rhian+books@patrons.example"))
    assert heeded(tagged, known(name="Rhi")).ticket.patron.address == "Rhian+books@patrons.example"
