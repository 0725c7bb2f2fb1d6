"""Who owns a ticket, and why."""

from dataclasses import replace

import pytest

from services.routing.assign import choose_owner, team_written_to
from shared.library import Team
from shared.staff import StaffMember
from tests.unit.examples import LIBRARY, MAIR

SIAN = StaffMember(
    id="sian",
    name="Siân Example",
    address="sian@llanfair.example",
    team="enquiries",
    languages=frozenset({"cy", "en"}),
)
OWAIN = StaffMember(
    id="owain",
    name="Owain Invented",
    address="owain@llanfair.example",
    team="local-history",
    skills=frozenset({"general"}),
)
EVERYBODY = (MAIR, SIAN, OWAIN)


MAPS = Team(id="maps", name="Maps", address="maps@llanfair.example")
PRESS = Team(id="press", name="Press", address="press@llanfair.example")
TEAMS = (*LIBRARY.teams, MAPS, PRESS)


@pytest.mark.parametrize(
    ("recipients", "team"),
    [
        ((), None),
        (("enquiries@llanfair.example",), None),
        (("maps@llanfair.example",), MAPS),
        (("Maps+7@LLANFAIR.example",), MAPS),
        (("enquiries+x@llanfair.example", "press@llanfair.example"), PRESS),
        (("press@llanfair.example", "maps@llanfair.example"), PRESS),
        (("maps@elsewhere.example",), None),
    ],
)
def test_a_team_that_was_written_to_is_known(
    recipients: tuple[str, ...], team: Team | None
) -> None:
    assert team_written_to(recipients, TEAMS) == team


def test_the_teams_own_come_first_and_the_least_busy_of_them() -> None:
    chosen = choose_owner("enquiries", "general", "fr", EVERYBODY, {"mair": 3, "sian": 2})
    assert chosen.owner == SIAN
    assert chosen.reasons == (
        "in the team enquiries",
        "nobody here speaks fr",
        "has 2 open, the fewest",
    )


def test_who_speaks_the_language_comes_before_who_has_less_to_do() -> None:
    chosen = choose_owner("enquiries", "general", "cy", EVERYBODY, {"mair": 0, "sian": 9})
    assert chosen.owner == SIAN
    assert chosen.reasons[1:] == ("speaks cy", "has 9 open, the fewest")


def test_equals_are_told_apart_by_their_id_so_that_the_choice_is_always_the_same() -> None:
    chosen = {
        choose_owner("enquiries", "general", "fr", order, {}).owner
        for order in (EVERYBODY, EVERYBODY[::-1])
    }
    assert chosen == {MAIR}


def test_who_has_the_skill_helps_a_team_of_which_nobody_is_here() -> None:
    chosen = choose_owner("enquiries", "general", "en", (OWAIN,), {})
    assert chosen.owner == OWAIN
    assert chosen.reasons[0] == "nobody of enquiries is here; has the skill general"


@pytest.mark.parametrize("staff", [(), (replace(OWAIN, skills=frozenset()),)])
def test_where_nobody_can_there_is_no_owner_but_a_reason(staff: tuple[StaffMember, ...]) -> None:
    chosen = choose_owner("enquiries", "general", "en", staff, {})
    assert chosen.owner is None
    assert chosen.reasons == ("nobody of enquiries is here, and nobody else has the skill",)
