"""Documents that mean harm are to be converted: each is refused with a reason that staff can read,
and letters go as ever meanwhile."""

import time

from tests.builders import mail
from tests.formats.abuse.documents import ALL
from tests.journeys.test_copy_is_converted import TEXT, item_of
from tests.journeys.test_publisher_is_asked import done
from tests.journeys.test_staff_send_files import uploaded
from tests.stage import Stage, until

_HOSTILE = {
    "bomb.docx": {"too_large"},
    "lists.html": {"too_long", "too_deep"},  # whichever limit a machine comes to first
    "sold.epub": {"protected"},
    "locked.pdf": {"encrypted"},
    "picture.docx": {"mistyped"},
}


async def test_each_is_refused_with_a_reason_and_letters_go_as_ever(stage: Stage) -> None:
    await stage.open(CONVERT_SECONDS="6", CONVERT_MOST_BYTES="50000000", CONVERSION_WORKERS="2")
    await stage.mail(mail(text="I need these in a form that I can read."))
    reference = await stage.first_ticket()
    made = await done(stage, f"/v1/tickets/{reference}/deliveries", {"format": "plain text"})
    path = f"/v1/tickets/{reference}/deliveries/{made['id']}"
    files = {one.name: one.make() for one in ALL if one.name in _HOSTILE} | {"good.md": TEXT}
    numbers = {name: number for number, name in enumerate(files, 1)}
    await done(stage, f"{path}/items", {"items": [{"title": name} for name in files]})
    await done(stage, f"{path}/receive", {"items": list(numbers.values())})
    for name, number in numbers.items():
        file = await uploaded(stage, reference, name, files[name])
        await done(stage, f"{path}/convert", {"item": number, "file": file})

    for number in range(5):
        patron = f"patron{number}@patrons.example"
        began = time.monotonic()
        await stage.mail(mail(sender=patron, text="When are you open?"), patron)
        await stage.letter(patron, seconds=10)
        assert time.monotonic() - began < 10

    async def all_have_ended() -> bool:
        _, known, _ = await stage.api("GET", path)
        return all(one["state"] != "converting" for one in known["items"])

    await until(all_have_ended, 90)
    _, known, _ = await stage.api("GET", path)
    became = {one["work"]["title"]: one for one in known["items"]}
    assert (await item_of(stage, path))["needs_somebody"]
    for name, reasons in _HOSTILE.items():
        assert became[name]["conversion"]["reason"] in reasons, name
    assert all(len(became[name]["reason"]) > 20 for name in _HOSTILE), "in words"
    assert became["good.md"]["state"] == "checking"
    events = [one["event"] for one in (await stage.ticket(reference))["timeline"]]
    assert events.count("conversion_failed") == len(_HOSTILE)
    assert '"loop_ended"' not in (stage.folder / "notify-0.log").read_text()
