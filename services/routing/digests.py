"""What staff are told by mail: alerts of many tickets, put together for each person.

A ticket holds its alerts until a digest has them, which is one document, with the order to send it.
No two digests can have the same alert (a unique index), so that nobody is told twice, however many
copies sweep and wherever they are killed.
"""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Final

import structlog

from shared.errors import Transient
from shared.messages import AlertRequested, derived_id, to_saved
from shared.mongo import Database, Document, Inserts, SavedOutbox, building, translated
from shared.outbox import Outbox

log = structlog.get_logger()

_PAUSE: Final = 1.0
"""Seconds between two looks."""
_MOST: Final = 200
"""Alerts in one digest."""


class Digests:
    """The collection `digests`, made of the alerts that tickets hold."""

    def __init__(self, database: Database) -> None:
        self._tickets = database.tickets
        self._digests = database.digests
        self._insert = Inserts(database.digests)
        self.outbox = SavedOutbox(database.digests)

    async def make_indexes(self) -> None:
        """Raises: Transient."""
        async with building(self._digests):
            await self._digests.create_index("alerts.id", unique=True)
            await self._tickets.create_index(
                [("alerts.staff", 1), ("alerts.due_at", 1)], sparse=True
            )
        await self.outbox.make_index()

    async def due(self) -> Sequence[str]:
        """Who is to be told something now, by the database's clock. Raises: Transient."""
        is_due = {"$lte": ["$alerts.due_at", "$$NOW"]}
        steps: list[dict[str, Any]] = [
            {"$match": {"alerts.due_at": {"$type": "date"}}},
            {"$unwind": "$alerts"},
            {"$match": {"$expr": is_due}},
            {"$group": {"_id": "$alerts.staff"}},
            {"$sort": {"_id": 1}},
        ]
        with translated():
            return [one["_id"] for one in await self._tickets.aggregate(steps).to_list(None)]

    async def waiting(self, staff: str) -> list[Document]:
        """All that is to be told to them, due or not yet, the oldest first. Raises: Transient."""
        steps: list[dict[str, Any]] = [
            {"$match": {"alerts.staff": staff}},
            {"$unwind": "$alerts"},
            {"$match": {"alerts.staff": staff}},
            {"$sort": {"alerts.due_at": 1, "_id": 1}},
            {"$limit": _MOST},
            {"$replaceWith": {"$mergeObjects": ["$alerts", {"reference": "$_id"}]}},
        ]
        with translated():
            return await self._tickets.aggregate(steps).to_list(None)

    async def told(self, alert_ids: Sequence[str]) -> set[str]:
        """Which of these stand in a digest. Raises: Transient."""
        with translated():
            found = self._digests.find({"alerts.id": {"$in": list(alert_ids)}}, {"alerts.id": 1})
            rows = await found.to_list(None)
        return {alert["id"] for row in rows for alert in row["alerts"]} & set(alert_ids)

    async def make(
        self, staff: str, alerts: Sequence[Document], now: datetime
    ) -> AlertRequested | None:
        """The digest, and the order to send it; None if another has one of these alerts.

        Raises: Transient.
        """
        digest_id = derived_id(*(one["id"] for one in alerts))
        request = AlertRequested(
            message_id=digest_id, reference=alerts[0]["reference"], at=now, digest_id=digest_id
        )
        rows = [{name: one[name] for name in ("id", "kind", "reference")} for one in alerts]
        document = {"_id": digest_id, "staff": staff, "at": now, "alerts": rows}
        taken = await self._insert(document | {"outbox": to_saved([request])})
        return request if taken is None else None

    async def forget(self, alerts: Sequence[Document]) -> None:
        """Take alerts that stand in a digest off their tickets. Raises: Transient."""
        tickets = {"_id": {"$in": sorted({one["reference"] for one in alerts})}}
        ids = [one["id"] for one in alerts]
        with translated():
            await self._tickets.update_many(tickets, {"$pull": {"alerts": {"id": {"$in": ids}}}})


async def sweep_once(digests: Digests, outbox: Outbox, now: datetime) -> int:
    """Make a digest for everybody who is to be told something; how many. Raises: Transient."""
    made = 0
    for staff in await digests.due():
        alerts = await digests.waiting(staff)
        told = await digests.told([one["id"] for one in alerts])
        left = [one for one in alerts if one["id"] not in told]
        if left and (request := await digests.make(staff, left, now)):
            made += 1
            outbox.send(request.digest_id, [request])
            log.info("digest_made", reference=request.reference, count=len(left))
        # Only what is known to stand in a digest: another copy may have made one meanwhile.
        known = await digests.told([one["id"] for one in alerts])
        await digests.forget([one for one in alerts if one["id"] in known])
    return made


async def run(digests: Digests, outbox: Outbox, clock: Callable[[], datetime]) -> None:
    """Until cancelled."""
    while True:
        try:
            await sweep_once(digests, outbox, clock())
        except Transient as error:
            log.warning("sweep_postponed", reason=str(error))
        await asyncio.sleep(_PAUSE)
