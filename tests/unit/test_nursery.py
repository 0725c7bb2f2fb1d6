"""Whoever starts and kills hundreds of processes must not kill somebody else's."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.nursery import Forked, Nursery


@pytest.fixture
def innocent() -> Iterator[int]:
    """A process that is no nursery's, and has the number that a copy had before it died."""
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        yield process.pid
        assert process.poll() is None, "it was killed"
        process.kill()


def copy_of(mother: int, pid: int) -> Forked:
    nursery = Nursery.__new__(Nursery)
    vars(nursery)["_mother"] = SimpleNamespace(pid=mother)
    copy = Forked("intake", {"INTAKE_HTTP_PORT": "1"}, Path("log"), nursery)
    copy._pid = pid
    return copy


def test_a_copy_that_died_is_not_alive_when_its_number_is_anothers(innocent: int) -> None:
    copy = copy_of(mother=1, pid=innocent)
    assert not copy.alive
    assert copy.pid is None
    copy.kill()


def test_a_copy_is_alive_until_it_is_killed() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        copy = copy_of(mother=os.getpid(), pid=process.pid)
        assert copy.alive
        copy.kill()
        assert process.wait() == -signal.SIGKILL
        assert not copy.alive


def test_a_nursery_that_ends_kills_no_stranger(innocent: int) -> None:
    words = f"""
import os
from tests import nursery
os.fork = lambda: {innocent}  # it has died since, and its number went to another
nursery.__dict__["public_holidays"] = lambda *_: None
nursery._mother("desk")
"""
    run = subprocess.run([sys.executable, "-c", words], input=b"{}\n", capture_output=True)
    assert run.returncode == 0, run.stderr
    assert int(run.stdout) == innocent
