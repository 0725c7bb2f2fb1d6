"""The relay can't take a letter now, or never: neither is forgotten, and staff can see it."""

from tests.builders import mail
from tests.stage import Stage, until

PATRON = "rhian@patrons.example"


async def _notice(stage: Stage, state: str) -> dict[str, object]:
    async def there() -> bool:
        rows = await stage.stored("notices")
        return bool(rows) and rows[0]["state"] == state

    await until(there)
    return dict((await stage.stored("notices"))[0])


async def test_a_letter_that_is_greylisted_goes_later_with_the_same_message_id(
    stage: Stage,
) -> None:
    await stage.open()
    stage.relay.answer = "451 4.7.1 Greylisted"
    await stage.mail(mail())
    row = await _notice(stage, "deferred")
    assert row["reason"] == "the relay answered 451"
    assert stage.relay.delivered == []

    stage.relay.answer = "250 2.0.0 Taken"
    letter = await stage.letter(PATRON)
    assert letter.message["Message-ID"]
    assert (await _notice(stage, "sent"))["relay_said"]


async def test_a_letter_that_is_refused_for_good_is_shown_to_staff(stage: Stage) -> None:
    await stage.open()
    stage.relay.answer = "550 5.1.1 Nobody here"
    await stage.mail(mail())
    await _notice(stage, "refused")
    [ticket] = await stage.tickets()
    _, whole, _ = await stage.api("GET", f"/v1/tickets/{ticket['reference']}")
    assert [one["state"] for one in whole["messages"] if one["direction"] == "out"] == ["refused"]


async def test_a_relay_that_is_away_is_waited_for(stage: Stage) -> None:
    await stage.open()
    await stage.relay.close()
    await stage.mail(mail())
    await _notice(stage, "deferred")
    await stage.relay.open()
    await stage.letter(PATRON)
