"""Patrons' mail lies in a mailbox: each letter becomes one ticket and is moved out of the way."""

import asyncio
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Final

import pytest
from pymongo import MongoClient

from deploy.local.servers import Service
from tests.accounting import Ledger
from tests.builders import mail
from tests.imap_server import Account, ImapServer
from tests.keeper import kept_alive
from tests.nursery import Forked
from tests.stage import Stage, until

HITS: Final = 12
"""How often each point must be hit."""
POINTS: Final = ("intake.before_store", "intake.after_store", "imap.before_move", "imap.after_move")
_numbers: Final = count(1)


@pytest.fixture
def account(imap_server: ImapServer) -> Account:
    return imap_server.add(f"enquiries{next(_numbers)}@llanfair.example")


def letters(numbers: range, ledger: Ledger) -> list[bytes]:
    """Letters of as many patrons, in the ledger as if a door had accepted them."""
    written = []
    for number in numbers:
        sender, message_id = f"patron{number}@patrons.example", f"<{number}.box@patrons.example>"
        written.append(mail(sender=sender, subject=f"Question {number}", Message_ID=message_id))
        ledger.accepted[sender] = message_id
    return written


async def is_empty(account: Account) -> bool:
    return await asyncio.to_thread(account.count) == 0


async def delivered(account: Account, *written: bytes) -> None:
    await asyncio.to_thread(account.deliver, *written)


def log_of(stage: Stage, service: str = "intake") -> str:
    return stage.services[service][0].process.log.read_text()


async def says(stage: Stage, event: str) -> bool:
    return f'"event":"{event}"' in log_of(stage)


async def test_a_letter_in_the_mailbox_is_a_ticket_and_its_answer_joins_it(
    stage: Stage, account: Account
) -> None:
    await delivered(account, mail(subject="Long ago", sender="old@patrons.example"))
    await stage.open(IMAP_URL=account.url())
    await until(lambda: says(stage, "mailbox_opened"))
    await delivered(account, mail(subject="Tides", Message_ID="<tides@patrons.example>"))

    letter = await stage.letter("rhian@patrons.example")
    [ticket] = await stage.tickets()
    assert ticket["subject"] == "Tides"
    assert account.count("Processed") == 1
    assert account.count() == 1, "what was there before is left alone"

    answer = mail(sender="rhian.at.work@patrons.example", to=letter.message["Reply-To"])
    await delivered(account, b"Return-Path: <rhian.at.work@patrons.example>\r\n" + answer)
    await until(lambda: _has_letters(stage, ticket["reference"], 2))
    assert len(await stage.tickets()) == 1
    assert [one["door"] for one in await stage.stored("messages") if one["direction"] == "in"] == [
        "imap",
        "imap",
    ]
    status, health, _ = await stage.catalogue("GET", "/readyz")
    assert (status, health["missing"]) == (200, [])
    assert '"count":1' in log_of(stage)
    assert "llanfair.example:" not in log_of(stage), "no user, no password"


async def _has_letters(stage: Stage, reference: str, number: int) -> bool:
    _, ticket, _ = await stage.api("GET", f"/v1/tickets/{reference}")
    return len([one for one in ticket["messages"] if one["direction"] == "in"]) == number


async def test_what_the_server_says_of_the_sender_is_heard(stage: Stage, account: Account) -> None:
    await stage.open(IMAP_URL=account.url(), IMAP_SINCE="all")
    await delivered(account, b"Return-Path: <>\r\n" + mail(text="I am a machine"), mail())
    await until(lambda: is_empty(account), 60)
    kept = [one["automatic"] for one in await stage.stored("messages") if one["door"] == "imap"]
    assert sorted(kept, key=str) == [None, "null sender"]


async def test_the_same_letter_by_both_doors_is_one_ticket(stage: Stage, account: Account) -> None:
    raw = mail()
    await stage.open(IMAP_URL=account.url())
    await until(lambda: says(stage, "mailbox_opened"))
    await asyncio.gather(stage.mail(raw), delivered(account, raw))
    await stage.letter("rhian@patrons.example")
    await until(lambda: is_empty(account))
    assert len(await stage.tickets()) == 1


async def test_one_letter_that_nobody_can_read_and_one_too_large_hold_up_nothing(
    stage: Stage, account: Account
) -> None:
    ledger = Ledger()
    good = letters(range(4), ledger)
    unreadable = b"From: " + b"(" * 5000 + b"\r\n\r\nwords"
    large = mail(subject="A whole book", text="x" * 70 + "\n" + ("y" * 70 + "\n") * 1500)
    await delivered(account, good[0], unreadable, good[1], large, *good[2:])
    await stage.open(IMAP_URL=account.url(), IMAP_SINCE="all", MAX_MESSAGE_BYTES="65536")
    await ledger.settle(stage)
    await until(lambda: is_empty(account))
    aside = [one for one in await stage.stored("messages") if one.get("unreadable")]
    assert len(aside) == 2
    [too_large] = [one for one in aside if one["unreadable"].startswith("too large")]
    assert b"Subject: A whole book" in too_large["raw"]
    assert account.count("Processed") == 6


async def test_two_mailboxes_and_two_copies_of_intake(
    stage: Stage, imap_server: ImapServer
) -> None:
    first, second = (imap_server.add(f"shared{next(_numbers)}") for _ in range(2))
    ledger = Ledger()
    written = letters(range(20), ledger)
    await delivered(first, *written[:10], written[0])
    await delivered(second, *written[10:], written[0])
    urls = f"{first.url()}, {second.url(processed='Done')}"
    await stage.open(copies=2, IMAP_URL=urls, IMAP_SINCE="all")
    await ledger.settle(stage)
    await until(lambda: is_empty(first))
    await until(lambda: is_empty(second))
    assert (first.count("Processed"), second.count("Done")) == (11, 11)


async def test_a_mailbox_that_can_not_be_read_closes_no_other_door(
    stage: Stage, imap_server: ImapServer, account: Account
) -> None:
    wrong = account.url().replace("not%40a", "hunter2")
    there = imap_server.add(f"there{next(_numbers)}")
    away = "imap://nobody:x@127.0.0.1:9/"
    await stage.open(IMAP_URL=f"{wrong} {there.url()} {away}", IMAP_SINCE="all")
    await stage.mail(mail())
    await delivered(there, mail(sender="gwen@patrons.example"))
    await stage.letter("rhian@patrons.example")
    await stage.letter("gwen@patrons.example")
    await until(lambda: says(stage, "mailbox_lost"))
    status, health, _ = await stage.catalogue("GET", "/readyz")
    assert status == 200
    assert health["missing"] == ["mailbox 1:127.0.0.1/INBOX", "mailbox 3:127.0.0.1/INBOX"]
    assert "login: AUTHENTICATIONFAILED" in log_of(stage)
    assert "hunter2" not in log_of(stage)


async def test_a_service_that_is_asked_to_stop_lets_go_of_its_mailbox(
    plain_stage: Stage, account: Account
) -> None:
    intake = plain_stage.add("intake", IMAP_URL=account.url(), IMAP_SINCE="all")
    intake.start()
    await until(lambda: says(plain_stage, "mailbox_opened"), 60)
    before, _, _ = log_of(plain_stage).partition("mailbox_opened")
    assert "database_prepared" in before, "indexes come first"
    assert await asyncio.to_thread(intake.stop) == 0
    [document] = await plain_stage.stored("mailboxes")
    assert document["lease"]["until"].replace(tzinfo=UTC) < datetime.now(UTC), "not seconds later"
    assert "stop_incomplete" not in log_of(plain_stage)


async def test_mongodb_goes_away_and_comes_back(stage: Stage, account: Account) -> None:
    if stage.servers.mongo is None:
        pytest.skip("MONGODB_URI names a server that is not ours to stop")
    await stage.open(IMAP_URL=account.url())
    await until(lambda: says(stage, "mailbox_opened"))
    ledger = Ledger()
    await delivered(account, *letters(range(5), ledger))
    await until(lambda: is_empty(account))

    stage.servers.mongo.stop()
    await delivered(account, *letters(range(5, 10), ledger))
    await asyncio.sleep(6)
    assert account.count() == 5, "nothing is moved that is not kept"
    stage.servers.mongo.launch()
    await asyncio.to_thread(stage.servers.mongo.wait_ready)

    await until(lambda: is_empty(account), 60)
    await ledger.settle(stage)


@pytest.mark.timeout(600)
async def test_a_reader_that_is_killed_at_every_step(stage: Stage, account: Account) -> None:
    await stage.open(IMAP_URL=account.url(), IMAP_SINCE="all")
    hits_file = stage.folder / "hits"
    hits_file.touch()
    ledger = Ledger()
    arm = _armed(stage, hits_file)
    async with kept_alive(stage, arm):
        stage.services["intake"][0].kill()
        for start in count(0, 20):
            await delivered(account, *letters(range(start, start + 20), ledger))
            await until(lambda: is_empty(account), 300, 0.5)
            if all(_hits(hits_file)[one] >= HITS for one in POINTS) and start >= 40:
                break
        await ledger.settle(stage)  # while a reader that dies late is still started again

    hits = _hits(hits_file)
    assert account.count("Processed") == len(ledger.accepted), "each moved once"
    assert [one for one in await stage.stored("messages") if one.get("unreadable")] == []
    print(f"\nmailbox: {sum(hits.values())} kills at {len(POINTS)} points, ", end="")
    print(f"{len(ledger.accepted)} letters")


def _armed(stage: Stage, hits_file: Path) -> Callable[[Service], None]:
    """Have a reader kill itself at the point that was hit least. The lease of the one before ends
    at once, instead of ten seconds later."""

    def arm(service: Service) -> None:
        hits = _hits(hits_file)
        wanted = [one for one in POINTS if hits[one] < HITS]
        assert isinstance(service, Forked)
        service.process.env["CRASH_LOG"] = str(hits_file)
        service.process.env["CRASH_AT"] = (
            f"{min(wanted, key=lambda one: hits[one])}:0.5" if wanted else ""
        )
        client: MongoClient[dict[str, object]] = MongoClient(stage.servers.mongodb_uri)
        ended = [{"$set": {"lease.until": "$$NOW"}}]
        client[stage.database].mailboxes.update_many({}, ended)
        client.close()

    return arm


def _hits(file: Path) -> Counter[str]:
    return Counter(file.read_text().split())
