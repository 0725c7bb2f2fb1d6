"""`make fuzz`: the largest letters, then hostile mail for ten minutes. The parser answers, soon.

No exception but `Unreadable` leaves it, nothing small takes over two seconds, nothing of 25 MB over
five seconds or 300 MB. What breaks that is written to `var/fuzz/`, and the command fails.
"""

import argparse
import sys
import time

from tests.fuzz.giants import GIANTS
from tests.fuzz.survival import LARGE_MEGABYTES, LARGE_SECONDS, Broken, examples, giant_takes


def main() -> int:
    """The status: 1 if anything broke."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--minutes", type=float, default=10.0)
    options.add_argument("--seed", type=int, default=int(time.time()))
    chosen = options.parse_args()
    broken, count = 0, 0
    for name in GIANTS:
        seconds, megabytes = giant_takes(name)
        is_broken = seconds > LARGE_SECONDS or megabytes > LARGE_MEGABYTES
        broken += is_broken
        print(f"{'BROKEN' if is_broken else 'ok':6} {seconds:5.2f} s {megabytes:4} MB  {name}")
    ends = time.monotonic() + 60 * chosen.minutes
    while time.monotonic() < ends:
        try:
            examples(500, chosen.seed + count)
        except Broken as error:
            broken += 1
            print(f"BROKEN {error}")
        count += 500
    print(f"fuzz: letters={count} giants={len(GIANTS)} broken={broken} seed={chosen.seed}")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
