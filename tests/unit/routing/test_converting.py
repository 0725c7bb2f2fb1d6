"""What a delivery's words ask of a conversion, and that both services mean the same by it."""

import pytest

from services.notify.formats.findings import Reason
from services.notify.formats.options import Format, Options
from services.routing.conversion_bodies import ConvertIn, WishesIn
from services.routing.conversion_routes import asked_for
from services.routing.deliveries.refusals import OURS, for_patron
from services.routing.deliveries.wishes import wishes_of
from shared.problems import Problem

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
    assert asked_for(body, "large print 24 pt", "cy") == {
        "format": "large_print",
        "point_size": 18,
        "language": "cy",
    }
    other = ConvertIn(item=1, format="brf", language="en")
    assert asked_for(other, "large print 24 pt", "cy") == {"format": "brf", "language": "en"}
    with pytest.raises(Problem):
        asked_for(ConvertIn(item=1), "something", "cy")


def test_both_services_know_the_same_formats_and_wishes() -> None:
    known = set(WishesIn.model_fields)
    assert known | {"title"} == set(Options.model_fields)
    for one in Format:
        wishes = asked_for(WishesIn(format=one.value), "", "cy")
        assert Options.model_validate(dict(wishes)).format is one
    for name in ("point_size", "braille_grade", "cells", "lines", "words_a_minute"):
        [*bounds] = Options.model_fields[name].metadata
        for bound in bounds:
            edge = getattr(bound, "ge", None) or getattr(bound, "le", None)
            wishes = asked_for(WishesIn.model_validate({"format": "brf", name: edge}), "", "en")
            assert getattr(Options.model_validate(dict(wishes)), name) == edge


def test_why_there_is_no_copy_can_be_told_in_each_language_of_the_letters() -> None:
    for reason in Reason:
        told = {for_patron(reason.value, one) for one in ("en", "cy", "fr", "ar")}
        assert len(told) == (1 if reason.value in OURS else 4), reason
        assert (None in told) is (reason.value in OURS)
    assert for_patron("encrypted", "de") == for_patron("encrypted", "en")
    assert for_patron(None, "en") is None
