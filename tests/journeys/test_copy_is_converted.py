"""A librarian has a file made into large print; it is made beside the letters, looked at, and goes
to the patron."""

import io
from typing import Any

from tests.builders import mail
from tests.journeys.test_publisher_is_asked import done
from tests.journeys.test_staff_send_files import uploaded
from tests.stage import Stage, until

PATRON = "rhian@patrons.example"
TEXT = b"# Rivers of Gwynedd\n\nThe river rises in the hills, and is short.\n\n## Floods\n\nMany.\n"


async def opened(stage: Stage, form: str = "large print 24 pt") -> tuple[str, str]:
    """A ticket's reference, and the path of a delivery of one item whose file has come."""
    await stage.mail(mail(text="I need Rivers of Gwynedd in a form that I can read."))
    reference = await stage.first_ticket()
    made = await done(stage, f"/v1/tickets/{reference}/deliveries", {"format": form})
    path = f"/v1/tickets/{reference}/deliveries/{made['id']}"
    await done(stage, f"{path}/items", {"items": [{"title": "Rivers of Gwynedd"}]})
    await done(stage, f"{path}/receive", {"items": [1]})
    return reference, path


async def item_of(stage: Stage, path: str) -> Any:
    """The delivery's only item, as staff see it."""
    _, known, _ = await stage.api("GET", path)
    return known["items"][0]


async def became(stage: Stage, path: str, state: str) -> Any:
    """The item, once it is in that state."""

    async def is_so() -> bool:
        return bool((await item_of(stage, path))["state"] == state)

    await until(is_so, 60)
    return await item_of(stage, path)


async def test_a_file_is_made_into_large_print_and_goes_to_the_patron(stage: Stage) -> None:
    await stage.open()
    reference, path = await opened(stage)
    file = await uploaded(stage, reference, "rivers.md", TEXT)
    said = await done(stage, f"{path}/convert", {"item": 1, "file": file, "language": "en"})
    begun = said["items"][0]
    assert begun["state"] == "converting"
    assert begun["conversion"]["wishes"] == {
        "format": "large_print",
        "point_size": 24.0,
        "language": "en",
    }

    item = await became(stage, path, "checking")
    made = item["conversion"]
    assert (made["state"], made["is_sendable"]) == ("made", True)
    assert "no_language" in [one["kind"] for one in made["findings"]], "and is told to staff"
    assert item["needs_somebody"]
    ticket = await stage.ticket(reference)
    events = [one["event"] for one in ticket["timeline"]]
    assert events.count("conversion_began") == events.count("conversion_ended") == 1
    copies = [one for one in ticket["messages"] if one["direction"] == "copy"]
    [shown] = [one for one in copies if one["attachments"][0]["id"] == made["result"]]
    assert shown["attachments"][0]["filename"] == "rivers-large-print-24pt.pdf"

    # The same again is not made again: it is there.
    again = {"item": 1, "attachment": made["source"], "language": "en"}
    await done(stage, f"{path}/convert", again)
    second = (await became(stage, path, "checking"))["conversion"]
    assert second["id"] != made["id"]
    logs = (stage.folder / "notify-0.log").read_text()
    assert logs.count('"conversion_made"') == 2
    assert second["findings"] == made["findings"]

    known = await done(stage, f"{path}/ready", {"item": 1})
    assert [one["state"] for one in known["items"]] == ["delivered"]
    part = await stage.letter(PATRON, 2)
    [sent] = [one for one in part.message.walk() if one.get_filename()]
    assert sent.get_filename() == "rivers-large-print-24pt.pdf"
    content = sent.get_payload(decode=True)
    assert isinstance(content, bytes)
    assert io.BytesIO(content).read(5) == b"%PDF-"
    await stage.desk("patron", "erase", PATRON, "--yes", "--even-open")
    assert await stage.stored("conversions") == []
    assert await stage.stored("documents.files") == []
    assert await stage.stored("documents.chunks") == []
