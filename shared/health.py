"""What each service tells whoever watches over it: /livez, /readyz and /metrics."""

from collections.abc import Awaitable, Callable, Mapping

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

Check = Callable[[], Awaitable[bool]]


def add_health(app: web.Application, parts: Mapping[str, Check]) -> None:
    """Add the three routes. `parts`: each thing that must be there, by the name operators know."""

    async def livez(_: web.Request) -> web.Response:
        return web.json_response({"status": "alive"})

    async def readyz(_: web.Request) -> web.Response:
        missing = [name for name, is_there in parts.items() if not await is_there()]
        body = {"status": "not ready" if missing else "ready", "missing": missing}
        return web.json_response(body, status=503 if missing else 200)

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
