"""Deliveries and their items: what may happen, and that none is ever without a next step."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.routing.actions import resolve
from services.routing.arrival import add_letter
from services.routing.deliveries import asking, converting, giving, hearing, steps
from services.routing.deliveries.changing import Call, On
from services.routing.deliveries.complaints import complaint_in
from services.routing.deliveries.delivery import Delivery, Handover, Kind, Pace
from services.routing.deliveries.documents import deliveries_of, documents_of
from services.routing.deliveries.firing import fire
from services.routing.deliveries.item import (
    ENDS,
    TRANSITIONS,
    Act,
    File,
    Item,
    NotPossible,
    Plan,
    State,
    Work,
    moved,
)
from services.routing.deliveries.outlook import outlook_of
from services.routing.deliveries.publisher import Outcome, Publisher, Record, record_of
from services.routing.deliveries.wishes import answered
from services.routing.due import next_due
from services.routing.merging import merge
from services.routing.situation import Situation
from services.routing.status import Refused
from services.routing.ticket import Change, Patron, Ticket
from shared.messages import Notice, NoticeRequested
from tests.unit.examples import LETTER, NOW, ticket
from tests.unit.routing.people import at, told

DAY: Final = timedelta(days=1)
AFON: Final = Publisher("aa", 1, "Gwasg Afon", "rights@gwasg-afon.example", "cy")
HILL: Final = Publisher(
    "bb", 1, "Hill Press", "access@hill-press.example", "en", record=Record(4, 3, 1, 12.0)
)
FILE: Final = File("copy-1")


def delivery(**fields: Any) -> Delivery:
    known: dict[str, Any] = {
        "id": "d1",
        "format": "accessible PDF",
        "needs": "headings, no columns",
        "rights": "Copyright, Designs and Patents Act 1988, section 31A",
        "handover": Handover.MAIL,
        "pace": Pace.EACH,
        "opened_at": NOW,
        "opened_by": "mair",
        "list_by": None,
    }
    return Delivery(**(known | fields))


def begun(count: int = 3, **fields: Any) -> Ticket:
    """Mair's ticket with a delivery of so many items."""
    it = steps.open_delivery(ticket(), delivery(**fields), "mair", at(NOW, "open")).ticket
    wanted = [steps.Wanted(Work(f"Work {number + 1}")) for number in range(count)]
    return steps.add_items(on(it, at(NOW, "list")), wanted).ticket


def one(it: Ticket) -> Delivery:
    return it.deliveries[0]


def on(it: Ticket, s: Situation) -> On:
    return On(it, "d1", "mair", s)


def states(it: Ticket) -> list[str]:
    return [item.state.value for item in one(it).items]


def sent(change: Change) -> list[Notice]:
    return [it.notice for it in change.messages if isinstance(it, NoticeRequested)]


def test_every_state_has_a_row_and_ends_are_left_only_on_purpose() -> None:
    assert TRANSITIONS.keys() == set(State)
    assert {act for state in ENDS for act in TRANSITIONS[state]} == {Act.COMPLAIN, Act.RESUME}


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("act", Act)
def test_what_the_table_does_not_have_is_not_possible(state: State, act: Act) -> None:
    item = Item(1, Work("A"), state, NOW, None if state in ENDS else NOW)
    if act in TRANSITIONS[state]:
        assert moved(item, act, NOW, NOW).state is TRANSITIONS[state][act]
    else:
        with pytest.raises(NotPossible, match=f"item 1 is {state.value.replace('_', ' ')}"):
            moved(item, act, NOW, NOW)


@pytest.mark.parametrize("state", State)
def test_an_item_can_not_be_made_without_a_next_step_or_an_end(state: State) -> None:
    with pytest.raises(ValueError, match="next step"):
        Item(1, Work("A"), state, NOW, NOW if state in ENDS else None)


def test_a_delivery_without_items_is_somebodys_to_look_at() -> None:
    it = steps.open_delivery(ticket(), delivery(), "mair", at(NOW, "open")).ticket
    due = one(it).next_at
    assert due is not None
    change = fire(it, at(due, "look"))
    assert told(change) == ["delivery_due"]
    assert [alert.kind for alert in change.alerts] == [Call.DUE]
    later = one(change.ticket).next_at
    assert later is not None
    assert later > due


def test_a_publisher_is_written_to_once_for_all_items_and_chased_in_open_days() -> None:
    it = begun()
    change = asking.ask(on(it, at(NOW, "ask")), [1, 2], AFON, "")
    assert sent(change) == [Notice.DELIVERY_ASK]
    assert states(change.ticket) == ["asked", "asked", "wanted"]
    it, chased = steps.find(on(change.ticket, at(NOW)), [3], Plan.SCAN).ticket, []
    it = steps.put_off(on(it, at(NOW)), 3, NOW + 300 * DAY).ticket
    for number in range(4):
        due = one(it).next_at
        assert due is not None
        change = fire(it, at(due, f"due {number}"))
        chased.append((due, sent(change), told(change)))
        it = change.ticket
    assert [notices for _, notices, _ in chased] == [[Notice.DELIVERY_CHASE]] * 3 + [[]]
    assert chased[-1][2] == ["delivery_due"], "then it is somebody's"
    # Mondays to Saturdays: ten open days from Monday 23 November are Friday 4 December.
    assert chased[0][0] == datetime.fromisoformat("2026-12-04T09:00:00+00:00")
    assert [item.asks for item in one(it).items] == [4, 4, 0]
    assert [item.needs_somebody for item in one(it).items] == [True, True, False]


def test_what_a_publisher_writes_is_about_the_items_of_that_letter() -> None:
    it = asking.ask(on(begun(), at(NOW, "a")), [1], AFON, "").ticket
    it = asking.ask(on(it, at(NOW, "b")), [2], HILL, "").ticket
    ask = one(it).sent[0].id[:16]
    letter = replace(LETTER, id="letter-9", patron=Patron("Rights", "rights@gwasg-afon.example"))
    change = hearing.answer(it, letter, ask, at(NOW + DAY, "came"))
    assert told(change) == ["publisher_wrote"]
    assert change.entries[0]["items"] == [1]
    assert [item.needs_somebody for item in one(change.ticket).items] == [True, False, False]
    assert [alert.kind for alert in change.alerts] == [Call.WROTE]
    after = change.ticket
    assert (after.thread, after.patron, after.is_unanswered) == (
        it.thread,
        it.patron,
        it.is_unanswered,
    )
    assert (after.unread, after.promise, after.status) == (it.unread, it.promise, it.status)
    assert one(after).items[0].tries[0].heard_at == NOW + DAY


def test_a_machine_at_the_publishers_changes_nothing_but_one_that_returns_the_letter() -> None:
    it = asking.ask(on(begun(), at(NOW, "a")), [1], AFON, "").ticket
    ask = one(it).sent[0].id[:16]
    change = hearing.answer(it, replace(LETTER, automatic=True), ask, at(NOW + DAY, "x"))
    assert told(change) == ["automatic_mail_noted"]
    assert change.ticket.deliveries == it.deliveries
    back = replace(LETTER, automatic=True, is_returned=True)
    change = hearing.answer(it, back, ask, at(NOW + DAY, "y"))
    assert told(change) == ["publisher_unreachable"]
    assert one(change.ticket).items[0].needs_somebody
    assert change.ticket.lost is None, "the patron is not lost"


def test_an_answer_to_what_is_forgotten_is_still_told() -> None:
    change = hearing.answer(begun(), LETTER, "0f" * 8, at(NOW + DAY, "x"))
    assert told(change) == ["publisher_wrote"]
    assert [alert.kind for alert in change.alerts] == [Call.WROTE]


def test_each_item_goes_when_it_is_ready_and_the_last_brings_the_account() -> None:
    it = begun(2)
    first = giving.make_ready(on(it, at(NOW, "1")), 1, FILE)
    assert (sent(first), states(first.ticket)) == ([Notice.DELIVERY_PART], ["delivered", "wanted"])
    last = giving.give_up(on(first.ticket, at(NOW, "2")), 2, "out of print", "a summary")
    assert sent(last) == [Notice.DELIVERY_CANNOT], "the account stands in the same letter"
    assert [it.ends for it in one(last.ticket).sent] == [False, True]
    assert told(last) == ["item_cannot_be_had", "delivery_ended"]
    assert not one(last.ticket).is_open
    assert one(last.ticket).next_at is None


def test_the_account_is_a_letter_of_its_own_if_there_is_none_that_it_could_go_with() -> None:
    it = giving.make_ready(on(begun(2), at(NOW, "1")), 1, FILE).ticket
    change = steps.withdraw(on(it, at(NOW + DAY, "2")), [2], "no more")
    assert sent(change) == [Notice.DELIVERY_ACCOUNT]
    it = asking.ask(on(begun(2), at(NOW, "a")), [1], AFON, "").ticket
    gone = steps.withdraw(on(it, at(NOW, "b")), [1, 2], "no more")
    assert sent(gone) == [Notice.DELIVERY_ACCOUNT], "no publisher is given an account"


def test_a_ticket_with_a_delivery_is_neither_resolved_nor_merged_away_before_its_end() -> None:
    it = begun(1)
    with pytest.raises(Refused, match="not at its end"):
        resolve(it, "mair", "no answer is owed", at(NOW))
    with pytest.raises(Refused, match="not at its end"):
        merge(it, replace(ticket(), reference="ENQ-0000-0000"), "mair", at(NOW))
    it = steps.withdraw(on(it, at(NOW, "w")), [1], "the course is over").ticket
    assert resolve(it, "mair", "no answer is owed", at(NOW)).ticket.is_ended
    merge(it, replace(ticket(), reference="ENQ-0000-0000"), "mair", at(NOW))


@pytest.mark.parametrize(
    "words", ["It is for Rhian.", "Write to rhian@patrons.example", "for (EXAMPLE)"]
)
def test_a_publisher_is_not_told_whom_it_is_for(words: str) -> None:
    with pytest.raises(Refused, match="must not name the patron"):
        asking.ask(on(begun(), at(NOW, "a")), [1], AFON, words)
    it = asking.ask(on(begun(), at(NOW, "a")), [1], AFON, "for an examination").ticket
    with pytest.raises(Refused, match="must not name the patron"):
        asking.chase(on(it, at(NOW, "b")), [1], words)
    it = steps.receive(on(it, at(NOW, "c")), [1]).ticket
    with pytest.raises(Refused, match="must not name the patron"):
        asking.send_back(on(it, at(NOW, "d")), 1, words)


@pytest.mark.parametrize(
    "work",
    [
        Work("Notes on rivers, for Rhian Example"),
        Work("EXAMPLE, Rhian: her reading list"),
        Work("Rivers", authors="sent by rhian@patrons.example"),
    ],
)
def test_a_work_that_bears_the_patrons_name_goes_to_no_publisher(work: Work) -> None:
    it = steps.add_items(on(begun(1), at(NOW, "more")), [steps.Wanted(work)]).ticket
    with pytest.raises(Refused, match="item 2 names the patron"):
        asking.ask(on(it, at(NOW, "a")), [1, 2], AFON, "")
    asking.ask(on(it, at(NOW, "a")), [1], AFON, "")


def test_a_publisher_is_told_no_name_of_before_either() -> None:
    work = Work("Notes on rivers, for Rhian Example")
    it = steps.add_items(on(begun(1), at(NOW, "more")), [steps.Wanted(work)]).ticket
    it = replace(it, patron=replace(it.patron, name="Gwennie", called=("Rhian Example",)))
    with pytest.raises(Refused, match="item 2 names the patron"):
        asking.ask(on(it, at(NOW, "a")), [2], AFON, "")
    for name in ("Ms Example", "Gwennie"):
        with pytest.raises(Refused, match="must not name the patron"):
            asking.ask(on(it, at(NOW, "a")), [1], AFON, f"It is for {name}.")


def test_a_work_by_somebody_of_the_same_first_name_may_be_asked_for() -> None:
    work = Work("A life of Rhian", authors="Other, Rhian")
    it = steps.add_items(on(begun(1), at(NOW, "more")), [steps.Wanted(work)]).ticket
    assert sent(asking.ask(on(it, at(NOW, "a")), [2], AFON, "")) == [Notice.DELIVERY_ASK]


def test_who_looks_at_two_deliveries_is_told_once() -> None:
    it = begun(1)
    it = steps.open_delivery(it, delivery(id="d2"), "mair", at(NOW, "open 2")).ticket
    change = fire(it, at(NOW + 30 * DAY, "due"))
    assert told(change) == ["delivery_due", "delivery_due"]
    assert len(change.alerts) == 1


def test_a_patron_who_prefers_several_together_gets_them_together() -> None:
    it = begun(3, pace=Pace.BATCH)
    change = giving.make_ready(on(it, at(NOW, "1")), 1, FILE)
    assert sent(change) == []
    change = giving.make_ready(on(change.ticket, at(NOW + DAY, "2")), 2, FILE)
    assert sent(change) == []
    ready = [item.next_at for item in one(change.ticket).items[:2]]
    assert ready[0] == ready[1]
    assert ready[0] is not None
    change = fire(change.ticket, at(ready[0], "batch"))
    assert Notice.DELIVERY_PART in sent(change)
    assert states(change.ticket) == ["delivered", "delivered", "wanted"]
    assert one(change.ticket).sent[-1].items == (1, 2)


def test_the_last_ones_wait_for_nothing() -> None:
    it = begun(2, pace=Pace.BATCH)
    it = giving.make_ready(on(it, at(NOW, "1")), 1, FILE).ticket
    change = giving.make_ready(on(it, at(NOW, "2")), 2, FILE)
    assert sent(change) == [Notice.DELIVERY_PART]
    assert one(change.ticket).sent[-1].ends
    assert states(change.ticket) == ["delivered", "delivered"]


def test_what_is_collected_is_told_to_be_ready_and_delivered_by_a_person() -> None:
    it = begun(1, handover=Handover.DESK)
    change = giving.make_ready(on(it, at(NOW, "1")), 1, None)
    assert (sent(change), states(change.ticket)) == ([Notice.DELIVERY_PART], ["ready"])
    change = giving.deliver(on(change.ticket, at(NOW + DAY, "2")), [1])
    assert (sent(change), states(change.ticket)) == ([Notice.DELIVERY_ACCOUNT], ["delivered"])


def test_what_goes_by_mail_needs_its_file_and_an_address() -> None:
    with pytest.raises(Refused, match="needs its file"):
        giving.make_ready(on(begun(), at(NOW, "1")), 1, None)
    it = replace(begun(), patron=Patron("Rhian Example", None))
    with pytest.raises(Refused, match="no address"):
        giving.make_ready(on(it, at(NOW, "1")), 1, FILE)


def test_whom_no_letter_reaches_somebody_has_to_tell() -> None:
    it = replace(begun(2), patron=Patron("Rhian Example", None))
    change = giving.give_up(on(it, at(NOW, "1")), 1, "out of print", "")
    assert sent(change) == []
    assert [alert.kind for alert in change.alerts] == [Call.DUE]
    assert one(change.ticket).sent == ()


def test_a_bad_scan_goes_back_with_its_fault_and_is_asked_for_again() -> None:
    it = asking.ask(on(begun(), at(NOW, "a")), [1], AFON, "").ticket
    it = steps.receive(on(it, at(NOW + DAY, "b")), [1]).ticket
    assert one(it).items[0].tries[0].had is True
    change = asking.send_back(on(it, at(NOW + DAY, "c")), 1, "pages 3 to 5 are missing")
    item = one(change.ticket).items[0]
    assert (item.state, item.asks, item.faults, item.tries[0].had) == (State.ASKED, 2, 1, None)
    letter = one(change.ticket).sent[-1]
    assert (letter.kind, letter.words) == (Kind.ASK, "pages 3 to 5 are missing")
    own = steps.receive(on(change.ticket, at(NOW, "d")), [2]).ticket
    with pytest.raises(Refused, match="did not come from a publisher"):
        asking.send_back(on(own, at(NOW, "e")), 2, "it is cut off")


def test_this_one_does_not_work_opens_that_one_alone() -> None:
    it = begun(2)
    for number in (1, 2):
        it = giving.make_ready(on(it, at(NOW, f"r{number}")), number, FILE).ticket
    assert not one(it).is_open
    change = giving.complain(on(it, at(NOW + DAY)), 2, "it reads page 4 before page 3")
    assert states(change.ticket) == ["delivered", "received"]
    item = one(change.ticket).items[1]
    assert (item.is_first, item.needs_somebody, item.file) == (True, True, None)
    assert one(change.ticket).is_open
    change = giving.make_ready(on(change.ticket, at(NOW + 2 * DAY, "again")), 2, FILE)
    assert sent(change) == [Notice.DELIVERY_PART]
    assert one(change.ticket).sent[-1].ends, "the account is given again"


def sent_two() -> tuple[Ticket, list[str]]:
    """Two works that went, each with a letter; and how the ids of these begin."""
    it = begun(3)
    for number in (1, 2):
        it = giving.make_ready(on(it, at(NOW, f"r{number}")), number, FILE).ticket
    return it, [one.id[:16] for one in one(it).sent]


def writes(it: Ticket, words: str, answers: tuple[str, ...], **fields: Any) -> Change:
    """The patron answers a letter of ours."""
    known: dict[str, Any] = {"id": "letter-7", "is_proven": True, "answers": answers} | fields
    letter = replace(LETTER, **known, complaint=complaint_in(words), wishes=answered(words))
    return hearing.with_returned(it, letter, add_letter, at(NOW + DAY, "wrote"))


@pytest.mark.parametrize(
    ("words", "open_again"),
    [
        ("This one doesn’t work.", [2]),
        ("I can't open it at all", [2]),
        ("Nid yw'n gweithio", [2]),
        ("Le fichier ne s’ouvre pas", [2]),
        ("هذا الملف لا يعمل", [2]),
        ("Work 1 does not open.", [1]),
        ("Work 1 and Work 2 don't work", [1, 2]),
        ("Work 3 does not work", [2]),
        ("Thank you, this one works", []),
        ("When are you open?", []),
        ("I see that you are not open tomorrow: is that so?", []),
    ],
)
def test_this_one_does_not_work_by_mail_opens_that_one_alone(
    words: str, open_again: list[int]
) -> None:
    it, letters = sent_two()
    change = writes(it, words, (letters[1],))
    items = one(change.ticket).items
    assert [item.number for item in items if item.state is State.RECEIVED] == open_again
    assert all(item.is_first and item.next_at for item in items if item.number in open_again)
    assert told(change).count("item_did_not_work") == len(open_again)
    assert told(change)[0] == "patron_wrote", "it is answered like any letter"
    said = [entry_ for entry_ in change.entries if entry_["event"] == "item_did_not_work"]
    assert all(entry_["letter"] == "letter-7" and words not in str(entry_) for entry_ in said)


@pytest.mark.parametrize(
    "fields",
    [{"is_proven": False}, {"sender_is_known": False}, {"automatic": True}, {"answers": ("0f0f",)}],
)
def test_nobody_but_the_patron_in_answer_to_copies_opens_one(fields: dict[str, Any]) -> None:
    it, letters = sent_two()
    answers = fields.pop("answers", (letters[1],))
    change = writes(it, "it doesn't work", answers, **fields)
    assert one(change.ticket).items == one(it).items


def test_where_it_is_not_plain_which_one_is_meant_none_is_opened() -> None:
    it, letters = sent_two()
    change = writes(it, "One of them doesn't work", tuple(letters))
    assert one(change.ticket).items == one(it).items
    assert told(change)[0] == "patron_wrote"


def test_copies_that_came_back_are_not_delivered() -> None:
    change = giving.make_ready(on(begun(2), at(NOW, "r")), 1, FILE)
    letter = one(change.ticket).sent[-1].id
    back = hearing.came_back(change.ticket, letter, "no such mailbox", at(NOW + DAY, "b"))
    assert back is not None
    assert states(back.ticket) == ["received", "wanted"]
    assert hearing.came_back(change.ticket, "another", "?", at(NOW + DAY, "b")) is None
    again = hearing.came_back(back.ticket, letter, "no such mailbox", at(NOW + DAY, "b"))
    assert again is None, "it is told once"


def test_a_date_that_nears_puts_items_first_and_offers_to_bring_them() -> None:
    needed = NOW + 14 * DAY
    it = begun(2, pace=Pace.BATCH, needed_by=needed)
    it = steps.put_off(on(it, at(NOW)), 2, NOW + 60 * DAY).ticket
    it = giving.make_ready(on(it, at(NOW + 10 * DAY, "r")), 1, FILE).ticket
    press = one(it).items[1].press_at
    assert press is not None
    assert NOW < press < needed
    assert not outlook_of(one(it), NOW).offer_hand
    change = fire(it, at(max(press, NOW + 11 * DAY), "near"))
    assert Call.NEAR in [alert.kind for alert in change.alerts]
    assert one(change.ticket).items[1].is_first
    assert outlook_of(one(change.ticket), press).offer_hand
    assert states(change.ticket)[0] == "delivered", "what is ready does not wait for others"
    assert "items_pressing" not in told(fire(change.ticket, at(press + DAY, "again")))


def test_when_it_comes_is_said_from_what_they_did_before_or_not_at_all() -> None:
    it = asking.ask(on(begun(), at(NOW, "a")), [1], HILL, "").ticket
    it = asking.ask(on(it, at(NOW, "b")), [2], AFON, "").ticket
    assert [item.expected_at for item in one(it).items] == [NOW + 12 * DAY, None, None]
    it = steps.change_delivery(on(it, at(NOW)), {"needed_by": NOW + 13 * DAY}).ticket
    assert outlook_of(one(it), NOW).by_date == (1,)
    it = fire(it, at(NOW + 15 * DAY, "late")).ticket
    assert one(it).items[0].expected_at is None, "it is later than usual: nobody knows"


def test_how_publishers_did() -> None:
    def went(days: int, had: bool | None) -> Outcome:
        return Outcome(NOW, None, NOW + days * DAY if had is not None else None, had)

    few = record_of([went(3, True), went(5, True), went(1, None)])
    assert (few.asked, few.had, few.median_days, few.share) == (3, 2, None, 1.0)
    known = record_of([went(3, True), went(5, True), went(30, True), went(9, False)])
    assert (known.median_days, known.share, known.refused) == (5.0, 0.75, 1)
    assert record_of([]).share is None


def test_a_publisher_is_not_asked_without_a_ground() -> None:
    with pytest.raises(Refused, match="ground"):
        asking.ask(on(begun(rights=" "), at(NOW)), [1], AFON, "")
    it = asking.ask(on(begun(), at(NOW)), [1], AFON, "").ticket
    with pytest.raises(Refused, match="with this publisher already"):
        asking.ask(on(it, at(NOW)), [1], AFON, "")


def test_a_full_delivery_stays_small_and_is_read_as_it_was_written() -> None:
    it = begun(200, needed_by=NOW + 30 * DAY)
    long = Work("T" * 300, "A" * 300, "2019", "9780306406157", "10.1000/1", "", "W" * 300)
    items = tuple(replace(item, work=long) for item in one(it).items)
    it = replace(it, deliveries=(replace(one(it), items=items),))
    for number in range(1, 201):
        it = asking.ask(on(it, at(NOW, f"a{number}")), [number], HILL, "").ticket
    written = documents_of(it.deliveries)
    assert deliveries_of(written) == it.deliveries
    assert len(str(written)) < 512 * 1024


# Nobody has said in which form: the patron is asked, once.


def unsaid(**fields: Any) -> tuple[Ticket, str]:
    """A delivery of which nobody knows the form, and how the id of the letter begins that asks."""
    it = begun(2, format="", **fields)
    return it, one(it).sent[0].id[:16]


def test_a_patron_is_asked_once_in_which_form_and_somebody_is_reminded_of_it() -> None:
    change = steps.open_delivery(ticket(), delivery(format=""), "mair", at(NOW, "open"))
    assert sent(change) == [Notice.DELIVERY_FORMAT]
    it = steps.add_items(on(change.ticket, at(NOW, "list")), [steps.Wanted(Work("A"))]).ticket
    it = steps.put_off(on(it, at(NOW)), 1, NOW + 300 * DAY).ticket
    due = one(it).format_by
    assert due is not None
    assert one(it).next_at == due
    change = fire(it, at(due, "look"))
    assert (told(change), sent(change)) == (["delivery_due"], [])
    assert [alert.kind for alert in change.alerts] == [Call.DUE]
    later = one(change.ticket).next_at
    assert later is not None
    assert later > due
    second = steps.open_delivery(it, delivery(id="d2", format=""), "mair", at(NOW, "second"))
    assert sent(second) == [], "they have been asked"
    other = replace(it, deliveries=())
    elsewhere = steps.open_delivery(
        other, delivery(format=""), "mair", at(NOW, "x"), was_asked=True
    )
    assert sent(elsewhere) == []
    assert one(elsewhere.ticket).next_at is not None


@pytest.mark.parametrize(
    ("words", "wishes"),
    [
        ("Large print, 24 pt please", {"format": "large_print", "point_size": 24.0}),
        ("Braille, gradd 1, os gwelwch yn dda", {"format": "brf", "braille_grade": 1}),
        ("Braille radd 2", {"format": "brf", "braille_grade": 2}),
        ("large print (and the size, if you know it: 18 pt, 24 pt)", {"format": "large_print"}),
        ("braille (grade 1 or grade 2)", {"format": "brf"}),
        ("braille (intégral ou abrégé)", {"format": "brf"}),
        ("en braille abrégé, merci", {"format": "brf", "braille_grade": 2}),
        ("خط كبير من فضلكم", {"format": "large_print"}),
    ],
)
def test_what_the_patron_answers_is_known_from_then_on(
    words: str, wishes: dict[str, object]
) -> None:
    it, asked = unsaid()
    change = writes(it, words, (asked,))
    assert told(change)[:2] == ["patron_wrote", "format_known"]
    after = one(change.ticket)
    assert (after.wishes, after.format_by, after.has_format) == (wishes, None, True)
    assert Call.DUE in [alert.kind for alert in change.alerts], "somebody sees what was understood"
    assert words not in str(change.entries)
    assert sent(asking.ask(on(change.ticket, at(NOW + DAY, "a")), [1], AFON, "")) == [
        Notice.DELIVERY_ASK
    ]


@pytest.mark.parametrize(
    "words",
    [
        "I can't read braille",
        "Not braille: audio",
        "audio or large print, as you like",
        "Whatever is easiest",
        "Large print. " + "It is a long story. " * 40,
        "Je ne lis pas le braille",
    ],
)
def test_what_is_not_plain_of_a_form_is_for_somebody_to_read_soon(words: str) -> None:
    it, asked = unsaid()
    change = writes(it, words, (asked,))
    assert told(change)[:2] == ["patron_wrote", "format_unclear"]
    after, before = one(change.ticket), one(it)
    assert not after.has_format
    assert after.format_by is not None
    assert before.format_by is not None
    assert after.format_by < before.format_by


@pytest.mark.parametrize(
    "fields",
    [{"is_proven": False}, {"sender_is_known": False}, {"automatic": True}, {"answers": ("0f0f",)}],
)
def test_nobody_but_the_patron_as_they_were_asked_says_the_form(fields: dict[str, Any]) -> None:
    it, asked = unsaid()
    change = writes(it, "braille", fields.pop("answers", (asked,)), **fields)
    assert not one(change.ticket).has_format


def test_nothing_goes_out_before_it_is_known_in_which_form() -> None:
    it, _ = unsaid()
    with pytest.raises(Refused, match="in which form"):
        asking.ask(on(it, at(NOW)), [1], AFON, "")
    with pytest.raises(Refused, match="in which form"):
        giving.make_ready(on(it, at(NOW)), 1, FILE)
    known = steps.change_delivery(on(it, at(NOW)), {"format": "braille"}).ticket
    assert one(known).format_by is None
    assert states(giving.make_ready(on(known, at(NOW)), 1, FILE).ticket)[0] == "delivered"


def test_whom_no_letter_reaches_is_asked_by_somebody() -> None:
    nobody = replace(ticket(), patron=Patron("Rhian Example", None))
    change = steps.open_delivery(nobody, delivery(format=""), "mair", at(NOW, "open"))
    assert sent(change) == []
    assert [alert.kind for alert in change.alerts] == [Call.DUE]
    assert one(change.ticket).format_by is not None


def test_wishes_are_read_as_they_were_written() -> None:
    it, asked = unsaid()
    for after in (it, writes(it, "large print 22.5 pt", (asked,)).ticket):
        assert deliveries_of(documents_of(after.deliveries)) == after.deliveries


# Whatever is done, and whenever: never an item without a next step.

ACTS: Final = (
    *("ask", "ask_other", "receive", "send_back", "convert", "converted", "failed", "ready"),
    *("deliver", "give_up", "withdraw", "complain", "resume", "chase", "wrote", "fire", "find"),
    *("add", "hand", "near", "say", "answer"),
)


def _done(it: Ticket, act: str, number: int, now: datetime, cause: str) -> Ticket:
    s = at(now, cause)
    ask = one(it).sent[-1].id[:16] if one(it).sent else "none"
    doing: dict[str, Any] = {
        "ask": lambda: asking.ask(on(it, s), [number], AFON, ""),
        "ask_other": lambda: asking.ask(on(it, s), [number], HILL, ""),
        "receive": lambda: steps.receive(on(it, s), [number]),
        "send_back": lambda: asking.send_back(on(it, s), number, "bad"),
        "convert": lambda: converting.convert(on(it, s), number, FILE, {"format": "pdf"}),
        "converted": lambda: converting.converted(on(it, s), number, FILE, 0),
        "failed": lambda: converting.failed(on(it, s), number, "too large"),
        "ready": lambda: giving.make_ready(on(it, s), number, FILE),
        "deliver": lambda: giving.deliver(on(it, s), [number]),
        "give_up": lambda: giving.give_up(on(it, s), number, "gone", ""),
        "withdraw": lambda: steps.withdraw(on(it, s), [number], "no more"),
        "complain": lambda: giving.complain(on(it, s), number, "bad"),
        "resume": lambda: steps.resume(on(it, s), number),
        "chase": lambda: asking.chase(on(it, s), [number], ""),
        "find": lambda: steps.find(on(it, s), [number], Plan.SCAN),
        "add": lambda: steps.add_items(on(it, s), [steps.Wanted(Work("More"))]),
        "hand": lambda: steps.change_delivery(on(it, s), {"handover": Handover.HAND}),
        "near": lambda: steps.change_delivery(on(it, s), {"needed_by": now + DAY}),
        "say": lambda: steps.change_delivery(on(it, s), {"format": "braille"}),
        "answer": lambda: writes(it, "audio" if number > 1 else "Hm.", (ask,)),
        "wrote": lambda: hearing.answer(it, LETTER, ask, s),
        "fire": lambda: fire(it, s),
    }
    try:
        change: Change = doing[act]()
    except Refused:
        return it
    return replace(change.ticket, version=it.version + 1)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(ACTS), st.integers(1, 4), st.integers(0, 30)), max_size=40),
    st.sampled_from(Pace),
    st.sampled_from(("braille", "")),
)
def test_nothing_is_ever_without_a_next_step(
    acts: list[tuple[str, int, int]], pace: Pace, wanted: str
) -> None:
    it, now = begun(3, pace=pace, format=wanted), NOW
    for place, (act, number, days) in enumerate(acts):
        now += days * DAY
        it = _done(it, act, number, now, f"cause {place}")
        for item in one(it).items:
            assert (item.next_at is None) is (item.state in ENDS)
        is_ended = all(item.is_ended for item in one(it).items)
        assert one(it).is_open is not is_ended
        assert (one(it).next_at is None) is is_ended
        if not is_ended:
            assert next_due(it) is not None


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(ACTS), st.integers(1, 3), st.integers(0, 9)), max_size=25)
)
def test_whatever_is_due_moves_on_when_it_fires(acts: list[tuple[str, int, int]]) -> None:
    it, now = begun(3), NOW
    for place, (act, number, days) in enumerate(acts):
        now += days * DAY
        it = _done(it, act, number, now, f"cause {place}")
    due = one(it).next_at
    if due is None:
        return
    after = one(fire(it, at(max(due, now), "due")).ticket)
    assert after.next_at is None or after.next_at > max(due, now)
