"""How a process ends: with 1 when a loop of it ends, with 0 and drained on SIGTERM."""

import asyncio
import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Final

import pytest

from shared.errors import Transient
from shared.lifecycle import once_there, run_together

ROOT: Final = Path(__file__).resolve().parents[3]

PROGRAM: Final = """
import asyncio, time
from shared import lifecycle
from shared.log import start_logging

async def lives():
    await asyncio.sleep(60)

async def ends():
    await asyncio.sleep(0.05)

async def fails():
    await asyncio.sleep(0.05)
    raise KeyError("lost")

async def is_cancelled():
    raise asyncio.CancelledError

async def loses_a_cancellation():
    try:
        await asyncio.sleep(60)
    except asyncio.CancelledError:
        pass
    await asyncio.sleep(60)

async def waits_in_a_thread():
    await asyncio.get_running_loop().run_in_executor(None, time.sleep, 60)

async def never_ends():
    while True:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            pass

async def note(name):
    await asyncio.sleep(0.02)
    print("drained", name, flush=True)

async def main():
    return await lifecycle.serve(
        {"lives": lives(), "other": OTHER()}, [lambda: note("first"), lambda: note("second")]
    )

start_logging("test", "info")
lifecycle.run(main)
"""


def process(other: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM.replace("OTHER", other)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )


def ended(service: subprocess.Popen[str]) -> tuple[int, list[str], list[dict[str, Any]]]:
    """The status, what was drained, and what was logged."""
    said, faults = service.communicate(timeout=30)
    assert faults == ""
    lines = said.splitlines()
    drained = [line for line in lines if line.startswith("drained")]
    return service.returncode, drained, [json.loads(one) for one in lines if one.startswith("{")]


@pytest.mark.parametrize(
    ("other", "reason"),
    [("ends", "returned"), ("fails", "KeyError"), ("is_cancelled", "cancelled")],
)
def test_a_loop_that_ends_drains_and_ends_the_process_with_1(other: str, reason: str) -> None:
    status, drained, lines = ended(process(other))
    assert status == 1
    assert drained == ["drained first", "drained second"]
    [end] = [one for one in lines if one["event"] == "loop_ended"]
    assert (end["part"], end["reason"]) == ("other", reason)


@pytest.mark.parametrize(
    ("number", "other"),
    [
        (signal.SIGTERM, "lives"),
        (signal.SIGINT, "lives"),
        (signal.SIGTERM, "loses_a_cancellation"),
        (signal.SIGTERM, "waits_in_a_thread"),
    ],
)
def test_a_signal_drains_and_ends_the_process_with_0(number: signal.Signals, other: str) -> None:
    service = process(other)
    assert service.stdout is not None
    first = service.stdout.readline()
    assert json.loads(first)["event"] == "service_started"
    began = time.monotonic()
    service.send_signal(number)
    status, drained, lines = ended(service)
    assert status == 0
    assert drained == ["drained first", "drained second"]
    assert [one["event"] for one in lines] == ["service_stopped"]
    assert time.monotonic() - began < 5


def test_what_stays_for_good_is_not_looked_through_for_what_may_go() -> None:
    """Looking through all modules keeps everybody waiting for a fifteenth of a second."""
    program = """
import gc
from shared import lifecycle

async def main():
    print(len(gc.get_objects()))
    return 0

lifecycle.run(main)
"""
    told = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT, check=True
    )
    assert 0 < int(told.stdout) < 1000


def test_a_loop_that_never_ends_is_left() -> None:
    service = process("never_ends")
    assert service.stdout is not None
    service.stdout.readline()
    service.send_signal(signal.SIGTERM)
    status, _, lines = ended(service)
    assert status == 0
    assert [(one["event"], one.get("part")) for one in lines] == [
        ("loop_unending", "other"),
        ("service_stopped", None),
    ]


async def test_what_must_live_together_ends_together() -> None:
    async def fails() -> None:
        raise KeyError("lost")

    forever = asyncio.Event()
    was_cancelled = asyncio.Event()

    async def lives() -> None:
        try:
            await forever.wait()
        finally:
            was_cancelled.set()

    with pytest.raises(KeyError):
        await run_together(lives(), fails())
    async with asyncio.timeout(1):
        await was_cancelled.wait()


async def test_a_loop_begins_only_once_its_server_is_there() -> None:
    happened: list[str] = []

    async def prepare() -> None:
        happened.append("tried")
        if len(happened) == 1:
            raise Transient("MongoDB is away")

    async def loop() -> None:
        happened.append("began")

    await once_there(prepare, loop)
    assert happened == ["tried", "tried", "began"]


async def test_a_fault_while_preparing_is_not_tried_for_ever() -> None:
    async def prepare() -> None:
        raise KeyError("lost")

    async def loop() -> None:
        raise AssertionError("never reached")

    with pytest.raises(KeyError):
        await once_there(prepare, loop)
