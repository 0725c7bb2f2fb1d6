"""What is held about one patron: their tickets, and their letters wherever these lie.

A patron is a mailbox, whatever the tag in the address, as everywhere in this desk
(`shared.addresses.untagged`). It only reads.
"""

import re
from collections.abc import AsyncIterator, Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from shared.addresses import untagged
from shared.mongo import Database, Document, Files, building, translated

_MOST: Final = 200
_PAST: Final = datetime(1970, 1, 1, tzinfo=UTC)
_ENDED: Final = frozenset({"resolved", "closed"})
"""Any other status is of a ticket that somebody works on."""
_TICKET: Final = dict.fromkeys(("status", "hold", "erased_at", "patron", "created_at"), 1)
_LETTER: Final = dict.fromkeys(
    (
        *("reference", "opens", "at", "direction", "address", "sender", "envelope_from"),
        *("reply_to", "bounce.recipients", "unreadable", "aside", "discarded", "attachments.file"),
    ),
    1,
)
_PIECES: Final = re.compile(r"[^\s<>()\[\],;:\"]+")
"""What stands between the signs that no address has, as people write them."""


@dataclass(frozen=True)
class Held:
    """What was found."""

    tickets: tuple[Document, ...]
    """Theirs, the oldest first: `status`, `hold`, `erased_at`, `patron`, `created_at`."""
    elsewhere: tuple[Document, ...]
    """Their letters that are on no ticket of theirs: on somebody else's, on none, or on one that is
    not there yet."""
    on_hold: tuple[str, ...]
    """Tickets with a letter of theirs that must not be erased."""
    coming: tuple[str, ...]
    """Tickets that such a letter is about to open."""
    others_open: tuple[str, ...] = ()
    """Other people's tickets with such a letter that somebody works on."""
    preferences: Document | None = None
    """What staff have noted of how they want to be served."""

    @property
    def references(self) -> tuple[str, ...]:
        return tuple(str(one["_id"]) for one in self.tickets)

    @property
    def open(self) -> tuple[str, ...]:
        """Tickets that somebody works on, or will."""
        at_work = (str(one["_id"]) for one in self.tickets if one["status"] not in _ENDED)
        return (*at_work, *self.coming, *self.others_open)

    @property
    def is_nothing(self) -> bool:
        return not self.tickets and not self.elsewhere and self.preferences is None


class Holdings:
    """Finds what is held."""

    def __init__(self, database: Database) -> None:
        self._tickets = database.tickets
        self._messages = database.messages
        self._erasures = database.erasures
        self._patrons = database.patrons
        self._files = Files(database)

    async def make_indexes(self) -> None:
        """Raises: Transient."""
        async with building(self._messages):
            await self._messages.create_index("address", sparse=True)
            await self._tickets.create_index("erasing", sparse=True)
            await self._erasures.create_index("whose")

    async def of(self, address: str, erasing: str | None = None) -> Held:
        """All that is held about whoever has this mailbox. `erasing`: the erasure that has begun on
        some of their tickets, which are no longer found by the address. Raises: Transient."""
        whose = untagged(address)
        tickets = await self._tickets_of(whose, erasing)
        own = {one["_id"] for one in tickets}
        letters = [one async for one in self._letters_of(whose) if one["reference"] not in own]
        named = {one["reference"] for one in letters if one["reference"] is not None}
        there = await self._there(named)
        holds = [str(one["_id"]) for one in (*tickets, *there.values()) if one.get("hold")]
        coming = {str(one["opens"]) for one in letters if one.get("opens")} - there.keys()
        at_work = [str(one) for one, it in there.items() if it["status"] not in _ENDED]
        return Held(
            tickets=tuple(tickets),
            elsewhere=tuple(letters),
            on_hold=tuple(holds),
            coming=tuple(sorted(coming)),
            others_open=tuple(at_work),
            preferences=await self._noted_of(whose),
        )

    async def _noted_of(self, whose: str) -> Document | None:
        with translated():
            return await self._patrons.find_one({"_id": whose}, {"_id": 0, "outbox": 0})

    async def _tickets_of(self, whose: str, erasing: str | None) -> list[Document]:
        either: list[Document] = [{"patron_key": whose}]
        either += [{"erasing": erasing}] if erasing else []
        with translated():
            found = self._tickets.find({"$or": either}, _TICKET).sort("created_at", 1)
            return await found.to_list(None)

    async def _there(self, references: Collection[str]) -> Mapping[str, Document]:
        with translated():
            found = self._tickets.find({"_id": {"$in": list(references)}}, _TICKET)
            return {one["_id"]: one for one in await found.to_list(None)}

    async def _letters_of(self, whose: str) -> AsyncIterator[Document]:
        """By their address; and of those without a ticket, by whatever they say of a sender."""
        local, _, domain = whose.rpartition("@")
        # The bounds are for the index.
        where = {
            "$gte": local,
            "$lt": f"{local}\U0010ffff",
            "$regex": rf"^{re.escape(local)}(\+[^@]*)?@{re.escape(domain)}$",
        }
        with translated():
            found = self._messages.find({"address": where}, _LETTER)
            async for one in found.sort("address", 1):
                yield one
        async for one in self._without_a_ticket():
            is_found = untagged(one.get("address") or "") == whose
            if not is_found and await self._is_about(one, whose):
                yield one

    async def _without_a_ticket(self) -> AsyncIterator[Document]:
        """Page by page: few, for retention takes them away."""
        for some in (
            {"aside": {"$in": ["quarantined", "noted"]}},
            {"discarded.at": {"$gt": _PAST}},
        ):
            last = ""
            while True:
                where = {**some, "_id": {"$gt": last}}
                with translated():
                    found = self._messages.find(where, _LETTER).sort("_id", 1).limit(_MOST)
                    page = await found.to_list(None)
                for one in page:
                    yield one
                if len(page) < _MOST:
                    break
                last = page[-1]["_id"]

    async def _is_about(self, letter: Document, whose: str) -> bool:
        if whose in mailboxes_in(letter):
            return True
        # Nobody could read it: then it is whoever's address stands in it.
        is_nobodys = letter["unreadable"] and "address" not in letter
        return bool(is_nobodys) and whose.encode() in (await self._raw(letter)).lower()

    async def _raw(self, letter: Document) -> bytes:
        with translated():
            found = await self._messages.find_one({"_id": letter["_id"]}, {"raw": 1, "raw_file": 1})
        if found is None:
            return b""
        if "raw_file" in found:
            return await self._files.read(found["raw_file"]) or b""
        return bytes(found.get("raw", b""))


def mailboxes_in(letter: Mapping[str, Any]) -> set[str]:
    """Every mailbox that a letter says it is from, would be answered at, or did not reach."""
    said = [letter.get(name) or "" for name in ("sender", "envelope_from", "reply_to")]
    said += (letter.get("bounce") or {}).get("recipients", [])
    return {untagged(one) for text in said for one in _PIECES.findall(str(text)) if "@" in one}
