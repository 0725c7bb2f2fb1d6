"""A call is cut off: it becomes somebody's task, once, and the patron is told so if he can be."""

from datetime import datetime, timedelta
from pathlib import Path

from tests.journeys.house import LOWRI, do, events, library_file
from tests.stage import Stage, until

CALL = {
    "patron": {"name": "Owain Dummy", "phone": "01632 960000", "language": "cy"},
    "channel": "phone",
    "note": "He asked for the tide tables of 1911.",
}


async def test_a_dropped_call_posted_twice_is_one_task_with_an_owner(stage: Stage) -> None:
    await stage.open()
    answers = [
        await stage.catalogue("POST", "/v1/contacts/lost", CALL, Idempotency_Key="call-1")
        for _ in range(2)
    ]
    assert [status for status, _, _ in answers] == [202, 202]
    assert answers[0][1] == answers[1][1]
    reference = answers[0][1]["reference"]

    async def there() -> bool:
        return len(await stage.tickets()) == 1

    await until(there)
    _, ticket, _ = await stage.api("GET", f"/v1/tickets/{reference}")
    assert ticket["owner"]["name"] == "Mair Pretend"
    assert ticket["promise"]["state"] == "made"
    [lost] = [one for one in ticket["timeline"] if one["event"] == "contact_lost"]
    assert lost["channel"] == "phone"
    [message] = ticket["messages"]
    assert "Phone: 01632 960000" in message["text"]
    assert "tide tables of 1911" in message["text"]
    status, state, _ = await stage.catalogue("GET", answers[0][1]["href"])
    assert (status, state["status"]) == (200, "assigned")
    assert stage.relay.delivered == [], "there is no address to write to"


async def test_who_left_an_address_is_told_and_the_old_ticket_is_the_task(stage: Stage) -> None:
    await stage.open()
    patron = {"name": "Owain Dummy", "email": "owain@patrons.example", "language": "cy"}
    lost = {"patron": patron, "channel": "chat"}
    _, answer, _ = await stage.catalogue("POST", "/v1/contacts/lost", lost, Idempotency_Key="1")
    letter = await stage.letter("owain@patrons.example")
    assert "Collwyd y cysylltiad" in letter.message["Subject"]
    assert answer["reference"] in letter.message["Subject"]
    assert "Mair Pretend" in letter.text

    again = lost | {"reference": answer["reference"]}
    _, same, _ = await stage.catalogue("POST", "/v1/contacts/lost", again, Idempotency_Key="2")
    assert same == answer

    async def joined() -> bool:
        _, ticket, _ = await stage.api("GET", f"/v1/tickets/{answer['reference']}")
        return [one["event"] for one in ticket["timeline"]].count("contact_lost") == 2

    await until(joined)
    assert len(await stage.tickets()) == 1

    stranger = again | {"patron": {"email": "stranger@elsewhere.example"}}
    _, other, _ = await stage.catalogue("POST", "/v1/contacts/lost", stranger, Idempotency_Key="3")
    assert other["reference"] != answer["reference"]

    async def linked() -> bool:
        status, ticket, _ = await stage.api("GET", f"/v1/tickets/{other['reference']}")
        named = [one.get("names") for one in ticket.get("timeline", ())]
        return status == 200 and answer["reference"] in named

    await until(linked)


async def test_a_dropped_call_is_called_back_and_each_try_is_kept(
    stage: Stage, tmp_path: Path
) -> None:
    await stage.open(LIBRARY_FILE=library_file(tmp_path))
    _, answer, _ = await stage.catalogue("POST", "/v1/contacts/lost", CALL, Idempotency_Key="1")
    reference = await stage.first_ticket()
    assert reference == answer["reference"]
    ticket = await stage.ticket(reference)
    lost = ticket["contact"]
    due_at = datetime.fromisoformat(lost["due_at"])
    assert due_at - datetime.fromisoformat(lost["since"]) == timedelta(minutes=2)
    assert lost["ways"]["phone"] == ["01632 960000"]
    assert "cut off" in lost["say"]
    alert = await stage.letter("mair@llanfair.example", seconds=10)
    assert reference in alert.text, "the owner knows within seconds"

    tried = {"how": "phone", "reached": False, "note": "Engaged."}
    ticket = await do(stage, reference, "contact", tried)
    assert len(ticket["contact"]["attempts"]) == 1
    spoken = {"how": "phone", "reached": True, "note": "He has his tide tables."}
    ticket = await do(stage, reference, "contact", spoken)
    assert ticket["contact"] is None
    assert events(ticket)[-3:] == ["contact_tried", "contact_made", "promise_kept"]


async def test_after_the_last_try_it_rests_where_everybody_sees_it(
    stage: Stage, tmp_path: Path
) -> None:
    await stage.open(LIBRARY_FILE=library_file(tmp_path))
    await stage.catalogue("POST", "/v1/contacts/lost", CALL, Idempotency_Key="1")
    reference = await stage.first_ticket()
    for _ in range(2):
        tried = {"how": "phone", "reached": False, "note": "No answer."}
        ticket = await do(stage, reference, "contact", tried)
    assert ticket["contact"]["rests"]
    assert events(ticket)[-1] == "contact_rests"


async def test_a_call_that_nobody_makes_is_the_leads_affair(stage: Stage, tmp_path: Path) -> None:
    await stage.open(LIBRARY_FILE=library_file(tmp_path, first_try=0.05))
    await stage.add_staff(LOWRI)
    await stage.catalogue("POST", "/v1/contacts/lost", CALL, Idempotency_Key="1")
    reference = await stage.first_ticket()

    async def overdue() -> bool:
        return "call_back_overdue" in events(await stage.ticket(reference))

    await until(overdue)
    assert reference in (await stage.letter("lowri@llanfair.example")).text
