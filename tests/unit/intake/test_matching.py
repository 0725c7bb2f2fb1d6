"""Which ticket a letter ends in: by proof, or because its sender belongs. Nothing else joins."""

from dataclasses import dataclass, field, replace

import pytest

from services.intake.accept import Desk, accept_mail, keep
from services.intake.letter import Letter, Verdicts, state_of
from shared.messages import EnquiryReceived
from tests.builders import desk_of, mail
from tests.fakes import Letters, Outbox
from tests.forgeries import FIRST, FORGER, PATRON, SEAL, STRANGER
from tests.unit.examples import ADDRESS, NOW, kept_letter


@dataclass
class House:
    """A desk with one ticket of Rhian's."""

    letters: Letters = field(default_factory=Letters)
    outbox: Outbox = field(default_factory=Outbox)
    reference: str = ""

    @property
    def desk(self) -> Desk:
        return desk_of(self.letters, self.outbox, SEAL, most_enquiries=100_000)

    async def open(self, message_id: str = FIRST) -> str:
        found = await self.accept(mail(Message_ID=message_id))
        assert found is not None
        return found

    async def accept(
        self, raw: bytes, sender: str | None = PATRON, to: tuple[str, ...] = (ADDRESS,)
    ) -> str | None:
        return await accept_mail(raw, sender, to, NOW, desk=self.desk)

    @property
    def last(self) -> EnquiryReceived:
        """What routing was told last."""
        _, event = self.outbox.sent[-1]
        assert isinstance(event, EnquiryReceived)
        return event

    @property
    def letter(self) -> Letter:
        """What was kept last."""
        return list(self.letters.kept.values())[-1]

    def token(self) -> tuple[str, ...]:
        return (SEAL.reply_address(ADDRESS, self.reference),)

    def ours(self) -> str:
        return SEAL.message_id("llanfair.example", self.reference, "0123456789abcdef")


@pytest.fixture
async def house() -> House:
    house = House()
    house.reference = await house.open()
    return house


async def test_a_letter_that_proves_its_ticket_joins_it(house: House) -> None:
    assert await house.accept(mail(), to=house.token()) == house.reference
    assert (house.letter.is_proven, house.letter.sender_is_known) == (True, True)
    assert await house.accept(mail(In_Reply_To=house.ours())) == house.reference
    assert not house.last.opens


@pytest.mark.parametrize("header", ["To", "Cc"])
async def test_a_token_in_the_header_is_as_good_as_in_the_envelope(
    house: House, header: str
) -> None:
    """A mail server in front, or a mailbox, knows only its own address."""
    [token] = house.token()
    raw = mail(Cc=token) if header == "Cc" else mail(to=f'"Library, the" <{token}>')
    assert await house.accept(raw) == house.reference


async def test_a_right_token_in_a_forwarded_copy_joins_and_its_sender_is_told_apart(
    house: House,
) -> None:
    raw = mail(sender=STRANGER, subject="Fwd: your answer")
    assert await house.accept(raw, STRANGER, house.token()) == house.reference
    assert (house.letter.is_proven, house.letter.sender_is_known) == (True, False)


async def test_a_patrons_second_address_joins_by_token_and_belongs_from_then_on(
    house: House,
) -> None:
    home = "rhian@home.example"
    tag = f"Re: [{house.reference}]"
    assert await house.accept(mail(sender=home, subject=tag), home) != house.reference
    assert await house.accept(mail(sender=home), home, house.token()) == house.reference
    assert not house.letter.sender_is_known
    assert await house.accept(mail(sender=home, subject=tag), home) == house.reference


async def test_a_copy_that_somebody_got_makes_him_no_part_of_the_ticket(house: House) -> None:
    """Who only stood in Cc has proved nothing."""
    await house.accept(mail(Cc=STRANGER, subject="More"), to=house.token())
    raw = mail(sender=STRANGER, subject=f"[{house.reference}] me too")
    assert await house.accept(raw, STRANGER) != house.reference


async def test_a_strangers_letter_that_names_a_ticket_is_told_to_it(house: House) -> None:
    named = mail(sender=STRANGER, subject=f"Re: [{house.reference}] x")
    answering = mail(sender=STRANGER, In_Reply_To=FIRST)
    [good] = house.token()
    forged = (FORGER.reply_address(ADDRESS, house.reference),)
    assert good != forged[0]
    false_id = FORGER.message_id("llanfair.example", house.reference, "0123456789abcdef")
    for raw, to in (
        (named, (ADDRESS,)),
        (answering, (ADDRESS,)),
        (mail(sender=STRANGER), forged),
        (mail(sender=STRANGER, References=false_id), (ADDRESS,)),
    ):
        assert await house.accept(raw, STRANGER, to) != house.reference
        assert (house.last.opens, house.last.named) == (True, (house.reference,))


async def test_who_fails_the_mail_servers_check_is_not_who_he_says(house: House) -> None:
    """A forged From with a reference that leaked joins nothing; a true token is worth more."""
    [first] = list(house.letters.kept.values())
    forged = replace(first, id="forged", subject=house.reference, verdicts=_dmarc("fail"))
    reference = await keep(forged, desk=house.desk)
    assert (house.last.opens, house.last.named) == (True, (house.reference,))
    assert reference != house.reference
    proven = replace(forged, id="proven", recipients=house.token())
    assert await keep(proven, desk=house.desk) == house.reference
    assert not house.letter.sender_is_known
    honest = replace(forged, id="honest", verdicts=_dmarc("pass"))
    assert await keep(honest, desk=house.desk) == house.reference
    for typed in ("form", "http"):
        letter = replace(honest, id=typed, door=typed)
        assert await keep(letter, desk=house.desk) != house.reference, "anybody types anything"


def _dmarc(result: str) -> Verdicts:
    return Verdicts("mta", (("dmarc", result),))


async def test_a_letter_that_names_nothing_is_linked_to_nothing(house: House) -> None:
    await house.accept(mail(sender=STRANGER), STRANGER)
    assert (house.last.named, house.last.continues) == ((), None)


async def test_automatic_mail_that_names_a_ticket_without_right_is_noted_nowhere(
    house: House,
) -> None:
    raw = mail(sender=STRANGER, subject=f"[{house.reference}]", Precedence="bulk")
    assert await house.accept(raw, STRANGER) is None
    assert state_of(house.letter, opens=True) == "noted"


async def test_what_a_machine_wrote_lets_nobody_belong(house: House) -> None:
    raw = mail(sender=STRANGER, Auto_Submitted="auto-replied")
    assert await house.accept(raw, STRANGER, house.token()) == house.reference
    again = mail(sender=STRANGER, subject=f"[{house.reference}]")
    assert await house.accept(again, STRANGER) != house.reference


async def test_one_mail_to_two_of_our_addresses_is_one_ticket(house: House) -> None:
    raw = mail(to=f"{ADDRESS}, enquiries+children@llanfair.example", subject="Twice")
    first = await house.accept(raw, to=(ADDRESS,))
    assert await house.accept(raw, to=("enquiries+children@llanfair.example",)) == first
    assert len(house.letters.kept) == 2


async def test_a_mail_to_a_ticket_and_to_the_desk_joins_whichever_copy_comes_first(
    house: House,
) -> None:
    [token] = house.token()
    raw = mail(to=ADDRESS, Cc=token)
    assert await house.accept(raw, to=(ADDRESS,)) == house.reference
    assert await house.accept(raw, to=(token,)) == house.reference


# Closed and merged tickets.


async def test_a_new_topic_under_an_old_subject_after_a_ticket_closed_is_a_linked_ticket(
    house: House,
) -> None:
    house.letters.tickets[house.reference] = {"status": "closed", "merged_into": None}
    for raw, to in ((mail(), house.token()), (mail(subject=house.reference), (ADDRESS,))):
        assert await house.accept(raw, to=to) not in {house.reference, None}
        assert (house.last.opens, house.last.continues) == (True, house.reference)
        assert house.last.named == ()


@pytest.mark.parametrize("status", ["new", "assigned", "waiting_patron", "resolved"])
async def test_any_other_ticket_is_joined(house: House, status: str) -> None:
    house.letters.tickets[house.reference] = {"status": status, "merged_into": None}
    assert await house.accept(mail(), to=house.token()) == house.reference


async def test_automatic_mail_about_a_closed_ticket_is_noted_there(house: House) -> None:
    house.letters.tickets[house.reference] = {"status": "closed", "merged_into": None}
    assert await house.accept(mail(), "", house.token()) == house.reference
    assert not house.last.opens


async def test_a_reply_to_a_merged_ticket_goes_to_the_one_it_was_merged_into(house: House) -> None:
    other, last = await house.open("<2@x.example>"), await house.open("<3@x.example>")
    house.letters.tickets[house.reference] = {"status": "closed", "merged_into": other}
    house.letters.tickets[other] = {"status": "closed", "merged_into": last}
    house.letters.tickets[last] = {"status": "assigned", "merged_into": None}
    assert await house.accept(mail(), to=house.token()) == last
    assert await house.accept(mail(subject=house.reference)) == last
    house.letters.tickets[last] = {"status": "closed", "merged_into": None}
    await house.accept(mail(), to=house.token())
    assert house.last.continues == last


async def test_merges_that_go_round_in_a_circle_lose_no_letter(house: House) -> None:
    other = await house.open("<2@x.example>")
    house.letters.tickets[house.reference] = {"status": "assigned", "merged_into": other}
    house.letters.tickets[other] = {"status": "assigned", "merged_into": house.reference}
    assert await house.accept(mail(), to=house.token()) in {house.reference, other}


# A storm.


async def test_what_one_sender_sends_beyond_measure_is_quarantined_and_not_lost() -> None:
    house = House()
    desk = desk_of(house.letters, house.outbox, SEAL, most_enquiries=10)
    found = [
        await accept_mail(mail(subject=f"{one}"), PATRON, (ADDRESS,), NOW, desk=desk)
        for one in range(50)
    ]
    assert [one is not None for one in found] == [True] * 10 + [False] * 40
    assert len(house.letters.kept) == 50
    assert house.letter.held == "too many new enquiries from one address"
    assert state_of(house.letter, opens=True) == "quarantined"
    assert await accept_mail(mail(sender=STRANGER), STRANGER, (ADDRESS,), NOW, desk=desk)


@pytest.mark.parametrize(
    "change",
    [{"address": "rhian+{n}@patrons.example"}, {"address": None}, {"address": None, "sender": "?"}],
)
async def test_no_sender_is_too_odd_to_be_counted(change: dict[str, str | None]) -> None:
    house = House()
    desk = desk_of(house.letters, house.outbox, SEAL, most_enquiries=3)
    for number in range(5):
        odd = {key: value and value.format(n=number) for key, value in change.items()}
        await keep(kept_letter(f"letter-{number}", **odd), desk=desk)
    assert [one.held is None for one in house.letters.kept.values()] == [True] * 3 + [False] * 2


async def test_a_storm_closes_no_ticket_to_its_patron(house: House) -> None:
    desk = desk_of(house.letters, house.outbox, SEAL, most_enquiries=1)
    joined = await accept_mail(mail(), PATRON, house.token(), NOW, desk=desk)
    assert joined == house.reference


async def test_an_integration_is_known_and_not_counted() -> None:
    house = House()
    desk = desk_of(house.letters, house.outbox, SEAL, most_enquiries=1)
    for number in range(5):
        assert await keep(kept_letter(f"letter-{number}", door="http"), desk=desk) is not None
