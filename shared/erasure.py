"""Erasing: a patron's identity and words go, the counts stay (`shared.personal` says which is
which).

A ticket is blanked, closed and marked in one guarded write, before anything of it that stands
elsewhere goes: from then on nobody answers it, and no letter about it is sent. What is left
(letters, files, notices) is erased after, as often as it takes: the ticket says that it is
`erasing` until a later look has found it all gone, also what was on its way at that moment, or what
a process that was killed left behind. Whatever is done twice changes nothing the second time.

It asks nobody whether it may: holds, open tickets and times are for those who call it, but the
write itself never touches a ticket that is on hold.
"""

from collections.abc import AsyncIterator, Collection, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from shared.crash import crash_point
from shared.errors import Transient
from shared.messages import TicketState, ticket_changed, to_saved
from shared.mongo import Database, Document, Files, building, translated
from shared.patron_pages import SURVEY
from shared.personal import blanked, names, names_of, words_for

_TRIES: Final = 10
"""How often a ticket is read anew because somebody else was quicker."""
_SETTLED: Final = timedelta(minutes=2)
"""After so long nothing is on its way any more that was begun before."""
_AT_REST: Final[Document] = {
    "status": "closed",
    "unread": False,
    "is_unanswered": False,
    "risk_at": [],
    "alerts": [],
    **dict.fromkeys(("next_at", "owner_by", "seek_at", "remind_at", "close_at", "held_until")),
}
"""Nobody is to do anything about it."""


class OnHold(Exception):
    """This ticket must not be erased: its reference."""


class Eraser:
    """Takes patrons out of tickets, letters, notices and files."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._tickets = database.tickets
        self._messages = database.messages
        self._notices = database.notices
        self._conversions = database.conversions
        self._digests = database.digests
        self._causes = database.causes
        self._patrons = database.patrons
        self._files = Files(database)
        self._file_rows = database["documents.files"]

    async def make_indexes(self) -> None:
        """Raises: Transient."""
        async with building(self._tickets):
            await self._tickets.create_index("erasing", sparse=True)
            await self._digests.create_index("alerts.reference")

    async def now(self) -> datetime:
        """The database's clock. Raises: Transient."""
        with translated():
            answer = await self._database.command("hello")
        moment: datetime = answer["localTime"]
        return moment.replace(tzinfo=UTC)  # answers to commands come without a zone

    async def erase_ticket(self, reference: str, by: str, erasing: str, now: datetime) -> bool:
        """Blank and close a ticket, once; then what belongs to it. `erasing`: which erasure this
        is. False: there was nothing to blank. Raises: OnHold, Transient."""
        blank = await self._blank(reference, by, erasing, now)
        crash_point("erase.after_ticket")
        await self.erase_rest(reference)
        return blank

    async def _blank(self, reference: str, by: str, erasing: str, now: datetime) -> bool:
        for _ in range(_TRIES):
            with translated():
                ticket = await self._tickets.find_one({"_id": reference})
            if ticket is None or ticket.get("erased_at"):
                return False
            if ticket.get("hold"):
                raise OnHold(reference)
            await self._keep_counts(ticket)
            await self._forget_where_merged(ticket)
            guard = {"_id": reference, "version": ticket["version"], "hold": None}
            update = _ticket_without(ticket, by, erasing, now)
            with translated():
                result = await self._tickets.update_one(guard, update)
            if result.matched_count:
                await self.forget_patron(ticket.get("patron_key"))
                return True
        raise Transient("the ticket is being changed by others all the time")

    async def forget_patron(self, key: str | None) -> bool:
        """What is noted of a patron (by mailbox) goes, if no ticket is known to be theirs any more;
        whether it did. Raises: Transient."""
        with translated():
            noted = await self._patrons.find_one({"_id": key}, {"version": 1})
            if noted is None or await self._tickets.find_one({"patron_key": key}, {"_id": 1}):
                return False
            # Who writes again at this moment is noted anew.
            gone = await self._patrons.delete_one({"_id": key, "version": noted["version"]})
        return bool(gone.deleted_count)

    async def sweep_patrons(self, after: str, most: int) -> str | None:
        """The same of some patrons, by mailbox: what a process that was killed left behind. After
        which to go on; None at the end. Raises: Transient."""
        with translated():
            found = self._patrons.find({"_id": {"$gt": after}}, {"_id": 1}).sort("_id", 1)
            keys = [one["_id"] for one in await found.limit(most).to_list(None)]
        for one in keys:
            await self.forget_patron(one)
        return keys[-1] if keys else None

    async def _keep_counts(self, ticket: Document) -> None:
        """What the charter tells from the name, or from the patron's tickets together, is written
        down while it can be told."""
        where = {"reference": ticket["_id"], "by_name": {"$exists": False}}
        greeting = {"$arrayElemAt": [{"$split": ["$text", "\n"]}, 0]}
        by_name = [
            {"$gte": [{"$indexOfCP": [greeting, {"$literal": one}]}, 0]} for one in names_of(ticket)
        ]
        with translated():
            await self._notices.update_many(where, [{"$set": {"by_name": {"$or": by_name}}}])
        if ticket.get("patron_key"):
            await self._keep_owners(ticket)
        key = ticket.get("trouble_key")
        if key and "trouble_key" in blanked("tickets", ticket, _named(ticket))[1]:
            await self._forget_cause(key, ticket["_id"])

    async def _keep_owners(self, ticket: Document) -> None:
        """Who had the patron's ticket before this one; and, for the next one, who had this."""
        others = {"patron_key": ticket["patron_key"]}
        opened = ticket["created_at"]
        with translated():
            before = await self._tickets.find_one(
                others | {"created_at": {"$lt": opened}}, {"owner.id": 1}, sort=[("created_at", -1)]
            )
            after = await self._tickets.find_one(
                others | {"created_at": {"$gt": opened}},
                {"created_at": 1},
                sort=[("created_at", 1)],
            )
            await self._note_owner({"_id": ticket["_id"]}, before)
            if after is not None:
                await self._note_owner(others | {"created_at": after["created_at"]}, ticket)

    async def _note_owner(self, where: Document, before: Mapping[str, Any] | None) -> None:
        owner = ((before or {}).get("owner") or {}).get("id")
        await self._tickets.update_many(
            where | {"owner_before": {"$exists": False}}, {"$set": {"owner_before": owner}}
        )

    async def _forget_cause(self, key: str, reference: str) -> None:
        with translated():
            others = {"trouble_key": key, "_id": {"$ne": reference}}
            if await self._tickets.find_one(others, {"_id": 1}) is None:
                await self._causes.delete_one({"_id": key})

    async def _forget_where_merged(self, ticket: Document) -> None:
        """What other people's tickets were given of this one when it was merged into them or split
        off: the words by which it is found, and the labels that name its patron. A word that both
        have finds the other one no more."""
        labels = [one for one in ticket.get("tags", ()) if names(one, _named(ticket))]
        pulled = {
            "words": ticket.get("words", []),
            "tags": labels,
            "filed": [f"tag {one}" for one in labels],
        }
        key = ticket.get("trouble_key")
        is_named = key is not None and names(ticket["trouble"], _named(ticket))
        async for reference in self._given_to(ticket):
            # A version of its own: whoever has read it before does not write it back.
            update = {"$pullAll": pulled, "$inc": {"version": 1}}
            with translated():
                await self._tickets.update_one({"_id": reference, "erased_at": None}, update)
            if is_named:
                gone = {"$set": {"trouble": None}, "$unset": {"trouble_key": ""}}
                with translated():
                    await self._tickets.update_one({"_id": reference, "trouble_key": key}, gone)

    async def _given_to(self, ticket: Document) -> AsyncIterator[str]:
        """The tickets that have what this one had: those that it was merged into, one after the
        other, and the one that it was split from."""
        for one in ticket.get("links", ()):
            if one["kind"] == "split_from":
                yield one["reference"]
        passed, reference = {ticket["_id"]}, ticket.get("merged_into")
        while reference is not None and reference not in passed:
            yield reference
            passed.add(reference)
            with translated():
                found = await self._tickets.find_one({"_id": reference}, {"merged_into": 1})
            reference = (found or {}).get("merged_into")

    async def erase_rest(self, reference: str) -> None:
        """What belongs to a ticket that is blank: its letters with their files, and what was sent
        of it. A letter that came after it was blanked is not touched. Raises: Transient."""
        ticket = await self._marks(reference)
        if ticket is None:
            return
        await self._erase_files([reference])  # what was uploaded for it, and not sent
        await self._erase_conversions(reference)
        async for letter in self._letters(reference):
            if not _is_after(letter, ticket):
                await self.erase_letter(letter["_id"], ticket["erased_at"])
        crash_point("erase.after_letters")
        with translated():
            told = await self._digests.find({"alerts.reference": reference}, {"_id": 1}).to_list(
                None
            )
            sent = await self._notices.find({"reference": reference}).to_list(None)
        for notice in sent:
            await self._write(self._notices, notice["_id"], *blanked("notices", notice))
        # Letters to staff name the patrons that they are about.
        with translated():
            await self._notices.update_many(
                {"_id": {"$in": [one["_id"] for one in told]}, "text": {"$ne": ""}},
                {"$set": {"text": ""}, "$unset": {"relay_said": ""}},
            )

    async def _marks(self, reference: str) -> Document | None:
        with translated():
            return await self._tickets.find_one(
                {"_id": reference, "erased_at": {"$type": "date"}}, {"erased_at": 1, "applied": 1}
            )

    async def _letters(self, reference: str) -> AsyncIterator[Document]:
        shown = dict.fromkeys(("direction", "at", "door"), 1)
        with translated():
            found = self._messages.find({"reference": reference, "erased_at": None}, shown)
            for one in await found.to_list(None):
                yield one

    async def erase_letter(self, letter_id: str, now: datetime) -> bool:
        """Its files, then its words; False: it is not there, or was erased before.

        Raises: Transient.
        """
        with translated():
            letter = await self._messages.find_one({"_id": letter_id, "erased_at": None})
        if letter is None:
            return False
        await self._erase_files([letter_id])
        crash_point("erase.after_files")
        changed, gone = blanked("messages", letter)
        await self._write(self._messages, letter_id, changed | {"erased_at": now}, gone)
        return True

    async def _erase_files(self, letters: Collection[str]) -> None:
        """All that was ever stored for these letters, whether a letter names it or not."""
        with translated():
            found = self._file_rows.find({"filename": {"$in": list(letters)}}, {"_id": 1})
            rows = await found.to_list(None)
        for one in rows:
            await self._files.settle(one["_id"], is_named=False)

    async def _erase_conversions(self, reference: str) -> None:
        """The copies that were made for it, also those that no letter names yet. One that is being
        made finds its row gone, and is thrown away."""
        with translated():
            found = self._conversions.find({"reference": reference}, {"copy_id": 1})
            rows = await found.to_list(None)
            await self._conversions.delete_many({"reference": reference})
        await self._erase_files([one["copy_id"] for one in rows if "copy_id" in one])

    async def _write(
        self, collection: Any, document_id: str, changed: Document, gone: list[str]
    ) -> None:
        update: Document = {}
        if changed:
            update["$set"] = changed
        if gone:
            update["$unset"] = dict.fromkeys(gone, "")
        if update:
            with translated():
                await collection.update_one({"_id": document_id}, update)

    async def settle(self, now: datetime, most: int = 50) -> int:
        """Look once more at what was blanked some minutes ago, and take leave of it; how many
        tickets. Raises: Transient."""
        where = {"erasing": {"$type": "string"}, "erased_at": {"$lte": now - _SETTLED}}
        with translated():
            found = await self._tickets.find(where, {"erased_at": 1}).limit(most).to_list(None)
        for one in found:
            await self.erase_rest(one["_id"])
            same = {"_id": one["_id"], "erased_at": one["erased_at"]}
            with translated():
                await self._tickets.update_one(same, {"$unset": {"erasing": ""}})
        return len(found)


def _named(ticket: Mapping[str, Any]) -> frozenset[str]:
    return words_for(names_of(ticket), ticket["patron"]["address"])


def _is_after(letter: Mapping[str, Any], ticket: Mapping[str, Any]) -> bool:
    """Whether a patron's letter came after its ticket was blanked: it opens that again. What was
    answered on a page that was looked at before does not."""
    came_in = letter["direction"] == "in" and letter["_id"] not in ticket.get("applied", ())
    if letter.get("door") == SURVEY:
        return False
    return bool(came_in and letter["at"] > ticket["erased_at"])


def _ticket_without(ticket: Document, by: str, erasing: str, now: datetime) -> Document:
    """The one write that blanks a ticket: nothing of the patron's, closed, and a line that says
    so."""
    changed, gone = blanked("tickets", ticket, _named(ticket))
    after = {key: one for key, one in ticket.items() if key not in gone} | changed
    version = ticket["version"] + 1
    said = {"at": now, "event": "erased", "by": by, "version": version}
    marks = {"version": version, "erased_at": now, "erased_by": by, "erasing": erasing}
    rows = {"timeline": [*after.get("timeline", []), said]}
    promise = after.get("promise")
    if promise and promise["state"] == "made":
        # Nobody is left whom it was made to.
        ended = promise | {"state": "withdrawn", "settled_at": now}
        rows |= {"promise": ended, "promises": [*after.get("promises", []), ended]}
    closed = changed | _AT_REST | rows | marks
    told = ticket_changed(
        ticket["_id"],
        version,
        now,
        ["erased"],
        now=TicketState.of({**after, **closed}),
        was=TicketState.of(ticket),
    )
    update: Document = {"$set": closed, "$push": {"outbox": to_saved([told])[0]}}
    return update | ({"$unset": dict.fromkeys(gone, "")} if gone else {})
