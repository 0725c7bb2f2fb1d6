"""Holds what the doors accepted against what arrived and what the APIs say. It knows the mail's
books (`tests/accounts/books.py`), and adds those of the staff: their replies, and what was
promised."""

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from email.header import decode_header, make_header
from email.message import Message
from typing import Any, Final

from tests.accounts.books import Account, Entry, Sighting, audit
from tests.accounts.outside import sent
from tests.stage import Delivered

MOST_ENQUIRIES: Final = 20
REPLY_CODE: Final = re.compile(r"\br\d{5,}r\b")
_BESIDES: Final = re.compile(
    "We did not answer you in time|A new time for our answer|Who has your enquiry now"
)
"""Letters that only time asks for."""
REFERENCE: Final = re.compile(r"\[(ENQ-[0-9A-Z]{4}-[0-9A-Z]{4})\]")


@dataclass
class Reply:
    """What a member of staff wrote."""

    code: str
    reference: str
    to: str
    accepted: bool = False


@dataclass
class Books:
    """Everything that was accepted."""

    entries: list[Entry] = field(default_factory=list)
    replies: list[Reply] = field(default_factory=list)
    reminders: dict[str, float] = field(default_factory=dict)
    """By ticket, when its owner is to be reminded of it."""
    faults: list[str] = field(default_factory=list)
    """What those noticed who sent it."""

    def add(self, other: "Books") -> None:
        """The same of another round."""
        self.entries += other.entries
        self.replies += other.replies
        self.reminders |= other.reminders
        self.faults += other.faults


@dataclass
class Verdict:
    """How the books stand."""

    account: Account
    doubled_tickets: int = 0
    doubled_mails: int = 0
    """Letters that came again with the Message-ID of the first."""
    lost_replies: int = 0
    faults: list[str] = field(default_factory=list)

    @property
    def lost(self) -> int:
        """What was accepted, of patrons and of staff, and is not where it belongs."""
        return self.account.lost + self.lost_replies


def subject_of(letter: Delivered) -> str:
    """Decoded."""
    return str(make_header(decode_header(str(letter.message["Subject"]))))


def judge(
    books: Books,
    sightings: Sequence[Sighting],
    tickets: Mapping[str, Mapping[str, Any]],
    delivered: Iterable[Delivered],
) -> Verdict:
    """Every account; `faults` has a line for all that differs."""
    patrons = [one for one in delivered if not one.to.endswith("@llanfair.example")]
    replies = [one for one in patrons if REPLY_CODE.search(one.text)]
    others = [one for one in patrons if not REPLY_CODE.search(one.text)]
    automatic = [one for one in others if not _BESIDES.search(subject_of(one))]
    account = audit(books.entries, sightings, sent(automatic), MOST_ENQUIRIES)
    ids = {(one.to, str(one.message["Message-ID"])) for one in patrons}
    verdict = Verdict(account, doubled_mails=len(patrons) - len(ids))
    found: dict[str, list[str]] = defaultdict(list)
    for sighting in sightings:
        if sighting.state == "opened" and sighting.ticket:
            found[sighting.code].append(sighting.ticket)
    arrived = {REPLY_CODE.findall(one.text)[0] for one in replies}
    verdict.lost_replies = sum(
        one.accepted and _is_lost(one, tickets, arrived) for one in books.replies
    )
    verdict.doubled_tickets = sum(len(set(found[one])) > 1 for one in found)
    verdict.faults = [
        *books.faults,
        *account.faults,
        *_reply_faults(books.replies, tickets, replies),
        *(fault for one in tickets.values() for fault in _ticket_faults(one)),
        *_reminder_faults(books.reminders, tickets),
    ]
    return verdict


def _is_lost(
    reply: Reply, tickets: Mapping[str, Mapping[str, Any]], arrived: Collection[str]
) -> bool:
    kept = tickets.get(reply.reference, {"messages": ()})["messages"]
    return reply.code not in arrived or not any(reply.code in one["text"] for one in kept)


def essence(ticket: Mapping[str, Any]) -> dict[str, Any]:
    """What is judged of a ticket: of a hundred thousand no more can be held."""
    messages = [
        {
            "id": one["id"],
            "direction": one["direction"],
            "text": " ".join(REPLY_CODE.findall(one["text"])),
        }
        for one in ticket["messages"]
    ]
    promises = [
        {it: one[it] for it in ("made_at", "due_at", "state")} for one in ticket["promises"]
    ]
    reminded = [{"event": "reminded"} for one in ticket["timeline"] if one["event"] == "reminded"]
    return {
        "reference": ticket["reference"],
        "status": ticket["status"],
        "messages": messages,
        "promises": promises,
        "timeline": reminded,
    }


def outline(letter: Delivered) -> Delivered:
    """What is judged of a letter."""
    kept = Message()
    for name in ("Subject", "Message-ID", "In-Reply-To"):
        if (value := letter.message[name]) is not None:
            kept[name] = value
    kept.set_payload(" ".join(REPLY_CODE.findall(letter.text)))
    return Delivered(letter.envelope_from, letter.to, kept)


def _reply_faults(
    written: Sequence[Reply],
    tickets: Mapping[str, Mapping[str, Any]],
    letters: Sequence[Delivered],
) -> Iterator[str]:
    """Every reply that was accepted is once on its ticket, and arrived as one letter."""
    arrived: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for one in letters:
        code = REPLY_CODE.findall(one.text)[0]
        arrived[code].add((one.to, str(one.message["Message-ID"])))
    known = {one.code: one for one in written}
    yield from (f"{code}: a reply that nobody wrote" for code in arrived.keys() - known.keys())
    for reply in written:
        shown = tickets.get(reply.reference, {"messages": ()})["messages"]
        kept = [one for one in shown if one["direction"] == "out" and reply.code in one["text"]]
        name = f"reply {reply.code} on {reply.reference}"
        if not reply.accepted:
            yield f"{name}: was never accepted"
        if reply.accepted and len(kept) != 1:
            yield f"{name}: {len(kept)} times on its ticket"
        if reply.accepted and not arrived[reply.code]:
            yield f"{name}: lost: it never arrived"
        if len(arrived[reply.code]) > 1:
            yield f"{name}: arrived as {len(arrived[reply.code])} letters"
        if any(to != reply.to for to, _ in arrived[reply.code]):
            yield f"{name}: went to somebody else"


def _reminder_faults(
    wanted: Iterable[str], tickets: Mapping[str, Mapping[str, Any]]
) -> Iterator[str]:
    """Each fired once: the next one is days away."""
    for reference in wanted:
        told = tickets.get(reference, {"timeline": ()})["timeline"]
        if (times := sum(one["event"] == "reminded" for one in told)) != 1:
            yield f"{reference}: its owner was reminded {times} times"


def _ticket_faults(ticket: Mapping[str, Any]) -> Iterator[str]:
    """No message twice, no promise twice; one promise at most is open."""
    reference = ticket["reference"]
    for message_id, times in Counter(one["id"] for one in ticket["messages"]).items():
        if times > 1:
            yield f"{reference}: has the message {message_id} {times} times"
    rows = Counter((one["made_at"], one["due_at"], one["state"]) for one in ticket["promises"])
    yield from (f"{reference}: one promise {n} times: {row}" for row, n in rows.items() if n > 1)
    if len(still := _open(ticket)) > 1:
        yield f"{reference}: {len(still)} promises are open at once: {still}"


def _open(ticket: Mapping[str, Any]) -> set[tuple[str, str]]:
    """Promises without an end: the ledger has a row for each that was made, and one for its end."""
    states: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for one in ticket["promises"]:
        kind = "made" if one["state"] == "made" else "ended"
        states[kind].add((one["made_at"], one["due_at"]))
    return states["made"] - states["ended"]


def without_end(tickets: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """Of tickets that are resolved: a promise that nobody kept, broke or took back."""
    for reference, ticket in tickets.items():
        if ticket["status"] not in {"resolved", "closed"}:
            yield f"{reference}: is {ticket['status']}, and was to be resolved"
        if still := _open(ticket):
            yield f"{reference}: a promise has no end: {still}"
