"""From a delivery as it was to the change of its ticket: letters, timeline, whom it concerns, and
the final account once nothing is left to do. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from services.routing.deliveries.chasing import after_open_days
from services.routing.deliveries.cutting_short import cut_short
from services.routing.deliveries.delivery import Delivery, Handover, Kind, Sent
from services.routing.deliveries.item import Act, Item, NotPossible, State, moved
from services.routing.ownership import alerts_above
from services.routing.situation import Situation
from services.routing.status import Refused
from services.routing.ticket import Alert, Change, Ticket, entry, touched
from shared.messages import Notice, NoticeRequested, derived_id

NOTICES: Final = {
    Kind.ASK: Notice.DELIVERY_ASK,
    Kind.CHASE: Notice.DELIVERY_CHASE,
    Kind.PART: Notice.DELIVERY_PART,
    Kind.CANNOT: Notice.DELIVERY_CANNOT,
    Kind.ACCOUNT: Notice.DELIVERY_ACCOUNT,
    Kind.FORMAT: Notice.DELIVERY_FORMAT,
}
BY_LETTER: Final = frozenset({Handover.MAIL, Handover.LINK})
"""What goes to the patron with the letter itself."""


class Call(StrEnum):
    """Why a staff member is told of a delivery: kinds of alert."""

    DUE = "delivery_due"
    WROTE = "publisher_wrote"
    NEAR = "delivery_near"


@dataclass(frozen=True)
class Step:
    """What is made of a delivery, before its ticket is changed by it."""

    delivery: Delivery
    event: str
    items: tuple[int, ...] = ()
    letters: tuple[Sent, ...] = ()


def found(ticket: Ticket, delivery_id: str) -> Delivery:
    """The delivery. Raises: Refused: there is none of that id."""
    known = next((one for one in ticket.deliveries if one.id == delivery_id), None)
    if known is None:
        raise Refused("there is no such delivery", ticket.status)
    return known


def chosen(ticket: Ticket, delivery: Delivery, numbers: Sequence[int]) -> list[Item]:
    """Those items. Raises: Refused: one of them is not there."""
    items = [delivery.item(one) for one in dict.fromkeys(numbers)]
    known = [one for one in items if one is not None]
    if len(known) < len(items) or not known:
        raise Refused("there is no such item", ticket.status)
    return known


def acted(
    ticket: Ticket, item: Item, act: Act, at: datetime | None, s: Situation, **k: Any
) -> Item:
    """The item after this. Raises: Refused."""
    try:
        return moved(item, act, s.now, at, **k)
    except NotPossible as error:
        raise Refused(str(error), ticket.status) from error


def look_at(ticket: Ticket, s: Situation) -> datetime:
    """When somebody is told again of what waits for them."""
    days = s.library.deliveries.look_after_open_days
    return after_open_days(s.calendar(ticket.team), s.now, days)


def soon(ticket: Ticket, s: Situation) -> datetime:
    """By when somebody is to look at what has come."""
    days = s.library.deliveries.read_within_open_days
    return after_open_days(s.calendar(ticket.team), s.now, days)


def chase_at(ticket: Ticket, s: Situation) -> datetime:
    """When a publisher who has not answered is asked again."""
    days = s.library.deliveries.chase_after_open_days
    return after_open_days(s.calendar(ticket.team), s.now, days)


def letter(
    kind: Kind, items: Iterable[Item], delivery: Delivery, s: Situation, **more: Any
) -> Sent:
    """A letter about these items; the same cause always names it alike."""
    numbers = tuple(one.number for one in items)
    whom = str(more.get("publisher") or "")
    name = derived_id(s.cause, delivery.id, kind, whom, *map(str, numbers))
    return Sent(name, kind, s.now, numbers, **more)


def changed(ticket: Ticket, step: Step, by: str, s: Situation, **more: Any) -> Change:
    """The ticket with the delivery as it is now; at its end the patron is given an account."""
    delivery, cancelled = cut_short(step.delivery, ticket.reference, s)
    letters, is_over = step.letters, _is_over(delivery)
    if is_over:
        delivery = replace(delivery, accounted_at=s.now)
        letters = _with_account(letters, delivery, s)
    can_go = tuple(one for one in letters if one.publisher or ticket.patron.address is not None)
    # Whom no letter reaches somebody has to tell.
    alerts = calls(ticket, Call.DUE, s) if len(can_go) < len(letters) else ()
    delivery = delivery.with_sent(*can_go)
    known = [delivery if one.id == delivery.id else one for one in ticket.deliveries]
    if all(one.id != delivery.id for one in ticket.deliveries):
        known.append(delivery)
    after = touched(ticket, s.now, deliveries=tuple(known))
    named = {"items": list(step.items)} if step.items else {}
    entries = [entry(s.now, step.event, by, delivery=delivery.id, **named, **more)]
    if is_over:
        entries.append(entry(s.now, "delivery_ended", "desk", delivery=delivery.id))
    asked = (_asked(ticket, one, place, s) for place, one in enumerate(can_go))
    return Change(after, tuple(entries), (*asked, *cancelled), alerts=alerts)


def _is_over(delivery: Delivery) -> bool:
    """Whether nothing is left to do, and the patron has no account of it yet."""
    is_done = bool(delivery.items) and all(one.is_ended for one in delivery.items)
    return is_done and delivery.accounted_at is None


def _with_account(letters: tuple[Sent, ...], delivery: Delivery, s: Situation) -> tuple[Sent, ...]:
    """What became of all that was wanted: in the patron's letter of this moment, if there is one,
    for nobody is written to twice about one thing."""
    for place, one in enumerate(letters):
        if one.publisher is None:
            return (*letters[:place], replace(one, ends=True), *letters[place + 1 :])
    return (*letters, letter(Kind.ACCOUNT, delivery.items, delivery, s))


def _asked(ticket: Ticket, sent: Sent, place: int, s: Situation) -> NoticeRequested:
    """A letter goes after those before it: by its moment, of which MongoDB keeps milliseconds."""
    is_patrons = sent.publisher is None and bool(ticket.thread)
    return NoticeRequested(
        message_id=sent.id,
        reference=ticket.reference,
        at=s.now + timedelta(milliseconds=place),
        notice=NOTICES[sent.kind],
        about=ticket.thread[-1].letter_id if is_patrons else None,
    )


def calls(ticket: Ticket, kind: Call, s: Situation, *, urgent: bool = False) -> tuple[Alert, ...]:
    """That whoever has the ticket be told; who stands above, if nobody has it or they are away."""
    if ticket.owner is not None and not s.is_away(ticket.owner):
        return (s.alert(ticket, ticket.owner.id, kind, urgent=urgent),)
    return alerts_above(ticket, kind, s, urgent=urgent)


def chased(ticket: Ticket, item: Item, at: datetime, s: Situation) -> Item:
    """They are asked again. What should have been there by now is later than usual: nobody can say
    when it comes. Raises: Refused."""
    last = item.tries[-1]
    asked = replace(last, asks=last.asks + 1, chased=last.chased + 1, last_at=s.now)
    tries = (*item.tries[:-1], asked)
    is_late = item.expected_at is not None and item.expected_at <= s.now
    expected = None if is_late else item.expected_at
    return acted(ticket, item, Act.CHASE, at, s, tries=tries, expected_at=expected)


@dataclass(frozen=True)
class On:
    """Who does something with which delivery, and in which situation."""

    ticket: Ticket
    delivery_id: str
    by: str
    s: Situation

    @property
    def delivery(self) -> Delivery:
        """Raises: Refused: there is none of that id."""
        return found(self.ticket, self.delivery_id)

    def chosen(self, numbers: Sequence[int]) -> list[Item]:
        """Its items of these numbers. Raises: Refused."""
        return chosen(self.ticket, self.delivery, numbers)

    def acted(self, item: Item, act: Act, at: datetime | None, **changes: Any) -> Item:
        """The item after this. Raises: Refused."""
        return acted(self.ticket, item, act, at, self.s, **changes)

    def changed(self, step: Step, **more: Any) -> Change:
        """The ticket after it."""
        return changed(self.ticket, step, self.by, self.s, **more)

    def done(
        self, items: Sequence[Item], event: str, delivery: Delivery | None = None, **more: Any
    ) -> Change:
        """The ticket after something that goes to nobody."""
        numbers = tuple(one.number for one in items)
        after = (delivery or self.delivery).with_items(items)
        return self.changed(Step(after, event, numbers), **more)

    def check_at_work(self) -> None:
        """Raises: Refused."""
        if self.ticket.is_ended:
            raise Refused("the ticket is over: reopen it first", self.ticket.status)


def check_format(on: On) -> None:
    """Raises: Refused: nobody has said yet in which form they are needed."""
    if not on.delivery.has_format:
        raise Refused("nobody has said in which form: say it first", on.ticket.status)


def handed(ticket: Ticket, delivery: Delivery, items: Sequence[Item], s: Situation) -> Step:
    """These go to the patron by letter; with the files that staff have checked. Raises: Refused."""
    if ticket.patron.address is None:
        raise Refused("the patron gave no address: hand it over in another way", ticket.status)
    gone = [acted(ticket, one, Act.DELIVER, None, s) for one in items]
    sent = letter(Kind.PART, gone, delivery, s)
    numbers = tuple(one.number for one in gone)
    return Step(delivery.with_items(gone), "items_delivered", numbers, (sent,))


def ready_of(delivery: Delivery) -> list[Item]:
    """What could go to the patron."""
    return [one for one in delivery.items if one.state is State.READY]
