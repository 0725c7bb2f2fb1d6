"""Runs a program that touches a stranger's document so that it can harm nobody.

No network, a read-only system, one folder to write in, limits on memory, work, files and processes,
and a wall clock. Where user namespaces are not allowed nothing is run, unless the operator's
settings say so.
"""

import asyncio
import os
import shutil
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Final

from services.notify.formats.findings import Reason, Refused
from services.notify.formats.limits import ConversionSettings

_CODE: Final = Path(__file__).resolve().parents[3]
_SYSTEM: Final = (
    *("--symlink", "usr/bin", "/bin", "--symlink", "usr/lib", "/lib"),
    *("--symlink", "usr/lib64", "/lib64", "--ro-bind", "/usr", "/usr"),
    *("--ro-bind-try", "/etc/alternatives", "/etc/alternatives"),
    *("--ro-bind-try", "/etc/fonts", "/etc/fonts"),
    *("--ro-bind-try", "/etc/ld.so.cache", "/etc/ld.so.cache"),
    *("--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp"),  # noqa: S108  its own
)
_LONGEST_LINE: Final = 1024 * 1024
WORK: Final = Path("/w")
"""What the child calls the one folder it may write in."""


def command(work: Path, limits: ConversionSettings, program: list[str]) -> list[str]:
    """The whole command line for a confined child. Raises: Refused: it can't be confined."""
    limited = _limited(limits)
    if limits.convert_unconfined:
        return [*limited, *program]
    bwrap = shutil.which("bwrap")
    if bwrap is None:
        raise Refused(Reason.NOT_CONFINED, "Bubblewrap is not installed.")
    seen: list[str] = []
    for path in _pythons():
        seen += ["--ro-bind", path, path]
    return [
        *(bwrap, "--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "ALL"),
        *_SYSTEM,
        *seen,
        *("--ro-bind", str(_CODE / "services"), "/code/services"),
        *("--ro-bind", str(_CODE / "shared"), "/code/shared"),
        *("--bind", str(work), str(WORK), "--chdir", str(WORK), "--"),
        *limited,
        *program,
    ]


def _limited(limits: ConversionSettings) -> list[str]:
    prlimit = shutil.which("prlimit")
    if prlimit is None:
        raise Refused(Reason.NOT_CONFINED, "The program prlimit is not installed.")
    mega = 1024 * 1024
    return [
        prlimit,
        f"--as={limits.convert_memory_mb * mega}",
        f"--cpu={limits.convert_seconds}",
        f"--fsize={limits.convert_file_mb * mega}",
        f"--nproc={limits.convert_processes}",
        *("--nofile=512", "--core=0"),
        "--",
    ]


def _pythons() -> list[str]:
    """Where Python and its packages are, if not in /usr."""
    roots = {str(Path(one).resolve()) for one in (sys.prefix, sys.base_prefix, sys.exec_prefix)}
    roots |= {os.path.abspath(sys.prefix)}
    return sorted(one for one in roots if not one.startswith("/usr/") and one not in {"/", "/usr"})


def environment(*, is_confined: bool) -> dict[str, str]:
    """What a child is told; nothing of the service's own, which has secrets in it."""
    code = Path("/code") if is_confined else _CODE
    return {
        "PATH": "/usr/bin:/bin",
        "HOME": "/tmp",  # noqa: S108  its own
        "LANG": "C.UTF-8",
        "PYTHONPATH": str(code),
        "PYTHONDONTWRITEBYTECODE": "1",
        "OMP_THREAD_LIMIT": "1",
        "RAYON_NUM_THREADS": "2",
    }


@asynccontextmanager
async def child(
    work: Path, limits: ConversionSettings, program: list[str]
) -> AsyncIterator[Process]:
    """A confined child, which is gone with all its own when the context ends."""
    process = await asyncio.create_subprocess_exec(
        *command(work, limits, program),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env=environment(is_confined=not limits.convert_unconfined),
        cwd=work,
        limit=_LONGEST_LINE,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        # Its whole group; inside bubblewrap all that it started ends with it (--die-with-parent).
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()


async def run(
    work: Path, limits: ConversionSettings, program: list[str], heard: Callable[[bytes], None]
) -> int:
    """The status of a program, each line of which was given to `heard`.

    Raises: Refused: it took too long, or said something endless.
    """
    try:
        async with asyncio.timeout(limits.convert_seconds), child(work, limits, program) as process:
            assert process.stdout is not None  # noqa: S101  for the types
            async for line in process.stdout:
                heard(line)
            return await process.wait()
    except TimeoutError as error:
        raise Refused(Reason.TOO_LONG, f"It was ended after {limits.convert_seconds} s.") from error
    except ValueError as error:  # a line longer than any
        raise Refused(Reason.DAMAGED, "Its conversion says what makes no sense.") from error
