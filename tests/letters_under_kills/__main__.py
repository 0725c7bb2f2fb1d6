"""`make letters-under-kills`: two thousand notices while notify is killed two hundred times; fails
if one is lost, or one is sent again that was not in flight at a kill."""

import sys

from tests.letters_under_kills.run import Figures, Run
from tests.stage import Stage
from tests.under_kills import main


async def _run(stage: Stage, seed: int, notices: int, kills: int) -> Figures:
    return await Run(stage, seed, notices, kills).figures()


if __name__ == "__main__":
    sys.exit(main("letters-under-kills", __doc__, ("notices", 2000), 200, ("notify",), _run))
