"""A call is cut off: it becomes somebody's task, once, and the patron is told so if he can be."""

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
