"""Mixed messages by every door while processes are killed: accepted is the sum of what is seen.

`make accounts` does the same with five thousand."""

import pytest

from tests.accounts.run import keep_accounts
from tests.imap_server import ImapServer
from tests.stage import Stage


@pytest.mark.timeout(600)
async def test_every_accepted_message_is_in_exactly_one_place(
    stage: Stage, imap_server: ImapServer
) -> None:
    balance, kills = await keep_accounts(
        stage, imap_server, count=400, seed=7, kills=6, patience=120
    )
    assert not balance.faults, "\n".join(balance.faults)
    assert (balance.lost, balance.doubled) == (0, 0)
    assert all(balance.counts[one] for one in ("opened", "added", "noted", "quarantined"))
    assert kills >= 6
    print(f"\naccounts: {balance.line()} kills={kills}")
