"""`make simulate`: a made-up year through the functions that routing decides with.

It shows what comes of them, and fails if a promise falls due when the team is not there. Whether
the rest is good enough is for whoever reads it.
"""

import argparse
import sys

from tests.simulate.desk import Desk
from tests.simulate.report import HEADER, closed_promises, described, months, summary
from tests.simulate.world import Plan


def main() -> int:
    """The status: 1 if anything was promised for a time when nobody is there."""
    options = argparse.ArgumentParser(description=__doc__)
    usual = Plan()
    options.add_argument("--seed", type=int, default=usual.seed)
    options.add_argument("--tickets", type=int, default=usual.tickets_a_month)
    options.add_argument("--surge-month", type=int, default=usual.surge_month)
    options.add_argument("--busy", type=float, default=usual.busy)
    options.add_argument("--haste", type=float, default=usual.haste)
    chosen = options.parse_args()
    plan = Plan(
        chosen.seed, chosen.tickets, chosen.surge_month, busy=chosen.busy, haste=chosen.haste
    )
    desk = Desk(plan)
    desk.run()
    shown = months(desk)
    print(described(plan), HEADER, *(one.row() for one in shown), sep="\n")
    print(summary(desk, shown))
    return 1 if closed_promises(desk) else 0


if __name__ == "__main__":
    sys.exit(main())
