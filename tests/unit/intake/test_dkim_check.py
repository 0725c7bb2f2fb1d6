"""Signatures of mail, with a key made here and a DNS that is a function."""

import asyncio
import threading
import time
from functools import cache

import dkim
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from services.intake.dkim_check import Dkim, Lookup, Verifier
from services.intake.reader import Reader
from services.intake.understand import Clerk, Trust, understand
from shared.references import Seal
from tests.builders import mail
from tests.unit.examples import ADDRESS, NOW, SECRET

NAME = b"desk._domainkey.patrons.example."


@cache
def _key() -> tuple[bytes, bytes]:
    """The private key in PEM, and the record that DNS has."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return pem, b"v=DKIM1; k=rsa; p=" + b"".join(public.splitlines()[1:-1])


def signed(raw: bytes, *, length: bool = False) -> bytes:
    signature = dkim.sign(
        raw, b"desk", b"patrons.example", _key()[0], include_headers=[b"from", b"subject"],
        length=length,
    )  # fmt: skip
    return bytes(signature) + raw


async def verified(raw: bytes, lookup: Lookup) -> Dkim:
    return await Verifier(lookup).verified(raw)


def lookup(name: bytes) -> bytes | None:
    return _key()[1] if name == NAME else None


async def test_a_signature_that_holds_passes_with_its_domain() -> None:
    assert await verified(signed(mail()), lookup) == Dkim("pass", "patrons.example")


async def test_a_mail_that_was_changed_fails() -> None:
    raw = signed(mail(text="Are you open?")).replace(b"Are you open?", b"Send money to")
    assert (await verified(raw, lookup)).result == "fail"


async def test_a_signature_of_only_the_beginning_is_none() -> None:
    raw = signed(mail(), length=True) + b"and more\r\n"
    assert (await verified(raw, lookup)).result == "policy"


async def test_a_key_that_is_not_there_passes_nothing() -> None:
    assert (await verified(signed(mail()), lambda _: None)).result != "pass"


async def test_a_dns_that_is_away_is_said_to_be() -> None:
    def away(_: bytes) -> bytes | None:
        raise OSError

    assert (await verified(signed(mail()), away)).result == "temperror"


async def test_a_dns_that_hangs_holds_nobody_up() -> None:
    def hangs(_: bytes) -> bytes | None:
        time.sleep(6)
        return None

    raw = signed(mail())
    began = time.monotonic()
    assert (await verified(raw, hangs)).result == "temperror"
    assert time.monotonic() - began < 5.9


async def test_a_mail_without_a_signature_or_with_a_mad_one_is_said_to_be_so() -> None:
    assert (await verified(mail(), lookup)).result == "none"
    mad = b"DKIM-Signature: v=1; a=rsa-sha256; b=\r\n" + mail()
    assert (await verified(mad, lookup)).result == "fail"
    assert (await verified(b"no header at all\r\nDKIM-Signature: x", lookup)).result == "permerror"


async def test_it_is_asked_only_where_the_mail_server_said_nothing() -> None:
    raw = signed(mail())
    trust = Trust("mx.llanfair.example", Verifier(lookup))
    clerk = Clerk(Reader(), Seal(SECRET), frozenset({ADDRESS}), trust=trust)
    letter = await understand(raw, "", (ADDRESS,), NOW, clerk=clerk)
    assert letter.verdicts.by == "self"
    assert dict(letter.verdicts.results) == {"dkim": "pass", "dkim_domain": "patrons.example"}
    told = b"Authentication-Results: mx.llanfair.example; dkim=fail\r\n" + raw
    letter = await understand(told, "", (ADDRESS,), NOW, clerk=clerk)
    assert (letter.verdicts.by, dict(letter.verdicts.results)) == ("mta", {"dkim": "fail"})


async def test_what_would_cost_much_is_not_looked_at() -> None:
    for more, result in (
        (b"x\r\n" * 300_000, "pass"),
        (b"x\r\n" * 333_333, "none"),
        (b" " * 3_000 + b"x\r\n", "pass"),
        (b" " * 3_200 + b"x\r\n", "none"),
    ):
        assert (await verified(signed(mail() + more), lookup)).result == result


async def test_two_letters_are_looked_at_at_once_and_no_more() -> None:
    """A thread that nobody waits for any more still has its place."""
    gone, asked = threading.Event(), 0

    def hangs(_: bytes) -> bytes | None:
        nonlocal asked
        asked += 1
        gone.wait(30)
        return None

    verifier, raw = Verifier(hangs), signed(mail())
    try:
        found = await asyncio.gather(*(verifier.verified(raw) for _ in range(3)))
        found.append(await verifier.verified(raw))
    finally:
        gone.set()
    assert ([one.result for one in found], asked) == (["temperror"] * 4, 2)
    assert (await verifier.verified(raw)).result != "temperror"
