"""Verifies DKIM signatures (RFC 6376) where no mail server of ours has done so.

Asks DNS, in a thread and for a moment only; who signed is no proof of who wrote.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

_MOST_SIGNATURES: Final = 3
_PATIENCE: Final = 2.5
"""Seconds: a sender waits for his answer."""
_DNS_PATIENCE: Final = 1.5
Lookup = Callable[[bytes], bytes | None]
"""The TXT record at a name; None if there is none. May raise OSError."""


@dataclass(frozen=True)
class Dkim:
    """What was found: `pass`, `fail`, `temperror`, `none`, and of which domain."""

    result: str
    domain: str = ""


async def verified(raw: bytes, lookup: Lookup) -> Dkim:
    """The first signature that holds; else what became of the last one."""
    try:
        async with asyncio.timeout(_PATIENCE):
            return await asyncio.to_thread(_verified, raw, lookup)
    except TimeoutError:
        return Dkim("temperror")


def _verified(raw: bytes, lookup: Lookup) -> Dkim:
    import dkim  # noqa: PLC0415  where it is configured

    found = Dkim("none")

    def asked(name: Any, timeout: float = 0) -> bytes | None:
        return lookup(name if isinstance(name, bytes) else str(name).encode())

    try:
        signed = dkim.DKIM(raw)
        count = sum(name.lower() == b"dkim-signature" for name, _ in signed.headers)
        for index in range(min(count, _MOST_SIGNATURES)):
            found = _one(signed, index, asked)
            if found.result == "pass":
                break
    except Exception:
        # What no verifier can read is signed by nobody.
        return Dkim("permerror")
    return found


def _one(signed: Any, index: int, asked: Callable[..., bytes | None]) -> Dkim:
    from dkim import ValidationError  # noqa: PLC0415

    try:
        holds = signed.verify(index, dnsfunc=asked)
    except OSError:
        return Dkim("temperror")
    except ValidationError:  # what was signed is not what came, or the time for it is over
        return Dkim("fail")
    except Exception:
        return Dkim("permerror")
    domain = (signed.domain or b"").decode("ascii", "replace").lower()
    # RFC 6376 §8.2: with l=, anything may have been added behind what was signed.
    is_whole = b"l" not in signed.signature_fields
    return Dkim("pass" if holds and is_whole else "policy" if holds else "fail", domain)


def dns_lookup(name: bytes) -> bytes | None:
    """The TXT record at a name, by the system's resolver. Raises: OSError."""
    from dns.exception import DNSException  # noqa: PLC0415
    from dns.resolver import NXDOMAIN, NoAnswer, Resolver  # noqa: PLC0415

    try:
        answer = Resolver().resolve(name.decode("ascii"), "TXT", lifetime=_DNS_PATIENCE)
    except (NXDOMAIN, NoAnswer):
        return None
    except (DNSException, UnicodeError) as error:
        raise OSError("no answer from DNS") from error
    return next((b"".join(one.strings) for one in answer), None)
