"""Errors as clients read them: RFC 9457, the field at fault, and never the value that was sent."""

import asyncio
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Annotated, Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from pydantic import BaseModel, ConfigDict, Field
from structlog.testing import capture_logs

from shared.errors import Permanent, Transient
from shared.health import open_port
from shared.problems import Problem, arrived, as_problems, body_of, json_answer
from tests.unit.examples import NOW

Client = TestClient[web.Request, web.Application]
JSON = {"Content-Type": "application/json"}


class Wanted(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    name: Annotated[str, Field(max_length=10)]
    counts: list[int] = []


def _raising(error: Exception) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def route(_: web.Request) -> web.Response:
        raise error

    return route


async def _echo(request: web.Request) -> web.Response:
    return json_answer((await body_of(request, Wanted)).model_dump(), ETag='"1"')


async def _moment(_: web.Request) -> web.Response:
    return json_answer({"at": NOW})


def _app() -> web.Application:
    app = web.Application(middlewares=[as_problems], client_max_size=1_000_000)
    refused = Problem(409, "not-allowed", "Not now", "because", ticket_status="resolved", since=NOW)
    app.add_routes(
        [
            web.post("/echo", _echo),
            web.get("/moment", _moment),
            web.get("/refused", _raising(refused)),
            web.get("/key", _raising(Problem(401, "unauthorised", "A valid key is needed"))),
            web.get("/away", _raising(Transient("MongoDB: AutoReconnect"))),
            web.get("/never", _raising(Permanent("a secret reason"))),
            web.get("/fault", _raising(KeyError("secret-value"))),
        ]
    )
    return app


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    async with TestClient(TestServer(_app()), headers=JSON) as client:
        yield client


async def _problem(client: Client, path: str, status: int) -> dict[str, Any]:
    answer = await client.get(path)
    assert answer.status == status
    assert answer.content_type == "application/problem+json"
    body: dict[str, Any] = await answer.json(content_type=None)
    assert body["status"] == status
    assert body["type"].startswith("/problems/")
    assert body["title"]
    return body


async def test_a_problem_is_told_with_what_belongs_to_it(client: Client) -> None:
    assert await _problem(client, "/refused", 409) == {
        "type": "/problems/not-allowed",
        "title": "Not now",
        "status": 409,
        "detail": "because",
        "ticket_status": "resolved",
        "since": "2026-11-23T10:00:00Z",
    }


async def test_who_has_no_key_is_told_which_kind_is_wanted(client: Client) -> None:
    assert (await client.get("/key")).headers["WWW-Authenticate"] == "Bearer"


async def test_what_may_succeed_later_is_told_so(client: Client) -> None:
    assert "MongoDB" not in str(await _problem(client, "/away", 503))


@pytest.mark.parametrize("path", ["/fault", "/never"])
async def test_a_fault_of_ours_tells_nothing_of_its_inside(client: Client, path: str) -> None:
    assert "secret" not in str(await _problem(client, path, 500))


async def test_what_is_not_there_is_a_problem_too(client: Client) -> None:
    assert (await _problem(client, "/nowhere", 404))["type"] == "/problems/not-found"
    assert (await _problem(client, "/echo", 405))["type"] == "/problems/method-not-allowed"


async def test_a_good_body_is_read(client: Client) -> None:
    answer = await client.post("/echo", json={"name": "Rhian"})
    assert (answer.status, await answer.json()) == (200, {"name": "Rhian", "counts": []})
    assert answer.headers["ETag"] == '"1"'


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "name"),
        ({"name": "s3cret-value-that-is-long"}, "name"),
        ({"name": 5}, "name"),
        ({"name": "a", "counts": [1, "s3cret"]}, "counts.1"),
        ({"name": "a", "nmae": "s3cret"}, "nmae"),
    ],
)
async def test_each_field_at_fault_is_named_and_its_value_is_not(
    client: Client, body: Any, field: str
) -> None:
    answer = await client.post("/echo", json=body)
    said = await answer.json(content_type=None)
    assert (answer.status, said["type"]) == (422, "/problems/invalid")
    assert [one["field"] for one in said["errors"]] == [field]
    assert all(one["reason"] for one in said["errors"])
    assert "s3cret" not in await answer.text()


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b'{"name": "\\ud800"}', b"nul"])
async def test_a_body_that_is_no_json_is_told_so(client: Client, body: bytes) -> None:
    answer = await client.post("/echo", data=body)
    said = await answer.json(content_type=None)
    assert (answer.status, said["type"]) == (400, "/problems/not-json")


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "x"])
async def test_a_body_that_is_not_said_to_be_json_is_refused(client: Client, kind: str) -> None:
    answer = await client.post("/echo", data=b'{"name": "a"}', headers={"Content-Type": kind})
    said = await answer.json(content_type=None)
    assert (answer.status, said["type"]) == (415, "/problems/media-type")


async def test_json_that_is_no_object_is_refused(client: Client) -> None:
    assert (await client.post("/echo", data=b"[]")).status == 422


async def test_a_body_nested_without_end_is_refused(client: Client) -> None:
    assert (await client.post("/echo", data=b"[" * 900)).status == 400


async def test_a_body_that_is_too_large_is_refused(client: Client) -> None:
    answer = await client.post("/echo", data=b"x" * 1_000_001)
    said = await answer.json(content_type=None)
    assert (answer.status, said["type"]) == (413, "/problems/too-large")


@pytest.mark.parametrize("linger", [b"\0" * 8, struct.pack("ii", 1, 0)], ids=["ends", "resets"])
@pytest.mark.parametrize(
    "begun",
    [b"Content-Length: 100\r\n\r\n{", b"Transfer-Encoding: chunked\r\n\r\n5\r\n{", b"Content-L"],
)
async def test_a_client_that_hangs_up_is_no_fault_of_ours(linger: bytes, begun: bytes) -> None:
    loop = asyncio.get_running_loop()
    runner = await open_port(_app(), "127.0.0.1", 0)  # the test client's would end the handler
    with capture_logs() as lines, socket.socket() as wire:
        wire.setblocking(False)
        await loop.sock_connect(wire, ("127.0.0.1", runner.number))
        await loop.sock_sendall(wire, b"POST /echo HTTP/1.1\r\nHost: a\r\n" + begun)
        await asyncio.sleep(0.2)
        wire.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        wire.close()
        has_body = b"{" in begun
        async with asyncio.timeout(10):
            while has_body and not lines:
                await asyncio.sleep(0.02)
        await runner.cleanup()
    wanted = {"event": "request_broken_off", "log_level": "info"}
    assert lines == ([wanted] if has_body else [])


async def test_a_body_that_is_not_compressed_as_it_says_is_refused(client: Client) -> None:
    with capture_logs() as lines:
        headers = {"Content-Encoding": "gzip"}
        answer = await client.post("/echo", data=b"\x1f\x8bno gzip at all", headers=headers)
    said = await answer.json(content_type=None)
    assert (answer.status, said["type"], lines) == (400, "/problems/unreadable", [])


async def test_no_more_faults_are_told_than_anybody_reads(client: Client) -> None:
    answer = await client.post("/echo", json={"name": "a", "counts": ["x"] * 30})
    assert len((await answer.json(content_type=None))["errors"]) == 20
    answer = await client.post("/echo", json={"name": "a", "n" * 5000: 1})
    assert len(await answer.text()) < 500


@pytest.mark.parametrize(
    "body",
    [
        b'{"name": "a", "counts": [' + b"1," * 1000 + b"1]}",
        b'{"name": "a", "counts": [1], "name": ' + b"[[1]," * 400 + b"1" + b"]" * 400 + b"}",
        b'{"name": "' + b"," * 200_001 + b'"}',
    ],
)
async def test_a_body_that_would_cost_too_much_to_look_at_is_not(
    client: Client, body: bytes
) -> None:
    answer = await client.post("/echo", data=body)
    said = await answer.json(content_type=None)
    assert (answer.status, said["title"]) == (422, "The body has far more fields than any")


async def test_a_body_that_does_not_come_is_not_waited_for() -> None:
    async def route(request: web.Request) -> web.Response:
        return web.Response(body=await arrived(request, 0.2))

    async def silent() -> AsyncIterator[bytes]:
        yield b"{"
        await asyncio.sleep(1)

    app = web.Application(middlewares=[as_problems])
    app.add_routes([web.post("/", route)])
    async with TestClient(TestServer(app)) as client:
        assert (await client.post("/", data=silent())).status == 408


async def test_moments_are_told_in_rfc_3339(client: Client) -> None:
    assert await (await client.get("/moment")).json() == {"at": "2026-11-23T10:00:00Z"}
