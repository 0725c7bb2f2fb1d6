"""What each service tells whoever watches over it: /livez, /readyz and /metrics."""

from collections.abc import Awaitable, Callable, Mapping

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

Check = Callable[[], Awaitable[bool]]


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
        return web.Response(body=generate_latest(), headers={"Content-Type": CONTENT_TYPE_LATEST})

    app.add_routes(
        [web.get("/livez", livez), web.get("/readyz", readyz), web.get("/metrics", metrics)]
    )


async def open_port(app: web.Application, host: str, port: int) -> web.AppRunner:
    """Serve `app`; the caller cleans the runner up. Raises: OSError: the port is taken."""
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=5)
    await runner.setup()
    await web.TCPSite(runner, host, port).start()
    return runner
