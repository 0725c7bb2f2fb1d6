"""What a program that converts ended with, told so that staff and patron know why."""

import errno
import sys
from pathlib import Path

import pytest

from services.notify.formats import worker
from services.notify.formats.findings import Reason, Refused
from services.notify.formats.job import Job, Said
from services.notify.formats.options import Format, Options
from services.notify.formats.tools import fed, run

TAKES_ALL = "import sys; open(sys.argv[1], 'wb').write(sys.stdin.buffer.read())"
TAKES_NOTHING = "import os, sys, signal; os.close(0); sys.exit(3)"
TOO_LARGE = "import os, signal; signal.signal(25, signal.SIG_DFL); os.kill(os.getpid(), 25)"


def python(program: str, *arguments: str) -> list[str]:
    return [sys.executable, "-c", program, *arguments]


def test_a_program_is_fed_as_the_words_come(tmp_path: Path) -> None:
    heard = tmp_path / "heard"
    with fed(python(TAKES_ALL, str(heard))) as program:
        for number in range(1_000):
            program.write(b"%d," % number)
    assert heard.read_bytes() == b"".join(b"%d," % one for one in range(1_000))


def test_a_program_that_ends_while_it_is_fed_is_judged_by_its_status() -> None:
    with pytest.raises(Refused) as refused:
        _feed_much(python(TAKES_NOTHING))
    assert refused.value.reason is Reason.DAMAGED
    assert "status 3" in refused.value.detail


def test_what_grows_beyond_the_limit_is_too_large_and_not_damaged() -> None:
    with pytest.raises(Refused) as refused:
        run(python(TOO_LARGE))
    assert refused.value.reason is Reason.TOO_LARGE


def test_a_program_that_is_not_there_is_named() -> None:
    with pytest.raises(Refused) as refused, fed(["/nowhere/lame"]):
        pass
    assert (refused.value.reason, refused.value.detail) == (Reason.MISSING_TOOL, "lame")


@pytest.mark.parametrize("number", [errno.EFBIG, errno.ENOSPC])
def test_a_file_of_its_own_that_grows_too_large_is_told_so(
    number: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    _run_worker(OSError(number, "no room"), tmp_path, monkeypatch)
    said = Said.model_validate_json(capsys.readouterr().out)
    assert said.refused is Reason.TOO_LARGE


def test_another_fault_of_its_own_is_not_called_the_documents(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(OSError, match="broken"):
        _run_worker(OSError(errno.EIO, "broken"), tmp_path, monkeypatch)
    assert capsys.readouterr().out == ""


def _feed_much(program: list[str]) -> None:
    with fed(program) as fed_one:
        for _ in range(1_000):
            fed_one.write(bytes(65_536))


def _run_worker(error: OSError, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def make(*_: object) -> None:
        raise error

    job = Job(
        source="source",
        name="An article",
        extension="txt",
        options=Options(format=Format.TEXT),
        most_bytes=1_000,
        most_pages=10,
        memory_mb=512,
    )
    described = folder / "job.json"
    described.write_text(job.model_dump_json())
    monkeypatch.setattr(worker, "make", make)
    monkeypatch.setattr(sys, "setrecursionlimit", lambda _: None)
    monkeypatch.setattr(sys, "argv", ["worker", str(described)])
    worker.main()
