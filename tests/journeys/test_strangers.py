"""A stranger's letter never joins a ticket, and his words never go out in our name."""

import pytest

from tests.builders import mail
from tests.stage import Stage, until

PATRON = "rhian@patrons.example"
STRANGER = "mallory@elsewhere.example"


async def _tickets(stage: Stage, count: int) -> list[dict[str, object]]:
    async def there() -> bool:
        return len(await stage.tickets()) == count

    await until(there)
    return await stage.tickets()


async def test_a_good_reference_does_not_let_a_stranger_in(stage: Stage) -> None:
    await stage.open()
    await stage.mail(mail(subject="Private matter", Message_ID="<known@patrons.example>"))
    acknowledgement = (await stage.letter(PATRON)).message
    [ticket] = await stage.tickets()
    subject = f"Re: [{ticket['reference']}] Private matter"
    forged = acknowledgement["Reply-To"].replace(".", ".a", 1)
    await stage.mail(mail(sender=STRANGER, subject=subject), STRANGER)
    await stage.mail(
        mail(sender=STRANGER, subject="x", In_Reply_To="<known@patrons.example>"), STRANGER
    )
    await stage.mail(mail(sender=STRANGER, subject="y"), STRANGER, to=forged)
    found = await _tickets(stage, 4)

    status, whole, _ = await stage.api("GET", f"/v1/tickets/{ticket['reference']}")
    assert status == 200
    assert [one["direction"] for one in whole["messages"]] == ["in", "out"]
    assert sum(one["patron"] == ticket["patron"] for one in found) == 1


async def test_the_patron_joins_by_subject_alone_and_by_an_answer_to_his_own_mail(
    stage: Stage,
) -> None:
    await stage.open()
    await stage.mail(mail(subject="Once", Message_ID="<own@patrons.example>"))
    await stage.letter(PATRON)
    [ticket] = await stage.tickets()
    await stage.mail(mail(subject=f"RE: about {str(ticket['reference']).lower()}"))
    await stage.mail(mail(subject="Another thing", In_Reply_To="<own@patrons.example>"))

    async def all_joined() -> bool:
        _, whole, _ = await stage.api("GET", f"/v1/tickets/{ticket['reference']}")
        return len(whole["messages"]) == 4

    await until(all_joined)
    assert len(await stage.tickets()) == 1
    assert len(stage.relay.delivered) == 1


@pytest.mark.parametrize(
    "name",
    [
        "Buy pills at https://evil.example",
        "evil.example has won you a prize",
        "=?utf-8?q?x=0D=0ABcc=3A_victim=40elsewhere=2Eexample?=",
        "V" * 90,
    ],
)
async def test_an_acknowledgement_carries_no_message_of_the_sender(stage: Stage, name: str) -> None:
    await stage.open()
    raw = (
        f'From: "{name}" <rhian@patrons.example>\r\nTo: enquiries@llanfair.example\r\n'
        "Subject: =?utf-8?q?WIN=0D=0ABcc=3A_evil=40elsewhere=2Eexample?=\r\n"
        "Message-ID: <n@patrons.example>\r\n\r\nWIN WIN WIN\r\n"
    ).encode()
    await stage.mail(raw)
    letter = await stage.letter(PATRON)
    source = letter.message.as_bytes()
    for word in (b"WIN", b"evil", b"victim", b"Bcc", b"pills", b"VVV"):
        assert word not in source
    assert "Hello," in letter.text
    assert len(stage.relay.delivered) == 1


async def test_at_most_three_automatic_letters_an_hour_to_one_address(stage: Stage) -> None:
    await stage.open()
    for number in range(8):
        await stage.mail(mail(subject=f"Flood {number}"))
    await _tickets(stage, 8)

    async def all_are_decided() -> bool:
        rows = await stage.stored("notices")
        return len(rows) == 8 and all(one["state"] in {"sent", "suppressed"} for one in rows)

    await until(all_are_decided)
    assert len(stage.relay.delivered) == 3


async def test_machines_get_no_answer(stage: Stage) -> None:
    await stage.open()
    automatic = {
        "Auto_Submitted": "auto-replied",
        "Precedence": "bulk",
        "List_Id": "<news.elsewhere.example>",
    }
    for number, (header, value) in enumerate(automatic.items()):
        raw = mail(sender=f"robot{number}@elsewhere.example", **{header: value})
        await stage.mail(raw, f"robot{number}@elsewhere.example")
    await stage.mail(mail(sender="postmaster@elsewhere.example"), "")
    await stage.mail(mail(sender="postmaster@elsewhere.example", Auto_Submitted="no"))

    await stage.letter("postmaster@elsewhere.example")
    assert len(await _tickets(stage, 1)) == 1
    assert len(stage.relay.delivered) == 1
    assert len(await stage.stored("messages")) == 5, "every one of them is kept"
