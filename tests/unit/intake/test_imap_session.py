"""What is done with a mailbox, before a server that is only a dictionary and does what a real one
does seldom."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from math import inf
from typing import Any, cast

import pytest

from services.intake.accept import set_aside
from services.intake.imap_link import Link, LinkLost, Refused
from services.intake.imap_session import MOST_TRIES, House, Session, first_position
from services.intake.mailboxes import Position
from shared.errors import Transient
from shared.references import Seal
from tests.builders import desk_of, mail
from tests.fakes import Letters, Outbox
from tests.unit.examples import SECRET

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
    code: str = "SERVERBUG"
    """How it refuses."""
    breaks: set[tuple[str, int]] = field(default_factory=set)
    """And what cuts the link."""
    leaves_out: set[int] = field(default_factory=set)
    """What it does not tell the size of when it is first asked."""
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
        there = [uid for uid in uids if uid in self.letters and uid not in self.leaves_out]
        self.leaves_out -= set(uids)
        return {uid: self.estimate or len(self.letters[uid]) for uid in there}

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
            raise Refused(what, self.code)


async def call(function: Callable[..., Any], *arguments: Any) -> Any:
    return function(*arguments)


@dataclass
class Room:
    """A session, and what came of it."""

    server: Server
    position: Position = field(default_factory=lambda: Position(1, 0))
    kept: list[bytes] = field(default_factory=list)
    aside: list[tuple[bytes, str]] = field(default_factory=list)
    places: list[str] = field(default_factory=list)
    """Where what was set aside lies."""
    account: str = "desk"
    saved: list[dict[str, Any]] = field(default_factory=list)

    async def _accept(self, raw: bytes, _: str | None, __: tuple[str, ...]) -> None:
        self.kept.append(raw)

    async def _set_aside(self, head: bytes, reason: str, _: tuple[str, ...], place: str) -> None:
        self.aside.append((head, reason))
        self.places.append(place)

    async def _save(self, *, looked: bool = False) -> None:
        waiting, unmoved = dict(self.position.waiting), list(self.position.unmoved)
        self.saved.append({"waiting": waiting, "unmoved": unmoved, "looked": looked})

    @property
    def session(self) -> Session:
        own = ("enquiries@llanfair.example",)
        return Session(
            "1:imap.llanfair.example/INBOX",
            f"{self.account}@imap.llanfair.example/INBOX",
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


async def look(room: Room, times: int) -> None:
    """Each time over a link of its own, as after one that was lost."""
    for _ in range(times):
        with suppress(LinkLost):
            await room.session.look()


@pytest.mark.parametrize("code", ["INUSE", "UNAVAILABLE", "OVERQUOTA"])
async def test_a_server_that_says_later_is_waited_for_however_often(code: str) -> None:
    room = Room(holding(2, refuses={("letter", 1), ("head", 1)}, code=code))
    await look(room, MOST_TRIES + 5)
    assert room.aside == []
    assert room.position.waiting == {1: 0}
    room.server.refuses.clear()
    await look(room, 1)
    assert sorted(room.server.moved) == [1, 2]
    assert len(room.kept) == 2


async def test_what_is_set_aside_has_its_header_however_long_that_takes() -> None:
    room = Room(holding(1, refuses={("head", 1)}, code="UNAVAILABLE"))
    room.server.letters[1] = mail(subject="Large", text="long " * 1000)
    await look(room, MOST_TRIES + 5)
    assert room.aside == []
    room.server.refuses.clear()
    await look(room, 1)
    [(head, _)] = room.aside
    assert b"Subject: Large" in head


async def test_a_link_that_is_lost_again_and_again_sets_no_letter_aside() -> None:
    room = Room(holding(1, breaks={("letter", 1)}))
    await look(room, MOST_TRIES + 5)
    assert room.aside == []
    room.server.breaks.clear()
    await look(room, 1)
    assert (len(room.kept), room.server.moved) == (1, [1])


@pytest.mark.parametrize(
    "position",
    [Position(1, 1, unmoved=[1]), Position(1, 4, waiting={2: 3, 4: 5}, unmoved=[1, 3])],
    ids=["when it is new", "when it is suspect"],
)
async def test_a_letter_that_cuts_the_link_holds_up_no_other_and_no_move(
    position: Position,
) -> None:
    room = Room(holding(5, breaks={("letter", 2)}), position)
    await look(room, 6)
    assert sorted(room.server.moved) == [1, 3, 4, 5]
    assert list(room.position.waiting) == [2]


async def test_what_two_mailboxes_do_not_give_out_are_two_letters() -> None:
    def mailbox(account: str, uid_validity: int) -> Room:
        server = holding(1, refuses={("letter", 1), ("head", 1)}, uid_validity=uid_validity)
        return Room(server, Position(uid_validity, 0, waiting={1: MOST_TRIES}), account=account)

    rooms = [mailbox("desk", 1), mailbox("desk", 2), mailbox("maps", 1)]
    for room in rooms:
        await look(room, 1)
    assert {room.aside[0] for room in rooms} == {rooms[0].aside[0]}, "nothing else differs"
    letters = Letters()
    desk = desk_of(letters, Outbox(), Seal(SECRET))
    for room in (*rooms, rooms[0]):
        [(head, reason)], [place] = room.aside, room.places
        await set_aside(head, reason, (), NOW, place=place, desk=desk, door="imap")
    assert len(letters.kept) == 3, "and the same one again is the same"


async def test_a_letter_that_a_good_answer_leaves_out_is_asked_for_once_more() -> None:
    room = Room(holding(3, leaves_out={2}))
    await room.session.look()
    assert room.server.moved == [1, 2, 3]


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


async def test_what_we_lack_ourselves_is_asked_for_soon_and_ever_less_often() -> None:
    room = Room(holding(2))
    session = room.session
    session.house = replace(session.house, again=30.0)
    lacks = True

    async def accept(raw: bytes, _: str | None, __: tuple[str, ...]) -> None:
        if lacks:
            raise Transient("MongoDB is away")
        room.kept.append(raw)

    session.house = replace(session.house, accept=accept)
    assert session.due_in == inf
    due = []
    for _ in range(6):
        await session.look()
        due.append(round(session.due_in))
        for uid in session._not_before:
            session._not_before[uid] = 0.0
    assert due == [2, 4, 8, 16, 30, 30]
    lacks = False
    await session.look()
    assert len(room.kept) == 2
    assert session.due_in == inf


async def test_what_the_mail_server_refuses_is_not_asked_for_sooner() -> None:
    room = Room(holding(1, refuses={("letter", 1)}))
    session = room.session
    session.house = replace(session.house, again=30.0)
    await session.look()
    assert session.due_in == inf
