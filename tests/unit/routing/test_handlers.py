"""What routing does when it hears that a patron wrote, with a store that is only a dictionary."""

import asyncio
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest
from structlog.testing import capture_logs

from services.routing.actions import note, resolve
from services.routing.assign import Load
from services.routing.handlers import Desk, on_enquiry_received, on_outcome
from services.routing.promise import PromiseState
from services.routing.roster import Roster
from services.routing.status import Status
from services.routing.ticket import Letter, Link
from shared.errors import Permanent, Transient
from shared.messages import ContactLost, EnquiryReceived, Notice, NoticeFailed, NoticeRequested
from shared.references import Seal
from shared.staff import Absence
from tests.fakes import Clock, Outbox, Tickets
from tests.unit.examples import CALENDARS, LETTER, LIBRARY, MAIR, NOW, REFERENCE, SECRET, situation


@dataclass
class House:
    """A desk whose tickets and messages can be looked at; Mair is there."""

    tickets: Tickets = field(default_factory=lambda: Tickets(people=[MAIR]))
    outbox: Outbox = field(default_factory=Outbox)
    clock: Clock = field(default_factory=Clock)
    roster: Roster = field(init=False)

    def __post_init__(self) -> None:
        self.roster = Roster(self.tickets, Clock())
        for number in range(1, 10):
            one = replace(LETTER, id=f"letter-{number}", message_id=f"<{number}@patrons.example>")
            self.tickets.patron_letters[one.id] = one

    async def hear(
        self, letter_id: str, *, opens: bool, reference: str = REFERENCE, **more: Any
    ) -> None:
        await self.roster.read()
        known: dict[str, Any] = {"message_id": letter_id, "letter_id": letter_id, "at": NOW}
        message = EnquiryReceived(reference=reference, opens=opens, **(known | more))
        desk = Desk(self.tickets, self.outbox, self.roster, LIBRARY, CALENDARS, self.clock)
        await on_enquiry_received(message, desk=desk)

    async def lose(self, letter_id: str, *, opens: bool) -> None:
        """Contact is lost by telephone."""
        one = replace(LETTER, id=letter_id, lost_by="phone", names="ENQ-0000-0000")
        self.tickets.patron_letters[letter_id] = one
        await self.roster.read()
        message = ContactLost(
            message_id=letter_id, reference=REFERENCE, at=NOW, letter_id=letter_id, opens=opens
        )
        desk = Desk(self.tickets, self.outbox, self.roster, LIBRARY, CALENDARS, self.clock)
        await on_outcome(message, desk=desk)

    async def fail(self, notice: Notice, notice_id: str = "notice-1") -> None:
        """A letter of ours can't be sent."""
        await self.roster.read()
        message = NoticeFailed(
            message_id=f"{notice_id} failed",
            reference=REFERENCE,
            at=NOW,
            notice=notice,
            notice_id=notice_id,
            reason="the relay answered 550",
        )
        desk = Desk(self.tickets, self.outbox, self.roster, LIBRARY, CALENDARS, self.clock)
        await on_outcome(message, desk=desk)

    def events(self) -> list[str]:
        return [one["event"] for one in self.tickets.rows[REFERENCE].timeline]


@pytest.fixture
def house() -> House:
    return House()


async def test_a_first_letter_becomes_a_ticket_and_its_acknowledgement_is_sent(
    house: House,
) -> None:
    await house.hear("letter-1", opens=True)
    it = house.tickets.rows[REFERENCE].ticket
    assert it.owner is not None
    assert (it.status, it.owner.id, it.version) == (Status.ASSIGNED, "mair", 1)
    assert [reference for reference, _ in house.outbox.sent] == [REFERENCE]
    kept = house.tickets.outbox.documents[REFERENCE]
    assert [one["key"] for one in kept] == ["notice.requested", "ticket.changed"]


async def test_the_same_event_again_opens_no_second_ticket_and_asks_for_the_same_letter(
    house: House,
) -> None:
    for _ in range(3):
        await house.hear("letter-1", opens=True)
        house.clock.move(minutes=1)
    assert house.tickets.rows[REFERENCE].ticket.version == 1
    assert len({message.message_id for _, message in house.outbox.sent}) == 1
    kept = house.tickets.outbox.documents[REFERENCE]
    assert [one["key"] for one in kept] == ["notice.requested", "ticket.changed"]


async def test_another_enquiry_with_the_same_reference_is_put_aside(house: House) -> None:
    await house.hear("letter-1", opens=True)
    with pytest.raises(Permanent):
        await house.hear("letter-2", opens=True)


async def test_a_letter_that_is_not_there_is_put_aside(house: House) -> None:
    with pytest.raises(Permanent):
        await house.hear("letter-of-nobody", opens=True)
    assert house.tickets.rows == {}


async def test_a_further_letter_joins_its_ticket(house: House) -> None:
    await house.hear("letter-1", opens=True)
    house.clock.move(hours=1)
    await house.hear("letter-2", opens=False)
    row = house.tickets.rows[REFERENCE]
    assert row.ticket.version == 2
    assert [one.letter_id for one in row.ticket.thread] == ["letter-1", "letter-2"]
    assert row.timeline[-1]["event"] == "patron_wrote"
    assert len(house.outbox.sent) == 1


async def test_the_same_further_letter_again_changes_nothing(house: House) -> None:
    await house.hear("letter-1", opens=True)
    for _ in range(3):
        await house.hear("letter-2", opens=False)
    assert house.tickets.rows[REFERENCE].ticket.version == 2


async def test_a_letter_to_a_resolved_ticket_reopens_it_with_a_new_promise(house: House) -> None:
    await house.hear("letter-1", opens=True)
    row = house.tickets.rows[REFERENCE]
    row.ticket = replace(resolve(row.ticket, "mair", "told", situation()).ticket, promise=None)
    house.clock.move(days=7)
    await house.hear("letter-2", opens=False)
    assert row.ticket.status is Status.ASSIGNED
    assert row.ticket.promise is not None
    assert row.ticket.promise.due_at > NOW + timedelta(days=7)
    assert row.ticket.promise.state is PromiseState.MADE


async def test_automatic_mail_is_noted_only(house: House) -> None:
    await house.hear("letter-1", opens=True)
    house.tickets.patron_letters["letter-2"] = replace(LETTER, id="letter-2", automatic=True)
    before = house.tickets.rows[REFERENCE].ticket
    await house.hear("letter-2", opens=False)
    row = house.tickets.rows[REFERENCE]
    assert row.ticket == replace(before, version=2)
    assert row.timeline[-1]["event"] == "automatic_mail_noted"


async def test_a_letter_that_overtook_its_ticket_comes_again(house: House) -> None:
    with pytest.raises(Transient):
        await house.hear("letter-2", opens=False)
    await house.hear("letter-1", opens=True)
    await house.hear("letter-2", opens=False)
    assert len(house.tickets.rows[REFERENCE].ticket.thread) == 2


async def test_a_change_is_decided_anew_where_somebody_else_was_quicker(house: House) -> None:
    await house.hear("letter-1", opens=True)

    async def somebody_notes() -> None:
        current = await house.tickets.find(REFERENCE)
        assert current is not None
        noted = note(current, "sian", "words-1", NOW)
        assert await house.tickets.save(noted, caused_by="somebody")

    house.tickets.overtaken_by = [somebody_notes]
    await house.hear("letter-2", opens=False)
    row = house.tickets.rows[REFERENCE]
    assert row.ticket.version == 3
    assert [one["event"] for one in row.timeline[-2:]] == ["noted", "patron_wrote"]


async def test_a_ticket_that_is_changed_all_the_time_is_tried_later(house: House) -> None:
    await house.hear("letter-1", opens=True)
    count = 0

    async def somebody_notes() -> None:
        nonlocal count
        count += 1
        current = await house.tickets.find(REFERENCE)
        assert current is not None
        others, house.tickets.overtaken_by = house.tickets.overtaken_by, []
        noted = note(current, "sian", f"words-{count}", NOW)
        assert await house.tickets.save(noted, caused_by=f"somebody-{count}")
        house.tickets.overtaken_by = others

    house.tickets.overtaken_by = [somebody_notes] * 20
    with pytest.raises(Transient):
        await house.hear("letter-2", opens=False)
    assert len(house.tickets.rows[REFERENCE].ticket.thread) == 1


async def test_with_nobody_here_the_ticket_is_the_teams(house: House) -> None:
    house.tickets.people = [replace(MAIR, absences=(Absence(NOW),))]
    await house.hear("letter-1", opens=True)
    assert house.tickets.rows[REFERENCE].ticket.status is Status.NEW


async def test_what_was_given_out_counts_before_the_next_reading(house: House) -> None:
    sian = replace(MAIR, id="sian", name="Siân Example")
    house.tickets.people = [MAIR, sian]
    await house.roster.read()
    desk = Desk(house.tickets, house.outbox, house.roster, LIBRARY, CALENDARS, house.clock)
    for number in range(1, 5):
        message = EnquiryReceived(
            message_id=f"letter-{number}",
            reference=f"reference-{number}",
            at=NOW,
            letter_id=f"letter-{number}",
            opens=True,
        )
        await on_enquiry_received(message, desk=desk)
    work = await house.tickets.open_work()
    assert {one: load.count for one, load in work.items()} == {"mair": 2, "sian": 2}


async def test_the_last_reading_is_used_while_the_database_is_away() -> None:
    class Away(Tickets):
        async def open_work(self) -> dict[str, Load]:
            raise Transient("MongoDB is away")

    roster = Roster(Away(people=[MAIR]), Clock())
    loop = asyncio.create_task(roster.run())
    with pytest.raises(Transient):
        await roster.read()
    await asyncio.sleep(0)
    assert not loop.done()
    loop.cancel()
    await asyncio.gather(loop, return_exceptions=True)


async def test_that_a_ticket_was_opened_is_said_once(house: House) -> None:
    with capture_logs() as lines:
        for _ in range(3):
            await house.hear("letter-1", opens=True)
    assert [one["event"] for one in lines].count("ticket_opened") == 1
    assert house.roster.load["mair"].count == 1


# Links, merges.

OTHER = "ENQ-0000-0000"


async def test_a_strangers_attempt_is_told_on_both_tickets_once(house: House) -> None:
    await house.hear("letter-1", opens=True)
    before = house.tickets.rows[REFERENCE].ticket
    for _ in range(3):
        await house.hear("letter-2", opens=True, reference=OTHER, named=(REFERENCE, "ENQ-1"))
    after = house.tickets.rows[REFERENCE]
    assert house.tickets.rows[OTHER].ticket.links == (Link("named", REFERENCE),)
    assert after.ticket == replace(before, version=2, links=(Link("named_by", OTHER),))
    assert [one["event"] for one in after.timeline].count("named_by_a_stranger") == 1


async def test_a_crash_between_the_two_tickets_is_made_good(house: House) -> None:
    await house.hear("letter-1", opens=True)

    async def dies() -> None:
        raise Transient("MongoDB is away")

    house.tickets.overtaken_by = [dies]
    with pytest.raises(Transient):
        await house.hear("letter-2", opens=True, reference=OTHER, named=(REFERENCE,))
    await house.hear("letter-2", opens=True, reference=OTHER, named=(REFERENCE,))
    assert house.tickets.rows[REFERENCE].ticket.links == (Link("named_by", OTHER),)
    assert house.tickets.rows[OTHER].ticket.version == 1


async def test_a_ticket_that_goes_on_where_a_closed_one_ended_says_so(house: House) -> None:
    await house.hear("letter-1", opens=True)
    row = house.tickets.rows[REFERENCE]
    row.ticket = replace(row.ticket, status=Status.CLOSED)
    await house.hear("letter-2", opens=True, reference=OTHER, continues=REFERENCE)
    assert house.tickets.rows[OTHER].ticket.links == (Link("continues", REFERENCE),)
    assert row.ticket.links == (Link("continued_by", OTHER),)
    assert row.ticket.status is Status.CLOSED


async def test_what_goes_on_where_a_confidential_one_ended_is_as_confidential(house: House) -> None:
    await house.hear("letter-1", opens=True)
    row = house.tickets.rows[REFERENCE]
    row.ticket = replace(row.ticket, status=Status.CLOSED, confidential=True, team="local-history")
    await house.hear("letter-2", opens=True, reference=OTHER, continues=REFERENCE)
    on = house.tickets.rows[OTHER].ticket
    assert (on.confidential, on.team) == (True, "local-history")


async def test_a_letter_for_a_merged_ticket_goes_to_the_one_it_was_merged_into(
    house: House,
) -> None:
    await house.hear("letter-1", opens=True)
    await house.hear("letter-2", opens=True, reference=OTHER)
    await house.hear("letter-3", opens=True, reference="ENQ-1")
    for reference, into in ((REFERENCE, OTHER), (OTHER, "ENQ-1")):
        row = house.tickets.rows[reference]
        row.ticket = replace(row.ticket, merged_into=into, status=Status.CLOSED)
    for _ in range(2):
        await house.hear("letter-4", opens=False)
    threads = {key: len(one.ticket.thread) for key, one in house.tickets.rows.items()}
    assert threads == {REFERENCE: 1, OTHER: 1, "ENQ-1": 2}


async def test_a_letter_that_joined_before_the_merge_does_not_join_again_after_it(
    house: House,
) -> None:
    await house.hear("letter-1", opens=True)
    await house.hear("letter-2", opens=True, reference=OTHER)
    await house.hear("letter-3", opens=False)
    row = house.tickets.rows[REFERENCE]
    row.ticket = replace(row.ticket, merged_into=OTHER)
    await house.hear("letter-3", opens=False)
    assert len(house.tickets.rows[OTHER].ticket.thread) == 1


async def test_merges_in_a_circle_end(house: House) -> None:
    await house.hear("letter-1", opens=True)
    await house.hear("letter-2", opens=True, reference=OTHER)
    for one, into in ((REFERENCE, OTHER), (OTHER, REFERENCE)):
        house.tickets.rows[one].ticket = replace(house.tickets.rows[one].ticket, merged_into=into)
    await house.hear("letter-3", opens=False)
    assert sum(len(one.ticket.thread) for one in house.tickets.rows.values()) == 3


async def test_a_lost_contact_becomes_somebodys_task_once(house: House) -> None:
    for _ in range(3):
        await house.lose("lost-1", opens=True)
    row = house.tickets.rows[REFERENCE]
    assert row.ticket.owner is not None
    assert row.ticket.promise is not None
    [lost] = [one for one in row.timeline if one["event"] == "contact_lost"]
    assert (lost["channel"], lost["names"], lost["letter"]) == ("phone", "ENQ-0000-0000", "lost-1")
    notices = {one for _, one in house.outbox.sent if isinstance(one, NoticeRequested)}
    assert {one.notice for one in notices} == {Notice.CONTACT_LOST}
    assert len({one.message_id for one in notices}) == 1


async def test_contact_that_is_lost_about_a_resolved_ticket_reopens_it(house: House) -> None:
    await house.hear("letter-1", opens=True)
    row = house.tickets.rows[REFERENCE]
    row.ticket = resolve(row.ticket, "mair", "told", situation()).ticket
    for _ in range(2):
        await house.lose("lost-1", opens=False)
    assert (row.ticket.status, row.ticket.unread) == (Status.ASSIGNED, True)
    assert row.ticket.promise is not None
    assert row.ticket.promise.state is PromiseState.MADE
    happened = [one["event"] for one in row.timeline]
    assert happened.count("contact_lost") == 1
    assert "patron_wrote" not in happened
    assert len(house.outbox.sent) == 1, "nobody is told twice"


def returned(**fields: Any) -> Letter:
    """A letter of ours that came back."""
    known: dict[str, Any] = {
        "is_returned": True,
        "is_proven": True,
        "automatic": True,
        "returned_from": ("rhian@patrons.example",),
        "returned_id": Seal(SECRET).message_id("llanfair.example", REFERENCE, "0123456789abcdef"),
        "returned_for": "5.1.1",
    }
    return replace(LETTER, id="bounce-1", **(known | fields))


async def test_of_a_letter_that_came_back_its_row_says_so_before_its_ticket_does(
    house: House,
) -> None:
    await house.hear("letter-1", opens=True)
    house.tickets.patron_letters["bounce-1"] = returned()
    noted: list[int] = []

    async def look() -> None:
        noted.append(len(house.tickets.returned))

    house.tickets.overtaken_by = [look]
    await house.hear("bounce-1", opens=False)
    assert noted == [1]
    whom = ("rhian@patrons.example",)
    assert house.tickets.returned == [(REFERENCE, "0123456789abcdef", whom, "it came back: 5.1.1")]
    assert "contact_lost" in house.events()


@pytest.mark.parametrize(
    "fields",
    [
        {"is_returned": False},
        {"is_proven": False},
        {"automatic": False},
        {"returned_id": None},
        {"returned_id": "<somebody@elsewhere.example>"},
    ],
)
async def test_what_does_not_prove_that_a_letter_of_ours_came_back_changes_no_row(
    house: House, fields: dict[str, Any]
) -> None:
    await house.hear("letter-1", opens=True)
    house.tickets.patron_letters["bounce-1"] = returned(**fields)
    await house.hear("bounce-1", opens=False)
    assert house.tickets.returned == []


async def test_what_was_given_out_is_remembered_between_two_readings(house: House) -> None:
    await house.hear("letter-1", opens=True)
    await house.roster.read()
    had = house.roster.load["mair"]
    assert (had.given, had.part) == (1, 1), "it was nobody else's turn"
    await house.roster.read_all()
    assert house.roster.load["mair"].given == 1, "and is not counted twice"


async def test_a_letter_that_was_refused_is_a_lost_contact_of_its_owner_once(house: House) -> None:
    await house.hear("letter-1", opens=True)
    for _ in range(3):
        await house.fail(Notice.ACKNOWLEDGEMENT)
    row = house.tickets.rows[REFERENCE]
    assert row.ticket.lost is not None
    assert row.ticket.lost.channel == "mail"
    [lost] = [one for one in row.timeline if one["event"] == "contact_lost"]
    assert (lost["letter"], lost["reason"]) == ("notice-1", "the relay answered 550")
    [alert] = row.alerts
    assert (alert["staff"], alert["kind"], alert["due_at"]) == ("mair", "contact_lost", NOW)


async def test_a_resolved_ticket_whose_answer_was_refused_is_not_resolved(house: House) -> None:
    await house.hear("letter-1", opens=True)
    row = house.tickets.rows[REFERENCE]
    row.ticket = resolve(row.ticket, "mair", "told", situation()).ticket
    await house.fail(Notice.REPLY)
    assert row.ticket.status is Status.ASSIGNED
    assert row.ticket.promise is not None
    assert row.ticket.promise.state is PromiseState.MADE
    assert house.events()[-3:] == ["contact_lost", "reopened", "promised"]


async def test_an_automatic_letter_that_was_refused_does_not_reopen_what_is_resolved(
    house: House,
) -> None:
    await house.hear("letter-1", opens=True)
    row = house.tickets.rows[REFERENCE]
    row.ticket = resolve(row.ticket, "mair", "told", situation()).ticket
    await house.fail(Notice.PROMISE_MISSED)
    assert row.ticket.status is Status.RESOLVED
    assert "contact_lost" not in house.events()


async def test_that_an_automatic_letter_fails_says_nothing_new_while_contact_is_lost(
    house: House,
) -> None:
    """Else each missed promise would begin the tries anew, when all had been in vain."""
    await house.hear("letter-1", opens=True)
    await house.fail(Notice.ACKNOWLEDGEMENT)
    await house.fail(Notice.PROMISE_MISSED, "notice-2")
    assert house.events().count("contact_lost") == 1
    await house.fail(Notice.REPLY, "notice-3")
    assert house.events().count("contact_lost") == 2


async def test_a_failed_letter_about_no_ticket_is_put_aside(house: House) -> None:
    with pytest.raises(Permanent):
        await house.fail(Notice.REPLY)


async def test_what_somebody_else_was_given_counts_at_once(house: House) -> None:
    await house.hear("letter-1", opens=True)
    sian = replace(MAIR, id="sian", name="Siân Example", address="sian@llanfair.example")
    house.tickets.people = [replace(MAIR, absences=(Absence(NOW),)), sian]
    await house.roster.read()
    await house.hear("letter-2", opens=False)
    assert house.roster.load["sian"].count == 1


async def test_a_letter_that_was_erased_on_its_way_opens_nothing(house: House) -> None:
    erased = replace(LETTER, id="letter-1", is_erased=True)
    house.tickets.patron_letters["letter-1"] = erased
    with capture_logs() as logs:
        await house.hear("letter-1", opens=True)
    assert house.tickets.rows == {}
    assert [one["event"] for one in logs] == ["erased_letter_passed"]


async def test_a_reply_that_failed_reopens_nothing_that_was_erased(house: House) -> None:
    await house.hear("letter-1", opens=True)
    row = house.tickets.rows[REFERENCE]
    row.ticket = replace(row.ticket, status=Status.CLOSED, erased_at=NOW)
    await house.fail(Notice.REPLY)
    assert house.tickets.rows[REFERENCE].ticket.status is Status.CLOSED
