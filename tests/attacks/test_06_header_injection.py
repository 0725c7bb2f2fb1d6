"""Header injection into what goes out: CVE-2024-6923, CVE-2026-1299, CVE-2012-4730."""

import asyncio
import base64
import email
from email.policy import default
from typing import Any, Final

import pytest

from tests.breaks import BREAKS, EVIL
from tests.stage import Stage, until
from tests.unit.notify.test_letters import ALWAYS, ANSWERING, AUTOMATIC, built, check_wire

HEADERS: Final = {name.lower() for name in ALWAYS + ANSWERING + AUTOMATIC}


def test_there_are_enough_ways_to_write_a_break() -> None:
    assert len(set(BREAKS)) == len(BREAKS) >= 40


@pytest.mark.parametrize("evil", BREAKS, ids=ascii)
@pytest.mark.parametrize("field", ["subject", "to_name", "from_name", "in_reply_to"])
def test_no_break_in_any_writing_adds_a_header(field: str, evil: str) -> None:
    for value in (f"a{evil}{EVIL}", f"{evil}{EVIL}", f"a{evil}", f"a{evil}{evil}<p>{EVIL}"):
        if field == "in_reply_to" and not value.isascii():
            continue
        letter = built(**{field: value})
        check_wire(letter.content)
        head = letter.content.partition(b"\r\n\r\n")[0]
        names = [
            line.partition(b":")[0].decode().lower()
            for line in head.split(b"\r\n")
            if line[:1] not in b" \t"
        ]
        assert len(names) == len(HEADERS)
        assert set(names) == HEADERS
        for policy in (email.policy.compat32, default):
            message: Any = email.message_from_bytes(letter.content, policy=policy)
            assert sorted(name.lower() for name in message) == sorted(HEADERS)


def _word(text: str) -> str:
    """RFC 2047."""
    return f"=?utf-8?b?{base64.b64encode(text.encode()).decode()}?="


def _raw(number: int, evil: str) -> bytes:
    """A letter whose name, subject and file name have that break in them, encoded and raw."""
    wanted = _word(f"a{evil}{EVIL}")
    bare = f"a{evil}{EVIL}".replace("\r", "").replace("\n", "") if number % 2 else wanted
    lines = (
        f"From: {wanted} <patron{number}@patrons.example>",
        "To: enquiries@llanfair.example",
        f"Subject: {bare}",
        f"Message-ID: <{number}.break@patrons.example>",
        "MIME-Version: 1.0",
        'Content-Type: multipart/mixed; boundary="cut"',
        "",
        "--cut",
        "",
        "words",
        "--cut",
        f'Content-Disposition: attachment; filename="{wanted}"',
        "",
        "file",
        "--cut--",
        "",
    )
    return "\r\n".join(lines).encode("utf-8", "replace")


async def test_every_letter_that_leaves_the_house_has_the_headers_that_it_should(
    stage: Stage,
) -> None:
    await stage.open()
    letters = [_raw(number, evil) for number, evil in enumerate(BREAKS)]
    senders = [f"patron{number}@patrons.example" for number in range(len(BREAKS))]
    pairs = zip(letters, senders, strict=True)
    assert set(await asyncio.gather(*(stage.mail(raw, one) for raw, one in pairs))) == {
        "2.0.0 Kept"
    }

    async def there(count: int) -> bool:
        return len(stage.relay.delivered) >= count * len(BREAKS)

    await until(lambda: there(1), 60)
    for ticket in await stage.tickets():
        path = f"/v1/tickets/{ticket['reference']}"
        _, _, headers = await stage.api("GET", path)
        status, answer, _ = await stage.api(
            "POST", f"{path}/reply", {"text": "Words."}, If_Match=headers["ETag"]
        )
        assert status == 200, answer
    await until(lambda: there(2), 60)
    assert sorted(one.to for one in stage.relay.delivered) == sorted(senders * 2)
    plain = {name.lower() for name in ALWAYS + ANSWERING}
    for one in stage.relay.delivered:
        found = sorted(name.lower() for name in one.message)
        assert found in (sorted(HEADERS), sorted(plain))
