"""The owner can't solve it: a colleague of another team can, and the patron always knows who has
it."""

from pathlib import Path

from tests.builders import mail
from tests.journeys.house import LOWRI, OWAIN, PATRON, do, events, library_file
from tests.stage import Stage


async def test_a_colleague_in_another_team_solves_what_the_owner_cant(
    stage: Stage, tmp_path: Path
) -> None:
    await stage.open(LIBRARY_FILE=library_file(tmp_path))
    await stage.mail(mail(subject="The key to cabinet nine"))
    reference = await stage.first_ticket()
    acknowledgement = await stage.letter(PATRON)
    assert "Mair Pretend" in acknowledgement.text

    await stage.add_staff(LOWRI)
    owains = await stage.add_staff(OWAIN)
    await stage.api("GET", "/v1/staff")  # routing knows of them from here on
    ticket = await do(stage, reference, "escalate", {"reason": "I don't know the cabinets."})
    assert ticket["owner"]["name"] == "Owain Invented"
    assert ticket["escalation"] == {"level": 1, "reason": "I don't know the cabinets."}
    assert ticket["handover"]["companion"]["name"] == "Mair Pretend"
    assert ticket["promise"]["state"] == "made"

    told = await stage.letter(PATRON, 2)
    assert "Owain Invented" in told.text
    assert reference in told.message["Subject"]
    alert = await stage.letter("owain@llanfair.example", seconds=330)
    assert reference in alert.text
    assert "cabinet" not in str(alert.message), "mail to staff names no patron's words"

    ticket = await do(stage, reference, "accept", token=owains)
    assert ticket["handover"] is None
    ticket = await do(stage, reference, "reply", {"text": "It hangs by the door."}, owains)
    assert "Owain Invented" in (await stage.letter(PATRON, 3)).text
    assert events(ticket)[-4:] == ["handed_over", "accepted", "replied", "promise_kept"]


async def test_who_declines_sends_it_on_and_the_lead_has_it_in_the_end(
    stage: Stage, tmp_path: Path
) -> None:
    await stage.open(LIBRARY_FILE=library_file(tmp_path))
    await stage.mail(mail())
    reference = await stage.first_ticket()
    await stage.add_staff(LOWRI)
    owains = await stage.add_staff(OWAIN)
    await stage.api("GET", "/v1/staff")
    await do(stage, reference, "escalate", {"reason": "No."})
    ticket = await do(stage, reference, "decline", {"reason": "Nor can I."}, owains)
    assert ticket["owner"]["name"] == "Lowri Example"
    assert ticket["handover"]["companion"]["name"] == "Mair Pretend"
    assert "Lowri Example" in (await stage.letter(PATRON, 3)).text
