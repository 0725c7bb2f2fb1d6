"""A certificate is read again when it changes, and a bad one takes nothing away."""

import os
from pathlib import Path

import pytest
import trustme

from shared.certificate import BadCertificate, Certificate

AUTHORITY = trustme.CA()


def write(folder: Path, name: str = "mail.llanfair.example") -> tuple[Path, Path]:
    """A certificate for that name and its key."""
    issued = AUTHORITY.issue_cert(name)
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    certificate.write_bytes(b"".join(one.bytes() for one in issued.cert_chain_pems))
    key.write_bytes(issued.private_key_pem.bytes())
    return certificate, key


def test_the_same_files_are_read_once(tmp_path: Path) -> None:
    certificate = Certificate(*write(tmp_path))
    assert certificate.context() is certificate.context()


def test_a_renewed_certificate_is_used_for_the_next_connection(tmp_path: Path) -> None:
    certificate = Certificate(*write(tmp_path))
    before = certificate.context()
    write(tmp_path)
    assert certificate.context() is not before


def test_half_a_renewal_leaves_the_last_good_one_until_the_other_half_comes(
    tmp_path: Path,
) -> None:
    files = write(tmp_path)
    certificate = Certificate(*files)
    before = certificate.context()
    (tmp_path / "new").mkdir()
    new = write(tmp_path / "new")
    os.replace(new[0], files[0])
    assert certificate.context() is before
    files[1].unlink()
    assert certificate.context() is before
    os.replace(new[1], files[1])
    assert certificate.context() is not before


def test_tls_is_of_a_version_that_still_counts(tmp_path: Path) -> None:
    assert Certificate(*write(tmp_path)).context().minimum_version.name == "TLSv1_2"


def test_what_can_not_be_used_is_told(tmp_path: Path) -> None:
    certificate, key = write(tmp_path)
    (tmp_path / "other").mkdir()
    _, other = write(tmp_path / "other")
    with pytest.raises(BadCertificate, match="can't be read: No such file"):
        Certificate(certificate, tmp_path / "nowhere")
    with pytest.raises(BadCertificate, match="MISMATCH"):
        Certificate(certificate, other)
    with pytest.raises(BadCertificate, match="can't be used"):
        Certificate(key, key)
    key.write_text("no key")
    with pytest.raises(BadCertificate, match="can't be used"):
        Certificate(certificate, key)


def test_a_key_with_a_password_asks_nobody(tmp_path: Path) -> None:
    from cryptography.hazmat.primitives.serialization import (
        BestAvailableEncryption,
        Encoding,
        PrivateFormat,
        load_pem_private_key,
    )

    certificate, key = write(tmp_path)
    opened = load_pem_private_key(key.read_bytes(), None)
    wrapped = BestAvailableEncryption(b"secret")
    key.write_bytes(opened.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, wrapped))
    with pytest.raises(BadCertificate, match="can't be used"):
        Certificate(certificate, key)
