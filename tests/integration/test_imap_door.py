"""The IMAP door before a real dovecot and a real MongoDB: what it survives, and what it never does
twice. What becomes of a letter behind the door is told in test_mailbox_is_read.py."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count
from typing import Any, Final

import pytest
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError
from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from services.intake.imap import Mailbox
from services.intake.imap_session import MOST_TRIES, House
from services.intake.mailboxes import LEASE, Positions
from shared.errors import Permanent, Transient
from shared.imap_url import mailboxes
from shared.mongo import Database
from tests.builders import mail
from tests.contract.conftest import fresh_database
from tests.imap_server import Account, ImapServer
from tests.stage import ENQUIRIES, Servers, until

MOST_BYTES: Final = 100_000
LONG_AGO: Final = datetime(2020, 5, 4, 12, 0, tzinfo=UTC)
_numbers: Final = count(1)


@dataclass
class Reading:
    """One mailbox, what was kept out of it, and copies of the door that read it."""

    account: Account
    database: Database
    kept: list[bytes] = field(default_factory=list)
    """Every letter that was brought, as often as it was brought."""
    aside: list[tuple[bytes, str]] = field(default_factory=list)
    on_letter: Callable[[bytes], Awaitable[object]] | None = None
    """Done before a letter is kept; what it raises is the answer."""
    doors: list[tuple[Mailbox, asyncio.Task[None]]] = field(default_factory=list)

    def open(
        self, since: str = "all", folder: str = "INBOX", url: str = "", **more: Any
    ) -> Mailbox:
        """Start a copy of the door."""
        terms = {"poll": 0.3, "again": 0.2}
        terms |= {one: more.pop(one) for one in ("poll", "again", "fresh", "stale") if one in more}
        house = House(self._accept, self._set_aside, (ENQUIRIES,), MOST_BYTES, **terms)
        [where] = mailboxes(url or self.account.url(folder, **more))
        door = Mailbox(len(self.doors) + 1, where, since, Positions(self.database), house)
        self.doors.append((door, asyncio.create_task(door.run())))
        return door

    async def _accept(self, raw: bytes, _: str | None, __: tuple[str, ...]) -> None:
        if self.on_letter is not None:
            await self.on_letter(raw)
        self.kept.append(raw)

    async def _set_aside(self, head: bytes, reason: str, _: tuple[str, ...], __: str) -> None:
        self.aside.append((head, reason))

    async def close(self) -> None:
        """Stop all copies in an orderly way."""
        for door, task in self.doors:
            await door.close()
            await task
        self.doors.clear()

    def kill(self) -> None:
        """Stop all copies in the middle of whatever they do."""
        for _, task in self.doors:
            task.cancel()
        self.doors.clear()

    async def moved(self, letters: int, folder: str = "Processed", seconds: float = 30) -> None:
        """Wait until so many are in a folder."""

        async def there() -> bool:
            # A test that cuts every link of the account may cut this one.
            with suppress(IMAPClientAbortError):
                return await asyncio.to_thread(self.account.count, folder) == letters
            return False

        await until(there, seconds, 0.1)

    async def document(self) -> dict[str, Any]:
        """What is written down of this mailbox."""
        found = await self.database.mailboxes.find_one()
        assert found is not None
        return found

    async def change(self, **values: Any) -> None:
        """Write something else down."""
        await self.database.mailboxes.update_one({}, {"$set": values})


@pytest.fixture
async def reading(servers: Servers, imap_server: ImapServer) -> AsyncIterator[Reading]:
    async with fresh_database(servers) as database:
        reading = Reading(imap_server.add(f"reader{next(_numbers)}"), database)
        try:
            yield reading
        finally:
            for _, task in reading.doors:
                task.cancel()
            await asyncio.gather(*(task for _, task in reading.doors), return_exceptions=True)


def letters(number: int) -> list[bytes]:
    return [mail(subject=f"Question {one}") for one in range(number)]


async def test_a_letter_is_kept_as_it_is_and_then_moved(reading: Reading) -> None:
    raw = mail()
    await asyncio.to_thread(reading.account.deliver, raw)
    reading.open()
    await reading.moved(1)
    assert reading.kept == [raw]
    assert reading.account.letters() == []
    assert reading.account.letters("Processed") == [raw]


async def test_what_is_seen_or_not_does_not_matter_and_is_not_changed(reading: Reading) -> None:
    account = reading.account
    await asyncio.to_thread(account.deliver, mail(), flags=[r"\Seen", r"\Answered"])
    await asyncio.to_thread(account.deliver, mail())
    reading.open()
    await reading.moved(2)
    flags = [set(one) - {rb"\Recent"} for one in account.flags("Processed")]
    assert flags == [{rb"\Seen", rb"\Answered"}, set()]


async def test_idle_tells_of_a_new_letter_at_once(reading: Reading) -> None:
    reading.open(poll=600)
    await until(lambda: _has(reading, "looked_at"))
    await asyncio.to_thread(reading.account.deliver, mail())
    await reading.moved(1, seconds=20)


async def _has(reading: Reading, name: str) -> bool:
    found = await reading.database.mailboxes.find_one()
    return found is not None and name in found


@pytest.mark.parametrize("without", ["IDLE", "MOVE", "MOVE UIDPLUS"])
async def test_a_server_that_can_do_less_is_read_too(servers: Servers, without: str) -> None:
    able = {"IMAP4rev1", "AUTH=PLAIN", "IDLE", "MOVE", "UIDPLUS"} - set(without.split())
    server = ImapServer(more=f"imap_capability = {' '.join(able)}")
    try:
        server.start()
        async with fresh_database(servers) as database:
            reading = Reading(server.add("plain"), database)
            await asyncio.to_thread(reading.account.deliver, *letters(2))
            with capture_logs() as lines:
                reading.open()
                await reading.moved(2)
                await asyncio.to_thread(reading.account.deliver, mail())
                await reading.moved(3)
                await asyncio.sleep(1)
                await reading.close()
            assert not await _said(lines, "mailbox_lost")
            assert len(reading.kept) == 3
            left = reading.account.flags()
            assert [rb"\Deleted" in one for one in left] == [True] * (
                3 if "UIDPLUS" in without else 0
            )
    finally:
        server.remove()


async def test_a_letter_that_can_not_be_kept_now_holds_up_no_other(reading: Reading) -> None:
    some = letters(5)
    refused = True

    async def one_is_refused(raw: bytes) -> None:
        if raw == some[1] and refused:
            raise Transient("the virus scanner is away")

    reading.on_letter = one_is_refused
    await asyncio.to_thread(reading.account.deliver, *some)
    reading.open()
    await reading.moved(4)
    await asyncio.sleep(1)
    assert reading.account.letters() == [some[1]]
    assert (await reading.document())["waiting"] == [{"uid": 2, "tries": 0}]
    refused = False
    await reading.moved(5)
    assert sorted(reading.kept) == sorted(some)


async def test_what_can_not_be_kept_is_not_tried_at_every_look(reading: Reading) -> None:
    tried = 0

    async def refuse(_: bytes) -> None:
        nonlocal tried
        tried += 1
        raise Transient("not now")

    reading.on_letter = refuse
    await asyncio.to_thread(reading.account.deliver, mail())
    reading.open(again=600, poll=0.1)
    await until(lambda: _has(reading, "looked_at"))
    await asyncio.sleep(1)
    assert tried == 1


async def test_a_mailbox_that_was_not_looked_at_for_long_counts_as_away(reading: Reading) -> None:
    door = reading.open(stale=3.0, poll=600)
    await until(door.is_there)
    await until(lambda: _is_away(door), 10)


async def test_a_fault_of_ours_costs_no_letter(reading: Reading) -> None:
    some = letters(3)
    faults = 2

    async def stumble(raw: bytes) -> None:
        nonlocal faults
        if raw == some[0] and faults:
            faults -= 1
            raise KeyError("a fault")

    reading.on_letter = stumble
    await asyncio.to_thread(reading.account.deliver, *some)
    reading.open()
    await reading.moved(3)
    assert sorted(reading.kept) == sorted(some)


async def test_what_can_never_be_kept_is_set_aside_and_moved(reading: Reading) -> None:
    some = letters(3)

    async def never(raw: bytes) -> None:
        if raw == some[1]:
            raise Permanent("MongoDB can't hold this document")

    reading.on_letter = never
    await asyncio.to_thread(reading.account.deliver, *some)
    reading.open()
    await reading.moved(3)
    assert reading.kept == [some[0], some[2]]
    [(head, reason)] = reading.aside
    assert some[1].startswith(head)
    assert reason.startswith("MongoDB can't hold this document; ")


async def test_of_a_letter_that_is_too_large_only_the_header_is_read(reading: Reading) -> None:
    some = letters(3)
    some[1] = mail(subject="Large", text="x\n" * MOST_BYTES)
    await asyncio.to_thread(reading.account.deliver, *some)
    reading.open()
    await reading.moved(3)
    assert reading.kept == [some[0], some[2]]
    [(head, reason)] = reading.aside
    assert b"Subject: Large" in head
    assert len(head) < 1000
    assert reason == (
        f"too large: {len(some[1])} bytes; the whole message is in the mailbox, "
        "in the folder Processed"
    )


@pytest.mark.parametrize("tries", [MOST_TRIES - 1, MOST_TRIES])
async def test_a_letter_that_ends_its_reader_again_and_again_is_set_aside(
    reading: Reading, tries: int
) -> None:
    raw = mail()
    await asyncio.to_thread(reading.account.deliver, raw)
    async with _stopped_before_anything_is_kept(reading):
        await reading.change(waiting=[{"uid": 1, "tries": tries}], uid=1)
    reading.open()
    await reading.moved(1)
    assert (len(reading.kept), len(reading.aside)) == ((1, 0) if tries < MOST_TRIES else (0, 1))


@asynccontextmanager
async def _stopped_before_anything_is_kept(reading: Reading) -> AsyncIterator[None]:
    """A mailbox that was opened once, by a reader that then died with a letter in hand."""
    held = asyncio.Event()

    async def hold(_: bytes) -> None:
        held.set()
        await asyncio.sleep(600)

    reading.on_letter = hold
    reading.open()
    async with asyncio.timeout(20):
        await held.wait()
    reading.kill()
    reading.on_letter = None
    yield


async def test_a_reader_that_dies_leaves_word_of_the_letter_it_had_in_hand(
    reading: Reading,
) -> None:
    await asyncio.to_thread(reading.account.deliver, *letters(2))
    async with _stopped_before_anything_is_kept(reading):
        assert (await reading.document())["waiting"] == [{"uid": 1, "tries": 1}]
    reading.open()
    await reading.moved(2)
    assert len(reading.kept) == 2


async def test_a_suspect_comes_after_all_others(reading: Reading) -> None:
    some = letters(4)
    await asyncio.to_thread(reading.account.deliver, *some)
    async with _stopped_before_anything_is_kept(reading):
        await reading.change(waiting=[{"uid": 1, "tries": 3}])
    reading.open()
    await reading.moved(4)
    assert reading.kept == [*some[1:], some[0]]


async def test_a_link_that_is_cut_again_and_again(
    reading: Reading, imap_server: ImapServer
) -> None:
    some = letters(12)
    cuts = 0

    async def cut(_: bytes) -> None:
        nonlocal cuts
        if len(reading.kept) % 4 == 1:
            cuts += 1
            await asyncio.to_thread(imap_server.kick, reading.account)

    reading.on_letter = cut
    await asyncio.to_thread(reading.account.deliver, *some)
    reading.open()
    await reading.moved(12, seconds=60)
    assert set(reading.kept) == set(some)
    assert cuts >= 3
    assert reading.account.count() == 0
    assert reading.aside == []


async def test_a_link_that_is_cut_while_nothing_happens(
    reading: Reading, imap_server: ImapServer
) -> None:
    reading.open(poll=600)
    await until(lambda: _has(reading, "looked_at"))
    await asyncio.sleep(0.5)
    await asyncio.to_thread(imap_server.kick, reading.account)
    await asyncio.to_thread(reading.account.deliver, mail())
    await reading.moved(1, seconds=20)


async def test_a_full_processed_folder_means_that_nothing_is_taken_twice(
    servers: Servers, imap_server: ImapServer
) -> None:
    account = imap_server.add(f"full{next(_numbers)}", "userdb_quota_rule=*:storage=1K")
    some = [mail(subject=f"Question {one}", text="words " * 100) for one in range(5)]
    async with fresh_database(servers) as database:
        reading = Reading(account, database)
        await asyncio.to_thread(account.deliver, *some)
        with capture_logs() as lines:
            reading.open(processed="Archive/Processed")
            await until(lambda: _unmoved(reading, 4))
            await asyncio.sleep(1)
            await reading.close()
        assert {"moving: OVERQUOTA"} == {
            one["reason"] for one in lines if one["event"] == "move_postponed"
        }
        assert sorted(reading.kept) == sorted(some), "each once"
        assert account.count() == 4
        reading.open(processed="Archive/Processed")
        await asyncio.sleep(1)
        imap_server.change(account, "userdb_quota_rule=*:storage=1M")
        imap_server.kick(account)
        await reading.moved(5, "Archive/Processed")
        await reading.close()
        assert len(reading.kept) == 5, "nor after a new start"
        assert (await reading.document())["unmoved"] == []


async def _unmoved(reading: Reading, number: int) -> bool:
    found = await reading.database.mailboxes.find_one() or {}
    return len(found.get("unmoved", ())) == number and not found["waiting"]


async def test_a_letter_that_is_deleted_before_it_is_read(reading: Reading) -> None:
    some = letters(4)

    async def delete_the_next(raw: bytes) -> None:
        if raw == some[0]:
            await asyncio.to_thread(reading.account.delete, 2)

    reading.on_letter = delete_the_next
    await asyncio.to_thread(reading.account.deliver, *some)
    with capture_logs() as lines:
        reading.open()
        await reading.moved(3)
        await until(lambda: _nothing_waits(reading))
        await reading.close()
    assert reading.kept == [some[0], *some[2:]]
    assert [one["uid"] for one in lines if one["event"] == "letter_gone"] == [2]


async def test_a_letter_that_is_deleted_while_it_is_kept(reading: Reading) -> None:
    async def delete_it(_: bytes) -> None:
        await asyncio.to_thread(reading.account.delete, 1)

    reading.on_letter = delete_it
    await asyncio.to_thread(reading.account.deliver, mail())
    reading.open()
    await until(lambda: _nothing_waits(reading))
    assert len(reading.kept) == 1
    assert reading.account.count() == 0


async def _nothing_waits(reading: Reading) -> bool:
    found = await reading.database.mailboxes.find_one() or {}
    return "looked_at" in found and not found["waiting"] and not found["unmoved"]


async def test_old_mail_is_left_alone_and_counted(reading: Reading) -> None:
    old, new = letters(3), mail()
    await asyncio.to_thread(reading.account.deliver, *old)
    with capture_logs() as lines:
        reading.open("now")
        await until(lambda: _has(reading, "looked_at"))
        await asyncio.to_thread(reading.account.deliver, new, at=LONG_AGO)
        await reading.moved(1)
        await reading.close()
    assert [one["count"] for one in lines if one["event"] == "mail_left"] == [3]
    assert reading.kept == [new], "what comes later is taken, whatever its date"
    assert reading.account.letters() == old


async def test_what_was_chosen_first_holds(reading: Reading) -> None:
    old = letters(2)
    await asyncio.to_thread(reading.account.deliver, *old)
    reading.open("now")
    await until(lambda: _has(reading, "looked_at"))
    await reading.close()
    with capture_logs() as lines:
        reading.open("all")
        await asyncio.to_thread(reading.account.deliver, mail())
        await reading.moved(1)
        await reading.close()
    assert [one for one in lines if one["event"] == "mail_left"] == []
    assert reading.account.letters() == old


async def test_mail_since_a_moment_is_taken_and_what_is_older_left_wherever_it_stands(
    reading: Reading,
) -> None:
    account, some = reading.account, letters(6)
    moment = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
    before, after = moment - timedelta(seconds=1), moment
    moments = [LONG_AGO, after, before, after, LONG_AGO, after]
    for raw, at in zip(some, moments, strict=True):
        await asyncio.to_thread(account.deliver, raw, at=at)
    with capture_logs() as lines:
        reading.open("2026-11-20T10:00:00+01:00")
        await reading.moved(3)
        await until(lambda: _nothing_waits(reading))
        await reading.close()
    assert [one["count"] for one in lines if one["event"] == "mail_left"] == [3]
    assert reading.kept == [some[1], some[3], some[5]]
    assert account.letters() == [some[0], some[2], some[4]]
    reading.open()
    await asyncio.to_thread(account.deliver, mail())
    await reading.moved(4)
    assert len(account.letters()) == 3


async def test_a_mailbox_that_is_numbered_anew(reading: Reading) -> None:
    account, old, new = reading.account, letters(2), letters(3)
    await asyncio.to_thread(account.deliver, *old, at=LONG_AGO)
    refused = True

    async def refuse(_: bytes) -> None:
        if refused:
            raise Transient("not now")

    reading.on_letter = refuse
    reading.open("now")
    await until(lambda: _has(reading, "looked_at"))
    await asyncio.sleep(1.1)  # INTERNALDATE knows no fractions of a second
    await asyncio.to_thread(account.deliver, *new)
    await until(lambda: _is_true(reading, lambda found: len(found["waiting"]) == 3))
    await reading.close()
    await asyncio.to_thread(account.deliver, old[0], at=LONG_AGO)  # other numbers
    await asyncio.to_thread(account.delete, 1)
    await asyncio.to_thread(account.renumber)
    refused = False
    with capture_logs() as lines:
        reading.open("now")
        await reading.moved(3)
        await until(lambda: _nothing_waits(reading))
        await reading.close()
    said = {one["event"]: one.get("count") for one in lines}
    assert "mailbox_renumbered" in said
    assert said["mail_left"] == 2
    assert sorted(reading.kept) == sorted(new)
    assert sorted(account.letters()) == sorted(old)


async def test_a_mailbox_that_is_made_anew_while_it_is_read(reading: Reading) -> None:
    account, before, after = reading.account, letters(3), letters(2)
    await asyncio.to_thread(account.deliver, *before, folder="Questions")
    reading.open(folder="Questions", fresh=2.0)
    await reading.moved(3)

    def make_anew() -> None:
        with account.client() as client:
            client.delete_folder("Questions")
            client.create_folder("Questions")

    await asyncio.to_thread(make_anew)
    for raw in after:
        await until(partial(_delivered, account, raw, "Questions"))
    await reading.moved(5)
    assert sorted(reading.kept) == sorted(before + after)


async def _delivered(account: Account, raw: bytes, folder: str) -> bool:
    """As a mail server does: again, if the folder is just being replaced."""
    try:
        await asyncio.to_thread(account.deliver, raw, folder=folder)
    except IMAPClientError:
        return False
    return True


async def test_a_link_is_made_anew_after_a_while(reading: Reading) -> None:
    """Some servers go on for ever with a folder that was replaced, and never tell."""
    with capture_logs() as lines:
        reading.open(fresh=0.5)
        await until(lambda: _opened(lines, 3))
        await asyncio.to_thread(reading.account.deliver, mail())
        await reading.moved(1)
    assert not await _said(lines, "mailbox_lost")
    assert len(reading.kept) == 1


async def _opened(lines: list[Any], times: int) -> bool:
    return len([one for one in lines if one["event"] == "mailbox_opened"]) >= times


async def _is_true(reading: Reading, wanted: Callable[[dict[str, Any]], bool]) -> bool:
    return wanted(await reading.document())


async def test_folders_with_other_letters_and_folders_in_folders(reading: Reading) -> None:
    account = reading.account
    await asyncio.to_thread(account.deliver, mail(), folder="Ymholiadau & gwäith")
    reading.open(folder="Ymholiadau & gwäith", processed="Wedi'u prosesu/Tŷ 2026")
    await reading.moved(1, "Wedi'u prosesu/Tŷ 2026")
    assert account.count("Ymholiadau & gwäith") == 0


async def test_a_processed_folder_that_somebody_takes_away_is_made_again(
    reading: Reading,
) -> None:
    account = reading.account
    await asyncio.to_thread(account.deliver, mail())
    reading.open()
    await reading.moved(1)

    def take_away() -> None:
        with account.client() as client:
            client.delete_folder("Processed")

    await asyncio.to_thread(take_away)
    await asyncio.to_thread(account.deliver, mail())
    await reading.moved(1)
    assert len(reading.kept) == 2


async def test_letters_are_kept_where_no_processed_folder_can_be_made(reading: Reading) -> None:
    await asyncio.to_thread(reading.account.deliver, *letters(2))
    reading.open(processed="Archive//Bad")
    await until(lambda: _unmoved(reading, 2))
    assert len(reading.kept) == 2


async def test_a_locked_mailbox_is_waited_for(servers: Servers, imap_server: ImapServer) -> None:
    name = f"locked{next(_numbers)}"
    account = imap_server.add(name, "userdb_mail=mbox:~/mbox:INBOX=~/inbox")
    await asyncio.to_thread(account.deliver, mail())
    (account.home / "inbox.lock").write_text("1")
    async with fresh_database(servers) as database:
        reading = Reading(account, database)
        with capture_logs() as lines:
            door = reading.open()
            await until(lambda: _said(lines, "mailbox_lost"))
            assert not await door.is_there()
            (account.home / "inbox.lock").unlink()
            await until(lambda: _count(reading, 1))
            await reading.close()
    assert lines[0]["reason"] == "opening: SERVERBUG"


async def _said(lines: list[Any], event: str) -> bool:
    return any(one["event"] == event for one in lines)


async def _count(reading: Reading, number: int) -> bool:
    return len(reading.kept) == number


async def test_only_one_of_two_copies_reads_a_mailbox_and_the_other_takes_over(
    reading: Reading,
) -> None:
    with capture_logs() as lines:
        doors = [reading.open(), reading.open()]
        await until(lambda: _said(lines, "mailbox_opened"))
    await asyncio.to_thread(reading.account.deliver, *letters(6))
    await reading.moved(6)
    assert len(reading.kept) == 6
    for door in doors:
        await until(door.is_there)
        age = REGISTRY.get_sample_value("desk_mailbox_age_seconds", {"mailbox": door.name})
        assert age is not None
        assert 0 <= age < 20
    fence = (await reading.document())["fence"]
    [opened] = [one["mailbox"] for one in lines if one["event"] == "mailbox_opened"]
    reading.doors[int(opened[0]) - 1][1].cancel()
    await asyncio.to_thread(reading.account.deliver, *letters(2))
    await reading.moved(8)
    assert (await reading.document())["fence"] == fence + 1
    assert len(reading.kept) == 8


async def test_a_reader_that_lives_keeps_its_mailbox(reading: Reading) -> None:
    reading.open(poll=600)
    reading.open(poll=600)
    await until(lambda: _has(reading, "looked_at"))
    fence = (await reading.document())["fence"]
    await asyncio.sleep(LEASE / 1000 + 3)
    assert (await reading.document())["fence"] == fence


async def test_a_reader_that_was_overtaken_lets_go(reading: Reading) -> None:
    reading.open()
    await until(lambda: _has(reading, "looked_at"))
    with capture_logs() as lines:
        await reading.database.mailboxes.update_one({}, {"$inc": {"fence": 1}})
        await asyncio.to_thread(reading.account.deliver, mail())
        await until(lambda: _said(lines, "mailbox_overtaken"))
    await reading.moved(1)
    assert len(reading.kept) == 1


async def test_a_wrong_password_is_said_and_not_shown(reading: Reading) -> None:
    url = reading.account.url().replace("not%40a", "hunter2")
    with capture_logs() as lines:
        door = reading.open(url=url)
        await until(lambda: _said(lines, "mailbox_lost"))
        await asyncio.sleep(4)
        await reading.close()
    assert len(lines) == 1, "accounts are locked for trying too often"
    assert lines[0]["reason"] == "login: AUTHENTICATIONFAILED"
    assert "hunter2" not in str(lines)
    assert reading.account.name not in str(lines)
    assert not await door.is_there()


async def test_a_server_that_comes_later(servers: Servers) -> None:
    server = ImapServer()
    try:
        async with fresh_database(servers) as database:
            reading = Reading(server.add("late"), database)
            with capture_logs() as lines:
                door = reading.open()
                await until(lambda: _said(lines, "mailbox_lost"))
            assert not await door.is_there()
            await asyncio.to_thread(server.start)
            await asyncio.to_thread(reading.account.deliver, mail())
            await reading.moved(1)
            await until(door.is_there)
            await asyncio.to_thread(server.stop)
            await until(lambda: _is_away(door))
            await reading.close()
    finally:
        server.remove()


async def _is_away(door: Mailbox) -> bool:
    return not await door.is_there()


async def test_a_door_that_closes_finishes_the_letter_in_hand(reading: Reading) -> None:
    begun, may_end = asyncio.Event(), asyncio.Event()

    async def slowly(_: bytes) -> None:
        begun.set()
        await may_end.wait()

    reading.on_letter = slowly
    await asyncio.to_thread(reading.account.deliver, *letters(3))
    reading.open()
    await begun.wait()
    closing = asyncio.create_task(reading.close())
    await asyncio.sleep(0.1)
    may_end.set()
    await closing
    assert len(reading.kept) == 1
    assert reading.account.count("Processed") == 1
    assert (await reading.document())["waiting"] == []


async def test_a_door_that_waits_closes_at_once(reading: Reading) -> None:
    reading.open(poll=600)
    await until(lambda: _has(reading, "looked_at"))
    await asyncio.sleep(0.3)
    begun = time.monotonic()
    with capture_logs() as lines:
        await reading.close()
    assert time.monotonic() - begun < 3
    assert not await _said(lines, "mailbox_lost")
