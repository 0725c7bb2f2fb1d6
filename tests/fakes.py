"""Small stateful stand-ins for what has a server behind it. Each remembers what was done to it.

The contract tests run the same suite against these and against the real stores.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from math import ceil
from typing import Any

from services.intake.letter import Letter
from services.intake.store import ReferenceTaken
from services.notify.letters import Outgoing
from services.notify.rows import LEASE, WAITING, Claim, Other, Request, domain_of
from services.notify.store import MOST_A_DAY, MOST_AUTOMATIC
from services.routing.assign import Given, Load
from services.routing.documents import fields_of, gains_of
from services.routing.due import is_silent, next_due
from services.routing.known_patron import KnownPatron
from services.routing.sight import may_see
from services.routing.situation import Achieved
from services.routing.status import Status
from services.routing.ticket import Change, Ticket
from services.routing.ticket import Letter as PatronLetter
from shared.addresses import untagged
from shared.allowances import Drawn, Use
from shared.audit import Reading
from shared.contents import Stored
from shared.errors import Permanent
from shared.keys import Caller
from shared.messages import (
    EnquiryReceived,
    Message,
    NoticeFailed,
    NoticeRequested,
    PatronChanged,
    TicketChanged,
    to_saved,
)
from shared.patron_pages import MOST_REVISIONS, answer_id
from shared.references import allot
from shared.staff import StaffMember

Document = dict[str, Any]


@dataclass
class Clock:
    """A clock that goes when it is told to. It begins on a Monday morning in winter."""

    now: datetime = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def move(self, **by: float) -> None:
        """Such as `hours=3`."""
        self.now += timedelta(**by)


@dataclass
class Saved:
    """The outboxes of one collection."""

    documents: dict[str, list[Document]] = field(default_factory=dict)
    marked: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)

    def add(self, document_id: str, messages: Sequence[Message]) -> None:
        self.documents.setdefault(document_id, []).extend(to_saved(messages))

    async def unsent(self, most: int) -> dict[str, list[Document]]:
        left = [(key, list(saved)) for key, saved in self.documents.items() if saved]
        return dict(left[:most])

    async def mark_sent(self, document_id: str, message_ids: Sequence[str]) -> None:
        self.marked.append((document_id, tuple(message_ids)))
        saved = self.documents.get(document_id, [])
        saved[:] = [one for one in saved if one["message_id"] not in message_ids]


@dataclass
class Publisher:
    """RabbitMQ, as far as an outbox can tell."""

    published: list[Message] = field(default_factory=list)
    fails_with: list[Exception] = field(default_factory=list)
    """What the next publishings raise, one each."""
    gate: Callable[[], Awaitable[object]] | None = None
    """What each publishing waits for."""

    async def __call__(self, message: Message) -> None:
        if self.gate is not None:
            await self.gate()
        if self.fails_with:
            raise self.fails_with.pop(0)
        self.published.append(message)


@dataclass
class Outbox:
    """Notes what it was given to send."""

    sent: list[tuple[str, Message]] = field(default_factory=list)
    changes: list[TicketChanged] = field(default_factory=list)
    """What is told to those who look at the queue."""

    def send(self, document_id: str, messages: Sequence[Message]) -> None:
        for one in messages:
            if isinstance(one, TicketChanged):
                self.changes.append(one)
            else:
                self.sent.append((document_id, one))


@dataclass
class Letters:
    """The letters that came in."""

    kept: dict[str, Letter] = field(default_factory=dict)
    references: dict[str, str | None] = field(default_factory=dict)
    """Letter id to reference."""
    outbox: Saved = field(default_factory=Saved)
    fails_with: list[Exception] = field(default_factory=list)
    """What the next savings raise, one each."""
    gate: Callable[[], Awaitable[object]] | None = None
    """What each saving and each look at a key waits for."""
    keys: dict[str, Document] = field(default_factory=dict)
    tickets: dict[str, Document] = field(default_factory=dict)
    """What routing has made of them: `status` and `merged_into`."""
    opening: set[str] = field(default_factory=set)
    """The letters that opened a ticket."""
    became: Document = field(default_factory=dict)
    """What is known of each enquiry besides."""
    clock: Callable[[], datetime] = lambda: datetime(2026, 11, 22, 10, tzinfo=UTC)
    """The database's."""
    _opened: set[str] = field(default_factory=set)

    async def now(self) -> datetime:
        return self.clock()

    async def save(
        self, letter: Letter, reference: str | None, event: EnquiryReceived | None
    ) -> bool:
        if self.gate is not None:
            await self.gate()
        if self.fails_with:
            raise self.fails_with.pop(0)
        if letter.id in self.kept:
            return False
        if event is not None and event.opens:
            if event.reference in self._opened:
                raise ReferenceTaken
            self._opened.add(event.reference)
            self.opening.add(letter.id)
        self.kept[letter.id] = letter
        self.references[letter.id] = reference
        if event is not None:
            self.outbox.add(letter.id, [event])
        return True

    async def find(self, letter_id: str) -> Document | None:
        letter = self.kept.get(letter_id)
        if letter is None:
            return None
        known = {"_id": letter_id, "at": letter.at, "asked": letter.asked}
        return known | {"reference": self.references[letter_id]}

    async def belongs(self, reference: str, address: str) -> bool:
        return any(
            self.references[one.id] == reference
            and (one.address or "").lower() == address.lower()
            and one.automatic is None
            and one.ask is None
            for one in self.kept.values()
        )

    async def tickets_with(self, message_ids: tuple[str, ...]) -> tuple[str, ...]:
        named = [one for one in self.kept.values() if one.message_id in message_ids]
        named.sort(key=lambda one: one.at, reverse=True)
        found = [self.references[one.id] for one in named]
        return tuple(dict.fromkeys(one for one in found if one))[:20]

    async def ticket(self, reference: str) -> Document | None:
        return self.tickets.get(reference)

    async def opened_since(self, counted_as: str, since: datetime) -> int:
        return sum(
            one.counted_as == counted_as and one.at > since
            for one in self.kept.values()
            if one.id in self.opening
        )

    async def key(self, key_digest: str) -> Document | None:
        if self.gate is not None:
            await self.gate()
        return self.keys.get(key_digest)

    async def enquiry(self, reference: str, caller: str) -> Document | None:
        for one in self.kept.values():
            if self.references[one.id] == reference and one.asked.get("integration") == caller:
                return {"received_at": one.at, "status": "new"} | self.became
        return None


@dataclass
class PatronTickets:
    """What patrons' own pages read: tickets, and the answers among these letters."""

    letters: Letters
    rows: dict[str, Document] = field(default_factory=dict)
    fails_with: list[Exception] = field(default_factory=list)
    """What the next looks for a ticket raise, one each."""
    looks: list[str] = field(default_factory=list)
    """Tickets that were looked for."""

    async def ticket(self, reference: str) -> Document | None:
        if self.fails_with:
            raise self.fails_with.pop(0)
        self.looks.append(reference)
        found = self.rows.get(reference)
        return None if found is None or found.get("erased_at") else found

    async def standing(self, ticket: Document) -> Document:
        found = self.rows.get(ticket.get("merged_into") or ticket["_id"], ticket)
        is_theirs = found.get("patron_key") == ticket.get("patron_key") is not None
        return found if is_theirs else ticket

    async def answers(self, reference: str) -> list[Document]:
        ids = [answer_id(reference, number + 1) for number in range(MOST_REVISIONS)]
        known = [self.letters.kept[one] for one in ids if one in self.letters.kept]
        return [
            {"_id": one.id, "at": one.at, "text": one.text, "asked": one.asked} for one in known
        ]


@dataclass
class Contents:
    """Files, in pieces of so many bytes."""

    files: dict[str, bytes]
    size: int = 1000
    read: list[int] = field(default_factory=list)
    """The number of each piece that was asked for."""
    room: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(1))

    async def find(self, file_id: str) -> Stored | None:
        content = self.files.get(file_id)
        return None if content is None else Stored(file_id, len(content), self.size)

    async def piece(self, stored: Stored, number: int) -> bytes | None:
        self.read.append(number)
        content = self.files.get(stored.id)
        if content is None:
            return None
        return content[number * self.size : (number + 1) * self.size]


@dataclass
class Requests:
    """What was done under Idempotency-Keys."""

    done: dict[str, str] = field(default_factory=dict)

    async def body(self, cause: str) -> str | None:
        return self.done.get(cause)

    async def note(self, cause: str, body: str, at: datetime) -> None:
        self.done.setdefault(cause, body)


@dataclass
class Answers:
    """Canned answers."""

    rows: dict[str, Document] = field(default_factory=dict)
    fails_with: list[Exception] = field(default_factory=list)
    """What the next countings raise, one each."""

    async def add(self, document: Document) -> bool:
        if document["_id"] in self.rows:
            return False
        self.rows[document["_id"]] = dict(document)
        return True

    async def find(self, answer_id: str) -> Document | None:
        return self.rows.get(answer_id)

    async def page(
        self,
        words: Sequence[str],
        language: str | None,
        after: tuple[int, str] | None,
        limit: int,
    ) -> list[Document]:
        found = [
            one
            for one in self.rows.values()
            if all(any(known.startswith(word) for known in one["words"]) for word in words)
            and (language is None or language in one["languages"])
            and (after is None or (-one["uses"], one["_id"]) > (-after[0], after[1]))
        ]
        return sorted(found, key=lambda one: (-one["uses"], one["_id"]))[:limit]

    async def change(self, answer_id: str, version: int, fields: Document) -> bool:
        row = self.rows.get(answer_id)
        if row is None or row["version"] != version:
            return False
        row.update(fields, version=version + 1)
        return True

    async def remove(self, answer_id: str, version: int) -> bool:
        row = self.rows.get(answer_id)
        return row is not None and row["version"] == version and bool(self.rows.pop(answer_id))

    async def count_use(self, answer_id: str, cause: str) -> None:
        if self.fails_with:
            raise self.fails_with.pop(0)
        row = self.rows.get(answer_id)
        if row is not None and cause not in row["counted"]:
            row["uses"] += 1
            row["counted"].append(cause)


@dataclass
class Patrons:
    """Who else there is, and what this patron was answered on other tickets."""

    others: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)

    async def named(self, names: Sequence[str], key: str | None, caller: Caller) -> list[str]:
        return [one for one in self.others if one in names]

    async def answered(self, key: str, but: str, caller: Caller) -> list[str]:
        return self.elsewhere


@dataclass
class KnownPatrons:
    """What is noted of patrons."""

    tickets: "Tickets"
    rows: dict[str, KnownPatron] = field(default_factory=dict)
    outbox: Saved = field(default_factory=Saved)

    async def find(self, key: str) -> KnownPatron | None:
        return self.rows.get(key)

    async def marked(self, mark: str) -> KnownPatron | None:
        return next((one for one in self.rows.values() if one.mark == mark), None)

    async def save(self, known: KnownPatron, message: PatronChanged) -> bool:
        before = self.rows.get(known.key)
        if (before.version if before else 0) != known.version - 1:
            return False
        if before is not None and before.mark != known.mark:
            return False
        self.rows[known.key] = known
        self.outbox.add(known.key, [message])
        return True

    async def open_tickets(self, key: str) -> Sequence[str]:
        known = ((name, row.ticket) for name, row in self.tickets.rows.items())
        return [
            name
            for name, it in known
            if it.status is not Status.CLOSED
            and it.patron.address is not None
            and untagged(it.patron.address) == key
        ]


@dataclass
class _Row:
    """A ticket's document."""

    ticket: Ticket
    applied: list[str]
    timeline: list[Document] = field(default_factory=list)
    promises: list[Document] = field(default_factory=list)
    alerts: list[Document] = field(default_factory=list)
    words: set[str] = field(default_factory=set)

    def as_document(self) -> Document:
        shown = {"_id": self.ticket.reference, **fields_of(self.ticket)}
        return shown | {"timeline": list(self.timeline), "promises": list(self.promises)}


@dataclass
class Tickets:
    """The tickets, the letters that they are made of, and who is there."""

    rows: dict[str, _Row] = field(default_factory=dict)
    patron_letters: dict[str, PatronLetter] = field(default_factory=dict)
    written: dict[str, Document] = field(default_factory=dict)
    came_in: dict[str, Document] = field(default_factory=dict)
    """The documents of patrons' letters, for what is shown of them."""
    people: list[StaffMember] = field(default_factory=list)
    clock: Clock = field(default_factory=Clock)
    """The database's."""
    outbox: Saved = field(default_factory=Saved)
    keys: dict[str, Document] = field(default_factory=dict)
    attached: dict[tuple[str, int], Document] = field(default_factory=dict)
    """Letter id and number to what is known of an attachment."""
    files: dict[str, bytes] = field(default_factory=dict)
    overtaken_by: list[Callable[[], Awaitable[object]]] = field(default_factory=list)
    """What happens just before the next savings, one each: somebody else is quicker."""
    requests: Requests = field(default_factory=Requests)
    returned: list[tuple[str, str, tuple[str, ...], str]] = field(default_factory=list)
    """Letters of ours that came back: reference, how the id begins, whom, why."""
    answers: Answers = field(default_factory=Answers)
    patrons: Patrons = field(default_factory=Patrons)
    known_patrons: KnownPatrons = field(init=False)

    def __post_init__(self) -> None:
        self.known_patrons = KnownPatrons(self)

    async def attachment(self, letter_id: str, number: int) -> Document | None:
        return self.attached.get((letter_id, number))

    @property
    def contents(self) -> "Contents":
        return Contents(self.files)

    async def letter(self, letter_id: str) -> PatronLetter | None:
        return self.patron_letters.get(letter_id)

    async def find(self, reference: str) -> Ticket | None:
        row = self.rows.get(reference)
        return replace(row.ticket, as_read=row.ticket.state) if row else None

    async def open(self, change: Change, *, caused_by: str, also: Sequence[str] = ()) -> bool:
        ticket = change.ticket
        row = self.rows.get(ticket.reference)
        if row is None:
            self.rows[ticket.reference] = _Row(ticket, applied=[caused_by, *also])
            self._gain(change)
            return True
        if caused_by not in row.applied:
            raise Permanent("another enquiry has this reference")
        return False

    async def save(self, change: Change, *, caused_by: str, asked: str | None = None) -> bool:
        if self.overtaken_by:
            await self.overtaken_by.pop(0)()
        ticket = change.ticket
        row = self.rows.get(ticket.reference)
        if row is None or row.ticket.version != ticket.version - 1 or caused_by in row.applied:
            return False
        row.ticket = ticket
        row.applied += [caused_by] if asked is None else [caused_by, asked]
        self._gain(change)
        return True

    def _gain(self, change: Change) -> None:
        row = self.rows[change.ticket.reference]
        gains = gains_of(change)
        row.timeline += gains["timeline"]
        row.promises += gains["promises"]
        row.alerts += gains["alerts"]
        row.words |= change.words
        self.outbox.add(change.ticket.reference, change.outgoing)

    async def claim_due(self) -> tuple[Ticket, datetime] | None:
        known = [(next_due(one.ticket), one.ticket) for one in self.rows.values()]
        due = [(one.at, it) for one, it in known if one and one.at <= self.clock()]
        found = min(due, key=lambda one: one[0], default=None)
        return (found[1], self.clock()) if found else None

    async def has_applied(self, reference: str, caused_by: str) -> bool:
        row = self.rows.get(reference)
        return row is not None and caused_by in row.applied

    async def is_durable(self, reference: str, caused_by: str) -> bool:
        return await self.has_applied(reference, caused_by)

    async def staff(self) -> Sequence[StaffMember]:
        return list(self.people)

    async def open_work(self) -> Mapping[str, Load]:
        owned = [one.ticket for one in self.rows.values() if one.ticket.owner]
        counts = Counter(one.owner.id for one in owned if one.owner and not one.is_ended)
        return {one: Load(count, count) for one, count in counts.items()}

    async def given_since(self, since: datetime) -> Sequence[Given]:
        return [one for row in self.rows.values() for one in row.ticket.given if one.at >= since]

    async def achieved(self, now: datetime) -> Achieved:
        return Achieved()

    async def silent(self) -> Sequence[str]:
        return [one.ticket.reference for one in self.rows.values() if is_silent(one.ticket)]

    async def key(self, key_digest: str) -> Document | None:
        return self.keys.get(key_digest)

    async def in_sight(self, references: Sequence[str]) -> frozenset[str]:
        return frozenset(references) & self.rows.keys()

    def seen_by(self, caller: Caller) -> "Tickets":
        hidden = [name for name, row in self.rows.items() if not may_see(caller, row.as_document())]
        seen = copy(self)
        seen.rows = {name: row for name, row in self.rows.items() if name not in hidden}
        return seen

    async def whole(self, reference: str) -> Document | None:
        row = self.rows.get(reference)
        return row.as_document() if row else None

    async def words(self, reference: str) -> frozenset[str]:
        row = self.rows.get(reference)
        return frozenset(row.words) if row else frozenset()

    async def move_letters(self, ids: Sequence[str], source: str, to: str) -> None:
        for one in ids:
            if one in self.came_in and self.came_in[one]["reference"] == source:
                self.came_in[one]["reference"] = to

    async def free_reference(self) -> str:
        return allot()

    async def letters(self, references: Sequence[str], written: Sequence[str]) -> list[Document]:
        known = {**self.written, **self.came_in}
        ours = [
            one
            for one in known.values()
            if one["_id"] in written
            or (one["_id"] in self.came_in and one["reference"] in references)
        ]
        return sorted(ours, key=lambda one: str(one["at"]))

    async def notices(self, references: Sequence[str]) -> list[Document]:
        return []

    async def came_back(
        self, reference: str, begins: str, whom: Sequence[str], reason: str
    ) -> bool:
        self.returned.append((reference, begins, tuple(whom), reason))
        return True

    async def write_down(self, document: Document) -> None:
        self.written.setdefault(document["_id"], document)


@dataclass
class Audit:
    """Who has read what."""

    readings: list[Reading] = field(default_factory=list)

    async def note(self, reading: Reading) -> None:
        self.readings.append(reading)


@dataclass
class Courier:
    """A relay that says what it is told to say, and then takes everything."""

    answers: list[Exception] = field(default_factory=list)
    """What the next letters meet, one each."""
    carried: list[tuple[str, str, bytes]] = field(default_factory=list)
    """Envelope sender, recipient and content of what was taken."""
    patience: list[float] = field(default_factory=list)
    """For how long each would have been waited for."""
    most_bytes: int | None = None

    async def send(
        self, envelope_from: str, to: str, content: bytes, patience: float = 10.0
    ) -> str:
        self.patience.append(patience)
        if self.answers:
            raise self.answers.pop(0)
        self.carried.append((envelope_from, to, content))
        return "2.0.0 Taken"


@dataclass
class Notice:
    """The row of a letter of ours."""

    request: Request
    letter: Outgoing
    state: str
    fence: int = 0
    attempts: int = 0
    due_at: float | None = None
    reason: str | None = None
    relay_said: str | None = None
    made_at: float = 0.0
    patience: float | None = None
    history: list[tuple[str, str | None]] = field(default_factory=list)
    """What became of each attempt, and why."""


@dataclass
class Allowances:
    """How much of something each may have. `now` is the database's clock, in seconds."""

    now: float = 0.0
    given: dict[str, dict[str, float]] = field(default_factory=dict)
    """By key: each cause and when it was allowed."""
    counts: dict[str, tuple[int, float]] = field(default_factory=dict)
    """By key: how many, and when the time ends."""
    drawn: dict[str, list[tuple[int, int]]] = field(default_factory=dict)
    """By key: in which slice of time how many."""

    async def allow(self, key: str, cause: str, *limits: tuple[int, timedelta]) -> bool:
        longest = max(window for _, window in limits).total_seconds()
        known = self.given.get(key, {})
        recent = {one: at for one, at in known.items() if at > self.now - longest}
        has_room = all(
            sum(at > self.now - window.total_seconds() for at in recent.values()) < most
            for most, window in limits
        )
        if cause not in recent and has_room:
            recent[cause] = self.now
        self.given[key] = recent
        return cause in recent

    async def use(self, key: str, most: int, window: timedelta) -> Use:
        count, ends = self.counts.get(key, (0, 0.0))
        if ends <= self.now:
            count, ends = 0, self.now + window.total_seconds()
        self.counts[key] = count + 1, ends
        return Use(count < most, max(0, most - count - 1), self._until(ends))

    async def look(self, key: str, most: int) -> Use:
        count, ends = self.counts.get(key, (0, 0.0))
        if ends <= self.now:
            return Use(True, most, 1)
        return Use(count < most, max(0, most - count), self._until(ends))

    async def make_indexes(self) -> None:
        """There are none."""

    async def draw(self, key: str, most: int, window: timedelta, wanted: int) -> Drawn:
        await asyncio.sleep(0)
        length = window.total_seconds() / 12
        this = int(self.now // length)
        rows = [one for one in self.drawn.get(key, []) if one[0] >= this - 12]
        left = most - sum(count for _, count in rows)
        count = min(wanted, -(-left // 4))
        self.drawn[key] = [*rows, (this, count)] if count else rows
        oldest = min((one for one, _ in self.drawn[key]), default=this)
        return Drawn(count, left - count, (oldest + 13) * length - self.now)

    def _until(self, ends: float) -> int:
        return max(1, ceil(ends - self.now))


@dataclass
class Notices:
    """What must be sent, is being sent, and became of it. `now` is the database's clock."""

    rows: dict[str, Notice] = field(default_factory=dict)
    tickets: dict[str, Document] = field(default_factory=dict)
    written: dict[str, Document] = field(default_factory=dict)
    digests: dict[str, Document] = field(default_factory=dict)
    people: dict[str, Document] = field(default_factory=dict)
    outbox: Saved = field(default_factory=Saved)
    now: float = 0.0
    _allowances: Allowances = field(default_factory=Allowances)

    async def ticket(self, reference: str) -> Document | None:
        return self.tickets.get(reference)

    async def words(self, letter_id: str) -> Document | None:
        return self.written.get(letter_id)

    async def ledger(self, reference: str) -> list[Document]:
        return list(self.tickets.get(reference, {}).get("promises", ()))

    async def digest(self, digest_id: str) -> Document | None:
        return self.digests.get(digest_id)

    async def member(self, staff: str) -> Document | None:
        return self.people.get(staff)

    async def allow(self, address: str, notice_id: str, *, spare: int = 0) -> bool:
        self._allowances.now = self.now
        limits = ((MOST_AUTOMATIC - spare, timedelta(hours=1)), (MOST_A_DAY, timedelta(hours=24)))
        return await self._allowances.allow(f"letters {untagged(address)}", notice_id, *limits)

    async def claim(self, request: Request, letter: Outgoing) -> bool:
        return self._made(request, Notice(request, letter, "sending", 1, 0), LEASE / 1000)

    async def queue(self, request: Request, letter: Outgoing, reason: str, seconds: float) -> None:
        self._made(request, Notice(request, letter, "queued", 0, -1, reason=reason), seconds)

    async def suppress(self, request: NoticeRequested, letter: Outgoing, reason: str) -> None:
        self._made(request, Notice(request, letter, "suppressed", reason=reason), None)

    def _made(self, request: Request, row: Notice, seconds: float | None) -> bool:
        if request.message_id in self.rows:
            return False
        row.made_at, row.due_at = self.now, None if seconds is None else self.now + seconds
        self.rows[request.message_id] = row
        return True

    async def claim_due(
        self, but: Collection[str] = (), *, older: timedelta | None = None
    ) -> Claim | None:
        made_by = self.now - (older.total_seconds() if older else 0)
        due = [
            (one.due_at, number)
            for number, one in enumerate(self.rows.values())
            if one.due_at is not None and one.due_at <= self.now and one.made_at <= made_by
            if domain_of(one.letter.to) not in but
        ]
        if not due:
            return None
        row = list(self.rows.values())[min(due)[1]]
        lease = max(LEASE / 1000, (row.patience or 0) * 1.5)
        row.state, row.due_at = "sending", self.now + lease
        row.fence += 1
        row.attempts += 1
        waited = timedelta(seconds=self.now - row.made_at)
        return Claim(row.request, row.fence, row.attempts, waited, row.patience)

    async def others(self, request: NoticeRequested) -> list[Other]:
        return [
            Other(one, row.request.at, row.request.notice, row.state)
            for one, row in self.rows.items()
            if one != request.message_id
            and isinstance(row.request, NoticeRequested)
            and row.request.reference == request.reference
            and (row.state in WAITING or row.request.notice == "reply")
        ]

    async def overtake(self, notice_id: str, reason: str) -> bool:
        row = self.rows.get(notice_id)
        if row is None or row.state not in {"queued", "deferred"}:
            return False
        self._change(notice_id, row.fence, "suppressed", reason=reason, due_at=None)
        self.rows[notice_id].fence += 1
        return True

    async def waiting(self) -> dict[str, int]:
        return dict(Counter(one.state for one in self.rows.values() if one.due_at is not None))

    async def sent(self, notice_id: str, fence: int, relay_said: str) -> None:
        self._change(notice_id, fence, "sent", relay_said=relay_said, due_at=None)

    async def forget(self, notice_id: str, fence: int, reason: str | None = None) -> None:
        known = {} if reason is None else {"reason": reason}
        self._change(notice_id, fence, "suppressed", due_at=None, **known)

    async def failed(
        self, notice_id: str, fence: int, reason: str, message: NoticeFailed | None = None
    ) -> None:
        row = self.rows.get(notice_id)
        if message is not None and row is not None and row.fence == fence:
            self.outbox.add(notice_id, [message])
        self._change(notice_id, fence, "refused", reason=reason, due_at=None)

    async def defer(
        self,
        notice_id: str,
        fence: int,
        reason: str,
        seconds: float,
        patience: float | None = None,
    ) -> None:
        due_at = self.now + seconds
        known = {} if patience is None else {"patience": patience}
        self._change(notice_id, fence, "deferred", reason=reason, due_at=due_at, **known)

    async def wait(self, notice_id: str, fence: int, reason: str, seconds: float) -> None:
        row = self.rows.get(notice_id)
        if row is not None and row.fence == fence:
            due_at = self.now + seconds
            self.rows[notice_id] = replace(
                row, state="queued", reason=reason, due_at=due_at, attempts=row.attempts - 1
            )

    def _change(self, notice_id: str, fence: int, state: str, **changes: Any) -> None:
        row = self.rows.get(notice_id)
        if row is not None and row.fence == fence:
            history = [*row.history, (state, changes.get("reason"))][-20:]
            self.rows[notice_id] = replace(row, state=state, history=history, **changes)
