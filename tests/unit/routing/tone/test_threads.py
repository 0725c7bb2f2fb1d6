"""The labelled threads, all of them: what `make tone` prints."""

from collections import Counter

from tests.tone.threads import FILES, Score, scored, threads


def test_no_guilty_thread_is_missed_and_hardly_an_innocent_one_is_stopped() -> None:
    score = sum(map(scored, FILES), Score())
    assert score.missed == 0, score.told
    assert score.false_alarms * 20 <= score.innocent, score.told


def test_there_are_enough_threads_half_of_them_innocent_in_every_language() -> None:
    every = [one for name in FILES for one in threads(name)]
    assert len(every) >= 220
    assert len({one["id"] for one in every}) == len(every)
    innocent = sum(not one["expect"] for one in every)
    assert abs(len(every) - 2 * innocent) <= len(every) / 10
    languages = Counter(one["language"] for one in every)
    assert all(languages[one] >= 25 for one in ("en", "cy", "fr", "ar"))


def test_a_thread_that_is_missed_or_stopped_would_be_counted() -> None:
    assert str(Score(1, 2, 3, 4)) == "tone: missed=1 false_alarms=2 of 7"
    assert Score(1, 0, 1, 0) + Score(0, 1, 0, 1) == Score(1, 1, 1, 1)
