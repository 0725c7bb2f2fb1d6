"""What `desk charter` prints of a report."""

from typing import Any

import pytest

from services.desk.reports import charter_lines, in_words
from services.routing.charter import UNKNOWN, Tally
from tests.unit.examples import CALENDARS, NOW


def report(**fields: Any) -> dict[str, Any]:
    known: dict[str, Any] = {
        "from": "2026-11-01",
        "to": "2026-11-30",
        "team": None,
        "published_at": None,
        "changed_since_published": False,
        "changed": [],
        "figures": Tally(CALENDARS).figures(0),
        "recomputed": None,
        "unknown": dict(UNKNOWN),
    }
    return known | fields


def rows(text: list[str]) -> dict[str, str]:
    """The value that each line ends with, by what it begins with."""
    return {one[:58].strip(): one[58:].strip() for one in text}


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.0, "0 s"),
        (9.4, "9 s"),
        (59.6, "1 min"),
        (61.0, "1 min 1 s"),
        (3600.0, "1 h"),
        (3661.0, "1 h 1 min"),
        (90_061.0, "1 d 1 h"),
        (86_401.0, "1 d 1 s"),
    ],
)
def test_a_time_is_told_in_its_two_largest_parts(seconds: float, words: str) -> None:
    assert in_words(seconds) == words


def test_a_line_for_each_figure_and_a_reason_for_what_is_not_known() -> None:
    figures = Tally(CALENDARS).figures(0)
    figures["reliable"]["kept_share"] = 0.9375
    figures["timely"]["acknowledged"]["clock"]["median"] = 75.0
    lines = list(charter_lines(report(figures=figures)))
    assert lines[0] == "2026-11-01 to 2026-11-30, all teams"
    told = rows(lines[1:])
    assert told["tickets"] == "0"
    assert told["reliable: kept share"] == "93.8%"
    assert told["timely: acknowledged: clock: median"] == "1 min 15 s"
    assert told["memorable: how it was: answered"] == "0"
    assert told["memorable: would recommend: net"] == "-"
    assert told["personal: in their language"] == "-"
    assert "personal: in their language: in which language a letter went out is not stored" in lines
    assert not any("now" in one for one in told.values())


def test_what_has_changed_since_it_was_published_stands_beside_it() -> None:
    now = Tally(CALENDARS).figures(0)
    now["memorable"]["praise"] = 3
    lines = list(
        charter_lines(
            report(
                published_at=NOW,
                recomputed=now,
                changed_since_published=True,
                changed=["memorable.praise"],
                team="enquiries",
            )
        )
    )
    assert lines[:2] == [
        "2026-11-01 to 2026-11-30, enquiries",
        "As published at 2026-11-23 10:00 UTC",
    ]
    assert rows(lines[2:])["memorable: praise"] == "0  now 3"
    assert sum("  now " in one for one in lines) == 1
