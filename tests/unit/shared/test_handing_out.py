"""A file that is handed out: whole, in part, to who reads slowly, to who does not read at all."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import ClientPayloadError, web
from aiohttp.test_utils import TestClient, TestServer
from structlog.testing import capture_logs

from shared.contents import Stored
from shared.errors import Transient
from shared.handing_out import hand_out
from shared.problems import as_problems
from tests.fakes import Contents
from tests.stage import until

ROW = {"filename": "map.pdf", "content_type": "application/pdf", "file": "f", "sha256": "0f"}
TEXT = bytes(number % 251 for number in range(2500))


@dataclass
class Failing(Contents):
    """MongoDB goes away after so many pieces."""

    fails_at: int | None = None
    missing: int = 0
    """Bytes of the end that are not there."""

    async def find(self, file_id: str) -> Stored | None:
        found = await super().find(file_id)
        return found and Stored(found.id, found.size + self.missing, found.piece)

    async def piece(self, stored: Stored, number: int) -> bytes | None:
        if self.fails_at is not None and number >= self.fails_at:
            raise Transient("away")
        return await super().piece(stored, number)


@dataclass
class House:
    """A route that hands out one file."""

    contents: Failing = field(default_factory=lambda: Failing({"f": TEXT}))
    row: dict[str, Any] = field(default_factory=lambda: dict(ROW))
    patience: float = 60.0
    client: TestClient[web.Request, web.Application] = field(init=False)

    def __post_init__(self) -> None:
        app = web.Application(middlewares=[as_problems])
        app.router.add_get("/file", self.serve)
        self.client = TestClient(TestServer(app))

    async def serve(self, request: web.Request) -> web.StreamResponse:
        return await hand_out(request, self.row, self.contents, patience=self.patience)

    async def ask(self, method: str = "GET", **headers: str) -> tuple[int, bytes, Any]:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        answer = await self.client.request(method, "/file", headers=sent)
        return answer.status, await answer.read(), answer.headers


@pytest.fixture
async def house() -> AsyncIterator[House]:
    house = House()
    async with house.client:
        yield house


async def test_the_whole_is_read_piece_by_piece(house: House) -> None:
    status, content, headers = await house.ask()
    assert (status, content) == (200, TEXT)
    assert headers["Content-Length"] == "2500"
    assert headers["Accept-Ranges"] == "bytes"
    assert headers["ETag"] == '"0f"'
    assert house.contents.read == [0, 1, 2]


@pytest.mark.parametrize(
    ("wanted", "first", "end", "pieces"),
    [
        ("bytes=0-9", 0, 10, [0]),
        ("bytes=990-1009", 990, 1010, [0, 1]),
        ("bytes=1000-1999", 1000, 2000, [1]),
        ("bytes=-1", 2499, 2500, [2]),
        ("bytes=500-", 500, 2500, [0, 1, 2]),
    ],
)
async def test_a_part_is_that_part_and_no_other_piece_is_read(
    house: House, wanted: str, first: int, end: int, pieces: list[int]
) -> None:
    status, content, headers = await house.ask(Range=wanted)
    assert (status, content) == (206, TEXT[first:end])
    assert headers["Content-Range"] == f"bytes {first}-{end - 1}/2500"
    assert headers["Content-Length"] == str(end - first)
    assert headers["Content-Disposition"].startswith("attachment;")
    assert house.contents.read == pieces


async def test_what_is_not_in_it_is_416_with_its_length(house: House) -> None:
    status, said, headers = await house.ask(Range="bytes=2500-")
    assert status == 416
    assert b"/problems/range" in said
    assert headers["Content-Range"] == "bytes */2500"


async def test_a_part_of_another_version_or_of_several_is_the_whole(house: House) -> None:
    for more in ({"If_Range": '"0e"'}, {"Range": "bytes=0-1,5-6"}):
        status, content, headers = await house.ask(**{"Range": "bytes=0-9", **more})
        assert (status, content) == (200, TEXT)
        assert "Content-Range" not in headers
    assert (await house.ask(Range="bytes=0-9", If_Range='"0f"'))[0] == 206


async def test_the_head_is_told_without_reading(house: House) -> None:
    status, content, headers = await house.ask("HEAD", Range="bytes=0-9")
    assert (status, content) == (200, b"")
    assert headers["Content-Length"] == "2500"
    assert house.contents.read == []


@pytest.mark.parametrize("tag", ['"0f"', 'W/"0f"', '"aa", "0f"', "*"])
async def test_what_the_client_has_is_not_sent_again(house: House, tag: str) -> None:
    status, content, headers = await house.ask(If_None_Match=tag, Range="bytes=0-9")
    assert (status, content, headers["ETag"]) == (304, b"", '"0f"')
    assert house.contents.read == []


async def test_another_one_is_sent(house: House) -> None:
    assert (await house.ask(If_None_Match='"0e"'))[:2] == (200, TEXT)


async def test_an_empty_file_is_handed_out(house: House) -> None:
    house.contents.files["f"] = b""
    assert (await house.ask())[:2] == (200, b"")
    assert (await house.ask(Range="bytes=-5"))[:2] == (200, b"")
    assert (await house.ask(Range="bytes=0-"))[0] == 416


async def test_what_was_taken_away_is_not_found(house: House) -> None:
    house.row["file"] = "gone"
    assert (await house.ask())[0] == 404


async def test_what_can_not_be_sent_to_its_end_is_not_taken_for_the_whole(house: House) -> None:
    house.contents.fails_at = 1
    with capture_logs() as logs, pytest.raises(ClientPayloadError):
        await house.ask()
    assert [(one["event"], one["reason"]) for one in logs] == [("download_broken_off", "Transient")]
    house.contents.fails_at = None
    assert (await house.ask())[:2] == (200, TEXT)


async def test_a_piece_that_is_gone_breaks_it_off(house: House) -> None:
    house.contents.missing = 1000
    with capture_logs() as logs, pytest.raises(ClientPayloadError):
        await house.ask()
    assert [one["event"] for one in logs] == ["download_broken_off"]


async def slow_reader(house: House) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Somebody who has asked, and takes nothing."""
    server = house.client.server
    reader, writer = await asyncio.open_connection(server.host, server.port, limit=1024)
    writer.write(b"GET /file HTTP/1.1\r\nHost: x\r\n\r\n")
    return reader, writer


async def test_who_reads_slowly_holds_nothing_up_and_gets_all_of_it(house: House) -> None:
    content = bytes(range(256)) * 48 * 1024  # twelve megabytes: more than the sockets take
    house.contents.files["f"] = content
    house.contents.size = 4 * 1024 * 1024
    reader, writer = await slow_reader(house)
    await until(lambda: _is(len(house.contents.read) >= 1))
    await asyncio.sleep(1)
    assert len(house.contents.read) <= 2, "what is not taken is not read"
    # Meanwhile others are served.
    assert (await house.ask(Range="bytes=0-9"))[1] == content[:10]
    head = await reader.readuntil(b"\r\n\r\n")
    assert b"200 OK" in head
    before = len(house.contents.read)
    got = await asyncio.wait_for(reader.readexactly(len(content)), 60)
    assert got == content
    assert len(house.contents.read) > before
    first = house.contents.read
    # The piece that was being sent was let go meanwhile, and read again.
    assert any(first.count(number) > 1 for number in first)
    writer.close()


async def test_who_takes_nothing_is_hung_up_on(house: House) -> None:
    house.contents.files["f"] = b"x" * 20_000_000
    house.contents.size = 4 * 1024 * 1024
    house.patience = 0.5
    with capture_logs() as logs:
        _, writer = await slow_reader(house)
        await until(lambda: _is(bool(logs)))
    assert [(one["event"], one["reason"]) for one in logs] == [
        ("download_broken_off", "TimeoutError")
    ]
    writer.close()


async def _is(it: bool) -> bool:
    return it


async def test_who_wants_a_piece_waits_until_there_is_room_for_it(house: House) -> None:
    await house.contents.room.acquire()
    asked = asyncio.create_task(house.ask(Range="bytes=0-9"))
    await asyncio.sleep(0.1)
    assert house.contents.read == []
    house.contents.room.release()
    assert (await asked)[1] == TEXT[:10]


@pytest.mark.parametrize("fault", ["fails_at", "missing", "nothing"])
async def test_however_it_ends_there_is_room_for_the_next(house: House, fault: str) -> None:
    before = dict(vars(house.contents))
    setattr(house.contents, fault, 1000 if fault == "missing" else 1)
    with suppress(ClientPayloadError):
        await house.ask()
    assert not house.contents.room.locked()
    setattr(house.contents, fault, before.get(fault))
    house.contents.missing = 0
    assert (await house.ask())[:2] == (200, TEXT)


async def test_those_who_take_nothing_hold_no_room(house: House) -> None:
    content = bytes(20_000_000)
    house.contents.files["f"] = content
    house.contents.size = 4 * 1024 * 1024
    slow = [await slow_reader(house) for _ in range(5)]
    await until(lambda: _is(len(house.contents.read) >= 5))
    async with asyncio.timeout(10):
        assert (await house.ask(Range="bytes=0-9"))[1] == content[:10]
    for _, writer in slow:
        writer.close()
