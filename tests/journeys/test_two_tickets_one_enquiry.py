"""A patron asks twice, a librarian makes one ticket of it; what is asked besides gets its own."""

from tests.builders import mail
from tests.journeys.house import PATRON, do, events
from tests.stage import Stage, until


async def _two(stage: Stage, second: str = PATRON) -> tuple[str, str]:
    """The references of two tickets, in the order in which they were asked for."""
    await stage.open()
    await stage.mail(mail(sender=PATRON, subject="Hours"), PATRON)
    first = await stage.first_ticket()
    await stage.mail(mail(sender=second, subject="Hours again"), second)

    async def there() -> bool:
        return len(await stage.tickets()) == 2

    await until(there)
    [other] = {one["reference"] for one in await stage.tickets()} - {first}
    return first, str(other)


async def test_a_reply_to_the_merged_one_comes_to_the_one_that_stands(stage: Stage) -> None:
    gone, stands = await _two(stage)
    told = [(await stage.letter(PATRON, count)) for count in (1, 2)]
    before = (await stage.ticket(stands))["promise"]["due_at"]
    earlier = (await stage.ticket(gone))["promise"]["due_at"]
    merged = await do(stage, gone, "merge", {"into": stands})
    assert merged["promise"]["state"] == "withdrawn"
    ticket = await stage.ticket(stands)
    assert ticket["promise"]["due_at"] == min(before, earlier)
    assert {one["subject"] for one in ticket["messages"]} >= {"Hours", "Hours again"}

    [letter] = [one for one in told if gone in one.message["Subject"]]
    address = str(letter.message["Reply-To"])
    await stage.mail(mail(sender=PATRON, to=address, subject="Re", text="Yes?"), PATRON, to=address)

    async def arrived() -> bool:
        return "patron_wrote" in events(await stage.ticket(stands))

    await until(arrived)
    assert any(one["subject"] == "Re" for one in (await stage.ticket(stands))["messages"])
    await do(stage, stands, "reply", {"text": "From ten to four."})
    answer = await stage.letter(PATRON, 3)
    assert stands in answer.message["Subject"]
    assert len(stage.relay.to(PATRON)) == 3, "two acknowledgements and the answer"
    assert (await stage.ticket(gone))["status"] == "closed"
    assert len(await stage.tickets()) == 2


async def test_another_patron_is_told_who_has_it_and_reads_nothing_of_the_first(
    stage: Stage,
) -> None:
    other = "gwen@patrons.example"
    stands, gone = await _two(stage, other)
    status, said, _ = await stage.api(
        "POST", f"/v1/tickets/{gone}/merge", {"into": stands}, If_Match='"1"'
    )
    assert (status, said["type"]) == (409, "/problems/patrons-differ")
    await do(stage, gone, "merge", {"into": stands, "patrons_differ": True})
    told = await stage.letter(other, 2)
    assert "Mair Pretend is looking after it now" in told.text
    assert gone in told.text
    assert stands not in told.text
    await do(stage, stands, "reply", {"text": "From ten to four."})
    answer = await stage.letter(PATRON, 2)
    assert "Hours again" not in answer.text
    assert len(stage.relay.to(other)) == 2


async def test_what_is_asked_besides_is_split_off_linked_and_tagged(stage: Stage) -> None:
    await stage.open()
    await stage.mail(mail(sender=PATRON, subject="Hours"), PATRON)
    first = await stage.first_ticket()
    await stage.mail(mail(sender=PATRON, subject=f"[{first}] and a census map"), PATRON)

    async def added() -> bool:
        return "patron_wrote" in events(await stage.ticket(first))

    await until(added)
    letters = [one for one in (await stage.ticket(first))["messages"] if one["direction"] == "in"]
    whole = await do(stage, first, "split", {"messages": [letters[1]["id"]], "subject": "A map"})
    [link] = [one for one in whole["links"] if one["kind"] == "split_into"]
    apart = await stage.ticket(link["reference"])
    assert (apart["subject"], apart["promise"]["state"]) == ("A map", "made")
    told = await stage.letter(PATRON, 2)
    assert link["reference"] in told.text

    address = str(told.message["Reply-To"])
    await stage.mail(
        mail(sender=PATRON, to=address, subject="Re", text="1881."), PATRON, to=address
    )

    async def arrived() -> bool:
        return "patron_wrote" in events(await stage.ticket(link["reference"]))

    await until(arrived)
    await do(stage, link["reference"], "tags", {"add": ["Census", "map"]})
    _, found, _ = await stage.api("GET", "/v1/tickets?tag=CENSUS")
    assert [one["reference"] for one in found["items"]] == [link["reference"]]
    await do(stage, first, "links", {"to": link["reference"]})
    both = [await stage.ticket(one) for one in (first, link["reference"])]
    assert [any(one["kind"] == "related" for one in it["links"]) for it in both] == [True, True]
