"""A real Postfix, on the files that the runbook recommends, stands before the desk both ways."""

from collections.abc import AsyncIterator, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import aiosmtplib
import pytest
import trustme

from deploy.local.processes import free_port
from tests.builders import mail
from tests.mail_server import LOST, MailServer, World
from tests.stage import ENQUIRIES, Stage, until

PATRON = "rhian@patrons.example"


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    server = MailServer()
    try:
        yield server
    finally:
        print(server.log()[-4000:])  # seen if the test fails
        server.stop()


@pytest.fixture
async def world() -> AsyncIterator[World]:
    world = World(free_port())
    await world.open()
    yield world
    await world.close()


@pytest.fixture
async def desk(stage: Stage, mail_server: MailServer, world: World, tmp_path: Path) -> Stage:
    """A desk that has this mail server in front, and takes mail from it under TLS alone."""
    issued = trustme.CA().issue_cert("intake.llanfair.example")
    files = str(tmp_path / "certificate.pem"), str(tmp_path / "key.pem")
    issued.cert_chain_pems[0].write_to_path(files[0])
    issued.private_key_pem.write_to_path(files[1])
    await stage.open(
        SMTP_RELAY_URL=f"smtp://127.0.0.1:{mail_server.port_for_notify}",
        INTAKE_SMTP_CERTIFICATE=files[0],
        INTAKE_SMTP_KEY=files[1],
        INTAKE_SMTP_REQUIRE_TLS="True",
    )
    mail_server.start(door=stage.ports["smtp"], world=world.port)
    return stage


async def send(server: MailServer, raw: bytes, to: str = ENQUIRIES, sender: str = PATRON) -> None:
    """As the world's mail servers do."""
    async with aiosmtplib.SMTP(
        hostname="127.0.0.1", port=server.port, start_tls=False, timeout=30
    ) as link:
        await link.sendmail(sender, [to], raw)


async def _count(stage: Stage, collection: str, count: int) -> list[dict[str, Any]]:
    """The documents of a collection once there are so many."""

    async def there() -> bool:
        return len(await stage.stored(collection)) >= count

    await until(there)
    return await stage.stored(collection)


async def test_a_letter_its_answers_and_a_bounce_go_through_it(
    desk: Stage, mail_server: MailServer, world: World
) -> None:
    with pytest.raises(aiosmtplib.SMTPRecipientsRefused):
        await send(mail_server, mail(), "someone@llanfair.example")
    with pytest.raises(aiosmtplib.SMTPRecipientsRefused):
        await send(mail_server, mail(), "victim@elsewhere.example")

    await send(mail_server, mail(subject="Opening hours"))
    await until(partial(_has, world, PATRON, 1))
    said = world.to(PATRON)[0].message
    [ticket] = await desk.tickets()
    reference = ticket["reference"]
    assert reference in said["Subject"]

    # The patron answers, to the sealed address.
    await send(mail_server, mail(text="And on Sunday?", to=said["Reply-To"]), said["Reply-To"])
    await _count(desk, "messages", 2)
    await until(partial(_is_unread, desk, reference, 2))

    # Then the patron's mailbox goes away, and staff answer.
    world.nobody.add(PATRON)
    version = (await desk.api("GET", f"/v1/tickets/{reference}"))[2]["ETag"]
    status, *_ = await desk.api(
        "POST", f"/v1/tickets/{reference}/reply", {"text": "Closed."}, If_Match=version
    )
    assert status == 200
    bounce = await _bounce(desk)
    assert (bounce["reference"], bounce["envelope_from"]) == (reference, "")
    assert bounce["bounce"]["recipients"] == [PATRON]
    assert (bounce["bounce"]["permanent"], bounce["bounce"]["status"]) == (True, "5.1.1")
    assert "Mail Delivery System" in bounce["name"]
    await until(partial(_has_noted, desk, reference))
    [reply] = [one for one in (await desk.ticket(reference))["messages"] if _is_reply(one)]
    assert (reply["state"], reply["reason"]) == ("bounced", "it came back: 5.1.1")
    assert reply["next_try_at"] is None
    [row] = [one for one in await desk.stored("notices") if one["state"] == "bounced"]
    assert [one["what"] for one in row["history"]] == ["sent", "bounced"]
    assert len(await desk.tickets()) == len(world.delivered) == 1


def _is_reply(message: dict[str, Any]) -> bool:
    return message["direction"] == "out" and not message["automatic"]


async def _has(world: World, address: str, count: int) -> bool:
    return len(world.to(address)) >= count


async def _is_unread(stage: Stage, reference: str, version: int) -> bool:
    _, ticket, _ = await stage.api("GET", f"/v1/tickets/{reference}")
    return bool(ticket["unread"]) and int(ticket["version"]) >= version


async def _has_noted(stage: Stage, reference: str) -> bool:
    _, ticket, _ = await stage.api("GET", f"/v1/tickets/{reference}")
    return "automatic_mail_noted" in {one["event"] for one in ticket["timeline"]}


async def _bounce(stage: Stage) -> dict[str, Any]:
    found: list[dict[str, Any]] = []

    async def there() -> bool:
        found[:] = [one for one in await stage.stored("messages") if one.get("bounce")]
        return bool(found)

    await until(there)
    [bounce] = found
    return bounce


async def test_while_intake_is_away_it_keeps_the_mail_and_what_is_refused_goes_back(
    desk: Stage, mail_server: MailServer, world: World
) -> None:
    [intake] = desk.services["intake"]
    intake.kill()
    for number in range(5):
        sender = f"patron-{number}@patrons.example"
        await send(mail_server, mail(sender=sender, subject=f"Letter {number}"), sender=sender)

    async def waits(count: int) -> bool:
        return mail_server.waiting() == count

    async def deferred() -> bool:
        return mail_server.log().count("status=deferred") >= 5

    await until(partial(waits, 5))
    await until(deferred)
    intake.start()
    await desk.ready()
    for number in range(5):
        await until(partial(_has, world, f"patron-{number}@patrons.example", 1))
    subjects = {one["subject"] for one in await desk.tickets()}
    assert subjects == {f"Letter {number}" for number in range(5)}
    await until(partial(waits, 0))
    assert len(world.delivered) == 5

    # Handed over by mistake: the desk refuses it, and its sender is told by the mail server.
    other = "gwen@patrons.example"
    await send(mail_server, mail(sender=other), LOST, other)
    await until(partial(_has, world, other, 1))
    [returned] = world.to(other)
    assert returned.envelope_from == ""
    assert "550 5.1.1 No such" in returned.text
    assert len(await desk.tickets()) == 5
