"""A patron writes to a team's own address: the ticket is that team's, and says why. One mail to two
addresses of the library is one ticket, in one delivery or in two."""

from typing import Any

import aiosmtplib

from tests.builders import mail
from tests.stage import ENQUIRIES, Stage, until

PATRON = "rhian@patrons.example"
TEAM = "local-history@llanfair.example"


async def _ticket(stage: Stage) -> dict[str, Any]:
    """The only one, with its timeline."""

    async def there() -> bool:
        return bool(await stage.tickets())

    await until(there)
    [item] = await stage.tickets()
    _, whole, _ = await stage.api("GET", f"/v1/tickets/{item['reference']}")
    return dict(whole)


async def test_a_letter_to_a_team_is_that_teams_whatever_it_is_about(stage: Stage) -> None:
    await stage.open()
    await stage.mail(mail(to=TEAM, text="Do you have this in large print?"), to=TEAM)
    ticket = await _ticket(stage)
    assert ticket["team"] == "local-history"
    assigned = next(
        one for one in ticket["timeline"] if one["event"] in {"assigned", "left_to_team"}
    )
    assert assigned["reasons"][0] == "written to local-history at its own address"
    acknowledgement = await stage.letter(PATRON)
    assert f"<{ENQUIRIES}>" in acknowledgement.message["From"]
    assert acknowledgement.message["Reply-To"].startswith("enquiries+")


async def test_one_mail_to_two_of_our_addresses_is_one_ticket(stage: Stage) -> None:
    await stage.open()
    raw = mail(to=f"{ENQUIRIES}, {TEAM}")
    async with aiosmtplib.SMTP(
        hostname="127.0.0.1", port=stage.ports["smtp"], start_tls=False
    ) as door:
        await door.sendmail(PATRON, [ENQUIRIES, TEAM], raw)
        await door.sendmail(PATRON, [TEAM], b"Received: by x.example; today\r\n" + raw)
        await door.sendmail(PATRON, [ENQUIRIES], raw)
    assert (await _ticket(stage))["team"] == "local-history"
    await stage.letter(PATRON)
    [letter] = await stage.stored("messages")
    assert letter["envelope_from"] == PATRON
    assert letter["recipients"] == [ENQUIRIES, TEAM]
    assert len(await stage.stored("tickets")) == len(stage.relay.delivered) == 1
