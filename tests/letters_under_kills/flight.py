"""What is in flight when notify dies, as its relay sees it: the letters that the relay has taken,
and whose row does not say so yet. These, and no others, may be sent again."""

from collections import Counter
from typing import Any

from tests.stage import Stage, until


class Flight:
    """One look after each death, before anything is started again."""

    def __init__(self, stage: Stage, notices: Any) -> None:
        self._relay = stage.relay
        self._notices = notices
        self._looked_at = 0
        self.times: Counter[str] = Counter()
        """By recipient, at how many deaths their letter was in flight."""
        self.most = 0
        """Of all letters, at one death."""

    async def look(self) -> None:
        """At what the one that is dead now had handed over."""

        async def is_over() -> bool:
            return self._relay.is_left_alone

        await until(is_over, every=0.002)
        taken = {one.to for one in self._relay.delivered[self._looked_at :]}
        self._looked_at = len(self._relay.delivered)
        where = {"to": {"$in": sorted(taken)}, "state": "sent"}
        rows = await self._notices.find(where, {"to": 1}).to_list(None)
        flying = taken - {one["to"] for one in rows}
        self.times.update(flying)
        self.most = max(self.most, len(flying))
