"""Reading a large letter elsewhere: what comes back is the same, and nothing that a letter does to
the reading process reaches the service."""

import asyncio
import os
import pickle
import signal
import sys
import time
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Callable

import psutil
import pytest

from services.intake.mail import Unreadable
from services.intake.reader import LARGE, Reader, _end, _reading
from services.intake.reading import read_letter
from shared.errors import Transient
from tests.builders import mail
from tests.fuzz.giants import GIANTS

LARGE_LETTER = mail(text="Where is the tide table? " * 10_000)
Made = Callable[..., Reader]


@pytest.fixture
async def made() -> AsyncIterator[Made]:
    """Makes readers whose child may be a program of the test's own."""
    readers: list[Reader] = []

    def make(program: str | None = None, seconds: float = 4.0, longest: float = 60.0) -> Reader:
        child = {} if program is None else {"child": (sys.executable, "-c", program)}
        readers.append(Reader(**child, seconds=seconds, longest=longest))
        return readers[-1]

    yield make
    for one in readers:
        await one.close()


async def subject_of(reader: Reader, raw: bytes = LARGE_LETTER) -> str:
    return (await reader.read(raw, "letter-1", has_null_sender=False)).mail.subject


_others: set[psutil.Process] = set()


@pytest.fixture(autouse=True)
def _servers_of_other_tests() -> None:
    _others.clear()
    _others.update(psutil.Process().children())


def children() -> list[psutil.Process]:
    """Readers: other tests may have left servers running."""
    return [one for one in psutil.Process().children() if one not in _others]


async def test_a_large_letter_is_read_by_a_child_as_it_would_be_here(made: Made) -> None:
    assert len(LARGE_LETTER) > LARGE
    reader = made()
    assert await reader.read(LARGE_LETTER, "letter-1", has_null_sender=False) == read_letter(
        LARGE_LETTER, "letter-1", False
    )
    [child] = children()
    await reader.read(LARGE_LETTER, "letter-1", has_null_sender=True)
    assert children() == [child], "one child reads many letters"


async def test_a_small_letter_needs_no_child(made: Made) -> None:
    assert (
        await made().read(mail(), "letter-1", has_null_sender=False)
    ).mail.subject == "A question"
    assert children() == []


async def test_what_a_large_letter_can_not_be_read_for_is_told(made: Made) -> None:
    with pytest.raises(Unreadable, match="headers are too large"):
        await made().read(
            b"X-Long: " + b"x" * 300_000 + b"\r\n\r\nwords", "letter-1", has_null_sender=False
        )


async def test_a_letter_that_is_too_much_work_is_given_up(made: Made) -> None:
    reader = made(seconds=0.05)
    costly = GIANTS["HTML, flat"](1_000_000)
    with pytest.raises(Unreadable, match="takes too long"):
        await reader.read(costly, "letter-1", has_null_sender=False)
    assert children() == []
    assert await subject_of(reader) == "A question"


async def test_what_ended_a_child_is_known_however_lately_it_ended() -> None:
    """Whoever asks for its status first has it, and nobody after him."""
    for _ in range(100):
        child = await asyncio.create_subprocess_exec(
            *("sh", "-c", "kill -PROF $$"), stdin=PIPE, stdout=PIPE
        )
        assert child.stdout
        await child.stdout.read()
        assert await _end(child) == -signal.SIGPROF


async def test_time_in_which_a_child_does_not_work_is_no_fault_of_a_letter(made: Made) -> None:
    """A busy machine lets it wait for as long as it will."""
    reader = made(seconds=2.0)
    await subject_of(reader)
    [child] = children()
    costly, before = GIANTS["plain text"](2_000_000), sum(child.cpu_times()[:2])
    waiting = asyncio.create_task(reader.read(costly, "letter-1", has_null_sender=False))
    while sum(child.cpu_times()[:2]) == before:
        await asyncio.sleep(0.01)
    child.suspend()
    await asyncio.sleep(3)
    assert not waiting.done()
    child.resume()
    assert (await waiting).mail.text
    assert children() == [child]


async def test_each_letter_may_take_as_much_work_as_the_one_before(made: Made) -> None:
    reader = made(seconds=1.0)
    costly = GIANTS["plain text"](1_000_000)
    await subject_of(reader)
    [child] = children()
    while sum(child.cpu_times()[:2]) < 2.0:
        await reader.read(costly, "letter-1", has_null_sender=False)
    assert children() == [child]


async def test_a_child_that_never_answers_is_ended(made: Made) -> None:
    reader = made("import time; print('ready', flush=True); time.sleep(600)", longest=0.2)
    with pytest.raises(Unreadable, match="does not end"):
        await reader.read(LARGE_LETTER, "letter-1", has_null_sender=False)
    assert children() == []


async def test_a_letter_that_ends_its_reader_twice_is_unreadable(made: Made) -> None:
    reader = made("import sys; print('ready', flush=True); sys.stdin.buffer.read(70000)")
    with pytest.raises(Unreadable, match="ends the process"):
        await reader.read(LARGE_LETTER, "letter-1", has_null_sender=False)
    assert children() == []


@pytest.mark.parametrize("child", [("/nowhere/to/be/found",), (sys.executable, "-c", "pass")])
async def test_a_reader_that_can_not_be_started_is_no_fault_of_the_letter(
    child: tuple[str, ...],
) -> None:
    with pytest.raises(Transient, match="no reader could be started"):
        await Reader(child=child).read(LARGE_LETTER, "letter-1", has_null_sender=False)
    assert children() == []


async def test_a_child_that_somebody_ended_costs_no_letter(made: Made) -> None:
    reader = made()
    await reader.read(LARGE_LETTER, "letter-1", has_null_sender=False)
    children()[0].kill()
    assert (
        await reader.read(LARGE_LETTER, "letter-1", has_null_sender=False)
    ).mail.subject == "A question"


async def test_a_letter_that_nobody_waits_for_any_more_is_not_read_on(made: Made) -> None:
    reader = made("import time; print('ready', flush=True); time.sleep(600)", longest=600)
    waiting = asyncio.create_task(reader.read(LARGE_LETTER, "letter-1", has_null_sender=False))
    while not children():
        await asyncio.sleep(0.05)
    await asyncio.sleep(0.2)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert children() == []


async def test_nothing_but_values_is_taken_from_a_child() -> None:
    """A child that a letter has taken over could answer anything."""

    class Evil:
        def __reduce__(self) -> tuple[object, ...]:
            return os.system, ("true",)

    with pytest.raises(Unreadable, match="no sense"):
        _reading(pickle.dumps(Evil()))
    with pytest.raises(Unreadable, match="no sense"):
        _reading(b"garbage")


async def test_an_answer_that_would_never_end_is_not_listened_to(made: Made) -> None:
    reader = made(
        "import sys; print('ready', flush=True); given, said = sys.stdin.buffer, sys.stdout.buffer;"
        f"given.read({len(LARGE_LETTER)}); said.write((1 << 62).to_bytes(8)); said.flush();"
        "given.read()",
        seconds=20,
    )
    with pytest.raises(Unreadable, match="longer than any"):
        await reader.read(LARGE_LETTER, "letter-1", has_null_sender=False)
    assert children() == []


async def test_a_child_has_a_bound_on_its_memory_and_ends_with_its_parent(made: Made) -> None:
    reader = made()
    await reader.read(LARGE_LETTER, "letter-1", has_null_sender=False)
    [child] = children()
    soft, hard = child.rlimit(psutil.RLIMIT_AS)
    assert soft == hard == 1024 * 1024 * 1024
    child.terminate()  # a signal to the whole group ends no reading
    assert (
        await reader.read(LARGE_LETTER, "letter-1", has_null_sender=False)
    ).mail.subject == "A question"
    [same] = children()
    assert same == child
    assert reader._idle[0].stdin is not None
    reader._idle[0].stdin.close()
    gone_by = time.monotonic() + 10
    while child.is_running() and child.status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < gone_by
        await asyncio.sleep(0.05)


async def test_a_child_that_starts_slower_than_anybody_waits_is_ready_for_the_next(
    made: Made,
) -> None:
    """Else, on a busy machine, each who tries again would have one begun anew, and none ended."""
    reader = made("import time; time.sleep(1); from services.intake.reader import main; main()")
    begun = set()
    for _ in range(3):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await subject_of(reader)
        begun |= set(children())
    assert await subject_of(reader) == "A question"
    assert set(children()) == begun
    assert len(begun) == 1


async def test_a_child_that_nobody_waits_for_ends_with_its_reader(made: Made) -> None:
    reader = made("import time; time.sleep(60)")
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.5):
            await subject_of(reader)
    assert len(children()) == 1
    await reader.close()
    assert children() == []
