"""The stream of changes, on services that really run: no gap, whatever goes away and comes back;
and nobody is told what is not for them."""

import asyncio
import os
import signal
from typing import Any

import pytest

from shared.keys import digest
from shared.staff import StaffMember
from tests.builders import mail
from tests.listening import Follower, Stream, crowd
from tests.stage import Stage, until

OWAIN = StaffMember("owain", "Owain Invented", "owain@llanfair.example", "local-history")


async def _versions(stage: Stage) -> set[tuple[str, int]]:
    """Every version that any ticket has had."""
    found = await stage.stored("tickets")
    return {(one["_id"], number + 1) for one in found for number in range(one["version"])}


async def _note(stage: Stage, reference: str, port: int | None = None) -> None:
    """A change, at a copy of choice."""
    version = (await stage.ticket(reference))["version"]
    if port is not None:
        stage.ports["routing"] = port
    status, said, _ = await stage.api(
        "POST", f"/v1/tickets/{reference}/note", {"text": "Hm."}, If_Match=f'"{version}"'
    )
    assert status == 200, said


async def test_no_change_is_missed_while_copies_and_rabbitmq_go_and_come(stage: Stage) -> None:
    assert stage.servers.rabbit is not None
    await stage.open()
    second = stage.add("routing")
    second.start()
    await stage.ready()
    first, rabbit = stage.services["routing"][0], stage.servers.rabbit
    ports = [int(one.ready_url.split(":")[2].split("/")[0]) for one in stage.services["routing"]]
    follower = Follower(ports, stage.token)
    following = asyncio.create_task(follower.run())
    await until(lambda: _has(follower, 1))
    for _ in range(5):
        await stage.mail(mail())

    async def there() -> bool:
        return len(await stage.tickets()) == 5

    await until(there)
    references = [one["reference"] for one in await stage.tickets()]
    await _note(stage, references[0], ports[0])
    first.kill()
    stage.ports["routing"] = ports[1]
    await _note(stage, references[1])
    rabbit.stop()
    await _note(stage, references[2])
    second.kill()
    rabbit.launch()
    await asyncio.to_thread(rabbit.wait_ready)
    for one in (first, second):
        one.start()
    await stage.ready()
    await _note(stage, references[3])
    await _note(stage, references[4], ports[0])

    async def all_told() -> bool:
        return follower.seen >= await _versions(stage)

    await until(all_told, 60)
    following.cancel()
    assert len(await _versions(stage)) >= 10
    assert [one.data["reason"] for one in follower.events if one.name == "reset"] == ["begun"]
    numbers = [one.number for one in follower.events[1:]]
    assert numbers == sorted(set(numbers)), "in order, none twice by its id"
    assert follower.ends >= 1


async def _has(follower: Follower, count: int) -> bool:
    return len(follower.events) >= count


async def _opened(stage: Stage, token: str, query: str = "", after: str | None = None) -> Stream:
    stream = Stream(stage.ports["routing"], token, query, after)
    await stream.open()
    return stream


async def test_a_stream_tells_each_what_is_for_them_until_they_may_not_listen(
    stage: Stage,
) -> None:
    await stage.open()
    owain = await stage.add_staff(OWAIN)
    streams = {name: await _opened(stage, it) for name, it in (("m", stage.token), ("o", owain))}
    for one in streams.values():
        assert (one.status, "text/event-stream" in one.head) == (200, True)
        assert "no-store" in one.head
    reading = [asyncio.create_task(one.read()) for one in streams.values()]
    await stage.mail(mail())
    reference = await stage.first_ticket()
    path = f"/v1/tickets/{reference}"
    secret: dict[str, Any] = {"confidential": True, "reason": "It concerns a child"}
    assert (await stage.api("POST", f"{path}/confidential", secret, If_Match='"1"'))[0] == 200
    await _note(stage, reference)

    async def told() -> bool:
        return any(one.data.get("version") == 3 for one in streams["m"].events)

    await until(told)
    known = [(one.name, one.data.get("version")) for one in streams["m"].events]
    assert known == [("reset", None), *(("ticket.changed", number) for number in (1, 2, 3))]
    changed = streams["m"].events[2].data
    assert (changed["events"], changed["was"]) == (["made_confidential"], {"confidential": False})
    names = [(one.name, one.data.get("version")) for one in streams["o"].events]
    assert names[0] == ("reset", None)
    assert names[1:] in ([("ticket.changed", 1), ("ticket.hidden", 2)], []), "none if it came late"
    late = await _opened(stage, owain, "?once=true", after="0")
    await late.read()
    assert reference not in str(late.events)

    await stage.hide("keys", digest(owain))
    async with asyncio.timeout(15):
        await asyncio.gather(reading[1])
    assert (streams["o"].is_over, streams["m"].is_over) == (True, False)
    assert (await _opened(stage, owain)).status == 401
    pid = stage.services["routing"][0].pid
    assert pid is not None
    os.kill(pid, signal.SIGTERM)
    async with asyncio.timeout(4):  # sooner than a request under way would be heard out
        await reading[0]
    assert "rhian" not in str(streams["m"].events).lower(), "nothing of the patron's"


@pytest.mark.timeout(180)
async def test_a_crowd_hears_of_a_change_while_one_of_them_takes_nothing(stage: Stage) -> None:
    await stage.open()
    found = await crowd(stage, 150, 20_000)
    assert found.is_slow_cut
    assert found.flooded_s + found.quiet_s < 20
