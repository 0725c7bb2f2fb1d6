"""The staff's routes for accessible copies: `/v1/tickets/{reference}/deliveries…`. A delivery is a
part of its ticket: its version is the ticket's, and so is who may know of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from aiohttp import web

from services.routing.changes import BRIEF, Counter, Decide
from services.routing.deliveries import asking, converting, giving, steps
from services.routing.deliveries.changing import On
from services.routing.deliveries.delivery import Delivery
from services.routing.deliveries.item import File, Item, Work
from services.routing.delivery_bodies import (
    AskIn,
    CannotIn,
    ChaseIn,
    DeliveriesAnswer,
    DeliveryAnswer,
    DeliveryChangeIn,
    DeliveryIn,
    FaultIn,
    FindIn,
    ItemsIn,
    ListIn,
    NumberIn,
    NumbersIn,
    ProposalsAnswer,
    PutOffIn,
    ReadyIn,
    WithdrawIn,
)
from services.routing.delivery_forms import changes_of, form_of
from services.routing.delivery_lists import works_for
from services.routing.delivery_views import delivery_shown
from services.routing.descriptions import OF_FILES, changing
from services.routing.once import Scoped, cause_of
from services.routing.patron_needs import needs_from_before
from services.routing.situation import Situation
from services.routing.ticket import Change, Ticket
from shared.described import About
from shared.keys import Caller, Scope
from shared.messages import derived_id
from shared.problems import Problem, body_of, json_answer

_ALL = "/v1/tickets/{reference}/deliveries"
ONE = f"{_ALL}/{{delivery}}"


@dataclass(frozen=True)
class Deliveries:
    """What can be done with the deliveries of a ticket."""

    counter: Counter

    async def list_deliveries(self, request: web.Request, caller: Caller) -> web.Response:
        """`GET …/deliveries`: all of a ticket's."""
        ticket = await self._read(request, caller)
        now, rows = self.counter.desk.clock(), await self._rows(ticket.deliveries)
        shown = [
            delivery_shown(one, ticket.version, now, rows, ticket.language)
            for one in ticket.deliveries
        ]
        return json_answer({"items": shown, "next": None}, ETag=f'"{ticket.version}"')

    async def get_delivery(self, request: web.Request, caller: Caller) -> web.Response:
        """`GET …/deliveries/{delivery}`: with an ETag of its ticket's version."""
        ticket = await self._read(request, caller)
        return await self._told(ticket, named(ticket, request.match_info["delivery"]))

    async def open_delivery(self, request: web.Request, caller: Caller) -> web.Response:
        """`POST …/deliveries`: a patron needs copies in a form that they can read. What is not said
        is as it was in their last delivery; the format, if nobody knows it, is asked of them."""
        body = await body_of(request, DeliveryIn)
        made = derived_id(cause_of(request, caller), "delivery")[:16]
        ticket = await self.counter.here(request, caller)
        before = await needs_from_before(self.counter, ticket, caller)

        was_asked = before.pop("was_asked", False)
        said = body.model_dump(include=body.model_fields_set, exclude_none=True)

        def decide(it: Ticket, s: Situation) -> Change:
            known = body.model_dump() | before | said
            known |= form_of(said, it.format, before)
            begun = Delivery(id=made, opened_at=s.now, opened_by=caller.id, list_by=None, **known)
            return steps.open_delivery(it, begun, caller.id, s, was_asked=was_asked)

        return await self._carried_out(request, caller, decide, made)

    async def change_delivery(self, request: web.Request, caller: Caller) -> web.Response:
        """`POST …/change`: another date, another way to hand it over, what else is known."""
        body = await body_of(request, DeliveryChangeIn)
        return await self.step(
            request,
            caller,
            lambda on: steps.change_delivery(on, changes_of(body, on.delivery)),
        )

    async def read_list(self, request: web.Request, caller: Caller) -> web.Response:
        """`POST …/list {"text" | "file" | "catalogue"}`: what a list is read as, to be looked over.
        Nothing is kept."""
        body = await body_of(request, ListIn)
        ticket = await self._read(request, caller)
        named(ticket, request.match_info["delivery"])
        found = [vars(one) for one in await works_for(self.counter, ticket, body, caller)]
        return json_answer({"items": found})

    async def add_items(self, request: web.Request, caller: Caller) -> web.Response:
        """`POST …/items {"items"}`: what is wanted, as somebody has looked it over."""
        body = await body_of(request, ItemsIn)
        wanted = [
            steps.Wanted(
                Work(**one.model_dump(exclude={"plan", "needed_by"})), one.plan, one.needed_by
            )
            for one in body.items
        ]
        return await self.step(request, caller, lambda on: steps.add_items(on, wanted))

    async def find_items(self, request: web.Request, caller: Caller) -> web.Response:
        """`POST …/find {"items", "plan"}`: it is known how they are to be had."""
        body = await body_of(request, FindIn)
        return await self.step(request, caller, lambda on: steps.find(on, body.items, body.plan))

    async def ask_publisher(self, request: web.Request, caller: Caller) -> web.Response:
        """`POST …/ask {"items", "publisher", "words"?}`: a publisher is written to, in one letter.

        They are told the works, the format and the ground; nothing of the patron.
        """
        body = await body_of(request, AskIn)
        await self.counter.here(request, caller)
        whom = await self.counter.every_ticket.publishers.find(body.publisher)
        if whom is None:
            raise Problem(422, "invalid", "There is no such publisher", field="publisher")
        return await self.step(
            request,
            caller,
            lambda on: asking.ask(on, body.items, whom, body.words),
        )

    async def chase_publisher(self, request: web.Request, caller: Caller) -> web.Response:
        """`POST …/chase {"items", "words"?}`: they are asked again now."""
        body = await body_of(request, ChaseIn)
        return await self.step(request, caller, lambda on: asking.chase(on, body.items, body.words))

    async def receive_items(self, request: web.Request, caller: Caller) -> web.Response:
        """`POST …/receive {"items"}`: copies have come, and are to be looked at."""
        body = await body_of(request, NumbersIn)
        return await self.step(request, caller, lambda on: steps.receive(on, body.items))

    async def send_item_back(self, request: web.Request, caller: Caller) -> web.Response:
        """`POST …/send_back {"item", "reason"}`: the publisher's copy is no good; they are told
        why."""
        body = await body_of(request, FaultIn)
        return await self.step(
            request, caller, lambda on: asking.send_back(on, body.item, body.reason)
        )

    async def item_ready(self, request: web.Request, caller: Caller) -> web.Response:
        """`POST …/ready {"item", "file"?, "override"?}`: it is as the patron needs it, and goes as
        they prefer. Without a file: the one that was converted."""
        body = await body_of(request, ReadyIn)
        ticket = await self.counter.here(request, caller)
        known = named(ticket, request.match_info["delivery"])
        item = known.item(body.item)
        if body.file is None:
            await self._check_word(ticket, item, body.override, caller)
            return await self.step(
                request,
                caller,
                lambda on: converting.make_ready(on, body.item, body.override),
            )
        text = item.work.title if item else "?"
        request[BRIEF] = True

        def decide(it: Ticket, s: Situation, letter_id: str) -> Change:
            return giving.make_ready(On(it, known.id, caller.id, s), body.item, File(letter_id))

        await self.counter.change_with_words(request, caller, ("copy", text), decide, [body.file])
        return await self.as_it_is(request, caller, known.id)

    async def deliver_items(self, request: web.Request, caller: Caller) -> web.Response:
        """`POST …/deliver {"items"}`: they go now; or the patron has them in hand."""
        body = await body_of(request, NumbersIn)
        return await self.step(request, caller, lambda on: giving.deliver(on, body.items))

    async def cannot_have(self, request: web.Request, caller: Caller) -> web.Response:
        """`POST …/cannot {"item", "reason", "alternative"?}`: it can't be had; the patron is told
        why, and what is offered instead."""
        body = await body_of(request, CannotIn)
        return await self.step(
            request,
            caller,
            lambda on: giving.give_up(on, body.item, body.reason, body.alternative),
        )

    async def withdraw_items(self, request: web.Request, caller: Caller) -> web.Response:
        """`POST …/withdraw {"items", "reason"}`: they are not wanted any more."""
        body = await body_of(request, WithdrawIn)
        return await self.step(
            request,
            caller,
            lambda on: steps.withdraw(on, body.items, body.reason),
        )

    async def item_did_not_work(self, request: web.Request, caller: Caller) -> web.Response:
        """`POST …/did_not_work {"item", "reason"}`: the patron can't use it; it alone is open
        again, and put first."""
        body = await body_of(request, FaultIn)
        return await self.step(
            request,
            caller,
            lambda on: giving.complain(on, body.item, body.reason),
        )

    async def resume_item(self, request: web.Request, caller: Caller) -> web.Response:
        """`POST …/resume {"item"}`: it is wanted after all, or may be had after all."""
        body = await body_of(request, NumberIn)
        return await self.step(request, caller, lambda on: steps.resume(on, body.item))

    async def put_item_off(self, request: web.Request, caller: Caller) -> web.Response:
        """`POST …/put_off {"item", "until"}`: when there is something to do about it next."""
        body = await body_of(request, PutOffIn)

        def decide(on: On) -> Change:
            if body.until <= on.s.now:
                raise Problem(422, "invalid", "That moment has passed", field="until")
            return steps.put_off(on, body.item, body.until)

        return await self.step(request, caller, decide)

    async def _check_word(
        self, ticket: Ticket, item: Item | None, override: str | None, caller: Caller
    ) -> None:
        """Raises: Problem 422: its checks failed, and nobody has said why it goes all the same."""
        made = converting.checked(item) if item else None
        if made is None or not made.failures or override is not None:
            return
        await self._note(ticket, caller)  # findings tell of the copy
        rows = await self.counter.every_ticket.conversions.of([made.id])
        found = [one for one in rows.get(made.id, {}).get("findings", ()) if one["is_failure"]]
        raise Problem(
            422, "checks", "Its checks failed: it goes by somebody's word alone", findings=found
        )

    async def _rows(self, deliveries: Sequence[Delivery]) -> Mapping[str, Mapping[str, Any]]:
        """What is known of their conversions, by id. Raises: Transient."""
        made = [item.conversion.id for it in deliveries for item in it.items if item.conversion]
        return await self.counter.every_ticket.conversions.of(made) if made else {}

    async def step(
        self, request: web.Request, caller: Caller, decide: Callable[[On], Change]
    ) -> web.Response:
        """A change of the delivery that the path names."""
        ticket = await self.counter.here(request, caller)
        known = named(ticket, request.match_info["delivery"]).id

        def on_it(it: Ticket, s: Situation) -> Change:
            return decide(On(it, known, caller.id, s))

        return await self._carried_out(request, caller, on_it, known)

    async def _carried_out(
        self,
        request: web.Request,
        caller: Caller,
        decide: Decide,
        delivery_id: str,
    ) -> web.Response:
        request[BRIEF] = True
        await self.counter.change(request, caller, decide)
        return await self.as_it_is(request, caller, delivery_id)

    async def as_it_is(
        self, request: web.Request, caller: Caller, delivery_id: str
    ) -> web.Response:
        ticket = await self._read(request, caller)
        return await self._told(ticket, named(ticket, delivery_id))

    async def _read(self, request: web.Request, caller: Caller) -> Ticket:
        """The ticket, to be shown in part. Raises: Problem 404, 410."""
        ticket = await self.counter.here(request, caller)
        await self._note(ticket, caller)
        return ticket

    async def _note(self, ticket: Ticket, caller: Caller) -> None:
        read = {"_id": ticket.reference, "confidential": ticket.confidential}
        await self.counter.note_reading(caller, "delivery", [read])

    async def _told(self, ticket: Ticket, one: Delivery) -> web.Response:
        rows = await self._rows([one])
        now = self.counter.desk.clock()
        shown = delivery_shown(one, ticket.version, now, rows, ticket.language)
        return json_answer(shown, ETag=f'"{ticket.version}"')


def named(ticket: Ticket, delivery_id: str) -> Delivery:
    """Raises: Problem 404."""
    known = next((one for one in ticket.deliveries if one.id == delivery_id), None)
    if known is None:
        raise Problem(404, "not-found", "No such delivery")
    return known


def _changes(these: Deliveries) -> Sequence[tuple[str, Scoped, About]]:
    """What is done with a delivery, each with the body that it takes."""
    return (
        ("change", these.change_delivery, changing(DeliveryChangeIn)),
        ("items", these.add_items, changing(ItemsIn)),
        ("find", these.find_items, changing(FindIn)),
        ("ask", these.ask_publisher, changing(AskIn)),
        ("chase", these.chase_publisher, changing(ChaseIn)),
        ("receive", these.receive_items, changing(NumbersIn)),
        ("send_back", these.send_item_back, changing(FaultIn)),
        ("ready", these.item_ready, changing(ReadyIn, *OF_FILES, "checks")),
        ("deliver", these.deliver_items, changing(NumbersIn)),
        ("cannot", these.cannot_have, changing(CannotIn)),
        ("withdraw", these.withdraw_items, changing(WithdrawIn)),
        ("did_not_work", these.item_did_not_work, changing(FaultIn)),
        ("resume", these.resume_item, changing(NumberIn)),
        ("put_off", these.put_item_off, changing(PutOffIn)),
    )


def routes(counter: Counter) -> list[web.RouteDef]:
    """Every route, each with the scope that it needs."""
    these, scoped = Deliveries(counter), counter.scoped
    read, write = Scope.TICKETS_READ, Scope.TICKETS_WRITE
    proposes = About(
        ProposalsAnswer,
        takes=ListIn,
        may_have=("Idempotency-Key",),
        problems=("erased", "infected", "held", "unscannable"),
    )
    opens = replace(changing(DeliveryIn), gives=DeliveryAnswer)
    listed = About(DeliveriesAnswer, answers=("ETag",), problems=("erased",))
    whole = About(DeliveryAnswer, answers=("ETag",), problems=("erased",))
    return [
        web.get(_ALL, scoped(read, these.list_deliveries, listed)),
        web.post(_ALL, scoped(write, these.open_delivery, opens)),
        web.get(ONE, scoped(read, these.get_delivery, whole)),
        web.post(f"{ONE}/list", scoped(read, these.read_list, proposes)),
        *(
            web.post(f"{ONE}/{name}", scoped(write, route, replace(about, gives=DeliveryAnswer)))
            for name, route, about in _changes(these)
        ),
    ]
