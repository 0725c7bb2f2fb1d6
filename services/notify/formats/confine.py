"""Runs a program that touches a stranger's document so that it can harm nobody.

No network, a read-only system, one folder to write in, limits on memory, work, files and processes,
and a wall clock. Whoever is root gives the program a user id that is nobody's, for the kernel
counts no processes of root's; whoever is not, a user namespace, in which it has none but its own.
Where the system allows neither nothing is run, unless the operator's settings say so.
"""

import asyncio
import os
import secrets
import shutil
import signal
import subprocess
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Final, Literal

from services.notify.formats.findings import Reason, Refused
from services.notify.formats.limits import ConversionSettings
from services.notify.formats.watching import watch

_CODE: Final = Path(__file__).resolve().parents[3]
_SYSTEM: Final = (
    *("--symlink", "usr/bin", "/bin", "--symlink", "usr/lib", "/lib"),
    *("--symlink", "usr/lib64", "/lib64", "--ro-bind", "/usr", "/usr"),
    *("--ro-bind-try", "/etc/alternatives", "/etc/alternatives"),
    *("--ro-bind-try", "/etc/fonts", "/etc/fonts"),
    *("--ro-bind-try", "/etc/ld.so.cache", "/etc/ld.so.cache"),
    *("--proc", "/proc", "--dev", "/dev", "--remount-ro", "/dev"),
    *("--size", str(256 * 1024 * 1024), "--perms", "1777"),
    *("--tmpfs", "/tmp"),  # noqa: S108  its own
)
_ALONE: Final = (
    *("--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts", "--unshare-cgroup"),
    *("--die-with-parent", "--new-session", "--cap-drop", "ALL"),
)
_TO_BE_NOBODY: Final = ("CAP_SETUID", "CAP_SETGID", "CAP_SETPCAP")
_NOBODYS: Final = (61_184, 65_519)
"""User ids that are given to nobody for good (systemd's "dynamic users")."""
_LONGEST_LINE: Final = 1024 * 1024
WORK: Final = Path("/w")
"""What the child calls the one folder it may write in."""
Way = Literal["nobody", "namespace", "none"]
"""How a program can be confined here: as nobody, by root; in a user namespace; not at all."""


@cache
def way() -> Way:
    """How a program can be confined on this machine: tried once."""
    if shutil.which("bwrap") is None:
        return "none"
    if os.geteuid() == 0 and _works("nobody"):
        return "nobody"
    return "namespace" if _works("namespace") else "none"


def _works(chosen: Way) -> bool:
    tried = [*_walls(chosen), "--chdir", "/", "--", *_as_whom(chosen, _nobody()), "/bin/true"]
    try:
        ended = subprocess.run(  # noqa: S603
            tried, env={"PATH": "/usr/bin:/bin"}, capture_output=True, check=False, timeout=20
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return ended.returncode == 0


def _walls(chosen: Way) -> list[str]:
    found = shutil.which("bwrap") or "bwrap"
    if chosen == "namespace":
        return [found, "--unshare-user", *_ALONE, *_SYSTEM]
    kept = [one for capability in _TO_BE_NOBODY for one in ("--cap-add", capability)]
    return [found, *_ALONE, *kept, *_SYSTEM]


def _nobody() -> int:
    first, last = _NOBODYS
    return first + secrets.randbelow(last - first + 1)


def _as_whom(chosen: Way, nobody: int) -> list[str]:
    if chosen != "nobody":
        return []
    whom = ["--reuid", str(nobody), "--regid", str(nobody), "--clear-groups"]
    nothing = ["--inh-caps=-all", "--bounding-set=-all", "--no-new-privs", "--"]
    return ["/usr/bin/setpriv", *whom, *nothing]


def command(
    work: Path, limits: ConversionSettings, program: list[str], chosen: Way | None = None
) -> list[str]:
    """The whole command line for a confined child, in this way or the best. Raises: Refused: it
    can't be confined."""
    limited = _limited(limits)
    gently = [shutil.which("nice") or "/usr/bin/nice", "-n", "10"]
    if limits.convert_unconfined:
        return [*gently, *limited, *program]
    chosen = chosen or way()
    if chosen == "none":
        why = "" if shutil.which("bwrap") else "Bubblewrap is not installed."
        raise Refused(Reason.NOT_CONFINED, why)
    nobody = _nobody()
    if chosen == "nobody":
        _give(work, nobody)
    seen: list[str] = []
    for path, there in [
        *((one, one) for one in _pythons()),
        (str(_CODE / "services"), "/code/services"),
        (str(_CODE / "shared"), "/code/shared"),
    ]:
        seen += [*_way_to(there), "--ro-bind", path, there]
    return [
        *gently,
        *_walls(chosen),
        *seen,
        *("--bind", str(work), str(WORK), "--remount-ro", "/", "--chdir", str(WORK), "--"),
        *_as_whom(chosen, nobody),
        *limited,
        *program,
    ]


def _way_to(there: str) -> list[str]:
    """Folders that lead to a place, which are otherwise for root alone."""
    above = [str(one) for one in reversed(Path(there).parents) if str(one) not in {"/", "/tmp"}]  # noqa: S108
    return [word for one in above for word in ("--perms", "0755", "--dir", one)]


def _give(work: Path, nobody: int) -> None:
    """The folder and what is in it are the child's: its parent is ours, and lets nobody in."""
    for path in (work, *work.rglob("*")):
        os.chown(path, nobody, nobody, follow_symlinks=False)
    work.chmod(0o755)


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
    line = await asyncio.to_thread(command, work, limits, program)
    process = await asyncio.create_subprocess_exec(
        *line,
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
        async with (
            asyncio.timeout(limits.convert_seconds),
            child(work, limits, program) as process,
            watch(process.pid, work, limits) as watched,
        ):
            assert process.stdout is not None  # noqa: S101  for the types
            async for line in process.stdout:
                heard(line)
            status = await process.wait()
    except TimeoutError as error:
        raise Refused(Reason.TOO_LONG, f"It was ended after {limits.convert_seconds} s.") from error
    except ValueError as error:  # a line longer than any
        raise Refused(Reason.DAMAGED, "Its conversion says what makes no sense.") from error
    if watched.ended_for is not None:
        raise Refused(watched.ended_for)
    return status
