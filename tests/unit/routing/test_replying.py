"""A reply at the door: what is found in it, by whose word it goes all the same, and its promise."""

from collections.abc import AsyncIterator
from typing import Any, Final

import pytest

from tests.unit.examples import NOW, REFERENCE
from tests.unit.routing.test_api import ONE, House

KIND: Final = {"text": "The door is open from ten to four."}
COLD: Final = {"text": "You should have read the notice."}


@pytest.fixture
async def house() -> AsyncIterator[House]:
    house = House()
    await house.open()
    async with house.client:
        yield house


def wrote(house: House, text: str) -> None:
    """A letter of the patron's."""
    house.tickets.came_in["letter-1"] = {
        "_id": "letter-1",
        "direction": "in",
        "reference": REFERENCE,
        "at": NOW,
        "name": "Rhian Example",
        "address_as_written": "rhian@patrons.example",
        "subject": "The door",
        "text": text,
        "new_text": text,
        "automatic": None,
        "recipients": [],
    }


def rules(said: Any) -> list[str]:
    return [one["rule"] for one in said["findings"]]


async def test_a_plain_kind_answer_goes(house: House) -> None:
    wrote(house, "I am furious that the door is locked.")
    status, said = await house.do("reply", KIND)
    assert status == 200, said
    assert "override" not in said["timeline"][-1]


async def test_nothing_is_sent_or_kept_of_words_in_which_something_is_found(house: House) -> None:
    status, said = await house.do("reply", COLD)
    assert (status, said["type"], rules(said)) == (422, "/problems/tone", ["blame"])
    assert said["findings"][0]["words"] == COLD["text"][:20]
    assert house.tickets.rows[REFERENCE].ticket.version == 1
    assert house.tickets.written == {}


async def test_it_is_held_against_what_the_patron_wrote(house: House) -> None:
    text = {"text": "It is mended. Have a nice day!"}
    _, said = await house.do("reply/check", text)
    assert said == {"findings": []}
    wrote(house, "I am furious that the door is locked.")
    _, said = await house.do("reply/check", text)
    assert rules(said) == ["cheer"]
    assert house.tickets.rows[REFERENCE].ticket.version == 1


async def test_by_somebodys_word_it_goes_and_the_word_is_kept(house: House) -> None:
    status, said = await house.do("reply", {**COLD, "override": "We are old friends"})
    assert status == 200, said
    row = next(one for one in said["timeline"] if one["event"] == "replied")
    assert (row["override"], row["found"]) == ("We are old friends", ["blame"])


async def test_a_word_that_was_not_needed_is_not_kept(house: House) -> None:
    _, said = await house.do("reply", {**KIND, "override": "Just in case"})
    assert all("override" not in one for one in said["timeline"])


async def test_the_same_reply_again_is_not_held_against_itself(house: House) -> None:
    key = {"Idempotency_Key": "k", "If_Match": '"1"'}
    words = {"text": "You may borrow 12 books at a time."}
    assert (await house.do("reply", words, **key))[0] == 200
    assert (await house.do("reply", words, **key))[0] == 200
    other = {"text": "You may borrow 8 books at a time."}
    status, said = await house.do("reply", other)
    assert (status, rules(said)) == (422, ["different-answer"])
    assert (await house.do("reply", {**other, "override": "It has changed"}))[0] == 200
    assert (await house.do("reply", words, **key))[0] == 200, "what was said since is no matter"


async def test_another_patron_is_not_told_of(house: House) -> None:
    house.tickets.patrons.others = ["Gwen Pretend"]
    status, said = await house.do("reply", {"text": "Gwen Pretend has it, until it is back."})
    assert (status, rules(said)) == (422, ["other-patron"])


async def test_what_it_promises_is_kept_by_the_ledger_from_then_on(house: House) -> None:
    words = {"text": "I have asked the archive. You will hear from me by Friday."}
    status, said = await house.do("reply", words)
    assert (status, rules(said)) == (422, ["promise-contradicts"])
    status, said = await house.do("reply", {**words, "promise": "2026-11-27T16:00:00Z"})
    assert status == 200, said
    assert said["promise"] == {"due_at": "2026-11-27T16:00:00Z", "state": "made"}
    assert [one["state"] for one in said["promises"]] == ["made", "kept", "made"]


async def test_a_promise_that_it_makes_again_stands(house: House) -> None:
    words = {"text": "I have asked the archive. You will hear from me tomorrow."}
    status, said = await house.do("reply", words)
    assert status == 200, said
    before = house.tickets.rows[REFERENCE].promises[0]["due_at"]
    promise = house.tickets.rows[REFERENCE].ticket.promise
    assert promise is not None
    assert (promise.is_open, promise.due_at) == (True, before)


@pytest.mark.parametrize("due", ["2026-11-22T16:00:00Z", "2026-11-29T12:00:00Z"])
async def test_nothing_is_promised_for_a_time_that_is_past_or_closed(
    house: House, due: str
) -> None:
    status, said = await house.do("reply", {**KIND, "promise": due})
    assert (status, said["type"]) == (422, "/problems/impossible")


async def test_a_check_needs_no_version_and_a_reply_does(house: House) -> None:
    status, said, _ = await house.ask("POST", f"{ONE}/reply/check", KIND)
    assert (status, said) == (200, {"findings": []})
    status, said, _ = await house.ask("POST", f"{ONE}/reply", COLD)
    assert (status, said["type"]) == (428, "/problems/if-match")
