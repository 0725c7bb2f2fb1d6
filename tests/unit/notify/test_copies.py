"""Letters about accessible copies: what a publisher is told, and what a patron is."""

from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

import pytest

from services.notify.compose import Composer, Facts
from services.notify.copies import Copies, files_of, letter_in
from services.notify.letters import Outgoing
from services.notify.order import turn
from services.notify.rows import Other
from services.routing.deliveries.wishes import wishes_of
from services.routing.tone.check import check
from shared.copy_formats import called
from shared.messages import OF_DELIVERIES, TO_PUBLISHERS, Notice
from shared.references import Seal
from tests.letters.golden import COMPOSER
from tests.unit.examples import ADDRESS, LIBRARY, NOW, REFERENCE, SECRET, document, request
from tests.unit.notify.test_tone_of_templates import UPSET

SEAL: Final = Seal(SECRET)
NOTICE: Final = "0123456789abcdef0123456789abcdef"
LANGUAGES: Final = ("en", "cy", "fr", "ar")
PUBLISHER: Final = {"name": "Gwasg Afon", "address": "rights@gwasg-afon.example", "language": "en"}
ASKED: Final = {"publisher": "aa", "since": NOW - timedelta(days=20), "asks": 2, "chased": 1}


def item(number: int, state: str, **fields: Any) -> dict[str, Any]:
    work = {"title": f"Work {number}", "authors": "A. Author", "year": "2019"}
    return {"number": number, "work": work, "state": state, "since": NOW, **fields}


def delivery(kind: str = "part", **fields: Any) -> dict[str, Any]:
    items = [
        item(1, "delivered", file={"letter_id": "0f" * 16, "number": 0}),
        item(2, "asked", tries=[ASKED], expected_at=NOW + timedelta(days=8)),
        item(3, "chasing", tries=[ASKED], expected_at=NOW - timedelta(days=1)),
        item(4, "checking"),
        item(5, "cannot_be_had", reason="Out of print", alternative="A summary"),
        item(6, "withdrawn", reason="No longer on the course"),
    ]
    numbers = {"part": [1], "cannot": [5], "ask": [2, 3], "chase": [2, 3]}.get(kind, [])
    known = {
        "id": "d1",
        "format": "accessible PDF",
        "needs": "She is blind and lives alone",
        "rights": "section 31A",
        "handover": "mail",
        "items": items,
        "sent": [{"id": NOTICE, "kind": kind, "at": NOW, "items": numbers}],
    }
    return known | fields


def composed(
    notice: Notice, language: str = "en", composer: Composer = COMPOSER, **fields: Any
) -> Outgoing:
    kind = notice.value.removeprefix("delivery_")
    known = delivery(kind, **fields)
    is_asked = notice in TO_PUBLISHERS
    to = PUBLISHER | {"language": language} if is_asked else None
    ticket = document(language="cy" if is_asked else language)
    files: Any = [
        {
            "file": "f1",
            "filename": "work-1.pdf",
            "content_type": "application/pdf",
            "size": 1000,
            "letter": "0f" * 16,
            "place": 0,
        }
    ]
    facts = Facts(
        NOTICE,
        notice,
        REFERENCE,
        ticket,
        None,
        None,
        None,
        files=files if kind == "part" else (),
        copies=Copies(notice, known, known["sent"][0], to),
    )
    return composer.compose(facts, NOW)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("notice", sorted(TO_PUBLISHERS))
def test_a_publisher_is_told_works_format_and_ground_and_nothing_of_the_patron(
    notice: Notice, language: str
) -> None:
    letter = composed(notice, language)
    assert letter.to == "rights@gwasg-afon.example"
    for said in ("Work 2", "Work 3", "accessible PDF", "section 31A", "Gwasg Afon"):
        assert said in letter.text
    whole = letter.content.decode() + letter.text + letter.subject
    for word in (
        "Rhian",
        "patrons.example",
        "disab",
        "handicap",
        "reader",
        "blind",
        "lives alone",
        "Work 5",
        "Opening hours",
    ):
        assert word not in whole
    assert f"Content-Language: {language}" in letter.content.decode()


def test_a_publisher_is_written_to_in_a_language_that_the_library_does_not_speak() -> None:
    two = Composer(LIBRARY, SEAL)
    assert "fr" not in LIBRARY.library.languages
    asked = composed(Notice.DELIVERY_ASK, "fr", two).content.decode()
    assert "Content-Language: fr" in asked
    assert "Content-Language: fr" not in composed(Notice.DELIVERY_PART, "fr", two).content.decode()


def test_its_answer_joins_what_was_asked_and_proves_nothing_else() -> None:
    letter = composed(Notice.DELIVERY_ASK)
    head = letter.content.decode().partition("\r\n\r\n")[0]
    reply_to = next(one for one in head.split("\r\n") if one.startswith("Reply-To: "))[10:]
    assert SEAL.ask_of_address(reply_to) == (REFERENCE, NOTICE[:8])
    assert SEAL.reference_of_address(reply_to) is None
    message_id = next(one for one in head.split("\r\n") if one.startswith("Message-ID: "))[12:]
    assert SEAL.ask_of_id(message_id) == (REFERENCE, NOTICE[:16])
    assert SEAL.reference_of_message_id(message_id) is None
    assert letter.envelope_from == reply_to, "what can't be delivered is told to who asked"
    assert "Auto-Submitted" not in head


def test_no_other_seal_of_ours_passes_for_a_publishers() -> None:
    assert SEAL.ask_of_address(SEAL.reply_address(ADDRESS, REFERENCE)) is None
    assert SEAL.ask_of_id(SEAL.message_id("llanfair.example", REFERENCE, NOTICE)) is None
    ours = SEAL.ask_address(ADDRESS, REFERENCE, NOTICE)
    assert len(ours.partition("@")[0]) <= 64 - len("library-desk") + len("enquiries")
    assert SEAL.ask_of_address(ours.replace("0123", "0124")) is None
    assert Seal("x" * 40).ask_of_address(ours) is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_patron_is_told_what_is_here_and_what_is_still_to_come(language: str) -> None:
    letter = composed(Notice.DELIVERY_PART, language)
    assert letter.to == "rhian@patrons.example"
    for title in ("Work 1", "Work 2", "Work 3", "Work 4"):
        assert title in letter.text
    assert "Work 5" not in letter.text
    assert [one.filename for one in letter.enclosed] == ["work-1.pdf"]


def test_when_it_comes_is_only_said_if_it_is_known() -> None:
    lines = composed(Notice.DELIVERY_PART).text.splitlines()
    [expected] = [one for one in lines if "Work 2" in one]
    [late] = [one for one in lines if "Work 3" in one]
    [working] = [one for one in lines if "Work 4" in one]
    assert expected.endswith("usually there by Tuesday 1 December 2026, but that is not certain")
    assert late.endswith("we don’t know yet when it comes")
    assert working.endswith("we can’t say yet when it is ready")


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_can_not_be_had_is_said_with_its_reason_and_what_is_offered(language: str) -> None:
    letter = composed(Notice.DELIVERY_CANNOT, language)
    for said in ("Work 5", "Out of print", "A summary"):
        assert said in letter.text
    assert letter.enclosed == ()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_account_has_all_that_was_wanted(language: str) -> None:
    text = composed(Notice.DELIVERY_ACCOUNT, language).text
    assert all(f"Work {number}" in text for number in (1, 5, 6))
    assert "Out of print" in text


ENDED: Final = [
    item(1, "delivered", file={"letter_id": "0f" * 16, "number": 0}),
    item(2, "delivered"),
    item(5, "cannot_be_had", reason="Out of print"),
    item(6, "withdrawn"),
]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("notice", "number"), [("part", 1), ("cannot", 5)])
def test_the_last_letter_has_the_account_of_all(language: str, notice: str, number: int) -> None:
    kind = Notice(f"delivery_{notice}")
    sent = [{"id": NOTICE, "kind": notice, "at": NOW, "items": [number], "ends": True}]
    text = composed(kind, language, items=ENDED, sent=sent).text
    assert all(f"Work {one['number']}" in text for one in ENDED)
    assert "Out of print" in text
    # One that was opened again meanwhile is still to come, and has an account of its own.
    opened = [ENDED[0], item(2, "received"), *ENDED[2:]]
    text = composed(kind, language, items=opened, sent=sent).text
    assert "Work 2" in text
    assert "Work 6" not in text
    before = [{**sent[0], "ends": False}]
    assert "Work 6" not in composed(kind, language, items=ENDED, sent=before).text


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_format_that_is_only_known_to_programs_is_called_in_the_letters_language(
    language: str,
) -> None:
    wishes = {"format": "large_print", "point_size": 24}
    for notice in (Notice.DELIVERY_PART, Notice.DELIVERY_ASK):
        assert called(wishes, language) in composed(notice, language, format="", wishes=wishes).text
    text = composed(Notice.DELIVERY_ACCOUNT, language, format="").text
    assert "Work 5" in text, "what was withdrawn before it was known is told all the same"


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_form_that_a_patron_is_asked_for_is_one_that_is_understood(language: str) -> None:
    text = composed(Notice.DELIVERY_FORMAT, language).text
    lines = [one.removeprefix("- ") for one in text.splitlines() if one.startswith("- ")]
    named = [wishes_of(one).get("format") for one in lines]
    assert named == [
        *("large_print", "brf", "mp3", "daisy", "pdf", "epub", "docx", "html", "text"),
    ]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("notice", sorted(OF_DELIVERIES))
def test_each_letter_is_in_the_language_it_says_and_escapes_what_it_is_told(
    notice: Notice, language: str
) -> None:
    letter = composed(notice, language, format="<b>PDF</b>")
    html = letter.content.decode().partition("text/html")[2]
    direction = "rtl" if language == "ar" else "ltr"
    assert f'lang=3D"{language}" dir=3D"{direction}"' in html
    assert "<b>PDF" not in html
    assert "\n\n\n" not in letter.text
    assert " -" not in letter.text.replace("\n- ", "")


@pytest.mark.parametrize(
    ("handover", "says"),
    [("desk", "ready for you at our desk (the ground floor)"), ("hand", "We bring it to you")],
)
def test_what_is_handed_over_says_where(handover: str, says: str) -> None:
    letter = composed(Notice.DELIVERY_PART, handover=handover, place="the ground floor")
    assert says in letter.text


@pytest.mark.parametrize("notice", sorted(OF_DELIVERIES))
def test_no_name_and_no_word_adds_a_header(notice: Notice) -> None:
    evil = "Hill\r\nBcc: evil@x.example"
    items = [item(number, "delivered", tries=[ASKED]) for number in (1, 2, 3, 5)]
    for one in items:
        one["work"]["title"] = evil
    kind = notice.value.removeprefix("delivery_")
    known = delivery(kind, items=items, format=evil)
    to = PUBLISHER | {"name": evil} if notice in TO_PUBLISHERS else None
    patron = {"name": evil, "address": "rhian@patrons.example"}
    facts = Facts(
        *(NOTICE, notice, REFERENCE, document(patron=patron), None, None, None),
        copies=Copies(notice, known, known["sent"][0], to),
    )
    head = COMPOSER.compose(facts, NOW).content.decode().partition("\r\n\r\n")[0]
    assert not [line for line in head.split("\r\n") if line.lower().startswith("bcc")]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("notice", sorted(OF_DELIVERIES - TO_PUBLISHERS))
def test_nothing_in_them_may_hurt_who_is_upset(notice: Notice, language: str) -> None:
    text = composed(notice, language).text
    background = replace(UPSET, language=language)
    assert [(one.rule, text[one.start : one.end]) for one in check(text, background)] == []


def test_a_letter_is_found_in_its_delivery_with_its_files() -> None:
    known = delivery()
    found = letter_in({"deliveries": [known]}, NOTICE)
    assert found is not None
    assert files_of(*found) == [{"letter_id": "0f" * 16, "number": 0}]
    by_hand = known | {"handover": "hand"}
    assert files_of(by_hand, found[1]) == [], "what is brought is not sent as well"
    assert letter_in({"deliveries": [known]}, "another") is None
    assert letter_in({}, NOTICE) is None


def test_publishers_and_patrons_do_not_wait_for_each_other() -> None:
    def waiting(notice: Notice) -> Other:
        return Other("before", NOW - timedelta(hours=1), notice, "deferred")

    part = request(Notice.DELIVERY_PART)
    assert not turn(part, [waiting(Notice.DELIVERY_ASK)]).waits
    assert turn(part, [waiting(Notice.REPLY)]).waits
    asked = request(Notice.DELIVERY_ASK)
    assert not turn(asked, [waiting(Notice.REPLY), waiting(Notice.DELIVERY_ASK)]).waits
    answered = Other("later", NOW + timedelta(hours=1), Notice.REPLY, "sent")
    assert not turn(part, [answered]).is_overtaken
    assert not turn(asked, [answered]).is_overtaken


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (10, "1 of 3 should be there by then"),
        (5, "We can’t say that any of what is still to come"),
        (-1, None),
        (None, None),
    ],
)
def test_what_can_be_there_by_the_day_on_which_it_is_needed_is_said_honestly(
    days: int | None, said: str | None
) -> None:
    date = NOW + timedelta(days=days) if days is not None else None
    letters = [
        composed(one, needed_by=date) for one in (Notice.DELIVERY_PART, Notice.DELIVERY_CANNOT)
    ]
    for letter in letters:
        assert (said or "by then") in letter.text or said is None
        assert ("You need them by" in letter.text) is (said is not None)
        assert ("handed over to you in person" in letter.text) is (said is not None)


@pytest.mark.parametrize("language", LANGUAGES)
def test_that_all_should_be_there_in_time_is_said_in_every_language(language: str) -> None:
    known = delivery("part")["items"][:2]
    date = NOW + timedelta(days=10)
    all_ = composed(Notice.DELIVERY_PART, language, items=known, needed_by=date).text
    none = composed(
        Notice.DELIVERY_PART, language, items=known, needed_by=NOW + timedelta(days=2)
    ).text
    assert all_ != none
    assert len(set(all_.split("\n")) - set(none.split("\n"))) >= 1
