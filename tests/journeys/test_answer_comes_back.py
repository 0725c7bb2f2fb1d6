"""The final answer bounces: the ticket is not resolved, and its owner has to find the patron."""

from email.message import EmailMessage
from pathlib import Path

from tests.builders import mail
from tests.journeys.house import PATRON, do, events, library_file
from tests.stage import Delivered, Stage, until


def bounce(of: Delivered) -> bytes:
    """RFC 3464: that letter of ours could not be delivered."""
    returned = EmailMessage()
    returned["From"] = "MAILER-DAEMON@patrons.example"
    returned["To"] = of.envelope_from
    returned["Subject"] = "Undelivered Mail Returned to Sender"
    returned["Auto-Submitted"] = "auto-replied"
    returned["Message-ID"] = "<bounce.1@patrons.example>"
    returned["MIME-Version"] = "1.0"
    returned["Content-Type"] = 'multipart/report; report-type=delivery-status; boundary="b"'
    original = of.message.as_string()
    parts = (
        "--b\nContent-Type: text/plain\n\nNo such mailbox.\n",
        "--b\nContent-Type: message/delivery-status\n\n"
        "Reporting-MTA: dns; mx.patrons.example\n\n"
        f"Final-Recipient: rfc822; {of.to}\nAction: failed\nStatus: 5.1.1\n",
        f"--b\nContent-Type: message/rfc822\n\n{original}\n--b--\n",
    )
    text = returned.as_string().partition("\n\n")[0] + "\n\n" + "\n".join(parts)
    return text.replace("\n", "\r\n").encode()


async def test_a_resolved_ticket_whose_answer_came_back_is_not_resolved(
    stage: Stage, tmp_path: Path
) -> None:
    await stage.open(LIBRARY_FILE=library_file(tmp_path))
    await stage.mail(mail())
    reference = await stage.first_ticket()
    await do(stage, reference, "reply", {"text": "From ten to four."})
    reply = await stage.letter(PATRON, 2)
    assert (await do(stage, reference, "resolve"))["status"] == "resolved"
    await stage.letter(PATRON, 3)

    await stage.mail(bounce(reply), "", to=reply.envelope_from)

    async def reopened() -> bool:
        ticket = await stage.ticket(reference)
        return bool(ticket["status"] == "assigned")

    await until(reopened)
    ticket = await stage.ticket(reference)
    assert ticket["contact"]["channel"] == "mail"
    assert ticket["promise"]["state"] == "made"
    assert events(ticket)[-4:] == ["automatic_mail_noted", "contact_lost", "reopened", "promised"]
    assert "came back" in ticket["contact"]["say"]
    assert reference in (await stage.letter("mair@llanfair.example")).text
    assert len(stage.relay.to(PATRON)) == 3, "nothing is sent to where nothing arrives"
