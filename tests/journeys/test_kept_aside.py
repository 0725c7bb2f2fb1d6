"""A letter that nobody could read becomes an enquiry by a person's word."""

import json

from tests.builders import mail
from tests.stage import Stage, until

UNREADABLE = b"From: Gwen Example <gwen@patrons.example>\r\nSubject: A question\r\n" + (
    b"Content-Disposition: a" + b";" * 40_000 + b"\r\n\r\nhello\r\n"
)
GWEN = "gwen@patrons.example"


async def test_unreadable_mail_is_listed_released_and_becomes_a_ticket_with_an_owner(
    stage: Stage,
) -> None:
    await stage.open()
    assert "Kept" in await stage.mail(UNREADABLE, GWEN)
    _, listed, _ = await stage.api("GET", "/v1/quarantine")
    [waiting] = listed["items"]
    assert (waiting["subject"], waiting["from"]["address"]) == ("A question", GWEN)
    assert await stage.tickets() == []

    _, shown, _ = await stage.api("GET", f"/v1/quarantine/{waiting['id']}")
    assert "Subject: A question" in shown["headers"]
    path = f"/v1/quarantine/{waiting['id']}/release"
    status, said, _ = await stage.api("POST", path, {"as": "enquiry"})
    assert status == 200
    letter = await stage.letter(GWEN)
    [ticket] = await stage.tickets()
    assert ticket["reference"] == said["reference"]
    assert ticket["owner"]["id"] == "mair"
    assert said["reference"] in letter.text
    _, whole, _ = await stage.api("GET", f"/v1/tickets/{said['reference']}")
    assert whole["timeline"][0]["by"] == "mair"
    assert "could not be read" in whole["messages"][0]["text"]
    assert (await stage.api("GET", "/v1/quarantine"))[1]["items"] == []
    assert (await stage.api("POST", path, {"as": "enquiry"}))[1]["reference"] == said["reference"]
    assert "Kept" in await stage.mail(UNREADABLE, GWEN), "the same letter again is known"
    assert len(await stage.tickets()) == 1


async def test_the_operators_command_does_the_same(stage: Stage) -> None:
    await stage.open()
    for number in range(3):
        await stage.mail(UNREADABLE.replace(b"hello", b"%d" % number), GWEN)
    await stage.mail(mail(sender="robot@elsewhere.example", Precedence="bulk", subject="News"))
    rows = [one.split("\t") for one in (await stage.desk("quarantine", "list")).splitlines()]
    assert [row[-1] for row in rows] == ["A question"] * 3
    first, second, third = (row[0] for row in rows)
    listed = json.loads(await stage.desk("quarantine", "list", "--json"))
    assert [one["id"] for one in listed] == [first, second, third]
    shown = json.loads(await stage.desk("quarantine", "show", first, "--json"))
    assert (shown["id"], shown["released"]) == (first, None)
    assert "Subject: A question" in shown["raw"]
    [noted] = (await stage.desk("quarantine", "list", "--automatic")).splitlines()
    assert noted.split("\t")[4:] == ["Precedence", "robot@elsewhere.example", "News"]

    assert "Subject: A question" in await stage.desk("quarantine", "show", first)
    other = ("--address", "gwen@home.example")
    said = (await stage.desk("quarantine", "release", first, second, *other)).splitlines()
    assert await stage.desk("quarantine", "release", first) == said[0]
    await stage.letter("gwen@home.example", 2)
    assert {one["reference"] for one in await stage.tickets()} == set(said)

    assert "discarded" in await stage.desk("quarantine", "discard", third, "--reason", "spam")
    assert "discarded by desk:" in await stage.desk("quarantine", "release", third, status=1)
    assert "released by desk:" in await stage.desk(
        *("quarantine", "discard", first, "--reason", "x"), status=1
    )
    shown = await stage.desk("quarantine", "show", third)
    assert "discarded by desk:" in shown
    assert shown.splitlines()[1].endswith(": spam")
    await stage.desk("quarantine", "release", noted.split("\t")[0])
    await stage.letter("robot@elsewhere.example")
    assert await stage.desk("quarantine", "list") == ""
    for bad in (("show", "nowhere"), ("release", "nowhere"), ("release", third, "--address", "x")):
        await stage.desk("quarantine", *bad, status=1)


async def test_a_storm_from_one_sender_costs_neither_him_nor_others_a_letter(stage: Stage) -> None:
    stage.add("intake", MOST_ENQUIRIES_AN_HOUR="5")
    for name in ("routing", "notify"):
        stage.add(name)
    for copies in stage.services.values():
        for one in copies:
            one.start()
    await stage._staff()
    await stage.ready()
    for number in range(20):
        await stage.mail(mail(subject=f"Storm {number}"))
    await stage.mail(mail(sender=GWEN, subject="Calm"), GWEN)
    await stage.letter(GWEN)

    async def all_opened() -> bool:
        return len(await stage.tickets()) == 6

    await until(all_opened)
    _, listed, _ = await stage.api("GET", "/v1/quarantine?limit=200")
    assert {one["subject"] for one in listed["items"]} == {f"Storm {n}" for n in range(5, 20)}
    assert len(await stage.stored("messages")) == 21
