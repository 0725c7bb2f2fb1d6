"""`make conversions-under-kills`: a hundred conversions while the two copies of notify are killed
sixty times; fails if a copy is lost, made another's, or there twice."""

import sys

from tests.conversions_under_kills.run import Figures, Run
from tests.stage import Stage
from tests.under_kills import main


async def _run(stage: Stage, seed: int, conversions: int, kills: int) -> Figures:
    return await Run(stage, seed, conversions, kills).figures()


if __name__ == "__main__":
    sys.exit(
        main(
            "conversions-under-kills",
            __doc__,
            ("conversions", 100),
            60,
            ("notify", "routing"),
            _run,
        )
    )
