"""What the library has really achieved, as promises are made of it: read from the tickets, with no
look into the future."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from services.routing.hours import Calendar
from services.routing.promise import PromiseState, from_ledger_row
from services.routing.record import MOST_ANSWERS, MOST_OUTCOMES, Answer, Outcome, Queue, Record
from services.routing.situation import Achieved
from services.routing.workload import AT_WORK
from shared.library import Library
from shared.mongo import Database, Document, building, translated

_ALONE: Final = Queue(0, 1)
"""For a promise that was made before queues were noted."""
_FIELDS: Final = {"promises": 1, "answered_in": 1, "answered_at": 1, "topic": 1}


class Achievements:
    """Reads the tickets' ledgers."""

    def __init__(
        self, database: Database, library: Library, calendars: Mapping[str, Calendar]
    ) -> None:
        self._tickets = database.tickets
        self._library = library
        self._calendars = calendars

    async def make_indexes(self) -> None:
        """Raises: Transient."""
        async with building(self._tickets):
            await self._tickets.create_index([("team", 1), ("answered_at", -1)])
            await self._tickets.create_index([("team", 1), ("topic", 1), ("answered_at", -1)])

    async def read(self, now: datetime) -> Achieved:
        """As it is now. Raises: Transient."""
        records: dict[tuple[str, str], Record] = {}
        waiting: dict[str, int] = {}
        for team in self._library.teams:
            open_ones = await self._waiting(team.id)
            outcomes = await self._outcomes(team.id, open_ones, now)
            waiting[team.id] = len(open_ones)
            for topic in self._library.topics:
                answered = await self._answered(team.id, topic.id)
                still = [one for one in open_ones if one["topic"] == topic.id]
                answers = (*_answers(answered), *self._open(team.id, still, now))
                if answers:
                    records[topic.id, team.id] = Record(answers, outcomes)
        return Achieved(records, waiting)

    async def _waiting(self, team: str) -> list[Document]:
        where = {"team": team, "answered_at": None, "status": {"$in": AT_WORK}}
        with translated():
            return await self._tickets.find(where, _FIELDS).limit(MOST_ANSWERS).to_list(None)

    async def _answered(self, team: str, topic: str) -> list[Document]:
        where = {"team": team, "topic": topic, "answered_at": {"$type": "date"}}
        with translated():
            found = self._tickets.find(where, _FIELDS).sort("answered_at", -1)
            return await found.limit(MOST_ANSWERS).to_list(None)

    async def _outcomes(
        self, team: str, open_ones: Iterable[Document], now: datetime
    ) -> tuple[Outcome, ...]:
        with translated():
            found = self._tickets.find({"team": team, "answered_at": {"$type": "date"}}, _FIELDS)
            answered = await found.sort("answered_at", -1).limit(MOST_OUTCOMES).to_list(None)
        decided = [(one["answered_at"], one) for one in answered if one["promises"]]
        decided += [
            (one["promises"][0]["due_at"], one)
            for one in open_ones
            if one["promises"] and one["promises"][0]["due_at"] < now
        ]
        decided.sort(key=lambda pair: pair[0])
        return tuple(_outcome(one) for _, one in decided[-MOST_OUTCOMES:])

    def _open(self, team: str, waiting: Iterable[Document], now: datetime) -> Iterable[Answer]:
        for one in waiting:
            if one["promises"]:
                first = one["promises"][0]
                waited = self._calendars[team].open_time_between(first["made_at"], now)
                yield Answer(waited, _queue(first), is_open=True)


def _answers(answered: Iterable[Document]) -> Iterable[Answer]:
    for one in answered:
        if one["promises"]:
            took = timedelta(seconds=one["answered_in"])
            yield Answer(took, _queue(one["promises"][0]))


def _queue(row: Mapping[str, Any]) -> Queue:
    return from_ledger_row(row).queue or _ALONE


def _outcome(ticket: Mapping[str, Any]) -> Outcome:
    """What became of its first promise: one that was renegotiated was not kept."""
    first = ticket["promises"][0]
    kept = any(
        row["made_at"] == first["made_at"] and row["state"] == PromiseState.KEPT
        for row in ticket["promises"]
    )
    return Outcome(kept, _queue(first).turns)
