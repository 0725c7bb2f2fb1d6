"""What routing makes of a letter's document: whose it is, what it is about, and why."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from services.routing.understanding import letter_of
from services.routing.urgency import Urgency
from shared.library import Library
from tests.unit.examples import DESCRIPTION, NOW

TEAMS = [
    {"id": "enquiries", "name": "Enquiry Desk"},
    {"id": "local-history", "name": "Local History", "address": "local-history@llanfair.example"},
    {"id": "press", "name": "Press", "address": "press@llanfair.example"},
]
LIBRARY = Library.model_validate(DESCRIPTION | {"teams": TEAMS})
OURS = "enquiries@llanfair.example"


def document(*recipients: str, text: str = "When are you open?", **fields: Any) -> dict[str, Any]:
    known: dict[str, Any] = {
        "_id": "letter-1",
        "at": NOW,
        "name": "Rhian Example",
        "recipients": list(recipients),
        "subject": "A question",
        "text": text,
        "automatic": None,
        "asked": {},
    }
    return known | fields


@pytest.mark.parametrize(
    ("recipients", "text", "team", "topic"),
    [
        ((OURS,), "When are you open?", "enquiries", "general"),
        ((OURS,), "the census of 1881", "local-history", "local-history"),
        (("Local-History+x@llanfair.example",), "Hello", "local-history", "local-history"),
        ((OURS, "local-history@llanfair.example"), "Hello", "local-history", "local-history"),
        (("press@llanfair.example",), "Hello", "press", "general"),
        (("press@llanfair.example",), "the census of 1881", "press", "local-history"),
    ],
)
def test_the_team_that_was_written_to_has_it_whatever_it_is_about(
    recipients: tuple[str, ...], text: str, team: str, topic: str
) -> None:
    letter = letter_of(document(*recipients, text=text), LIBRARY)
    assert (letter.team, letter.topic) == (team, topic)


def test_the_reason_is_told_where_the_address_decided() -> None:
    letter = letter_of(document("press@llanfair.example"), LIBRARY)
    assert letter.because == ("written to press at its own address",)
    assert letter_of(document(OURS, text="census"), LIBRARY).because == ()
    assert letter_of(document(asked={"topic": "local-history"}), LIBRARY).because == ()


QUOTED = "On Monday the desk wrote:\n> we have the census of 1881, urgent, by Friday"


def test_what_is_quoted_or_signed_says_nothing_of_it() -> None:
    text = f"When are you open?\n\n{QUOTED}"
    told = letter_of(document(OURS, text=text, new_text="When are you open?"), LIBRARY)
    assert (told.topic, told.urgency, told.needed_by) == ("general", Urgency.NORMAL, None)
    assert letter_of(document(OURS, text=text), LIBRARY).topic == "local-history"


def test_a_letter_says_why() -> None:
    text = "Mae angen cyfrifiad y plwyf arnaf erbyn dydd Gwener, os gwelwch yn dda. Diolch"
    told = letter_of(document(OURS, text=text, subject="Census", door="smtp"), LIBRARY)
    assert (told.topic, told.language, told.door) == ("local-history", "cy", "smtp")
    assert (told.urgency, told.needed_by) == (Urgency.SOON, date(2026, 11, 27))
    assert told.reasons == {
        "topic": "the words 'census' in the subject",
        "language": "by the words of the letter",
        "urgency": "needed by 2026-11-27, told in the letter",
        "thanks": "its subject is not understood as thanks",
    }
    assert not told.is_bare_thanks


def test_a_day_is_counted_from_where_the_library_is() -> None:
    late = datetime(2026, 7, 6, 23, 30, tzinfo=UTC)  # Tuesday already, by British summer time
    told = letter_of(document(OURS, text="My exam is tomorrow", at=late), LIBRARY)
    assert told.needed_by == date(2026, 7, 8)


def test_what_was_asked_in_a_form_comes_first() -> None:
    asked = {"language": "cy", "needed_by": "2026-11-24", "topic": "local-history"}
    told = letter_of(document(OURS, text="I need it by Friday", asked=asked), LIBRARY)
    assert (told.language, told.topic) == ("cy", "local-history")
    assert (told.urgency, told.needed_by) == (Urgency.URGENT, date(2026, 11, 24))
    assert told.reasons["urgency"] == "needed by 2026-11-24, asked for"


def test_the_words_of_this_program_tell_no_language_and_no_haste() -> None:
    asked = {"channel": "phone"}
    text = "Contact was lost (phone): to be made again, and this is urgent for you all."
    told = letter_of(document(OURS, text=text, asked=asked), LIBRARY, "cy")
    assert (told.language, told.urgency) == ("cy", Urgency.NORMAL)


@pytest.mark.parametrize(
    ("fields", "is_bare"),
    [
        ({}, True),
        ({"attachments": [{"inline": True, "size": 900}]}, True),
        ({"attachments": [{"inline": True, "size": 900_000}]}, False),
        ({"attachments": [{"inline": False, "size": 900}]}, False),
        ({"asked": {"topic": "general"}}, False),
        ({"subject": "Renewal"}, False),
        ({"new_text": "Thank you.\n\nRhian"}, True),
        ({"new_text": "Thank you.\n\nRhiannon"}, False),
        ({"new_text": "Thank you.\n\nRe", "address_as_written": "re@patrons.example"}, True),
    ],
)
def test_thanks_are_bare_only_where_nothing_comes_with_them(
    fields: dict[str, Any], is_bare: bool
) -> None:
    found = document(OURS, text="Thank you!") | {"subject": "Re: Opening hours"} | fields
    assert letter_of(found, LIBRARY).is_bare_thanks is is_bare


def test_the_words_of_all_languages_count_where_the_letters_is_not_sure() -> None:
    rule = {"phrases": {"cy": ["map"]}}
    topics = [{"id": "maps", "team": "press", "rules": [rule]}, *DESCRIPTION["topics"]]
    library = Library.model_validate(DESCRIPTION | {"teams": TEAMS, "topics": topics})
    for text, topic in (("Map", "maps"), ("Do you have a map of the town for me?", "general")):
        assert letter_of(document(OURS, text=text), library).topic == topic
