"""Deliveries through the staff's API on a real MongoDB: what is done, by whom, once; what is
written by publishers; and what is left of them when a patron is erased."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

import pytest
from pydantic import BaseModel

from services.intake.sent_files import SentFiles
from services.intake.store import Letters
from services.notify.compose import Composer
from services.notify.desk import Desk as Sending
from services.notify.desk import Void, composed
from services.notify.store import Notices
from services.routing.answers import TicketAnswer
from services.routing.delivery_bodies import (
    DeliveriesAnswer,
    DeliveryAnswer,
    PublisherAnswer,
    PublishersAnswer,
)
from services.routing.due import fire, next_due
from services.routing.handlers import Desk, on_enquiry_received, on_outcome
from services.routing.publisher_store import Publishers
from services.routing.roster import Roster
from shared import personal
from shared.file_links import wanted_of
from shared.keys import Caller, Scope
from shared.library import Links
from shared.messages import OF_DELIVERIES, EnquiryReceived, Notice, NoticeFailed, NoticeRequested
from shared.outbox import from_saved
from shared.references import Seal
from tests import fakes
from tests.attacks.test_28_who_may import COMMON, DELIVERY, PUBLISHER_ID, SECRET, House, house
from tests.contract.test_drafts import upload
from tests.unit.examples import CALENDARS, LIBRARY, NOW, kept_letter, situation
from tests.unit.examples import SECRET as OF_THE_DESK
from tests.unit.routing.test_reading_lists import RIS, docx, paragraph

__all__ = ["house"]
ALL: Final = f"/v1/tickets/{COMMON}/deliveries"
WANTED: Final = {
    "format": "accessible PDF",
    "needs": "no columns",
    "rights": "section 31A",
    "handover": "mail",
}


async def do(
    house: House, path: str, body: Any = None, caller: str = "own", **more: str
) -> tuple[int, Any]:
    found = await house.tickets.find(COMMON)
    assert found is not None
    more.setdefault("If_Match", f'"{found.version}"')
    status, said = await house.ask("POST", path, body, caller, **more)
    return status, json.loads(said)


async def opened(house: House, count: int = 3, **fields: Any) -> str:
    """The path of a delivery with so many items."""
    status, made = await do(house, ALL, WANTED | fields)
    assert status == 200, made
    path = f"{ALL}/{made['id']}"
    items = [{"title": f"Work {number + 1}", "authors": "A. Author"} for number in range(count)]
    status, said = await do(house, f"{path}/items", {"items": items})
    assert status == 200, said
    return path


async def asked_for(house: House) -> list[NoticeRequested]:
    """The letters of deliveries that the ticket has asked for."""
    found = await house.database.tickets.find_one({"_id": COMMON})
    assert found is not None
    messages = [from_saved(one) for one in found["outbox"]]
    notices = [one for one in messages if isinstance(one, NoticeRequested)]
    return [one for one in notices if one.notice in OF_DELIVERIES]


def desk_of(house: House) -> Desk:
    clock = fakes.Clock()
    roster = Roster(house.tickets, clock)
    return Desk(house.tickets, fakes.Outbox(), roster, LIBRARY, CALENDARS, clock)


async def letter(house: House, request: NoticeRequested) -> Any:
    """As notify would send it."""
    notices, composer = Notices(house.database), Composer(LIBRARY, Seal(OF_THE_DESK))
    return await composed(request, Sending(notices, composer, fakes.Courier(), fakes.Clock()))


async def test_a_delivery_is_opened_listed_and_read_with_its_items(house: House) -> None:
    path = await opened(house, 2)
    status, said = await house.ask("GET", path)
    known = json.loads(said)
    assert (status, [one["state"] for one in known["items"]]) == (200, ["wanted", "wanted"])
    assert known["outlook"]["to_come"] == [1, 2]
    assert all(one["next_at"] for one in known["items"])
    _, said = await house.ask("GET", ALL)
    assert [one["id"] for one in json.loads(said)["items"]] == [known["id"]]
    _, said = await house.ask("GET", f"/v1/tickets/{COMMON}")
    ticket = json.loads(said)
    assert [one["event"] for one in ticket["timeline"]][-2:] == ["delivery_opened", "items_added"]
    assert ticket["version"] == known["version"]


async def test_the_same_request_opens_one_and_another_under_its_key_is_refused(
    house: House,
) -> None:
    first = await do(house, ALL, WANTED, Idempotency_Key="k", If_Match='"1"')
    again = await do(house, ALL, WANTED, Idempotency_Key="k", If_Match='"1"')
    assert (first[0], again[0]) == (200, 200)
    assert first[1]["id"] == again[1]["id"]
    other = await do(house, ALL, WANTED | {"needs": "x"}, Idempotency_Key="k", If_Match='"1"')
    assert other[0] == 422
    _, said = await house.ask("GET", ALL)
    assert len(json.loads(said)["items"]) == 1


async def test_who_has_not_seen_the_ticket_as_it_is_changes_nothing(house: House) -> None:
    path = await opened(house)
    status, said = await do(
        house, f"{path}/withdraw", {"items": [1], "reason": "x"}, If_Match='"1"'
    )
    assert (status, said["type"]) == (412, "/problems/stale")
    status, said = await do(house, f"{path}/deliver", {"items": [1]})
    assert (status, said["type"]) == (409, "/problems/not-allowed")
    assert "file" in said["title"]
    assert (await do(house, f"{ALL}/nothing/deliver", {"items": [1]}))[0] == 404
    assert (await do(house, f"{path}/withdraw", {"items": [9], "reason": "x"}))[0] == 409


async def test_what_a_confidential_ticket_says_of_needs_is_not_told_where_all_may_read(
    house: House,
) -> None:
    for caller in ("own", "lead"):
        status, made = await do(house, ALL, {}, caller)
        assert (status, made["format"], made["format_by"] is None) == (200, "", False)


async def test_what_a_patron_needs_is_asked_once(house: House) -> None:
    await opened(house, 1, handover="link", pace="batch", place="her house")
    status, again = await do(house, ALL, {"pace": "each"})
    assert status == 200, again
    known = [again[one] for one in ("format", "needs", "handover", "pace", "place", "rights")]
    assert known == ["accessible PDF", "no columns", "link", "each", "", ""]
    status, same = await do(house, f"{ALL}/{again['id']}/change", {"format": None})
    assert (status, same["format"]) == (200, "accessible PDF")
    changed = {"format": "braille", "needs": "grade 2", "handover": "hand"}
    assert (await do(house, f"{ALL}/{again['id']}/change", changed))[0] == 200
    # The clock stands: of two opened at one moment the first would be the last.
    await house.database.tickets.update_one(
        {"_id": COMMON}, {"$set": {"deliveries.1.opened_at": NOW + timedelta(days=1)}}
    )
    status, third = await do(house, ALL, {})
    known = [third[one] for one in ("format", "needs", "handover", "pace")]
    assert known == ["braille", "grade 2", "mail", "each"], "nobody comes unasked"


async def test_who_has_not_said_the_form_is_asked_and_nothing_is_made_meanwhile(
    house: House,
) -> None:
    status, made = await do(house, ALL, {})
    assert (status, made["format"], made["wishes"]) == (200, "", {})
    assert made["format_by"] is not None
    assert made["next_at"] is not None
    path = f"{ALL}/{made['id']}"
    status, _ = await do(house, f"{path}/items", {"items": [{"title": "Rivers"}]})
    assert status == 200
    status, second = await do(house, ALL, {})
    assert (status, second["format_by"] is not None) == (200, True)
    [request] = await asked_for(house)
    assert request.notice is Notice.DELIVERY_FORMAT, "once"
    sent = await letter(house, request)
    assert (sent.to, "In which form" in sent.subject) == ("rhian@patrons.example", True)
    assert (await do(house, f"{path}/receive", {"items": [1]}))[0] == 200
    _, draft = await upload(house, b"some words", "rivers.md")
    status, said = await do(house, f"{path}/convert", {"item": 1, "file": draft["id"]})
    assert (status, said["field"]) == (422, "format")
    status, said = await do(house, f"{path}/ready", {"item": 1, "file": draft["id"]})
    assert (status, "in which form" in said["title"]) == (409, True)
    wishes = {"format": "large_print", "point_size": 30}
    status, said = await do(house, f"{path}/change", {"wishes": wishes})
    assert (status, said["format"]) == (200, "large print, 30 pt")
    assert (said["wishes"], said["format_by"]) == (wishes, None)
    with pytest.raises(Void):
        await letter(house, request)
    status, said = await do(house, f"{path}/convert", {"item": 1, "file": draft["id"]})
    known = said["items"][0]["conversion"]["wishes"]
    assert (status, known) == (200, {"language": "en", **wishes})
    DeliveryAnswer.model_validate(said, strict=False)


async def test_how_a_patron_needs_it_is_remembered_as_it_was_said(house: House) -> None:
    await house.database.tickets.update_one({"_id": SECRET}, {"$unset": {"deliveries": 1}})
    braille = {"format": "brf", "braille_grade": 1, "cells": 32}
    status, first = await do(house, ALL, {"wishes": braille})
    assert (status, first["format"]) == (200, "braille (BRF), grade 1")
    status, again = await do(house, ALL, {})
    assert (status, again["wishes"], again["format_by"]) == (200, braille, None)
    status, other = await do(house, f"{ALL}/{again['id']}/change", {"format": "audio"})
    assert (status, other["format"], other["wishes"]) == (200, "audio", {})
    bad = {"wishes": {"format": "large_print", "point_size": 8}}
    assert (await do(house, ALL, bad))[0] == 422


async def test_what_a_patron_needs_is_not_told_to_who_may_not_see_it(house: House) -> None:
    patrons = house.tickets.patrons
    rows = {"format": "braille", "needs": "x", "opened_at": NOW, "handover": "mail"}
    found = await house.database.tickets.find_one({"_id": SECRET}, {"patron_key": 1})
    assert found is not None
    await house.database.tickets.update_one({"_id": SECRET}, {"$set": {"deliveries": [rows]}})
    for name, team, whose, knows in (
        ("own", "local-history", "local-history", True),
        ("own", "local-history", "enquiries", False),
        ("own", "local-history", None, False),
        ("other", "enquiries", "local-history", False),
    ):
        caller = Caller(name, name, frozenset(Scope), team=team)
        known = await patrons.needs(found["patron_key"], caller, whose)
        assert bool(known) is knows, (name, whose)


async def test_a_list_is_read_and_nothing_of_it_is_kept(house: House) -> None:
    path = await opened(house, 1)
    before = await house.tickets.find(COMMON)
    text = "Jones, A. (2019). Rivers of Gwynedd. ISBN 978-0-306-40615-7"
    status, said = await do(house, f"{path}/list", {"text": text})
    assert status == 200
    [work] = said["items"]
    assert (work["title"], work["isbn"]) == ("Rivers of Gwynedd", "9780306406157")
    assert await house.tickets.find(COMMON) == before


async def test_a_list_that_is_a_file_is_read_by_whom_it_concerns(house: House) -> None:
    path = await opened(house, 1)
    _, draft = await upload(house, RIS.encode(), "list.ris")
    status, said = await do(house, f"{path}/list", {"file": draft["id"]})
    assert (status, [one["title"] for one in said["items"]]) == (200, ["The rivers", "Hills"])
    status, said = await do(house, f"{path}/list", {"file": draft["id"]}, "lead")
    assert (status, said["field"]) == (422, "file"), "it is a colleague's"
    _, draft = await upload(house, b"%PDF-1.7 \0 a copy", "list.docx")
    status, said = await do(house, f"{path}/list", {"file": draft["id"]})
    assert (status, said["field"], "can't be read" in said["title"]) == (422, "file", True)
    for body in ({}, {"text": "Rivers", "catalogue": True}, {"file": f"{'0f' * 32}.0"}):
        assert (await do(house, f"{path}/list", body))[0] == 422


async def test_what_a_patron_attached_and_the_catalogue_named_is_proposed(house: House) -> None:
    path = await opened(house, 1)
    came = kept_letter("ac" * 32)
    event = EnquiryReceived(
        message_id=came.id, reference=COMMON, at=NOW, letter_id=came.id, opens=False
    )
    await Letters(house.database).save(came, COMMON, event)
    content = docx(paragraph("Rivers of Gwynedd"))
    await house.database["documents.files"].insert_one(
        {"_id": "list", "length": len(content), "chunkSize": 1000}
    )
    for number, begin in enumerate(range(0, len(content), 1000)):
        piece = content[begin : begin + 1000]
        await house.database["documents.chunks"].insert_one(
            {"files_id": "list", "n": number, "data": piece}
        )
    row = {"file": "list", "filename": "list.docx", "size": len(content), "content_type": "a/b"}
    item = {"title": "An old map", "authors": ["Jones, A."], "isbn": "9780306406157"}
    for state in ("infected", "clean"):
        rows = [row | {"state": state}]
        await house.database.messages.update_one(
            {"_id": came.id}, {"$set": {"attachments": rows, "asked": {"item": item}}}
        )
        status, said = await do(house, f"{path}/list", {"file": f"{came.id}.0"})
        assert status == (403 if state == "infected" else 200), said
    assert [one["title"] for one in said["items"]] == ["Rivers of Gwynedd"]
    status, said = await do(house, f"{path}/list", {"catalogue": True})
    assert status == 200
    [one] = said["items"]
    assert (one["title"], one["authors"], one["isbn"]) == (
        "An old map",
        "Jones, A.",
        "9780306406157",
    )
    status, said = await do(house, f"{path}/items", {"items": [one]})
    assert (status, len(said["items"])) == (200, 2), "it is sent back as it was proposed"


async def test_a_publisher_is_asked_in_their_language_and_answers_for_the_item(
    house: House,
) -> None:
    path = await opened(house)
    body = {"items": [1, 2], "publisher": PUBLISHER_ID}
    assert (await do(house, f"{path}/ask", body | {"publisher": "ff"}))[0] == 422
    status, said = await do(house, f"{path}/ask", body)
    assert (status, [one["state"] for one in said["items"]]) == (200, ["asked", "asked", "wanted"])
    [request] = await asked_for(house)
    assert request.notice is Notice.DELIVERY_ASK
    sent = await letter(house, request)
    assert (sent.to, "Gwasg Afon" in sent.text) == ("rights@gwasg-afon.example", True)
    assert "Rhian" not in sent.content.decode()
    assert "Content-Language: cy" in sent.content.decode()
    came = replace(kept_letter("ab" * 32), ask=request.message_id[:16], address="r@g.example")
    event = EnquiryReceived(
        message_id=came.id,
        reference=COMMON,
        at=NOW,
        letter_id=came.id,
        opens=False,
        ask=came.ask,
    )
    await Letters(house.database).save(came, COMMON, event)
    await on_enquiry_received(event, desk=desk_of(house))
    await on_enquiry_received(event, desk=desk_of(house))
    _, said = await house.ask("GET", f"/v1/tickets/{COMMON}")
    ticket = json.loads(said)
    assert [one["event"] for one in ticket["timeline"]].count("publisher_wrote") == 1
    [theirs] = [one for one in ticket["messages"] if one["id"] == came.id]
    assert theirs["party"] == "publisher"
    assert not await Letters(house.database).belongs(COMMON, "r@g.example")
    _, said = await house.ask("GET", path)
    assert [one["needs_somebody"] for one in json.loads(said)["items"]] == [True, True, False]


async def test_a_copy_is_uploaded_goes_to_the_patron_and_comes_back(house: House) -> None:
    path = await opened(house, 2)
    content = b"%PDF-1.7 a copy"
    _, draft = await upload(house, content)
    status, said = await do(house, f"{path}/ready", {"item": 1, "file": draft["id"]})
    assert (status, [one["state"] for one in said["items"]]) == (200, ["delivered", "wanted"])
    [request] = await asked_for(house)
    sent = await letter(house, request)
    assert (sent.to, [one.filename for one in sent.enclosed]) == (
        "rhian@patrons.example",
        ["map.pdf"],
    )
    assert "Work 2" in sent.text
    shown = said["items"][0]["attachment"]
    answer = await house.client.get(
        f"/v1/attachments/{shown}", headers={"Authorization": "Bearer own"}
    )
    assert (answer.status, await answer.read()) == (200, content)
    status, said = await do(house, f"{path}/ready", {"item": 2, "file": draft["id"]})
    assert (status, said["type"]) == (422, "/problems/attachment"), "it has gone with another"
    failed = NoticeFailed(
        message_id="f" * 32,
        reference=COMMON,
        at=NOW,
        notice=Notice.DELIVERY_PART,
        notice_id=request.message_id,
        reason="refused for good",
    )
    await on_outcome(failed, desk=desk_of(house))
    _, said_ = await house.ask("GET", path)
    assert json.loads(said_)["items"][0]["state"] == "received"
    found = await house.tickets.find(COMMON)
    assert found is not None
    assert found.lost is not None


async def test_answers_are_as_they_are_described(house: House) -> None:
    path = await opened(house, 3, needed_by="2026-12-20T10:00:00Z")
    body = {"items": [2], "publisher": PUBLISHER_ID}
    assert (await do(house, f"{path}/ask", body))[0] == 200
    _, draft = await upload(house, b"%PDF-1.7 a copy")
    assert (await do(house, f"{path}/ready", {"item": 1, "file": draft["id"]}))[0] == 200
    known: dict[str, type[BaseModel]] = {
        path: DeliveryAnswer,
        ALL: DeliveriesAnswer,
        f"/v1/tickets/{COMMON}": TicketAnswer,
        "/v1/publishers": PublishersAnswer,
        f"/v1/publishers/{PUBLISHER_ID}": PublisherAnswer,
    }
    for place, model in known.items():
        status, said = await house.ask("GET", place)
        assert status == 200
        model.model_validate_json(said)
    _, said = await house.ask("GET", f"/v1/tickets/{COMMON}")
    messages = json.loads(said)["messages"]
    assert [one["text"] for one in messages if one["direction"] == "copy"] == ["Work 1"]


async def test_a_copy_is_fetched_by_its_link_and_a_patrons_file_is_not(house: House) -> None:
    path = await opened(house, 1, handover="link")
    _, draft = await upload(house, b"%PDF-1.7 a copy")
    _, said = await do(house, f"{path}/ready", {"item": 1, "file": draft["id"]})
    letter_id, _, number = said["items"][0]["attachment"].partition(".")
    row = await SentFiles(house.database).find(letter_id, int(number))
    assert row is not None
    assert row["filename"] == "map.pdf"
    [request] = await asked_for(house)
    links = Links(address="https://ask.llanfair.example")
    library = LIBRARY.model_copy(update={"links": links})
    composer = Composer(library, Seal(OF_THE_DESK))
    notices = Notices(house.database)
    sending = Sending(notices, composer, fakes.Courier(), fakes.Clock())
    sent = await composed(request, sending)
    assert sent.enclosed == ()
    [link] = [one.strip() for one in sent.text.splitlines() if "/a/" in one]
    wanted = wanted_of(Seal(OF_THE_DESK), link.rpartition("/a/")[2], NOW)
    assert wanted is not None
    assert (wanted.letter_id, wanted.number) == (letter_id, 0)


async def test_what_is_due_is_found_and_fires_once(house: House) -> None:
    path = await opened(house)
    assert (await do(house, f"{path}/ask", {"items": [1, 2, 3], "publisher": PUBLISHER_ID}))[
        0
    ] == 200
    # The example ticket's other moments are out of the way; this one has come.
    past = NOW - timedelta(days=400)
    await house.database.tickets.update_one(
        {"_id": COMMON},
        {"$set": {f"deliveries.0.items.{at}.next_at": past for at in range(3)} | {"next_at": past}},
    )
    claimed = await house.tickets.claim_due()
    assert claimed is not None
    ticket = claimed[0]
    due = next_due(ticket)
    assert due is not None
    change = fire(ticket, due, situation(NOW, "due"))
    assert await house.tickets.save(change, caused_by="due")
    assert not await house.tickets.save(change, caused_by="due"), "it has fired"
    chased = [one for one in await asked_for(house) if one.notice is Notice.DELIVERY_CHASE]
    assert len(chased) == 1
    found = await house.tickets.find(COMMON)
    assert found is not None
    assert [one.asks for one in found.deliveries[0].items] == [2, 2, 2]
    assert all(one.next_at and one.next_at > NOW for one in found.deliveries[0].items)


async def test_publishers_are_kept_once_changed_as_seen_and_say_how_they_did(house: House) -> None:
    body = {"name": "Hill Press", "address": "access@hill-press.example", "language": "en"}
    made = []
    for _ in range(2):
        status, said = await house.ask("POST", "/v1/publishers", body, "own", Idempotency_Key="p")
        assert status == 201
        made.append(json.loads(said)["id"])
    assert made[0] == made[1]
    at = f"/v1/publishers/{made[0]}"
    status, said = await house.ask("PUT", at, body | {"note": "slow"}, "own", If_Match='"1"')
    assert (status, json.loads(said)["note"], json.loads(said)["version"]) == (200, "slow", 2)
    status, said = await house.ask("PUT", at, body, "own", If_Match='"1"')
    stale = json.loads(said)
    assert (status, stale["version"], stale["publisher"]["note"]) == (412, 2, "slow")
    bad = await house.ask("POST", "/v1/publishers", body | {"address": "nobody"}, "own")
    assert bad[0] == 422
    path = await opened(house)
    assert (await do(house, f"{path}/ask", {"items": [1, 2], "publisher": made[0]}))[0] == 200
    assert (await do(house, f"{path}/receive", {"items": [1]}))[0] == 200
    cannot = {"item": 2, "reason": "they have no file"}
    assert (await do(house, f"{path}/cannot", cannot))[0] == 200
    _, said = await house.ask("GET", at)
    known = json.loads(said)
    assert (known["asked"], known["had"], known["refused"], known["share"]) == (2, 1, 1, 0.5)
    assert known["median_days"] is None, "one says nothing"
    _, said = await house.ask("GET", "/v1/publishers")
    assert [one["name"] for one in json.loads(said)["items"]] == ["Gwasg Afon", "Hill Press"]
    await Publishers(house.database).make_indexes()
    hidden = {"confidential": True, "team": "enquiries"}
    await house.database.tickets.update_one({"_id": COMMON}, {"$set": hidden})
    for caller, count in (("own", 0), ("other", 2), ("lead", 2)):
        for path in (at, "/v1/publishers"):
            _, said = await house.ask("GET", path, caller=caller)
            rows = json.loads(said).get("items", [json.loads(said)])
            assert [one["asked"] for one in rows if one["id"] == made[0]] == [count], caller


async def test_reading_a_confidential_delivery_is_written_down(house: House) -> None:
    path = f"/v1/tickets/{SECRET}/deliveries"
    assert (await house.ask("GET", f"{path}/{DELIVERY.id}", caller="own"))[0] == 200
    assert ("own", "delivery") in await house.readings()
    assert (await house.ask("GET", f"{path}/{DELIVERY.id}", caller="other"))[0] == 404


async def test_every_field_has_a_rule_and_what_is_personal_goes(house: House) -> None:
    path = await opened(house, needed_by="2026-12-20T10:00:00Z", place="at her house")
    body = {"items": [1, 2], "publisher": PUBLISHER_ID, "words": "for an examination"}
    assert (await do(house, f"{path}/ask", body))[0] == 200
    assert (await do(house, f"{path}/receive", {"items": [1]}))[0] == 200
    cannot = {"item": 2, "reason": "because of her eyes", "alternative": "a reader"}
    assert (await do(house, f"{path}/cannot", cannot))[0] == 200
    _, draft = await upload(house, b"%PDF-1.7 a copy")
    assert (await do(house, f"{path}/ready", {"item": 1, "file": draft["id"]}))[0] == 200
    ticket = await house.database.tickets.find_one({"_id": COMMON})
    assert ticket is not None
    assert personal.unknown("tickets", ticket) - {"words"} == set()
    changed, gone = personal.blanked("tickets", ticket)
    left = {key: one for key, one in ticket.items() if key not in gone} | changed
    words = json.dumps(left["deliveries"], default=str) + json.dumps(left["timeline"], default=str)
    for word in ("Work 1", "no columns", "31A", "her eyes", "reader", "examination", "her house"):
        assert word not in words
    await house.database.tickets.replace_one({"_id": COMMON}, left)
    found = await house.tickets.find(COMMON)
    assert found is not None, "it is still read"
    assert [one.next_at for one in found.deliveries] == [None], "and nothing more is done"
    assert not found.deliveries[0].is_open
    known = await Publishers(house.database).find(PUBLISHER_ID)
    assert known is not None
    assert known.record.asked == 2, "how publishers did stays"
