"""What is done with a mailbox, before a server that is only a dictionary and does what a real one
does seldom."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from services.intake.imap_link import Link, LinkLost, Refused
from services.intake.imap_session import MOST_TRIES, House, Session, first_position
from services.intake.mailboxes import Position
from tests.builders import mail

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)


@dataclass
class Server:
    """An IMAP server's one folder."""

    letters: dict[int, bytes] = field(default_factory=dict)
    uid_validity: int = 1
    uid_next: int = 1
    count: int = 0
    window: int = 1000
    moved: list[int] = field(default_factory=list)
    tried: list[int] = field(default_factory=list)
    """Every move that was asked for."""
    refuses: set[tuple[str, int]] = field(default_factory=set)
    """What it won't do, with which letter."""
    breaks: set[tuple[str, int]] = field(default_factory=set)
    """And what cuts the link."""
    estimate: int | None = None
    """What it says of sizes, if that is not true."""
    dates: dict[int, datetime] = field(default_factory=dict)

    def refresh(self) -> None: ...

    def above(self, uid: int) -> tuple[list[int], int | None]:
        end = uid + self.window if uid + self.window < self.uid_next else None
        return [one for one in self.letters if uid < one <= (end or 1 << 32)], end

    def since(self, moment: datetime) -> list[int]:
        return [uid for uid, at in self.dates.items() if at >= moment and uid < self.uid_next]

    def sizes(self, uids: Sequence[int]) -> dict[int, int]:
        for uid in uids:
            self._may("sizes", uid)
        return {uid: self.estimate or len(self.letters[uid]) for uid in uids if uid in self.letters}

    def letter(self, uid: int) -> bytes:
        self._may("letter", uid)
        return self.letters[uid]

    def head(self, uid: int) -> bytes:
        self._may("head", uid)
        return self.letters[uid].partition(b"\r\n\r\n")[0]

    def move(self, uid: int) -> None:
        self.tried.append(uid)
        self._may("move", uid)
        del self.letters[uid]
        self.moved.append(uid)

    def _may(self, what: str, uid: int) -> None:
        if (what, uid) in self.breaks:
            raise LinkLost("gone")
        if (what, uid) in self.refuses:
            raise Refused(what, "SERVERBUG")


async def call(function: Callable[..., Any], *arguments: Any) -> Any:
    return function(*arguments)


@dataclass
class Room:
    """A session, and what came of it."""

    server: Server
    position: Position = field(default_factory=lambda: Position(1, 0))
    kept: list[bytes] = field(default_factory=list)
    aside: list[tuple[bytes, str]] = field(default_factory=list)
    saved: list[dict[str, Any]] = field(default_factory=list)

    async def _accept(self, raw: bytes, _: str | None, __: tuple[str, ...]) -> None:
        self.kept.append(raw)

    async def _set_aside(self, head: bytes, reason: str, _: tuple[str, ...]) -> None:
        self.aside.append((head, reason))

    async def _save(self, *, looked: bool = False) -> None:
        waiting, unmoved = dict(self.position.waiting), list(self.position.unmoved)
        self.saved.append({"waiting": waiting, "unmoved": unmoved, "looked": looked})

    @property
    def session(self) -> Session:
        own = ("enquiries@llanfair.example",)
        return Session(
            "1:imap.llanfair.example/INBOX",
            "INBOX",
            "Processed",
            cast("Link", self.server),
            call,
            self.position,
            self._save,
            House(self._accept, self._set_aside, own, 2000, again=0.0),
            asyncio.Event(),
        )


def holding(number: int, **more: Any) -> Server:
    letters = {uid: mail(subject=f"Question {uid}") for uid in range(1, number + 1)}
    return Server(letters, uid_next=number + 1, count=number, **more)


async def test_a_large_mailbox_is_read_window_by_window() -> None:
    room = Room(holding(10, window=3))
    del room.server.letters[4], room.server.letters[5], room.server.letters[6]
    await room.session.look()
    assert room.server.moved == [1, 2, 3, 7, 8, 9, 10]
    assert room.position.uid == 10
    assert room.saved[-1] == {"waiting": {}, "unmoved": [], "looked": True}


async def test_a_letter_whose_size_the_server_will_not_tell_hides_no_other() -> None:
    room = Room(holding(4, refuses={("sizes", 2), ("letter", 2)}))
    await room.session.look()
    assert room.server.moved == [1, 3, 4]
    assert room.position.waiting == {2: 1}


async def test_a_letter_that_the_server_never_gives_out_is_said_to_be_there() -> None:
    room = Room(holding(2, refuses={("letter", 1), ("head", 1)}))
    for _ in range(MOST_TRIES):
        await room.session.look()
    [(head, reason)] = room.aside
    assert head == b""
    assert f"in {MOST_TRIES} tries; the mail server does not give it out (UID 1 in INBOX)" in reason
    assert sorted(room.server.moved) == [1, 2]
    assert room.position.waiting == {}


async def test_a_letter_that_is_too_large_is_not_even_fetched() -> None:
    room = Room(holding(1, breaks={("letter", 1)}))
    room.server.letters[1] = mail(text="long " * 1000)
    await room.session.look()
    assert len(room.aside) == len(room.server.moved) == 1


async def test_a_server_that_only_estimates_sizes() -> None:
    room = Room(holding(2, estimate=10))
    room.server.letters[1] = large = mail(text="long " * 1000)
    await room.session.look()
    assert len(room.kept) == 1
    [(_, reason)] = room.aside
    assert reason.startswith(f"too large: {len(large)} bytes")


async def test_a_kept_letter_whose_move_cuts_the_link_was_not_tried_in_vain() -> None:
    room = Room(holding(1, breaks={("move", 1)}))
    session = room.session
    try:
        await session.look()
    except LinkLost:
        pass
    else:
        raise AssertionError("the link was not cut")
    assert room.saved[-1] == {"waiting": {}, "unmoved": [1], "looked": False}
    room.server.breaks.clear()
    await room.session.look()
    assert (len(room.kept), room.server.moved) == (1, [1])


async def test_letters_that_can_not_be_moved_hold_up_none_that_can() -> None:
    refused = {("move", uid) for uid in (1, 2, 3, 4)}
    room = Room(holding(6, refuses=refused), Position(1, 6, unmoved=[1, 2, 3, 4, 5, 6]))
    await room.session.look()
    assert room.server.tried == [1, 2, 3], "a full folder is not asked for each of thousands"
    await room.session.look()
    assert sorted(room.server.moved) == [5, 6]
    assert sorted(room.position.unmoved) == [1, 2, 3, 4]
    assert room.kept == []


async def test_what_was_kept_and_then_deleted_by_somebody_need_not_be_moved() -> None:
    room = Room(holding(1), Position(1, 3, unmoved=[2, 3]))
    await room.session.look()
    assert room.server.tried == []
    assert room.position.unmoved == []


async def test_what_comes_while_it_is_chosen_what_to_leave_is_not_left() -> None:
    server = holding(4)
    server.dates = {1: NOW, 2: NOW - timedelta(days=1), 3: NOW, 4: NOW - timedelta(days=1)}
    server.letters[5] = mail(subject="Just come")
    position, left = await first_position(cast("Link", server), call, NOW, is_now=False)
    assert (position.uid, sorted(position.left), left) == (0, [2, 4], 2)
    room = Room(server, position)
    await room.session.look()
    assert server.moved == [1, 3, 5]


async def test_where_all_is_older_nothing_is_taken_but_what_comes() -> None:
    server = holding(3)
    position, left = await first_position(cast("Link", server), call, NOW, is_now=False)
    assert (position, left) == (Position(1, 3), 3)


async def test_now_and_all() -> None:
    server = cast("Link", holding(3))
    assert await first_position(server, call, None, is_now=True) == (Position(1, 3), 3)
    assert await first_position(server, call, None, is_now=False) == (Position(1, 0), 0)
