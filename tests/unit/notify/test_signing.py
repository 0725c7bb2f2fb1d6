"""Letters are signed so that any verifier finds them whole, and none that was added to."""

import base64
from functools import cache
from typing import Any

import dkim
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from services.notify.signing import Signer
from tests.unit.notify.test_compose import compose


@cache
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def _pem(form: serialization.PrivateFormat) -> bytes:
    none = serialization.NoEncryption()
    return key().private_bytes(serialization.Encoding.PEM, form, none)


def record(name: Any, timeout: float = 5) -> bytes:
    """What DNS would answer."""
    asked = name if isinstance(name, bytes) else str(name).encode()
    assert asked == b"desk2026._domainkey.llanfair.example."
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    der = key().public_key().public_bytes(serialization.Encoding.DER, form)
    return b"v=DKIM1; k=rsa; p=" + base64.b64encode(der)


def is_good(letter: bytes) -> bool:
    return bool(dkim.verify(letter, dnsfunc=record))


@pytest.fixture(params=["PKCS8", "TraditionalOpenSSL"])
def signer(request: pytest.FixtureRequest) -> Signer:
    pem = _pem(getattr(serialization.PrivateFormat, request.param))
    return Signer(pem, "desk2026", "Llanfair.example")


def letter(**fields: Any) -> bytes:
    """A real one, as it goes over the wire."""
    return compose(**fields).content


def test_a_signed_letter_is_found_whole_and_changed_in_nothing(signer: Signer) -> None:
    content = letter()
    signed = signer.signed(content)
    assert is_good(signed)
    assert signed.endswith(content)
    assert signed.startswith(b"DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/simple;")
    assert all(len(line) <= 998 for line in signed.split(b"\r\n"))
    assert b"\n" not in signed.replace(b"\r\n", b"")


def test_a_name_in_any_script_is_signed_too(signer: Signer) -> None:
    patron = {"name": "Siân Ŵŷn", "address": "siân@dŵr.example"}
    signed = signer.signed(letter(patron=patron))
    assert not signed.isascii()
    assert is_good(signed)


@pytest.mark.parametrize(
    "added",
    [
        *(b"From: a@b.example", b"Reply-To: a@b.example", b"To: a@b.example", b"Cc: a@b.example"),
        *(b"Subject: Other", b"Date: Mon, 1 Jan 2024 00:00:00 +0000", b"Message-ID: <a@b.example>"),
        *(b"In-Reply-To: <a@b.example>", b"References: <a@b.example>", b"Sender: a@b.example"),
        *(b"Auto-Submitted: no", b"MIME-Version: 1.0", b"Content-Type: text/html"),
    ],
)
def test_nobody_can_add_a_header_that_a_reader_sees(signer: Signer, added: bytes) -> None:
    signed = signer.signed(letter())
    head, body = signed.split(b"\r\n\r\n", 1)
    assert not is_good(added + b"\r\n" + signed)
    assert not is_good(head + b"\r\n" + added + b"\r\n\r\n" + body)


def test_what_relays_add_does_no_harm(signer: Signer) -> None:
    signed = signer.signed(letter())
    assert is_good(b"Received: from desk.llanfair.example\r\n\tby mx.example; now\r\n" + signed)
    assert is_good(signed.replace(b"Subject: ", b"Subject:   ", 1))


def test_nobody_can_change_a_word(signer: Signer) -> None:
    signed = signer.signed(letter())
    assert not is_good(signed.replace(b"We have your enquiry", b"We lost your enquiry"))
    assert not is_good(signed + b"More.\r\n")


@pytest.mark.parametrize(
    "body", [b"", b"\r\n", b"words\r\n\r\n\r\n", b"no end", b"a\r\n\r\nb \r\n" * 20_000]
)
def test_a_body_is_signed_as_it_stands_whatever_it_ends_in(signer: Signer, body: bytes) -> None:
    head, _, _ = letter().partition(b"\r\n\r\n")
    signed = signer.signed(head + b"\r\n\r\n" + body)
    assert is_good(signed)
    assert not is_good(signed + b"more\r\n")
