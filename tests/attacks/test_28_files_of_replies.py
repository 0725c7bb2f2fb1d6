"""Class 28 again: files for a reply that are somebody else's, or nobody's; and uploads that are too
large, end in the middle, bear hostile names, or have a virus in them."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any, Final

import pytest

from services.routing.draft_store import LIFE
from services.routing.drafts import MOST_BYTES
from tests.attacks.test_15_hostile_file_names import NAMES
from tests.attacks.test_28_who_may import COMMON, LETTER_ID, SECRET, House, house
from tests.contract.test_drafts import PATH, reply, stored, upload

__all__ = ["house"]
SECRET_PATH: Final = f"/v1/tickets/{SECRET}/attachments"


async def unchanged(house: House, *files: str, caller: str = "own") -> Any:
    """What a reply is refused with, when nothing comes of it."""
    before = await house.tickets.whole(COMMON)
    status, said = await reply(house, *files, caller=caller)
    assert status == 422, said
    assert said["type"] in {"/problems/attachment", "/problems/invalid"}
    assert await house.tickets.whole(COMMON) == before
    assert await house.database.messages.count_documents({"direction": "out"}) == 0
    return said


async def test_a_file_for_another_ticket_goes_with_no_reply(house: House) -> None:
    _, draft = await upload(house, b"a secret", path=SECRET_PATH)
    said = await unchanged(house, draft["id"])
    # It can't be told from one that is not there.
    assert said == await unchanged(house, "0f" * 16)


async def test_a_colleagues_file_goes_with_no_reply(house: House) -> None:
    _, draft = await upload(house, b"mine", caller="lead")
    await unchanged(house, draft["id"])
    assert (await reply(house, draft["id"], caller="lead"))[0] == 200


async def test_a_colleagues_file_is_neither_seen_nor_thrown_away(house: House) -> None:
    _, draft = await upload(house, b"mine", caller="lead")
    path = f"{PATH}/attachments"
    for caller in ("own", "admin"):
        status, said = await house.ask("GET", path, caller=caller)
        assert (status, json.loads(said)["items"]) == (200, [])
        for method in ("GET", "DELETE"):
            answers = [
                await house.ask(method, f"{path}/{one}", caller=caller)
                for one in (draft["id"], "0f" * 16)
            ]
            assert answers[0] == answers[1]
            assert answers[0][0] == 404
    other = SECRET_PATH.replace(SECRET, COMMON)
    assert (await house.ask("GET", f"{SECRET_PATH}/{draft['id']}", caller="lead"))[0] == 404
    assert await house.ask("GET", f"{other}/{draft['id']}", caller="lead") == (200, "mine")


async def test_a_patrons_attachment_and_raw_ids_go_with_no_reply(house: House) -> None:
    [theirs] = await house.database["documents.files"].find().to_list(None)
    for wanted in (theirs["_id"], f"{LETTER_ID}.0", LETTER_ID, "", "$ne", "0F" * 16):
        await unchanged(house, wanted)


async def test_an_old_file_goes_with_no_reply(house: House) -> None:
    _, draft = await upload(house, b"old")
    files = house.database["documents.files"]
    [row] = await files.find({"_id": draft["id"]}).to_list(None)
    update = {"$set": {"metadata.at": row["metadata"]["at"] - LIFE}}
    await files.update_one({"_id": draft["id"]}, update)
    await unchanged(house, draft["id"])


async def test_a_file_that_has_gone_goes_no_second_time(house: House) -> None:
    _, draft = await upload(house, b"once")
    assert (await reply(house, draft["id"]))[0] == 200
    status, said = await reply(house, draft["id"])
    assert (status, said["type"]) == (422, "/problems/attachment")


async def test_who_may_not_know_of_the_ticket_gets_no_file_of_it(house: House) -> None:
    status, said = await upload(house, b"x", caller="other", path=SECRET_PATH)
    assert (status, said["type"]) == (404, "/problems/not-found")
    assert await stored(house) == (0, 0)
    _, draft = await upload(house, b"a secret", path=SECRET_PATH)
    version = await house.version()
    status, said = await house.ask(
        "POST",
        SECRET_PATH.replace("attachments", "reply"),
        {"text": "Here.", "attachments": [draft["id"]]},
        If_Match=version,
    )
    assert status == 200, said
    shown = json.loads(said)["messages"][-1]["attachments"][0]["id"]
    path = f"/v1/attachments/{shown}"
    assert (await house.ask("GET", path, caller="other"))[0] == 404
    readings = len(await house.readings())
    for ranged in ("bytes=0-1", "bytes=1-2"):
        status, _ = await house.ask("GET", path, Range=ranged)
        assert status == 206
    assert (await house.readings())[readings:] == [("own", "attachment")] * 2


async def test_what_is_too_large_in_mid_stream_leaves_nothing(house: House) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(MOST_BYTES // 100_000 + 10):
            yield bytes(100_000)

    status, said = await upload(house, endless())
    assert (status, said["type"]) == (413, "/problems/too-large")
    assert await stored(house) == (0, 0)


@pytest.mark.parametrize("size", [100_000, 3_000_000])
async def test_what_is_broken_off_leaves_nothing(house: House, size: int) -> None:
    server = house.client.server
    _, writer = await asyncio.open_connection(server.host, server.port)
    head = f"POST {PATH}/attachments HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer own\r\n"
    writer.write(f"{head}Content-Length: {2 * size}\r\n\r\n".encode() + bytes(size))
    await writer.drain()
    await asyncio.sleep(0.5)
    writer.close()
    await writer.wait_closed()
    for _ in range(100):
        if await stored(house) == (0, 0):
            break
        await asyncio.sleep(0.05)
    assert await stored(house) == (0, 0)


async def test_a_hostile_name_is_one_harmless_name(house: House) -> None:
    for name in NAMES[:40]:
        status, draft = await upload(house, b"x", name=name[:500])
        assert status == 201, (name, draft)
        assert not {"/", "\\", "\0", "\u202e", "\u200b"} & set(draft["filename"]), name
        assert draft["filename"].strip(". ")
        assert len(draft["id"]) == 32
