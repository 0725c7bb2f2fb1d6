"""The HTTP port of a service, and what it tells there to whoever watches over it: /livez, /readyz
and /metrics. Who says nothing, or only half of a request's header, holds no place for long."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, cast

import structlog
from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, Gauge, generate_latest

from shared.problems import Problem

log = structlog.get_logger()

_tasks = Gauge("desk_tasks", "Tasks of the event loop")
Check = Callable[[], Awaitable[bool]]

_SILENCE: Final = 30.0
"""Seconds in which a connection has to bring the whole header of a request, and of the next one."""
MOST_CONNECTIONS: Final = 500
"""At one port; the proxy in front counts them by client."""


def add_health(
    app: web.Application, needed: Mapping[str, Check], missed: Mapping[str, Check] | None = None
) -> None:
    """Add the three routes.

    `needed`: what the service can do nothing without, by the name operators know. `missed`: what
    it works without for a while, and names as missing all the same.
    """

    parts = {**needed, **(missed or {})}

    async def livez(_: web.Request) -> web.Response:
        return web.json_response({"status": "alive"})

    async def readyz(_: web.Request) -> web.Response:
        missing = [name for name, is_there in parts.items() if not await is_there()]
        is_ready = not needed.keys() & set(missing)
        body = {"status": "ready" if is_ready else "not ready", "missing": missing}
        return web.json_response(body, status=200 if is_ready else 503)

    async def metrics(_: web.Request) -> web.Response:
        _tasks.set(len(asyncio.all_tasks()))
        return web.Response(body=generate_latest(), headers={"Content-Type": CONTENT_TYPE_LATEST})

    app.add_routes(
        [web.get("/livez", livez), web.get("/readyz", readyz), web.get("/metrics", metrics)]
    )


class _Handler(web.RequestHandler):
    """Tells of what is no HTTP, or too long a line of it, as of every other error, and never says
    it back."""

    __slots__ = ()

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        if request.writer.output_size > 0:
            raise ConnectionError("an answer has begun already")
        if status < 500:
            log.info("request_unreadable")
            answer = Problem(400, "request", "The request can't be read").response()
        else:
            log.exception("request_failed")
            answer = Problem(500, "fault", "A fault on our side").response()
        answer.force_close()
        return answer


class _NoRoom(asyncio.Protocol):
    """What becomes of a connection that is one too many."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        cast(asyncio.Transport, transport).abort()


class Port:
    """An open port."""

    def __init__(self, app: web.Application, silence: float, most: int) -> None:
        self._handling: dict[str, Any] = {"access_log": None, "keepalive_timeout": silence}
        self._runner = web.AppRunner(app, shutdown_timeout=5, **self._handling)
        self._most = most
        self._listener: asyncio.Server | None = None
        self.number = 0

    async def open(self, host: str, port: int) -> None:
        """Raises: OSError: it is taken."""
        await self._runner.setup()
        loop = asyncio.get_running_loop()
        self._listener = await loop.create_server(self._connection, host, port)
        self.number = self._listener.sockets[0].getsockname()[1]

    def _connection(self) -> asyncio.Protocol:
        server = cast(web.Server, self._runner.server)
        if len(server.connections) >= self._most:
            return _NoRoom()
        return _Handler(server, loop=asyncio.get_running_loop(), **self._handling)

    async def cleanup(self) -> None:
        """Take no more, hear out what is under way, and close."""
        if self._listener is not None:
            self._listener.close()
        await self._runner.cleanup()


async def open_port(
    app: web.Application,
    host: str,
    port: int,
    *,
    silence: float = _SILENCE,
    most: int = MOST_CONNECTIONS,
) -> Port:
    """Serve `app`; the caller cleans the port up. Raises: OSError: it is taken."""
    opened = Port(app, silence, most)
    try:
        await opened.open(host, port)
    except OSError:
        await opened.cleanup()
        raise
    return opened
