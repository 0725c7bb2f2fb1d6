"""What one ticket decided and another follows: once, late, twice, or after somebody else was
quicker."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final, cast

import pytest

from services.routing import links, merging, splitting
from services.routing.following import follow_now, on_pair_changed
from services.routing.handlers import Desk
from services.routing.links import family
from services.routing.roster import Roster
from services.routing.splitting import Part
from services.routing.status import Status
from services.routing.ticket import Change, Link, Patron, Ticket
from shared.errors import Permanent, Transient
from shared.messages import NoticeRequested, PairChanged
from tests.fakes import Clock, Outbox, Tickets
from tests.unit.examples import CALENDARS, LETTER, LIBRARY, MAIR, NOW, opened, situation

A, B, C = "ENQ-0000-000A", "ENQ-0000-000B", "ENQ-0000-000C"
SECOND: Final = replace(LETTER, id="letter-2", at=NOW + timedelta(minutes=1))


class House:
    """A desk whose store is a dictionary."""

    def __init__(self) -> None:
        self.tickets, self.outbox, self.clock = Tickets(people=[MAIR]), Outbox(), Clock()
        self.roster = Roster(self.tickets, self.clock)
        self.roster.staff = [MAIR]
        store: Any = cast(Any, self.tickets)
        self.desk = Desk(store, self.outbox, self.roster, LIBRARY, CALENDARS, self.clock)

    async def open(self, *references: str) -> None:
        for one in references:
            await self.tickets.open(opened(reference=one), caused_by=f"opening {one}")

    def ticket(self, reference: str) -> Ticket:
        return self.tickets.rows[reference].ticket

    async def save(self, change: Change, cause: str) -> PairChanged:
        assert await self.tickets.save(change, caused_by=cause)
        [follows] = [one for one in change.messages if isinstance(one, PairChanged)]
        return follows

    async def merge(self, one: str, into: str) -> PairChanged:
        cause = f"merge {one} {into}"
        change = merging.merge(self.ticket(one), self.ticket(into), "mair", situation(cause=cause))
        return await self.save(change, cause)

    async def link(self, one: Link, of: str, cause: str, *, gone: bool = False) -> PairChanged:
        does = links.unlink if gone else links.link
        return await self.save(does(self.ticket(of), one, "mair", situation(cause=cause)), cause)

    async def follow(self, *messages: PairChanged) -> None:
        for one in messages:
            await on_pair_changed(one, desk=self.desk)


@pytest.fixture
async def house() -> House:
    house = House()
    await house.open(A, B, C)
    return house


async def test_a_merge_is_followed_once_however_often_it_is_told(house: House) -> None:
    follows = await house.merge(A, B)
    await house.follow(follows, follows)
    await asyncio.gather(*(house.follow(follows) for _ in range(5)))
    assert family(B, house.ticket(B).links) == (B, A)
    assert house.ticket(B).version == 2


async def test_somebody_else_may_be_quicker_at_the_other_ticket(house: House) -> None:
    async def the_patron_writes() -> None:
        it = house.ticket(B)
        changed = replace(it, version=it.version + 1, praise=5)
        assert await house.tickets.save(Change(changed, ()), caused_by="letter")

    follows = await house.merge(A, B)
    house.tickets.overtaken_by = [the_patron_writes]
    await house.follow(follows)
    assert (house.ticket(B).praise, family(B, house.ticket(B).links)) == (5, (B, A))


async def test_a_merge_follows_to_where_the_other_one_went_meanwhile(house: House) -> None:
    first, second = await house.merge(A, B), await house.merge(B, C)
    await house.follow(second, first)
    assert set(family(C, house.ticket(C).links)) == {C, B, A}
    await house.follow(first, second)
    assert house.ticket(C).version == 3


async def test_what_was_merged_before_comes_along(house: House) -> None:
    await house.follow(await house.merge(A, B))
    await house.follow(await house.merge(B, C))
    assert set(family(C, house.ticket(C).links)) == {C, B, A}


@pytest.mark.parametrize("order", [(0, 1), (1, 0), (0, 1, 0, 1), (1, 1, 0)])
async def test_of_two_that_were_merged_into_each_other_one_stands(
    house: House, order: tuple[int, ...]
) -> None:
    before = house.ticket(B)
    into_b = await house.merge(A, B)
    change = merging.merge(before, opened(reference=A).ticket, "sian", situation(cause="m2"))
    into_a = await house.save(change, "m2")
    both = (into_b, into_a)
    for one in order:
        await house.follow(both[one])
    await house.follow(*both)
    stands, gone = house.ticket(A), house.ticket(B)
    assert (stands.merged_into, gone.merged_into) == (None, A)
    assert not stands.is_ended
    assert family(A, stands.links) == (A, B)
    assert stands.promise is not None
    assert stands.promise.is_open


async def test_a_circle_of_three_is_broken_too(house: House) -> None:
    fresh = {one: house.ticket(one) for one in (A, B, C)}
    messages = []
    for one, into in ((A, B), (B, C), (C, A)):
        change = merging.merge(fresh[one], fresh[into], "mair", situation(cause=one))
        messages.append(await house.save(change, one))
    for _ in range(2):
        for message in messages:
            await house.follow(message)
    assert house.ticket(A).merged_into is None
    assert set(family(A, house.ticket(A).links)) == {A, B, C}


async def test_an_old_word_of_a_merge_that_stands_no_more_changes_nothing(house: House) -> None:
    follows = await house.merge(A, B)
    row = house.tickets.rows[A]
    row.ticket = replace(row.ticket, merged_into=None, status=Status.ASSIGNED)
    await house.follow(follows)
    row.ticket = replace(row.ticket, merged_into=C, status=Status.CLOSED)
    await house.follow(follows)
    assert house.ticket(B).version == 1


async def test_a_link_is_seen_from_both_ends_and_goes_from_both(house: House) -> None:
    made = await house.link(Link("duplicates", B), A, "c1")
    await house.follow(made, made)
    assert house.ticket(B).links == (Link("duplicated_by", A),)
    gone = await house.link(Link("duplicates", B), A, "c2", gone=True)
    await house.follow(gone, gone)
    assert house.ticket(B).links == ()


async def test_links_told_in_the_wrong_order_end_as_they_are(house: House) -> None:
    made = await house.link(Link("related", B), A, "c1")
    gone = await house.link(Link("related", B), A, "c2", gone=True)
    again = await house.link(Link("related", B), A, "c3")
    await house.follow(again, gone, made)
    assert house.ticket(B).links == (Link("related", A),)
    assert house.ticket(A).links == (Link("related", B),)


async def test_a_link_of_another_kind_stays(house: House) -> None:
    await house.follow(await house.link(Link("related", B), A, "c1"))
    await house.follow(await house.link(Link("continues", B), A, "c2"))
    await house.follow(await house.link(Link("continues", B), A, "c3", gone=True))
    assert house.ticket(B).links == (Link("related", A),)


async def split(house: House) -> PairChanged:
    house.tickets.patron_letters = {"letter-1": LETTER, "letter-2": SECOND}
    came_in = {"direction": "in", "automatic": None, "reference": A, "at": NOW, "text": "?"}
    house.tickets.came_in = {one: {"_id": one, **came_in} for one in ("letter-1", "letter-2")}
    change = splitting.split(
        house.ticket(A), Part(("letter-2",)), "ENQ-0000-000N", "mair", situation(cause="s")
    )
    return await house.save(change, "s")


async def test_a_split_opens_one_ticket_however_often_it_is_told(house: House) -> None:
    follows = await split(house)
    await asyncio.gather(*(house.follow(follows) for _ in range(5)))
    await house.follow(follows)
    it = house.ticket("ENQ-0000-000N")
    assert [one.letter_id for one in it.thread] == ["letter-2"]
    assert await house.tickets.has_applied(it.reference, "letter-2")
    assert house.tickets.came_in["letter-2"]["reference"] == "ENQ-0000-000N"
    assert house.tickets.came_in["letter-1"]["reference"] == A
    told = [one for _, one in house.outbox.sent if isinstance(one, NoticeRequested)]
    assert len({one.message_id for one in told}) == 1


async def test_a_split_that_was_cut_off_between_is_ended(house: House) -> None:
    follows = await split(house)
    await house.follow(follows)
    house.tickets.came_in["letter-2"]["reference"] = A
    await house.follow(follows)
    assert house.tickets.came_in["letter-2"]["reference"] == "ENQ-0000-000N"


async def test_what_says_nothing_of_it_is_put_aside(house: House) -> None:
    about = {"message_id": "m", "at": NOW, "what": "split"}
    with pytest.raises(Permanent):
        await house.follow(PairChanged(reference=B, other=A, **about))
    with pytest.raises(Permanent):
        await house.follow(PairChanged(reference=B, other="ENQ-0000-0000", **about))


async def test_if_it_can_not_be_followed_now_the_saved_message_does_it(house: House) -> None:
    follows = await house.merge(A, B)

    async def is_away() -> None:
        raise Transient("MongoDB is away")

    house.tickets.overtaken_by = [is_away]
    await follow_now([follows], desk=house.desk)
    assert family(B, house.ticket(B).links) == (B,)
    await follow_now([follows], desk=house.desk)
    assert family(B, house.ticket(B).links) == (B, A)


async def test_a_stranger_s_ticket_that_was_merged_is_told_of_in_its_own_name(
    house: House,
) -> None:
    row = house.tickets.rows[A]
    row.ticket = replace(row.ticket, patron=Patron("Gwen", "gwen@patrons.example"))
    await house.follow(await house.merge(A, B))
    assert house.ticket(B).patron == LETTER.patron


async def erased(house: House, reference: str) -> None:
    row = house.tickets.rows[reference]
    row.ticket = replace(row.ticket, erased_at=NOW, status=Status.CLOSED)


async def test_what_was_merged_into_one_that_was_erased_stands_again(house: House) -> None:
    follows = await house.merge(A, B)
    await erased(house, B)
    before = house.ticket(B)
    await house.follow(follows, follows)
    assert house.ticket(B) == before
    assert (house.ticket(A).merged_into, house.ticket(A).is_ended) == (None, False)


async def test_of_one_that_was_erased_nothing_is_carried_over(house: House) -> None:
    follows = await house.merge(A, B)
    await erased(house, A)
    before = house.ticket(B)
    await house.follow(follows)
    assert house.ticket(B) == before


async def test_an_erased_ticket_is_linked_to_nothing(house: House) -> None:
    made = await house.link(Link("related", B), A, "c1")
    await erased(house, B)
    await house.follow(made)
    assert house.ticket(B).links == ()


async def test_letters_that_were_erased_open_nothing(house: House) -> None:
    follows = await split(house)
    house.tickets.patron_letters["letter-2"] = replace(SECOND, is_erased=True)
    await house.follow(follows)
    assert "ENQ-0000-000N" not in house.tickets.rows
    row = house.tickets.rows[A]
    row.timeline = [
        {name: one[name] for name in one if name != "reference"} for one in row.timeline
    ]
    await erased(house, A)
    await house.follow(follows)
    assert "ENQ-0000-000N" not in house.tickets.rows


async def test_the_words_of_letters_go_where_they_are(house: House) -> None:
    house.tickets.rows[A].words = {"ledger"}
    await house.follow(await house.merge(A, B))
    assert house.tickets.rows[B].words == {"ledger"}
    hidden = house.tickets.rows[B]
    hidden.ticket = replace(hidden.ticket, confidential=True, team="local-history")
    await house.follow(await house.merge(B, C))
    assert house.tickets.rows[C].words == set()


async def test_a_part_is_found_by_its_letters_words(house: House) -> None:
    follows = await split(house)
    house.tickets.patron_letters["letter-2"] = replace(SECOND, words=frozenset({"quayside"}))
    await house.follow(follows)
    assert house.tickets.rows["ENQ-0000-000N"].words == {"quayside"}
