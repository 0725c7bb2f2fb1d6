"""A patron says thank you: it is kept, and nothing else happens. With a "but", it is a question."""

from pathlib import Path

from tests.builders import mail
from tests.journeys.house import PATRON, do, events, library_file
from tests.stage import Stage, until


async def test_thanks_are_kept_and_thanks_with_a_question_reopen(
    stage: Stage, tmp_path: Path
) -> None:
    await stage.open(LIBRARY_FILE=library_file(tmp_path))
    await stage.mail(mail())
    reference = await stage.first_ticket()
    await do(stage, reference, "reply", {"text": "From ten to four."})
    reply = await stage.letter(PATRON, 2)
    resolved = await do(stage, reference, "resolve")
    assert resolved["status"] == "resolved"
    assert "Did this solve it?" in (await stage.letter(PATRON, 3)).message["Subject"]

    async def writes(text: str, number: int) -> None:
        answer = mail(
            to=reply.message["Reply-To"],
            subject=f"Re: {reply.message['Subject']}",
            text=text,
            In_Reply_To=reply.message["Message-ID"],
            Message_ID=f"<thanks-{number}@patrons.example>",
        )
        await stage.mail(answer, to=reply.message["Reply-To"])

    await writes("Thank you so much, that was very helpful!\n\nBest wishes,\nRhian", 1)

    async def praised() -> bool:
        return "praised" in events(await stage.ticket(reference))

    await until(praised)
    ticket = await stage.ticket(reference)
    assert (ticket["status"], ticket["praise"], ticket["unread"]) == ("resolved", 1, False)
    assert ticket["promise"]["state"] == "kept"
    assert len(stage.relay.to(PATRON)) == 3, "thanks are not answered by a machine"

    await writes("Thank you, but are you open on Sunday too?", 2)

    async def reopened() -> bool:
        ticket = await stage.ticket(reference)
        return bool(ticket["status"] == "assigned")

    await until(reopened)
    assert (await stage.ticket(reference))["promise"]["state"] == "made"
    again = await stage.letter(PATRON, 4)
    assert "open again" in again.text
    assert again.message["In-Reply-To"] == "<thanks-2@patrons.example>"
