"""Notify is killed again and again while it sends: no letter is lost, and what was in flight is
sent again with its first Message-ID. `make letters-under-kills` does it with two thousand."""

from tests.letters_under_kills.run import Run
from tests.stage import Stage


async def test_no_letter_is_lost_and_only_what_was_in_flight_is_sent_again(stage: Stage) -> None:
    figures = await Run(stage, seed=7, notices=120, kills=12).figures()
    assert not figures.faults, "\n".join(figures.faults)
    assert figures.lost == 0
    assert figures.kills >= 12
    print(f"\nletters under kills: {figures.line()}")
