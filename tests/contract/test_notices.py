"""What notify relies on of its store: the same suite for the fake and for the real one.

Time is the database's. It can't be told to go, so the rows are made older instead.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from services.notify import store
from services.notify.rows import LEASE, Claim
from services.notify.store import MOST_A_DAY, MOST_AUTOMATIC
from services.routing.words_store import Words
from shared.messages import AlertRequested, Notice, NoticeFailed, to_saved
from shared.mongo import Database
from shared.personal import blanked
from tests import fakes
from tests.contract.conftest import fresh_database
from tests.stage import Servers
from tests.unit.examples import NOW, OUTGOING, REFERENCE, document, request

TO = "rhian@patrons.example"
ID = request().message_id
ALERT = AlertRequested(message_id="digest-1", reference=REFERENCE, at=NOW, digest_id="digest-1")
FAILED = NoticeFailed(
    message_id=f"{ID} failed",
    reference=REFERENCE,
    at=NOW,
    notice=Notice.ACKNOWLEDGEMENT,
    notice_id=ID,
    reason="the relay answered 550",
)
AFTER_THE_LEASE = LEASE / 1000 + 1


class House:
    """A store and its time."""

    def __init__(self, notices: Any, pass_time: Callable[[float], Awaitable[None]]) -> None:
        self.notices = notices
        self.pass_time = pass_time

    async def claim(self, notice_id: str = ID) -> bool:
        found: bool = await self.notices.claim(request(message_id=notice_id), OUTGOING)
        return found

    async def claim_due(self) -> Claim | None:
        found: Claim | None = await self.notices.claim_due()
        return found

    async def taken_over(self) -> Claim:
        """What is left behind, once its lease is over."""
        await self.pass_time(AFTER_THE_LEASE)
        claim = await self.claim_due()
        assert claim is not None
        return claim


async def _older(database: Database, seconds: float) -> None:
    milliseconds = round(seconds * 1000)

    def earlier(moment: str) -> dict[str, Any]:
        return {"$subtract": [moment, milliseconds]}

    for moment in ("due_at", "made_at"):
        await database.notices.update_many(
            {moment: {"$type": "date"}}, [{"$set": {moment: earlier(f"${moment}")}}]
        )
    letter = {"id": "$$this.id", "at": earlier("$$this.at")}
    given = {"$map": {"input": "$given", "in": letter}}
    await database.allowances.update_many({}, [{"$set": {"given": given}}])


@pytest.fixture(params=["fake", "mongodb"])
async def house(request: pytest.FixtureRequest) -> AsyncIterator[House]:
    if request.param == "fake":
        fake = fakes.Notices()

        async def pass_time(seconds: float) -> None:
            fake.now += seconds

        yield House(fake, pass_time)
        return
    async with fresh_database(request.getfixturevalue("servers")) as database:
        real = store.Notices(database)
        await real.make_indexes()

        async def make_older(seconds: float) -> None:
            await _older(database, seconds)

        yield House(real, make_older)


# Claims.


async def test_a_letter_is_claimed_once(house: House) -> None:
    assert await house.claim()
    assert not await house.claim()


async def test_of_those_who_claim_at_the_same_moment_one_has_it(house: House) -> None:
    assert sorted(await asyncio.gather(*(house.claim() for _ in range(10)))) == [False] * 9 + [True]


async def test_other_letters_are_other_claims(house: House) -> None:
    claims = (house.claim(f"{number:032}") for number in range(10))
    assert await asyncio.gather(*claims) == [True] * 10


async def test_nothing_is_due_while_its_lease_lasts(house: House) -> None:
    assert await house.claim_due() is None
    await house.claim()
    assert await house.claim_due() is None


async def test_what_is_left_behind_is_taken_over_when_its_lease_is_over(house: House) -> None:
    await house.claim()
    claim = await house.taken_over()
    assert claim.request == request()
    assert (claim.fence, claim.attempts, claim.request.at) == (2, 1, NOW)
    assert await house.claim_due() is None
    again = await house.taken_over()
    assert (again.fence, again.attempts) == (3, 2)


async def test_what_is_due_is_taken_over_by_one(house: House) -> None:
    await house.claim()
    await house.pass_time(AFTER_THE_LEASE)
    claims = await asyncio.gather(*(house.claim_due() for _ in range(6)))
    assert len([one for one in claims if one is not None]) == 1


async def test_what_is_due_longest_comes_first(house: House) -> None:
    for number in range(3):
        await house.claim(f"{number:032}")
        await house.pass_time(1)
    await house.pass_time(AFTER_THE_LEASE)
    found = [await house.claim_due() for _ in range(4)]
    assert [one.request.message_id if one else None for one in found] == [
        *(f"{number:032}" for number in range(3)),
        None,
    ]


async def test_what_is_deferred_is_due_after_its_time_and_not_before(house: House) -> None:
    await house.claim()
    await house.notices.defer(ID, 1, "the relay answered 451", 100)
    await house.pass_time(99)
    assert await house.claim_due() is None
    await house.pass_time(2)
    claim = await house.claim_due()
    assert claim is not None
    assert (claim.fence, claim.attempts) == (2, 1)


async def test_a_claim_keeps_all_that_was_requested(house: House) -> None:
    wanted = request(Notice.REPLY, letter_id="words-1", about=None)
    await house.notices.claim(wanted, OUTGOING)
    assert (await house.taken_over()).request == wanted


async def test_a_claim_of_a_letter_to_staff_keeps_all_that_was_requested(house: House) -> None:
    assert await house.notices.claim(ALERT, OUTGOING)
    assert not await house.notices.claim(ALERT, OUTGOING)
    assert (await house.taken_over()).request == ALERT


# Marks.


async def test_what_was_sent_is_never_due_again(house: House) -> None:
    await house.claim()
    await house.notices.sent(ID, 1, "2.0.0 Taken")
    await house.pass_time(AFTER_THE_LEASE)
    assert await house.claim_due() is None
    assert not await house.claim()


async def test_what_was_refused_is_never_due_again(house: House) -> None:
    await house.claim()
    await house.notices.failed(ID, 1, "the relay answered 550")
    await house.pass_time(AFTER_THE_LEASE)
    assert await house.claim_due() is None
    assert not await house.claim()


async def test_what_was_refused_keeps_what_others_must_be_told_until_they_are(
    house: House,
) -> None:
    await house.claim()
    assert await house.notices.outbox.unsent(10) == {}
    await house.notices.failed(ID, 1, "the relay answered 550", FAILED)
    assert await house.notices.outbox.unsent(10) == {ID: to_saved([FAILED])}
    await house.notices.outbox.mark_sent(ID, [FAILED.message_id])
    assert await house.notices.outbox.unsent(10) == {}


@pytest.mark.parametrize("fence", [1, 3])
async def test_a_claim_that_was_overtaken_tells_others_nothing(house: House, fence: int) -> None:
    await house.claim()
    await house.taken_over()
    await house.notices.failed(ID, fence, "the relay answered 550", FAILED)
    assert await house.notices.outbox.unsent(10) == {}


async def test_what_the_relay_says_is_only_words(house: House) -> None:
    await house.claim()
    await house.notices.defer(ID, 1, "$due_at", 0)
    claim = await house.claim_due()
    assert claim is not None
    await house.notices.sent(ID, claim.fence, "$$NOW {$x: 1} " + "x" * 2000)
    assert await house.claim_due() is None


@pytest.mark.parametrize("fence", [1, 3])
async def test_a_claim_that_was_overtaken_changes_nothing(house: House, fence: int) -> None:
    await house.claim()
    current = await house.taken_over()
    assert current.fence == 2
    await house.notices.sent(ID, fence, "2.0.0 Taken")
    await house.notices.failed(ID, fence, "the relay answered 550")
    await house.notices.defer(ID, fence, "the relay answered 451", 0)
    assert await house.claim_due() is None
    assert (await house.taken_over()).fence == 3


async def test_a_mark_of_a_letter_that_is_not_there_makes_none(house: House) -> None:
    await house.notices.sent(ID, 1, "2.0.0 Taken")
    await house.notices.defer(ID, 1, "the relay answered 451", 0)
    assert await house.claim_due() is None
    assert await house.claim()


async def test_a_letter_that_was_suppressed_is_nobodys_to_send(house: House) -> None:
    await house.notices.suppress(request(), OUTGOING, "too many")
    await house.pass_time(AFTER_THE_LEASE)
    assert await house.claim_due() is None
    assert not await house.claim()


async def test_a_letter_that_was_claimed_is_not_suppressed_afterwards(house: House) -> None:
    await house.claim()
    await house.notices.suppress(request(), OUTGOING, "too many")
    assert (await house.taken_over()).fence == 2


# Allowances.


async def test_at_most_three_automatic_letters_an_hour_go_to_an_address(house: House) -> None:
    said = [await house.notices.allow(TO, str(number)) for number in range(6)]
    assert said == [True] * MOST_AUTOMATIC + [False] * 3
    assert await house.notices.allow("sian@patrons.example", "another")


async def test_a_letter_that_may_stay_away_leaves_room_for_one_that_may_not(house: House) -> None:
    said = [await house.notices.allow(TO, str(number), spare=1) for number in range(4)]
    assert said == [True] * (MOST_AUTOMATIC - 1) + [False] * 2
    assert await house.notices.allow(TO, "what may not")
    assert not await house.notices.allow(TO, "one too many")


async def test_the_same_letter_always_has_the_same_answer(house: House) -> None:
    for _ in range(3):
        assert [await house.notices.allow(TO, str(one)) for one in range(5)] == [True] * 3 + [
            False
        ] * 2


async def test_an_address_is_the_same_in_any_case(house: House) -> None:
    said = [await house.notices.allow(to, to) for to in (TO, TO.upper(), TO.title(), "R" + TO[1:])]
    assert said == [True] * 3 + [False]


async def test_the_tags_of_one_mailbox_are_counted_together(house: House) -> None:
    tagged = [TO.replace("@", f"+{number}@") for number in range(4)]
    assert [await house.notices.allow(to, to) for to in (TO, *tagged)] == [True] * 3 + [False] * 2


async def test_letters_of_the_same_moment_are_counted_too(house: House) -> None:
    said = await asyncio.gather(*(house.notices.allow(TO, str(one)) for one in range(10)))
    assert sorted(said) == [False] * 7 + [True] * 3


async def test_after_an_hour_there_is_room_again(house: House) -> None:
    for number in range(4):
        await house.notices.allow(TO, str(number))
    await house.pass_time(1800)
    assert not await house.notices.allow(TO, "later")
    await house.pass_time(1801)
    assert await house.notices.allow(TO, "an hour later")


async def test_no_more_go_to_an_address_in_a_day_however_they_are_spread(house: House) -> None:
    said = []
    for hour in range(23):
        said += [await house.notices.allow(TO, f"{hour}-{one}") for one in range(4)]
        await house.pass_time(3601)
    assert said.count(True) == MOST_A_DAY
    assert not any(said[-40:])
    await house.pass_time(3600)
    assert await house.notices.allow(TO, "a day later")


# What a letter says.


async def test_what_is_not_there_is_none(house: House) -> None:
    assert await house.notices.ticket(REFERENCE) is None
    assert await house.notices.ledger(REFERENCE) == []
    assert await house.notices.digest("digest-1") is None
    assert await house.notices.member("mair") is None
    assert await house.notices.words("words-1") is None


async def test_a_ticket_and_words_are_read_as_letters_need_them(
    house: House, request: pytest.FixtureRequest
) -> None:
    words = {"_id": "words-1", "text": "From ten to four.", "by": {"id": "mair", "name": "Mair"}}
    if isinstance(house.notices, fakes.Notices):
        house.notices.tickets[REFERENCE] = document()
        house.notices.written["words-1"] = words
    else:
        async with fresh_database(request.getfixturevalue("servers")) as database:
            await database.tickets.insert_one(document(status="assigned", unread=True))
            await database.messages.insert_one(words)
            house = House(store.Notices(database), house.pass_time)
            assert await house.notices.ticket(REFERENCE) == document(status="assigned")
            assert await house.notices.words("words-1") == words
            return
    assert await house.notices.ticket(REFERENCE) == document()
    assert await house.notices.words("words-1") == words


async def test_promises_digests_and_staff_are_read_as_letters_need_them(
    house: House, request: pytest.FixtureRequest
) -> None:
    promises = [{"made_at": NOW, "due_at": NOW, "state": "renegotiated", "reason": "Because."}]
    ticket = {"_id": REFERENCE, "promises": promises}
    alerts = [{"id": "alert-1", "kind": "missed", "reference": REFERENCE}]
    digest = {"_id": "digest-1", "staff": "mair", "alerts": alerts}
    member = {"_id": "mair", "name": "Mair", "address": "mair@llanfair.example", "languages": []}
    if isinstance(house.notices, fakes.Notices):
        house.notices.tickets[REFERENCE] = ticket
        house.notices.digests["digest-1"] = digest
        house.notices.people["mair"] = member
        await _check_reads(house, promises, digest, member)
        return
    async with fresh_database(request.getfixturevalue("servers")) as database:
        await database.tickets.insert_one(ticket | {"status": "assigned"})
        await database.digests.insert_one(digest | {"outbox": []})
        await database.staff.insert_one(member | {"team": "enquiries"})
        await _check_reads(
            House(store.Notices(database), house.pass_time), promises, digest, member
        )


async def _check_reads(house: House, promises: Any, digest: Any, member: Any) -> None:
    assert await house.notices.ledger(REFERENCE) == promises
    assert await house.notices.digest("digest-1") == digest
    assert await house.notices.member("mair") == member


async def test_a_letter_to_staff_stands_among_the_letters_of_no_ticket(servers: Servers) -> None:
    async with fresh_database(servers) as database:
        notices = store.Notices(database)
        await notices.claim(ALERT, OUTGOING)
        await notices.sent("digest-1", 1, "2.0.0 Taken")
        [row] = await database.notices.find().to_list(None)
        assert "reference" not in row
        assert (row["notice"], row["state"]) == ("alert", "sent")


async def test_a_letter_whose_claim_a_crash_took_back_is_remembered_by_its_mark(
    servers: Servers,
) -> None:
    """The claim is a weak write: a database that dies within a tenth of a second forgets it."""
    async with fresh_database(servers) as database:
        notices = store.Notices(database)
        assert await notices.claim(request(), OUTGOING)
        await database.notices.delete_many({})
        await notices.defer(ID, 1, "the relay answered 451", 0)
        claim = await notices.claim_due()
        assert claim is not None
        assert (claim.request, claim.fence) == (request(), 2)
        await notices.failed(ID, 2, "the relay answered 550", FAILED)
        assert await notices.outbox.unsent(10) == {ID: to_saved([FAILED])}

        assert not await notices.claim(request(), OUTGOING)
        await database.notices.delete_many({})
        assert await notices.claim(request(), OUTGOING), "nobody has it any more"


async def test_a_relay_may_answer_in_any_bytes(servers: Servers) -> None:
    async with fresh_database(servers) as database:
        notices = store.Notices(database)
        await notices.claim(request(), OUTGOING)
        await notices.sent(ID, 1, "2.0.0 \udcff taken")
        assert await database.notices.distinct("state") == ["sent"]


async def test_a_row_of_another_version_is_put_aside_and_holds_nobody_up(servers: Servers) -> None:
    async with fresh_database(servers) as database:
        notices = store.Notices(database)
        await notices.claim(request(), OUTGOING)
        await notices.defer(ID, 1, "later", 0)
        await database.notices.update_one({}, {"$set": {"notice": "of the future"}})
        assert await notices.claim_due() is None
        assert await database.notices.distinct("state") == ["refused"]


# What waits, and what came back.


async def test_a_letter_that_is_queued_is_anybodys_at_once_and_was_not_tried(house: House) -> None:
    await house.notices.queue(request(), OUTGOING, "the relay is away", 0)
    assert not await house.claim(), "it is there"
    await house.pass_time(0.01)
    claim = await house.claim_due()
    assert claim is not None
    assert (claim.request, claim.fence, claim.attempts) == (request(), 1, 0)


async def test_a_letter_that_waits_for_another_was_not_tried(house: House) -> None:
    await house.claim()
    await house.notices.wait(ID, 1, "a letter before it is still to go", 10)
    await house.pass_time(9)
    assert await house.claim_due() is None
    await house.pass_time(1.1)
    claim = await house.claim_due()
    assert claim is not None
    assert (claim.fence, claim.attempts) == (2, 0)
    await house.notices.wait(ID, 1, "overtaken", 0)
    assert await house.claim_due() is None, "a claim that was overtaken changes nothing"


async def test_a_claim_says_for_how_long_its_letter_has_waited(house: House) -> None:
    await house.claim()
    await house.notices.defer(ID, 1, "the relay answered 451", 0)
    await house.pass_time(5000)
    claim = await house.claim_due()
    assert claim is not None
    assert 5000 <= claim.waited.total_seconds() < 5100


async def test_only_letters_of_an_age_are_claimed_where_that_is_wanted(house: House) -> None:
    await house.notices.queue(request(), OUTGOING, "the relay is away", 0)
    await house.pass_time(1000)
    assert await house.notices.claim_due(older=timedelta(seconds=2000)) is None
    await house.pass_time(1001)
    assert await house.notices.claim_due(older=timedelta(seconds=2000)) is not None


async def test_letters_to_a_domain_that_rests_are_passed_over(house: House) -> None:
    await house.notices.queue(request(), OUTGOING, "its domain rests", 0)
    await house.pass_time(1)
    other = replace(OUTGOING, to="sian@Elsewhere.example")
    await house.notices.queue(request(message_id="other"), other, "its domain rests", 0)
    await house.pass_time(1)
    assert await house.notices.claim_due(["patrons.example", "elsewhere.example"]) is None
    claim = await house.notices.claim_due(["patrons.example"])
    assert claim is not None
    assert claim.request.message_id == "other"


async def test_the_other_letters_of_a_ticket_are_those_that_wait_and_answers(house: House) -> None:
    reply = request(Notice.REPLY, message_id="reply", letter_id="words-1")
    elsewhere = request(message_id="elsewhere", reference="ENQ-0000-0000")
    for one in (request(), reply, elsewhere, request(message_id="other")):
        await house.notices.claim(one, OUTGOING)
    await house.notices.claim(ALERT, OUTGOING)
    await house.notices.sent("reply", 1, "2.0.0 Taken")
    await house.notices.sent("other", 1, "2.0.0 Taken")
    found = {one.id: (one.notice, one.state) for one in await house.notices.others(request())}
    assert found == {"reply": ("reply", "sent")}
    found = {one.id: (one.notice, one.state) for one in await house.notices.others(reply)}
    assert found == {ID: ("acknowledgement", "sending")}
    asked = [house.notices.others(one) for one in (request(), reply, elsewhere)]
    assert [len(one) for one in await asyncio.gather(*asked)] == [1, 1, 0]


async def test_a_letter_is_overtaken_while_it_waits_and_not_while_it_is_sent(house: House) -> None:
    await house.claim()
    assert not await house.notices.overtake(ID, "overtaken")
    await house.notices.defer(ID, 1, "the relay answered 451", 0)
    assert await house.notices.overtake(ID, "overtaken")
    assert not await house.notices.overtake(ID, "overtaken")
    await house.pass_time(AFTER_THE_LEASE)
    assert await house.claim_due() is None
    assert not await house.notices.overtake("nobody", "overtaken")


async def test_what_waits_is_counted_by_state(house: House) -> None:
    assert await house.notices.waiting() == {}
    await house.notices.queue(request(message_id="queued"), OUTGOING, "the relay is away", 9)
    for one in ("one", "two", "sent", "left"):
        await house.claim(one)
    for one in ("one", "two"):
        await house.notices.defer(one, 1, "the relay answered 451", 9)
    await house.notices.sent("sent", 1, "2.0.0 Taken")
    assert await house.notices.waiting() == {"queued": 1, "deferred": 2, "sending": 1}


async def test_a_letter_of_ours_that_came_back_is_ended_whatever_became_of_it(
    servers: Servers,
) -> None:
    async with fresh_database(servers) as database:
        notices, words = store.Notices(database), Words(database)
        told = (REFERENCE, ID[:16], ["Rhian@patrons.example"], "it came back: 5.1.1")
        assert not await words.came_back(*told), "there is none"
        await notices.claim(request(), OUTGOING)
        await notices.sent(ID, 1, "2.0.0 Taken")
        [before] = await database.notices.find().to_list(None)
        assert not await words.came_back(REFERENCE, ID[:16], ["b@c.example"], "of another")
        assert not await words.came_back("ENQ-0000-0000", ID[:16], [], "of another")
        assert [await words.came_back(*told) for _ in range(2)] == [True, True]
        [row] = await database.notices.find().to_list(None)
        assert (row["state"], row["reason"]) == ("bounced", "it came back: 5.1.1")
        assert [one["what"] for one in row["history"]] == ["sent", "bounced"]
        assert row["finished_at"] == before["finished_at"]


async def test_a_letter_that_came_back_while_it_is_tried_again_is_not_sent_any_more(
    servers: Servers,
) -> None:
    async with fresh_database(servers) as database:
        notices, words = store.Notices(database), Words(database)
        await notices.claim(request(), OUTGOING)
        assert await words.came_back(REFERENCE, ID[:16], [], "it came back")
        await notices.sent(ID, 1, "2.0.0 Taken")
        assert await database.notices.distinct("state") == ["bounced"]
        assert await notices.waiting() == {}


async def test_what_was_sent_for_a_ticket_that_is_erased_says_no_address(servers: Servers) -> None:
    async with fresh_database(servers) as database:
        notices = store.Notices(database)
        await notices.claim(request(), OUTGOING)
        await notices.defer(ID, 1, "the relay answered 451", 0)
        [row] = await database.notices.find().to_list(None)
        changed, gone = blanked("notices", row)
        left = {key: value for key, value in (row | changed).items() if key not in gone}
        assert "patrons" not in str(left)
        assert "history" not in left
