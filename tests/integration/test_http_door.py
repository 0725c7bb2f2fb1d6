"""The HTTP door while MongoDB hangs: an answer in time, and nothing lost or doubled."""

import asyncio
import os
import signal
import time

import pytest

from tests.stage import Stage

BODY = {
    "patron": {"name": "Owain Dummy", "email": "owain@patrons.example"},
    "subject": "A question",
    "body": "When do you open?",
    "item": {"openurl": "rft.btitle=Old+Maps&rft.isbn=0-00-000000-0"},
}


async def _post(stage: Stage, key: str) -> tuple[int, str | None, str | None]:
    """Status, reference or problem, and when to try again."""
    status, body, headers = await stage.catalogue(
        "POST", "/v1/enquiries", BODY, Idempotency_Key=key
    )
    return status, body.get("reference", body.get("type")), headers.get("Retry-After")


async def test_while_mongodb_hangs_every_post_is_answered_503_within_five_seconds(
    stage: Stage,
) -> None:
    if stage.servers.mongo is None or stage.servers.mongo.pid is None:
        pytest.skip("MONGODB_URI names a server that is not ours to stop")
    await stage.open()
    status, first, _ = await _post(stage, "0")
    assert status == 202
    os.kill(stage.servers.mongo.pid, signal.SIGSTOP)
    try:
        began = time.monotonic()
        answers = await asyncio.gather(*(_post(stage, str(number)) for number in range(5)))
        took = time.monotonic() - began
    finally:
        os.kill(stage.servers.mongo.pid, signal.SIGCONT)
    assert answers == [(503, "/problems/unavailable", "5")] * 5
    assert took < 6, "five seconds, and one for this test itself"

    async def posted(key: str) -> str:
        while True:
            status, said, _ = await _post(stage, key)
            if status == 202:
                return str(said)
            assert status == 503

    async with asyncio.timeout(60):
        references = [await posted(str(number)) for number in range(5)]
    assert references[0] == first
    assert len(set(references)) == 5
    letters = [one for one in await stage.stored("messages") if one["direction"] == "in"]
    assert sorted(one["reference"] for one in letters) == sorted(references)
    assert letters[0]["asked"]["item"] == {"title": "Old Maps", "isbn": "9780000000002"}
