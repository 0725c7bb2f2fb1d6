"""/livez, /readyz and /metrics, as those who watch over a service see them."""

from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

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


async def test_a_port_is_opened_and_closed() -> None:
    app = web.Application()
    add_health(app, {})
    runner = await open_port(app, "127.0.0.1", 0)
    try:
        [(host, port)] = runner.addresses
        async with aiohttp.ClientSession() as session:
            async with session.get(f"http://{host}:{port}/livez") as answer:
                assert answer.status == 200
            with pytest.raises(OSError, match="in use"):
                await open_port(web.Application(), host, port)
    finally:
        await runner.cleanup()
