"""A patron says on the telephone how they want to be served: what is open follows, and so does all
that they ask from then on."""

import asyncio
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, Final

import aiohttp
import pytest

from deploy.local.servers import Service
from tests.builders import mail
from tests.journeys.house import PATRON, do, events, library_file
from tests.stage import Delivered, Stage, until

PATH: Final = f"/v1/patrons/{PATRON}"
WELSH: Final = {"name": "Rhi", "language": "cy", "format": "plain-text"}


def restarted(stage: Stage, place: str = "") -> Service:
    """Routing anew; it ends itself at this place."""
    [service] = stage.services["routing"]
    service.kill()
    service.process.env["CRASH_AT"] = f"{place}:1" if place else ""
    service.start()
    return service


async def prefer(stage: Stage, said: dict[str, Any]) -> Any:
    """What is noted from now on."""
    _, _, seen = await stage.api("GET", PATH)
    status, known, _ = await stage.api("PATCH", PATH, said, If_Match=seen["ETag"])
    assert status == 200, known
    return known


async def heeds(stage: Stage, reference: str, version: int) -> None:
    async def so() -> bool:
        return events(await stage.ticket(reference)).count("patron_changed") == version

    await until(so)


def is_welsh_and_plain(letter: Delivered) -> bool:
    return (
        letter.message["Content-Language"] == "cy"
        and letter.message.get_content_type() == "text/plain"
        and letter.message["To"] == f"Rhi <{PATRON}>"
        and "Rhian" not in letter.text
    )


async def test_the_next_letter_is_in_the_new_language_form_and_name(
    stage: Stage, tmp_path: Path
) -> None:
    await stage.open(LIBRARY_FILE=library_file(tmp_path))
    await stage.mail(mail(sender=PATRON, text="When are you open on Sunday?"), PATRON)
    reference = await stage.first_ticket()
    first = await stage.letter(PATRON)
    assert first.message["Content-Language"] == "en"
    assert "Rhian" in first.text
    known = await prefer(stage, WELSH)
    assert known["preferences"]["by"] == {"id": "mair", "name": "Mair Pretend"}
    await heeds(stage, reference, 1)
    ticket = await do(stage, reference, "reply", {"text": "From ten to four."})
    assert (ticket["language"], ticket["format"]) == ("cy", "plain-text")
    assert is_welsh_and_plain(await stage.letter(PATRON, 2))

    # And what they ask from then on, by mail in plain English.
    await stage.mail(mail(sender=PATRON, text="Are you open on Monday, and until when?"), PATRON)
    again = await stage.letter(PATRON, 3)
    assert is_welsh_and_plain(again)
    assert "Rhi," in again.text
    # What an integration says of this enquiry goes before.
    patron = {"name": "R. Example", "email": PATRON, "language": "en", "format": "large-print"}
    body = {"patron": patron, "subject": "A map", "body": "Oes gennych chi fap o'r dref?"}
    status, _, _ = await stage.catalogue("POST", "/v1/enquiries", body, Idempotency_Key="map")
    assert status == 202
    asked = await stage.letter(PATRON, 4)
    assert (asked.message["Content-Language"], asked.message["To"]) == ("en", f"Rhi <{PATRON}>")
    assert "large-print" in [one["format"] for one in await stage.tickets()]
    # Somebody else's letters are as they were.
    await stage.mail(mail(sender="gwen@patrons.example", name="Gwen"), "gwen@patrons.example")
    others = await stage.letter("gwen@patrons.example")
    assert others.message["Content-Language"] == "en"


@pytest.mark.parametrize(
    "place", ["outbox.before_publish", "patron.before_effect", "patron.after_effect"]
)
async def test_wherever_routing_is_killed_the_tickets_follow_once(
    stage: Stage, tmp_path: Path, place: str
) -> None:
    await stage.open(LIBRARY_FILE=library_file(tmp_path))
    for subject in ("Hours", "A map"):
        await stage.mail(mail(sender=PATRON, subject=subject), PATRON)
    await stage.letter(PATRON, 2)

    async def is_told() -> bool:
        return not any(one["outbox"] for one in await stage.stored("tickets"))

    await until(is_told)
    dying = restarted(stage, place)
    await stage.ready()
    with suppress(aiohttp.ClientError):  # it may be gone before it has answered
        await stage.api("PATCH", PATH, WELSH, If_Match='"0"')

    async def is_dead() -> bool:
        return not await asyncio.to_thread(lambda: dying.alive)

    await until(is_dead)
    restarted(stage)
    await stage.ready()
    for one in await stage.tickets():
        await heeds(stage, one["reference"], 1)
        ticket = await stage.ticket(one["reference"])
        assert (ticket["language"], ticket["patron"]["name"]) == ("cy", "Rhi")

    async def is_settled() -> bool:
        return not any(one["outbox"] for one in await stage.stored("patrons"))

    await until(is_settled)
    await until(partial(is_idle, stage))
    for one in await stage.tickets():
        assert events(await stage.ticket(one["reference"])).count("patron_changed") == 1
    assert await stage.desk("dead", "list") == ""


async def is_idle(stage: Stage) -> bool:
    """Whether routing has taken all that was said of patrons."""
    port = stage.ports["routing"]
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"http://127.0.0.1:{port}/metrics") as answer,
    ):
        return 'desk_deliveries_total{outcome="done",queue="routing.patrons"}' in (
            await answer.text()
        )
