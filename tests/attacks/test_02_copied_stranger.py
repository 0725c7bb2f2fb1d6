"""Who is copied on a forged reply is told a ticket's history: CVE-2024-49193."""

import email
from email.policy import default

from tests.builders import mail
from tests.stage import Stage, until

PATRON = "rhian@patrons.example"
STRANGER = "mallory@elsewhere.example"


async def test_nobody_but_the_patron_is_ever_written_to(stage: Stage) -> None:
    """Whatever a letter in the patron's name says of others: no mail to them, no part for them."""
    await stage.open()
    others = {
        "Cc": STRANGER,
        "Bcc": STRANGER,
        "Reply_To": f"Rhian Example <{STRANGER}>",
        "Sender": STRANGER,
        "Return_Path": f"<{STRANGER}>",
        "Errors_To": STRANGER,
        "Disposition_Notification_To": STRANGER,
        "Mail_Followup_To": STRANGER,
        "Resent_To": STRANGER,
        "Resent_From": STRANGER,
        "Apparently_To": STRANGER,
    }
    await stage.mail(mail(subject="Private", Message_ID="<p@patrons.example>", **others), STRANGER)
    await stage.letter(PATRON)
    [ticket] = await stage.tickets()
    tag = f"Re: [{ticket['reference']}] Private"
    to_both = mail(subject=tag, to=f"enquiries@llanfair.example, {STRANGER}", **others)
    await stage.mail(to_both, STRANGER)

    async def joined() -> bool:
        _, whole, _ = await stage.api("GET", f"/v1/tickets/{ticket['reference']}")
        return len(whole["messages"]) == 3

    await until(joined)
    # Who was copied knows the reference and the Message-IDs: he is a stranger all the same.
    named = mail(sender=STRANGER, subject=tag, In_Reply_To="<p@patrons.example>")
    await stage.mail(named, STRANGER)
    await stage.letter(STRANGER)

    _, whole, headers = await stage.api("GET", f"/v1/tickets/{ticket['reference']}")
    assert len(whole["messages"]) == 3
    path = f"/v1/tickets/{ticket['reference']}/reply"
    status, _, _ = await stage.api("POST", path, {"text": "Secret."}, If_Match=headers["ETag"])
    assert status < 300
    await stage.letter(PATRON, 2)
    assert [one.to for one in stage.relay.delivered] == [PATRON, STRANGER, PATRON]
    [his_own] = stage.relay.to(STRANGER)
    assert ticket["reference"] not in his_own.message["Subject"]
    assert "Secret" not in his_own.text
    for one in stage.relay.to(PATRON):
        assert STRANGER not in str(email.message_from_bytes(bytes(one.message), policy=default))
