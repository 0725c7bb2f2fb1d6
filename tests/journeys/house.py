"""A library that never closes, with two teams, a lead and a ladder, for stories that should not
depend on the day on which they are told. Everybody in it is made up."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

from shared.library import WEEKDAYS
from shared.staff import StaffMember
from tests.stage import Stage

PATRON: Final = "rhian@patrons.example"
LOWRI: Final = StaffMember("lowri", "Lowri Example", "lowri@llanfair.example", "enquiries")
"""Leads the desk, and takes no tickets herself."""
OWAIN: Final = StaffMember(
    "owain",
    "Owain Invented",
    "owain@llanfair.example",
    "local-history",
    skills=frozenset({"general"}),
)
"""Of another team, and knows the desk's general questions."""

_LOOKS: Final = 3
"""That somebody takes before they give up on a ticket that keeps changing."""
_FILE: Final = """
[library]
name = "Llanfair-on-Sea Public Library"
enquiry_address = "enquiries@llanfair.example"
time_zone = "Europe/London"
languages = ["en", "cy"]

[hours]
{hours}
closures = [{closures}]

[[teams]]
id = "enquiries"
name = "Enquiry Desk"
lead = "lowri@llanfair.example"

[[teams]]
id = "local-history"
name = "Local History"

[[topics]]
id = "local-history"
team = "local-history"
phrases = ["census"]

[[topics]]
id = "general"
team = "enquiries"

[promise]
first_answer_open_hours = {standard}

[escalation]
digest_after_minutes = 0

[contact]
first_try_open_minutes = {first_try}
attempts = 2

[sign_off]
en = "With kind regards"
cy = "Cofion cynnes"
"""


def library_file(
    folder: Path,
    *,
    standard: float = 8.0,
    first_try: float = 2.0,
    closed: tuple[date, ...] = (),
    week: str = "00:00-24:00",
) -> str:
    """The library's file, for `LIBRARY_FILE`."""
    hours = "\n".join(f'{day} = ["{week}"]' for day in WEEKDAYS)
    closures = ", ".join(f'{{ on = {day}, reason = "Holiday" }}' for day in closed)
    path = folder / "library.toml"
    path.write_text(
        _FILE.format(hours=hours, closures=closures, standard=standard, first_try=first_try),
        encoding="utf-8",
    )
    return str(path)


def next_days(today: date, count: int) -> tuple[date, ...]:
    """Today and the days after it."""
    return tuple(today + timedelta(days=number) for number in range(count))


async def do(
    stage: Stage, reference: str, action: str, body: Any = None, token: str | None = None
) -> Any:
    """One thing that a staff member does with a ticket as it stands; the ticket after it. Told that
    it has changed meanwhile, they look again, as anybody would, and do it."""
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    path = f"/v1/tickets/{reference}"
    for _ in range(_LOOKS):
        _, _, seen = await stage.api("GET", path, **headers)
        status, ticket, _ = await stage.api(
            "POST", f"{path}/{action}", body, If_Match=seen["ETag"], **headers
        )
        if status != 412:
            break
    assert status == 200, ticket
    return ticket


def events(ticket: Any) -> list[str]:
    """What its timeline says."""
    return [one["event"] for one in ticket["timeline"]]
