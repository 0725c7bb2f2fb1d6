"""What can be told of the envelope of a letter that lies in a mailbox."""

import pytest

from services.intake.envelope import envelope
from shared.references import Seal
from tests.builders import mail
from tests.unit.examples import REFERENCE, SECRET

OWN = "enquiries@llanfair.example"
TAGGED = Seal(SECRET).reply_address(OWN, REFERENCE)
RECEIVED = (
    b"Received: from mx.example by imap.llanfair.example;\r\n\tSun, 22 Nov 2026 10:00:00 +0000\r\n"
)


@pytest.mark.parametrize(
    ("top", "sender"),
    [
        (b"", None),
        (b"Return-Path: <rhian@patrons.example>\r\n" + RECEIVED, "rhian@patrons.example"),
        (b"Return-path: rhian@patrons.example\r\n" + RECEIVED, "rhian@patrons.example"),
        (b"Delivered-To: x@y.example\r\nReturn-Path: <r@p.example>\r\n" + RECEIVED, "r@p.example"),
        (b"Return-Path: <>\r\n" + RECEIVED, ""),
        (b"Return-Path:\r\n <>\r\n" + RECEIVED, ""),
        (RECEIVED + b"Return-Path: <>\r\n", ""),
        (RECEIVED + b"Return-Path: <boss@elsewhere.example>\r\n", None),
        (b"Return-Path: <a@b.example>\r\nReturn-Path: <>\r\n", "a@b.example"),
    ],
)
def test_the_sender_is_what_the_server_put_on_top(top: bytes, sender: str | None) -> None:
    assert envelope(top + mail(), (OWN,))[0] == sender


@pytest.mark.parametrize(
    "header", [b"Delivered-To", b"X-Original-To", b"Envelope-to", b"X-Delivered-To", b"Cc"]
)
def test_a_reply_address_is_found_wherever_it_stands(header: bytes) -> None:
    raw = header + b": " + TAGGED.encode() + b"\r\n" + mail(to="friend@patrons.example")
    assert envelope(raw, (OWN,))[1] == (TAGGED,)


def test_a_reply_address_in_to_is_found_in_a_crowd() -> None:
    raw = mail(to=f"friend@patrons.example, Library <{TAGGED}>, {OWN.upper()}")
    assert envelope(raw, (OWN,))[1] == (TAGGED, OWN.upper())


def test_what_the_server_says_comes_first() -> None:
    raw = b"Delivered-To: " + TAGGED.encode() + b"\r\n" + mail(to=OWN)
    assert envelope(raw, (OWN,))[1] == (TAGGED, OWN)


def test_only_addresses_of_the_library_count_and_there_is_always_one() -> None:
    raw = b"Delivered-To: box17@int.llanfair.example\r\n" + mail(to="friend@patrons.example")
    assert envelope(raw, (OWN,))[1] == (OWN,)


def test_the_text_is_no_header() -> None:
    raw = mail(to="friend@patrons.example", text=f"Return-Path: <>\nTo: {TAGGED}")
    assert envelope(raw, (OWN,)) == (None, (OWN,))


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\r\n",
        b"no header at all",
        b":\r\n: \r\n\r\n",
        b"To: " + b"(" * 200_000,
        b"To: " + b"a@b.example, " * 20_000,
        b"To: " + b'"' * 9000 + b"\r\n" + b"Return-Path: \xff\xfe\r\n",
        b"To: a\x00@b\r\n" * 3000,
    ],
)
def test_nothing_is_too_broken_to_be_looked_at(raw: bytes) -> None:
    _, recipients = envelope(raw, (OWN,))
    assert recipients == (OWN,)


def test_no_more_than_twenty_recipients_are_looked_at() -> None:
    crowd = ", ".join(f"enquiries+{one}@llanfair.example" for one in range(100))
    assert len(envelope(mail(to=crowd), (OWN,))[1]) == 20


def test_a_teams_own_address_is_one_of_ours() -> None:
    """With its tags, and wherever it stands; the enquiry address only where no other does."""
    team = "maps@llanfair.example"
    assert envelope(mail(to=f"Maps <{team}>"), (OWN, team))[1] == (team,)
    assert envelope(mail(to="maps+old@llanfair.example"), (OWN, team))[1] == (
        "maps+old@llanfair.example",
    )
    assert envelope(mail(to=f"x{team}"), (OWN, team))[1] == (OWN,)
