"""STARTTLS injection: what is said in the clear is carried out as if it came under TLS.

CVE-2011-0411 (Postfix), CVE-2024-34083 (aiosmtpd).
"""

import ssl

import pytest
import trustme

from shared.certificate import Certificate
from tests.smtp_house import ENVELOPE, HELLO, PLAIN, WORDS, House, codes
from tests.stage import until


@pytest.mark.parametrize(
    "injected", [b"RSET\r\n", HELLO + ENVELOPE + b"DATA\r\n" + WORDS + b".\r\n", b"\x16\x03\x01"]
)
async def test_what_is_said_in_the_clear_after_starttls_is_not_carried_out(
    door: House, certificate: Certificate, authority: trustme.CA, injected: bytes
) -> None:
    context = ssl.create_default_context()
    authority.configure_trust(context)
    await door.open(PLAIN, certificate)
    client = await door.client()
    await client.tell(HELLO)
    assert (await client.tell(b"STARTTLS\r\n" + injected)).startswith(b"220")
    with pytest.raises((ssl.SSLError, ConnectionError)):
        await client.writer.start_tls(context, server_hostname="mail.llanfair.example")
    assert door.taken == []
    await until(door.has_room)


async def test_what_is_said_in_the_clear_a_little_later_is_not_carried_out_either(
    door: House, certificate: Certificate
) -> None:
    await door.open(PLAIN, certificate)
    client = await door.client()
    await client.tell(HELLO)
    assert (await client.tell(b"STARTTLS\r\n")).startswith(b"220")
    client.writer.write(HELLO + ENVELOPE + b"DATA\r\n" + WORDS + b".\r\nQUIT\r\n")
    answers = await client.rest()
    assert b"250" not in codes(answers)
    assert door.taken == []
    await until(door.has_room)
