"""What the patrons' own pages read: a ticket, and what was answered to "How it was for you".
Nothing is written here."""

from typing import Final

from shared.mongo import Database, Document, translated
from shared.names_now import NamesNow
from shared.patron_pages import MOST_REVISIONS, SURVEY, answer_id

_MOST_MERGES: Final = 20
"""Steps that are followed from a ticket to the one that stands for it."""
_TICKET: Final = dict.fromkeys(
    (
        *("status", "owner", "team", "language", "promise", "patron", "patron_key", "subject"),
        *("created_at", "answered_at", "confidential", "lost", "merged_into", "erased_at"),
        *("timeline.at", "timeline.event", "timeline.owner", "timeline.due_at", "timeline.until"),
        *("timeline.is_reached", "timeline.solved", "timeline.asks"),
    ),
    1,
)
"""No note, no reason and no words are read."""


class PatronTickets:
    """Tickets and answers, by reference."""

    def __init__(self, database: Database) -> None:
        self._tickets = database.tickets
        self._messages = database.messages
        self._names = NamesNow(database)

    async def ticket(self, reference: str) -> Document | None:
        """None: there is none, or its patron was erased. Raises: Transient."""
        with translated():
            found = await self._tickets.find_one({"_id": reference, "erased_at": None}, _TICKET)
        return await self._names.within(found, "owner")

    async def standing(self, ticket: Document) -> Document:
        """The one that stands for it, if that is the same patron's: of another one's nothing is
        told. Raises: Transient."""
        found: Document | None = ticket
        for _ in range(_MOST_MERGES):
            if found is None or not found.get("merged_into"):
                break
            found = await self.ticket(found["merged_into"])
        whose = ticket.get("patron_key")
        is_theirs = found is not None and whose is not None and found.get("patron_key") == whose
        return found if found is not None and is_theirs else ticket

    async def answers(self, reference: str) -> list[Document]:
        """What was answered of this ticket, the first first. Raises: Transient."""
        ids = [answer_id(reference, number + 1) for number in range(MOST_REVISIONS)]
        where = {"_id": {"$in": ids}, "erased_at": None}
        shown = {"at": 1, "text": 1, "asked.survey": 1}
        with translated():
            found = await self._messages.find(where, shown).limit(MOST_REVISIONS).to_list(None)
        return sorted(found, key=lambda one: int(one["asked"][SURVEY]["revision"]))
