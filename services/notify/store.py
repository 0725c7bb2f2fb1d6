"""Notices in MongoDB: a row for each letter, claimed before it is sent and marked after.

Due moments and leases are kept and claimed by the database's clock, so that no service's own clock
matters.
"""

from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Final

from pymongo import ReturnDocument

from services.notify.compose import BY_HAND
from services.notify.letters import Outgoing
from services.notify.rows import (
    LEASE,
    WAITING,
    Claim,
    Other,
    Request,
    claim_of,
    if_held,
    if_new,
    new_row,
    other_of,
    taking,
    told,
)
from shared.addresses import untagged
from shared.allowances import Allowances
from shared.batch import Batch
from shared.messages import NoticeFailed, NoticeRequested, to_saved
from shared.mongo import Database, Document, Reads, SavedOutbox, Updates, building, translated
from shared.names_now import NamesNow

_HOUR: Final = timedelta(hours=1)
_DAY: Final = timedelta(hours=24)
MOST_AUTOMATIC: Final = 3
"""Automatic letters to one mailbox in an hour, whatever comes in."""
MOST_A_DAY: Final = 20
"""The same in 24 hours, where nothing else is set."""
_IS_DUE_SOME_TIME: Final[Document] = {"due_at": {"$type": "date"}}
"""Rows that are finished have no due moment, and do not stand in the index of them."""


class Notices:
    """What must be sent, is being sent, and became of it."""

    def __init__(self, database: Database, most_a_day: int = MOST_A_DAY) -> None:
        self._most_a_day = most_a_day
        self._notices = database.notices
        self._allowances = Allowances(database)
        # The delivery is acknowledged after the mark, which is durable and what was written before
        # it with it. A crash of the database that takes back a claim alone means that the same
        # letter, with the same Message-ID, is sent again.
        self._claim = Updates(database.notices, hint_only=True)
        self._mark = Updates(database.notices, linger=0.01)
        self._claimed: dict[str, Document] = {}
        """The rows of the letters that this process is sending for the first time."""
        self._read_ticket = Reads(
            database.tickets,
            [
                *("patron", "owner", "team", "language", "promise", "subject", "thread"),
                *("status", "format", "erased_at"),
            ],
        )
        self._read_words = Reads(database.messages, ["text", "by", "erased_at", "attachments"])
        # Apart from the ticket: few letters need it, and most tickets are read for another one.
        self._read_ledger = Reads(database.tickets, ["promises"])
        self._read_deliveries = Reads(database.tickets, ["deliveries"])
        self._read_publisher = Reads(database.publishers, ["name", "address", "language"])
        self._read_digest = Reads(database.digests, ["staff", "alerts"])
        self._names = NamesNow(database)
        self._read_staff = Reads(database.staff, ["name", "address", "languages"])
        self._read_others: Batch[str, list[Other]] = Batch(self._others_of)
        self.outbox = SavedOutbox(database.notices)

    async def make_indexes(self) -> None:
        """Raises: Transient."""
        async with building(self._notices):
            await self._notices.create_index("due_at", partialFilterExpression=_IS_DUE_SOME_TIME)
            await self._notices.create_index([("reference", 1), ("at", 1)])
        await self._allowances.make_indexes()
        await self.outbox.make_index()

    async def ticket(self, reference: str) -> Document | None:
        """What a letter says of a ticket. Raises: Transient."""
        return await self._names.within(await self._read_ticket(reference), "owner")

    async def words(self, letter_id: str) -> Document | None:
        """What a staff member wrote, and who. Raises: Transient."""
        return await self._names.within(await self._read_words(letter_id), "by")

    async def ledger(self, reference: str) -> list[Document]:
        """A ticket's promises and what became of each, in order. Raises: Transient."""
        found = await self._read_ledger(reference)
        return list(found.get("promises", ())) if found else []

    async def deliveries(self, reference: str) -> Document:
        """A ticket's deliveries. Raises: Transient."""
        return await self._read_deliveries(reference) or {}

    async def publisher(self, publisher_id: str) -> Document | None:
        """Whom the library asks for copies. Raises: Transient."""
        return await self._read_publisher(publisher_id)

    async def digest(self, digest_id: str) -> Document | None:
        """What a staff member is to be told, and who it is. Raises: Transient."""
        return await self._read_digest(digest_id)

    async def member(self, staff: str) -> Document | None:
        """A staff member: name, address, languages. Raises: Transient."""
        return await self._read_staff(staff)

    async def allow(self, address: str, notice_id: str, *, spare: int = 0) -> bool:
        """Whether one more automatic letter may go to this mailbox in this hour and this day, and
        leave so many of the hour's for others.

        The same letter is always given the same answer. Tags after a plus sign are many addresses
        and one mailbox: who forges them would have it filled. Raises: Transient.
        """
        whose = f"letters {untagged(address)}"
        limits = ((MOST_AUTOMATIC - spare, _HOUR), (self._most_a_day, _DAY))
        return await self._allowances.allow(whose, notice_id, *limits)

    async def claim(self, request: Request, letter: Outgoing) -> bool:
        """Make the row, and with it the right to send. False: it is somebody's already.

        Raises: Transient.
        """
        row = new_row(request, letter) | {"state": "sending", "fence": 1, "attempts": 0}
        if await self._claim({"_id": request.message_id}, if_new(row, LEASE), upsert=True):
            self._claimed[request.message_id] = row
            return True
        # Somebody has it; but that claim may not be durable yet, and this delivery is acknowledged
        # on its strength. Written again it is durable, or ours after all.
        made = await self._mark({"_id": request.message_id}, if_new(row, LEASE), upsert=True)
        if made:
            self._claimed[request.message_id] = row
        return made

    async def queue(self, request: Request, letter: Outgoing, reason: str, seconds: float) -> None:
        """Make the row of a letter that is to be sent after that time, by anybody.

        Raises: Transient.
        """
        row = new_row(request, letter) | {"state": "queued", "fence": 0, "attempts": -1}
        row["reason"] = reason
        due = int(seconds * 1000)
        await self._mark({"_id": request.message_id}, if_new(row, due), upsert=True)

    async def suppress(self, request: NoticeRequested, letter: Outgoing, reason: str) -> None:
        """Make the row of a letter that is not sent. Raises: Transient."""
        row = new_row(request, letter) | {"state": "suppressed", "reason": reason}
        await self._mark({"_id": request.message_id}, if_new(row, None), upsert=True)

    async def claim_due(
        self, but: Collection[str] = (), *, older: timedelta | None = None
    ) -> Claim | None:
        """Take over a letter whose time has come: queued, deferred, or left by one that died; not
        one to these domains. `older`: only one that was made so long ago.

        Raises: Transient.
        """
        conditions: list[Document] = [{"$lte": ["$due_at", "$$NOW"]}]
        if older is not None:
            before = {"$subtract": ["$$NOW", int(older.total_seconds() * 1000)]}
            conditions.append({"$lte": [{"$ifNull": ["$made_at", "$at"]}, before]})
        where = _IS_DUE_SOME_TIME | {"$expr": {"$and": conditions}}
        if but:
            where["domain"] = {"$nin": list(but)}
        with translated():
            found = await self._notices.find_one_and_update(
                where,
                [{"$set": taking()}],
                sort=[("due_at", 1)],
                return_document=ReturnDocument.AFTER,
            )
        try:
            return claim_of(found) if found else None
        except ValueError:
            await self.failed(found["_id"], found["fence"], "a notice of another version")
            return None

    async def others(self, request: NoticeRequested) -> Sequence[Other]:
        """The other letters of its ticket: all that are still to go, and answers. What this process
        or another has claimed before is among them. Raises: Transient."""
        found = await self._read_others(request.reference)
        return [one for one in found if one.id != request.message_id]

    async def _others_of(self, references: Sequence[str]) -> Sequence[list[Other]]:
        where = {
            "reference": {"$in": list(set(references))},
            "$or": [{"state": {"$in": WAITING}}, {"notice": {"$in": sorted(BY_HAND)}}],
        }
        shown = dict.fromkeys(("reference", "at", "notice", "state"), 1)
        with translated():
            found = await self._notices.find(where, shown).to_list(None)
        rows: dict[str, list[Other]] = {one: [] for one in references}
        for row in found:
            rows[row["reference"]].append(other_of(row))
        return [rows[one] for one in references]

    async def overtake(self, notice_id: str, reason: str) -> bool:
        """A letter that waits is not sent any more; False: it is not waiting. Raises: Transient."""
        where = {"_id": notice_id, "state": {"$in": ["queued", "deferred"]}}
        ended = {"state": "suppressed", "reason": reason, "finished_at": "$$NOW"}
        change: Document = {
            **ended,
            **told("suppressed", reason),
            "due_at": "$$REMOVE",
            "fence": {"$add": ["$fence", 1]},
        }
        with translated():
            result = await self._notices.update_one(where, [{"$set": change}])
        return bool(result.matched_count)

    async def waiting(self) -> dict[str, int]:
        """How many letters are still to go, by state. Raises: Transient."""
        steps: list[Document] = [{"$match": _IS_DUE_SOME_TIME}, {"$sortByCount": "$state"}]
        with translated():
            found = await self._notices.aggregate(steps).to_list(None)
        return {one["_id"]: one["count"] for one in found}

    async def sent(self, notice_id: str, fence: int, relay_said: str) -> None:
        """The relay has it. Raises: Transient."""
        outcome: Document = {"state": "sent", "relay_said": _storable(relay_said)}
        await self._finish(notice_id, fence, outcome)

    async def failed(
        self, notice_id: str, fence: int, reason: str, message: NoticeFailed | None = None
    ) -> None:
        """It will not be sent; that others be told so is part of the same write.

        Raises: Transient.
        """
        outcome: Document = {"state": "refused", "reason": reason}
        if message is not None:
            outcome["outbox"] = to_saved([message])
        await self._finish(notice_id, fence, outcome)

    async def forget(self, notice_id: str, fence: int, reason: str | None = None) -> None:
        """It is not sent, and nobody is told. Raises: Transient."""
        outcome: Document = {"state": "suppressed"}
        if reason is not None:
            outcome["reason"] = reason
        await self._finish(notice_id, fence, outcome)

    async def _finish(self, notice_id: str, fence: int, outcome: Document) -> None:
        values = {key: {"$literal": value} for key, value in outcome.items()}
        history = told(outcome["state"], outcome.get("reason"))
        ended = {"finished_at": "$$NOW", "due_at": "$$REMOVE"}
        await self._write(notice_id, fence, {**values, **history, **ended})

    async def defer(
        self,
        notice_id: str,
        fence: int,
        reason: str,
        seconds: float,
        patience: float | None = None,
    ) -> None:
        """It is tried again after that time, and the relay is then waited for with this patience.

        Raises: Transient.
        """
        outcome: Document = {
            "state": "deferred",
            "reason": {"$literal": reason},
            "due_at": _after(seconds),
            **told("deferred", reason),
        }
        if patience is not None:
            outcome["patience"] = patience
        await self._write(notice_id, fence, outcome)

    async def wait(self, notice_id: str, fence: int, reason: str, seconds: float) -> None:
        """It was not tried, and is anybody's after that time. Raises: Transient."""
        outcome: Document = {
            "state": "queued",
            "reason": {"$literal": reason},
            "due_at": _after(seconds),
            "attempts": {"$subtract": ["$attempts", 1]},
        }
        await self._write(notice_id, fence, outcome)

    async def _write(self, notice_id: str, fence: int, outcome: Document) -> None:
        """What became of a letter, if the claim still holds. A claim that a crash of the database
        has taken back is made again: nothing else would know of the letter."""
        row = self._claimed.pop(notice_id, None)
        steps: list[Document] = [] if row is None else if_new(row, LEASE)
        await self._mark(
            {"_id": notice_id}, [*steps, if_held(fence, outcome)], upsert=row is not None
        )


def _after(seconds: float) -> Document:
    return {"$add": ["$$NOW", int(seconds * 1000)]}


def _storable(words: str) -> str:
    """A relay may answer in any bytes."""
    return words[:500].encode("utf-8", "replace").decode("utf-8")
