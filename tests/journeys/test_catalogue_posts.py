"""The catalogue posts an enquiry: kept before it is answered, once for each Idempotency-Key."""

import asyncio

from tests.stage import Stage, until

BODY = {
    "patron": {"name": "Owain Dummy", "email": "owain@patrons.example", "language": "cy"},
    "subject": "Ask about this item",
    "body": "Oes copi print bras?",
    "item": {"title": "A Made-up Novel", "isbn": "9780000000002"},
    "attachments": [{"filename": "a.txt", "content_type": "text/plain", "content": "aGk="}],
}


async def test_it_becomes_a_ticket_and_is_acknowledged_in_the_patrons_language(
    stage: Stage,
) -> None:
    await stage.open()
    status, answer, _ = await stage.catalogue("POST", "/v1/enquiries", BODY, Idempotency_Key="a")
    assert status == 202
    letter = await stage.letter("owain@patrons.example")
    assert "Annwyl Owain Dummy," in letter.text
    assert letter.message["Content-Language"] == "cy"
    assert answer["reference"] in letter.message["Subject"]
    status, state, _ = await stage.catalogue("GET", answer["href"])
    assert status == 200
    assert state["status"] == "assigned"
    assert state["owner"] == {"name": "Mair Pretend"}
    assert state["promise"]["due_at"].endswith("Z")
    _, ticket, _ = await stage.api("GET", f"/v1/tickets/{answer['reference']}")
    assert ticket["messages"][0]["attachments"][0]["filename"] == "a.txt"


async def test_fifty_equal_posts_are_one_ticket_and_fifty_equal_answers(stage: Stage) -> None:
    await stage.open()
    answers = await asyncio.gather(
        *(stage.catalogue("POST", "/v1/enquiries", BODY, Idempotency_Key="same") for _ in range(50))
    )
    assert {status for status, _, _ in answers} == {202}
    assert len({body["reference"] for _, body, _ in answers}) == 1
    other = BODY | {"subject": "Another"}
    status, body, _ = await stage.catalogue("POST", "/v1/enquiries", other, Idempotency_Key="same")
    assert (status, body["type"]) == (422, "/problems/idempotency-key-used")

    async def there() -> bool:
        return len(await stage.tickets()) == 1

    await until(there)


async def test_a_bad_body_gets_the_field_at_fault(stage: Stage) -> None:
    await stage.open()
    patron = BODY["patron"]
    assert isinstance(patron, dict)
    cases = {
        "patron.email": BODY
        | {"patron": patron | {"email": "a@b.example>\r\nRCPT TO:<x@y.example"}},
        "patron.language": BODY | {"patron": patron | {"language": {"$ne": "en"}}},
        "body": BODY | {"body": ""},
        "surprise": BODY | {"surprise": 1},
        "needed_by": BODY | {"needed_by": "soon"},
        "attachments.0.content": BODY
        | {"attachments": [{"filename": "a", "content_type": "b", "content": "!"}]},
    }
    for field, body in cases.items():
        status, answer, _ = await stage.catalogue(
            "POST", "/v1/enquiries", body, Idempotency_Key="x"
        )
        assert status == 422, field
        assert answer["errors"][0]["field"] == field
    status, answer, _ = await stage.catalogue("POST", "/v1/enquiries", BODY)
    assert (status, answer["type"]) == (400, "/problems/idempotency-key")
    status, _, _ = await stage.catalogue(
        "POST", "/v1/enquiries", BODY, Idempotency_Key="x", Authorization=f"Bearer {stage.token}"
    )
    assert status == 403
    assert await stage.tickets() == []
