"""A librarian's morning by the examples that come with the desk: each does what it says, and the
patron gets one answer."""

import asyncio
import os
import sys
from typing import Final

import pytest

from deploy.local.servers import ROOT
from shared.staff import StaffMember
from tests.builders import mail
from tests.stage import Stage, until

EXAMPLES: Final = {
    "morning.py": (sys.executable, str(ROOT / "examples" / "morning.py")),
    "morning.sh": ("/bin/sh", str(ROOT / "examples" / "morning.sh")),
}
TOMOS: Final = StaffMember("tomos", "Tomos Pretend", "tomos@llanfair.example", "enquiries")
UNREADABLE: Final = b"X-Line: 1\r\n" * 6000 + mail(subject="Nobody can read this")


async def _morning(stage: Stage, name: str, **more: str) -> tuple[int, str]:
    """What the example says, and its status. It knows of the desk what its reader knows."""
    api = f"http://127.0.0.1:{stage.ports['routing']}"
    process = await asyncio.create_subprocess_exec(
        *EXAMPLES[name],
        env={"PATH": os.environ["PATH"], "DESK_API": api, "DESK_TOKEN": stage.token, **more},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate()
    return process.returncode or 0, said.decode()


@pytest.mark.timeout(120)
async def test_both_examples_do_a_mornings_work(stage: Stage) -> None:
    await stage.open()
    await stage.mail(UNREADABLE)
    patrons = [f"patron{number}@patrons.example" for number in range(6)]
    for one in patrons:
        await stage.mail(mail(sender=one), one)

    async def there() -> bool:
        return len(await stage.tickets()) == 6

    await until(there)
    await stage.add_staff(TOMOS)  # now, so that everything is still Mair's
    for name in EXAMPLES:
        _, before, _ = await stage.api("GET", "/v1/tickets?owner=me&status=assigned&sort=due")
        queue = [one["reference"] for one in before["items"]]
        status, said = await _morning(stage, name)
        assert status == 0, said
        first, second, third = queue[:3]
        for line in (
            f"My queue: {len(queue)}",
            f"Read: {first}, version 1",
            "  > When are you open on Saturday?",
            "Claimed: Mair Pretend",
            "Replied once: version 3, and 3 again",
            "Stale: 412, since then: replied",
            "Resolved: resolved, the promise kept",
            f"Handed over: {second} to Tomos Pretend",
            f"Waiting: {third} waiting_patron",
            "Quarantine: 1",
        ):
            assert line in said, said
        answered = await stage.ticket(first)
        assert [one["direction"] for one in answered["messages"]].count("out") in {2, 3}, said
        assert (await stage.ticket(second))["owner"]["id"] == "tomos"
        await stage.letter(answered["patron"]["address"], 2)
    assert {len(stage.relay.to(one)) for one in patrons} <= {1, 2, 3}


async def test_an_example_that_is_not_let_in_says_why_and_ends(stage: Stage) -> None:
    await stage.open()
    for name in EXAMPLES:
        status, said = await _morning(stage, name, DESK_TOKEN="nobody's")
        assert status == 1, said
        assert "401 /problems/unauthorised" in said
