"""A patron is asked whether it was solved, says no on the page, and is heard: the enquiry is open
again, with whoever had it, and its own page says so."""

import asyncio
import re
from functools import partial
from pathlib import Path
from typing import Final

import aiohttp
import pytest

from deploy.local.servers import Service
from tests.builders import mail
from tests.journeys.house import PATRON, do, events, library_file
from tests.stage import Delivered, Stage, until

OUTSIDE: Final = "https://desk.llanfair.example"


def _link(letter: Delivered, page: str) -> str:
    """The path of the page that a letter leads to."""
    found = re.search(rf"{re.escape(OUTSIDE)}(/{page}/[0-9a-z.]+)", letter.text)
    assert found is not None, letter.text
    return found[1]


async def _page(stage: Stage, path: str, form: dict[str, str] | None = None) -> tuple[int, str]:
    url = f"http://127.0.0.1:{stage.ports['intake']}{path}"
    method = "GET" if form is None else "POST"
    async with (
        aiohttp.ClientSession() as session,
        session.request(method, url, data=form, params={"lang": "en"}) as answer,
    ):
        return answer.status, await answer.text()


async def _asked(stage: Stage, folder: Path) -> tuple[str, Delivered]:
    """A ticket that was answered and resolved, and the letter that asks whether it was solved."""
    file = Path(library_file(folder))
    file.write_text(file.read_text() + f'\n[links]\naddress = "{OUTSIDE}"\n')
    await stage.open(LIBRARY_FILE=str(file))
    await stage.mail(mail())
    reference = await stage.first_ticket()
    await do(stage, reference, "reply", {"text": "From ten to four."})
    await do(stage, reference, "resolve")
    return reference, await stage.letter(PATRON, 3)


async def test_what_was_not_solved_is_open_again_and_its_page_says_so(
    stage: Stage, tmp_path: Path
) -> None:
    reference, letter = await _asked(stage, tmp_path)
    assert letter.message["Auto-Submitted"] == "auto-generated"

    survey, status = _link(letter, "survey"), _link(letter, "s")
    code, page = await _page(stage, status)
    assert (code, reference in page, "it is answered" in page) == (200, True, True)
    assert "We wrote to you." in page
    assert "From ten to four" not in page

    for _ in range(2):
        assert (await _page(stage, survey))[0] == 200
    assert (await stage.ticket(reference))["status"] == "resolved", "looking changes nothing"

    said = {"solved": "no", "recommend": "3", "words": "It is Sunday that I ask about."}
    for _ in range(2):  # as who presses twice
        code, page = await _page(stage, survey, said)
        assert (code, "Your enquiry is being opened again" in page) == (200, True)

    async def reopened() -> bool:
        return bool((await stage.ticket(reference))["status"] == "assigned")

    await until(reopened)
    ticket = await stage.ticket(reference)
    assert (ticket["owner"]["id"], ticket["promise"]["state"]) == ("mair", "made")
    [told] = [one for one in ticket["messages"] if "survey" in one.get("asked", {})]
    assert told["text"] == "It is Sunday that I ask about."
    assert told["asked"]["survey"] == {"solved": False, "recommend": 3, "revision": 1}
    assert events(ticket).count("survey_answered") == 1

    again = await stage.letter(PATRON, 4)
    assert "open again" in again.text
    assert "Mair Pretend" in again.text
    _, page = await _page(stage, status)
    assert "Mair Pretend" in page
    assert "You told us that it was not solved." in page
    assert "It was opened again." in page
    assert "You will hear from us by" in page
    assert "Sunday that I ask" not in page

    code, gone = await _page(stage, status[:-2] + "aa")
    assert (code, "This link leads nowhere" in gone) == (404, True)
    assert len(stage.relay.to(PATRON)) == 4, "one letter for each thing that happened"


async def _started_to_die(service: Service, place: str) -> None:
    """It ends the next time that it comes by this place."""
    service.kill()
    service.process.env["CRASH_AT"] = f"{place}:1" if place else ""
    service.start()
    await until(partial(asyncio.to_thread, getattr, service, "is_ready"))


async def test_an_answer_outlives_whoever_is_killed_and_is_taken_once(
    stage: Stage, tmp_path: Path
) -> None:
    reference, letter = await _asked(stage, tmp_path)
    survey = _link(letter, "survey")
    [intake], [routing] = stage.services["intake"], stage.services["routing"]
    await _started_to_die(intake, "intake.after_store")
    await _started_to_die(routing, "routing.after_effect")
    said = {"solved": "no", "words": "It is Sunday that I ask about."}
    with pytest.raises(aiohttp.ClientError):
        await _page(stage, survey, said)
    # Nobody has said "thank you", and so it is sent again.
    await _started_to_die(intake, "")
    assert (await _page(stage, survey, said))[0] == 200

    async def died() -> bool:
        return not routing.alive

    await until(died)
    await _started_to_die(routing, "")
    await stage.letter(PATRON, 4)
    ticket = await stage.ticket(reference)
    assert events(ticket).count("survey_answered") == events(ticket).count("reopened") == 1
    kept = [one for one in await stage.stored("messages") if one.get("door") == "survey"]
    assert [(one["text"], one["asked"]["survey"]["revision"]) for one in kept] == [
        (said["words"], 1)
    ]

    async def told() -> bool:
        return not any(one["outbox"] for one in await stage.stored("messages") if "outbox" in one)

    await until(told)
    assert await stage.desk("dead", "list") == ""
    assert len(stage.relay.to(PATRON)) == 4
