"""Tickets that have to do with each other: staff see it on both, and nothing else changes."""

from dataclasses import replace

import pytest

from services.routing.links import BACK, follow_link, link_back, linked
from services.routing.ticket import Link
from tests.unit.examples import NOW, REFERENCE, opened, ticket

OTHER = "ENQ-0000-0000"


def test_a_ticket_is_opened_with_its_links() -> None:
    links = (Link("continues", OTHER), Link("named", "ENQ-1"))
    change = linked(opened(), links, NOW)
    assert change.ticket == replace(opened().ticket, links=links)
    assert [one["event"] for one in change.entries[-2:]] == [
        "continues_a_closed_ticket",
        "named_another_ticket",
    ]
    assert change.messages == opened().messages
    assert linked(opened(), (), NOW) == opened()


@pytest.mark.parametrize("kind", [BACK["continues"], BACK["named"]])
def test_the_other_end_is_told_and_nothing_else_of_it_changes(kind: str) -> None:
    before = ticket(unread=False)
    change = link_back(before, Link(kind, OTHER), NOW)
    assert change is not None
    assert change.ticket == replace(before, version=2, links=(Link(kind, OTHER),))
    assert [one["reference"] for one in change.entries] == [OTHER]
    assert change.messages == ()
    assert link_back(change.ticket, Link(kind, OTHER), NOW) is None


def test_nobody_can_fill_a_ticket_with_links() -> None:
    full = ticket(links=tuple(Link("named_by", f"ENQ-{one}") for one in range(50)))
    assert link_back(full, Link("named_by", OTHER), NOW) is None


@pytest.mark.parametrize("there", [True, False])
def test_an_end_that_says_so_already_is_left_as_it_is(there: bool) -> None:
    other = ticket(reference=OTHER, links=(Link("related", REFERENCE),) if there else ())
    here = ticket(links=(Link("related", OTHER),) if there else ())
    assert follow_link(here, other, "related", [REFERENCE], NOW) is None
