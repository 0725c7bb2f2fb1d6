"""A patron sends a file that the virus scanner stops, and one that it passes."""

from datetime import UTC, datetime

import aiohttp

from deploy.local.processes import free_port
from tests.builders import mail, with_files
from tests.clamd import EICAR, Clamd, curt, honest
from tests.stage import Stage, until

PATRON = "rhian@patrons.example"


async def states(stage: Stage, reference: str) -> dict[str, str]:
    _, ticket, _ = await stage.api("GET", f"/v1/tickets/{reference}")
    return {one["filename"]: one["state"] for one in ticket["messages"][0]["attachments"]}


async def fetched(stage: Stage, shown_id: str) -> bytes:
    url = f"http://127.0.0.1:{stage.ports['routing']}/v1/attachments/{shown_id}"
    headers = {"Authorization": f"Bearer {stage.token}"}
    async with aiohttp.ClientSession() as session, session.get(url, headers=headers) as answer:
        assert answer.status == 200
        return await answer.read()


async def test_an_infected_file_is_kept_and_given_to_nobody(stage: Stage) -> None:
    clamd, port = Clamd(curt), free_port()
    await clamd.open(port)
    stage.add("intake", CLAMD_URL=f"tcp://127.0.0.1:{port}").start()
    for name in ("routing", "notify"):
        stage.add(name).start()
    await stage._staff()
    await stage.ready()
    raw = with_files(mail(), {"list.txt": b"words", "eicar.com": EICAR})
    assert await stage.mail(raw) == "2.0.0 Kept"
    # The scanner hung up: a ticket and an acknowledgement all the same, and nothing given out.
    await stage.letter(PATRON)
    [ticket] = await stage.tickets()
    reference = ticket["reference"]
    assert await states(stage, reference) == {"list.txt": "held", "eicar.com": "held"}
    _, whole, _ = await stage.api("GET", f"/v1/tickets/{reference}")
    listed = {one["filename"]: one["id"] for one in whole["messages"][0]["attachments"]}
    status, _, _ = await stage.api("GET", f"/v1/attachments/{listed['list.txt']}")
    assert status == 409

    clamd.manner = honest
    async with stage._collection("messages") as messages:
        # What would be tried again in two minutes is tried again now.
        await messages.update_many({}, {"$set": {"scan.due_at": datetime.now(UTC)}})

    async def looked_at() -> bool:
        return "held" not in (await states(stage, reference)).values()

    await until(looked_at, 60)
    assert await states(stage, reference) == {"list.txt": "clean", "eicar.com": "infected"}
    status, _, _ = await stage.api("GET", f"/v1/attachments/{listed['eicar.com']}")
    assert status == 403
    assert await fetched(stage, listed["list.txt"]) == b"words"
    await clamd.close()
