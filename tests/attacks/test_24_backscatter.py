"""Class 24: the desk used to fill somebody's mailbox. Whatever comes in by any door in a victim's
name, in any of its spellings, he gets three automatic letters in an hour, and no word of the
sender's is in them."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any, Final, cast

import aiohttp

from services.intake.ask import MOST_OF_AN_ADDRESS
from services.intake.form_token import new_token
from services.notify.compose import Composer
from services.notify.desk import Desk
from services.notify.handlers import on_notice_requested
from services.notify.store import MOST_AUTOMATIC, Notices
from shared.references import Seal
from tests import fakes
from tests.builders import mail
from tests.contract.conftest import fresh_database
from tests.stage import SECRET as STAGE_SECRET
from tests.stage import Servers, Stage, until
from tests.unit.examples import LIBRARY, REFERENCE, SECRET, document, request
from tests.unit.intake.test_ask import House

FORMS: Final = 100
MANY: Final = 10_000
AT_ONCE: Final = 500
EVIL: Final = "https://evil.example/pills"


def victim(number: int) -> str:
    """One mailbox in many spellings."""
    local = "Victim" if number % 2 else "victim"
    return f"{local}+{number}@patrons.example" if number % 3 else f"{local}@patrons.example"


def form(number: int) -> dict[str, str]:
    return {"question": f"{EVIL} {number}", "email": victim(number), "name": EVIL}


async def test_forms_in_one_name_are_so_many_an_hour_whoever_sends_them() -> None:
    """Each comes from another client, so that only the victim is counted."""
    house = House(trusted="127.0.0.0/8, ::1")
    async with house.client:
        said = [
            (await house.post(form(one), X_Forwarded_For=f"192.0.2.{one}"))[0].status
            for one in range(FORMS)
        ]
    assert said == [303] * MOST_OF_AN_ADDRESS + [429] * (FORMS - MOST_OF_AN_ADDRESS)
    assert len(house.letters.kept) == MOST_OF_AN_ADDRESS


async def test_of_ten_thousand_letters_to_one_mailbox_three_may_go(servers: Servers) -> None:
    async with fresh_database(servers) as database:
        notices = Notices(database)
        said: list[bool] = []
        for start in range(0, MANY, AT_ONCE):
            some = range(start, start + AT_ONCE)
            said += await asyncio.gather(*(notices.allow(victim(one), str(one)) for one in some))
    assert len(said) == MANY
    assert said.count(True) == MOST_AUTOMATIC


async def test_tickets_in_one_name_are_three_letters() -> None:
    """As if no door had counted them: so many forged mails, say."""
    notices, courier = fakes.Notices(), fakes.Courier()
    desk = Desk(cast(Any, notices), Composer(LIBRARY, Seal(SECRET)), courier, fakes.Clock())
    for number in range(FORMS):
        patron = {"name": EVIL, "address": victim(number)}
        notices.tickets[REFERENCE] = document(patron=patron, subject=EVIL)
        await on_notice_requested(request(message_id=f"{number:032}"), desk=desk)
    assert len(courier.carried) == MOST_AUTOMATIC == 3
    assert not any(b"evil" in content for _, _, content in courier.carried)


async def test_forms_and_mails_in_one_name_are_three_letters_together(stage: Stage) -> None:
    await stage.open()
    seal, url = Seal(STAGE_SECRET), f"http://127.0.0.1:{stage.ports['intake']}/ask"
    statuses = []
    async with aiohttp.ClientSession() as session:
        for number in range(15):
            token = new_token(seal, datetime.now(UTC) - timedelta(seconds=5))
            async with session.post(
                url, data=form(number) | {"token": token}, allow_redirects=False
            ) as answer:
                statuses.append(answer.status)
    assert statuses == [303] * MOST_OF_AN_ADDRESS + [429] * 5
    mails = [mail(sender=victim(one), name=EVIL, subject=EVIL) for one in range(15)]
    await asyncio.gather(*(stage.mail(raw, victim(n)) for n, raw in enumerate(mails)))

    async def all_are_decided() -> bool:
        rows = await stage.stored("notices")
        decided = sum(one["state"] in {"sent", "suppressed"} for one in rows)
        return len(rows) == decided == MOST_OF_AN_ADDRESS + 15

    await until(all_are_decided, 60)
    assert len(stage.relay.delivered) == MOST_AUTOMATIC
    assert not any(b"evil" in one.message.as_bytes() for one in stage.relay.delivered)
    assert len(await stage.tickets()) == MOST_OF_AN_ADDRESS + 15, "no enquiry is lost for it"
