"""`desk recover`: what RabbitMQ had confirmed and then lost is told again.

MongoDB is the record. A letter that no ticket has had, and a notice, a conversion or a decision for
another ticket that its ticket has sent off and nobody has heard of, go into their document's outbox
once more, by the same id, and the services send them as they send everything there. Whatever was
not lost after all is known by that id and has no second effect.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Final

import typer

from services.desk.session import with_database
from services.desk.shown import AsJson, show
from shared.config import Settings
from shared.messages import (
    ContactLost,
    EnquiryReceived,
    Notice,
    NoticeFailed,
    SurveyAnswered,
    derived_id,
    to_saved,
)
from shared.mongo import Database, Document, translated

_BATCH: Final = 500
_MOST_MERGES: Final = 20
_COLUMNS: Final = ("reference", "what", "id", "told_at")
_LETTER: Final = dict.fromkeys(
    ("reference", "at", "door", "opens", "named", "continues", "ask", "asked.channel"), 1
)
_HAD: Final = dict.fromkeys(
    ("applied", "thread.letter_id", "timeline.letter", "merged_into", "erased_at"), 1
)
_MAY_BE_VOID: Final = frozenset({Notice.RESOLVED, Notice.DELIVERY_FORMAT})
"""Questions that were rightly not asked leave no row. They are not asked late."""
_EFFECTS: Final = {"notice.requested": "notices", "delivery.requested": "conversions"}
"""Where a message's effect stands under its id, by its routing key."""


@dataclass(frozen=True)
class Lost:
    """A message without its effect."""

    collection: str
    document_id: str
    """In whose outbox it belongs."""
    saved: Mapping[str, Any]
    at: datetime

    @property
    def row(self) -> tuple[object, ...]:
        """As it is shown."""
        return self.saved["reference"], self.saved["key"], self.saved["message_id"], self.at


def recover(
    older: Annotated[int, typer.Option(min=0, help="Minutes: what is younger is left.")] = 60,
    since: Annotated[int, typer.Option(min=1, max=3650, help="Days to look back.")] = 30,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show it.")] = False,
    as_json: AsJson = False,
) -> None:
    """Tell again what RabbitMQ has lost, a line each: ticket, what, its id, when it was told. For
    after its disk or a queue is gone. It reads every letter and ticket of that time: minutes where
    there are millions."""

    async def work(database: Database, _: Settings) -> list[Lost]:
        found = []
        async for one in lost(database, timedelta(minutes=older), timedelta(days=since)):
            found.append(one)
            if not dry_run:
                await tell_again(database, one)
        return found

    rows = [one.row for one in with_database(work)]
    show(_COLUMNS, rows, as_json=as_json)


async def lost(database: Database, older: timedelta, since: timedelta) -> AsyncIterator[Lost]:
    """What was told in that time and had no effect. Raises: Transient."""
    with translated():
        answer = await database.command("hello")
    now = answer["localTime"].replace(tzinfo=UTC)
    first, last = now - since, now - older
    for look in (_letters, _sent_off, _failed):
        async for one in look(database, first, last):
            yield one


async def tell_again(database: Database, one: Lost) -> None:
    """Put it into its outbox, unless it is there. Raises: Transient."""
    where = {"_id": one.document_id, "outbox.message_id": {"$ne": one.saved["message_id"]}}
    with translated():
        await database[one.collection].update_one(where, {"$push": {"outbox": one.saved}})


async def _letters(database: Database, first: datetime, last: datetime) -> AsyncIterator[Lost]:
    where = {
        "direction": "in",
        "at": {"$gte": first, "$lte": last},
        "reference": {"$type": "string"},
        "erased_at": None,
        "outbox": {"$size": 0},
    }
    async for letters in _batches(database, "messages", where, _LETTER):
        tickets = await _by_id(database, "tickets", {one["reference"] for one in letters}, _HAD)
        for one in letters:
            if not await _has_had(database, tickets.get(one["reference"]), one["_id"]):
                [saved] = to_saved([event_of(one)])
                yield Lost("messages", one["_id"], saved, one["at"])


def event_of(letter: Mapping[str, Any]) -> EnquiryReceived:
    """The message by which routing was told of a kept letter."""
    is_call = bool((letter.get("asked") or {}).get("channel"))
    by_door = {"survey": SurveyAnswered}
    kind = by_door.get(letter["door"], ContactLost if is_call else EnquiryReceived)
    return kind(
        message_id=letter["_id"],
        reference=letter["reference"],
        at=letter["at"],
        letter_id=letter["_id"],
        opens=letter.get("opens") == letter["reference"],
        named=tuple(letter.get("named", ())),
        continues=letter.get("continues"),
        ask=letter.get("ask"),
    )


async def _has_had(database: Database, ticket: Document | None, letter_id: str) -> bool:
    """Whether the ticket, or one that it was merged into, has had this letter."""
    for _ in range(_MOST_MERGES):
        if ticket is None:
            return False
        shown = [one["letter_id"] for one in ticket["thread"]]
        shown += [one.get("letter") for one in ticket["timeline"]]
        if ticket.get("erased_at") or letter_id in ticket["applied"] or letter_id in shown:
            return True
        standing = ticket.get("merged_into") or ""
        ticket = (await _by_id(database, "tickets", {standing}, _HAD)).get(standing)
    return False


async def _sent_off(database: Database, first: datetime, last: datetime) -> AsyncIterator[Lost]:
    where = {"filed": "all", "updated_at": {"$gte": first}, "despatched.0": {"$exists": True}}
    fields = dict.fromkeys(("despatched", "outbox.message_id", "erased_at"), 1)
    async for tickets in _batches(database, "tickets", where, fields):
        told = [
            (one["_id"], row)
            for one in tickets
            if not one.get("erased_at")
            for row in one["despatched"]
            if first <= _moment(row["at"]) <= last
            and row.get("notice") not in _MAY_BE_VOID
            and row["message_id"] not in {it["message_id"] for it in one["outbox"]}
        ]
        known = await _with_effect(database, [row for _, row in told])
        for reference, row in told:
            if row["message_id"] not in known:
                yield Lost("tickets", reference, row, _moment(row["at"]))


async def _with_effect(database: Database, rows: Sequence[Mapping[str, Any]]) -> set[str]:
    """The ids of those whose effect is there."""
    known: set[str] = set()
    for key, collection in _EFFECTS.items():
        ids = {one["message_id"] for one in rows if one["key"] == key}
        known |= (await _by_id(database, collection, ids, {"_id": 1})).keys()
    pairs = [one for one in rows if one["key"] == "pair.changed"]
    followers = await _by_id(database, "tickets", {one["reference"] for one in pairs}, _HAD)
    for one in pairs:
        follower = followers.get(one["reference"])
        if follower is None or one["message_id"] in follower["applied"]:
            known.add(one["message_id"])
    return known


async def _failed(database: Database, first: datetime, last: datetime) -> AsyncIterator[Lost]:
    where = {
        "state": "refused",
        "reference": {"$type": "string"},
        "finished_at": {"$gte": first, "$lte": last},
        "outbox": {"$size": 0},
    }
    fields = dict.fromkeys(("reference", "notice", "reason", "finished_at"), 1)
    async for notices in _batches(database, "notices", where, fields):
        tickets = await _by_id(database, "tickets", {one["reference"] for one in notices}, _HAD)
        for one in notices:
            told = NoticeFailed(
                message_id=derived_id(one["_id"], "failed"),
                reference=one["reference"],
                at=one["finished_at"],
                notice=Notice(one["notice"]),
                notice_id=one["_id"],
                reason=one.get("reason", ""),
            )
            ticket = tickets.get(one["reference"])
            if ticket is not None and not await _has_had(database, ticket, told.message_id):
                [saved] = to_saved([told])
                yield Lost("notices", one["_id"], saved, one["finished_at"])


async def _batches(
    database: Database, collection: str, where: Document, fields: Document
) -> AsyncIterator[list[Document]]:
    cursor = database[collection].find(where, fields, batch_size=_BATCH)
    while True:
        with translated():
            found = await cursor.to_list(_BATCH)
        if not found:
            return
        yield found


async def _by_id(
    database: Database, collection: str, ids: set[str], fields: Document
) -> dict[str, Document]:
    if not ids:
        return {}
    with translated():
        found = await database[collection].find({"_id": {"$in": list(ids)}}, fields).to_list(None)
    return {one["_id"]: one for one in found}


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
