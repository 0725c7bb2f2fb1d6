"""Tickets in MongoDB: each with its timeline, what it has applied and what others must be told, in
one document, changed by one guarded write."""

from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from dataclasses import replace
from datetime import datetime
from typing import Any

from pymongo import ReturnDocument

from services.routing.achievements import Achievements
from services.routing.assign import Given, Load
from services.routing.canned_store import Answers
from services.routing.conversion_store import Conversions
from services.routing.documents import FIELDS, fields_of, gains_of, given_of, ticket_of
from services.routing.draft_store import Drafts
from services.routing.filing import OPEN
from services.routing.hours import calendars
from services.routing.known_patron import as_wished
from services.routing.known_patron_store import KnownPatrons
from services.routing.patron_store import Patrons
from services.routing.promise import PromiseState
from services.routing.publisher_store import Publishers
from services.routing.requests import Requests
from services.routing.sight import EVERYTHING, both, sight_of, told_to_all_of
from services.routing.situation import Achieved
from services.routing.ticket import Change, Letter, Ticket
from services.routing.understanding import FIELDS as LETTER_FIELDS
from services.routing.understanding import letter_of
from services.routing.words_store import Words
from services.routing.workload import AT_WORK, LOAD, OWNED
from shared.addresses import untagged
from shared.errors import Permanent
from shared.keyring import CALLED, Keyring, with_member
from shared.keys import Caller
from shared.library import Library
from shared.messages import to_saved
from shared.mongo import (
    Database,
    Document,
    Inserts,
    Reads,
    SavedOutbox,
    building,
    lasting,
    translated,
)
from shared.preferences import for_next_time
from shared.references import allot
from shared.staff import StaffMember, from_document

_LEASE = 10_000
"""Milliseconds for which a ticket that is due is left to whoever found it."""
_APPLIED_KEPT = 400
"""How many causes a ticket remembers, with what was asked under a key: more than queues can still
hold of one ticket."""


class Tickets(Words):
    """The tickets, and the letters that they are made of."""

    def __init__(self, database: Database, library: Library) -> None:
        super().__init__(database)
        self._tickets = database.tickets
        self._lasting_tickets = lasting(database.tickets)
        self._staff = database.staff
        self._keyring = Keyring(database)
        self._library = library
        self._achievements = Achievements(database, library, calendars(library))
        self._read_member = Reads(database.staff, CALLED)
        self._sight: Document = EVERYTHING
        self._insert = Inserts(database.tickets)
        self._read_letter = Reads(database.messages, LETTER_FIELDS)
        self.outbox = SavedOutbox(database.tickets)
        self.requests = Requests(database)
        self.answers = Answers(database)
        self.patrons = Patrons(database)
        self.known_patrons = KnownPatrons(database)
        self.drafts = Drafts(database)
        self.publishers = Publishers(database)
        self.conversions = Conversions(database)

    def seen_by(self, caller: Caller) -> "Tickets":
        """The same, where what this caller may not know of is not there."""
        seen = copy(self)
        seen._sight = sight_of(caller)
        return seen

    async def make_indexes(self) -> None:
        """Raises: Transient."""
        async with building(self._tickets):
            await self._tickets.create_index(
                [("owner.id", 1), ("status", 1), ("created_at", 1), ("answered_at", 1)]
            )
            await self._tickets.create_index("given.at", sparse=True)
            await self._tickets.create_index([("patron_key", 1), ("created_at", -1)])
            for moment in ("deliveries.items.next_at", "deliveries.list_by"):
                is_open: Document = {moment: {"$type": "date"}}
                await self._tickets.create_index(moment, partialFilterExpression=is_open)
            await self._tickets.create_index(
                "next_at", partialFilterExpression={"next_at": {"$type": "date"}}
            )
            await self._tickets.create_index(
                "alerts.due_at", partialFilterExpression={"alerts.due_at": {"$type": "date"}}
            )
        async with building(self._staff):
            await self._staff.create_index("address", unique=True)
        await self._achievements.make_indexes()
        for store in (self.requests, self.answers, self.patrons, self.drafts, self.publishers):
            await store.make_indexes()
        await self.known_patrons.make_indexes()
        await self.outbox.make_index()

    async def letter(self, letter_id: str) -> Letter | None:
        """A patron's letter as routing sees it. Raises: Transient."""
        found = await self._read_letter(letter_id)
        if found is None:
            return None
        address = found.get("address_as_written")
        last = await self.patrons.last(address)
        before = last
        if last.get("confidential"):
            before = await self.patrons.last(address, told_to_all_of(None))
        letter = letter_of(found, self._library, before.get("language"))
        if self._library.is_confidential(letter.topic):  # its own team may know of theirs
            before = await self.patrons.last(address, told_to_all_of(letter.team))
        letter = replace(letter, format=letter.format or for_next_time(before.get("format")))
        if owner := before.get("owner"):
            letter = replace(letter, helped_before=owner["id"])
        if not last or address is None:
            return letter
        known = await self.known_patrons.find(untagged(address))
        if known is None:
            return replace(letter, heeds=0)
        return as_wished(letter, found["asked"], known, self._library.library.languages)

    async def find(self, reference: str) -> Ticket | None:
        """Raises: Transient."""
        with translated():
            found = await self._tickets.find_one(
                {"_id": reference, **self._sight}, dict.fromkeys(FIELDS, 1)
            )
        return ticket_of(found) if found else None

    async def open(self, change: Change, *, caused_by: str, also: Sequence[str] = ()) -> bool:
        """Insert a new ticket; False: the same cause did so before, and nothing is changed. `also`:
        other causes that have had their effect with that.

        Raises: Transient; Permanent: another enquiry has this reference.
        """
        document = {
            "_id": change.ticket.reference,
            **fields_of(change.ticket),
            **gains_of(change),
            "words": sorted(change.words),
            "outbox": to_saved(change.outgoing),
            "applied": [caused_by, *also],
        }
        if await self._insert(document) is None:
            return True
        if not await self.has_applied(change.ticket.reference, caused_by):
            raise Permanent("another enquiry has this reference")
        return False

    async def save(self, change: Change, *, caused_by: str, asked: str | None = None) -> bool:
        """Write a change if nobody else changed the ticket since it was read, and if this cause has
        not been applied; both are part of the write. False if one of them does not hold. `asked`:
        what is remembered beside the cause, to tell the same request from another.

        Raises: Transient.
        """
        ticket = change.ticket
        guard = {
            "_id": ticket.reference,
            "version": ticket.version - 1,
            "applied": {"$ne": caused_by},
        }
        gained = {**gains_of(change), "outbox": to_saved(change.outgoing)}
        gains: Document = {name: {"$each": rows} for name, rows in gained.items() if rows}
        causes = [caused_by] if asked is None else [caused_by, asked]
        gains["applied"] = {"$each": causes, "$slice": -_APPLIED_KEPT}
        if change.words and (new := await self._new_words(ticket.reference, change.words)):
            gains["words"] = {"$each": new}
        update: dict[str, Any] = {
            "$set": fields_of(ticket),
            "$push": gains,
            "$unset": {"lease_until": ""},
        }
        with translated():
            result = await self._tickets.update_one(guard, update)
        return bool(result.matched_count)

    async def _new_words(self, reference: str, words: Iterable[str]) -> list[str]:
        """Those that the ticket is not found by yet, as long as its version stands. `$addToSet`
        would compare each with all, on every try: milliseconds on a long ticket.

        Raises: Transient.
        """
        had = {"$ifNull": ["$words", []]}
        new = {"$setDifference": [{"$literal": sorted(words)}, had]}
        with translated():
            found = await self._tickets.find_one({"_id": reference}, {"new": new})
        return list(found["new"]) if found else []

    async def claim_due(self) -> tuple[Ticket, datetime] | None:
        """A ticket one of whose moments has come, by the database's clock, and that clock's time.
        It is left to this caller for a while; its version says whether it still stands when it is
        saved. Raises: Transient."""
        with translated():
            answer = await self._tickets.database.command("hello")
        # A bound for the index: every open ticket has a moment, and few have one that has come.
        now = {"$lte": answer["localTime"]}
        # The type makes the partial index fit: without it the whole collection is read.
        where: Document = {"next_at": {**now, "$type": "date"}}
        where["$or"] = [{"lease_until": None}, {"lease_until": now}]
        take = {"lease_until": {"$add": ["$$NOW", _LEASE]}, "found_at": "$$NOW"}
        with translated():
            found = await self._tickets.find_one_and_update(
                where,
                [{"$set": take}],
                dict.fromkeys((*FIELDS, "found_at"), 1),
                sort=[("next_at", 1)],
                return_document=ReturnDocument.AFTER,
            )
        return (ticket_of(found), found["found_at"]) if found else None

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

    async def open_work(self) -> Mapping[str, Load]:
        """What each owner has to do. Raises: Transient."""
        steps: list[Mapping[str, Any]] = [
            {"$match": both(OWNED, self._sight)},
            {"$group": {"_id": "$owner.id", **LOAD}},
        ]
        with translated():
            groups = await self._tickets.aggregate(steps).to_list(None)
        return {one["_id"]: Load(one["count"], one["weight"], one["unanswered"]) for one in groups}

    async def silent(self) -> Sequence[str]:
        """Tickets (references) whose patron spoke last, where nothing is promised and nobody is due
        to do anything, which must never be (`due.is_silent`). Raises: Transient."""
        where = {
            "filed": OPEN,
            "status": {"$in": AT_WORK},
            "is_unanswered": True,
            "next_at": None,
            "promise.state": {"$ne": PromiseState.MADE.value},
            "merged_into": None,
            "lost": None,
        }
        with translated():
            return [
                one["_id"]
                for one in await self._tickets.find(where, {"_id": 1}).limit(100).to_list(None)
            ]

    async def given_since(self, since: datetime) -> Sequence[Given]:
        """What was given out. Raises: Transient."""
        with translated():
            found = self._tickets.find({"given.at": {"$gte": since}}, {"given": 1})
            tickets = await found.to_list(None)
        return [one for ticket in tickets for one in given_of(ticket) if one.at >= since]

    async def achieved(self, now: datetime) -> Achieved:
        """What promises are made of. Raises: Transient."""
        return await self._achievements.read(now)

    async def key(self, key_digest: str) -> Document | None:
        """A caller's key, with the name, role and team that they have now. Raises: Transient."""
        found = await self._keyring.find(key_digest)
        member = await self._read_member(found["caller"]) if found else None
        return with_member(found, member)

    async def whole(self, reference: str) -> Document | None:
        """A ticket with its timeline. Raises: Transient."""
        with translated():
            return await self._tickets.find_one(
                {"_id": reference, **self._sight},
                dict.fromkeys((*FIELDS, "timeline", "promises"), 1),
            )

    async def words(self, reference: str) -> frozenset[str]:
        """What a ticket is found by. Raises: Transient."""
        with translated():
            found = await self._tickets.find_one({"_id": reference}, {"words": 1})
        return frozenset((found or {}).get("words", ()))

    async def in_sight(self, references: Sequence[str]) -> frozenset[str]:
        """Those of them that are there. Raises: Transient."""
        where = both({"_id": {"$in": list(references)}}, self._sight)
        with translated():
            found = await self._tickets.find(where, {"_id": 1}).to_list(None)
        return frozenset(one["_id"] for one in found)

    async def attachment(self, letter_id: str, number: int) -> Document | None:
        """What is known of one attachment of a letter that is kept; None if there is none, or its
        content was never stored. Raises: Transient."""
        with translated():
            found = await self._messages.find_one(
                {"_id": letter_id}, {"attachments": 1, "reference": 1}
            )
        rows = found.get("attachments", []) if found else []
        if found is None or number >= len(rows) or not rows[number].get("file"):
            return None
        reference = found.get("reference")
        if reference is None:  # it was kept aside, and has no ticket
            return {**rows[number]}
        with translated():
            ticket = await self._tickets.find_one(
                {"_id": reference, **self._sight}, {"confidential": 1}
            )
        if ticket is None:
            return None
        is_confidential = ticket.get("confidential", False)
        return {**rows[number], "reference": reference, "confidential": is_confidential}

    async def free_reference(self) -> str:
        """A new one that no ticket and no letter has. Raises: Transient."""
        while True:
            reference = allot()
            with translated():
                kept = await self._messages.find_one({"opens": reference}, {"_id": 1})
            if kept is None and await self.find(reference) is None:
                return reference
