"""Notices in MongoDB: a row for each letter, claimed before it is sent and marked after.

Due moments and leases are kept and claimed by the database's clock, so that no service's own clock
matters.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from pymongo import ReturnDocument

from services.notify.letters import Outgoing
from shared.addresses import untagged
from shared.allowances import Allowances
from shared.messages import AlertRequested, Notice, NoticeFailed, NoticeRequested
from shared.mongo import Database, Document, Reads, SavedOutbox, Updates, building, translated
from shared.outbox import to_saved

LEASE: Final = 15_000
"""Milliseconds in which whoever claimed a letter sends it and says so, or it is anybody's."""
_HOUR: Final = timedelta(hours=1)
_DAY: Final = timedelta(hours=24)
MOST_AUTOMATIC: Final = 3
"""Automatic letters to one mailbox in an hour, whatever comes in."""
MOST_A_DAY: Final = 20
"""The same in 24 hours, where nothing else is set."""
_IS_DUE_SOME_TIME: Final[Document] = {"due_at": {"$type": "date"}}
"""Rows that are finished have no due moment, and do not stand in the index of them."""


_ALERT: Final = "alert"
"""What stands for a notice's kind in the row of a letter to staff."""
Request = NoticeRequested | AlertRequested
"""That a letter be sent: to a patron, or to staff."""


@dataclass(frozen=True)
class Claim:
    """The right to send a letter, until the lease ends."""

    request: Request
    fence: int
    """Which claim this is: one that has been overtaken changes nothing."""
    attempts: int
    """How often it was tried before."""


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
            ["patron", "owner", "team", "language", "promise", "subject", "thread", "erased_at"],
        )
        self._read_words = Reads(database.messages, ["text", "by", "erased_at"])
        # Apart from the ticket: few letters need it, and most tickets are read for another one.
        self._read_ledger = Reads(database.tickets, ["promises"])
        self._read_digest = Reads(database.digests, ["staff", "alerts"])
        self._read_staff = Reads(database.staff, ["name", "address", "languages"])
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
        return await self._read_ticket(reference)

    async def words(self, letter_id: str) -> Document | None:
        """What a staff member wrote, and who. Raises: Transient."""
        return await self._read_words(letter_id)

    async def ledger(self, reference: str) -> list[Document]:
        """A ticket's promises and what became of each, in order. Raises: Transient."""
        found = await self._read_ledger(reference)
        return list(found.get("promises", ())) if found else []

    async def digest(self, digest_id: str) -> Document | None:
        """What a staff member is to be told, and who it is. Raises: Transient."""
        return await self._read_digest(digest_id)

    async def member(self, staff: str) -> Document | None:
        """A staff member: name, address, languages. Raises: Transient."""
        return await self._read_staff(staff)

    async def allow(self, address: str, notice_id: str) -> bool:
        """Whether one more automatic letter may go to this mailbox in this hour and this day.

        The same letter is always given the same answer. Tags after a plus sign are many addresses
        and one mailbox: who forges them would have it filled. Raises: Transient.
        """
        whose = f"letters {untagged(address)}"
        limits = ((MOST_AUTOMATIC, _HOUR), (self._most_a_day, _DAY))
        return await self._allowances.allow(whose, notice_id, *limits)

    async def claim(self, request: Request, letter: Outgoing) -> bool:
        """Make the row, and with it the right to send. False: it is somebody's already.

        Raises: Transient.
        """
        row = _row(request, letter) | {"state": "sending", "fence": 1, "attempts": 0}
        if await self._claim({"_id": request.message_id}, _if_new(row, LEASE), upsert=True):
            self._claimed[request.message_id] = row
            return True
        # Somebody has it; but that claim may not be durable yet, and this delivery is acknowledged
        # on its strength. Written again it is durable, or ours after all.
        made = await self._mark({"_id": request.message_id}, _if_new(row, LEASE), upsert=True)
        if made:
            self._claimed[request.message_id] = row
        return made

    async def suppress(self, request: NoticeRequested, letter: Outgoing, reason: str) -> None:
        """Make the row of a letter that is not sent. Raises: Transient."""
        row = _row(request, letter) | {"state": "suppressed", "reason": reason}
        await self._mark({"_id": request.message_id}, _if_new(row, None), upsert=True)

    async def claim_due(self) -> Claim | None:
        """Take over a letter whose time has come: deferred, or left by one that died.

        Raises: Transient.
        """
        where = _IS_DUE_SOME_TIME | {"$expr": {"$lte": ["$due_at", "$$NOW"]}}
        take = {
            "state": "sending",
            "due_at": {"$add": ["$$NOW", LEASE]},
            "fence": {"$add": ["$fence", 1]},
            "attempts": {"$add": ["$attempts", 1]},
        }
        with translated():
            found = await self._notices.find_one_and_update(
                where,
                [{"$set": take}],
                sort=[("due_at", 1)],
                return_document=ReturnDocument.AFTER,
            )
        try:
            return _claim_of(found) if found else None
        except ValueError:
            await self.failed(found["_id"], found["fence"], "a notice of another version")
            return None

    async def sent(self, notice_id: str, fence: int, relay_said: str) -> None:
        """The relay has it. Raises: Transient."""
        await self._finish(notice_id, fence, {"state": "sent", "relay_said": _storable(relay_said)})

    async def failed(
        self, notice_id: str, fence: int, reason: str, told: NoticeFailed | None = None
    ) -> None:
        """It will not be sent; that others be told so is part of the same write.

        Raises: Transient.
        """
        outcome: Document = {"state": "refused", "reason": reason}
        if told is not None:
            outcome["outbox"] = to_saved([told])
        await self._finish(notice_id, fence, outcome)

    async def forget(self, notice_id: str, fence: int) -> None:
        """It will not be sent, for its patron was erased; nobody is told. Raises: Transient."""
        await self._finish(notice_id, fence, {"state": "suppressed"})

    async def _finish(self, notice_id: str, fence: int, outcome: Document) -> None:
        values = {key: {"$literal": value} for key, value in outcome.items()}
        await self._write(
            notice_id, fence, {**values, "finished_at": "$$NOW", "due_at": "$$REMOVE"}
        )

    async def defer(self, notice_id: str, fence: int, reason: str, seconds: float) -> None:
        """It is tried again after that time. Raises: Transient."""
        due_at = {"$add": ["$$NOW", int(seconds * 1000)]}
        outcome = {"state": "deferred", "reason": {"$literal": reason}, "due_at": due_at}
        await self._write(notice_id, fence, outcome)

    async def _write(self, notice_id: str, fence: int, outcome: Document) -> None:
        """What became of a letter, if the claim still holds. A claim that a crash of the database
        has taken back is made again: nothing else would know of the letter."""
        row = self._claimed.pop(notice_id, None)
        steps: list[Document] = [] if row is None else _if_new(row, LEASE)
        holds = {"$eq": ["$fence", fence]}
        steps.append(
            {"$set": {key: {"$cond": [holds, to, f"${key}"]} for key, to in outcome.items()}}
        )
        await self._mark({"_id": notice_id}, steps, upsert=row is not None)


def _storable(words: str) -> str:
    """A relay may answer in any bytes."""
    return words[:500].encode("utf-8", "replace").decode("utf-8")


def _row(request: Request, letter: Outgoing) -> Document:
    sent = {"at": request.at, "to": letter.to, "subject": letter.subject, "text": letter.text}
    if isinstance(request, AlertRequested):
        # No `reference`: it is about many tickets, and stands among the letters of none.
        return sent | {
            "notice": _ALERT,
            "digest": {"id": request.digest_id, "reference": request.reference},
        }
    return sent | {
        "reference": request.reference,
        "notice": request.notice.value,
        "about": request.about,
        "letter_id": request.letter_id,
    }


def _if_new(row: Document, lease: int | None) -> list[Document]:
    """An upsert that leaves a row that is there as it is."""
    due = {"due_at": {"$add": ["$$NOW", lease]}} if lease is not None else {}
    made = {"$mergeObjects": ["$$ROOT", {"$literal": row}, due]}
    is_new = {"$eq": [{"$type": "$state"}, "missing"]}
    return [{"$replaceWith": {"$cond": [is_new, made, "$$ROOT"]}}]


def _claim_of(found: dict[str, Any]) -> Claim:
    """Raises: ValueError: a kind of letter that this version does not know."""
    return Claim(_request_of(found), found["fence"], found["attempts"])


def _request_of(found: dict[str, Any]) -> Request:
    if found["notice"] == _ALERT:
        return AlertRequested(
            message_id=found["_id"],
            reference=found["digest"]["reference"],
            at=found["at"],
            digest_id=found["digest"]["id"],
        )
    return NoticeRequested(
        message_id=found["_id"],
        reference=found["reference"],
        at=found["at"],
        notice=Notice(found["notice"]),
        about=found["about"],
        letter_id=found["letter_id"],
    )
