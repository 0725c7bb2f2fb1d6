"""Letters that somebody else forged tell him nothing, and are told to staff."""

import asyncio

from tests.builders import mail
from tests.stage import Stage, until

MALLORY = "mallory@elsewhere.example"


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
