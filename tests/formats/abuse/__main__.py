"""`make formats-abuse`: every document that means harm, into every format that could pass the harm
on, confined; then those that would fetch something once more with a network, and a trap in it."""

import asyncio
import sys
from collections import Counter
from typing import Final

from tests.formats.abuse.documents import ALL, MADE
from tests.formats.abuse.run import Became, try_on
from tests.formats.abuse.trap import caught

FORMS: Final = ("html", "large_print", "epub", "docx", "text", "brf", "mp3")


async def _run() -> int:
    ends: Counter[str] = Counter()
    faults = []
    for one in ALL:
        forms = FORMS if MADE in one.wanted else FORMS[:1]
        for form in forms:
            became = await try_on(one, form)
            ends[became.end] += 1
            faults += [f"{became.name} to {became.form}: {fault}" for fault in became.faults]
            _tell(became)
    attempts = await caught(FORMS)
    for fault in faults:
        print(fault, file=sys.stderr)
    made = ends.pop(MADE, 0)
    print(
        f"formats-abuse: files={len(ALL)} conversions={made + ends.total()} refused={ends.total()}"
        f" made={made} connections={attempts} faults={len(faults)}"
    )
    return 1 if faults or attempts else 0


def _tell(became: Became) -> None:
    print(f"{became.name:24} {became.form:12} {became.end:16} {became.seconds:6.1f} s", flush=True)


if __name__ == "__main__":
    sys.exit(asyncio.run(_run()))
