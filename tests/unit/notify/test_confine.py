"""What a program that opens a stranger's document can and can't do: tried from within."""

import asyncio
import json
import os
import socket
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from services.notify.formats import confine
from services.notify.formats.findings import Reason, Refused
from services.notify.formats.limits import ConversionSettings
from services.notify.formats.watching import size_of

LIMITS = ConversionSettings(
    convert_seconds=20, convert_memory_mb=512, convert_file_mb=16, convert_processes=16
)


async def within(folder: Path, program: str, limits: ConversionSettings = LIMITS) -> Any:
    """What a Python program prints as JSON, confined."""
    folder.mkdir(exist_ok=True)
    (folder / "program.py").write_text(program, encoding="utf-8")
    lines: list[bytes] = []
    status = await confine.run(folder, limits, [sys.executable, "program.py"], lines.append)
    return status, [json.loads(one) for one in lines]


async def test_there_is_a_way_here_to_confine_a_program() -> None:
    assert confine.way() in {"nobody", "namespace"}


async def test_it_reaches_no_network_and_no_port_of_this_machine(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        program = f"""
import socket, json
said = []
for where in (("127.0.0.1", {port}), ("192.0.2.1", 80), ("1.1.1.1", 53)):
    try:
        socket.create_connection(where, timeout=2)
        said.append("reached")
    except OSError as error:
        said.append(type(error).__name__)
try:
    said.append(socket.getaddrinfo("llanfair.example", 80) and "resolved")
except OSError as error:
    said.append("unresolved")
with open("/proc/net/dev") as devices:
    said.append([one.split(":")[0].strip() for one in devices if ":" in one])
print(json.dumps(said))
"""
        status, [said] = await within(tmp_path / "work", program)
        listening.settimeout(0.1)
        with pytest.raises(TimeoutError):
            listening.accept()
    assert status == 0
    assert "reached" not in said
    assert said[3:] == ["unresolved", ["lo"]]


async def test_it_writes_in_its_folder_alone_and_reads_nothing_of_ours(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("a secret")
    secret.chmod(0o644)
    places = [str(secret), "/etc/passwd", "/etc/shadow", "/var", "/sys"]
    code = "/code/services/notify/__main__.py"
    program = f"""
import json, os
def can(what, *given):
    try:
        what(*given)
        return True
    except OSError:
        return False
written = [place for place in ("/x", "/usr/x", "/code/x", "/code/services/x", "/dev/x",
    "/dev/shm/x", "/etc/x", os.path.dirname({code!r}) + "/x", "x", "/tmp/x")
    if can(lambda: open(place, "w").close())]
print(json.dumps({{
    "written": written,
    "read": [place for place in {places!r} if can(os.listdir if os.path.isdir(place) else open,
        place)],
    "code": can(open, {code!r}),
    "environment": sorted(os.environ),
    "processes": sorted(one for one in os.listdir("/proc") if one.isdigit()),
    "uid": os.getuid(),
    "capabilities": [one.split()[1] for one in open("/proc/self/status") if "CapEff" in one],
}}))
"""
    os.environ["DESK_SECRET_OF_TESTS"] = "x"
    try:
        status, [said] = await within(tmp_path / "work", program)
    finally:
        del os.environ["DESK_SECRET_OF_TESTS"]
    assert status == 0
    assert said["written"] == ["x", "/tmp/x"]  # noqa: S108  its own
    assert said["read"] == []
    assert said["code"], "its own program it can read"
    allowed = set(confine.environment(is_confined=True)) | {"PWD", "LC_CTYPE", "SHLVL", "_"}
    assert set(said["environment"]) <= allowed
    assert len(said["processes"]) <= 3, "it sees none but its own"
    assert set(said["capabilities"][0]) == {"0"}
    if os.geteuid() == 0:
        assert said["uid"] >= 61_184, "the kernel counts no processes of root's"


async def test_more_memory_than_it_may_have_it_does_not_get(tmp_path: Path) -> None:
    status, said = await within(tmp_path / "one", "x = bytearray(600 * 1024 * 1024)")
    assert (status, said) == (1, [])
    # Many that keep to the limit each are counted together.
    together = """
import os, time
for _ in range(5):
    if os.fork() == 0:
        x = bytearray(b"x") * (200 * 1024 * 1024)
        time.sleep(30)
time.sleep(30)
"""
    with pytest.raises(Refused) as refused:
        await within(tmp_path / "many", together)
    assert refused.value.reason is Reason.TOO_MUCH


async def test_a_file_a_folder_and_a_time_have_an_end(tmp_path: Path) -> None:
    long = "with open('x', 'wb') as made:\n    while True: made.write(bytes(1 << 20))"
    status, _ = await within(tmp_path / "file", long)
    assert status != 0
    assert (tmp_path / "file" / "x").stat().st_size <= 16 * 1024 * 1024
    many = """
import itertools, time
for number in itertools.count():
    with open(f"x{number}", "wb") as made:
        made.write(b"x" * 10_000_000)
    if number == 5: time.sleep(30)
"""
    few = LIMITS.model_copy(update={"convert_folder_mb": 32})
    with pytest.raises(Refused) as refused:
        await within(tmp_path / "folder", many, few)
    assert refused.value.reason is Reason.TOO_LARGE
    assert size_of(tmp_path / "folder") > 32 * 1024 * 1024
    short = LIMITS.model_copy(update={"convert_seconds": 1})
    began = time.monotonic()
    with pytest.raises(Refused) as refused:
        await within(tmp_path / "time", "while True: pass", short)
    assert refused.value.reason is Reason.TOO_LONG
    assert time.monotonic() - began < 10


async def test_a_program_that_multiplies_is_stopped(tmp_path: Path) -> None:
    program = """
import os, sys, time, json
made = 0
try:
    while True:
        if os.fork() == 0:
            time.sleep(20)
            os._exit(0)
        made += 1
except OSError:
    print(json.dumps(made), flush=True)
"""
    if confine.way() == "nobody":
        _, said = await within(tmp_path / "work", program)
        assert said[0] <= 16
        return
    # Where the kernel does not count them, we do.
    with suppress(Refused):
        _, said = await within(tmp_path / "work", program)
        assert said[0] <= 16


async def test_all_of_it_ends_when_it_is_not_wanted_any_more(tmp_path: Path) -> None:
    program = "import os, time\nopen('begun', 'w').close()\nos.fork()\ntime.sleep(60)"
    running = asyncio.create_task(within(tmp_path / "work", program))
    async with asyncio.timeout(10):
        while not (tmp_path / "work" / "begun").exists():
            await asyncio.sleep(0.05)
    mark = str(tmp_path / "work")
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert running.cancelled()
    lines = [
        path.read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
        for path in Path("/proc").glob("[0-9]*/cmdline")
        if path.exists()
    ]
    assert [one for one in lines if mark in one] == []


async def test_where_nothing_can_be_confined_nothing_is_run_unless_the_operator_says_so(
    tmp_path: Path,
) -> None:
    limits = LIMITS.model_copy(update={"convert_unconfined": True})
    assert "bwrap" not in " ".join(confine.command(tmp_path, limits, ["true"]))
    with pytest.raises(Refused) as refused:
        confine.command(tmp_path, LIMITS, ["true"], chosen="none")
    assert refused.value.reason is Reason.NOT_CONFINED
