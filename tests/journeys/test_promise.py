"""A promise is renegotiated in time and told; one that breaks is told before anybody asks; and over
a holiday nothing is promised that can't be."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from tests.builders import mail
from tests.journeys.house import LOWRI, PATRON, do, events, library_file, next_days
from tests.stage import Stage, until

LONDON = ZoneInfo("Europe/London")


async def test_a_promise_is_renegotiated_in_time_and_the_patron_told_why(
    stage: Stage, tmp_path: Path
) -> None:
    await stage.open(LIBRARY_FILE=library_file(tmp_path))
    await stage.mail(mail())
    reference = await stage.first_ticket()
    due_at = (datetime.now(UTC) + timedelta(days=3)).replace(microsecond=0)
    body = {"due_at": due_at.isoformat(), "reason": "The map is with the binder."}
    ticket = await do(stage, reference, "promise", body)
    states = [one["state"] for one in ticket["promises"]]
    assert states == ["made", "renegotiated", "made"]
    assert datetime.fromisoformat(ticket["promise"]["due_at"]) == due_at
    told = await stage.letter(PATRON, 2)
    assert "The map is with the binder." in told.text
    assert f"{due_at.astimezone(LONDON):%H:%M}" in told.text
    assert told.message["Auto-Submitted"]


async def test_a_promise_that_breaks_is_told_at_once_with_what_counts_now(
    stage: Stage, tmp_path: Path
) -> None:
    # Twelve seconds: at risk after nine.
    await stage.open(LIBRARY_FILE=library_file(tmp_path, standard=12 / 3600))
    await stage.add_staff(LOWRI)
    await stage.mail(mail())
    reference = await stage.first_ticket()

    async def broken() -> bool:
        return "promise_broken" in events(await stage.ticket(reference))

    await until(broken, 60)
    ticket = await stage.ticket(reference)
    said = events(ticket)
    assert said.index("promise_at_risk") < said.index("promise_broken")
    states = [one["state"] for one in ticket["promises"]]
    assert states[:3] == ["made", "broken", "made"]
    told = await stage.letter(PATRON, 2)
    assert reference in told.message["Subject"]
    # The owner hears of it before it breaks, and who is above.
    first = await stage.letter("mair@llanfair.example")
    assert reference in first.text
    assert (await stage.letter("lowri@llanfair.example")).message["Auto-Submitted"]


async def test_over_a_holiday_nothing_is_promised_and_nobody_is_alerted(
    stage: Stage, tmp_path: Path
) -> None:
    today = datetime.now(LONDON).date()
    closed = next_days(today, 4)
    await stage.open(
        LIBRARY_FILE=library_file(tmp_path, standard=0.5, closed=closed, week="09:00-17:00")
    )
    await stage.mail(mail())
    reference = await stage.first_ticket()
    ticket = await stage.ticket(reference)
    due_at = datetime.fromisoformat(ticket["promise"]["due_at"]).astimezone(LONDON)
    assert due_at.date() == closed[-1] + timedelta(days=1)
    assert (due_at.hour, due_at.minute) == (9, 30)
    acknowledgement = await stage.letter(PATRON)
    assert "09:30" in acknowledgement.text
    assert f"{due_at:%A}" in acknowledgement.text
