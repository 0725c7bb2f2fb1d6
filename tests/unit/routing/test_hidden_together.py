"""What was merged into a ticket is seen by whoever sees that ticket, and nobody else."""

from dataclasses import replace
from typing import Any, Final

import pytest

from services.routing import actions
from services.routing.ticket import Change, Owner, Ticket
from shared.errors import Transient
from shared.messages import PairChanged
from tests.unit.examples import NOW
from tests.unit.routing.test_following import A, B, C, House, house

__all__ = ["house"]
GWEN: Final = Owner("gwen", "Gwen Pretend")


async def at_hand(house: House, reference: str) -> Ticket:
    """It as it is read, which knows how it stood then."""
    found = await house.tickets.find(reference)
    assert found is not None
    return found


async def save(house: House, change: Change, cause: str) -> list[PairChanged]:
    """Save it; what it tells those that were merged into it."""
    assert await house.tickets.save(change, caused_by=cause)
    told = [one for one in change.outgoing if isinstance(one, PairChanged)]
    return [one for one in told if one.what == "sight"]


async def changed(house: House, reference: str, **fields: Any) -> list[PairChanged]:
    it = await at_hand(house, reference)
    return await save(house, Change(replace(it, version=it.version + 1, **fields), ()), str(fields))


async def hide(house: House, reference: str, *, confidential: bool = True) -> list[PairChanged]:
    change = actions.keep_to_team(
        await at_hand(house, reference), confidential, "mair", "Because", NOW
    )
    return await save(house, change, f"hide {reference} {confidential}")


def sight(house: House, reference: str) -> tuple[bool, str, str | None]:
    it = house.ticket(reference)
    return it.confidential, it.team, it.owner.id if it.owner else None


async def test_it_is_hidden_with_the_ticket_that_stands_for_it_and_shown_with_it(
    house: House,
) -> None:
    await changed(house, A, team="local-history")
    await house.follow(await house.merge(A, B), await house.merge(B, C))
    told = await hide(house, C)
    assert {one.reference for one in told} == {A, B}
    await house.follow(*told, *told)
    assert sight(house, A) == sight(house, B) == sight(house, C) == (True, "enquiries", "mair")
    events = [one["event"] for one in house.tickets.rows[A].timeline]
    assert events.count("made_confidential") == 1
    await house.follow(*await hide(house, C, confidential=False))
    assert [house.ticket(one).confidential for one in (A, B, C)] == [False] * 3


async def test_it_goes_with_it_to_another_team_and_owner(house: House) -> None:
    await house.follow(await house.merge(A, B))
    await house.follow(*await hide(house, B))
    await house.follow(*await changed(house, B, team="local-history"))
    assert sight(house, A) == (True, "local-history", "mair")
    await house.follow(*await changed(house, B, owner=GWEN))
    assert sight(house, A) == sight(house, B) == (True, "local-history", "gwen")


async def test_what_was_another_teams_secret_stays_theirs(house: House) -> None:
    await changed(house, A, team="local-history")
    await hide(house, A)
    await house.follow(await house.merge(A, B))
    assert house.ticket(B).confidential
    for confidential in (False, True):
        await house.follow(*await hide(house, B, confidential=confidential))
        assert sight(house, A)[:2] == (True, "local-history")


async def test_what_was_merged_before_is_hidden_with_what_a_confidential_one_is_merged_into(
    house: House,
) -> None:
    await house.follow(await house.merge(A, C))
    await changed(house, B, team="local-history")
    await hide(house, B)
    await house.follow(await house.merge(B, C))
    assert [house.ticket(one).confidential for one in (A, B, C)] == [True] * 3


async def test_what_is_merged_at_the_moment_at_which_it_is_hidden_is_hidden_too(
    house: House,
) -> None:
    follows = await house.merge(A, B)
    assert await hide(house, B) == [], "it knows nothing of the other yet"
    await house.follow(follows)
    assert sight(house, A) == sight(house, B) == (True, "enquiries", "mair")


async def test_nobody_is_told_where_nothing_is_hidden(house: House) -> None:
    await house.follow(await house.merge(A, B))
    assert await changed(house, B, owner=GWEN) == []
    await house.follow(*await hide(house, B))
    assert await changed(house, B, praise=3) == []


async def test_somebody_else_may_be_quicker_at_it(house: House) -> None:
    async def a_letter_comes() -> None:
        await changed(house, A, praise=5)

    await house.follow(await house.merge(A, B))
    told = await hide(house, B)
    house.tickets.overtaken_by = [a_letter_comes]
    with pytest.raises(Transient):
        await house.follow(*told)
    await house.follow(*told)
    assert (house.ticket(A).confidential, house.ticket(A).praise) == (True, 5)
