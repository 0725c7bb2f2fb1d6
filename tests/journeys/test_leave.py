"""Somebody goes on leave with twelve open tickets: each goes to a colleague when it is needed, and
its patron is told."""

from pathlib import Path

from shared.staff import StaffMember
from tests.builders import mail
from tests.journeys.house import do, library_file
from tests.stage import Stage, until

SIAN = StaffMember("sian", "Siân Example", "sian@llanfair.example", "enquiries")


async def test_twelve_tickets_of_who_goes_on_leave_find_somebody(
    stage: Stage, tmp_path: Path
) -> None:
    await stage.open(LIBRARY_FILE=library_file(tmp_path))
    patrons = [f"patron-{number}@patrons.example" for number in range(12)]
    for one in patrons:
        await stage.mail(mail(sender=one, Message_ID=f"<{one}>"), one)

    async def all_there() -> bool:
        return len(await stage.tickets()) == 12

    await until(all_there)
    assert {one["owner"]["name"] for one in await stage.tickets()} == {"Mair Pretend"}

    await stage.add_staff(SIAN)
    status, me, _ = await stage.api("PUT", "/v1/me/away", {})
    assert (status, me["is_away"]) == (200, True)
    before = {one["reference"]: one["promise"]["due_at"] for one in await stage.tickets()}
    for one in patrons:
        acknowledgement = await stage.letter(one)
        said = acknowledgement.message
        again = mail(
            sender=one,
            to=said["Reply-To"],
            text="Is there any news?",
            In_Reply_To=said["Message-ID"],
            Message_ID=f"<again.{one}>",
        )
        await stage.mail(again, one, to=said["Reply-To"])

    async def all_sians() -> bool:
        owners = [one["owner"] for one in await stage.tickets()]
        return all(owner is not None and owner["id"] == "sian" for owner in owners)

    await until(all_sians)
    after = {one["reference"]: one["promise"]["due_at"] for one in await stage.tickets()}
    assert after == before, "with their promises"
    for one in patrons:
        assert "Siân Example" in (await stage.letter(one, 2)).text

    status, me, _ = await stage.api("DELETE", "/v1/me/away")
    assert (status, me["is_away"]) == (200, False)
    reference = next(iter(after))
    assert (await do(stage, reference, "claim"))["owner"]["name"] == "Mair Pretend"
