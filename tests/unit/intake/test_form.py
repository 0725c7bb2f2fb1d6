"""The ask page's form: what is wrong with it, and the letter that it is."""

import base64
import hashlib
from dataclasses import replace
from datetime import date
from typing import Any, Final

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.form import File, Form, faults, form_of, item_query, letter_of, needed_by
from shared.library import Library
from tests.unit.examples import DESCRIPTION, NOW

TODAY: Final = date(2026, 11, 23)
COPY: Final[dict[str, Any]] = {
    "id": "accessible-copy",
    "team": "enquiries",
    "names": {"en": "A copy that I can read"},
    "asks": ["format", "needed_by"],
}
DESK, MAPS = DESCRIPTION["teams"]
LIBRARY: Final = Library.model_validate(
    DESCRIPTION
    | {
        "topics": [COPY, *DESCRIPTION["topics"]],
        "teams": [DESK, MAPS | {"address": "local-history@llanfair.example"}],
    }
)
GOOD: Final = Form(
    question="When did the ferry stop?", email="Rhian@patrons.example", token="1.2.3"
)
FOR_A_COPY: Final = replace(GOOD, topic="accessible-copy", format="braille")


def wrong(form: Form) -> dict[str, str]:
    return faults(form, LIBRARY, TODAY)


def test_a_question_and_an_address_are_enough() -> None:
    assert wrong(GOOD) == {}


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"question": ""}, {"question": "question_missing"}),
        ({"question": " \n\t"}, {"question": "question_missing"}),
        ({"question": "x" * 20_001}, {"question": "question_long"}),
        ({"subject": "x" * 301}, {"subject": "subject_long"}),
        ({"name": "x" * 201}, {"name": "name_long"}),
        ({"email": ""}, {"email": "email_missing"}),
        ({"email": "rhian at home"}, {"email": "email_wrong"}),
        ({"email": "a@b.example, c@d.example"}, {"email": "email_wrong"}),
        ({"email": "rhian@patrons"}, {"email": "email_wrong"}),
        ({"email": "enquiries@llanfair.example"}, {"email": "email_ours"}),
        ({"email": "Enquiries+tag@Llanfair.example"}, {"email": "email_ours"}),
        ({"email": "local-history@llanfair.example"}, {"email": "email_ours"}),
        ({"files": (File("a", "b", b""),) * 11}, {"files": "files_many"}),
        # What no topic asked is not looked at.
        ({"format": "papyrus", "day": "31"}, {}),
        ({"topic": "nothing of the kind", "language": "xx"}, {}),
    ],
)
def test_each_fault_is_told_of_its_field(fields: dict[str, Any], expected: dict[str, str]) -> None:
    assert wrong(replace(GOOD, **fields)) == expected


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, {}),
        ({"format": ""}, {"format": "format_missing"}),
        ({"format": "papyrus"}, {"format": "format_missing"}),
        ({"day": "23", "month": "11", "year": "2026"}, {}),
        ({"day": "٢٤", "month": "١١", "year": "٢٠٢٦"}, {}),
        ({"day": "22", "month": "11", "year": "2026"}, {"needed_by": "needed_by_past"}),
        ({"day": "31", "month": "2", "year": "2027"}, {"needed_by": "needed_by_wrong"}),
        ({"day": "1"}, {"needed_by": "needed_by_wrong"}),
        ({"day": "1", "month": "June", "year": "2027"}, {"needed_by": "needed_by_wrong"}),
        ({"day": "1", "month": "6", "year": "27"}, {"needed_by": "needed_by_wrong"}),
        ({"day": "1", "month": "6", "year": "2927"}, {"needed_by": "needed_by_wrong"}),
        ({"day": "-1", "month": "6", "year": "2027"}, {"needed_by": "needed_by_wrong"}),
        ({"day": "²", "month": "6", "year": "2027"}, {"needed_by": "needed_by_wrong"}),
        ({"day": "0", "month": "0", "year": "0000"}, {"needed_by": "needed_by_wrong"}),
    ],
)
def test_a_topic_asks_what_the_library_wants_to_know(
    fields: dict[str, Any], expected: dict[str, str]
) -> None:
    assert wrong(replace(FOR_A_COPY, **fields)) == expected


def test_all_faults_are_told_at_once_in_the_order_of_the_page() -> None:
    form = Form(topic="accessible-copy", year="soon")
    assert list(wrong(form)) == ["format", "needed_by", "question", "email"]


def test_the_letter_has_what_was_said() -> None:
    form = replace(
        FOR_A_COPY,
        subject="The ferry",
        name="Rhian Example",
        language="cy",
        day="1",
        month="12",
        year="2026",
        item="rft.btitle=An+Old+Map&rft.isbn=9780000000002",
        files=(File("map.png", "image/png", b"12345"),),
    )
    letter = letter_of(form, LIBRARY, "en", NOW)
    assert (letter.door, letter.at, letter.text) == ("form", NOW, "When did the ferry stop?")
    assert (letter.name, letter.address) == ("Rhian Example", "Rhian@patrons.example")
    assert letter.subject == "The ferry"
    [file] = letter.attachments
    assert (file.filename, file.declared_type, file.size) == ("map.png", "image/png", 5)
    assert file.content == b"12345"
    assert file.sha256 == hashlib.sha256(b"12345").hexdigest()
    assert letter.asked == {
        "language": "cy",
        "topic": "accessible-copy",
        "format": "braille",
        "needed_by": "2026-12-01",
        "item": {"title": "An Old Map", "isbn": "9780000000002"},
    }


def test_what_was_not_said_or_not_asked_is_not_in_the_letter() -> None:
    form = replace(GOOD, topic="general", language="xx", format="braille", day="1")
    letter = letter_of(form, LIBRARY, "cy", NOW)
    assert letter.asked == {"language": "cy", "topic": "general"}
    assert letter_of(replace(form, topic="no"), LIBRARY, "en", NOW).asked == {"language": "en"}


def test_the_whole_form_is_kept_as_the_api_would_have_got_it() -> None:
    form = replace(FOR_A_COPY, item="isbn=1", files=(File("a", "b/c", b"\x00\xff"),))
    kept = orjson.loads(letter_of(form, LIBRARY, "en", NOW).raw)
    assert kept["patron"]["email"] == "Rhian@patrons.example"
    assert kept["patron"]["format"] == "braille"
    assert kept["body"] == "When did the ferry stop?"
    assert kept["item"] == {"openurl": "isbn=1"}
    [file] = kept["attachments"]
    assert base64.b64decode(file["content"]) == b"\x00\xff"


@pytest.mark.parametrize(
    ("fields", "subject"),
    [
        ({}, "When did the ferry stop?"),
        ({"question": "\n First line \nsecond"}, "First line"),
        ({"question": "word " * 100}, ("word " * 20).strip()),
        ({"item": "title=An+Old+Map"}, "An Old Map"),
        ({"item": "title=An+Old+Map", "subject": "Mine"}, "Mine"),
    ],
)
def test_a_letter_without_a_subject_gets_one(fields: dict[str, Any], subject: str) -> None:
    assert letter_of(replace(GOOD, **fields), LIBRARY, "en", NOW).subject == subject


def test_the_same_form_is_the_same_letter_and_another_one_is_not() -> None:
    def named(form: Form) -> str:
        return letter_of(form, LIBRARY, "en", NOW).id

    file = File("a", "b", b"c")
    forms = [
        GOOD,
        replace(GOOD, token="another"),
        replace(GOOD, question="Another?"),
        replace(GOOD, email="owain@patrons.example"),
        replace(GOOD, item="isbn=9780000000002"),
        replace(GOOD, files=(file,)),
        replace(GOOD, files=(replace(file, content=b"d"),)),
    ]
    assert len({named(one) for one in forms}) == len(forms)
    assert named(replace(GOOD)) == named(GOOD)


def test_what_is_no_text_is_left_out_and_every_word_stays() -> None:
    bidi = "\u202e\u2066"
    form = form_of(
        {
            "question": f"a\x00b{bidi}\r\nc\td\re\u200f",
            "name": f"Rhian\x00{bidi}\r\nBcc: x@y.example",
            "subject": "a\u2028b",
            "email": " rhian@patrons.example\x00 ",
        }
    )
    assert form.question == "ab\nc\td\ne\u200f"
    assert form.name == "Rhian Bcc: x@y.example"
    assert form.subject == "a b"
    assert form.email == "rhian@patrons.example"


def test_fields_that_are_none_of_ours_are_left_out() -> None:
    hostile = {"email[$ne]": "", "$where": "1", "__proto__": "x", "files": "x", "a.b": "c"}
    assert form_of(hostile) == Form()


@pytest.mark.parametrize(
    ("query", "item"),
    [
        ("lang=cy&topic=general", ""),
        ("", ""),
        ("utm_source=x", ""),
        ("lang=cy&rft.btitle=A+B&topic=maps&rft.au=C&rft.au=D", "rft.btitle=A+B&rft.au=C&rft.au=D"),
        ("url=javascript:alert(1)", ""),
        ("title=%FFmap", "title=%FFmap"),
    ],
)
def test_an_address_of_the_page_names_an_item_or_none(query: str, item: str) -> None:
    assert item_query(query) == item


@given(st.dictionaries(st.sampled_from(list(Form.__dataclass_fields__)), st.text()))
def test_whatever_is_typed_is_a_form_and_stays_one(fields: dict[str, str]) -> None:
    form = form_of(fields)
    again = form_of({name: getattr(form, name) for name in fields if name != "files"})
    assert again == form
    faults(form, LIBRARY, TODAY)
    letter_of(form, LIBRARY, "en", NOW)


@given(st.dates(min_value=date(1000, 1, 1)))
def test_every_day_can_be_written(day: date) -> None:
    written = Form(day=str(day.day), month=f"{day.month:02}", year=str(day.year))
    assert needed_by(written) == day
