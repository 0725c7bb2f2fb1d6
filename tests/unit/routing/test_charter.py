"""The charter's figures, one by one. Contract tests hold them against an independent count."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from services.routing.charter import (
    UNKNOWN,
    Figures,
    Span,
    Tally,
    differing,
    flat,
    month_of,
    nearest,
)
from tests.unit.examples import CALENDARS, NOW

LONDON = ZoneInfo("Europe/London")


def said(event: str, **more: Any) -> dict[str, Any]:
    return {"event": event, "by": "desk", **more}


def document(*timeline: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """A ticket as the store reads it, but for these fields."""
    known: dict[str, Any] = {
        "created_at": NOW,
        "team": "enquiries",
        "format": None,
        "patron": {"name": "Rhian Example"},
        "promises": [],
        "notices": [],
        "timeline": list(timeline),
    }
    return known | fields


def figures(*documents: dict[str, Any]) -> Figures:
    tally = Tally(CALENDARS)
    for one in documents:
        tally.add(one)
    return tally.figures(0)


def figure(path: str, *documents: dict[str, Any]) -> Any:
    return dict(flat(figures(*documents)))[path]


def ledger(*states: str) -> dict[str, Any]:
    return document(promises=[{"state": one} for one in states])


def notice(kind: str, after: float | None, greeting: str = "Hello,") -> dict[str, Any]:
    finished = {} if after is None else {"finished_at": NOW + timedelta(seconds=after)}
    return {"notice": kind, "greeting": greeting, **finished}


def test_of_no_ticket_nothing_is_said_but_that_there_is_none() -> None:
    empty = dict(flat(figures()))
    assert set(empty.values()) == {0, None}
    assert empty["reliable.kept_share"] is None
    assert empty["timely.acknowledged.clock.median"] is None


def test_what_is_never_known_has_its_reason() -> None:
    shown = dict(flat(figures(document())))
    assert {path for path in UNKNOWN if shown[path] is None} == set(UNKNOWN)


def test_the_share_counts_what_was_kept_and_what_was_broken() -> None:
    rows = [
        ledger("made", "renegotiated", "made", "kept"),
        ledger("made", "broken", "made", "kept", "made"),
        ledger("made", "withdrawn"),
    ]
    assert figures(*rows)["reliable"] == {
        "promises": {
            "made": 6,
            "kept": 2,
            "renegotiated": 1,
            "broken": 1,
            "withdrawn": 1,
            "open": 1,
        },
        "kept_share": 0.6667,
        "reopened": 0,
        "letters_without_state": 0,
    }


def test_a_ticket_that_was_reopened_twice_is_one() -> None:
    assert figure("reliable.reopened", document(said("reopened"), said("reopened"))) == 1


def test_an_acknowledgement_is_timed_from_the_letter_to_the_relay() -> None:
    night = NOW + timedelta(hours=10)
    told = {"notice": "acknowledgement", "greeting": "", "finished_at": night + timedelta(hours=14)}
    seconds = figures(
        document(notices=[notice("acknowledgement", 20.0), notice("acknowledgement", 9.0)]),
        document(created_at=night, notices=[told]),
        document(notices=[notice("reply", 5.0)]),
        document(notices=[notice("acknowledgement", None)]),
    )["timely"]["acknowledged"]
    assert seconds == {
        "tickets": 2,
        "clock": {"median": 9.0, "p90": 14 * 3600.0},
        "open": {"median": 9.0, "p90": 3600.0},
    }


def test_a_clock_that_is_behind_makes_nobody_wait_less_than_nothing() -> None:
    early = document(notices=[notice("acknowledgement", -2.0)])
    assert figure("timely.acknowledged.clock.median", early) == 0


def test_a_first_answer_is_timed_in_clock_and_open_time() -> None:
    answered = document(answered_at=NOW + timedelta(days=1), answered_in=8.5 * 3600)
    assert figures(answered, document())["timely"]["first_answered"] == {
        "tickets": 1,
        "clock": {"median": 86400.0, "p90": 86400.0},
        "open": {"median": 30600.0, "p90": 30600.0},
    }


@pytest.mark.parametrize(
    ("timeline", "earlier", "found"),
    [
        ([said("replied", by="mair"), said("replied", by="sian")], "mair", (1, 1)),
        ([said("replied", by="sian"), said("replied", by="mair")], "mair", (1, 0)),
        ([said("contact_tried", by="mair", is_reached=True)], "mair", (1, 1)),
        ([said("contact_tried", by="mair", is_reached=False)], "mair", (0, 0)),
        ([said("noted", by="mair")], "mair", (0, 0)),
        ([said("replied", by="mair")], None, (0, 0)),
    ],
)
def test_who_helped_before_answers_again(timeline: Any, earlier: Any, found: Any) -> None:
    shown = figures(document(*timeline, earlier=earlier))
    counted = shown["personal"]["answered_by_who_helped_before"]
    assert (counted["of"], counted["same"]) == found


def test_the_librarys_own_letters_are_greeted_by_name_or_not() -> None:
    rhian = notice("acknowledgement", 1.0, "Dear Rhian Example,")
    shown = figures(
        document(notices=[rhian, notice("handed_over", 2.0), notice("reply", 3.0, "Rhian Example")])
    )
    assert shown["personal"]["greeted_by_name"] == {"letters": 2, "by_name": 1}
    nobody = document(patron={"name": " "}, notices=[notice("acknowledgement", 1.0, "A b")])
    assert figure("personal.greeted_by_name.by_name", nobody) == 0


def test_a_format_that_was_asked_for_is_counted() -> None:
    assert figure("personal.in_their_format.asked", document(format="braille"), document()) == 1


def test_praise_is_counted_each_time() -> None:
    assert figure("memorable.praise", document(said("praised"), said("praised")), document()) == 2


@pytest.mark.parametrize(
    ("events", "lost", "recovered"),
    [
        (["contact_lost"], 1, 0),
        (["contact_lost", "contact_lost", "contact_made"], 1, 1),
        (["contact_lost", "contact_made", "contact_lost"], 2, 1),
        (["contact_lost", "resolved", "contact_lost"], 2, 0),
    ],
)
def test_contact_lost_twice_before_it_was_made_again_is_lost_once(
    events: list[str], lost: int, recovered: int
) -> None:
    shown = figures(document(*(said(one, after_seconds=60.0) for one in events)))
    counted = shown["memorable"]["lost_contacts"]
    assert (counted["lost"], counted["recovered"]) == (lost, recovered)
    assert counted["median"] == (60.0 if recovered else None)


@pytest.mark.parametrize(
    ("values", "percent", "found"),
    [
        ([], 50, None),
        ([7.0], 90, 7.0),
        ([4.0, 1.0, 3.0, 2.0], 50, 2.0),
        ([3.0, 1.0, 2.0], 50, 2.0),
        ([float(one) for one in range(1, 11)], 90, 9.0),
        ([float(one) for one in range(1, 12)], 90, 10.0),
    ],
)
def test_a_rank_is_a_value_that_was_there(values: Any, percent: int, found: Any) -> None:
    assert nearest(values, percent) == found


def test_days_are_those_of_the_librarys_time_zone() -> None:
    span = Span(date(2026, 10, 25), date(2026, 10, 25), LONDON)
    assert span.begins == datetime(2026, 10, 24, 23, tzinfo=UTC)
    assert span.ends - span.begins == timedelta(hours=25)


@pytest.mark.parametrize(
    ("first", "last", "month"),
    [
        ("2026-11-01", "2026-11-30", "2026-11"),
        ("2026-12-01", "2026-12-31", "2026-12"),
        ("2028-02-01", "2028-02-29", "2028-02"),
        ("2028-02-01", "2028-02-28", None),
        ("2026-11-02", "2026-11-30", None),
        ("2026-10-01", "2026-11-30", None),
    ],
)
def test_a_month_is_all_of_its_days(first: str, last: str, month: str | None) -> None:
    span = Span(date.fromisoformat(first), date.fromisoformat(last), LONDON)
    assert span.month == month
    if month is not None:
        assert month_of(span.last, LONDON) == span


def test_which_figures_differ_is_told_by_their_paths() -> None:
    before, after = figures(document()), figures(document(said("praised")), document())
    assert differing(before, before) == []
    assert differing(before, after) == ["tickets", "memorable.praise"]
    assert differing({"a": 1}, {"a": 1, "b": {"c": 2}}) == ["b.c"]
    assert differing({"a": 1, "b": 2}, {"a": 1}) == ["b"]


def said_it_was(solved: bool, recommend: int | None, *notices: str) -> dict[str, Any]:
    sent = [notice(one, 60) for one in notices]
    return document(opinion={"solved": solved, "recommend": recommend}, notices=sent)


def test_what_patrons_say_of_it_afterwards_is_counted() -> None:
    found = figures(
        said_it_was(True, 10, "acknowledgement", "resolved"),
        said_it_was(True, 9, "resolved", "resolved"),
        said_it_was(False, 6),
        said_it_was(True, 7),
        said_it_was(True, None),
        document(opinion=None, notices=[notice("resolved", 60)]),
    )["memorable"]
    assert found["how_it_was"] == {"asked": 3, "answered": 5, "solved": 4, "solved_share": 0.8}
    assert found["would_recommend"] == {"answered": 4, "median": 7, "net": 25}


def test_where_nobody_has_said_anything_no_share_is_made_up() -> None:
    found = figures(document())["memorable"]
    assert found["how_it_was"]["solved_share"] is None
    assert found["would_recommend"] == {"answered": 0, "median": None, "net": None}
