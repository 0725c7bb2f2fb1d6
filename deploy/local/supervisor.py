"""Keeps the services running: one that ends is started again, after a pause that grows."""

import time
from collections.abc import Callable, Sequence
from typing import Final

from deploy.local.processes import last_lines
from deploy.local.servers import Service

LONGEST_PAUSE: Final = 30.0
# One that ran this long was well: its next end is a new story, with a short pause.
WELL_SECONDS: Final = 60.0


class Supervisor:
    """Watches services; call `tick` often. Single-threaded, because children are ours by thread."""

    def __init__(self, services: Sequence[Service], say: Callable[[str], None]) -> None:
        self._watched = [_Watched(service, say) for service in services]

    def tick(self) -> None:
        """Start what should run and does not."""
        for one in self._watched:
            one.tick(time.monotonic())

    def unready(self) -> list[Service]:
        """The services that don't say that they are ready."""
        return [one.service for one in self._watched if not one.service.is_ready]

    def stop(self) -> None:
        """Ask all to stop, then wait for each."""
        started = [one.service for one in self._watched if one.service.alive]
        for service in started:
            service.process.ask_to_stop()
        for service in started:
            service.stop()


class _Watched:
    def __init__(self, service: Service, say: Callable[[str], None]) -> None:
        self.service = service
        self._say = say
        self._started_at: float | None = None
        self._start_at = 0.0
        self._pause = 1.0

    def tick(self, now: float) -> None:
        if self.service.alive:
            return
        if self._started_at is not None:
            self._plan_restart(now, ran=now - self._started_at)
        if now >= self._start_at:
            self._started_at = now
            self.service.start()

    def _plan_restart(self, now: float, ran: float) -> None:
        if ran > WELL_SECONDS:
            self._pause = 1.0
        self._started_at = None
        self._start_at = now + self._pause
        process = self.service.process
        self._say(
            f"{process.name} ended (status {process.status}); it is started again "
            f"in {self._pause:.0f} s. {process.log} ends with:\n{last_lines(process.log, 2)}"
        )
        self._pause = min(LONGEST_PAUSE, self._pause * 2)
