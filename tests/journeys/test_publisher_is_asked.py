"""A patron is asked in which form they need copies, and says it; a publisher is asked, and answers;
the patron has the copy, with an account of all."""

from typing import Any

from tests.builders import mail
from tests.journeys.test_staff_send_files import uploaded
from tests.stage import Delivered, Stage, until

PATRON = "rhian@patrons.example"
PUBLISHER = "rights@gwasg-afon.example"
COPY = b"%PDF-1.7 " + bytes(number % 251 for number in range(20_000))


async def done(stage: Stage, path: str, body: Any) -> Any:
    """On the ticket as it stands."""
    _, _, seen = await stage.api("GET", path.partition("/deliveries")[0])
    status, said, _ = await stage.api("POST", path, body, If_Match=seen["ETag"])
    assert status == 200, said
    return said


async def test_what_a_publisher_answers_is_theirs_and_the_copy_goes_to_the_patron(
    stage: Stage,
) -> None:
    await stage.open()
    await stage.mail(mail(text="I need Rivers of Gwynedd in a form my screen reader can read."))
    reference = await stage.first_ticket()
    body = {"name": "Gwasg Afon", "address": PUBLISHER, "language": "cy"}
    status, publisher, _ = await stage.api("POST", "/v1/publishers", body)
    assert status == 201, publisher
    wanted = {"rights": "section 31A"}
    opened = await done(stage, f"/v1/tickets/{reference}/deliveries", wanted)
    path = f"/v1/tickets/{reference}/deliveries/{opened['id']}"
    listed = (await stage.desk("deliveries")).splitlines()
    assert any("no format" in one and "the patron" in one for one in listed)
    asks = await stage.letter(PATRON, 2)
    assert "In which form" in str(asks.message["Subject"])
    await stage.mail(mail(text="Tagged PDF, please.", In_Reply_To=str(asks.message["Message-ID"])))

    async def is_known() -> bool:
        _, known, _ = await stage.api("GET", path)
        return bool(known["format"] == "tagged PDF" and known["format_by"] is None)

    await until(is_known)
    items = [{"title": "Rivers of Gwynedd"}, {"title": "Hills"}]
    await done(stage, f"{path}/items", {"items": items})
    await done(stage, f"{path}/cannot", {"item": 2, "reason": "It was never printed"})
    await done(stage, f"{path}/ask", {"items": [1], "publisher": publisher["id"]})

    asked = await stage.letter(PUBLISHER)
    assert "Rivers of Gwynedd" in asked.text
    assert "PDF wedi’i dagio" in asked.text, "in their language"
    assert "Rhian" not in str(asked.message)
    reply_to = str(asked.message["Reply-To"])
    answer = mail(sender=PUBLISHER, name="Rights", to=reply_to, text="Here it is, for your reader.")
    await stage.mail(answer, PUBLISHER, to=reply_to)

    async def heard() -> bool:
        _, known, _ = await stage.api("GET", path)
        return bool(known["items"][0]["needs_somebody"])

    await until(heard)
    ticket = await stage.ticket(reference)
    [theirs] = [one for one in ticket["messages"] if one.get("party") == "publisher"]
    assert theirs["new_text"].strip() == "Here it is, for your reader."
    assert ticket["patron"]["address"] == PATRON
    assert "publisher_wrote" in [one["event"] for one in ticket["timeline"]]

    await done(stage, f"{path}/receive", {"items": [1]})
    file = await uploaded(stage, reference, "rivers.pdf", COPY)
    known = await done(stage, f"{path}/ready", {"item": 1, "file": file})
    assert [one["state"] for one in known["items"]] == ["delivered", "cannot_be_had"]

    def with_files() -> list[tuple[Delivered, Any]]:
        letters = stage.relay.to(PATRON)
        return [(it, one) for it in letters for one in it.message.walk() if one.get_filename()]

    async def it_came() -> bool:
        return bool(with_files())

    await until(it_came)
    [(last, part)] = with_files()
    assert part.get_payload(decode=True) == COPY
    assert "full account" in last.text
    assert "It was never printed" in last.text
    assert await stage.desk("deliveries") == ""
