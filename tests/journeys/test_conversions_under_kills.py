"""Who makes copies is killed while they do: each is made by another, and is there once. `make
conversions-under-kills` does it with a hundred."""

from tests.conversions_under_kills.run import Run
from tests.stage import Stage


async def test_each_copy_is_there_once_whoever_is_killed(stage: Stage) -> None:
    figures = await Run(stage, seed=3, conversions=8, kills=3).figures()
    assert not figures.faults, "\n".join(figures.faults)
    assert figures.kills >= 3
    assert figures.begun >= figures.delivered == 8
    print(f"\nconversions under kills: {figures.line()}")
