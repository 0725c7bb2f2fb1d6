"""The key that outgoing letters are signed with (DKIM), read and judged at start: a bad one refuses
to start, and never a letter."""

import re
from pathlib import Path
from typing import Final

_SHORTEST: Final = 1024
_LONGEST: Final = 4096
_LABEL: Final = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
SELECTOR: Final = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
"""RFC 6376 §3.1: names in DNS."""


def read_key(file: str) -> bytes:
    """The RSA key (PEM, PKCS#1 or PKCS#8) in this file.

    Raises: ValueError: it can't be read, is none, or is one that nobody may sign with.
    """
    import dkim.crypto  # noqa: PLC0415  where it is configured

    try:
        pem = Path(file).read_bytes().replace(b"\r\n", b"\n")
    except OSError as error:
        raise ValueError(f"can't be read: {error.strerror}") from error
    try:
        key = dkim.crypto.parse_pem_private_key(pem)
        is_whole = key["modulus"] == key["prime1"] * key["prime2"]
    except Exception as error:  # its reader fails in many ways, some of which quote the key
        raise ValueError("holds no RSA key in PEM without a password") from error
    if not is_whole:
        raise ValueError("the RSA key in it is damaged")
    # RFC 8301 §3.2: what verifiers accept.
    if not _SHORTEST <= key["modulus"].bit_length() <= _LONGEST:
        raise ValueError(f"wanted: an RSA key of {_SHORTEST} to {_LONGEST} bits, best of 2048")
    return pem


def is_aligned(domain: str, address: str) -> bool:
    """Whether a signature of this domain speaks for the address: its own domain, or one above it
    (RFC 7489 §3.1.1)."""
    whose = address.rpartition("@")[2].lower()
    return f".{whose}".endswith(f".{domain.lower()}")
