"""`make crash-points`: processes kill themselves at each named place of the line
(`shared/crash.py`), hundreds of times, under the mixed load; then every account is checked."""

import asyncio
import sys
import time
from argparse import Namespace
from collections import Counter
from pathlib import Path
from typing import Final

import aiohttp
import uvloop

from deploy.local.servers import Service
from shared.crash import POINTS
from tests.faults.__main__ import end_orderly, furnished, options
from tests.faults.catalogue import Fault
from tests.faults.house import NAMES, House, whole_house
from tests.faults.rounds import Rounds
from tests.imap_server import ImapServer
from tests.nursery import Nursery

LINE: Final = tuple(
    one
    for one in POINTS
    if one.startswith(("intake.", "outbox.", "consume.", "routing.", "notify."))
)
_PASSED_BY: Final = {
    "intake": ("intake.", "outbox."),
    "routing": ("routing.", "outbox.", "consume."),
    "notify": ("notify.", "consume."),
}
_AT_LEAST: Final = 12


def main() -> int:
    """The status: 1 if anything does not add up."""
    parser = options(__doc__)
    parser.set_defaults(count=480, seconds=60)
    parser.add_argument("--hits", type=int, default=300, help="of each place")
    parser.add_argument("--copies", type=int, default=4)
    chosen = parser.parse_args()
    end_orderly()
    with furnished() as (place, nurseries, mail):
        return uvloop.run(_run(place, nurseries, mail, chosen))


class Armed:
    """Whatever starts kills itself at the place that was hit least, of those that it comes past."""

    def __init__(self, log: Path, hits: int) -> None:
        self._log, self._wanted = log, hits
        self.is_live = False
        """Whether what starts is armed."""
        log.touch()

    def before_start(self, service: Service) -> None:
        """Arm it, while there is something to hit."""
        hits = self.hits()
        near = [one for one in LINE if one.startswith(_PASSED_BY[service.name])]
        left = [one for one in near if self.is_live and hits[one] < self._wanted]
        at = f"{min(left, key=lambda one: hits[one])}:0.7" if left else ""
        service.process.env["CRASH_AT"], service.process.env["CRASH_LOG"] = at, str(self._log)

    def hits(self) -> Counter[str]:
        """So far."""
        return Counter(self._log.read_text().split())

    @property
    def is_done(self) -> bool:
        """Whether every place was hit often enough."""
        hits = self.hits()
        return all(hits[one] >= self._wanted for one in LINE)


async def _run(
    place: Path, nurseries: dict[str, Nursery], mail: ImapServer, chosen: Namespace
) -> int:
    armed = Armed(place / "hits", chosen.hits)
    print(f"crash-points: seed={chosen.seed}", flush=True)
    async with (
        whole_house(
            place, nurseries, mail, chosen.copies, armed.before_start, has_small_disks=False
        ) as house,
        aiohttp.ClientSession() as session,
    ):
        rounds, begun = Rounds(house, session, chosen.seed, patience=240), time.monotonic()
        while not armed.is_done:
            harm = _points(armed, chosen.seconds)
            row = await rounds.round([harm], chosen.count, chosen.seconds)
            hits = armed.hits()
            least = min(hits[one] for one in LINE)
            minutes = (time.monotonic() - begun) / 60
            print(
                f"{row.line()} hits={hits.total()} least={least} minutes={minutes:.1f}", flush=True
            )
            for one in (*row.faults, *row.stuck):
                print(f"    {one}", flush=True)
        verdict, stuck = await rounds.in_the_end()
    hits = armed.hits()
    for one in LINE:
        print(f"  {one:24} {hits[one]}")
    for one in (*verdict.faults, *stuck):
        print(f"in the end: {one}")
    faults = [*verdict.faults, *stuck, *(one for row in rounds.rows for one in row.faults)]
    least = min(hits[one] for one in LINE)
    print(
        f"crash-points: places={len(LINE)} hits={hits.total()} least={least}"
        f" accepted={verdict.account.accepted} lost={verdict.lost}"
        f" doubled_tickets={verdict.doubled_tickets} doubled_mails={verdict.doubled_mails}"
        f" stuck={len(stuck)} violations={len(faults)} seed={chosen.seed}"
    )
    return 1 if faults or len(LINE) < _AT_LEAST else 0


def _points(armed: Armed, seconds: float) -> Fault:
    """While the load is sent everybody is armed; who died is armed anew; in the end all live."""

    async def harm(house: House, _: object) -> None:
        for armed.is_live, lasts in ((True, seconds), (False, 0.5)):
            for name in NAMES:
                for one in house.copies(name):
                    house.kill(one)
            await asyncio.sleep(lasts)

    return Fault("crash_points", harm, "services")


if __name__ == "__main__":
    sys.exit(main())
