"""Ten years of a library's tickets, made up from a seed: a million, with three letters each.

Built once and kept, for building takes minutes. Every ticket is written as routing writes it; its
words are drawn from a vocabulary in which, as in any language, a few words are everywhere and most
are rare.
"""

import asyncio
import random
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import datetime, timedelta
from functools import cache, partial
from itertools import accumulate
from typing import Any, Final

from pymongo import MongoClient, WriteConcern

from services.intake.store import Letters
from services.notify.store import Notices
from services.routing.assign import Given
from services.routing.documents import fields_of
from services.routing.finding import Finder
from services.routing.promise import Promise, PromiseState, as_ledger_row
from services.routing.search_words import forms
from services.routing.status import Status
from services.routing.store import Tickets
from services.routing.ticket import Owner, Patron, Thread, Ticket
from shared.library import Library
from shared.mongo import open_client
from shared.references import allot

LETTERS: Final = 3
"""Of each ticket: two of the patron's, and one answer."""
OWNERS: Final = tuple(Owner(f"staff-{number}", f"Librarian {number}") for number in range(40))
TEAMS: Final = (("enquiries", "general"), ("local-history", "local-history"))
PATRONS: Final = 60_000
_OPEN: Final = 4_000
"""Tickets at work: the newest."""
_YEARS: Final = timedelta(days=3650)
_BATCH: Final = 1_000
_WORDS: Final = 25
"""Of a letter."""
_SYLLABLES: Final = (
    "ba",
    "den",
    "for",
    "gol",
    "hir",
    "lan",
    "mor",
    "nes",
    "pur",
    "sten",
    "tal",
    "wy",
)


@cache
def vocabulary() -> tuple[list[str], list[float]]:
    """Some twenty thousand words, and how often each is used, added up (Zipf's law)."""
    known = random.Random(1)
    words = sorted(
        {"".join(known.choices(_SYLLABLES, k=known.randint(2, 4))) for _ in range(60_000)}
    )
    known.shuffle(words)
    words = words[:20_000]
    return words, list(accumulate(1 / (rank + 5) for rank in range(len(words))))


def some_words(known: random.Random, count: int) -> list[str]:
    """Words as they come in a letter."""
    words, weights = vocabulary()
    return known.choices(words, cum_weights=weights, k=count)


async def build(uri: str, name: str, library: Library, tickets: int, now: datetime) -> None:
    """Fill an empty database, with two processes; the indexes come last, for that is quicker."""
    parts = [range(0, tickets, 2), range(1, tickets, 2)]
    fill = partial(_fill, uri=uri, name=name, tickets=tickets, now=now)
    with ProcessPoolExecutor(2) as pool:
        loop = asyncio.get_running_loop()
        await asyncio.gather(*(loop.run_in_executor(pool, fill, part) for part in parts))
    await make_indexes(uri, name, library)


async def make_indexes(uri: str, name: str, library: Library) -> None:
    """Those of every service, as they make them when they start; what is there takes no time."""
    client = open_client(uri)
    database = client[name]
    finder = Finder(database, library.library.languages)
    for store in (Tickets(database, library), finder, Letters(database), Notices(database)):
        await store.make_indexes()
    client.close()


def _fill(numbers: range, *, uri: str, name: str, tickets: int, now: datetime) -> None:
    client: MongoClient[dict[str, Any]] = MongoClient(uri, tz_aware=True)
    quick = WriteConcern(w=1, j=False)
    database = client.get_database(name, write_concern=quick)
    references = _references(numbers.start)
    for start in range(0, len(numbers), _BATCH):
        some = numbers[start : start + _BATCH]
        made = [_made(one, next(references), tickets, now) for one in some]
        database.tickets.insert_many([ticket for ticket, _ in made], ordered=False)
        database.messages.insert_many([one for _, some in made for one in some], ordered=False)
    client.close()


def _references(half: int) -> Iterator[str]:
    """Each once: in a million some would come twice, for which intake allots another."""
    known: set[str] = set()
    while True:
        one = allot()
        if ord(one[-2]) % 2 == half and one not in known:
            known.add(one)
            yield one


def _made(
    number: int, reference: str, tickets: int, now: datetime
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    known, is_open = random.Random(number), number >= tickets - _OPEN
    created = now - _YEARS * (1 - number / tickets)
    ticket = _ticket(number, reference, created, known, is_open=is_open)
    letters = [_letter(ticket, number, at, known) for at in range(LETTERS)]
    return _document(ticket, letters, number), letters


def _ticket(
    number: int, reference: str, created: datetime, known: random.Random, *, is_open: bool
) -> Ticket:
    team, topic = TEAMS[known.random() < 0.2]
    person = known.randrange(PATRONS)
    patron = Patron(f"Reader {person}", f"reader{person}@patrons.example")
    owner = known.choice(OWNERS) if known.random() < 0.95 or not is_open else None
    due = created + timedelta(days=1)
    state = PromiseState.MADE if is_open else PromiseState.KEPT
    promise = Promise(created, due, state, (), settled_at=None if is_open else due)
    return Ticket(
        reference=reference,
        version=3,
        status=_status(is_open, owner, number, known),
        subject=" ".join(some_words(known, 4)).capitalize(),
        patron=patron,
        owner=owner,
        team=team,
        topic=topic,
        language="cy" if known.random() < 0.1 else "en",
        format=None,
        promise=promise,
        created_at=created,
        updated_at=created + timedelta(hours=known.randint(1, 40)),
        unread=is_open,
        thread=(Thread(f"letter-{number}-0", f"<{number}@patrons.example>"),),
        is_unanswered=is_open,
        given=(Given(created, owner.id, (owner.id,)),) if owner else (),
        answered_at=None if is_open else due,
        answered_in=None if is_open else 3600.0 * known.randint(1, 12),
    )


def _document(ticket: Ticket, letters: Sequence[dict[str, Any]], number: int) -> dict[str, Any]:
    patron = ticket.patron
    texts = [patron.name, patron.address or "", ticket.subject, *(one["text"] for one in letters)]
    rows = [
        {"at": one["at"], "event": "said", "by": "desk", "letter": one["_id"], "version": at + 1}
        for at, one in enumerate(letters)
    ]
    return {
        "_id": ticket.reference,
        **fields_of(ticket),
        "timeline": rows,
        "promises": [as_ledger_row(ticket.promise)] if ticket.promise else [],
        "alerts": [],
        "words": sorted(_found_by(texts)),
        "outbox": [],
        "applied": [f"cause-{number}"],
    }


def _found_by(texts: Iterable[str]) -> set[str]:
    """As routing finds it: these words are plain ones."""
    words = (word for text in texts for word in text.lower().replace("@", " ").split())
    return {form for word in words for form in forms(word, ("en", "cy"))}


def _status(is_open: bool, owner: Owner | None, number: int, known: random.Random) -> Status:
    if not is_open:
        return Status.CLOSED if number % 50 else Status.RESOLVED
    if owner is None:
        return Status.NEW
    return known.choice((Status.ASSIGNED, Status.ASSIGNED, Status.WAITING_PATRON))


def _letter(ticket: Ticket, number: int, at: int, known: random.Random) -> dict[str, Any]:
    said = {
        "_id": f"letter-{number}-{at}",
        "reference": ticket.reference,
        "direction": "out" if at == LETTERS - 1 else "in",
        "at": ticket.created_at + timedelta(minutes=at),
        "text": " ".join(some_words(known, _WORDS)),
    }
    if said["direction"] == "out":
        return said | {"by": {"id": OWNERS[0].id, "name": OWNERS[0].name}}
    return said | {
        "subject": ticket.subject,
        "name": ticket.patron.name,
        "address_as_written": ticket.patron.address,
        "recipients": ["enquiries@llanfair.example"],
        "message_id": f"<{number}.{at}@patrons.example>",
        "automatic": None,
        "asked": {},
        "attachments": [],
        "state": "opened",
    }
