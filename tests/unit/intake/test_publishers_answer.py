"""What comes to the address that a publisher was given: it joins the ticket as an answer to what
was asked, whoever wrote it, and never as the patron's."""

from dataclasses import replace

import pytest

from shared.references import Seal
from tests.builders import mail
from tests.forgeries import SEAL, STRANGER
from tests.unit.examples import ADDRESS
from tests.unit.intake.test_matching import House, house

__all__ = ["house"]
ASK = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"


def address(house: House) -> str:
    return SEAL.ask_address(ADDRESS, house.reference, ASK)


def answer(**headers: str) -> bytes:
    return mail(sender="rights@gwasg-afon.example", name="Rights", **headers)


async def test_it_joins_what_was_asked_and_proves_no_patron(house: House) -> None:
    assert await house.accept(answer(), to=(address(house),)) == house.reference
    assert (house.last.ask, house.last.opens) == (ASK[:8], False)
    assert (house.letter.ask, house.letter.sender_is_known) == (ASK[:8], False)


@pytest.mark.parametrize("header", ["To", "Cc"])
async def test_it_may_stand_in_the_header(house: House, header: str) -> None:
    raw = answer(Cc=address(house)) if header == "Cc" else answer(to=address(house))
    assert await house.accept(raw) == house.reference
    assert house.last.ask == ASK[:8]


async def test_an_answer_to_the_letter_itself_is_one_too(house: House) -> None:
    ours = SEAL.ask_id("llanfair.example", house.reference, ASK)
    assert await house.accept(answer(In_Reply_To=ours)) == house.reference
    assert house.last.ask == ASK[:16]


async def test_who_was_asked_does_not_belong_to_the_ticket_by_it(house: House) -> None:
    await house.accept(answer(), to=(address(house),))
    about = answer(subject=f"[{house.reference}] Send me all of it")
    assert await house.accept(about, "rights@gwasg-afon.example") != house.reference
    assert house.last.named == (house.reference,)


async def test_what_proves_both_is_the_publishers(house: House) -> None:
    """Whoever has both letters may be the patron; what stands in doubt is not taken for theirs."""
    both = (*house.token(), address(house))
    assert await house.accept(answer(), to=both) == house.reference
    assert house.last.ask == ASK[:8]


async def test_the_patrons_own_letter_is_the_patrons(house: House) -> None:
    assert await house.accept(mail(), to=house.token()) == house.reference
    assert (house.last.ask, house.letter.ask) == (None, None)


@pytest.mark.parametrize("change", ["code", "ask", "token", "secret"])
async def test_a_false_one_joins_nothing(house: House, change: str) -> None:
    local, _, domain = address(house).partition("@")
    start, _, token = local.rpartition(".")
    forged = {
        "code": f"{start.replace(start[10:18], '00000000')}.{token}@{domain}",
        "ask": f"{start[:-1]}9.{token}@{domain}",
        "token": f"{start}.{token[:-1]}a@{domain}" if token[-1] != "a" else "x@x.example",
        "secret": Seal("y" * 40).ask_address(ADDRESS, house.reference, ASK),
    }[change]
    assert await house.accept(answer(), STRANGER, (forged,)) != house.reference
    assert house.last.ask is None


async def test_it_joins_what_is_closed_and_what_stands_for_it(house: House) -> None:
    other = await house.open("<another@patrons.example>")
    house.letters.tickets[house.reference] = {"status": "closed", "merged_into": other}
    house.letters.tickets[other] = {"status": "closed"}
    assert await house.accept(answer(), to=(address(house),)) == other
    assert (house.last.ask, house.last.continues) == (ASK[:8], None)


async def test_a_machine_that_quotes_the_letter_is_a_publishers(house: House) -> None:
    ours = SEAL.ask_id("llanfair.example", house.reference, ASK)
    raw = answer(Auto_Submitted="auto-replied", text=f"Message-ID: {ours}")
    assert await house.accept(raw) == house.reference
    assert house.last.ask == ASK[:16]
    assert replace(house.letter, ask=None).automatic
