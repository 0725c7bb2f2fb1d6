"""Which enquiry was sent when, and when its acknowledgement came.

One ledger for both sides: an acknowledgement belongs to the enquiry whose
Message-ID stands in its In-Reply-To, if it goes to the enquiry's sender. Any
other mail (a note to staff) is counted and let go.
"""

import asyncio
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from bench.letters import Letter

# RFC 5322 §3.6.4; the value may stand on a folded line (§2.2.3).
IN_REPLY_TO: Final = re.compile(rb"^In-Reply-To:\s*(<[^>\r\n]+>)", re.IGNORECASE | re.MULTILINE)


@dataclass(slots=True)
class Entry:
    """One enquiry; moments are seconds of the ledger's clock."""

    sender: str
    intended_at: float
    acknowledged_at: float | None = None
    copies: int = 0


class Ledger:
    """Enquiries and acknowledgements of one run of one side."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.clock = clock
        self.other_mail = 0
        self._entries: dict[str, Entry] = {}
        self._outstanding = 0
        self._arrived = asyncio.Event()

    def expect(self, letter: Letter, intended_at: float) -> None:
        """An enquiry is about to be sent, or should have been at this moment."""
        self._entries[letter.message_id] = Entry(letter.sender, intended_at)
        self._outstanding += 1

    def forget(self, letter: Letter) -> None:
        """The enquiry was refused at the door, so nobody owes it an acknowledgement."""
        if self._entries.pop(letter.message_id).acknowledged_at is None:
            self._outstanding -= 1

    def on_mail(self, recipients: list[str], data: bytes) -> None:
        """A mail came to the sink."""
        header = data.partition(b"\r\n\r\n")[0]
        found = IN_REPLY_TO.search(header)
        entry = self._entries.get(found[1].decode("ascii", "replace")) if found else None
        if entry is None or entry.sender not in recipients:
            self.other_mail += 1
            return
        entry.copies += 1
        if entry.acknowledged_at is None:
            entry.acknowledged_at = self.clock()
            self._outstanding -= 1
            self._arrived.set()

    async def settle(self, seconds: float) -> None:
        """Wait until every enquiry is acknowledged, or until nothing came for so many seconds."""
        while self._outstanding:
            self._arrived.clear()
            try:
                await asyncio.wait_for(self._arrived.wait(), seconds)
            except TimeoutError:
                return

    def latencies(self, letters: Iterable[Letter]) -> list[float]:
        """Seconds from the intended moment to the acknowledgement, for those that have one."""
        entries = self._of(letters)
        return [e.acknowledged_at - e.intended_at for e in entries if e.acknowledged_at is not None]

    def last_acknowledgement(self, letters: Iterable[Letter]) -> float | None:
        """When the last acknowledgement of these came."""
        moments = (e.acknowledged_at for e in self._of(letters))
        return max((moment for moment in moments if moment is not None), default=None)

    def missing(self) -> list[str]:
        """Message-IDs of enquiries that were kept and never acknowledged."""
        return [key for key, entry in self._entries.items() if not entry.copies]

    def doubled(self) -> list[str]:
        """Message-IDs of enquiries that were acknowledged more than once."""
        return [key for key, entry in self._entries.items() if entry.copies > 1]

    def _of(self, letters: Iterable[Letter]) -> list[Entry]:
        found = (self._entries.get(letter.message_id) for letter in letters)
        return [entry for entry in found if entry is not None]
