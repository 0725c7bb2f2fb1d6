"""The final answer can't be delivered: the ticket is not resolved, and its owner knows at once."""

from typing import Any

from tests.builders import mail
from tests.stage import Stage, until

PATRON = "rhian@patrons.example"
MAIR = "mair@llanfair.example"


async def _ticket(stage: Stage, reference: str) -> dict[str, Any]:
    _, ticket, _ = await stage.api("GET", f"/v1/tickets/{reference}")
    return dict(ticket)


async def _post(stage: Stage, path: str, body: Any = None) -> None:
    _, _, headers = await stage.api("GET", path.rpartition("/")[0])
    status, answer, _ = await stage.api("POST", path, body, If_Match=headers["ETag"])
    assert status == 200, answer


async def test_a_resolved_ticket_whose_answer_is_refused_reopens_and_its_owner_is_told(
    stage: Stage,
) -> None:
    await stage.open()
    await stage.mail(mail())
    await stage.letter(PATRON)
    [item] = await stage.tickets()
    path = f"/v1/tickets/{item['reference']}"

    stage.relay.nobody.add(PATRON)
    # Not now at first, so that the ticket is resolved before the answer is refused.
    stage.relay.refusal = "451 4.7.1 Greylisted"
    await _post(stage, f"{path}/reply", {"text": "From ten to four."})
    await _post(stage, f"{path}/resolve", {})
    assert (await _ticket(stage, item["reference"]))["status"] == "resolved"
    stage.relay.refusal = "550 5.1.1 Nobody here"

    alert = await stage.letter(MAIR)
    assert alert.message["Subject"] == (f"Contact with the patron is lost: {item['reference']}")
    assert alert.message["Auto-Submitted"] == "auto-generated"
    assert alert.envelope_from == ""
    assert "owner Mair Pretend" in alert.text
    assert PATRON not in alert.message.as_string()

    ticket = await _ticket(stage, item["reference"])
    assert ticket["status"] == "assigned"
    assert ticket["promise"]["state"] == "made"
    happened = [one["event"] for one in ticket["timeline"]]
    assert happened.count("contact_lost") == 1
    assert "reopened" in happened
    [lost] = [one for one in ticket["timeline"] if one["event"] == "contact_lost"]
    assert (lost["channel"], lost["reason"]) == ("mail", "the relay answered 550")

    async def settled() -> bool:
        ticket = await _ticket(stage, item["reference"])
        states = [one["state"] for one in ticket["messages"] if one["direction"] == "out"]
        # Whether it was solved is asked of nobody who can't be reached; no alert is on a ticket.
        return sorted(states) in (["refused", "sent", "suppressed"], ["refused", "refused", "sent"])

    await until(settled)

    async def told() -> bool:
        return all(not one.get("outbox") for one in await stage.stored("notices"))

    await until(told)
    assert len(stage.relay.to(MAIR)) == 1
