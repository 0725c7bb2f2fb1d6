"""The program that keeps the accounts is ended in the middle: nothing that it started is left."""

import asyncio
import os
import secrets
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest

from deploy.local.servers import ROOT
from tests.stage import until


@pytest.fixture
def place() -> Iterator[Path]:
    """Not under pytest's own folder, which is closed to the account that holds the mail."""
    folder = Path(tempfile.mkdtemp(prefix="accounts-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("by", [signal.SIGTERM, signal.SIGKILL])
async def test_no_process_is_left_behind(by: signal.Signals, place: Path) -> None:
    mark = f"ACCOUNTS_OF={secrets.token_hex(8)}"
    program = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.accounts", "--count", "2000", "--kills", "50"),
        cwd=ROOT,
        env=os.environ | dict([mark.split("=")]) | {"TMPDIR": str(place)},
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    assert program.stderr is not None
    try:
        assert b"0 of 2000 sent" in await program.stderr.readline()
        await until(partial(_are, mark, 10), 60)
        await asyncio.sleep(1)
        program.send_signal(by)
        await asyncio.wait_for(program.communicate(), 120)
        await until(partial(_are, mark, 0), 60, 0.5)
    finally:
        for one in _alive(mark):
            with suppress(ProcessLookupError):
                os.kill(one, signal.SIGKILL)
    if by is signal.SIGTERM:
        assert program.returncode == 130
        assert list(place.iterdir()) == []


async def _are(mark: str, many: int) -> bool:
    """Whether so many live at least; for 0, none."""
    alive = await asyncio.to_thread(_alive, mark)
    return len(alive) >= many if many else not alive


def _alive(mark: str) -> list[int]:
    """Every process that was started with this in its environment, or by one that was."""
    found = []
    for entry in Path("/proc").iterdir():
        with suppress(ValueError, OSError):
            if mark.encode() in (entry / "environ").read_bytes():
                found.append(int(entry.name))
    return found
