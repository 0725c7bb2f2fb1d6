"""What intake relies on of its store: the same suite for the fake and for the real one."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

import pytest

from services.intake import accept, store
from services.intake.store import ReferenceTaken
from shared.errors import Permanent
from shared.messages import EnquiryReceived
from shared.outbox import Saved, from_saved
from tests import fakes
from tests.contract.conftest import fresh_database
from tests.unit.examples import NOW, REFERENCE, kept_letter

OTHER = "ENQ-0000-0000"


class Letters(accept.Letters, Protocol):
    """The store, as far as this suite looks at it."""

    @property
    def outbox(self) -> Saved: ...
    async def find(self, letter_id: str) -> dict[str, Any] | None: ...


@pytest.fixture(params=["fake", "mongodb"])
async def letters(request: pytest.FixtureRequest) -> AsyncIterator[Letters]:
    if request.param == "fake":
        yield fakes.Letters()
        return
    async with fresh_database(request.getfixturevalue("servers")) as database:
        real = store.Letters(database)
        await real.make_indexes()
        yield real


def event(letter_id: str, reference: str = REFERENCE, *, opens: bool = True) -> EnquiryReceived:
    return EnquiryReceived(
        message_id=letter_id, reference=reference, at=NOW, letter_id=letter_id, opens=opens
    )


async def save(
    letters: Letters, letter_id: str, reference: str = REFERENCE, *, opens: bool = True, **more: Any
) -> bool:
    letter = kept_letter(letter_id, **more)
    return await letters.save(letter, reference, event(letter_id, reference, opens=opens))


async def test_a_letter_is_kept_once(letters: Letters) -> None:
    assert await save(letters, "one")
    assert not await save(letters, "one")
    assert not await save(letters, "one", OTHER)
    found = await letters.find("one")
    assert found is not None
    assert found["reference"] == REFERENCE


async def test_a_letter_kept_at_the_same_moment_by_many_is_kept_once(letters: Letters) -> None:
    kept = await asyncio.gather(*(save(letters, "one") for _ in range(10)))
    assert sorted(kept) == [False] * 9 + [True]


async def test_letters_kept_at_the_same_moment_are_each_told_their_own_result(
    letters: Letters,
) -> None:
    await save(letters, "3", "ENQ-3")
    calls = (save(letters, str(one), f"ENQ-{one}") for one in range(8))
    assert await asyncio.gather(*calls) == [one != 3 for one in range(8)]


async def test_a_letter_that_is_not_there_is_none(letters: Letters) -> None:
    assert await letters.find("nowhere") is None


async def test_no_two_letters_open_the_same_ticket(letters: Letters) -> None:
    assert await save(letters, "one")
    with pytest.raises(ReferenceTaken):
        await save(letters, "two")
    assert await letters.find("two") is None
    assert await save(letters, "two", OTHER)


async def test_of_letters_that_open_the_same_ticket_at_once_one_does(letters: Letters) -> None:
    calls = [save(letters, str(one)) for one in range(5)]
    ended = await asyncio.gather(*calls, return_exceptions=True)
    assert [one for one in ended if one is True] == [True]
    assert [type(one) for one in ended if one is not True] == [ReferenceTaken] * 4


async def test_many_letters_join_the_same_ticket(letters: Letters) -> None:
    assert await save(letters, "one")
    assert await save(letters, "two", opens=False)
    assert await save(letters, "three", opens=False)


async def test_a_letters_event_is_in_its_outbox_until_it_is_marked(letters: Letters) -> None:
    await save(letters, "one")
    [(letter_id, saved)] = (await letters.outbox.unsent(10)).items()
    assert letter_id == "one"
    assert [from_saved(one) for one in saved] == [event("one")]
    await letters.outbox.mark_sent("one", ["another"])
    assert list(await letters.outbox.unsent(10)) == ["one"]
    await letters.outbox.mark_sent("one", ["one"])
    await letters.outbox.mark_sent("one", ["one"])
    assert await letters.outbox.unsent(10) == {}


async def test_no_more_is_unsent_than_was_asked_for(letters: Letters) -> None:
    for one in range(5):
        await save(letters, str(one), f"ENQ-{one}")
    assert len(await letters.outbox.unsent(3)) == 3


async def test_a_letter_without_a_ticket_has_nothing_to_send(letters: Letters) -> None:
    assert await letters.save(kept_letter("one", unreadable="not a mail"), None, None)
    assert await letters.outbox.unsent(10) == {}
    found = await letters.find("one")
    assert found is not None
    assert found["reference"] is None


async def test_two_letters_without_a_message_id_or_a_ticket_are_both_kept(letters: Letters) -> None:
    for one in ("one", "two"):
        assert await letters.save(kept_letter(one, message_id=None, address=None), None, None)


async def test_who_wrote_about_a_ticket_belongs_to_it_in_any_case(letters: Letters) -> None:
    await save(letters, "one", address="Rhian@Patrons.example")
    assert await letters.belongs(REFERENCE, "rhian@patrons.EXAMPLE")
    assert not await letters.belongs(REFERENCE, "stranger@elsewhere.example")
    assert not await letters.belongs(OTHER, "rhian@patrons.example")


async def test_what_a_machine_wrote_about_a_ticket_makes_nobody_belong_to_it(
    letters: Letters,
) -> None:
    await save(letters, "one", opens=False, automatic="bounce")
    assert not await letters.belongs(REFERENCE, "rhian@patrons.example")


async def test_the_tickets_of_letters_are_known_by_their_message_ids(letters: Letters) -> None:
    await save(letters, "one", message_id="<first@patrons.example>")
    await save(letters, "two", opens=False, message_id="<second@patrons.example>")
    asked = ("<x@x.example>", "<first@patrons.example>", "<second@patrons.example>")
    assert await letters.tickets_with(asked) == (REFERENCE,)
    assert await letters.tickets_with(("<x@x.example>",)) == ()
    assert await letters.tickets_with(()) == ()


async def test_of_many_tickets_those_written_on_last_come_first_each_once(
    letters: Letters,
) -> None:
    """Whoever puts one Message-ID on many letters hides no ticket by them."""
    again = "<again@patrons.example>"
    for number in range(25):
        at = NOW + timedelta(minutes=number)
        await save(letters, f"flood {number}", "ENQ-0", opens=number == 0, message_id=again, at=at)
    for number in range(1, 23):
        at = NOW - timedelta(minutes=number)
        await save(letters, str(number), f"ENQ-{number}", message_id=again, at=at)
    assert await letters.tickets_with((again,)) == tuple(f"ENQ-{one}" for one in range(20))


async def test_a_letter_without_a_ticket_is_of_none(letters: Letters) -> None:
    letter = kept_letter("one", message_id="<first@patrons.example>")
    await letters.save(letter, None, None)
    assert await letters.tickets_with(("<first@patrons.example>",)) == ()


async def test_the_tickets_that_a_sender_has_opened_of_late_are_counted(letters: Letters) -> None:
    hour = timedelta(hours=1)
    await save(letters, "old", "ENQ-1", at=NOW - hour)
    await save(letters, "new", "ENQ-2")
    await save(letters, "too", "ENQ-3", at=NOW + hour, address="RHIAN@patrons.example")
    await save(letters, "joining", "ENQ-3", opens=False)
    await save(letters, "another's", "ENQ-4", address="sian@patrons.example")
    await save(letters, "tagged", "ENQ-5", address="rhian+maps@patrons.example")
    await save(letters, "posted", "ENQ-6", door="http")
    await save(letters, "typed", "ENQ-7", door="form")
    await save(letters, "nobody's", "ENQ-8", address=None)
    await letters.save(kept_letter("aside", held="too many"), None, None)
    asked = ("rhian@patrons.example", "sian@patrons.example", "nobody@patrons.example", "@")
    together = asyncio.gather(*(letters.opened_since(one, NOW - hour) for one in asked))
    assert await together == [3, 1, 0, 1]


async def test_a_large_letter_is_kept_like_any_other(letters: Letters) -> None:
    raw = b"x" * (3 * 1024 * 1024)
    assert await save(letters, "large", raw=raw)
    assert not await save(letters, "large", raw=raw)
    found = await letters.find("large")
    assert found is not None
    assert found["reference"] == REFERENCE


async def test_what_was_asked_besides_is_kept(letters: Letters) -> None:
    await save(letters, "one", asked={"body_digest": "0123", "integration": "catalogue"})
    found = await letters.find("one")
    assert found is not None
    assert found["asked"]["body_digest"] == "0123"
    assert found["at"] == NOW


@pytest.mark.parametrize("letters", ["mongodb"], indirect=True)
async def test_a_letter_that_can_not_be_stored_costs_its_neighbours_nothing(
    letters: Letters,
) -> None:
    calls = [
        save(letters, "one", "ENQ-1"),
        save(letters, "half a pair", "ENQ-2", text="a\ud800b"),
        save(letters, "two", "ENQ-3"),
    ]
    ended = await asyncio.gather(*calls, return_exceptions=True)
    assert [ended[0], ended[2]] == [True, True]
    assert type(ended[1]) is Permanent
    for one in ("one", "two"):
        assert await letters.find(one) is not None


@pytest.mark.parametrize("letters", ["mongodb"], indirect=True)
async def test_a_letter_larger_than_a_document_costs_its_neighbours_nothing(
    letters: Letters,
) -> None:
    words = "x" * (17 * 1024 * 1024)
    calls = [save(letters, "one", "ENQ-1"), save(letters, "huge", "ENQ-2", text=words)]
    ended = await asyncio.gather(*calls, return_exceptions=True)
    assert ended[0] is True
    assert type(ended[1]) is Permanent


async def test_an_integration_is_told_of_the_ticket_that_stands_for_its_own(servers: Any) -> None:
    async with fresh_database(servers) as database:
        letters = store.Letters(database)
        await letters.save(
            kept_letter("one", asked={"integration": "catalogue"}), REFERENCE, event("one")
        )
        tickets = database.tickets
        gone = {"_id": REFERENCE, "status": "closed", "merged_into": "ENQ-1", "patron_key": "a"}
        await tickets.insert_one(gone)
        assert (await letters.enquiry(REFERENCE, "catalogue") or {})["status"] == "closed"
        await tickets.insert_one({"_id": "ENQ-1", "status": "closed", "merged_into": "ENQ-2"})
        await tickets.insert_one({"_id": "ENQ-2", "status": "assigned", "patron_key": "b"})
        told = await letters.enquiry(REFERENCE, "catalogue") or {}
        assert told["status"] == "closed", "of another patron's ticket nothing is told"
        await tickets.update_one({"_id": "ENQ-2"}, {"$set": {"patron_key": "a"}})
        told = await letters.enquiry(REFERENCE, "catalogue") or {}
        assert (told["status"], told["received_at"]) == ("assigned", NOW)
        assert await letters.enquiry(REFERENCE, "another") is None


async def test_the_databases_clock_knows_its_zone(servers: Any) -> None:
    async with fresh_database(servers) as database:
        moment = await store.Letters(database).now()
    assert abs(moment - datetime.now(UTC)) < timedelta(minutes=1)
