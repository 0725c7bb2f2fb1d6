"""A From that two parsers read as two senders: CVE-2023-27043.

Our mail server checks one of them (DMARC), and we would believe it of the other.
"""

from dataclasses import replace
from typing import Final

import pytest

from services.intake.accept import keep
from services.intake.letter import Verdicts
from services.intake.understand import understand
from tests.builders import mail
from tests.forgeries import PATRON, STRANGER
from tests.unit.examples import ADDRESS, NOW
from tests.unit.intake.test_matching import House, house

__all__ = ["house"]
V, M = PATRON, STRANGER
"""The victim, whose ticket it is, and who really writes."""
AMBIGUOUS: Final = [
    f"{V}, {M}", f"{M}, {V}", f"<{V}>, <{M}>", f"{V},{M}", f"{V}; {M}", f"{V} {M}", f"{V} <{M}>",
    f"{M} <{V}>", f"<{V}> {M}", f"<{M}> {V}", f"<{V}> <{M}>", f"<{M}> <{V}>", f"<{V}><{M}>",
    f"<<{V}>{M}>", f"<{V}", f"{V}>", f"{V})<{M}>", f"{M})<{V}>", f"{M}({V})", f"{M} ({V})",
    f"({M}) {V} ({M})", f"({M})<{V}>", f"<{V}>({M})", f"{V}({M}", f"{V})({M}", f'"{V}" {M}',
    f'"{M}" {V}', f'"{V}"<{M}>x', f'"a" <{M}> <{V}>', f'"{M} <{V}>', f'"{V} <{M}>',
    f'"a\\" <{M}> <{V}>', f'a" <{M}>" <{V}', f"a <{M}>, b <{V}>", f"a <{V}>, b <{M}>",
    f"a <{M}> b <{V}>", f"group: {V};", f"group: {V}, {M};", f"group: {M};, {V}", f"{V}: {M};",
    f":;{V}", f"<@elsewhere.example:{V}>", f"<@{M}:{V}>", f"{V}@elsewhere.example",
    f"<{V}@elsewhere.example>", f"{V},", f",{V}", f",,{M},{V}", f"[{M}] {V}", f"[{M}]<{V}>x",
    f"{V}\\<{M}>", f"{V}\x00{M}", f"<{V}\x00> {M}", f"{V}\x0b<{M}>", f"<{V}>;<{M}>",
    f"=?utf-8?q?=3C{M}=3E,?= <{V}>, x", f"{M}<{V}>{M}", f"{V} via x <{M}>, {V}",
    f"{V}\r\nFrom: {M}", f"{M}\r\nFrom: {V}", f"<{V}>\r\nfrom: <{M}>", f"{V}\r\nFROM: {M}",
    f"(a(b){M}) {V}", f'"a@b"@c, {V}', f"{V}(a\\) {M}", f"undisclosed:;, {V}",
]  # fmt: skip
CLEAR: Final = [
    V, f"<{V}>", f"Rhian <{V}>", f'"Example, Rhian" <{V}>', f"Example, Rhian <{V}>",
    f"{V} (Rhian Example)", f"=?utf-8?q?Si=C3=A2n?= <{V}>", f"Siân <{V}>", f"O'Brien <{V}>",
    f'"Rhian (at home)" <{V}>', f"Rhian (at home) <{V}>", f'"{M}" <{V}>',
]  # fmt: skip


def test_there_are_enough() -> None:
    assert len(set(AMBIGUOUS)) == len(AMBIGUOUS) >= 60


async def joined(house: House, written: str) -> bool:
    """Whether a letter that names the ticket joins it, our mail server being content."""
    raw = mail(subject=f"Re: [{house.reference}]")
    raw = raw.replace(f"From: Rhian Example <{V}>".encode(), f"From: {written}".encode())
    letter = await understand(raw, M, (ADDRESS,), NOW, clerk=house.desk.clerk)
    passed = replace(letter, verdicts=Verdicts("mta", (("dmarc", "pass"),)))
    return await keep(passed, desk=house.desk) == house.reference


@pytest.mark.parametrize("written", AMBIGUOUS, ids=ascii)
async def test_an_ambiguous_sender_is_not_believed(house: House, written: str) -> None:
    assert not await joined(house, written)
    assert len(house.letters.kept) == 2, "it is kept all the same"


@pytest.mark.parametrize("written", CLEAR, ids=ascii)
async def test_a_clear_one_is(house: House, written: str) -> None:
    assert await joined(house, written)
