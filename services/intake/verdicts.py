"""What our own mail server found out about where a mail comes from (RFC 8601). Pure.

Anybody can write such a header into his mail. Believed is only what bears our mail server's name
and stands where it writes: above every Received line that it did not write itself. That server
must take away what comes in under its name (RFC 8601 §5); where two still differ, the worse counts.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from services.intake.letter import Verdicts

_METHODS: Final = ("dmarc", "dkim", "spf", "arc", "iprev", "auth")
_WORST_FIRST: Final = ("fail", "permerror", "temperror", "softfail", "policy", "neutral", "none")
_MOST: Final = 20
_LONGEST: Final = 4000
_WRITTEN_BY: Final = re.compile(r"\bby\s+([A-Za-z0-9._-]{1,255})", re.I)
Trace = Sequence[tuple[str, str]]
"""The Received and Authentication-Results headers, name in lower case and value, topmost first."""


def verdicts_of(trace: Trace, authserv_id: str | None) -> Verdicts:
    """What is known of a mail; `authserv_id` is our mail server's name, None if none is trusted."""
    hops = sum(name == "received" for name, _ in trace)
    if authserv_id is None:
        return Verdicts(hops=hops)
    found: dict[str, str] = {}
    for value in list(_of_our_own(trace, authserv_id))[:_MOST]:
        for method, result in _results(value, authserv_id):
            found[method] = _worse(found.get(method), result)
    results = tuple((method, found[method]) for method in _METHODS if method in found)
    return Verdicts("mta" if results else "none", results, hops)


def _of_our_own(trace: Trace, authserv_id: str) -> Iterator[str]:
    for name, value in trace:
        if name == "received":
            by = _WRITTEN_BY.search(value[:_LONGEST])
            if by is None or by[1].lower() != authserv_id.lower():
                return
        else:
            yield value[:_LONGEST]


def _results(value: str, authserv_id: str) -> Iterator[tuple[str, str]]:
    """Method and result of each finding in a header, if it is our mail server's."""
    from authres import AuthenticationResultsHeader  # noqa: PLC0415  where one is configured
    from authres.core import AuthResError  # noqa: PLC0415

    try:
        header = AuthenticationResultsHeader.parse_value(value)
    except AuthResError:
        return
    if str(header.authserv_id).lower() != authserv_id.lower():
        return
    for one in header.results:
        yield str(one.method).lower(), str(one.result).lower()


def _worse(known: str | None, result: str) -> str:
    if known is None or known == result:
        return result
    return next((one for one in _WORST_FIRST if one in {known, result}), "none")
