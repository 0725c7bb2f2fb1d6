"""The accountant can find fault: books that do not add up are told from those that do."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

import pytest

from tests.accounts.books import (
    ADDED,
    NOTED,
    NOWHERE,
    OPENED,
    QUARANTINED,
    STORM,
    Account,
    Entry,
    Sent,
    Sighting,
    audit,
)
from tests.accounts.outside import states

FIRST, SECOND = "ENQ-7K3M-92Q2", "ENQ-9ABC-DEF7"
RHIAN, GWEN, STORMY = "rhian@patrons.example", "gwen@patrons.example", "storm@elsewhere.example"
LIMIT: Final = 4


@dataclass
class Books:
    """All that the accountant is shown."""

    entries: list[Entry]
    sightings: list[Sighting]
    letters: list[Sent]

    def audit(self) -> Account:
        return audit(self.entries, self.sightings, self.letters, LIMIT)


def books() -> Books:
    """Books that add up: two enquiries, what was added to one, a storm, and what waits."""
    storm = [Entry(f"s{number}", "storm", STORM, STORMY, accepted=True) for number in range(6)]
    tickets = [f"ENQ-STRM-000{number}" for number in range(LIMIT)]
    return Books(
        [
            Entry("a", "plain", OPENED, RHIAN, files=("sum",), accepted=True),
            Entry("b", "enquiry", OPENED, GWEN, accepted=True, reference=SECOND),
            Entry("c", "reply", ADDED, joins="a", accepted=True),
            Entry("d", "bounce", NOTED, joins="b", accepted=True),
            Entry("e", "machine", NOTED, accepted=True),
            Entry("f", "unreadable", QUARANTINED, accepted=True),
            Entry("g", "wrong address", NOWHERE),
            *storm,
        ],
        [
            Sighting("a", "opened", FIRST, ("sum",)),
            Sighting("b", "opened", SECOND),
            Sighting("c", "added", FIRST),
            Sighting("d", "noted", SECOND),
            Sighting("e", "noted", None),
            Sighting("f", "quarantined", None),
            *(Sighting(f"s{number}", "opened", ticket) for number, ticket in enumerate(tickets)),
            *(Sighting(f"s{number}", "quarantined", None) for number in (4, 5)),
        ],
        [
            Sent(RHIAN, "<1@desk>", FIRST),
            Sent(GWEN, "<2@desk>", SECOND),
            Sent(GWEN, "<2@desk>", SECOND),
            *(Sent(STORMY, f"<s{number}@desk>", tickets[number]) for number in range(3)),
        ],
    )


def test_books_that_add_up_have_no_fault() -> None:
    account = books().audit()
    assert account.faults == []
    assert account.line() == ("accepted=12 opened=6 added=1 noted=2 quarantined=3 lost=0 doubled=0")
    assert account.copies == 1


def lost(found: Books) -> None:
    del found.sightings[0]


def lost_in_the_quarantine(found: Books) -> None:
    found.sightings = [one for one in found.sightings if one.code != "f"]


def doubled_in_its_ticket(found: Books) -> None:
    found.sightings.append(found.sightings[2])


def doubled_by_another_ticket(found: Books) -> None:
    found.sightings.append(Sighting("a", "opened", "ENQ-XXXX-XXXX", ("sum",)))


def two_enquiries_in_one_ticket(found: Books) -> None:
    found.sightings[1] = Sighting("b", "opened", FIRST)


def a_reply_on_somebody_elses_ticket(found: Books) -> None:
    found.sightings[2] = Sighting("c", "added", SECOND)


def a_reply_that_opened_a_ticket(found: Books) -> None:
    found.sightings[2] = Sighting("c", "opened", "ENQ-XXXX-XXXX")


def automatic_mail_that_opened_a_ticket(found: Books) -> None:
    found.sightings[4] = Sighting("e", "opened", "ENQ-XXXX-XXXX")


def automatic_mail_that_was_answered(found: Books) -> None:
    found.letters.append(Sent("robot@elsewhere.example", "<3@desk>", SECOND))


def written_down_and_never_told(found: Books) -> None:
    found.sightings[0] = replace(found.sightings[0], state="untold")


def a_file_that_is_empty(found: Books) -> None:
    found.sightings[0] = replace(found.sightings[0], files=("other",))


def a_reference_that_was_promised_and_not_kept(found: Books) -> None:
    found.entries[1].reference = FIRST


def a_wrong_recipient(found: Books) -> None:
    found.letters[0] = replace(found.letters[0], to=GWEN)


def acknowledged_twice_with_different_ids(found: Books) -> None:
    found.letters[2] = replace(found.letters[2], message_id="<3@desk>")


def never_acknowledged(found: Books) -> None:
    del found.letters[0]


def one_id_for_two(found: Books) -> None:
    found.letters[0] = replace(found.letters[0], message_id="<2@desk>")


def a_letter_about_nothing(found: Books) -> None:
    found.letters.append(Sent(RHIAN, "<1@desk>", "ENQ-XXXX-XXXX"))


def kept_although_it_was_refused(found: Books) -> None:
    found.sightings.append(Sighting("g", "opened", "ENQ-XXXX-XXXX"))


def accepted_although_it_was_to_be_refused(found: Books) -> None:
    found.entries[6].accepted = True


def seen_and_never_sent(found: Books) -> None:
    found.sightings.append(Sighting("z", "noted", None))


def never_accepted(found: Books) -> None:
    found.entries[0].accepted = False


def a_storm_that_nothing_held(found: Books) -> None:
    for number in (4, 5):
        ticket = f"ENQ-STRM-000{number}"
        found.sightings[6 + number] = Sighting(f"s{number}", "opened", ticket)
    found.entries.append(Entry("s6", "storm", STORM, STORMY, accepted=True))
    found.sightings.append(Sighting("s6", "opened", "ENQ-STRM-0006"))


def a_storm_that_was_held_too_soon(found: Books) -> None:
    found.sightings[9] = Sighting("s3", "quarantined", None)


FALSIFIED: Final[dict[Callable[[Books], None], str]] = {
    lost: "a (plain): lost",
    lost_in_the_quarantine: "f (unreadable): lost",
    doubled_in_its_ticket: "c (reply): doubled",
    doubled_by_another_ticket: "a (plain): doubled",
    two_enquiries_in_one_ticket: f"{FIRST}: opened by 2 enquiries: a, b",
    a_reply_on_somebody_elses_ticket: f"c (reply): is on {SECOND}, not on that of a",
    a_reply_that_opened_a_ticket: "c (reply): is opened, not added",
    automatic_mail_that_opened_a_ticket: "e (machine): is opened, not noted",
    automatic_mail_that_was_answered: "b (enquiry): its letter went to robot@elsewhere.example",
    written_down_and_never_told: "a (plain): is untold, not opened",
    a_file_that_is_empty: "a (plain): its attachments are not those that were sent",
    a_reference_that_was_promised_and_not_kept: f"b (enquiry): is on {SECOND}; its door promised",
    a_wrong_recipient: f"a (plain): its letter went to {GWEN}, not to {RHIAN}",
    acknowledged_twice_with_different_ids: f"{SECOND}: acknowledged 2 times: <2@desk>, <3@desk>",
    never_acknowledged: "a (plain): 0 letters for 1 tickets, not 1",
    one_id_for_two: "<2@desk>: one Message-ID for two patrons",
    a_letter_about_nothing: f"ENQ-XXXX-XXXX: a letter to {RHIAN} about a ticket that nobody opened",
    kept_although_it_was_refused: "g (wrong address): was to be refused",
    accepted_although_it_was_to_be_refused: "g (wrong address): was to be refused",
    seen_and_never_sent: "z: seen, and never sent",
    never_accepted: "a (plain): was never accepted",
    a_storm_that_nothing_held: f"storm of {STORMY}: 7 of 7 opened a ticket",
    a_storm_that_was_held_too_soon: f"storm of {STORMY}: 3 of 6 opened a ticket",
}


@pytest.mark.parametrize("falsify", list(FALSIFIED))
def test_books_that_do_not_add_up_are_found(falsify: Callable[[Books], None]) -> None:
    found = books()
    falsify(found)
    faults = found.audit().faults
    assert any(one.startswith(FALSIFIED[falsify]) for one in faults), faults


@pytest.mark.parametrize(
    ("falsify", "counted"),
    [
        (lost, (1, 0)),
        (doubled_in_its_ticket, (0, 1)),
        (acknowledged_twice_with_different_ids, (0, 1)),
    ],
)
def test_what_is_lost_and_doubled_is_counted(
    falsify: Callable[[Books], None], counted: tuple[int, int]
) -> None:
    found = books()
    falsify(found)
    account = found.audit()
    assert (account.lost, account.doubled) == counted


def test_a_ticket_tells_the_state_of_each_message() -> None:
    def message(number: int, text: str = "") -> dict[str, str]:
        return {"id": f"l{number}", "direction": "in", "subject": f"m0000{number}x", "text": text}

    ticket = {
        "messages": [message(1), message(2), message(3), message(4), {"direction": "out"}],
        "timeline": [
            {"event": "opened", "letter": "l1"},
            {"event": "contact_lost", "letter": "l1"},
            {"event": "assigned"},
            {"event": "patron_wrote", "letter": "l2"},
            {"event": "patron_wrote", "letter": "l2"},
            {"event": "automatic_mail_noted", "letter": "l3"},
            {"event": "patron_wrote", "letter": "gone"},
        ],
    }
    assert [(code, state) for _, code, state in states(ticket)] == [
        ("m00001x", "opened"),
        ("m00002x", "added"),
        ("m00002x", "added"),
        ("m00003x", "noted"),
        ("m00004x", "untold"),
        ("", "added"),
    ]
