"""SMTP smuggling in: a letter within a letter, behind an end that only others take for one.

CVE-2023-51764 (Postfix), CVE-2024-27305 (aiosmtpd).
"""

import pytest

from tests.smtp_house import WORDS, House, codes

ENDS = [
    b"\n.\n",
    b"\n.\r\n",
    b"\r.\r",
    b"\r.\r\n",
    b"\r.\n",
    b"\r\n.\n",
    b"\r\n.\r",
    b"\n.\r",
    b"\r\n\x00.\r\n",
    b"\r\n.\x00\r\n",
    b"\r\n. \r\n",
    b"\r\r\n.\r\r\n",
    b"\r\n.\x0b\r\n",
    b"\n\r.\n\r",
    b"\xc2\x85.\xc2\x85",
]


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("before", [b"", WORDS, b"x" * 65_530])
async def test_nothing_is_smuggled_in_behind_another_end(
    wire: House, before: bytes, end: bytes
) -> None:
    """CVE-2023-51764, CVE-2024-27305: one letter, with the rest as part of it."""
    smuggled = b"MAIL FROM:<evil@b.example>\r\nRCPT TO:<enquiries@llanfair.example>\r\nDATA\r\nhm"
    answers = await wire.say(before + end + smuggled + b"\r\n.\r\n")
    assert codes(answers) == [b"250", b"221"]
    assert len(wire.taken) == 1
    assert wire.taken[0].endswith(smuggled + b"\r\n")
    assert wire.senders == ["a@b.example"]
