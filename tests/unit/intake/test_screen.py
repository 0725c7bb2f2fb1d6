"""Was this written by a person? What is automatic is noted and never answered."""

from typing import Any

import pytest

from services.intake.mail import read
from services.intake.reply_text import split
from services.intake.screen import CHECKS, automatic
from shared.references import Seal
from tests.builders import mail
from tests.unit.examples import ADDRESS, REFERENCE, SECRET

SEAL = Seal(SECRET)
OWN = frozenset({"enquiries@llanfair.example", "local-history@llanfair.example"})


def screened(raw: bytes, envelope_from: str | None) -> str | None:
    found = read(raw)
    return automatic(found, split(found.text).new, envelope_from, OWN, seal=SEAL)


def verdict(
    envelope_from: str | None = "rhian@patrons.example",
    sender: str = "rhian@patrons.example",
    **headers: Any,
) -> str | None:
    return screened(mail(sender=sender, **headers), envelope_from)


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


@pytest.mark.parametrize("name", ["MAILER-DAEMON", "mailerdaemon", "listserv", "Majordomo"])
def test_no_person_writes_from_the_address_of_a_mail_program(name: str) -> None:
    assert verdict(sender=f"{name}@relay.example") == "mail program"
    assert verdict(envelope_from=f"{name}@relay.example") == "mail program"
    assert verdict(sender=f"{name}s@relay.example") is None


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
        "Multipart/Report; boundary=x",
    ],
)
def test_a_delivery_report_is_automatic(kind: str) -> None:
    raw = f"From: postmaster@relay.example\r\nContent-Type: {kind}\r\n\r\n--x--\r\n".encode()
    assert screened(raw, "postmaster@relay.example") == "delivery report"


def test_mail_whose_sender_can_not_be_read_may_be_a_persons() -> None:
    assert screened(b"Subject: x\r\n\r\nwords", "rhian@patrons.example") is None


def test_the_first_verdict_wins() -> None:
    assert verdict(envelope_from="", Auto_Submitted="auto-replied") == "null sender"


def test_the_checks_are_tried_in_the_order_in_which_they_are_told() -> None:
    names = [one.__name__ for one in CHECKS]
    assert names[:3] == ["_is_ours", "_is_a_loop", "_is_bounce"]
    assert names[-1] == "_is_abuse_report"
    assert len(names) == len(set(names)) >= 11


# Our own mail, and loops.


def test_a_letter_of_ours_that_comes_back_is_known_by_its_own_id_whoever_it_says_it_is_from() -> (
    None
):
    ours = SEAL.message_id("llanfair.example", REFERENCE, "0123456789abcdef")
    assert verdict(Message_ID=ours) == "our own mail came back"
    assert verdict(In_Reply_To=ours, References=ours) is None, "that is a patron's answer"


def test_a_letter_with_our_own_reply_address_is_a_loop() -> None:
    ours = SEAL.reply_address(ADDRESS, REFERENCE)
    assert verdict(Reply_To=f"Library <{ours}>") == "loop"
    assert verdict(Reply_To="rhian@home.example") is None
    assert verdict(to=ours) is None, "that is a patron's answer"


@pytest.mark.parametrize(("hops", "expected"), [(50, None), (51, "loop")])
def test_a_letter_that_has_come_by_too_many_servers_is_in_a_loop(
    hops: int, expected: str | None
) -> None:
    raw = b"Received: from a.example by b.example; today\r\n" * hops + mail()
    assert screened(raw, "rhian@patrons.example") == expected


FORGER = Seal("another-secret-that-is-long-enough-0123456789")


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("Message_ID", FORGER.message_id("llanfair.example", REFERENCE, "0123456789abcdef")),
        ("Message_ID", "<7k3m92q2.0123456789abcdef@llanfair.example>"),
        ("Reply_To", FORGER.reply_address(ADDRESS, REFERENCE)),
        ("Reply_To", ADDRESS),
        ("X_Loop", ADDRESS),
        ("X_Enquiry_Reference", REFERENCE),
        ("X_Enquiry_Desk", "internal; trusted"),
        ("X_Enquiry_State", "resolved"),
        ("X_Enquiry_Owner", "mair"),
        ("X_Original_To", ADDRESS),
        ("Delivered_To", ADDRESS),
        ("X_Quarantine", "released"),
        ("X_Spam_Flag", "NO"),
        ("Content_Language", "cy"),
        ("Authentication_Results", "llanfair.example; dmarc=pass"),
    ],
)
def test_a_forged_header_of_ours_has_no_effect(header: str, value: str) -> None:
    assert verdict(**{header: value}) is None


# Abuse reports.


@pytest.mark.parametrize("kind", ["feedback-report", '"feedback-report"', "Feedback-Report"])
def test_an_abuse_report_is_automatic(kind: str) -> None:
    raw = (
        f"From: abuse@relay.example\r\nContent-Type: multipart/report; report-type={kind};"
        " boundary=x\r\n\r\n--x--\r\n"
    ).encode()
    assert screened(raw, "abuse@relay.example") == "abuse report"
