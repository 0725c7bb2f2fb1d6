"""Sending what staff must be told."""

import pytest

from services.notify.handlers import on_alert_requested, send_due
from shared.errors import Permanent
from shared.messages import AlertRequested
from tests.unit.examples import NOW, REFERENCE, document
from tests.unit.notify.sending_house import BUSY, NO, House


async def test_a_staff_member_is_told_once_what_needs_them(house: House) -> None:
    for _ in range(3):
        await house.alert()
    [(sender, to, content)] = house.courier.carried
    assert (sender, to) == ("", "mair@llanfair.example")
    assert f"Subject: Contact with the patron is lost: {REFERENCE}".encode() in content
    assert house.row("digest-1").state == "sent"


async def test_an_alert_that_is_deferred_or_left_behind_is_sent_by_the_sweep(
    house: House,
) -> None:
    house.courier.answers = [BUSY]
    await house.alert()
    assert house.row("digest-1").state == "deferred"
    house.pass_time(10)
    assert await send_due(house.desk)
    assert house.row("digest-1").state == "sent"
    assert len(house.courier.carried) == 1


async def test_an_alert_that_is_refused_is_no_lost_contact_with_a_patron(house: House) -> None:
    house.courier.answers = [NO]
    await house.alert()
    assert house.row("digest-1").state == "refused"
    assert house.told() == []


async def test_an_alert_whose_ticket_is_gone_is_sent_all_the_same(house: House) -> None:
    house.notices.tickets.clear()
    await house.alert()
    assert len(house.courier.carried) == 1


@pytest.mark.parametrize("gone", ["digests", "people"])
async def test_an_alert_for_nobody_or_about_nothing_is_put_aside_with_the_reason(
    house: House, gone: str
) -> None:
    getattr(house.notices, gone).clear()
    with pytest.raises(Permanent, match="no longer there" if gone == "people" else "no digest"):
        await house.alert()
    assert house.notices.rows == {}


async def test_a_staff_member_who_has_left_when_the_alert_is_due_refuses_it(house: House) -> None:
    house.courier.answers = [BUSY]
    await house.alert()
    house.notices.people.clear()
    house.pass_time(10)
    assert await send_due(house.desk)
    assert house.row("digest-1").state == "refused"
    assert "no longer there" in (house.row("digest-1").reason or "")


async def test_alerts_are_never_held_back(house: House) -> None:
    for number in range(6):
        digest = f"digest-{number}"
        house.notices.digests[digest] = house.notices.digests["digest-1"]
        message = AlertRequested(message_id=digest, reference=REFERENCE, at=NOW, digest_id=digest)
        await on_alert_requested(message, desk=house.desk)
    assert len(house.courier.carried) == 6


async def test_staff_are_told_of_a_ticket_whose_patron_was_erased_without_a_name(
    house: House,
) -> None:
    house.notices.tickets[REFERENCE] = document(
        erased_at=NOW, patron={"name": "", "address": None}, thread=[]
    )
    await house.alert()
    [(_, to, content)] = house.courier.carried
    assert to == "mair@llanfair.example"
    assert b"Rhian" not in content
