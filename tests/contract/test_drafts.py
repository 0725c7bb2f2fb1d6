"""Files that staff upload for a reply: the route, the store and the reply, on a real MongoDB."""

import asyncio
import gc
import hashlib
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from io import BytesIO
from typing import Any, Final

import psutil

from deploy.local.processes import free_port
from services.desk.export import Export
from services.intake.sent_files import SentFiles
from services.intake.store import Letters
from services.routing import drafts as route
from services.routing.draft_store import LIFE, PIECE, Drafts, Whose
from shared.erasure import Eraser
from shared.scanner import Scanner
from tests.attacks.test_28_who_may import COMMON, SECRET, House, house
from tests.clamd import EICAR, Clamd, curt, honest
from tests.unit.examples import NOW

__all__ = ["house"]
PATH: Final = f"/v1/tickets/{COMMON}"
LARGE: Final = bytes(range(256)) * 4096 * 5
"""Five megabytes."""


async def upload(
    house: House, content: Any, name: str = "map.pdf", caller: str = "own", **more: str
) -> tuple[int, Any]:
    """What is said to an upload for the common ticket, or for that of the `path`."""
    path = more.pop("path", f"{PATH}/attachments")
    headers = {name.replace("_", "-"): value for name, value in more.items()}
    headers["Authorization"] = f"Bearer {caller}"
    headers.setdefault("Content-Type", "application/pdf")
    content = BytesIO(content) if isinstance(content, bytes) else content
    answer = await house.client.post(path, params={"filename": name}, data=content, headers=headers)
    return answer.status, await answer.json(content_type=None)


async def reply(house: House, *files: str, caller: str = "own", **more: str) -> tuple[int, Any]:
    """What is said to a reply with these files, on the ticket as it stands."""
    found = await house.tickets.find(COMMON)
    assert found is not None
    more.setdefault("If_Match", f'"{found.version}"')
    words = {"text": "Here it is.", "attachments": list(files)}
    status, said = await house.ask("POST", f"{PATH}/reply", words, caller, **more)
    return status, json.loads(said)


async def stored(house: House) -> tuple[int, int]:
    """How many files there are besides the one of the patron's letter, and how many pieces."""
    count = house.database["documents.files"].count_documents
    pieces = house.database["documents.chunks"].count_documents
    return int(await count({})) - 1, int(await pieces({})) - 1


async def test_what_was_uploaded_goes_with_the_reply_and_is_shown(house: House) -> None:
    content = b"%PDF-1.7 a map"
    status, draft = await upload(house, content)
    assert status == 201, draft
    assert draft["filename"] == "map.pdf"
    assert draft["sha256"] == hashlib.sha256(content).hexdigest()
    assert (draft["size"], draft["state"]) == (len(content), "unscanned")
    status, ticket = await reply(house, draft["id"])
    assert status == 200, ticket
    [letter] = [one for one in ticket["messages"] if one["direction"] == "out"]
    [shown] = letter["attachments"]
    assert (shown["filename"], shown["size"]) == ("map.pdf", len(content))
    answer = await house.client.get(
        f"/v1/attachments/{shown['id']}", headers={"Authorization": "Bearer other"}
    )
    assert (answer.status, await answer.read()) == (200, content)
    [row] = await house.database["documents.files"].find({"_id": draft["id"]}).to_list(None)
    assert (row["filename"], row["metadata"]["named"]) == (letter["id"], True)


async def test_a_large_one_is_written_in_pieces_and_comes_back_byte_for_byte(house: House) -> None:
    async def slowly() -> AsyncIterator[bytes]:
        for start in range(0, len(LARGE), 300_001):
            yield LARGE[start : start + 300_001]

    status, draft = await upload(house, slowly(), name="")
    assert (status, draft["size"]) == (201, len(LARGE)), draft
    assert draft["filename"] == "attachment-1.pdf"
    assert await stored(house) == (1, len(LARGE) // PIECE)
    _, ticket = await reply(house, draft["id"])
    shown = ticket["messages"][-1]["attachments"][0]["id"]
    headers = {"Authorization": "Bearer own", "Range": "bytes=524280-524299"}
    answer = await house.client.get(f"/v1/attachments/{shown}", headers=headers)
    assert (answer.status, await answer.read()) == (206, LARGE[524280:524300])
    answer = await house.client.get(
        f"/v1/attachments/{shown}", headers={"Authorization": "Bearer own"}
    )
    assert await answer.read() == LARGE


async def test_the_same_upload_is_kept_once_and_another_is_refused(house: House) -> None:
    first = await upload(house, LARGE, Idempotency_Key="a")
    again = await asyncio.gather(*(upload(house, LARGE, Idempotency_Key="a") for _ in range(3)))
    assert [first[0], *(one[0] for one in again)] == [201] * 4
    assert {one[1]["id"] for one in again} == {first[1]["id"]}
    others: tuple[dict[str, Any], ...] = (
        {"content": b"other"},
        {"content": LARGE, "name": "o.pdf"},
    )
    for other in others:
        status, said = await upload(house, **other, Idempotency_Key="a")
        assert (status, said["type"]) == (422, "/problems/idempotency-key-used")
    at_once = await asyncio.gather(*(upload(house, b"b", Idempotency_Key="b") for _ in range(5)))
    assert len({one[1]["id"] for one in at_once}) == 1
    assert await stored(house) == (2, 11)


async def test_a_reply_sent_again_with_its_key_carries_its_files_once(house: House) -> None:
    _, draft = await upload(house, b"a")
    found = await house.tickets.find(COMMON)
    assert found is not None
    seen = f'"{found.version}"'
    said = [await reply(house, draft["id"], If_Match=seen, Idempotency_Key="a") for _ in range(3)]
    assert [one[0] for one in said] == [200, 200, 200], said
    [letter] = [one for one in said[-1][1]["messages"] if one["direction"] == "out"]
    assert len(letter["attachments"]) == 1
    written = await house.database.messages.count_documents({"direction": "out"})
    assert written == 1


async def test_a_reply_that_was_stale_may_be_sent_again_with_its_files(house: House) -> None:
    _, draft = await upload(house, b"a")
    assert (await reply(house, draft["id"], If_Match='"77"', Idempotency_Key="a"))[0] == 412
    _, other = await upload(house, b"b")
    status, ticket = await reply(house, other["id"], Idempotency_Key="a")
    assert status == 200
    [letter] = [one for one in ticket["messages"] if one["direction"] == "out"]
    headers = {"Authorization": "Bearer own"}
    path = f"/v1/attachments/{letter['attachments'][0]['id']}"
    assert await (await house.client.get(path, headers=headers)).read() == b"b"


async def test_what_no_reply_has_used_is_thrown_away_after_a_day(house: House) -> None:
    drafts = Drafts(house.database)
    _, used = await upload(house, b"a")
    _, unused = await upload(house, LARGE)
    _, unsettled = await upload(house, b"c")
    assert (await reply(house, used["id"], unsettled["id"]))[0] == 200
    # As if the process had ended after the reply was saved.
    files = house.database["documents.files"]
    update = {"$set": {"metadata.draft": True, "filename": COMMON, "metadata.owner": COMMON}}
    await files.update_one({"_id": unsettled["id"]}, update)
    # And words that were written down, and never sent.
    words = {"direction": "out", "reference": COMMON, "attachments": [{"file": unused["id"]}]}
    await house.database.messages.insert_one({"_id": "never sent", **words})
    assert await drafts.sweep(NOW + LIFE, 10) == 0
    assert await stored(house) == (3, 12)
    assert await drafts.sweep(NOW + LIFE + timedelta(hours=2), 10) == 2
    assert await stored(house) == (2, 2)
    assert await drafts.sweep(NOW + 9 * LIFE, 10) == 0
    # Nor does intake's sweep, which takes away what no letter names, take any of them.
    await Letters(house.database).sweep_files(NOW + 9 * LIFE)
    assert await stored(house) == (2, 2)


async def mine(house: House) -> list[str]:
    """What is still there of what was uploaded."""
    status, said = await house.ask("GET", f"{PATH}/attachments")
    assert status == 200
    return [one["id"] for one in json.loads(said)["items"]]


async def test_what_was_thrown_away_is_not_there_and_goes_with_no_reply(house: House) -> None:
    ids = [(await upload(house, content))[1]["id"] for content in (b"a", b"b", b"c")]
    assert await mine(house) == ids
    status, said = await house.ask("DELETE", f"{PATH}/attachments/{ids[1]}")
    assert (status, [one["id"] for one in json.loads(said)["items"]]) == (200, [ids[0], ids[2]])
    for method in ("GET", "DELETE"):
        assert (await house.ask(method, f"{PATH}/attachments/{ids[1]}"))[0] == 404
    assert (await reply(house, ids[1]))[0] == 422
    drafts = Drafts(house.database)
    assert await drafts.count(COMMON, NOW) == 2
    assert await drafts.sweep(NOW + timedelta(minutes=30), 10) == 0, "a reply may be under way"
    assert await drafts.sweep(NOW + timedelta(minutes=90), 10) == 1
    assert await stored(house) == (2, 2)


async def test_what_was_thrown_away_while_it_was_sent_is_sent(house: House) -> None:
    _, draft = await upload(house, b"a")
    assert (await reply(house, draft["id"]))[0] == 200
    # As if it had been thrown away between that the reply took it and that this was noted.
    update = {"metadata.draft": True, "filename": COMMON, "metadata.owner": COMMON}
    await house.database["documents.files"].update_one({"_id": draft["id"]}, {"$set": update})
    drafts = Drafts(house.database)
    assert await drafts.drop(draft["id"], Whose(COMMON, "own", ""), NOW)
    assert await drafts.sweep(NOW + timedelta(minutes=90), 10) == 1
    [row] = await house.database["documents.files"].find({"_id": draft["id"]}).to_list(None)
    assert (row["metadata"]["draft"], row["metadata"]["named"]) == (False, True)


async def test_what_was_sent_is_withdrawn_once_and_still_shown(house: House) -> None:
    _, draft = await upload(house, b"the wrong map")
    _, ticket = await reply(house, draft["id"])
    file = ticket["messages"][-1]["attachments"][0]
    assert "withdrawn_at" not in file
    path, body = f"{PATH}/files/{file['id']}/withdraw", {"reason": "Another patron's"}
    patrons = [one["id"] for one in (await letters_with_files(house))]
    for wrong in (f"{SECRET}.0", f"{file['id']}1", *patrons):
        there = f"{PATH}/files/{wrong}/withdraw"
        version = f'"{ticket["version"]}"'
        assert (await house.ask("POST", there, body, If_Match=version))[0] == 404
    sent = SentFiles(house.database)
    letter_id, _, number = file["id"].partition(".")
    assert await sent.find(letter_id, int(number)) is not None
    status, said = await house.ask("POST", path, body, If_Match=f'"{ticket["version"]}"')
    assert status == 200, said
    shown = json.loads(said)
    assert shown["messages"][-1]["attachments"][0]["withdrawn_at"] is not None
    assert shown["timeline"][-1]["event"] == "file_withdrawn"
    assert await sent.find(letter_id, int(number)) is None
    status, said = await house.ask("POST", path, body, If_Match=f'"{shown["version"]}"')
    assert (status, json.loads(said)["type"]) == (409, "/problems/not-allowed")
    assert (await house.ask("GET", f"/v1/attachments/{file['id']}"))[0] == 200


async def letters_with_files(house: House) -> list[dict[str, Any]]:
    """What the patron of the secret ticket sent: never ours to withdraw."""
    _, said = await house.ask("GET", f"/v1/tickets/{SECRET}")
    return [file for one in json.loads(said)["messages"] for file in one["attachments"]]


async def test_the_scanner_is_asked_at_once_and_again_until_it_answers(house: House) -> None:
    clamd, port = Clamd(), free_port()
    await clamd.open(port)
    scanner, drafts = Scanner(f"tcp://127.0.0.1:{port}", patience=2.0), Drafts(house.database)
    ids = {}
    for content in (b"clean", EICAR):
        _, draft = await upload(house, content)
        ids[content] = draft["id"]
    files = house.database["documents.files"]
    await files.update_many({"metadata.draft": True}, {"$set": {"metadata.row.state": "held"}})
    assert {one for one, _ in await drafts.held(9)} == set(ids.values())
    clamd.manner = curt
    for file_id in ids.values():
        await route.scan(drafts, scanner, file_id, COMMON)
    assert len(await drafts.held(9)) == 2
    status, said = await reply(house, ids[b"clean"])
    assert (status, said["type"], said["field"]) == (409, "/problems/held", "attachments.0")
    clamd.manner = honest
    looking = asyncio.create_task(route.run_drafts(drafts, scanner, lambda: NOW, every=0.01))
    while await drafts.held(9):
        await asyncio.sleep(0.01)
    looking.cancel()
    status, said = await reply(house, ids[b"clean"], ids[EICAR])
    assert (status, said["type"], said["field"]) == (403, "/problems/infected", "attachments.1")
    assert (await reply(house, ids[b"clean"]))[0] == 200
    await clamd.close()


async def test_erasing_takes_what_was_sent_and_what_was_not(house: House) -> None:
    _, sent = await upload(house, b"sent")
    assert (await reply(house, sent["id"]))[0] == 200
    await upload(house, LARGE)
    assert await stored(house) == (2, 11)
    eraser = Eraser(house.database)
    assert await eraser.erase_ticket(COMMON, "test", "x", NOW)
    assert await stored(house) == (0, 0)
    assert (await upload(house, b"late"))[0] == 410


async def test_an_export_has_what_was_sent(house: House, tmp_path: Any) -> None:
    _, sent = await upload(house, b"sent", name="../tŷ.pdf")
    assert (await reply(house, sent["id"]))[0] == 200
    await upload(house, b"not sent yet", name="plan.pdf")
    row = {"_id": "c", "reference": COMMON, "wishes": {"format": "braille"}, "fence": 1}
    await house.database.conversions.insert_one(row)
    export = Export(house.database)
    held, _ = await export.find("rhian@patrons.example")
    done = await export.write("rhian@patrons.example", held, tmp_path / "out")
    written = [one for one in done.files if one.endswith(".pdf")]
    contents = {(tmp_path / "out" / one).read_bytes() for one in written}
    assert (len(written), contents) == (2, {b"sent", b"not sent yet"})
    told = json.loads((tmp_path / "out" / "patron.json").read_text())
    [ticket] = [one for one in told["tickets"] if one["_id"] == COMMON]
    wanted = {"_id": "c", "reference": COMMON, "wishes": {"format": "braille"}}
    assert ticket["conversions"] == [wanted]
    [draft] = ticket["drafts"]
    assert (draft["filename"], draft["by"]) == ("plan.pdf", "own")
    assert draft["files"] == [one for one in written if "plan" in one]


async def test_too_many_and_too_much_are_refused(house: House) -> None:
    ids = [(await upload(house, bytes([one])))[1]["id"] for one in range(21)]
    assert (await reply(house, *ids))[0] == 422
    large = await house.database["documents.files"].update_one(
        {"_id": ids[0]}, {"$set": {"metadata.row.size": 15_000_000}}
    )
    assert large.modified_count == 1
    status, said = await reply(house, *ids[:2])
    assert (status, said["type"]) == (413, "/problems/too-large")
    files = house.database["documents.files"]
    some = {"filename": COMMON, "metadata": {"draft": True, "at": NOW}}
    await files.insert_many([{"_id": f"{one}", **some} for one in range(route.MOST_DRAFTS)])
    status, said = await upload(house, b"one more")
    assert (status, said["type"]) == (409, "/problems/not-allowed")


@asynccontextmanager
async def little_memory(most: int) -> AsyncIterator[None]:
    """Meanwhile this process grows by no more megabytes."""
    process = psutil.Process()
    gc.collect()
    before, seen = process.memory_info().rss, [0]

    async def look() -> None:
        while True:
            seen.append(process.memory_info().rss)
            await asyncio.sleep(0.01)

    looking = asyncio.create_task(look())
    try:
        yield
    finally:
        looking.cancel()
    grown = (max(seen) - before) / 1_000_000
    assert grown < most, f"{grown} MB"


async def many() -> AsyncIterator[bytes]:
    """Twenty-five megabytes."""
    for _ in range(100):
        yield bytes(256 * 1024)


async def test_twenty_five_megabytes_that_come_are_never_in_memory(house: House) -> None:
    await upload(house, b"warm")
    async with little_memory(12):
        status, draft = await upload(house, many(), path=f"/v1/tickets/{SECRET}/attachments")
    assert (status, draft["size"]) == (201, 25 * 1024 * 1024)
