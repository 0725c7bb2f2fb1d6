"""Erasing one patron: what is held is found and counted, what forbids it is told, and then it goes.

It may be killed anywhere and begun again: the proof is written before anything is erased, and what
has not been done yet is found again, by the address or by the proof that the tickets name.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from services.desk.proofs import Proofs
from shared.addresses import untagged
from shared.allowances import Allowances
from shared.crash import crash_point
from shared.erasure import Eraser
from shared.holdings import Held, Holdings
from shared.mongo import Database, translated
from shared.personal import allowances_of

_ON_ITS_WAY: Final = 6.0
"""Seconds in which a ticket is there that was being opened when its letter was erased."""
Step = Callable[[], None]


class Forbidden(Exception):
    """It can't be erased now; the text says why, and what can be done."""


@dataclass(frozen=True)
class Found:
    """What there is of a patron, and the erasure that has begun, if one was broken off."""

    held: Held
    counts: Mapping[str, int]
    begun: str | None


class Erasing:
    """Erases patrons on a database."""

    def __init__(self, database: Database, secret: str) -> None:
        self._database = database
        self._holdings = Holdings(database)
        self._eraser = Eraser(database)
        self._allowances = Allowances(database)
        self.proofs = Proofs(database, secret)

    async def find(self, address: str) -> Found:
        """What would go. Raises: Transient."""
        rows = await self.proofs.of(address)
        begun = next((str(one["_id"]) for one in rows if one["state"] == "begun"), None)
        held = await self._holdings.of(address, begun)
        return Found(held, await self._count(held), begun)

    async def _count(self, held: Held) -> Mapping[str, int]:
        references = list(held.references)
        messages, files = self._database.messages, self._database["documents.files"]
        where = {"reference": {"$in": references}, "erased_at": None}
        with translated():
            found = await messages.find(where, {"direction": 1}).to_list(None)
            letters = [one["_id"] for one in (*found, *held.elsewhere)]
            notices = {"reference": {"$in": references}, "to": {"$ne": ""}}
            came_in = sum(one["direction"] == "in" for one in found) + len(held.elsewhere)
            return {
                "tickets": sum(one.get("erased_at") is None for one in held.tickets),
                "letters": came_in,
                "written by staff": len(letters) - came_in,
                "notices": await self._database.notices.count_documents(notices),
                "files": await files.count_documents({"filename": {"$in": letters}}),
                "preferences": int(held.preferences is not None),
            }

    async def erase(
        self, address: str, found: Found, by: str, *, even_open: bool, step: Step = lambda: None
    ) -> str | None:
        """Erase all that was found, and whatever belongs to it; the id of the proof, or None if
        there was nothing. `step` is called after each ticket and letter.

        Raises: Forbidden, OnHold, Transient.
        """
        if found.held.is_nothing and found.begun is None:
            return None
        forbid(found.held, even_open=even_open)
        erasure = found.begun or await self.proofs.begin(address, by, found.counts)
        crash_point("erase.begun")
        now = await self._eraser.now()
        for reference in found.held.references:
            await self._eraser.erase_ticket(reference, by, erasure, now)
            step()
        for letter in found.held.elsewhere:
            await self._eraser.erase_letter(letter["_id"], now)
            step()
        await self._erase_coming(found.held, by, erasure)
        # Where this was broken off the last ticket has gone without it.
        await self._eraser.forget_patron(untagged(address))
        await self._allowances.forget(*allowances_of(untagged(address)))
        await self.proofs.finish(erasure)
        return erasure

    async def _erase_coming(self, held: Held, by: str, erasure: str) -> None:
        """Tickets that were being opened of what was erased meanwhile."""
        if not held.coming:
            return
        await asyncio.sleep(_ON_ITS_WAY)
        now = await self._eraser.now()
        for reference in held.coming:
            await self._eraser.erase_ticket(reference, by, erasure, now)


def forbid(held: Held, *, even_open: bool) -> None:
    """Raises: Forbidden: something is on hold, or somebody works on a ticket."""
    if held.on_hold:
        raise Forbidden(
            f"On hold, so nothing was erased: {', '.join(held.on_hold)}"
            " (`desk patron release REF` ends a hold)"
        )
    if held.open and not even_open:
        raise Forbidden(
            f"Still open, so nothing was erased: {', '.join(held.open)}"
            " (answer and resolve them, or say --even-open: they are closed unanswered)"
        )
