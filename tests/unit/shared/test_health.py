"""/livez, /readyz and /metrics, as those who watch over a service see them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from structlog.testing import capture_logs

from shared.health import add_health, open_port

Client = TestClient[web.Request, web.Application]


@pytest.fixture
def there() -> dict[str, bool]:
    return {"mongodb": True, "rabbitmq": True}


@pytest.fixture
async def client(there: dict[str, bool]) -> AsyncIterator[Client]:
    async def mongodb() -> bool:
        return there["mongodb"]

    async def rabbitmq() -> bool:
        return there["rabbitmq"]

    app = web.Application()
    add_health(app, {"mongodb": mongodb, "rabbitmq": rabbitmq})
    async with TestClient(TestServer(app)) as client:
        yield client


async def test_a_service_is_ready_when_all_its_parts_are_there(client: Client) -> None:
    answer = await client.get("/readyz")
    assert (answer.status, await answer.json()) == (200, {"status": "ready", "missing": []})


async def test_the_part_that_is_missing_is_named(client: Client, there: dict[str, bool]) -> None:
    there["rabbitmq"] = False
    answer = await client.get("/readyz")
    body = {"status": "not ready", "missing": ["rabbitmq"]}
    assert (answer.status, await answer.json()) == (503, body)


async def test_what_a_service_works_without_for_a_while_is_missed_and_stops_nothing() -> None:
    async def there() -> bool:
        return True

    async def gone() -> bool:
        return False

    app = web.Application()
    add_health(app, {"mongodb": there}, {"rabbitmq": gone})
    async with TestClient(TestServer(app)) as client:
        answer = await client.get("/readyz")
        said = {"status": "ready", "missing": ["rabbitmq"]}
        assert (answer.status, await answer.json()) == (200, said)


async def test_a_service_lives_though_its_parts_are_missing(
    client: Client, there: dict[str, bool]
) -> None:
    there.update(mongodb=False, rabbitmq=False)
    assert (await client.get("/livez")).status == 200


async def test_metrics_are_in_prometheus_form(client: Client) -> None:
    answer = await client.get("/metrics")
    assert answer.status == 200
    assert answer.content_type == "text/plain"
    assert "# TYPE python_info gauge" in await answer.text()


@asynccontextmanager
async def _opened(silence: float = 30.0, most: int = 500) -> AsyncIterator[int]:
    """A port's number; a request for `/slow` takes its time."""

    async def slow(_: web.Request) -> web.Response:
        await asyncio.sleep(1)
        return web.Response(text="at last")

    app = web.Application()
    add_health(app, {})
    app.add_routes([web.get("/slow", slow)])
    port = await open_port(app, "127.0.0.1", 0, silence=silence, most=most)
    try:
        yield port.number
    finally:
        await port.cleanup()


@asynccontextmanager
async def _said(port: int, what: bytes) -> AsyncIterator[asyncio.StreamReader]:
    """What comes back to somebody who says this and no more."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(what)
    try:
        yield reader
    finally:
        writer.transport.abort()


LIVE = b"GET /livez HTTP/1.1\r\nHost: desk.example\r\n\r\n"


async def test_a_port_is_opened_and_closed() -> None:
    async with _opened() as port:
        async with (
            aiohttp.ClientSession() as session,
            session.get(f"http://127.0.0.1:{port}/livez") as answer,
        ):
            assert answer.status == 200
        with pytest.raises(OSError, match="in use"):
            await open_port(web.Application(), "127.0.0.1", port)
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", port)


@pytest.mark.parametrize(
    "said", [b"", b"GET /livez HTTP/1.1\r\nHost: x\r\nX-", LIVE, LIVE + b"GET"]
)
async def test_who_says_nothing_or_half_a_header_is_not_waited_for(said: bytes) -> None:
    async with _opened(silence=0.5) as port, _said(port, said) as reader, asyncio.timeout(15):
        assert (await reader.read()).count(b"HTTP/1.1 200") == said.count(LIVE)


async def test_a_header_that_drips_in_is_not_waited_for() -> None:
    async with _opened(silence=0.5) as port, asyncio.timeout(15):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(LIVE.removesuffix(b"\r\n") + b"X-Drop: ")
        while not (reader.at_eof() or writer.transport.is_closing()):
            writer.write(b"x")
            await asyncio.sleep(0.1)
        writer.transport.abort()


async def test_who_waits_for_an_answer_is_not_silent() -> None:
    slow = LIVE.replace(b"/livez", b"/slow")
    async with _opened(silence=0.3) as port, _said(port, slow) as reader:
        assert (await reader.readline()).startswith(b"HTTP/1.1 200")


async def test_connections_have_a_limit_and_places_come_back() -> None:
    async def is_served(port: int) -> bool:
        async with _said(port, LIVE) as reader:
            with suppress(ConnectionResetError):
                return (await reader.readline()).startswith(b"HTTP/1.1 200")
            return False

    async with _opened(most=2) as port:
        async with _said(port, LIVE) as one, _said(port, LIVE) as another:
            await one.readline()
            await another.readline()
            assert not await is_served(port)
        async with asyncio.timeout(15):
            while not await is_served(port):
                await asyncio.sleep(0.05)


@pytest.mark.parametrize(
    "sent",
    [
        b"GET /secret?" + b"s" * 9000 + b" HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET /secret HTTP/1.1\r\nHost: a\r\nX-Secret: " + b"s" * 9000 + b"\r\n\r\n",
        b"secret\r\n\r\n",
        b"GET /secret HTTP/1.1\r\nHost: a\r\nContent-Length: secret\r\n\r\n",
    ],
    ids=["long line", "long field", "no HTTP", "bad length"],
)
async def test_what_is_no_request_is_answered_as_every_error_and_never_said_back(
    sent: bytes,
) -> None:
    opened = await open_port(web.Application(), "127.0.0.1", 0)
    with capture_logs() as lines:
        reader, writer = await asyncio.open_connection("127.0.0.1", opened.number)
        writer.write(sent)
        async with asyncio.timeout(10):
            said = await reader.read()
        writer.close()
    await opened.cleanup()
    assert said.startswith((b"HTTP/1.1 400 ", b"HTTP/1.0 400 "))
    assert b"application/problem+json" in said
    assert b'"type":"/problems/request"' in said
    assert b"secret" not in said
    assert b"sss" not in said
    assert [one["event"] for one in lines] == ["request_unreadable"]
