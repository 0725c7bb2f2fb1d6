"""Machines that answer machines: each loop ends, and no letter in it is lost."""

import asyncio

from tests.builders import mail
from tests.stage import Stage, until

ROBOT = "robot@elsewhere.example"
MALLORY = "mallory@elsewhere.example"


async def test_a_responder_that_strips_every_header_is_not_answered_for_ever(stage: Stage) -> None:
    """It answers each letter of ours with a new one: no thread, no token, no sign of a machine."""
    await stage.open()
    await stage.mail(mail(sender=ROBOT, subject="Hello 0"), ROBOT)
    answered = 0
    for _ in range(30):
        try:
            await stage.letter(ROBOT, answered + 1, 3)
        except TimeoutError:
            break
        answered += 1
        await stage.mail(mail(sender=ROBOT, subject=f"Hello {answered}"), ROBOT)
    assert answered == 3
    assert len(await stage.tickets()) == 4
    assert len(await stage.stored("messages")) == 4


async def test_two_desks_that_face_each_other_exchange_two_letters_at_most(stage: Stage) -> None:
    """Our acknowledgement, sent back to us as it is, from our own address and from others."""
    await stage.open()
    await stage.mail(mail(subject="Once"))
    ours = (await stage.letter("rhian@patrons.example")).message.as_bytes()
    sender = b"From: Llanfair-on-Sea Public Library <enquiries@llanfair.example>"
    assert sender in ours
    await stage.mail(ours, "")
    await stage.mail(
        ours.replace(sender, b"From: list@elsewhere.example"), "list@elsewhere.example"
    )

    async def all_noted() -> bool:
        [ticket] = await stage.tickets()
        _, whole, _ = await stage.api("GET", f"/v1/tickets/{ticket['reference']}")
        told = [one["event"] for one in whole["timeline"]]
        return told.count("automatic_mail_noted") == 2

    await until(all_noted)
    assert len(stage.relay.delivered) == 1


async def test_a_forged_reply_with_a_copy_to_the_attacker_tells_him_nothing(stage: Stage) -> None:
    await stage.open()
    await stage.mail(mail(subject="Private", Message_ID="<known@patrons.example>"))
    await stage.letter("rhian@patrons.example")
    [ticket] = await stage.tickets()
    one = f"/v1/tickets/{ticket['reference']}"
    forged = mail(
        subject=f"Re: [{ticket['reference']}]",
        In_Reply_To="<known@patrons.example>",
        Cc=MALLORY,
        Reply_To=MALLORY,
        Disposition_Notification_To=MALLORY,
        Errors_To=MALLORY,
    )
    await stage.mail(forged, MALLORY)

    async def joined() -> bool:
        return int((await stage.api("GET", one))[1]["version"]) == 2

    await until(joined)
    _, shown, headers = await stage.api("GET", one)
    assert shown["messages"][-1]["reply_to"] == MALLORY
    status, _, _ = await stage.api(
        "POST", f"{one}/reply", {"text": "A private answer."}, If_Match=headers["ETag"]
    )
    assert status == 200
    await stage.letter("rhian@patrons.example", 2)
    await asyncio.sleep(1)
    assert {letter.to for letter in stage.relay.delivered} == {"rhian@patrons.example"}
    source = b"".join(letter.message.as_bytes() for letter in stage.relay.delivered)
    assert MALLORY.encode() not in source


async def test_a_strangers_attempt_is_seen_on_both_tickets(stage: Stage) -> None:
    await stage.open()
    await stage.mail(mail(subject="Private"))
    await stage.letter("rhian@patrons.example")
    [ticket] = await stage.tickets()
    named = mail(sender=MALLORY, subject=f"Re: [{ticket['reference']}]")
    await stage.mail(named, MALLORY)
    letter = await stage.letter(MALLORY)
    assert ticket["reference"] not in letter.text
    other = next(
        one["reference"] for one in await stage.tickets() if one["reference"] != ticket["reference"]
    )

    async def seen(reference: str) -> list[dict[str, str]]:
        found: list[dict[str, str]] = (await stage.api("GET", f"/v1/tickets/{reference}"))[1][
            "links"
        ]
        return found

    async def both() -> bool:
        return bool(await seen(ticket["reference"]))

    await until(both)
    assert await seen(ticket["reference"]) == [{"kind": "named_by", "reference": other}]
    assert await seen(other) == [{"kind": "named", "reference": ticket["reference"]}]
