"""Tickets in MongoDB: each with its timeline, what it has applied and what others must be told, in
one document, changed by one guarded write."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from services.routing.assign import team_written_to, topic_of
from services.routing.promise import as_ledger_row, from_ledger_row
from services.routing.ticket import Change, Letter, Link, Owner, Patron, Status, Thread, Ticket
from shared.errors import Permanent
from shared.keyring import Keyring
from shared.library import Library
from shared.mongo import (
    Database,
    Document,
    Files,
    Inserts,
    Reads,
    SavedOutbox,
    lasting,
    translated,
)
from shared.outbox import to_saved
from shared.staff import StaffMember, from_document

_FIELDS = (
    "version",
    "status",
    "subject",
    "patron",
    "owner",
    "team",
    "topic",
    "language",
    "format",
    "promise",
    "created_at",
    "updated_at",
    "unread",
    "thread",
    "links",
    "merged_into",
)
_LETTER_FIELDS = (
    "at",
    "name",
    "address_as_written",
    "recipients",
    "subject",
    "text",
    "new_text",
    "message_id",
    "automatic",
    "asked",
    "is_proven",
    "sender_is_known",
    "released",
)
_APPLIED_KEPT = 200
"""How many causes a ticket remembers: more than queues can still hold of one ticket."""


class Tickets:
    """The tickets, and the letters that they are made of."""

    def __init__(self, database: Database, library: Library) -> None:
        self._tickets = database.tickets
        self._lasting_tickets = lasting(database.tickets)
        self._messages = database.messages
        self._notices = database.notices
        self._staff = database.staff
        self._keyring = Keyring(database)
        self._files = Files(database)
        self._library = library
        self._insert = Inserts(database.tickets)
        self._read_letter = Reads(database.messages, _LETTER_FIELDS)
        self.outbox = SavedOutbox(database.tickets)

    async def make_indexes(self) -> None:
        """Raises: Transient."""
        with translated():
            await self._tickets.create_index([("status", 1), ("promise.due_at", 1), ("_id", 1)])
            await self._tickets.create_index([("owner.id", 1), ("status", 1)])
            await self._tickets.create_index([("promise.due_at", 1), ("_id", 1)])
        await self.outbox.make_index()

    async def letter(self, letter_id: str) -> Letter | None:
        """A patron's letter as routing sees it. Raises: Transient."""
        found = await self._read_letter(letter_id)
        return _letter(found, self._library) if found else None

    async def find(self, reference: str) -> Ticket | None:
        """Raises: Transient."""
        with translated():
            found = await self._tickets.find_one({"_id": reference}, dict.fromkeys(_FIELDS, 1))
        return ticket_of(found) if found else None

    async def open(self, change: Change, *, caused_by: str) -> bool:
        """Insert a new ticket; False: the same cause did so before, and nothing is changed.

        Raises: Transient; Permanent: another enquiry has this reference.
        """
        document = {"_id": change.ticket.reference, **_fields(change.ticket)}
        document["timeline"] = _entries(change)
        document["promises"] = (
            [as_ledger_row(change.ticket.promise)] if change.ticket.promise else []
        )
        document["applied"] = [caused_by]
        document["outbox"] = to_saved(change.messages)
        if await self._insert(document) is None:
            return True
        if not await self.has_applied(change.ticket.reference, caused_by):
            raise Permanent("another enquiry has this reference")
        return False

    async def save(self, change: Change, *, caused_by: str) -> bool:
        """Write a change if nobody else changed the ticket since it was read, and if this cause has
        not been applied; both are part of the write. False if one of them does not hold.

        Raises: Transient.
        """
        ticket = change.ticket
        guard = {
            "_id": ticket.reference,
            "version": ticket.version - 1,
            "applied": {"$ne": caused_by},
        }
        update: dict[str, Any] = {
            "$set": _fields(ticket),
            "$push": {
                "timeline": {"$each": _entries(change)},
                "applied": {"$each": [caused_by], "$slice": -_APPLIED_KEPT},
                "outbox": {"$each": to_saved(change.messages)},
                **_ledger(change),
            },
        }
        with translated():
            result = await self._tickets.update_one(guard, update)
        return bool(result.matched_count)

    async def has_applied(self, reference: str, caused_by: str) -> bool:
        """Whether this cause has had its effect. Raises: Transient."""
        with translated():
            found = await self._lasting_tickets.find_one(
                {"_id": reference, "applied": caused_by}, {"_id": 1}
            )
        return found is not None

    async def is_durable(self, reference: str, caused_by: str) -> bool:
        """The same, once what this server has of the ticket is durable: the write changes nothing
        and waits for all before it. For a cause that is being applied at this moment.

        Raises: Transient.
        """
        with translated():
            result = await self._tickets.update_one(
                {"_id": reference, "applied": caused_by}, {"$set": {"_id": reference}}
            )
        return bool(result.matched_count)

    async def staff(self) -> Sequence[StaffMember]:
        """Everybody. Raises: Transient."""
        with translated():
            return [from_document(one) for one in await self._staff.find().to_list(None)]

    async def open_tickets(self) -> Mapping[str, int]:
        """How many open tickets each owner has. Raises: Transient."""
        ended = (Status.RESOLVED, Status.CLOSED)
        is_open = {"$in": [one.value for one in Status if one not in ended]}
        steps: list[Mapping[str, Any]] = [
            {"$match": {"owner.id": {"$type": "string"}, "status": is_open}},
            {"$group": {"_id": "$owner.id", "count": {"$sum": 1}}},
        ]
        with translated():
            groups = await self._tickets.aggregate(steps).to_list(None)
        return {one["_id"]: one["count"] for one in groups}

    async def key(self, key_digest: str) -> Document | None:
        """A caller's key. Raises: Transient."""
        return await self._keyring.find(key_digest)

    async def page(
        self, where: Document, after: tuple[datetime | None, str] | None, limit: int
    ) -> list[Document]:
        """A page of the queue, what is due soonest first, after that place. Raises: Transient."""
        if after is not None:
            where = {"$and": [where, _beyond(*after)]}
        with translated():
            cursor = self._tickets.find(where, dict.fromkeys(_FIELDS, 1))
            return await cursor.sort([("promise.due_at", 1), ("_id", 1)]).to_list(limit)

    async def whole(self, reference: str) -> Document | None:
        """A ticket with its timeline. Raises: Transient."""
        with translated():
            return await self._tickets.find_one(
                {"_id": reference}, dict.fromkeys((*_FIELDS, "timeline", "promises"), 1)
            )

    async def letters(self, reference: str, written: Sequence[str]) -> list[Document]:
        """The letters of a ticket, oldest first: what came in, and all that the ticket names
        (`written`): what else staff wrote was never sent. Raises: Transient."""
        came_in = {"reference": reference, "direction": "in"}
        where = {"$or": [came_in, {"_id": {"$in": list(written)}}]}
        with translated():
            cursor = self._messages.find(where, {"raw": 0, "outbox": 0}).sort("at", 1)
            return await cursor.to_list(None)

    async def attachment(self, letter_id: str, number: int) -> Document | None:
        """What is known of one attachment of a letter that is kept; None if there is none, or its
        content was never stored. Raises: Transient."""
        with translated():
            found = await self._messages.find_one({"_id": letter_id}, {"attachments": 1})
        rows = found.get("attachments", []) if found else []
        return rows[number] if number < len(rows) and rows[number].get("file") else None

    async def content(self, file_id: str) -> bytes | None:
        """What is in a file; None if it is not there. Raises: Transient."""
        return await self._files.read(file_id)

    async def notices(self, reference: str) -> list[Document]:
        """What notify sent about a ticket. Raises: Transient."""
        with translated():
            cursor = self._notices.find({"reference": reference})
            return await cursor.sort("at", 1).to_list(None)

    async def write_down(self, document: Document) -> None:
        """Keep what a staff member wrote; it counts once a ticket names it. What stands is kept.

        Raises: Transient.
        """
        with translated():
            await self._messages.update_one(
                {"_id": document["_id"]}, {"$setOnInsert": document}, upsert=True
            )


def _letter(found: Document, library: Library) -> Letter:
    asked = found["asked"]
    languages = library.library.languages
    team = team_written_to(found["recipients"], library.teams)
    # Whoever writes to a team means what it knows about.
    known = tuple(one for one in library.topics if team is None or one.team == team.id)
    # What is quoted from earlier letters says nothing of what this one is about.
    words = f"{found['subject']} {found.get('new_text') or found['text']}"
    topic = topic_of(words, asked.get("topic"), known or library.topics)
    return Letter(
        id=found["_id"],
        at=found["at"],
        patron=Patron(found["name"], found.get("address_as_written")),
        subject=found["subject"],
        message_id=found.get("message_id"),
        automatic=found["automatic"] is not None,
        language=asked["language"] if asked.get("language") in languages else languages[0],
        topic=topic.id,
        team=topic.team if team is None else team.id,
        format=asked.get("format"),
        is_proven=found.get("is_proven", False),
        sender_is_known=found.get("sender_is_known", True),
        released_by=(found.get("released") or {}).get("by"),
        because=() if team is None else (f"written to {team.id} at its own address",),
        lost_by=asked.get("channel"),
        names=asked.get("names"),
    )


def ticket_of(document: Document) -> Ticket:
    """The ticket that a document holds."""
    owner, promise = document["owner"], document["promise"]
    return Ticket(
        reference=document["_id"],
        version=document["version"],
        status=Status(document["status"]),
        subject=document["subject"],
        patron=Patron(**document["patron"]),
        owner=Owner(**owner) if owner else None,
        team=document["team"],
        topic=document["topic"],
        language=document["language"],
        format=document["format"],
        promise=from_ledger_row(promise) if promise else None,
        created_at=document["created_at"],
        updated_at=document["updated_at"],
        unread=document["unread"],
        thread=tuple(Thread(**one) for one in document["thread"]),
        links=tuple(Link(**one) for one in document.get("links", ())),
        merged_into=document.get("merged_into"),
    )


def _fields(ticket: Ticket) -> Document:
    """All but the reference; by hand, for `dataclasses.asdict` copies every value."""
    owner, promise = ticket.owner, ticket.promise
    return {
        "version": ticket.version,
        "status": ticket.status.value,
        "subject": ticket.subject,
        "patron": {"name": ticket.patron.name, "address": ticket.patron.address},
        "owner": {"id": owner.id, "name": owner.name} if owner else None,
        "team": ticket.team,
        "topic": ticket.topic,
        "language": ticket.language,
        "format": ticket.format,
        "promise": as_ledger_row(promise) | {"reasons": promise.reasons} if promise else None,
        "created_at": ticket.created_at,
        "updated_at": ticket.updated_at,
        "unread": ticket.unread,
        "thread": [
            {"letter_id": one.letter_id, "message_id": one.message_id} for one in ticket.thread
        ],
        "links": [{"kind": one.kind, "reference": one.reference} for one in ticket.links],
        "merged_into": ticket.merged_into,
    }


def _entries(change: Change) -> list[Document]:
    """What the timeline gains, each with the version that it made."""
    return [{**one, "version": change.ticket.version} for one in change.entries]


def _ledger(change: Change) -> Document:
    """The promises' ledger gains a row whenever a promise is made or comes to its end."""
    promise = change.ticket.promise
    told = any(str(one["event"]).startswith("promise") for one in change.entries)
    return {"promises": {"$each": [as_ledger_row(promise)]}} if promise and told else {}


def _beyond(due_at: datetime | None, reference: str) -> Document:
    """What comes after that place in the order (due_at, reference); no promise sorts first."""
    same = {"promise.due_at": due_at, "_id": {"$gt": reference}}
    if due_at is None:
        return {"$or": [same, {"promise.due_at": {"$ne": None}}]}
    return {"$or": [same, {"promise.due_at": {"$gt": due_at}}]}
