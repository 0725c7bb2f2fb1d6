"""The audit log's chain."""

from datetime import timedelta
from typing import Any

import pytest

from shared.audit import BEGINNING, Chain, Reading, row_after
from tests.unit.examples import NOW, REFERENCE


def rows(count: int = 4) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for number in range(count):
        at = NOW + timedelta(microseconds=1234 * number)
        reading = Reading("mair", "ticket", (REFERENCE,), at)
        found.append(row_after(found[-1] if found else None, reading))
    return found


def broken_at(found: list[dict[str, Any]]) -> int | None:
    chain = Chain()
    return next((one["_id"] for one in found if not chain.goes_on(one)), None)


def test_rows_follow_each_other() -> None:
    found = rows()
    assert [one["_id"] for one in found] == [1, 2, 3, 4]
    assert found[0]["before"] == BEGINNING
    assert broken_at(found) is None
    assert all(one["at"].microsecond % 1000 == 0 for one in found), "as MongoDB keeps it"


@pytest.mark.parametrize("field", ["at", "by", "what", "references", "before", "hash"])
def test_a_row_that_was_changed_is_noticed(field: str) -> None:
    found = rows()
    changed = {"at": NOW + timedelta(days=1), "references": []}.get(field, "somebody")
    found[1][field] = changed
    assert broken_at(found) == 2


def test_a_row_that_was_taken_out_or_put_in_is_noticed() -> None:
    found = rows()
    assert broken_at([*found[:1], *found[2:]]) == 3
    assert broken_at([*found[:2], found[1], *found[2:]]) == 2


def test_what_follows_rows_that_were_taken_away_in_time_still_holds() -> None:
    assert broken_at(rows()[2:]) is None
