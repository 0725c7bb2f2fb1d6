"""`make simulate`: a synthetic year through the functions that routing decides with."""

import argparse
import statistics
import sys
import time
from datetime import timedelta

from tests.simulate.desk import Desk
from tests.simulate.world import Plan


def hours(t: timedelta) -> float:
    return t.total_seconds() / 3600


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--tickets", type=int, default=1200)
    options.add_argument("--surge-month", type=int, default=10)
    options.add_argument("--busy", type=float, default=0.6)
    options.add_argument("--haste", type=float, default=2.0)
    chosen = options.parse_args()
    plan = Plan(
        chosen.seed, chosen.tickets, chosen.surge_month, busy=chosen.busy, haste=chosen.haste
    )
    t0 = time.time()
    desk = Desk(plan)
    import os

    if os.environ.get("FAST"):

        class F:
            def __init__(s, r):
                s.add_open_time = r.later
                s.open_time_between = lambda a, b: r.between(a, b) if b > a else timedelta(0)
                s.is_open = r.is_open

        desk.calendars = {k: F(r) for k, r in desk.rulers.items()}
    desk.run()
    rows = {}
    allp, alla = [], []
    for t in desk.tickets:
        if t.promise.made_at >= plan.shown_from and t.promise.due_at < plan.ends:
            p = hours(desk.rulers[t.enquiry.team].between(t.promise.made_at, t.promise.due_at))
            kept = t.answered_at is not None and t.answered_at <= t.promise.due_at
            a = hours(t.took) if t.answered_at else 1e9
            allp.append(p)
            alla.append(a)
            for k, m in (("due", t.promise.due_at), ("made", t.promise.made_at)):
                rows.setdefault((k, m.month), []).append((kept, p, a))
    for k in ("due", "made"):
        for m in range(1, 13):
            r = rows.get((k, m), [])
            if r:
                print(
                    k,
                    m,
                    len(r),
                    round(sum(x[0] for x in r) / len(r), 3),
                    round(statistics.median(x[1] for x in r), 1),
                    round(statistics.median(x[2] for x in r), 1),
                )
    shares = [sum(x[0] for x in rows["due", m]) / len(rows["due", m]) for m in range(1, 13)]
    print(
        chosen,
        f"min={min(shares):.3f} max={max(shares):.3f} ratio={statistics.median(allp) / statistics.median(alla):.2f} t={time.time() - t0:.1f}",
    )
    return 0


sys.exit(main())
