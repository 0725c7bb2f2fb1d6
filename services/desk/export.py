"""Everything held about one patron, as one JSON document and files beside it.

Other people's data is left out: another patron's ticket that is linked, a letter that somebody else
wrote, and what staff noted on other tickets. What staff noted on this patron's is about him, and is
in it.
"""

import re
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import orjson

from shared.addresses import untagged
from shared.holdings import Held, Holdings
from shared.mongo import Database, Document, Files, translated
from shared.personal import names_of
from shared.quarantine import Quarantine

DOCUMENT: Final = "patron.json"
_UNSAFE: Final = re.compile(r"[^\w.-]+|^\.+", re.ASCII)
_MACHINERY: Final = frozenset(
    {
        *("raw", "raw_file", "outbox", "scan", "counted_as", "applied", "alerts", "lease_until"),
        *("found_at", "next_at", "fence", "attempts", "due_at", "patron_key", "erasing"),
        # Of another patron's letters too, if their ticket was merged into this one.
        *("words", "filed", "queue_at"),
    }
)
"""What says nothing of the patron that does not stand elsewhere."""
_OTHERS: Final = ("reference", "into")
"""Where a line of the timeline names another ticket."""
_MAIL: Final = frozenset({"smtp", "imap"})
Step = Callable[[], None]


class NotEmpty(Exception):
    """There is something in the folder already."""


@dataclass
class Exported:
    """What was written."""

    folder: Path
    tickets: int = 0
    letters: int = 0
    notices: int = 0
    withheld: int = 0
    """Letters of other people on this patron's tickets."""
    files: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        return {
            "document": str(self.folder / DOCUMENT),
            "tickets": self.tickets,
            "letters": self.letters,
            "notices": self.notices,
            "withheld": self.withheld,
            "files": self.files,
        }


class Export:
    """Reads what is held, and writes it down."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._holdings = Holdings(database)
        self._files = Files(database)
        self._quarantine = Quarantine(database)

    async def find(self, address: str) -> tuple[Held, int]:
        """What is held, and how many letters there are to write. Raises: Transient."""
        held = await self._holdings.of(address)
        where = {"reference": {"$in": list(held.references)}}
        with translated():
            count = await self._database.messages.count_documents(where)
        return held, count + len(held.elsewhere)

    async def write(
        self, address: str, held: Held, folder: Path, step: Step = lambda: None
    ) -> Exported:
        """Write it into a folder that is empty or not there. The document comes last: where it
        is, all is there. Raises: NotEmpty, Transient."""
        _made(folder)
        writing = _Writing(self, untagged(address), held, Exported(folder), step)
        tickets = [await writing.ticket(one) for one in held.references]
        elsewhere = [await writing.letter(one["_id"]) for one in held.elsewhere]
        document = {
            "address": untagged(address),
            "preferences": _preferences(tickets, elsewhere),
            "noted": held.preferences,
            "tickets": tickets,
            "other_letters": elsewhere,
        }
        path = folder / DOCUMENT
        path.touch(mode=0o600)
        path.write_bytes(orjson.dumps(document, option=orjson.OPT_INDENT_2, default=str))
        return writing.done

    async def rows(self, name: str, where: Document) -> list[Document]:
        with translated():
            return await self._database[name].find(where, {"raw": 0}).sort("at", 1).to_list(None)

    async def drafts(self, reference: str) -> list[Document]:
        """What was uploaded for a reply that has not gone yet."""
        where = {"filename": reference, "metadata.draft": True}
        with translated():
            found = self._database["documents.files"].find(where, {"metadata": 1})
            return await found.sort("metadata.at", 1).to_list(None)

    async def conversions(self, reference: str) -> list[Document]:
        """What was made, or is to be, of files into the patron's format."""
        with translated():
            found = self._database.conversions.find({"reference": reference})
            return await found.sort("made_at", 1).to_list(None)

    async def content(self, file_id: str) -> bytes | None:
        return await self._files.read(file_id)

    async def contents(self, letter: Mapping[str, Any]) -> AsyncIterator[tuple[str, bytes]]:
        """The letter as it came, and its attachments, each with a name that is safe here."""
        if letter["direction"] == "in":
            kind = "eml" if letter["door"] in _MAIL else "txt"
            yield f"as_it_came.{kind}", await self._quarantine.raw(letter["_id"])
        for number, row in enumerate(letter.get("attachments", ())):
            content = await self._files.read(row["file"]) if row.get("file") else None
            if content is not None:
                yield f"{number}-{_safe(row['filename'])}", content


def _made(folder: Path) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise NotEmpty(folder)


@dataclass
class _Writing:
    """One export under way."""

    export: Export
    mailbox: str
    held: Held
    done: Exported
    step: Step

    async def ticket(self, reference: str) -> Document:
        [ticket] = await self.export.rows("tickets", {"_id": reference})
        letters = await self.export.rows("messages", {"reference": reference})
        notices = await self.export.rows("notices", {"reference": reference})
        drafts = await self.export.drafts(reference)
        made = await self.export.conversions(reference)
        into = ticket.get("merged_into")
        self.done.tickets += 1
        self.done.notices += len(notices)
        return _plain(ticket) | {
            "links": [one for one in ticket.get("links", ()) if self._is_own(one["reference"])],
            "merged_into": into if self._is_own(into) else None,
            "timeline": [self._entry(one) for one in ticket["timeline"]],
            "messages": [await self._letter(one) for one in letters],
            "notices": [_plain(one) for one in notices],
            "drafts": [await self._draft(reference, one) for one in drafts],
            "conversions": [_plain(one) for one in made],
        }

    async def _draft(self, reference: str, draft: Mapping[str, Any]) -> Document:
        row = draft["metadata"]["row"]
        known = {"at": draft["metadata"]["at"], "by": draft["metadata"]["by"], **row}
        content = await self.export.content(draft["_id"])
        name = f"{reference}/draft-{draft['_id'][:8]}-{_safe(row['filename'])}"
        return known | {"files": [] if content is None else [self._file(name, content)]}

    def _is_own(self, reference: str | None) -> bool:
        return reference in self.held.references

    def _entry(self, entry: Mapping[str, Any]) -> Mapping[str, Any]:
        """A line of the timeline, without the other end of a link to somebody else's ticket."""
        return {key: one for key, one in entry.items() if key not in _OTHERS or self._is_own(one)}

    async def letter(self, letter_id: str) -> Document:
        [letter] = await self.export.rows("messages", {"_id": letter_id})
        return await self._letter(letter)

    async def _letter(self, letter: Document) -> Document:
        self.step()
        if self._is_anothers(letter):
            self.done.withheld += 1
            return {"_id": letter["_id"], "at": letter["at"], "withheld": "somebody else wrote it"}
        self.done.letters += 1
        files = []
        async for name, content in self.export.contents(letter):
            files.append(self._file(f"{letter['_id']}/{name}", content))
        return _plain(letter) | {"files": files}

    def _is_anothers(self, letter: Mapping[str, Any]) -> bool:
        address = letter.get("address")
        is_persons = letter["direction"] == "in" and not letter.get("automatic")
        return bool(is_persons and address and untagged(address) != self.mailbox)

    def _file(self, name: str, content: bytes) -> str:
        path = self.done.folder / "files" / name
        for folder in (path.parent.parent, path.parent):
            folder.mkdir(mode=0o700, exist_ok=True)
        path.touch(mode=0o600)
        path.write_bytes(content)
        self.done.files.append(f"files/{name}")
        return f"files/{name}"


def _plain(document: Mapping[str, Any]) -> Document:
    return {key: one for key, one in document.items() if key not in _MACHINERY}


def _safe(filename: str) -> str:
    """What a sender called a file is data: no path, and nothing that a shell would take amiss."""
    return _UNSAFE.sub("_", filename)[-100:] or "unnamed"


def _preferences(tickets: Sequence[Document], elsewhere: Sequence[Document]) -> Document:
    """What is known of how the patron wants to be served, of whatever letter."""
    letters = [*elsewhere, *(letter for one in tickets for letter in one["messages"])]
    asked = [letter.get("asked", {}) for letter in letters]
    return {
        "names": _known(name for one in tickets for name in names_of(one)),
        "addresses": _known(one["patron"]["address"] for one in tickets),
        "languages": _known(one.get("language") for one in (*tickets, *asked)),
        "formats": _known(one.get("format") for one in (*tickets, *asked)),
        "phones": _known(one.get("phone") for one in asked),
    }


def _known(values: Any) -> list[str]:
    return list(dict.fromkeys(one for one in values if one))
