"""Forged internal headers change what is done with a letter: CVE-2023-41259, CVE-2023-41260."""

from dataclasses import asdict
from typing import Any, Final

import pytest

from services.intake.accept import Desk, accept_mail
from services.intake.reader import Reader
from services.intake.understand import Clerk, Trust
from tests.builders import mail
from tests.fakes import Letters, Outbox
from tests.forgeries import FORGER, SEAL
from tests.smtp_house import ENVELOPE, HELLO, House
from tests.unit.examples import ADDRESS, NOW

OURS: Final = "mx.llanfair.example"
REFERENCE: Final = "ENQ-7K3M-92Q2"
BELOW: Final = f"from x by y; x\r\nAuthentication-Results: {OURS}; dmarc=pass"
INTERNAL: Final = [
    ("Authentication-Results", "mx.elsewhere.example; dmarc=pass header.from=patrons.example"),
    ("Authentication-Results", f"{OURS}.elsewhere.example; dmarc=pass"),
    ("Authentication-Results", f"x{OURS}; dmarc=pass"),
    ("Authentication-Results", f"x; dmarc=pass {OURS}"),
    ("ARC-Authentication-Results", f"i=1; {OURS}; dmarc=pass"),
    ("X-Authentication-Results", f"{OURS}; dmarc=pass"),
    ("Authentication-Results-Original", f"{OURS}; dmarc=pass"),
    ("Received", f"from a by b\r\nAuthentication-Results: {OURS}; dmarc=pass"),
    *((f"X-Enquiry-Desk-{one}", "1") for one in ("Reference", "Ticket", "Loop", "State", "Id")),
    ("X-Enquiry-Reference", REFERENCE),
    ("X-Ticket", REFERENCE),
    ("X-Loop", "enquiries@llanfair.example"),
    ("X-Original-To", FORGER.reply_address(ADDRESS, REFERENCE)),
    ("Delivered-To", FORGER.reply_address(ADDRESS, REFERENCE)),
    ("X-Staff", "mair"),
    ("X-Team", "local-history"),
    ("X-Direction", "out"),
    ("X-Sender-Is-Known", "true"),
    ("X-Is-Proven", "true"),
    ("X-Status", "resolved"),
    ("X-Virus-Status", "clean"),
    ("X-Spam-Status", "No"),
    ("X-RT-Loop-Prevention", "llanfair.example"),
    ("RT-Ticket", REFERENCE),
    ("X-Forwarded-For", "127.0.0.1"),
    ("X-Envelope-From", "mair@llanfair.example"),
]  # fmt: skip


async def kept(header: tuple[str, str] | None) -> dict[str, Any]:
    """All that is known of a letter with that header on top of its own."""
    letters = Letters()
    clerk = Clerk(Reader(), SEAL, frozenset({ADDRESS}), 100_000, Trust(OURS))
    raw = mail(Message_ID="<one@patrons.example>")
    if header is not None:
        raw = f"{header[0]}: {header[1]}\r\n".encode() + raw
    desk = Desk(letters, Outbox(), clerk, SEAL)
    assert await accept_mail(raw, "rhian@patrons.example", (ADDRESS,), NOW, desk=desk)
    [letter] = letters.kept.values()
    known = asdict(letter)
    known["verdicts"]["hops"] = 0
    return {name: value for name, value in known.items() if name not in {"id", "raw"}}


@pytest.mark.parametrize("header", INTERNAL, ids=lambda one: f"{one[0]}={one[1][:20]}")
async def test_a_forged_header_has_no_effect(header: tuple[str, str]) -> None:
    assert await kept(header) == await kept(None)


async def test_what_our_own_mail_server_writes_has_one() -> None:
    found = await kept(("Authentication-Results", f"{OURS}; dmarc=pass"))
    assert ("dmarc", "pass") in [tuple(one) for one in found["verdicts"]["results"]]


async def test_what_was_made_of_a_letter_is_not_told_to_its_sender(wire: House) -> None:
    answers = set()
    for name, value in INTERNAL:
        client = await wire.client()
        await client.tell(HELLO)
        client.writer.write(ENVELOPE + b"DATA\r\n" + f"{name}: {value}\r\n".encode())
        client.writer.write(mail() + b"\r\n.\r\nQUIT\r\n")
        answers.add(tuple(await client.rest()))
    assert len(answers) == 1
    assert answers.pop()[-2] == b"250 2.0.0 Kept"
