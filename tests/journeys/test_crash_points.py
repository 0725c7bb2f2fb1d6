"""Every boundary of the line is hit by a kill, again and again: nothing is lost or doubled."""

import asyncio
from collections import Counter
from itertools import count
from pathlib import Path
from typing import Final

import pytest

from deploy.local.servers import Service
from shared.crash import POINTS
from tests.accounting import Ledger
from tests.keeper import kept_alive
from tests.nursery import Forked
from tests.stage import Stage

HITS: Final = 6
"""How often each point must be hit; `make crash-points` hits each three hundred times."""
LINE: Final = tuple(
    one for one in POINTS if not one.startswith(("imap.", "erase.", "pair.", "patron.", "convert."))
)
"""Mail here comes by SMTP; test_mailbox_is_read.py has the points of the other door,
test_patron_is_erased.py those of erasing, test_tickets_under_kills.py those of two tickets that
change together, test_what_a_patron_prefers.py those of what is noted of patrons, and
test_conversions_under_kills.py those of converting."""
PASSED_BY: Final = {
    "intake": ("intake.", "outbox."),
    "routing": ("routing.", "outbox.", "consume."),
    "notify": ("notify.", "consume."),
}
"""Which points each service comes past."""


@pytest.mark.timeout(600)
async def test_every_crash_point_again_and_again(stage: Stage) -> None:
    await stage.open()
    hits_file = stage.folder / "hits"
    hits_file.touch()
    ledger = Ledger()

    def arm(service: Service) -> None:
        """Have the process kill itself at the point that it was hit at least, soon."""
        hits = _hits(hits_file)
        wanted = [one for one in LINE if one.startswith(PASSED_BY[service.name])]
        wanted = [one for one in wanted if hits[one] < HITS]
        assert isinstance(service, Forked)
        service.process.env["CRASH_LOG"] = str(hits_file)
        service.process.env["CRASH_AT"] = (
            f"{min(wanted, key=lambda one: hits[one])}:0.7" if wanted else ""
        )

    async with kept_alive(stage, arm):
        for copies in stage.services.values():
            for one in copies:
                one.kill()
        for start in count(0, 8):
            await ledger.send_many(stage, range(start, start + 8))
            if all(_hits(hits_file)[one] >= HITS for one in LINE):
                break
            await asyncio.sleep(0.1)
    for copies in stage.services.values():
        for one in copies:
            one.kill()
            one.process.env["CRASH_AT"] = ""
            one.start()

    await ledger.settle(stage)
    hits = _hits(hits_file)
    assert all(hits[one] >= HITS for one in LINE), hits
    print(f"\ncrash points: {sum(hits.values())} kills at {len(LINE)} points, ", end="")
    print(f"{len(ledger.accepted)} mails, {ledger.copies(stage)} sent again")


def _hits(file: Path) -> Counter[str]:
    return Counter(file.read_text().split())
