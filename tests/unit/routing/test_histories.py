"""Any history of letters, staff and clocks: what holds in every one of them."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from services.routing.actions import assign, correct, note, reopen, reply, resolve, wait
from services.routing.arrival import add_letter, open_ticket
from services.routing.contact import miss, reach
from services.routing.documents import fields_of, ticket_of
from services.routing.due import Kind, fire, is_silent, next_due
from services.routing.ledger import renegotiate
from services.routing.merging import absorb, merge
from services.routing.ownership import accept, decline, escalate
from services.routing.promise import NotRenegotiable, Promise, PromiseState
from services.routing.situation import Situation
from services.routing.splitting import Part, open_apart, split
from services.routing.status import ENDED, Event, Refused, Status
from services.routing.tags import retagged, tag
from services.routing.ticket import Change, Letter, Patron, Ticket
from tests.properties import examples
from tests.unit.examples import LETTER, NOW, REFERENCE
from tests.unit.routing.people import EVERYBODY, as_owner, at, away

WHO: Final = st.sampled_from(EVERYBODY)
REASSIGNED: Final = {"handed_over", "left_to_team", "escalated", "declined", "assigned", "claimed"}


class Histories(RuleBasedStateMachine):
    """One ticket, and everything that can happen to it."""

    @initialize(lost=st.booleans(), nobody=st.booleans())
    def a_patron_writes_first(self, lost: bool, nobody: bool) -> None:
        self.now: datetime = NOW
        self.gone: set[str] = {one.id for one in EVERYBODY} if nobody else set()
        self.number = 0
        self.ledger: list[Promise] = []
        letter = replace(LETTER, lost_by="phone" if lost else None)
        change = open_ticket(REFERENCE, letter, self.situation())
        self.it: Ticket = change.ticket
        self.ledger += change.promises

    def situation(self) -> Situation:
        self.number += 1
        people = [away(one) if one.id in self.gone else one for one in EVERYBODY]
        return at(self.now, f"cause-{self.number}", people)

    def letter(self, **fields: Any) -> Letter:
        self.number += 1
        return replace(LETTER, id=f"letter-{self.number}", at=self.now, **fields)

    def happened(self, change: Change) -> None:
        assert change.ticket.version == self.it.version + 1
        assert len({one.message_id for one in change.messages}) == len(change.messages)
        assert len({one.id for one in change.alerts}) == len(change.alerts)
        events = {one["event"] for one in change.entries}
        if events & REASSIGNED and not change.ticket.is_ended:
            assert change.ticket.promise is not None
            assert change.ticket.promise.is_open
        self.ledger += change.promises
        self.it = change.ticket

    def tried(self, decide: Any) -> None:
        """What staff do: it happens, or is refused and changes nothing."""
        try:
            change = decide(self.it, self.situation())
        except (Refused, NotRenegotiable):
            return
        self.happened(change)

    # The patron.

    @rule(proven=st.booleans())
    def the_patron_writes(self, proven: bool) -> None:
        self.happened(add_letter(self.it, self.letter(is_proven=proven), self.situation()))
        assert self.it.is_unanswered
        assert not self.it.is_ended

    @rule()
    def the_patron_says_thank_you(self) -> None:
        before = self.it
        self.happened(add_letter(before, self.letter(is_bare_thanks=True), self.situation()))
        kept = replace(
            before, version=self.it.version, praise=before.praise + 1, thread=self.it.thread
        )
        assert self.it == kept

    @rule(returned=st.booleans())
    def a_machine_writes(self, returned: bool) -> None:
        before = self.it
        letter = self.letter(automatic=True, is_returned=returned, is_proven=True)
        self.happened(add_letter(before, letter, self.situation()))
        if not returned:
            assert self.it == replace(before, version=self.it.version)
        else:
            assert self.it.status not in ENDED
            assert self.it.lost is not None

    @rule()
    def a_call_is_cut_off(self) -> None:
        self.happened(add_letter(self.it, self.letter(lost_by="phone"), self.situation()))
        assert self.it.lost is not None
        assert self.it.lost.due_at is not None

    # Staff.

    @rule(who=WHO, by=WHO)
    def it_is_given_to_somebody(self, who: Any, by: Any) -> None:
        self.tried(lambda it, s: assign(it, as_owner(who), by.id, s))

    @rule(who=WHO)
    def somebody_answers(self, who: Any) -> None:
        self.tried(lambda it, s: reply(it, as_owner(who), f"words-{self.number}", s))

    @rule(who=WHO)
    def somebody_notes_something(self, who: Any) -> None:
        self.tried(lambda it, s: note(it, who.id, "note", s.now))

    @rule(event=st.sampled_from([Event.WAIT_FOR_PATRON, Event.WAIT_FOR_THIRD_PARTY]))
    def it_waits(self, event: Event) -> None:
        self.tried(lambda it, s: wait(it, event, "mair", s.now, None))

    @rule(because=st.sampled_from([None, "spam"]))
    def it_is_resolved(self, because: str | None) -> None:
        self.tried(lambda it, s: resolve(it, "mair", because, s))

    @rule()
    def it_is_reopened(self) -> None:
        self.tried(lambda it, s: reopen(it, "mair", s))

    @rule()
    def its_owner_cant_solve_it(self) -> None:
        who = self.it.owner or as_owner(EVERYBODY[0])
        self.tried(lambda it, s: escalate(it, who, "I can't", s))

    @rule(yes=st.booleans())
    def who_was_asked_says(self, yes: bool) -> None:
        who = self.it.owner or as_owner(EVERYBODY[0])
        if yes:
            self.tried(lambda it, s: accept(it, who, s))
        else:
            self.tried(lambda it, s: decline(it, who, "not me", s))

    @rule(who=WHO, reached=st.booleans())
    def somebody_calls(self, who: Any, reached: bool) -> None:
        went = reach if reached else miss
        self.tried(lambda it, s: went(it, as_owner(who), "phone", "note", s))

    @rule(days=st.integers(1, 10))
    def the_promise_is_renegotiated(self, days: int) -> None:
        due_at = self.now + timedelta(days=days)
        self.tried(lambda it, s: renegotiate(it, due_at, "so it is", "mair", s))

    @rule(topic=st.sampled_from(["general", "local-history"]))
    def staff_know_better(self, topic: str) -> None:
        self.tried(lambda it, s: correct(it, "mair", s.now, topic=topic))

    @rule(tags=st.sets(st.sampled_from(["map", "loan", "atlas"])))
    def it_is_tagged(self, tags: set[str]) -> None:
        self.tried(lambda it, s: tag(it, retagged(it.tags, tags, ["map"]), "mair", s.now))
        assert list(self.it.tags) == sorted(set(self.it.tags))

    # Other tickets.

    def another(self, mine: bool, answered: bool, lost: bool) -> tuple[Ticket, list[Promise]]:
        """One more, of the same patron or another one."""
        patron = LETTER.patron if mine else Patron("Gwen Invented", "gwen@patrons.example")
        letter = self.letter(patron=patron, lost_by="phone" if lost else None)
        change = open_ticket(f"ENQ-{self.number}", letter, self.situation())
        promises = [*change.promises]
        if answered:
            who = as_owner(EVERYBODY[0])
            change = reply(change.ticket, who, f"words-{self.number}", self.situation())
            promises += change.promises
        return change.ticket, promises

    @rule(mine=st.booleans(), answered=st.booleans(), lost=st.booleans())
    def another_is_merged_into_it(self, mine: bool, answered: bool, lost: bool) -> None:
        other, _ = self.another(mine, answered, lost)
        before = self.it
        try:
            gone = merge(other, before, "mair", self.situation())
        except Refused:
            return
        self.check_it_is_gone(gone)
        change = absorb(before, gone.ticket, gone.entries[0], self.situation())
        assert change is not None
        self.happened(change)
        self.check_what_stands(other, gone)

    @rule(mine=st.booleans(), answered=st.booleans(), lost=st.booleans())
    def it_is_merged_into_another(self, mine: bool, answered: bool, lost: bool) -> None:
        other, promises = self.another(mine, answered, lost)
        before = self.it
        self.tried(lambda it, s: merge(it, other, "mair", s))
        if self.it is before:
            return
        gone = Change(self.it, (self.merged_row(before, other),))
        self.check_it_is_gone(gone)
        self.the_ledger_agrees_with_the_promise()
        self.it, self.ledger = other, promises
        change = absorb(other, gone.ticket, gone.entries[0], self.situation())
        assert change is not None
        self.happened(change)
        self.check_what_stands(before, gone)

    def merged_row(self, before: Ticket, other: Ticket) -> Any:
        return merge(before, other, "mair", self.situation()).entries[0]

    def check_it_is_gone(self, gone: Change) -> None:
        assert next_due(gone.ticket) is None
        assert gone.ticket.is_ended
        assert gone.ticket.promise is None or not gone.ticket.promise.is_open

    def check_what_stands(self, merged: Ticket, gone: Change) -> None:
        """Whatever was owed there is owed here, no later, by the same word."""
        row = gone.entries[0]
        if not row["is_owed"]:
            return
        assert not self.it.is_ended
        assert self.it.promise is not None
        assert self.it.promise.is_open
        assert row["due_at"] is None or self.it.promise.due_at <= row["due_at"]
        assert self.it.lost is not None or merged.lost is None
        assert self.it.owner is not None or self.it.seek_at is not None

    @precondition(lambda self: len(self.it.thread) > 1)
    @rule(subject=st.sampled_from([None, "Another thing"]))
    def a_part_of_it_is_split_off(self, subject: str | None) -> None:
        before, name = self.it, f"ENQ-S{self.number}"
        last = before.thread[-1]
        part = Part((last.letter_id,), (), subject)
        self.tried(lambda it, s: split(it, part, name, "mair", s))
        if self.it is before:
            return
        row = split(before, part, name, "mair", self.situation()).entries[0]
        letter = replace(self.letter(), id=last.letter_id)
        new = open_apart(self.it, [letter], row, self.situation()).ticket
        assert not is_silent(new)
        assert new.promise is not None
        assert {*self.it.thread} | {*new.thread} == {*before.thread} | {*new.thread}
        assert not {one.letter_id for one in self.it.thread} & {last.letter_id}

    @rule(who=WHO)
    def somebody_comes_or_goes(self, who: Any) -> None:
        self.gone ^= {who.id}

    # Time.

    @rule(minutes=st.sampled_from([1, 30, 240, 1440, 20_000]))
    def time_passes(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @precondition(lambda self: next_due(self.it) is not None)
    @rule(late=st.sampled_from([0, 1, 600]))
    def something_falls_due(self, late: int) -> None:
        due = next_due(self.it)
        assert due is not None
        self.now = max(self.now, due.at + timedelta(minutes=late))
        before = self.it
        self.happened(fire(before, due, self.situation()))
        assert next_due(self.it) != due, "a moment that has fired is no longer there"
        if due.kind is Kind.CLOSING:
            assert self.it.is_ended

    @precondition(lambda self: next_due(self.it) is not None)
    @rule(days=st.sampled_from([0, 7]))
    def the_service_was_down(self, days: int) -> None:
        """Everything that is due fires, and it comes to an end."""
        self.now += timedelta(days=days)
        for _ in range(20):
            due = next_due(self.it)
            if due is None or due.at > self.now:
                return
            self.happened(fire(self.it, due, self.situation()))
        raise AssertionError("it never ends")

    # What holds whatever happened.

    @invariant()
    def nobody_is_left_in_silence(self) -> None:
        assert not is_silent(self.it)

    @invariant()
    def somebody_has_it_or_is_looked_for(self) -> None:
        if self.it.owner is None and not self.it.is_ended:
            assert self.it.seek_at is not None
            assert self.it.owner_by is not None
            assert self.it.why["owner"]
            assert self.it.status is not Status.ASSIGNED

    @invariant()
    def who_has_it_is_known_by_its_status(self) -> None:
        if self.it.status is Status.NEW:
            assert self.it.owner is None

    @invariant()
    def the_ledger_agrees_with_the_promise(self) -> None:
        made = [one for one in self.ledger if one.state is PromiseState.MADE]
        ended = [one for one in self.ledger if one.state is not PromiseState.MADE]
        is_open = self.it.promise is not None and self.it.promise.is_open
        assert len(made) - len(ended) == is_open
        assert [one.made_at for one in ended] == [one.made_at for one in made][: len(ended)]

    @invariant()
    def it_is_read_as_it_is_stored(self) -> None:
        assert ticket_of({"_id": self.it.reference, **fields_of(self.it)}) == self.it


Histories.TestCase.settings = settings(examples(2000), stateful_step_count=12)
test_any_history = Histories.TestCase
