"""A patron asks, is acknowledged by name, adds something, and is answered in the same thread."""

from typing import Any

from tests.builders import mail
from tests.stage import Stage, until

PATRON = "rhian@patrons.example"


async def test_a_mail_is_acknowledged_owned_answered_and_resolved(plain_stage: Stage) -> None:
    stage = plain_stage
    await stage.open()
    raw = mail(subject="Opening hours", Message_ID="<first@patrons.example>")
    await stage.mail(raw)

    acknowledgement = await stage.letter(PATRON)
    [item] = await stage.tickets()
    reference = item["reference"]
    said = acknowledgement.message
    assert "Dear Rhian Example," in acknowledgement.text
    assert reference in acknowledgement.text
    assert "Mair Pretend" in acknowledgement.text
    assert "You will hear from us by" in acknowledgement.text
    assert said["Subject"] == f"[{reference}] We have your enquiry"
    assert said["In-Reply-To"] == "<first@patrons.example>"
    assert said["Auto-Submitted"] == "auto-replied"
    assert acknowledgement.envelope_from == ""
    assert item["status"] == "assigned"
    assert item["owner"]["name"] == "Mair Pretend"
    assert item["promise"]["state"] == "made"

    answer = mail(
        subject=f"Re: {said['Subject']}",
        text="And on Sunday?",
        to=said["Reply-To"],
        In_Reply_To=said["Message-ID"],
        Message_ID="<second@patrons.example>",
    )
    await stage.mail(answer, to=said["Reply-To"])
    ticket, etag = await _version(stage, reference, 2)
    theirs = [one["text"].strip() for one in ticket["messages"] if one["direction"] == "in"]
    assert theirs[1:] == ["And on Sunday?"]

    status, claimed, headers = await stage.api(
        "POST", f"/v1/tickets/{reference}/claim", If_Match=etag
    )
    assert (status, claimed["owner"]["name"]) == (200, "Mair Pretend")
    status, replied, headers = await stage.api(
        "POST",
        f"/v1/tickets/{reference}/reply",
        {"text": "From ten to four. On Sunday we are closed."},
        If_Match=headers["ETag"],
    )
    assert (status, replied["promise"]["state"], replied["unread"]) == (200, "kept", False)
    status, resolved, _ = await stage.api(
        "POST", f"/v1/tickets/{reference}/resolve", If_Match=headers["ETag"]
    )
    assert (status, resolved["status"]) == (200, "resolved")

    reply = await stage.letter(PATRON, 2)
    assert "From ten to four." in reply.text
    assert "Mair Pretend" in reply.text
    assert reply.message["In-Reply-To"] == "<second@patrons.example>"
    assert reply.message["References"].split() == [
        "<first@patrons.example>",
        "<second@patrons.example>",
    ]
    assert reply.message["Subject"] == f"[{reference}] Re: Opening hours"
    assert reply.message["Reply-To"] == said["Reply-To"]
    assert reply.message["Auto-Submitted"] is None
    assert len(await stage.tickets()) == 1
    asked = await stage.letter(PATRON, 3)
    assert asked.message["Auto-Submitted"] == "auto-generated"
    assert "/survey/" not in asked.text, "nobody said where the public reaches us"
    assert len(stage.relay.delivered) == 3


async def _version(stage: Stage, reference: str, version: int) -> tuple[dict[str, Any], str]:
    """The ticket once it has got so far, and its ETag."""
    found: dict[str, Any] = {}

    async def there() -> bool:
        _, answer, headers = await stage.api("GET", f"/v1/tickets/{reference}")
        found.update(answer, etag=headers["ETag"])
        return int(answer["version"]) >= version

    await until(there)
    return found, str(found["etag"])
