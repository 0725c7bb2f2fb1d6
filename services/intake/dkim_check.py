"""Verifies DKIM signatures (RFC 6376) where no mail server of ours has done so.

Asks DNS, in a thread and for a moment only; who signed is no proof of who wrote. A thread can't be
ended, so that there are few of them, and none for a letter that would cost much.
"""

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

_MOST_SIGNATURES: Final = 3
_MOST_BYTES: Final = 1_000_000
_AT_ONCE: Final = 2
_BLANKS: Final = re.compile(rb"\s{2,}")
_MOST_BLANKS: Final = 10_000_000
"""Of all blanks that stand together the squares of their numbers, summed: what the library takes
over them, which nothing else in this process could interrupt."""
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


class Verifier:
    """Looks at signatures, those of two letters at once."""

    def __init__(self, lookup: Lookup) -> None:
        self._lookup = lookup
        self._free = asyncio.Semaphore(_AT_ONCE)

    async def verified(self, raw: bytes) -> Dkim:
        """The first signature that holds; else what became of the last one. `none` for a letter
        that is too large to be looked at."""
        if len(raw) > _MOST_BYTES:
            return Dkim("none")
        try:
            async with asyncio.timeout(_PATIENCE):
                await self._free.acquire()
                work = asyncio.ensure_future(asyncio.to_thread(_verified, raw, self._lookup))
                # Its place is taken until the thread ends, be it waited for or not.
                work.add_done_callback(lambda _: self._free.release())
                return await asyncio.shield(work)
        except TimeoutError:
            return Dkim("temperror")


def _verified(raw: bytes, lookup: Lookup) -> Dkim:
    import dkim  # noqa: PLC0415  where it is configured

    found = Dkim("none")
    if sum(len(one) ** 2 for one in _BLANKS.findall(raw)) > _MOST_BLANKS:
        return found

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
