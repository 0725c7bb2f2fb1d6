"""The books kept over a whole run: load, kills, and what there is to see in the end."""

import asyncio
import sys
import time
from contextlib import suppress
from functools import partial
from itertools import count as numbers
from random import Random
from typing import Final

import aiohttp

from tests.accounts.books import Account as Balance
from tests.accounts.books import audit
from tests.accounts.doors import Doors
from tests.accounts.killer import Killer
from tests.accounts.load import Load
from tests.accounts.outside import Outside, code_in, sent
from tests.imap_server import Account, ImapServer
from tests.keeper import kept_alive
from tests.stage import Stage, until

MOST_ENQUIRIES: Final = 5
"""So low that a storm need not be large; nobody else writes twice in one name."""
_QUIET: Final = 6.0
"""Seconds after the last thing that was to be seen, in which a copy too many would turn up."""
_LOOKS: Final = 4
_numbers: Final = numbers(1)


async def keep_accounts(
    stage: Stage, server: ImapServer, *, count: int, seed: int, kills: int, patience: float
) -> tuple[Balance, int]:
    """Send so many messages while processes are killed; how the books stand, and the kills."""
    mailbox = await asyncio.to_thread(server.add, f"accounts{next(_numbers)}")
    await stage.open(
        copies=2,
        IMAP_URL=mailbox.url(),
        IMAP_SINCE="all",
        MOST_ENQUIRIES_AN_HOUR=str(MOST_ENQUIRIES),
        TRUSTED_PROXIES="127.0.0.1",
    )
    killer = Killer(stage, seed, kills)
    async with aiohttp.ClientSession() as session:
        load = Load(Doors(stage, session, mailbox, Random(f"doors/{seed}")), seed)
        await _work(stage, load, killer, count)
        await _mailbox_emptied(load, mailbox, patience)
        balance = await _balance(stage, load, session, patience)
    return balance, killer.kills


async def _work(stage: Stage, load: Load, killer: Killer, count: int) -> None:
    started = time.monotonic()
    async with kept_alive(stage, killer.before_start):
        killing = asyncio.create_task(killer.work(lambda: load.done, count))
        telling = asyncio.create_task(_tell(load, killer, count))
        await load.run(count)
        telling.cancel()
        await killing
        await killer.disarm()
    seconds = time.monotonic() - started
    tried = ", ".join(f"{many} {why}" for why, many in load.doors.retries.most_common())
    print(f"{load.done} sent in {seconds:.0f} s; tried again: {tried or 'none'}", file=sys.stderr)


async def _tell(load: Load, killer: Killer, count: int) -> None:
    while True:
        print(f"{load.done} of {count} sent, {killer.kills} kills", file=sys.stderr, flush=True)
        await asyncio.sleep(15)


async def _mailbox_emptied(load: Load, mailbox: Account, patience: float) -> None:
    """What was moved was accepted."""

    async def is_empty() -> bool:
        return await asyncio.to_thread(mailbox.count) == 0

    try:
        await until(is_empty, patience, 0.5)
    except TimeoutError:
        left = await asyncio.to_thread(mailbox.letters)
        codes = sorted(code_in(one.decode("utf-8", "replace")) for one in left)
        load.faults.append(f"left in the mailbox: {', '.join(codes)}")
        return
    moved = await asyncio.to_thread(mailbox.count, "Processed")
    if moved != load.posted:
        load.faults.append(f"{load.posted} letters were put into the mailbox, {moved} moved")
    for entry in load.in_mailbox:
        load.keeps(entry)


async def _balance(
    stage: Stage, load: Load, session: aiohttp.ClientSession, patience: float
) -> Balance:
    """Looked at until nothing is missing, or for as long as there is patience; and once more."""
    await _acknowledged(stage, load, patience)
    outside = Outside(stage, session)
    look = partial(_look, stage, load, outside)
    for _ in range(_LOOKS):
        await asyncio.sleep(_QUIET)
        balance = await look()
        if not balance.faults:
            break
    balance.faults = load.faults + balance.faults
    return balance


async def _acknowledged(stage: Stage, load: Load, patience: float) -> None:
    wanted = [one for one in load.entries if one.patron and one.accepted]

    async def all_acknowledged() -> bool:
        return {one.patron for one in wanted} <= {one.to for one in stage.relay.delivered}

    with suppress(TimeoutError):  # whom nobody told, the audit tells
        await until(all_acknowledged, patience, 0.5)


async def _look(stage: Stage, load: Load, outside: Outside) -> Balance:
    sightings = await outside.sightings()
    return audit(load.entries, sightings, sent(stage.relay.delivered), MOST_ENQUIRIES)
