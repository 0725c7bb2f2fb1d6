"""Who owns a ticket, and why."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from services.routing.assign import (
    GIVEN_WITHIN,
    HALVED,
    Assignment,
    Given,
    Load,
    Wanted,
    choose_owner,
    passed_over,
    team_written_to,
    turn_among,
    turns_had,
    weight_of,
    who_can,
)
from shared.library import Escalation, Library, Team
from shared.staff import Absence, StaffMember
from tests.unit.examples import LIBRARY, MAIR, NOW

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


WANTED = Wanted(team="enquiries", topic="general", language="fr")
WELSH = replace(WANTED, language="cy")
HERE = Absence(NOW - timedelta(days=3), NOW)
AWAY = Absence(NOW - timedelta(days=3), NOW + timedelta(days=4))


def chosen(
    wanted: Wanted = WANTED,
    staff: Iterable[StaffMember] = EVERYBODY,
    load: Mapping[str, Load] | None = None,
    library: Library = LIBRARY,
) -> Assignment:
    """Who would own it now."""
    return choose_owner(wanted, staff, load or {}, NOW, library)


def test_the_teams_own_come_first_and_whose_turn_it_is_of_them() -> None:
    found = chosen(
        load={"mair": Load(count=3, given=9, part=16), "sian": Load(count=2, given=7, part=16)}
    )
    assert found.owner == SIAN
    assert found.reasons == (
        "in the team enquiries",
        "nobody here speaks fr",
        "has 2 open",
        "next in turn: lately given 7.0, an equal part were 16.0",
    )


def test_who_speaks_the_language_comes_before_whose_turn_it_is() -> None:
    found = chosen(WELSH, load={"sian": Load(count=9, weight=9, given=30)})
    assert found.owner == SIAN
    assert found.reasons[1] == "speaks cy"


def test_who_helped_this_patron_before_comes_before_all_others_who_can() -> None:
    again = replace(WELSH, helped_before="owain")
    assert chosen(again).owner == OWAIN
    assert chosen(again).reasons[0] == "helped this patron before"
    unskilled = replace(OWAIN, skills=frozenset())
    assert chosen(again, (MAIR, SIAN, unskilled)).owner == SIAN
    assert chosen(again, (MAIR, SIAN, replace(OWAIN, absences=(AWAY,)))).owner == SIAN
    assert chosen(again, load={"owain": Load(count=40)}).owner == SIAN
    assert chosen(replace(again, excluding=frozenset({"owain"}))).owner == SIAN


def test_equals_are_told_apart_by_their_id_so_that_the_choice_is_always_the_same() -> None:
    found = {chosen(staff=order).owner for order in (EVERYBODY, EVERYBODY[::-1])}
    assert found == {MAIR}


def test_nobody_who_is_away_is_chosen_and_whoever_is_back_is() -> None:
    assert chosen(staff=(replace(MAIR, absences=(AWAY,)), SIAN)).owner == SIAN
    assert chosen(staff=(replace(MAIR, absences=(HERE,)), OWAIN)).owner is not None


def test_nobody_is_given_more_than_the_room_of_their_own_or_of_their_team() -> None:
    small = replace(SIAN, room=2)
    assert chosen(WELSH, (MAIR, small), {"sian": Load(count=1)}).owner == small
    assert chosen(WELSH, (MAIR, small), {"sian": Load(count=2)}).owner == MAIR
    full = {"mair": Load(count=40), "sian": Load(count=40)}
    assert chosen(load=full).owner == OWAIN
    assert chosen(load={"mair": Load(count=39), "sian": Load(count=40)}).owner == MAIR


def test_who_has_the_skill_helps_a_team_of_which_nobody_is_free() -> None:
    found = chosen(staff=(replace(MAIR, absences=(AWAY,)), OWAIN), load={"sian": Load(count=40)})
    assert found.owner == OWAIN
    assert found.reasons[0] == (
        "of the team enquiries 1 are away and 0 have no room; has the skill general"
    )


def test_where_nobody_can_there_is_no_owner_but_reasons() -> None:
    away = replace(MAIR, absences=(AWAY,))
    found = chosen(staff=(away, SIAN, OWAIN), load={one: Load(40) for one in ("sian", "owain")})
    assert found.owner is None
    assert found.reasons == (
        "of the team enquiries 1 are away and 1 have no room",
        "of others with the skill general 0 are away and 1 have no room",
    )
    assert chosen(staff=()).reasons[0] == "of the team enquiries there is nobody"


def give(found: list[Given], staff: tuple[StaffMember, ...], now: datetime, *full: str) -> str:
    """One more ticket to whose turn it is, where these have no room."""
    had = turns_had([one for one in found if one.at > now - GIVEN_WITHIN], now)
    load = {one: Load(given=given, part=part) for one, (given, part) in had.items()}
    load |= {one: replace(load.get(one, Load()), count=40) for one in full}
    owner = choose_owner(WANTED, staff, load, now, LIBRARY).owner
    assert owner is not None
    among = turn_among(WANTED, staff, load, now, LIBRARY, owner=owner.id)
    found.append(Given(now, owner.id, among))
    return owner.id


def shares(days: int, staff: tuple[StaffMember, ...], each_day: int = 10) -> Counter[str]:
    """Who is given how many, if everybody answers everything by the evening."""
    found: list[Given] = []
    for day in range(days):
        for number in range(each_day):
            give(found, staff, NOW + timedelta(days=day, minutes=number))
    return Counter(one.to for one in found if one.at >= NOW + timedelta(days=days - 7))


def test_equals_are_given_the_same() -> None:
    third = replace(MAIR, id="carys")
    assert set(shares(9, (MAIR, SIAN, third), each_day=9).values()) == {21}


def test_somebody_who_comes_back_from_leave_is_given_no_more_than_the_others() -> None:
    back = NOW + timedelta(days=21)
    third = replace(MAIR, id="carys", absences=(Absence(NOW - timedelta(days=40), back),))
    week = shares(28, (MAIR, SIAN, third))
    assert 19 <= week["carys"] <= 27


def test_a_turn_is_counted_among_those_whom_skill_and_presence_let_have_it() -> None:
    away = replace(SIAN, absences=(AWAY,))
    full = {"mair": Load(count=40)}

    def among(
        staff: tuple[StaffMember, ...], load: Mapping[str, Load], owner: str
    ) -> tuple[str, ...]:
        return turn_among(WELSH, staff, load, NOW, LIBRARY, owner=owner)

    assert among((MAIR, SIAN, OWAIN), {}, "sian") == ("mair", "sian"), "whatever their languages"
    assert among((MAIR, away, OWAIN), {}, "mair") == ("mair",)
    assert among((MAIR, SIAN, OWAIN), full, "sian") == ("sian",)
    assert among((MAIR, SIAN, OWAIN), {}, "owain") == ("mair", "owain", "sian"), "he helped before"
    assert among((MAIR, away, OWAIN), full, "owain") == ("owain",), "of another team, by his skill"
    assert among((away, replace(OWAIN, skills=frozenset())), {}, "head") == ("head",)


def test_each_had_the_turns_that_were_theirs_and_their_part_of_all() -> None:
    all_three = ("carys", "mair", "sian")
    given = [*(Given(NOW, "mair", all_three) for _ in range(3)), Given(NOW, "sian", ("sian",))]
    assert turns_had(given, NOW) == {"mair": (3, 1), "carys": (0, 1), "sian": (1, 2)}


def test_what_was_given_fades_at_the_rate_of_the_parts() -> None:
    both = ("mair", "sian")
    given = [Given(NOW, "mair", both)] * 6
    assert turns_had(given, NOW + 2 * HALVED)["mair"] == (1.5, 0.75)
    given += [Given(NOW + HALVED, "sian", both)] * 3
    for later in (HALVED, 1.5 * HALVED, 3 * HALVED):
        had = turns_had(given, NOW + later)
        assert had["mair"] == pytest.approx(had["sian"])


def test_a_burst_of_one_language_is_made_good_once() -> None:
    found = [Given(NOW, "mair", ("mair", "sian"))] * 30
    for number in range(500):
        give(found, (MAIR, SIAN), NOW + timedelta(hours=2 * number + 1))
    days = [Counter(one.to for one in found[at : at + 12]) for at in range(114, 514, 12)]
    assert all(day["mair"] == pytest.approx(6, abs=2) for day in days)


def test_who_had_no_room_for_a_while_is_given_no_more_than_the_others_afterwards() -> None:
    staff = (MAIR, SIAN, replace(MAIR, id="carys"))
    found: list[Given] = []
    for number in range(60):
        give(found, staff, NOW + timedelta(minutes=number), "carys")
    after = [give(found, staff, NOW + timedelta(hours=2, minutes=at)) for at in range(30)]
    assert set(Counter(after).values()) == {10}


def test_whoever_has_far_more_open_than_the_others_is_passed_over() -> None:
    staff = (MAIR, *(replace(SIAN, id=one) for one in ("a", "b", "c")))
    others = {one: Load(count=1, weight=1, given=9, part=5) for one in ("a", "b", "c")}
    buried = Load(count=20, weight=20, given=1, part=5)
    assert chosen(staff=staff, load=others | {"mair": buried}).owner != MAIR
    assert chosen(staff=staff, load=others | {"mair": replace(buried, weight=2)}).owner == MAIR


def test_old_work_weighs_more_and_what_waits_for_others_less() -> None:
    day = timedelta(days=1)
    assert [weight_of(age * day, is_waiting=False) for age in (-1, 0, 7, 14, 99)] == [
        1,
        1,
        1.5,
        2,
        2,
    ]
    assert weight_of(7 * day, is_waiting=True) == 0.375


LADDER = LIBRARY.model_copy(
    update={
        "teams": tuple(
            team.model_copy(update={"lead": "sian@llanfair.example"})
            if team.id == "enquiries"
            else team
            for team in LIBRARY.teams
        ),
        "escalation": Escalation(ladder=("head@llanfair.example", "owain@llanfair.example")),
    }
)
UNSOLVED = replace(WANTED, excluding=frozenset({"mair"}))


def asked(wanted: Wanted, load: Mapping[str, Load] | None = None, *staff: StaffMember) -> list[str]:
    """The addresses of those who are asked, before the @."""
    found = who_can(wanted, staff or EVERYBODY, load or {}, NOW, LADDER)
    return [one.address.partition("@")[0] for one in found]


def test_who_can_are_those_who_know_the_topic_then_the_lead_then_the_ladder() -> None:
    assert asked(UNSOLVED) == ["owain", "sian", "head"]
    assert asked(replace(UNSOLVED, language="cy")) == ["sian", "owain", "head"]
    found = who_can(replace(UNSOLVED, topic="local-history"), (MAIR,), {}, NOW, LADDER)
    assert [one.reason for one in found] == [
        "leads the team enquiries",
        "step 1 of the ladder",
        "step 2 of the ladder",
    ]


def test_the_topics_own_team_can_though_the_ticket_is_with_another() -> None:
    wanted = Wanted(team="enquiries", topic="local-history", language="en")
    specialist = replace(OWAIN, skills=frozenset())
    found = who_can(wanted, (specialist,), {}, NOW, LIBRARY)
    assert [one.reason for one in found] == [
        "of local-history, knows local-history, does not speak en"
    ]


def test_who_is_away_or_was_asked_before_is_passed_over_whatever_they_are() -> None:
    away = replace(SIAN, absences=(AWAY,))
    again = replace(UNSOLVED, excluding=frozenset({"mair", "owain"}))
    assert asked(again, None, MAIR, away, OWAIN) == ["head"]
    assert passed_over(again, (MAIR, away, OWAIN), {}, NOW, LADDER) == (
        "mair is not asked again",
        "sian is away",
        "owain is not asked again",
    )


def test_room_limits_whoever_knows_the_topic_and_not_whoever_leads() -> None:
    load = {"sian": Load(count=40), "rhys": Load(count=40)}
    rhys = replace(MAIR, id="rhys", address="rhys@llanfair.example")
    assert asked(UNSOLVED, load, SIAN, rhys) == ["sian", "head", "owain"]
    assert passed_over(UNSOLVED, (SIAN, rhys), load, NOW, LADDER) == ("rhys has no room",)
