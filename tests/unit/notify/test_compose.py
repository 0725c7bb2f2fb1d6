"""What a patron reads: every notice in every language, and never a stranger's own words."""

import email
from datetime import datetime
from typing import Any, Final

import pytest

from services.notify.compose import ANSWERING, AUTOMATIC, BY_HAND, Composer, Facts
from services.notify.letters import Outgoing
from services.notify.wording import TEMPLATES
from shared.library import Library
from shared.messages import OF_DELIVERIES, Notice
from shared.patron_pages import STATUS_LASTS, SURVEY_LASTS, status_link, survey_link
from shared.references import Seal
from tests.letters.golden import COMPOSER as FOUR
from tests.unit.examples import DESCRIPTION, LIBRARY, NOW, REFERENCE, SECRET, document

SEAL: Final = Seal(SECRET)
COMPOSER: Final = Composer(LIBRARY, SEAL)
NOTICE_ID: Final = "0123456789abcdef0123456789abcdef"
# Those of deliveries need more to be about: tests/unit/notify/test_copies.py.
KINDS: Final = [one for one in Notice if one not in OF_DELIVERIES]
LANGUAGES: Final = sorted(
    (one.parent.name, one.name) for one in TEMPLATES.glob("*/*") if one.parent.name in KINDS
)
EARLIER: Final = {"due_at": NOW.replace(hour=17), "reason": "The old map is at the binder's."}
ABOUT_PROMISES: Final = (Notice.PROMISE_CHANGED, Notice.PROMISE_MISSED)


def compose(
    notice: Notice = Notice.ACKNOWLEDGEMENT,
    words: str | None = "From ten to four.",
    notice_id: str = NOTICE_ID,
    composer: Composer = COMPOSER,
    earlier: Any = EARLIER,
    **ticket: Any,
) -> Outgoing:
    is_by_hand = notice in BY_HAND
    facts = Facts(
        notice_id=notice_id,
        notice=notice,
        reference=REFERENCE,
        ticket=document(**ticket),
        about="letter-1",
        words=words if is_by_hand else None,
        author="Mair Pretend" if is_by_hand else None,
        earlier=earlier if notice in ABOUT_PROMISES else None,
    )
    return composer.compose(facts, NOW)


def html_of(letter: Outgoing) -> str:
    for part in email.message_from_bytes(letter.content).walk():
        if part.get_content_type() == "text/html":
            payload = part.get_payload(decode=True)
            assert isinstance(payload, bytes)
            return payload.decode()
    raise AssertionError("no HTML")


@pytest.mark.parametrize("language", LIBRARY.library.languages)
@pytest.mark.parametrize("notice", KINDS)
def test_every_notice_is_there_in_every_language_of_the_example_library(
    notice: Notice, language: str
) -> None:
    assert (notice.value, language) in LANGUAGES


@pytest.mark.parametrize(("notice", "language"), LANGUAGES)
@pytest.mark.parametrize("owner", [{"id": "mair", "name": "Mair Pretend"}, None])
@pytest.mark.parametrize("promise", ["made", None])
@pytest.mark.parametrize("earlier", [EARLIER, None])
def test_every_notice_in_every_language_is_whole_in_text_and_html(
    notice: str, language: str, owner: Any, promise: str | None, earlier: Any
) -> None:
    due = document()["promise"] if promise else None
    facts: dict[str, Any] = {"owner": owner, "promise": due, "earlier": earlier}
    letter = compose(Notice(notice), composer=FOUR, language=language, **facts)
    html = html_of(letter)
    for part in (letter.text, html):
        assert "Llanfair-on-Sea Public Library" in part
        assert "None" not in part
        assert "{{" not in part
        assert "{%" not in part
        assert "\n\n\n" not in part
    assert f'lang="{language}"' in html
    assert letter.subject.startswith(f"[{REFERENCE}]")
    assert email.message_from_bytes(letter.content)["Content-Language"] == language


def test_an_acknowledgement_says_who_has_it_and_by_when_they_hear() -> None:
    text = compose().text
    assert "Dear Rhian Example," in text
    assert REFERENCE in text
    assert "Mair Pretend of our Enquiry Desk team is looking after it." in text
    assert "You will hear from us by Tuesday 24 November 2026 at 09:30." in text
    assert "With kind regards,\nLlanfair-on-Sea Public Library" in text


def test_without_an_owner_the_team_has_it() -> None:
    assert "Our Enquiry Desk team has it." in compose(owner=None).text


def test_a_moment_is_told_in_the_librarys_own_time() -> None:
    summer = document()["promise"] | {"due_at": NOW.replace(year=2027, month=7, day=1, hour=12)}
    assert "Thursday 1 July 2027 at 13:00" in compose(promise=summer).text


def test_a_moment_is_told_in_the_patrons_language() -> None:
    assert "Dydd Mawrth 24 Tachwedd 2026" in compose(language="cy").text
    assert "Annwyl Rhian Example," in compose(language="cy").text


@pytest.mark.parametrize("language", ["fr", "xx", ""])
def test_a_language_that_there_is_no_letter_in_falls_back_to_the_librarys_first(
    language: str,
) -> None:
    letter = compose(language=language)
    assert "Dear Rhian Example," in letter.text
    assert email.message_from_bytes(letter.content)["Content-Language"] == "en"


def test_a_library_that_has_no_english_writes_its_letters_all_the_same() -> None:
    only_welsh: dict[str, Any] = DESCRIPTION | {
        "library": DESCRIPTION["library"] | {"languages": ["cy"]},
        "sign_off": {"cy": "Cofion cynnes"},
    }
    composer = Composer(Library.model_validate(only_welsh), SEAL)
    assert "Cofion cynnes," in compose(language="cy", composer=composer).text


EVIL: Final = "Visit the prince at evil.example"


@pytest.mark.parametrize("language", ["en", "cy", "fr", "ar"])
@pytest.mark.parametrize("notice", sorted(AUTOMATIC))
def test_no_automatic_letter_ever_holds_the_patrons_own_words(
    notice: Notice, language: str
) -> None:
    nasty = {"name": EVIL, "address": "rhian@patrons.example"}
    letter = compose(
        notice, words=EVIL, subject=EVIL, patron=nasty, language=language, composer=FOUR
    )
    assert b"evil" not in letter.content
    assert b"prince" not in letter.content
    assert "prince" not in letter.text + letter.subject + html_of(letter)


# Promises.


def test_an_acknowledgement_says_so_where_it_takes_longer_than_usual() -> None:
    late = document()["promise"] | {"is_late": True}
    assert "09:30. It takes longer than usual at the moment." in compose(promise=late).text
    assert "longer than usual at the moment" in html_of(compose(promise=late))
    assert "nag arfer ar hyn o bryd" in compose(promise=late, language="cy").text
    for promise in (document()["promise"], late | {"is_late": False}):
        assert "longer" not in compose(promise=promise).text


def test_a_hand_over_is_told_by_name_with_the_promise_that_counts() -> None:
    letter = compose(Notice.HANDED_OVER, owner={"id": "sian", "name": "Siân Madeup"})
    assert letter.subject == f"[{REFERENCE}] Who has your enquiry now"
    assert "Siân Madeup is looking after it now." in letter.text
    assert "You will hear from us by Tuesday 24 November 2026 at 09:30." in letter.text
    assert "Our Enquiry Desk team has it now." in compose(Notice.HANDED_OVER, owner=None).text


def test_a_changed_promise_is_told_with_both_times_and_the_reason_that_staff_gave() -> None:
    text = compose(Notice.PROMISE_CHANGED).text
    assert f"{REFERENCE} by Monday 23 November 2026 at 17:00. That time has changed." in text
    assert "You will now hear from us by Tuesday 24 November 2026 at 09:30." in text
    assert "We are sorry that it takes longer." in text
    assert "The reason is this:\n\nThe old map is at the binder's.\n\n" in text


def test_nobody_is_sorry_for_an_earlier_answer() -> None:
    later = EARLIER | {"due_at": NOW.replace(day=30)}
    assert "sorry" not in compose(Notice.PROMISE_CHANGED, earlier=later).text


@pytest.mark.parametrize("language", ["en", "cy"])
def test_a_reason_that_looks_like_markup_or_like_headers_stays_words(language: str) -> None:
    reason = "<script>x</script>\r\nBcc: evil@x.example\r\n\r\n{{ 7 * 7 }}"
    earlier = EARLIER | {"reason": reason}
    letter = compose(Notice.PROMISE_CHANGED, earlier=earlier, language=language)
    usual = compose(Notice.PROMISE_CHANGED, language=language)
    html = html_of(letter)
    assert "&lt;script&gt;" in html
    assert "<script>" not in html
    for part in (letter.text, html):
        assert "{{ 7 * 7 }}" in part
    keys = [email.message_from_bytes(one.content).keys() for one in (letter, usual)]
    assert keys[0] == keys[1]


def test_a_missed_promise_is_told_plainly_with_what_counts_now() -> None:
    letter = compose(Notice.PROMISE_MISSED)
    assert letter.subject == f"[{REFERENCE}] We did not answer you in time"
    promised = f"We promised to answer your enquiry {REFERENCE} by Monday 23 November 2026 at 17:00"
    assert f"{promised}, and we did not. We are sorry." in letter.text
    assert "Mair Pretend is looking after it. You will hear from us by Tuesday" in letter.text
    assert "binder" not in letter.text, "no excuses"


@pytest.mark.parametrize("state", ["kept", "broken", "renegotiated", "withdrawn"])
@pytest.mark.parametrize("notice", sorted(AUTOMATIC))
def test_a_letter_that_is_late_promises_nothing_that_is_over(notice: Notice, state: str) -> None:
    over = document()["promise"] | {"state": state, "is_late": True}
    past = document()["promise"] | {"due_at": NOW, "is_late": True}
    for promise in (over, past):
        text = compose(notice, promise=promise).text
        assert "hear from us by" not in text.replace("you would hear from us", "")
        assert "usual" not in text


def test_who_does_not_look_like_a_name_is_greeted_without_one() -> None:
    letter = compose(patron={"name": EVIL, "address": "rhian@patrons.example"})
    assert letter.text.startswith("Hello,")
    assert email.message_from_bytes(letter.content)["To"] == "rhian@patrons.example"


def test_a_reply_has_the_words_of_who_wrote_it_and_the_patrons_subject() -> None:
    letter = compose(Notice.REPLY)
    assert letter.text.startswith("From ten to four.\n")
    assert "Mair Pretend\nLlanfair-on-Sea Public Library" in letter.text
    assert letter.subject == f"[{REFERENCE}] Re: Opening hours"
    assert "Dear" not in letter.text


@pytest.mark.parametrize(
    ("subject", "bare"),
    [
        ("Re: Opening hours", "Opening hours"),
        (f"Re: [{REFERENCE}] Re: Opening hours", "Opening hours"),
        (f"AW: RE: [{REFERENCE.lower()}] hours", "hours"),
        ("re : Sv: hours", "hours"),
        ("Regarding: hours", "Regarding: hours"),
        ("رد: hours", "hours"),
    ],
)
def test_a_replys_subject_never_grows(subject: str, bare: str) -> None:
    assert compose(Notice.REPLY, subject=subject).subject == f"[{REFERENCE}] Re: {bare}"


def test_a_reply_to_a_letter_without_a_subject_has_the_tag_alone() -> None:
    assert compose(Notice.REPLY, subject="Re: ").subject == f"[{REFERENCE}]"


def test_markup_in_what_people_wrote_stays_words() -> None:
    letter = compose(
        Notice.REPLY,
        "a < b & <script>alert(1)</script> {{ 7 * 7 }}",
        subject="<b>{{ 7 * 7 }}</b>",
        patron={"name": "Rhian", "address": "rhian@patrons.example"},
    )
    assert "<script>" in letter.text
    assert "{{ 7 * 7 }}" in letter.text
    assert "<script>" not in html_of(letter)
    assert "&lt;script&gt;" in html_of(letter)
    assert letter.subject == f"[{REFERENCE}] Re: <b>{{{{ 7 * 7 }}}}</b>"


@pytest.mark.parametrize("notice", KINDS)
def test_what_no_person_wrote_says_so_and_what_a_person_wrote_does_not(notice: Notice) -> None:
    letter = compose(notice)
    said = email.message_from_bytes(letter.content)["Auto-Submitted"]
    if notice in AUTOMATIC:
        kind = "auto-replied" if notice in ANSWERING else "auto-generated"
        assert (said, letter.envelope_from) == (kind, "")
    else:
        assert said is None
        assert letter.envelope_from == SEAL.reply_address("enquiries@llanfair.example", REFERENCE)


def test_a_letter_composed_again_bears_the_same_message_id_and_another_another() -> None:
    ids = [
        email.message_from_bytes(one.content)["Message-ID"]
        for one in (compose(), compose(owner=None), compose(notice_id="f" * 32))
    ]
    assert ids[0] == ids[1] != ids[2]
    assert SEAL.reference_of_message_id(ids[0]) == REFERENCE


def test_an_answer_to_a_letter_comes_back_to_its_ticket() -> None:
    letter = compose()
    reply_to = email.message_from_bytes(letter.content)["Reply-To"]
    assert SEAL.reference_of_address(reply_to) == REFERENCE


def test_a_letter_answers_the_patrons_letter_in_its_thread() -> None:
    thread = [
        {"letter_id": "letter-0", "message_id": "<zeroth@patrons.example>"},
        {"letter_id": "letter-x", "message_id": None},
        {"letter_id": "letter-1", "message_id": "<first@patrons.example>"},
        {"letter_id": "letter-2", "message_id": "<second@patrons.example>"},
    ]
    message = email.message_from_bytes(compose(thread=thread).content)
    assert message["In-Reply-To"] == "<first@patrons.example>"
    assert message["References"].split() == ["<zeroth@patrons.example>", "<first@patrons.example>"]


@pytest.mark.parametrize("thread", [[], [{"letter_id": "letter-1", "message_id": None}]])
def test_a_letter_that_has_no_message_id_is_answered_without(thread: list[Any]) -> None:
    message = email.message_from_bytes(compose(thread=thread).content)
    assert "In-Reply-To" not in message
    assert "References" not in message


@pytest.mark.parametrize("name", ["Rhian\r\nBcc: evil@x.example", "=?utf-8?q?a=0ABcc=3A_x?="])
@pytest.mark.parametrize("notice", KINDS)
def test_no_name_and_no_subject_adds_a_header(notice: Notice, name: str) -> None:
    patron = {"name": name, "address": "rhian@patrons.example"}
    owner = {"id": "mair", "name": name}
    letter = compose(notice, patron=patron, owner=owner, subject=name)
    message = email.message_from_bytes(letter.content)
    usual = email.message_from_bytes(compose(notice).content)
    assert sorted(message.keys()) == sorted(usual.keys())


# A patron's own pages.


def linking(address: str | None) -> Composer:
    return Composer(Library.model_validate(DESCRIPTION | {"links": {"address": address}}), SEAL)


def test_whether_it_was_solved_is_asked_with_the_way_to_both_pages() -> None:
    letter = compose(Notice.RESOLVED, composer=linking("https://desk.llanfair.example"))
    since = NOW
    status = status_link(SEAL, "https://desk.llanfair.example", REFERENCE, since + STATUS_LASTS)
    survey = survey_link(SEAL, "https://desk.llanfair.example", REFERENCE, since + SURVEY_LASTS)
    for one in (status, survey):
        assert one in letter.text
        assert one in html_of(letter)


def test_other_letters_lead_to_the_status_page_alone() -> None:
    letter = compose(Notice.ADDED, composer=linking("https://desk.llanfair.example"))
    assert "https://desk.llanfair.example/s/" in letter.text
    assert "/survey/" not in letter.text + html_of(letter)


def test_where_the_public_does_not_reach_us_no_letter_leads_there() -> None:
    for notice in (Notice.RESOLVED, Notice.ADDED):
        letter = compose(notice, composer=linking(None))
        assert "http" not in letter.text


# Out of hours.


def at(now: datetime, library: Library = LIBRARY, **ticket: Any) -> Outgoing:
    """An acknowledgement that goes at this moment."""
    facts = Facts("a" * 32, Notice.ACKNOWLEDGEMENT, REFERENCE, document(**ticket), None, None, None)
    return Composer(library, SEAL).compose(facts, now)


def test_an_acknowledgement_out_of_hours_says_when_somebody_is_there() -> None:
    text = at(NOW.replace(hour=18)).text
    assert "The Enquiry Desk team is not there at the moment. It is there again on Tuesday" in text
    assert "Tuesday 24 November 2026 from 09:00." in text


def test_while_somebody_is_there_nothing_is_said_of_it() -> None:
    assert "not there" not in at(NOW).text


def test_why_it_is_closed_is_told_in_the_language_that_the_library_says_it_in() -> None:
    christmas = NOW.replace(month=12, day=25)
    assert "at the moment (Christmas Day). It is there again on Saturday" in at(christmas).text
    assert "Christmas" not in at(christmas, language="cy").text
    assert (
        "Nid yw'r tîm Enquiry Desk yma ar hyn o bryd. Bydd yma eto: Dydd Sadwrn"
        in at(christmas, language="cy").text
    )


def test_a_team_with_hours_of_its_own_is_there_when_it_is() -> None:
    teams = [
        DESCRIPTION["teams"][0] | {"hours": {"thursday": ["10:00-12:00"]}},
        DESCRIPTION["teams"][1],
    ]
    library = Library.model_validate(DESCRIPTION | {"teams": teams})
    assert "on Thursday 26 November 2026 from 10:00." in at(NOW, library).text


# What the patron prefers.


def kinds_of(letter: Outgoing) -> list[str]:
    return [one.get_content_type() for one in email.message_from_bytes(letter.content).walk()]


@pytest.mark.parametrize("notice", KINDS)
@pytest.mark.parametrize("asked", ["plain-text", "Plain text only", "links, plain-text"])
def test_who_wants_plain_text_gets_nothing_else_in_any_letter(notice: Notice, asked: str) -> None:
    letter = compose(notice, format=asked)
    assert kinds_of(letter) == ["text/plain"]
    [part] = email.message_from_bytes(letter.content).walk()
    payload = part.get_payload(decode=True)
    assert isinstance(payload, bytes)
    assert payload.decode().replace("\r\n", "\n") == letter.text == compose(notice).text
    assert letter.content.endswith(b"\r\n")


@pytest.mark.parametrize("notice", KINDS)
@pytest.mark.parametrize("asked", ["large-print", "Large print", "print bras; braille"])
def test_who_wants_large_print_gets_it_in_every_letter(notice: Notice, asked: str) -> None:
    assert "font-size:18pt" in html_of(compose(notice, format=asked))
    assert "font-size:18pt" not in html_of(compose(notice, format="braille"))
    assert compose(notice, format=asked).text == compose(notice).text
