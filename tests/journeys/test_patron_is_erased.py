"""A patron asks what is held about them, has it, and has it erased: nothing is left of them, and
nothing of anybody else is touched."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Final

import aiohttp
import pytest

from shared import personal
from shared.patron_pages import survey_link
from shared.references import Seal
from tests.builders import mail, with_files
from tests.canary import ADDRESS, CANARIES, NAME, PHONE, TAGGED, Store
from tests.journeys.house import LOWRI, OWAIN, PATRON, do, library_file
from tests.stage import SECRET, Stage, run, until

ERASE: Final = ("patron", "erase", "zefyrina@canary.example", "--yes")
QUOTED: Final = "\n\nOn Monday the library wrote:\n> brindlemoss was on the list\n"


@pytest.fixture
async def store(stage: Stage) -> AsyncIterator[Store]:
    store = Store(stage)
    yield store
    store.close()


def letter(text: str, subject: str = "The Ozymandrel lantern", **headers: str) -> bytes:
    return mail(sender=TAGGED, name=NAME, subject=subject, text=text, **headers)


def with_html(raw: bytes) -> bytes:
    html = "<p>A <b>thistlepane</b> by the door</p>"
    head, _, body = raw.partition(b"\r\n\r\n")
    kept = [one for one in head.split(b"\r\n") if not one.lower().startswith(b"content-")]
    message = EmailMessage(policy=SMTP)
    message.set_content(body.decode())
    message.add_alternative(html, subtype="html")
    return b"\r\n".join(one for one in kept if not one.startswith(b"MIME")) + (
        b"\r\n" + message.as_bytes()
    )


RETURNED: Final = f"""\
From: MAILER-DAEMON@mx.canary.example
To: enquiries@llanfair.example
Subject: Undelivered Mail Returned to Sender
Message-ID: <returned.1@mx.canary.example>
Date: Sun, 22 Nov 2026 10:00:00 +0000
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="returned-1"

--returned-1
Content-Type: text/plain

cindervale could not be delivered
--returned-1
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.canary.example

Final-Recipient: rfc822; {ADDRESS}
Action: failed
Status: 5.1.1

--returned-1--
"""
"""A mail system says that something, it does not say what, did not reach this patron."""


async def of(stage: Stage, address: str, count: int = 1) -> list[str]:
    """The references of so many tickets of a patron, once they are there."""
    found: list[str] = []

    async def there() -> bool:
        found[:] = [
            one["reference"]
            for one in await stage.tickets()
            if (one["patron"]["address"] or "").lower() == address.lower()
        ]
        return len(found) >= count

    await until(there)
    return sorted(found)


async def busy(stage: Stage, folder: Path) -> str:
    """Everything that can happen to this patron's words happens; the first ticket."""
    await stage.open(LIBRARY_FILE=library_file(folder))
    await stage.add_staff(LOWRI)
    await stage.add_staff(OWAIN)
    await stage.api("GET", "/v1/staff")
    first = with_html(
        letter(f"A glimmerwick at the weir?{QUOTED}", Message_ID="<weir.1@canary.example>")
    )
    await stage.mail(first, TAGGED)
    [reference] = await of(stage, TAGGED)
    acknowledgement = await stage.letter(TAGGED)
    await do(stage, reference, "note", {"text": "Ask about juniperglass first."})
    stage.relay.answer = f"250 2.1.5 <{ADDRESS}> is fine with us"
    later = "2030-01-01T10:00:00Z"
    await do(stage, reference, "promise", {"due_at": later, "reason": "pebblenook is closed"})
    await do(stage, reference, "contact", {"how": "phone", "reached": True, "note": f"{PHONE}"})
    await do(stage, reference, "cause", {"cause": "Lost slip of Quillfeather"})
    await do(stage, reference, "escalate", {"reason": "pebblenook is not mine"})
    await stage.letter("owain@llanfair.example")
    text = "It is on the hollowmere shelf."
    canned = {"title": "Shelves", "texts": {"en": "It is on its shelf."}}
    status, answer, _ = await stage.api("POST", "/v1/answers", canned, Idempotency_Key="4")
    assert status == 201, answer
    await do(stage, reference, "reply", {"text": text, "answer": answer["id"]})
    files = {"fernleaf-tracing.txt": b"umberquartz", "map.bin": b"saffronloom" * 150_000}
    reply_to = acknowledgement.message["Reply-To"]
    await stage.mail(
        with_files(letter("Here it is.", f"Re: {reference}"), files), TAGGED, to=reply_to
    )
    await of(stage, TAGGED)
    await stage.letter(TAGGED, 4)
    stage.relay.answer = "250 2.0.0 Taken"
    await others(stage, reference)
    await stage.mail(letter("Many thanks!", f"Re: {reference}"), TAGGED, to=reply_to)
    await kept_aside(stage)
    await says_how_it_was(stage, reference)
    await together(stage, reference)
    return reference


async def says_how_it_was(stage: Stage, reference: str) -> None:
    """On the page of the patron's own."""
    path = survey_link(Seal(SECRET), "", reference, datetime.now(UTC) + timedelta(days=1))
    url = f"http://127.0.0.1:{stage.ports['intake']}{path}"
    said = {"solved": "no", "recommend": "4", "words": "Where is the fennelcrown?"}
    async with aiohttp.ClientSession() as session, session.post(url, data=said) as answer:
        assert answer.status == 200

    async def taken() -> bool:
        told = (await stage.ticket(reference))["timeline"]
        return "survey_answered" in [one["event"] for one in told]

    await until(taken)


async def together(stage: Stage, reference: str) -> None:
    """A call is taken down and merged into the ticket; a letter of it becomes one of its own."""
    patron = {"name": NAME, "address": ADDRESS, "phone": PHONE}
    call = {"patron": patron, "channel": "phone", "subject": "Again", "text": "A wrenhollow lamp?"}
    status, called, _ = await stage.api("POST", "/v1/tickets", call, Idempotency_Key="3")
    assert status == 201, called
    tags = {"add": ["lamps", "quillfeather papers"]}
    await do(stage, called["reference"], "tags", tags)
    await do(stage, reference, "links", {"to": called["reference"]})
    await do(stage, called["reference"], "merge", {"into": reference})
    shown = await stage.ticket(reference)
    assert shown["tags"] == tags["add"]
    came_in = [one for one in shown["messages"] if one["direction"] == "in"]
    [split_off] = [one["id"] for one in came_in if one["text"].startswith("Here it is.")]
    part = {"messages": [split_off], "subject": "The marrowfen part"}
    await do(stage, reference, "split", part)


async def others(stage: Stage, reference: str) -> None:
    """By the catalogue, by telephone; and a stranger who names the ticket."""
    patron = {"name": NAME, "email": ADDRESS, "phone": PHONE}
    item = {"title": "A Ledger of Wexcombe"}
    enquiry = {"patron": patron, "subject": "A book", "body": "Is it in?", "item": item}
    await stage.catalogue("POST", "/v1/enquiries", enquiry, Idempotency_Key="1")
    lost = {"patron": patron, "channel": "phone", "note": "glimmerwick"}
    await stage.catalogue("POST", "/v1/contacts/lost", lost, Idempotency_Key="2")
    await of(stage, ADDRESS, 2)
    await stage.mail(mail(subject=f"Re: [{reference}] me too", text="I am somebody else."))
    [rhians] = await of(stage, PATRON)
    ticket = await stage.ticket(rhians)
    assert ticket["links"] == [{"kind": "named", "reference": reference}]
    status, _, _ = await stage.api(
        "POST", "/v1/causes/lost slip of quillfeather/done", {"what": "Moved the quarrystone."}
    )
    assert status in {200, 201}, status
    await noted(stage)


async def noted(stage: Stage) -> None:
    """They want to be called otherwise: so they are, on each ticket."""
    said = {"name": "Marigoldwyn", "format": "large-print"}
    status, told, _ = await stage.api("PATCH", f"/v1/patrons/{ADDRESS}", said, If_Match='"0"')
    assert status == 200, told
    theirs = {one["reference"] for one in told["tickets"] if one["status"] != "closed"}

    async def followed() -> bool:
        found = [one for one in await stage.tickets() if one["reference"] in theirs]
        return {one["patron"]["name"] for one in found} == {"Marigoldwyn"}

    await until(followed)


async def kept_aside(stage: Stage) -> None:
    """In the quarantine: unreadable, automatic, and a bounce that says who was not reached."""
    torn = letter("The larkspurvein.", **{f"X_{one}": "x" * 900 for one in range(300)})
    await stage.mail(torn, TAGGED)
    await stage.mail(letter("mothdusk", "Away", Auto_Submitted="auto-replied"), TAGGED)
    assert len(await stage.tickets()) == 4  # with the stranger's
    await stage.mail(RETURNED.replace("\n", "\r\n").encode(), "")


async def everything_sent(stage: Stage) -> None:
    """Wait until nothing is on its way."""

    async def settled() -> bool:
        outboxes = [
            one.get("outbox")
            for name in ("messages", "tickets", "notices", "digests", "patrons")
            for one in await stage.stored(name)
        ]
        states = {one["state"] for one in await stage.stored("notices")}
        return not any(outboxes) and states <= {"sent", "suppressed"}

    await until(settled)


async def every_field_is_known(store: Store) -> None:
    """Whatever is stored after all that, somebody has decided about."""
    everything = await store.documents()
    assert everything.keys() <= (
        personal.PERSONAL.keys() | personal.FILES.keys() | personal.NOBODYS.keys()
    )
    for collection in personal.PERSONAL:
        unknown = {
            one
            for document in everything[collection]
            for one in personal.unknown(collection, document)
        }
        assert unknown == set(), f"{collection}: decide in shared/personal.py what these are"


async def refused(stage: Stage, store: Store, reference: str) -> None:
    """Nothing goes while somebody works on it, nor in a dry run, nor on hold."""
    before = await store.found()
    said = await stage.desk(*ERASE, status=1)
    assert reference in said
    assert await store.found() == before
    said = await stage.desk(*ERASE, "--dry-run", "--even-open")
    assert "5 tickets" in said
    assert await store.found() == before
    await stage.desk("patron", "hold", reference, "--reason", "A court asks")
    said = await stage.desk(*ERASE, "--even-open", status=1)
    assert "On hold" in said
    assert reference in said
    assert await store.found() == before
    assert [one["event"] for one in (await stage.ticket(reference))["timeline"]][-1] == "held"
    await stage.desk("patron", "release", reference)


async def goes_on(stage: Stage, reference: str) -> None:
    """What staff try on it is refused, and the patron can come back."""
    _, _, seen = await stage.api("GET", f"/v1/tickets/{reference}")
    status, problem, _ = await stage.api(
        "POST", f"/v1/tickets/{reference}/note", {"text": "Hm."}, If_Match=seen["ETag"]
    )
    assert (status, problem["type"].rpartition("/")[2]) == (410, "erased")
    reply_to = stage.relay.to(TAGGED)[0].message["Reply-To"]
    await stage.mail(letter("It is me again."), TAGGED, to=reply_to)
    [again] = await of(stage, TAGGED)
    assert again != reference
    assert (await stage.ticket(again))["links"] == [{"kind": "continues", "reference": reference}]
    assert await stage.desk("dead", "list") == ""
    # Nor is anything told of the enquiry that the catalogue posted.
    same = {"patron": {"name": NAME, "email": ADDRESS}, "subject": "A book", "body": "Is it in?"}
    status, problem, _ = await stage.catalogue("POST", "/v1/enquiries", same, Idempotency_Key="1")
    assert (status, problem["type"].rpartition("/")[2]) == (422, "idempotency-key-used")


@pytest.mark.timeout(300)
async def test_nothing_is_left_of_who_was_erased(
    stage: Stage, store: Store, tmp_path: Path
) -> None:
    reference = await busy(stage, tmp_path)
    [rhians] = await of(stage, PATRON)

    await everything_sent(stage)
    before = await store.found()
    assert CANARIES.keys() - before.keys() == set(), "the scan finds what is there"
    await every_field_is_known(store)
    anothers = await store.about(rhians)

    await refused(stage, store, reference)
    said = await stage.desk(*ERASE, "--even-open")
    assert "Erased. Proof: " in said
    left = await store.found()
    assert left == {}
    assert await store.about(rhians) == anothers
    erased = await stage.ticket(reference)
    assert (erased["status"], erased["subject"]) == ("closed", "")
    assert erased["tags"] == ["lamps"]
    assert [one["event"] for one in erased["timeline"]][-1] == "erased"
    assert "Nothing is held" in await stage.desk(*ERASE)
    proof = await stage.desk("patron", "proof", TAGGED)
    assert "5 tickets" in proof
    assert "canary" not in proof
    assert await stage.desk("patron", "proof", PATRON) == ""
    for service in stage.services.values():
        log = service[0].process.log.read_text().lower()
        assert [one for one in CANARIES.values() if one.lower() in log] == []

    await goes_on(stage, reference)


@pytest.mark.timeout(300)
async def test_a_patron_is_given_what_is_held(stage: Stage, tmp_path: Path) -> None:
    reference = await busy(stage, tmp_path)
    [rhians] = await of(stage, PATRON)
    folder = tmp_path / "out"
    command = ("patron", "export", ADDRESS, "--to", str(folder))
    told = json.loads(await stage.desk(*command, "--json"))
    text = (folder / "patron.json").read_text(encoding="utf-8")
    found = json.loads(text)
    missing = [
        name
        for name, word in CANARIES.items()
        if word.lower() not in text.lower() and not name.startswith(_ONLY_IN_FILES)
    ]
    assert missing == []
    assert rhians not in text
    assert "I am somebody else" not in text
    assert PATRON not in text
    assert len(found["tickets"]) == told["tickets"] == 5
    assert {one["_id"] for one in found["tickets"]} >= {reference}
    assert found["preferences"]["phones"] == [PHONE]
    assert sorted(found["preferences"]["names"]) == ["Marigoldwyn", NAME]
    noted = {one: found["noted"][one] for one in ("name", "language", "format")}
    assert noted == {"name": "Marigoldwyn", "language": None, "format": "large-print"}
    kept = {one: (folder / one).read_bytes() for one in told["files"]}
    [traced] = [one for name, one in kept.items() if name.endswith("0-fernleaf-tracing.txt")]
    assert traced == b"umberquartz"
    assert any(one == b"saffronloom" * 150_000 for one in kept.values())
    raws = [one for name, one in kept.items() if name.endswith("as_it_came.eml")]
    assert any(b"thistlepane" in one for one in raws)
    assert any(b"larkspurvein" in one for one in raws)
    assert {
        path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()
    } == {"patron.json", *told["files"]}
    assert [oct(path.stat().st_mode)[-3:] for path in folder.rglob("*.json")] == ["600"]
    assert "is not empty" in await stage.desk(*command, status=1)


_ONLY_IN_FILES: Final = ("digest", "content", "large", "what", "quarantined")
POINTS: Final = ("begun", "after_ticket", "after_files", "after_letters")


@pytest.mark.timeout(300)
async def test_killed_at_any_point_it_is_finished_by_the_next_one(
    stage: Stage, store: Store, tmp_path: Path
) -> None:
    await stage.open(LIBRARY_FILE=library_file(tmp_path))
    for point in POINTS:
        sender = f"{point}@canary.example"
        raw = mail(
            sender=sender,
            name=f"Quillfeather {point}",
            subject=f"subject of {point}",
            text=f"words of {point}",
        )
        await stage.mail(
            with_files(raw, {f"file_of_{point}.txt": b"content of " + point.encode()}), sender
        )
        [reference] = await of(stage, sender)
        await stage.letter(sender)
        await do(stage, reference, "reply", {"text": f"reply to {point}"})
        await stage.letter(sender, 2)
        await do(stage, reference, "resolve", {})
    for point in POINTS:
        words = {
            one: f"{one} {point}"
            for one in ("subject of", "words of", "content of", "reply to", "quillfeather")
        }
        words |= {"address": f"{point}@canary.example", "file name": f"file_of_{point}"}
        assert (await store.found(words)).keys() == words.keys()
        erase = ("patron", "erase", f"{point}+x@canary.example", "--yes")
        env = stage.env | {
            "CRASH_AT": f"erase.{point}:1",
            "LIBRARY_FILE": stage.env["LIBRARY_FILE"],
        }
        await run("services.desk", *erase, env=env, status=-9)
        assert await store.found(words), "it was killed before all was gone"
        await stage.desk(*erase)
        assert await store.found(words) == {}
        [row] = (await stage.desk("patron", "proof", f"{point}@canary.example")).splitlines()
        assert "1 tickets, 1 letters, 1 written by staff" in row
        assert "broken off" not in row
    assert SECRET not in str(await store.documents())


async def test_a_letter_that_waits_for_the_relay_is_never_sent_to_who_was_erased(
    stage: Stage, store: Store, tmp_path: Path
) -> None:
    await stage.open(LIBRARY_FILE=library_file(tmp_path))
    stage.relay.answer = "451 4.3.0 Later"
    await stage.mail(letter("A glimmerwick at the weir?"), TAGGED)
    await of(stage, TAGGED)

    async def waits() -> bool:
        return [one["state"] for one in await stage.stored("notices")] == ["deferred"]

    await until(waits)
    await stage.desk(*ERASE, "--even-open")
    stage.relay.answer = "250 2.0.0 Taken"

    async def given_up() -> bool:
        rows = await stage.stored("notices")
        return [(one["state"], "due_at" in one) for one in rows] == [("suppressed", False)]

    await until(given_up)
    assert stage.relay.delivered == []
    assert await stage.stored("notices") != []
    assert await store.found() == {}
    assert await stage.desk("dead", "list") == ""


async def test_what_was_kept_long_enough_is_said_and_then_goes(
    stage: Stage, store: Store, tmp_path: Path
) -> None:
    await stage.open(LIBRARY_FILE=library_file(tmp_path))
    await stage.mail(letter("A glimmerwick at the weir?"), TAGGED)
    [reference] = await of(stage, TAGGED)
    await stage.letter(TAGGED)
    await do(stage, reference, "reply", {"text": "It is on the hollowmere shelf."})
    await stage.letter(TAGGED, 2)
    await do(stage, reference, "resolve", {})
    await noted(stage)
    await everything_sent(stage)
    assert "0 tickets" in await stage.desk("retention", "--dry-run")
    for copies in stage.services.values():
        copies[0].kill()
    past = datetime(2020, 1, 1, tzinfo=UTC)
    closed = {"at": past, "event": "closed", "by": "desk", "version": 99}
    await store.database.tickets.update_one(
        {"_id": reference},
        {"$set": {"status": "closed", "created_at": past}, "$push": {"timeline": closed}},
    )
    said = await stage.desk("retention", "--dry-run")
    assert said.splitlines() == [
        f"{reference}\tgeneral\tclosed 2020-01-01",
        "1 tickets and 0 letters without one",
        "With them what is noted of 1 patrons, whose last tickets these are",
    ]
    assert {"words", "noted name"} <= (await store.found()).keys()
    for copies in stage.services.values():
        copies[0].start()

    # Who was written to is counted for a day, which is long over by then.
    await store.database.allowances.delete_many({})

    async def gone() -> bool:
        return await store.found() == {}

    await until(gone, 60)
