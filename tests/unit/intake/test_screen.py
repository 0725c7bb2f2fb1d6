"""Was this written by a person? What is automatic is noted and never answered."""

import pytest

from services.intake.mail import read
from services.intake.screen import CHECKS, automatic
from tests.builders import mail

OWN = frozenset({"enquiries@llanfair.example", "local-history@llanfair.example"})


def verdict(
    envelope_from: str | None = "rhian@patrons.example",
    sender: str = "rhian@patrons.example",
    **headers: str,
) -> str | None:
    return automatic(read(mail(sender=sender, **headers)), envelope_from, OWN)


def test_a_persons_mail_passes_every_check() -> None:
    assert verdict() is None
    assert verdict(envelope_from=None) is None
    assert verdict(Precedence="first-class", List_Post="no", X_Priority="1") is None


@pytest.mark.parametrize("word", ["no", "No", "NO", " no ", "no; why=asked"])
def test_auto_submitted_no_is_a_person(word: str) -> None:
    assert verdict(Auto_Submitted=word) is None


@pytest.mark.parametrize(
    "word",
    ["auto-replied", "auto-generated", "Auto-Replied; owner-email=x", "auto-notified", "whatever"],
)
def test_what_says_that_it_is_automatic_is(word: str) -> None:
    assert verdict(Auto_Submitted=word) == "Auto-Submitted"


@pytest.mark.parametrize("word", ["bulk", "Bulk", "junk", "list", "auto_reply"])
def test_bulk_mail_is_automatic(word: str) -> None:
    assert verdict(Precedence=word) == "Precedence"


@pytest.mark.parametrize("name", ["List_Id", "list_id", "List_Unsubscribe"])
def test_a_mailing_list_is_automatic(name: str) -> None:
    assert verdict(**{name: "<somewhere.example>"}) == "mailing list"


def test_the_null_sender_is_automatic() -> None:
    assert verdict(envelope_from="") == "null sender"


@pytest.mark.parametrize(
    "sender",
    [
        "enquiries@llanfair.example",
        "Enquiries@LLANFAIR.example",
        "enquiries+7k3m92q2.token@llanfair.example",
        "local-history@llanfair.example",
        "Local-History+x@llanfair.example",
    ],
)
def test_our_own_mail_that_comes_back_is_automatic(sender: str) -> None:
    assert verdict(sender=sender) == "our own mail came back"


def test_a_librarian_at_the_same_domain_is_a_person() -> None:
    assert verdict(sender="megan@llanfair.example") is None


def test_a_domain_that_only_ends_like_ours_is_not_ours() -> None:
    assert verdict(sender="rhian@not-llanfair.example") is None
    assert verdict(sender="rhian@llanfair.example.patrons.example") is None


@pytest.mark.parametrize(
    "kind",
    [
        "multipart/report; report-type=delivery-status; boundary=x",
        "Multipart/Report; report-type=feedback-report; boundary=x",
    ],
)
def test_a_delivery_report_is_automatic(kind: str) -> None:
    raw = f"From: postmaster@relay.example\r\nContent-Type: {kind}\r\n\r\n--x--\r\n".encode()
    assert automatic(read(raw), "postmaster@relay.example", OWN) == "delivery report"


def test_mail_whose_sender_can_not_be_read_may_be_a_persons() -> None:
    assert automatic(read(b"Subject: x\r\n\r\nwords"), "rhian@patrons.example", OWN) is None


def test_the_first_verdict_wins() -> None:
    assert verdict(envelope_from="", Auto_Submitted="auto-replied") == "null sender"
    assert len(CHECKS) == 9
