"""Class 20: letters that cost more the larger they are. Up to the limit none costs more than its
size: four times as much takes four times as long, twice over for the machine's own luck."""

from functools import partial
from typing import Final

import pytest

from services.intake.envelope import envelope
from services.intake.follow_up import sealed_in
from services.intake.quarantine import glimpse
from services.intake.reader import LARGE
from services.intake.smtp import has_gone_round
from services.intake.understand import fingerprint
from shared.references import Seal
from tests.attacks.costs import reading, seconds
from tests.fuzz.giants import GIANTS, SIZE
from tests.unit.examples import SECRET

SMALL: Final = 60_000
TIMES: Final = 4
UNNOTICED: Final = 0.2
"""Seconds that say nothing of growth."""
HEADERS: Final = {
    "open encoded words": (b"Subject: ", b"=?"),
    "half encoded words": (b"Subject: ", b"=?a?q?"),
    "encoded words": (b"Subject: ", b"=?utf-8?q?a?= "),
    "commas": (b"From: ", b","),
    "angles": (b"From: ", b"<"),
    "senders": (b"From: ", b"a,"),
    "dots": (b"From: ", b"a."),
    "quotes": (b'From: "', b'\\"'),
    "open message ids": (b"References: ", b"<a"),
    "folds": (b"Subject: a", b"\r\n a"),
    "boundary": (b"Content-Type: multipart/mixed; boundary=", b"a"),
    "parameters": (b"Content-Type: text/plain", b";"),
    "an open quotation": (b'Content-Type: text/plain; charset="', b";"),
    "one behind a bare CR": (b'X: a\rContent-Type: text/plain; charset="', b";"),
    "a parameter in pieces": (b"Content-Type: text/plain", b"; name*1*=a"),
    "fields": (b"a: b", b"\r\na: b"),
}


@pytest.mark.parametrize("name", GIANTS)
def test_a_giant_costs_no_more_than_its_size(name: str) -> None:
    small, large = (partial(reading, GIANTS[name](size)) for size in (SMALL, TIMES * SMALL))
    taken = seconds(large, UNNOTICED)
    assert taken <= UNNOTICED or taken <= 2 * TIMES * seconds(small)


@pytest.mark.parametrize("name", HEADERS)
def test_no_small_letter_holds_the_others_up(name: str) -> None:
    """It is read on the spot, not by a child that could be ended."""
    head, piece = HEADERS[name]
    raw = head + piece * ((LARGE - 100) // len(piece)) + b"\r\n\r\nwords"
    assert len(raw) <= LARGE
    assert seconds(partial(reading, raw), 1) <= 1


@pytest.mark.parametrize("name", GIANTS)
def test_no_small_giant_does_either(name: str) -> None:
    raw = GIANTS[name](LARGE * 3 // 4)
    assert seconds(partial(reading, raw), 1) <= 1


@pytest.mark.parametrize("name", GIANTS)
def test_no_giant_holds_the_doors_up(name: str) -> None:
    """What is looked at before a child reads it, and where no child can be ended for it."""
    raw, seal = GIANTS[name](SIZE), Seal(SECRET)

    def looked_at() -> None:
        has_gone_round(raw)
        envelope(raw, ("enquiries@llanfair.example",))
        fingerprint(raw)
        glimpse(raw)
        sealed_in(raw, seal)

    assert seconds(looked_at, 1) <= 1
