"""What staff read: which tickets need them and why, and nothing that a patron wrote."""

import email
from email.header import decode_header, make_header
from typing import Any, Final

import pytest

from services.notify.compose import ALERT, Composer, Digest
from services.notify.letters import Outgoing
from services.notify.wording import TEMPLATES
from shared.references import Seal
from tests.breaks import BREAKS, EVIL
from tests.unit.examples import LIBRARY, NOW, REFERENCE, SECRET, document
from tests.unit.notify.test_compose import html_of

SEAL: Final = Seal(SECRET)
COMPOSER: Final = Composer(LIBRARY, SEAL)
OTHER: Final = "ENQ-0000-0000"
KINDS: Final = {
    "contact_lost": "Contact with the patron is lost",
    "call_back_overdue": "Nobody has tried to reach the patron in time",
    "missed": "A promise was missed",
    "nobody_can": "Nobody was found who can solve it",
    "at_risk": "A promise is at risk",
    "handed_to_you": "Handed to you",
    "reminder": "It still waits",
    "of_next_year": "of_next_year",
}
TICKETS: Final = {REFERENCE: document(), OTHER: document(_id=OTHER, owner=None)}


def alert(kind: str, reference: str = REFERENCE) -> dict[str, str]:
    return {"id": f"{kind} {reference}", "kind": kind, "reference": reference}


def compose(*alerts: dict[str, str], tickets: Any = TICKETS, **staff: Any) -> Outgoing:
    member = {"name": "Mair Pretend", "address": "mair@llanfair.example", "languages": ["en"]}
    digest = Digest("0123456789abcdef" * 2, member | staff, alerts, tickets)
    return COMPOSER.compose_alert(digest, NOW)


@pytest.mark.parametrize("kind", KINDS)
def test_one_alert_says_in_the_subject_what_it_is_and_which_enquiry(kind: str) -> None:
    letter = compose(alert(kind))
    assert letter.subject == f"{KINDS[kind]}: {REFERENCE}"
    assert f"- {KINDS[kind]}: {REFERENCE}, for Rhian Example; owner Mair Pretend;" in letter.text
    assert "answer due by Tuesday 24 November 2026 at 09:30." in letter.text
    assert letter.to == "mair@llanfair.example"


@pytest.mark.parametrize("language", LIBRARY.library.languages)
def test_every_language_of_the_example_library_has_words_for_every_kind(language: str) -> None:
    assert (TEMPLATES / ALERT / language).is_dir()
    for kind in set(KINDS) - {"of_next_year"}:
        letter = compose(alert(kind), languages=[language])
        html = html_of(letter)
        for part in (letter.text, html):
            assert f"{kind}: " not in part.replace("A promise was missed", "")
            assert "None" not in part
            assert "\n\n\n" not in part
        assert f'lang="{language}"' in html


def test_many_are_counted_by_enquiry_and_lost_contact_comes_first() -> None:
    kinds = ("reminder", "of_next_year", "at_risk", "contact_lost", "missed")
    letter = compose(*(alert(one) for one in kinds), alert("handed_to_you", OTHER))
    assert letter.subject == "2 enquiries need you"
    lines = [one[2:].partition(":")[0] for one in letter.text.splitlines() if one[:2] == "- "]
    order = ("contact_lost", "missed", "at_risk", "handed_to_you", "reminder", "of_next_year")
    assert lines == [KINDS[one] for one in order]
    assert f"{OTHER}, for Rhian Example; nobody's yet, with the Enquiry Desk team;" in letter.text


def test_an_enquiry_that_is_gone_is_named_all_the_same() -> None:
    assert (
        f"{REFERENCE}, this enquiry is no longer there."
        in compose(alert("at_risk"), tickets={}).text
    )


@pytest.mark.parametrize("state", ["kept", "withdrawn"])
def test_what_is_no_longer_promised_is_not_told_as_due(state: str) -> None:
    tickets = {REFERENCE: document(promise=document()["promise"] | {"state": state})}
    assert "due" not in compose(alert("reminder"), tickets=tickets).text
    assert "due" not in compose(alert("reminder"), tickets={REFERENCE: document(promise=None)}).text


def test_nothing_that_a_patron_wrote_is_in_it_but_what_looks_like_a_name() -> None:
    patron = {"name": "Visit evil.example", "address": "rhian@patrons.example"}
    tickets = {REFERENCE: document(patron=patron, subject="a secret of mine")}
    letter = compose(alert("at_risk"), tickets=tickets)
    whole = letter.subject + letter.text + html_of(letter) + letter.content.decode()
    for word in ("evil", "patrons.example", "secret"):
        assert word not in whole
    assert f"{REFERENCE}; owner" in letter.text


def test_it_is_automatic_and_an_answer_to_it_joins_no_ticket() -> None:
    letter = compose(alert("at_risk"))
    message = email.message_from_bytes(letter.content)
    assert (message["Auto-Submitted"], letter.envelope_from) == ("auto-generated", "")
    assert message["Reply-To"] is None
    assert SEAL.reference_of_message_id(message["Message-ID"]) is None
    again = email.message_from_bytes(compose(alert("missed")).content)
    assert message["Message-ID"] == again["Message-ID"], "made of the digest alone"


@pytest.mark.parametrize(
    ("languages", "told"),
    [(["cy"], "cy"), (["cy", "en"], "en"), (["fr"], "en"), ([], "en"), (None, "en")],
)
def test_it_is_in_the_first_of_the_librarys_languages_that_they_speak(
    languages: Any, told: str
) -> None:
    message = email.message_from_bytes(compose(alert("at_risk"), languages=languages).content)
    assert message["Content-Language"] == told


@pytest.mark.parametrize("evil", BREAKS, ids=ascii)
def test_no_break_in_a_name_or_a_kind_adds_a_header(evil: str) -> None:
    wanted = sorted(email.message_from_bytes(compose(alert("at_risk")).content).keys())
    bad = f"a{evil}{EVIL}"
    patron = {"name": bad, "address": "rhian@patrons.example"}
    tickets = {REFERENCE: document(patron=patron, owner={"id": "mair", "name": bad})}
    letter = compose(alert(bad), tickets=tickets, name=bad)
    message = email.message_from_bytes(letter.content)
    assert sorted(message.keys()) == wanted
    assert "\n" not in str(make_header(decode_header(message["Subject"]))).replace("\n ", " ")


def test_markup_in_names_and_kinds_stays_words() -> None:
    owner = {"id": "mair", "name": "<b>Mair</b>"}
    html = html_of(compose(alert("<i>odd</i>"), tickets={REFERENCE: document(owner=owner)}))
    assert "<b>" not in html
    assert "<i>" not in html
    assert "&lt;i&gt;odd" in html
