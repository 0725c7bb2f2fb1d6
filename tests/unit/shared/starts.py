"""Starts services again and again, each as `python -m` would, without a new process for each.

Everything is imported once; each start is then a fork of this process. Reads a JSON list of
`[module, environment]` on stdin and writes a list of `[status, stderr]` on stdout.
"""

import json
import os
import runpy
import sys
import tempfile
from typing import Final

_PATIENCE: Final = 10
"""Seconds after which a service that did start is ended; its status is then 142 (SIGALRM)."""


def start(module: str, environment: dict[str, str]) -> tuple[int, str]:
    """How it ended, and what it said."""
    with tempfile.TemporaryFile() as said:
        child = os.fork()
        if child == 0:
            _become(module, environment, said.fileno())
        _, status = os.waitpid(child, 0)
        said.seek(0)
        code = os.waitstatus_to_exitcode(status)
        return (code if code >= 0 else 128 - code), said.read().decode()


def _become(module: str, environment: dict[str, str], stderr: int) -> None:
    import signal
    import traceback

    signal.alarm(_PATIENCE)
    os.dup2(stderr, 2)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    os.environ.clear()
    os.environ.update(environment)
    code = 0
    try:
        runpy.run_module(module, run_name="__main__", alter_sys=True)
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    except BaseException:
        traceback.print_exc()
        code = 1
    finally:
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    wanted = json.load(sys.stdin)
    for one in {module for module, _ in wanted}:
        runpy.run_module(one, run_name="imported")
    print(json.dumps([start(module, environment) for module, environment in wanted]))
