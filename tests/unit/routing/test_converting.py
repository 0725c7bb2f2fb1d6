"""What a delivery's words ask of a conversion, and that both services mean the same by it."""

from dataclasses import replace

import pytest

from services.notify.formats.findings import Reason
from services.notify.formats.options import Format, Options
from services.routing.conversion_bodies import ConvertIn, WishesIn
from services.routing.conversion_routes import asked_for
from services.routing.deliveries.refusals import OURS, for_patron
from services.routing.deliveries.wishes import still_meant, wanted_by, wishes_of
from services.routing.delivery_forms import form_of
from shared.copy_formats import called
from shared.problems import Problem
from tests.unit.routing.test_deliveries import delivery

SAID = [
    ("large print", {"format": "large_print"}),
    ("Large print, 24 pt", {"format": "large_print", "point_size": 24.0}),
    ("22.5 point", {"format": "large_print", "point_size": 22.5}),
    ("print mawr 20 pwynt", {"format": "large_print", "point_size": 20.0}),
    ("gros caractères", {"format": "large_print"}),
    ("خط كبير", {"format": "large_print"}),
    ("large print 99 pt", {"format": "large_print"}),
    ("accessible PDF", {"format": "pdf"}),
    ("tagged PDF for her screen reader", {"format": "pdf"}),
    ("large-print PDF", {"format": "large_print"}),
    ("UEB grade 1 braille", {"format": "brf", "braille_grade": 1}),
    ("braille, contracted, as PEF", {"format": "pef"}),
    ("uncontracted braille", {"format": "brf", "braille_grade": 1}),
    ("audio (MP3)", {"format": "mp3"}),
    ("DAISY audio book", {"format": "daisy"}),
    ("EPUB 3", {"format": "epub"}),
    ("Word document", {"format": "docx"}),
    ("plain text", {"format": "text"}),
    ("a web page", {"format": "html"}),
    ("whatever you have", {}),
    ("", {}),
    ("password", {}),
]


@pytest.mark.parametrize(("written", "wanted"), SAID, ids=[one for one, _ in SAID])
def test_a_format_is_understood_in_the_words_that_people_use(
    written: str, wanted: dict[str, object]
) -> None:
    assert wishes_of(written) == wanted


def test_what_is_asked_goes_before_what_the_delivery_says() -> None:
    body = ConvertIn(item=1, point_size=18)
    known = wishes_of("large print 24 pt")
    assert asked_for(body, known, "cy") == {
        "format": "large_print",
        "point_size": 18,
        "language": "cy",
    }
    other = ConvertIn(item=1, format="brf", language="en")
    assert asked_for(other, known, "cy") == {"format": "brf", "language": "en"}
    with pytest.raises(Problem):
        asked_for(ConvertIn(item=1), {}, "cy")


def test_what_is_said_for_programs_goes_before_what_words_are_understood_as() -> None:
    words = delivery(format="large print 24 pt")
    assert wanted_by(words) == {"format": "large_print", "point_size": 24.0}
    bigger = {"point_size": 36}
    assert wanted_by(replace(words, wishes=bigger)) == {"format": "large_print", **bigger}
    other = {"format": "brf", "cells": 32}
    assert wanted_by(replace(words, wishes=other)) == other, "the words are of another"
    assert wanted_by(delivery(format="as before", wishes=other)) == other


def test_wishes_hold_for_other_words_of_the_same_format_alone() -> None:
    wishes = {"point_size": 36}
    assert still_meant(wishes, "large print", "print bras") == wishes
    assert still_meant(wishes, "large print", "large print") == wishes
    assert still_meant(wishes, "large print", "braille") == {}
    assert still_meant({"format": "brf"}, "", "UEB braille") == {"format": "brf"}
    assert still_meant({"cells": 32}, "as before", "whatever") == {}


@pytest.mark.parametrize("language", ["en", "cy", "fr", "ar", "de"])
def test_what_a_letter_calls_a_format_is_understood_when_it_comes_back(language: str) -> None:
    for one in Format:
        wishes = {"format": one.value}
        assert wishes_of(called(wishes, language)) == wishes
    large = {"format": "large_print", "point_size": 22.5}
    assert wishes_of(called(large, language)) == large
    for grade in (1, 2):
        braille = {"format": "brf", "braille_grade": grade}
        assert wishes_of(called(braille, language)) == braille
    assert called({}, language) == ""


def test_a_patron_who_wants_links_in_letters_has_named_no_form_of_copies() -> None:
    assert form_of({}, "links", {})["format"] == ""
    assert form_of({}, "large-print, links", {})["format"] == "large-print, links"
    before = {"format": "large print", "wishes": {"point_size": 24}}
    assert form_of({}, None, before) == before
    assert form_of({"format": "braille"}, None, before) == {"format": "braille", "wishes": {}}
    only = {"wishes": {"format": "mp3"}}
    assert form_of(only, None, before) == {"format": "", **only}


def test_both_services_know_the_same_formats_and_wishes() -> None:
    known = set(WishesIn.model_fields)
    assert known | {"title"} == set(Options.model_fields)
    for one in Format:
        wishes = asked_for(WishesIn(format=one.value), {}, "cy")
        assert Options.model_validate(dict(wishes)).format is one
    for name in ("point_size", "braille_grade", "cells", "lines", "words_a_minute"):
        [*bounds] = Options.model_fields[name].metadata
        for bound in bounds:
            edge = getattr(bound, "ge", None) or getattr(bound, "le", None)
            wishes = asked_for(WishesIn.model_validate({"format": "brf", name: edge}), {}, "en")
            assert getattr(Options.model_validate(dict(wishes)), name) == edge


def test_why_there_is_no_copy_can_be_told_in_each_language_of_the_letters() -> None:
    for reason in Reason:
        told = {for_patron(reason.value, one) for one in ("en", "cy", "fr", "ar")}
        assert len(told) == (1 if reason.value in OURS else 4), reason
        assert (None in told) is (reason.value in OURS)
    assert for_patron("encrypted", "de") == for_patron("encrypted", "en")
    assert for_patron(None, "en") is None
