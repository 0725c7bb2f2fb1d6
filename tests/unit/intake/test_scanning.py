"""Attachments looked at for viruses: by a stand-in that speaks clamd's protocol, and misbehaves."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from deploy.local.processes import free_port
from services.intake.accept import keep
from services.intake.held import Waiting
from services.intake.scanning import MOST_TRIES, Scans, let_go
from shared.attachments import attached
from shared.errors import Transient
from shared.references import Seal
from shared.scanner import Finding, Scanner, ScannerAway
from tests.builders import desk_of
from tests.clamd import EICAR, Clamd, Manner, curt, deaf, honest, saying, silent
from tests.fakes import Clock, Letters, Outbox
from tests.stage import until
from tests.unit.examples import NOW, SECRET, kept_letter


@pytest.fixture
async def clamd() -> AsyncIterator[tuple[Clamd, Scanner]]:
    stand_in, port = Clamd(), free_port()
    await stand_in.open(port)
    yield stand_in, Scanner(f"tcp://127.0.0.1:{port}", patience=1.0)
    await stand_in.close()


Asked = tuple[Clamd, Scanner]


async def test_what_is_clean_and_what_is_not_is_told_apart(clamd: Asked) -> None:
    _, scanner = clamd
    assert await scanner.scan(b"words") == Finding("clean")
    assert await scanner.scan(b"") == Finding("clean")
    assert await scanner.scan(b"x" * 3_000_000) == Finding("clean")
    found = await scanner.scan(b"x" * 100_000 + EICAR)
    assert found == Finding("infected", "Eicar-Test-Signature")


async def test_a_socket_in_the_file_system_will_do(tmp_path: Path) -> None:
    stand_in = Clamd()
    await stand_in.open_at(str(tmp_path / "clamd.sock"))
    scanner = Scanner(f"unix://{tmp_path}/clamd.sock")
    assert (await scanner.scan(EICAR)).state == "infected"
    await stand_in.close()


@pytest.mark.parametrize(
    "manner",
    [
        silent,
        deaf,
        curt,
        saying(b""),
        saying(b"\0"),
        saying(b"OK\0"),
        saying(b"stream: OK"),
        saying(b"stream: OK\n\0"),
        saying(b"stream: NOT OK\0"),
        saying(b"stream: FOUND\0"),
        saying(b"INSTREAM size limit exceeded. ERROR\0"),
        saying(b"stream: x ERROR\0"),
        saying(b"HTTP/1.1 200 OK\r\n\r\n\0"),
        saying(b"x" * 100_000),
    ],
)
async def test_what_is_no_verdict_is_none(clamd: Asked, manner: Manner) -> None:
    stand_in, scanner = clamd
    stand_in.manner = manner
    with pytest.raises(Transient):
        await scanner.scan(b"x" * 9_000_000)


async def test_a_scanner_that_is_away_gives_no_verdict() -> None:
    for url in (f"tcp://127.0.0.1:{free_port()}", "unix:///nowhere/clamd.sock"):
        with pytest.raises(ScannerAway):
            await Scanner(url).scan(b"words")


@dataclass
class Held:
    """What is held, in a dictionary: letter, file, content."""

    contents: dict[str, dict[str, bytes]] = field(default_factory=dict)
    states: dict[str, tuple[str, str]] = field(default_factory=dict)
    released: list[str] = field(default_factory=list)
    postponed: dict[str, datetime] = field(default_factory=dict)
    tries: Counter[str] = field(default_factory=Counter)
    told: list[tuple[str, ...]] = field(default_factory=list)
    let_go_before: list[datetime] = field(default_factory=list)

    async def due(self, now: datetime) -> list[str]:
        waiting = [one for one in self.contents if one not in self.released]
        return [one for one in waiting if self.postponed.get(one, now) <= now]

    async def waiting(self, letter_id: str) -> Waiting:
        files = [one for one in self.contents[letter_id] if one not in self.states]
        return Waiting(tuple(files), self.tries[letter_id])

    async def content(self, file_id: str) -> bytes | None:
        return next((one[file_id] for one in self.contents.values() if file_id in one), None)

    async def note(self, letter_id: str, file_id: str, state: str, finding: str) -> None:
        self.states.setdefault(file_id, (state, finding))

    async def release(self, letter_id: str) -> None:
        self.released.append(letter_id)

    async def postpone(self, letter_id: str, due_at: datetime, *, counts: bool) -> None:
        self.postponed[letter_id] = due_at
        self.tries[letter_id] += counts

    async def tell(self, letter_id: str, files: Sequence[str]) -> None:
        self.told.append(tuple(files))

    async def let_go(self, before: datetime) -> int:
        self.let_go_before.append(before)
        if len(self.let_go_before) == 1:
            raise Transient("MongoDB is away")
        return 1


async def test_what_is_held_gets_its_verdict_and_is_let_go(clamd: Asked) -> None:
    held = Held({"one": {"a": b"words", "b": EICAR}})
    await Scans(held, clamd[1], Clock()).sweep()
    assert held.states == {"a": ("clean", ""), "b": ("infected", "Eicar-Test-Signature")}
    assert held.released == ["one"]


async def test_what_gets_no_verdict_stays_held_and_is_looked_at_again(clamd: Asked) -> None:
    stand_in, scanner = clamd
    held, clock = Held({"one": {"a": EICAR}, "two": {"b": b"words"}}), Clock()
    scans = Scans(held, scanner, clock)
    stand_in.manner = curt
    await scans.sweep()
    assert held.states == {}
    assert held.released == []
    assert held.postponed == dict.fromkeys(("one", "two"), NOW + timedelta(minutes=2))
    stand_in.manner = honest
    await scans.sweep()
    assert held.states == {}, "not before its time"
    clock.move(minutes=3)
    await scans.sweep()
    assert held.states == {"a": ("infected", "Eicar-Test-Signature"), "b": ("clean", "")}


@dataclass
class Picky:
    """A scanner that has no verdict on what begins with `?`."""

    is_away: bool = False

    async def scan(self, content: bytes) -> Finding:
        if self.is_away:
            raise ScannerAway("clamd: ConnectionRefusedError")
        if content.startswith(b"?"):
            raise Transient("clamd gave no verdict")
        return Finding("clean")


async def test_a_file_without_a_verdict_keeps_none_behind_it() -> None:
    held = Held({"one": {"a": b"?", "b": b"words"}})
    await Scans(held, Picky(), Clock()).sweep()
    assert held.states == {"b": ("clean", "")}
    assert held.released == []
    assert held.postponed == {"one": NOW + timedelta(minutes=2)}


async def test_what_never_gets_a_verdict_is_tried_ever_more_seldom_and_staff_are_told() -> None:
    held, clock = Held({"one": {"a": b"?", "b": b"words"}}), Clock()
    scans = Scans(held, Picky(), clock)
    pauses = []
    for number in range(1, 14):
        await scans.sweep()
        assert bool(held.told) == (number >= MOST_TRIES)
        pauses.append(held.postponed["one"] - clock())
        clock.now = held.postponed["one"]
    assert pauses[:4] == [timedelta(minutes=2**one) for one in range(1, 5)]
    assert pauses[-2:] == [timedelta(days=1)] * 2
    assert set(held.told) == {("a",)}
    held.contents["one"]["a"] = b"words, now that clamd takes them"
    await scans.sweep()
    assert held.states["a"] == ("clean", "")
    assert held.released == ["one"]


async def test_a_scanner_that_is_away_is_no_fault_of_any_file() -> None:
    held, clock, scanner = Held({"one": {"a": b"words"}}), Clock(), Picky(is_away=True)
    scans = Scans(held, scanner, clock)
    for _ in range(MOST_TRIES * 2):
        await scans.sweep()
        assert held.postponed == {"one": clock() + timedelta(minutes=2)}
        clock.move(minutes=3)
    assert (held.told, held.tries["one"]) == ([], 0)
    scanner.is_away = False
    await scans.sweep()
    assert held.released == ["one"]


async def test_where_there_is_no_scanner_any_more_nothing_is_held_for_good() -> None:
    held = Held()
    loop = asyncio.create_task(let_go(held, Clock(), every=0.01))

    async def twice() -> bool:
        return len(held.let_go_before) >= 2

    await until(twice)
    loop.cancel()
    assert set(held.let_go_before) == {NOW - timedelta(hours=1)}


async def test_a_letter_is_looked_at_as_soon_as_it_is_kept(clamd: Asked) -> None:
    held = Held({"letter-1": {"a": b"words"}})
    letters = Letters()
    scans = Scans(held, clamd[1], Clock())
    desk = desk_of(letters, Outbox(), Seal(SECRET), scans=scans)
    letter = kept_letter(attachments=(attached("a.txt", "text/plain", b"words", 1),))
    assert await keep(letter, desk=desk) is not None
    assert [one.state for one in letters.kept["letter-1"].attachments] == ["held"]

    async def looked_at() -> bool:
        return held.released == ["letter-1"]

    await until(looked_at)


async def test_a_scanner_that_hangs_holds_no_letter_up(clamd: Asked) -> None:
    stand_in, scanner = clamd
    stand_in.manner = silent
    held = Held({"letter-1": {"a": b"words"}})
    desk = desk_of(Letters(), Outbox(), Seal(SECRET), scans=Scans(held, scanner, Clock()))
    letter = kept_letter(attachments=(attached("a.txt", "text/plain", b"words", 1),))
    assert await keep(letter, desk=desk) is not None
    assert held.states == {}, "kept before anybody has looked"

    async def postponed() -> bool:
        return "letter-1" in held.postponed

    await until(postponed)
    assert held.states == {}


async def test_without_a_scanner_nothing_is_held() -> None:
    letters = Letters()
    desk = desk_of(letters, Outbox(), Seal(SECRET))
    letter = kept_letter(attachments=(attached("a.txt", "text/plain", b"words", 1),))
    await keep(letter, desk=desk)
    assert [one.state for one in letters.kept["letter-1"].attachments] == ["unscanned"]
