"""Conversions through the staff's API on a real MongoDB: asked for on the ticket as it was seen, of
a file that is its own; what came of it is shown, and what failed its checks goes by somebody's
word."""

import json
from datetime import timedelta
from typing import Any

from services.routing.converted import on_any_outcome, on_delivery_finished
from services.routing.delivery_bodies import DeliveryAnswer
from shared import personal
from shared.audit_log import AuditLog
from shared.messages import DeliveryCancelled, DeliveryFinished, DeliveryRequested, Message
from shared.outbox import from_saved
from tests.attacks.test_28_who_may import COMMON, SECRET, House, house
from tests.contract.test_deliveries import desk_of, do, opened
from tests.contract.test_drafts import upload
from tests.unit.examples import NOW

__all__ = ["house"]
FOUND = {"kind": "order_lost", "words": "Out of order.", "count": 1, "is_failure": True}
SMALL = {"kind": "no_title", "words": "No title.", "count": 1, "is_failure": False}


async def received(house: House, **fields: Any) -> str:
    """The path of a delivery whose first item's file has come."""
    path = await opened(house, 2, **fields)
    assert (await do(house, f"{path}/receive", {"items": [1]}))[0] == 200
    return path


async def begun(house: House, path: str, **fields: Any) -> Any:
    """The item, whose file is being converted."""
    _, draft = await upload(house, b"some words")
    body = {"item": 1, "file": draft["id"], "format": "pdf"} | fields
    status, said = await do(house, f"{path}/convert", body)
    assert status == 200, said
    return said["items"][0]


async def said_to_notify(house: House) -> list[Message]:
    found = await house.database.tickets.find_one({"_id": COMMON})
    assert found is not None
    messages = [from_saved(one) for one in found["outbox"]]
    return [one for one in messages if isinstance(one, DeliveryRequested | DeliveryCancelled)]


async def ended(house: House, item: Any, state: str = "done", **more: Any) -> None:
    """Notify says what became of it."""
    conversion = item["conversion"]["id"]
    row = {"_id": conversion, "reference": COMMON, "state": state, "copy_id": "c0" * 16}
    row |= {"findings": [SMALL], "pages": 4, **more}
    if state == "done":
        row["copy"] = {"file": "ff", "filename": "map-pdf.pdf", "content_type": "application/pdf"}
        row["copy"] |= {"size": 3, "state": "clean", "sha256": "00" * 32, "flags": []}
    await house.database.conversions.replace_one({"_id": conversion}, row, upsert=True)
    delivery = (await house.database.tickets.find_one({"_id": COMMON}) or {})["deliveries"][-1]
    message = DeliveryFinished(
        message_id=f"finished {conversion}",
        reference=COMMON,
        at=NOW,
        conversion_id=conversion,
        delivery_id=delivery["id"],
        item=item["number"],
    )
    for _ in range(2):  # it may come twice
        await on_any_outcome(message, desk=desk_of(house), conversions=house.tickets.conversions)


async def test_a_file_is_asked_for_as_the_delivery_says_and_the_copy_is_shown(
    house: House,
) -> None:
    path = await received(house, format="Large print, 20 pt")
    item = await begun(house, path, format="large_print")
    assert (item["state"], item["conversion"]["state"]) == ("converting", "waiting")
    assert item["conversion"]["wishes"]["point_size"] == 20
    [request] = await said_to_notify(house)
    assert isinstance(request, DeliveryRequested)
    assert (request.message_id, request.item) == (item["conversion"]["id"], 1)
    await house.database.conversions.insert_one(
        {
            "_id": item["conversion"]["id"],
            "state": "converting",
            "progress": {"step": "reading", "done": 120, "of": 400},
        }
    )
    _, said = await house.ask("GET", path)
    shown = json.loads(said)["items"][0]["conversion"]
    assert (shown["state"], shown["progress"]["done"], shown["progress"]["of"]) == (
        "converting",
        120,
        400,
    )
    DeliveryAnswer.model_validate_json(said)

    await ended(house, item)
    _, said = await house.ask("GET", path)
    DeliveryAnswer.model_validate_json(said)
    item = json.loads(said)["items"][0]
    assert (item["state"], item["needs_somebody"]) == ("checking", True)
    assert item["conversion"]["findings"] == [SMALL]
    assert item["conversion"]["result"] == f"{'c0' * 16}.0"
    _, said = await house.ask("GET", f"/v1/tickets/{COMMON}")
    ticket = json.loads(said)
    events = [one["event"] for one in ticket["timeline"]]
    assert events.count("conversion_ended") == 1
    assert "c0" * 16 in [one["id"] for one in ticket["messages"]]
    status, said_ = await do(house, f"{path}/ready", {"item": 1})
    assert (status, said_["items"][0]["state"]) == (200, "delivered")
    assert said_["items"][0]["attachment"] == f"{'c0' * 16}.0"


async def test_a_copy_whose_checks_failed_goes_by_somebodys_word_which_is_kept(
    house: House,
) -> None:
    path = await received(house)
    await ended(house, await begun(house, path), findings=[SMALL, FOUND])
    hidden = {"confidential": True, "team": "local-history"}
    await house.database.tickets.update_one({"_id": COMMON}, {"$set": hidden})
    status, said = await do(house, f"{path}/ready", {"item": 1})
    assert (status, said["type"], said["findings"]) == (422, "/problems/checks", [FOUND])
    read = [one async for one in AuditLog(house.database).all()]
    assert [(one["what"], one["references"]) for one in read] == [("delivery", [COMMON])]
    await house.database.tickets.update_one({"_id": COMMON}, {"$set": {"confidential": False}})
    assert (await do(house, f"{path}/deliver", {"items": [1]}))[0] == 409
    word = {"item": 1, "override": "I have read it through"}
    status, said = await do(house, f"{path}/ready", word)
    assert (status, said["items"][0]["state"]) == (200, "delivered")
    assert said["items"][0]["conversion"]["is_sendable"] is False
    ticket = await house.database.tickets.find_one({"_id": COMMON})
    assert ticket is not None
    [ready] = [one for one in ticket["timeline"] if one["event"] == "item_ready"]
    assert (ready["by"], ready["override"]) == ("own", "I have read it through")
    assert personal.unknown("tickets", ticket) - {"words"} == set()
    changed, _ = personal.blanked("tickets", ticket)
    assert "read it through" not in json.dumps(changed, default=str)


async def test_what_can_not_be_made_is_somebodys_with_the_reason(house: House) -> None:
    path = await received(house)
    item = await begun(house, path)
    why = {"reason": "encrypted", "said": "It is locked with a password.", "detail": "By Word."}
    await ended(house, item, "failed", **why)
    _, said = await house.ask("GET", path)
    item = json.loads(said)["items"][0]
    assert (item["state"], item["needs_somebody"]) == ("received", True)
    assert item["reason"] == "It is locked with a password. By Word."
    assert (item["conversion"]["state"], item["conversion"]["reason"]) == ("failed", "encrypted")
    assert item["conversion"]["for_patron"].startswith("the file is locked")
    again = await begun(house, path)
    assert (again["state"], again["reason"]) == ("converting", "")


async def test_who_takes_it_away_ends_it_and_what_comes_of_it_then_changes_nothing(
    house: House,
) -> None:
    path = await received(house)
    item = await begun(house, path)
    stop = {"item": 1, "reason": "the wrong file"}
    status, said = await do(house, f"{path}/cancel_conversion", stop)
    assert (status, said["items"][0]["state"]) == (200, "received")
    assert said["items"][0]["conversion"]["state"] == "cancelled"
    assert (await do(house, f"{path}/cancel_conversion", stop))[0] == 409
    await ended(house, item)
    _, shown = await house.ask("GET", path)
    assert json.loads(shown)["items"][0]["state"] == "received"

    second = await begun(house, path)
    gone = {"items": [1], "reason": "not needed"}
    assert (await do(house, f"{path}/withdraw", gone))[0] == 200
    asked = await said_to_notify(house)
    cancelled = [one.conversion_id for one in asked if isinstance(one, DeliveryCancelled)]
    assert cancelled == [item["conversion"]["id"], second["conversion"]["id"]]


async def test_only_a_file_of_the_ticket_is_converted_and_the_format_must_be_known(
    house: House,
) -> None:
    path = await received(house, format="something that she can use")
    _, draft = await upload(house, b"some words")
    status, said = await do(house, f"{path}/convert", {"item": 1, "file": draft["id"]})
    assert (status, said["field"]) == (422, "format")
    both = {"item": 1, "format": "pdf", "file": draft["id"], "attachment": f"{'ab' * 16}.0"}
    assert (await do(house, f"{path}/convert", both))[0] == 422
    row = {"file": "x", "filename": "a.pdf", "state": "clean", "content_type": "application/pdf"}
    for letter, reference in (("ab" * 32, COMMON), ("cd" * 32, SECRET)):
        await house.database.messages.insert_one(
            {"_id": letter, "direction": "in", "reference": reference, "at": NOW, "text": ""}
            | {"attachments": [row, {**row, "state": "infected"}]}
        )
    ask = {"item": 1, "format": "pdf"}
    for place in ("nothing", f"{'cd' * 32}.0", f"{'ab' * 32}.7", f"{'ef' * 32}.0"):
        status, said = await do(house, f"{path}/convert", ask | {"attachment": place})
        assert (status, said["field"]) == (422, "attachment"), place
    status, _ = await do(house, f"{path}/convert", ask | {"attachment": f"{'ab' * 32}.1"})
    assert status == 403
    assert (await do(house, f"{path}/convert", ask | {"item": 2, **_its(0)}))[0] == 409
    status, said = await do(house, f"{path}/convert", ask | _its(0))
    assert (status, said["items"][0]["conversion"]["source"]) == (200, f"{'ab' * 32}.0")


def _its(number: int) -> dict[str, str]:
    return {"attachment": f"{'ab' * 32}.{number}"}


async def test_the_same_request_begins_one(house: House) -> None:
    path = await received(house)
    _, draft = await upload(house, b"some words")
    body = {"item": 1, "file": draft["id"], "format": "pdf"}
    found = await house.tickets.find(COMMON)
    assert found is not None
    same = {"If_Match": f'"{found.version}"', "Idempotency_Key": "k"}
    first = await do(house, f"{path}/convert", body, **same)
    again = await do(house, f"{path}/convert", body, **same)
    assert (first[0], again[0]) == (200, 200)
    assert len(await said_to_notify(house)) == 1
    stop = {"item": 1, "reason": "x"}
    assert (await do(house, f"{path}/cancel_conversion", stop, If_Match='"1"'))[0] == 412


async def test_what_ends_when_its_patron_has_been_erased_is_passed_over(house: House) -> None:
    path = await received(house)
    item = await begun(house, path)
    await house.database.tickets.update_one(
        {"_id": COMMON}, {"$set": {"erased_at": NOW - timedelta(hours=1)}}
    )
    await ended(house, item)
    assert await house.database.messages.find_one({"_id": "c0" * 16}) is None
    await house.database.conversions.delete_many({})
    message = DeliveryFinished(
        message_id="m", reference=COMMON, at=NOW, conversion_id="x", delivery_id="d", item=1
    )
    await on_delivery_finished(message, desk=desk_of(house), conversions=house.tickets.conversions)
