"""A patron is asked whether it was solved, says no on the page, and is heard: the enquiry is open
again, with whoever had it, and its own page says so."""

import re
from pathlib import Path
from typing import Final

import aiohttp

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


async def test_what_was_not_solved_is_open_again_and_its_page_says_so(
    stage: Stage, tmp_path: Path
) -> None:
    file = Path(library_file(tmp_path))
    file.write_text(file.read_text() + f'\n[links]\naddress = "{OUTSIDE}"\n')
    await stage.open(LIBRARY_FILE=str(file))
    await stage.mail(mail())
    reference = await stage.first_ticket()
    await do(stage, reference, "reply", {"text": "From ten to four."})
    await do(stage, reference, "resolve")
    letter = await stage.letter(PATRON, 3)
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
