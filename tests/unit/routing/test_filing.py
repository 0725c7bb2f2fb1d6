"""Under which headings a ticket stands, and in which place."""

from dataclasses import replace
from datetime import timedelta

import pytest

from services.routing.filing import filing_of
from services.routing.status import Status
from services.routing.ticket import Escalation
from tests.unit.examples import DUE, NOW, ticket

ESCALATED = Escalation(1, "The deed is in Latin", "mair", NOW)


def test_a_ticket_at_work_stands_under_all_that_it_is() -> None:
    assert set(filing_of(ticket())["filed"]) == {
        "all",
        "open",
        "status assigned",
        "owner mair",
        "team enquiries",
        "topic general",
        "open owner mair",
        "open team enquiries",
        "open topic general",
        "patron rhian@patrons.example",
    }


def test_it_stands_under_each_of_its_tags() -> None:
    filed = filing_of(ticket(tags=("deed", "map")))["filed"]
    assert {"tag deed", "tag map"} <= set(filed)


def test_an_ended_one_is_not_among_the_open_ones_nor_the_escalated() -> None:
    filed = filing_of(ticket(status=Status.CLOSED, escalation=ESCALATED))["filed"]
    assert not {one for one in filed if one.startswith("open")} | ({"escalated"} & set(filed))
    assert "escalated" in filing_of(ticket(escalation=ESCALATED))["filed"]


def test_one_that_nobody_owns_and_that_has_no_address() -> None:
    patron = replace(ticket().patron, address=None)
    filed = filing_of(ticket(owner=None, patron=patron))["filed"]
    assert {"owner none", "open owner none"} <= set(filed)
    assert not [one for one in filed if one.startswith("patron")]


@pytest.mark.parametrize("hours", [1, 1000])
def test_a_promise_or_a_reminder_sets_the_place_whichever_is_sooner(hours: int) -> None:
    remind_at = NOW + timedelta(hours=hours)
    assert filing_of(ticket(remind_at=remind_at))["queue_at"] == min(DUE, remind_at)


def test_what_was_merged_into_another_stands_with_the_ended_ones() -> None:
    merged = ticket(merged_into="ENQ-8K3M-92QX")
    assert filing_of(merged)["queue_at"] > filing_of(ticket(promise=None))["queue_at"]
    assert filing_of(merged) | {"filed": []} == filing_of(ticket(status=Status.CLOSED)) | {
        "filed": []
    }
