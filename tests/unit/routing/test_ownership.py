"""A ticket is passed on: to who can, from who is away, and never back and forth."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from services.routing.actions import reply
from services.routing.ownership import (
    accept,
    decline,
    escalate,
    find_owner,
    left_to_team,
    not_accepted,
    relieve,
)
from services.routing.promise import PromiseState
from services.routing.status import NotAllowed, Refused, Status
from services.routing.ticket import Ticket
from tests.unit.examples import MAIR, NOW, OWNER, PROMISE, ticket
from tests.unit.routing.people import (
    EVERYBODY,
    HEAD,
    LATER,
    LOWRI,
    OWAIN,
    SIAN,
    alerted,
    as_owner,
    at,
    away,
    notices,
    told,
)


def asked(**fields: object) -> Ticket:
    """Mair could not solve it; Owain is asked."""
    return escalate(ticket(**fields), OWNER, "I don't know the files", at()).ticket


def test_what_an_owner_cant_solve_goes_to_who_has_the_skill_in_another_team() -> None:
    change = escalate(ticket(), OWNER, "I don't know the files", at())
    it = change.ticket
    assert it.owner == as_owner(OWAIN)
    assert it.handover is not None
    assert it.handover.companion == OWNER, "who had it stays beside the new owner"
    assert it.handover.accept_by == LATER + timedelta(hours=4)
    assert it.escalation is not None
    assert (it.escalation.level, it.escalation.reason) == (1, "I don't know the files")
    assert it.carried == ("mair",)
    assert told(change) == ["escalated", "handed_over"]
    assert "of local-history, knows general, does not speak en" in change.entries[1]["reasons"]
    assert notices(change) == ["handed_over"]
    assert alerted(change) == [("owain", "handed_to_you")]
    assert it.version == ticket().version + 1


def test_an_escalation_leaves_a_current_promise() -> None:
    assert asked().promise == PROMISE
    kept = asked(promise=replace(PROMISE, state=PromiseState.KEPT))
    assert kept.promise is not None
    assert kept.promise.is_open
    assert kept.promise.due_at > LATER


def test_without_a_colleague_who_can_it_is_the_leads_and_then_the_ladders() -> None:
    nobody_skilled = tuple(one for one in EVERYBODY if one is not OWAIN)
    it = escalate(ticket(), OWNER, "no", at(staff=nobody_skilled)).ticket
    assert it.owner == as_owner(LOWRI)
    assert it.escalation is not None
    assert it.escalation.level == 2
    no_lead = tuple(one for one in nobody_skilled if one is not LOWRI)
    up = escalate(ticket(), OWNER, "no", at(staff=no_lead)).ticket
    assert up.owner == as_owner(HEAD)
    assert up.escalation is not None
    assert up.escalation.level == 3


def test_who_is_away_is_not_asked() -> None:
    people = tuple(away(one) if one in {OWAIN, LOWRI} else one for one in EVERYBODY)
    assert escalate(ticket(), OWNER, "no", at(staff=people)).ticket.owner == as_owner(HEAD)


def test_the_new_owner_accepts_and_the_companion_is_free() -> None:
    change = accept(asked(), as_owner(OWAIN), at())
    assert change.ticket.handover is None
    assert told(change) == ["accepted"]
    with pytest.raises(Refused):
        accept(asked(), OWNER, at())
    with pytest.raises(Refused):
        accept(ticket(), OWNER, at())


def test_who_answers_has_accepted_and_who_only_helps_has_not() -> None:
    assert reply(asked(), as_owner(OWAIN), "words-1", at()).ticket.handover is None
    assert reply(asked(), OWNER, "words-1", at()).ticket.handover is not None


def test_a_decline_goes_on_to_the_next_with_its_reason() -> None:
    change = decline(asked(), as_owner(OWAIN), "not mine either", at())
    assert change.ticket.owner == as_owner(LOWRI)
    assert change.ticket.carried == ("mair", "owain")
    assert change.entries[0]["reason"] == "not mine either"
    assert change.ticket.handover is not None
    assert change.ticket.handover.companion == OWNER, "the first owner stays until one accepts"
    with pytest.raises(Refused):
        decline(asked(), OWNER, "not mine", at())


def test_a_third_hand_over_goes_to_the_lead_whoever_else_has_the_skill() -> None:
    skilled = tuple(
        replace(one, skills=frozenset({"general"})) if one is not LOWRI else one
        for one in (*EVERYBODY, SIAN)
    )
    it = ticket(carried=("somebody", "else"))
    assert escalate(it, OWNER, "no", at(staff=skilled)).ticket.owner == as_owner(LOWRI)


def test_it_never_goes_back_to_who_has_passed_it_on() -> None:
    it = ticket(owner=as_owner(OWAIN), carried=("mair", "lowri", "head", "director"))
    change = escalate(it, as_owner(OWAIN), "no", at())
    assert change.ticket.owner == as_owner(OWAIN), "there is nobody left, and somebody has it"
    assert told(change) == ["escalated", "nobody_found"]
    assert alerted(change) == [
        ("lowri", "nobody_can"),
        ("head", "nobody_can"),
        ("director", "nobody_can"),
    ]
    assert all(one.due_at == LATER for one in change.alerts), "that can't wait"


def test_that_nobody_was_found_is_kept_with_why_those_who_might_be_able_to_were_not_asked() -> None:
    people = tuple(away(one) if one is LOWRI else one for one in EVERYBODY)
    it = ticket(owner=as_owner(OWAIN), carried=("mair", "head", "director"))
    [_, nobody] = escalate(it, as_owner(OWAIN), "no", at(staff=people)).entries
    assert "lowri is away" in nobody["reasons"]
    assert "head is not asked again" in nobody["reasons"]


def test_when_all_have_declined_it_is_its_companions_again() -> None:
    it = replace(asked(), carried=("mair", "lowri", "head", "director"))
    change = decline(it, as_owner(OWAIN), "no", at())
    assert change.ticket.owner == OWNER
    assert change.ticket.handover is None
    assert told(change) == ["declined", "nobody_found", "handed_over"]


def test_when_all_have_declined_and_the_companion_is_away_it_is_the_teams() -> None:
    it = replace(asked(), carried=("mair", "lowri", "head", "director"))
    people = tuple(away(one) if one is MAIR else one for one in EVERYBODY)
    change = decline(it, as_owner(OWAIN), "no", at(staff=people))
    assert change.ticket.owner is None
    assert change.ticket.owner_by is not None
    assert told(change) == ["declined", "nobody_found", "left_to_team"]


def test_what_is_not_accepted_in_time_goes_on_to_the_next() -> None:
    change = not_accepted(asked(), at(LATER + timedelta(hours=5)))
    assert change.ticket.owner == as_owner(LOWRI)
    assert told(change) == ["not_accepted", "handed_over"]


@pytest.mark.parametrize("status", [Status.RESOLVED, Status.CLOSED])
def test_what_has_ended_is_not_passed_on(status: Status) -> None:
    with pytest.raises(NotAllowed):
        escalate(ticket(status=status), OWNER, "no", at())


@pytest.mark.parametrize("status", [Status.WAITING_PATRON, Status.WAITING_THIRD_PARTY])
def test_a_ticket_that_waits_goes_on_waiting(status: Status) -> None:
    assert asked(status=status).status is status


def test_the_ticket_of_who_is_away_goes_to_a_colleague_with_its_promise() -> None:
    people = tuple(away(one) if one is MAIR else one for one in EVERYBODY)
    change = relieve(ticket(), at(staff=people))
    assert change.ticket.owner == as_owner(LOWRI)
    assert change.ticket.promise == PROMISE
    assert change.entries[0]["reasons"][0] == "Mair Pretend is away"
    assert notices(change) == ["handed_over"]


def test_the_ticket_of_who_is_away_is_the_teams_where_nobody_is_there() -> None:
    change = relieve(ticket(), at(staff=(away(MAIR),)))
    assert (change.ticket.owner, told(change)) == (None, ["left_to_team"])
    assert notices(change) == ["handed_over"]


def queued(**fields: object) -> Ticket:
    """In the team's queue since ten o'clock."""
    return left_to_team(ticket(**fields), ("nobody is free",), at(NOW)).ticket


def test_an_owner_is_looked_for_again_until_the_teams_time_is_over() -> None:
    it = queued()
    assert it.owner_by == NOW + timedelta(hours=2)
    assert it.seek_at == NOW + timedelta(minutes=10)
    nobody = tuple(away(one) for one in EVERYBODY)
    still = find_owner(it, at(NOW + timedelta(minutes=10), staff=nobody))
    assert (still.ticket.owner, still.ticket.seek_at) == (None, NOW + timedelta(minutes=20))
    assert still.entries == ()
    found = find_owner(it, at(NOW + timedelta(minutes=10)))
    assert found.ticket.owner is not None
    assert (found.ticket.owner_by, found.ticket.seek_at) == (None, None)
    assert found.ticket.status is Status.ASSIGNED


def test_when_the_teams_time_is_over_it_goes_up() -> None:
    people = tuple(away(one) if one.team == "enquiries" else one for one in EVERYBODY)
    people = tuple(replace(one, skills=frozenset()) for one in people)
    change = find_owner(queued(), at(NOW + timedelta(hours=2), staff=people))
    assert change.ticket.owner == as_owner(HEAD)
    assert told(change) == ["escalated", "handed_over"]


def test_when_the_teams_time_is_over_and_nobody_is_there_all_above_are_told_once_an_hour() -> None:
    nobody = tuple(away(one) for one in EVERYBODY)
    change = find_owner(queued(), at(NOW + timedelta(hours=2), staff=nobody))
    assert change.ticket.owner is None
    assert {one.staff for one in change.alerts} == {"lowri", "head", "director"}
    assert change.ticket.owner_by == NOW + timedelta(hours=4)


def test_an_alert_waits_for_open_time_and_is_told_with_the_rest() -> None:
    sunday = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
    [alert] = escalate(ticket(), OWNER, "no", at(sunday)).alerts
    assert alert.due_at == datetime(2026, 11, 23, 9, 5, tzinfo=UTC)
