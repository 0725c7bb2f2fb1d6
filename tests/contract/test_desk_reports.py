"""`desk charter`, `desk causes` and `desk trace`, run as operators run them, on a real MongoDB."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from deploy.local.servers import ROOT
from services.intake.store import Letters
from services.routing.actions import name_trouble
from services.routing.reporting import Reports
from services.routing.store import Tickets
from shared.audit import Reading
from shared.audit_log import AuditLog
from shared.library import read_library
from shared.mongo import Database
from tests.contract.conftest import fresh_database
from tests.stage import Servers, run
from tests.unit.examples import LETTER, LIBRARY, NOW, REFERENCE, SECRET, kept_letter, opened

PAST = datetime(2025, 11, 5, 10, tzinfo=UTC)


def env(servers: Servers, database: Database) -> dict[str, str]:
    """The settings of a command."""
    return {
        "MONGODB_URI": servers.mongodb_uri,
        "MONGODB_DATABASE": database.name,
        "DESK_SECRET": SECRET,
        "LIBRARY_FILE": str(ROOT / "deploy/library.toml"),
    }


async def desk(servers: Servers, database: Database, *arguments: str, status: int = 0) -> list[str]:
    """The lines that it prints."""
    known = env(servers, database)
    return (await run("services.desk", *arguments, env=known, status=status)).splitlines()


async def test_the_charter_and_the_causes_of_a_month_are_printed(servers: Servers) -> None:
    async with fresh_database(servers) as database:
        library = read_library(ROOT / "deploy/library.toml")
        tickets = Tickets(database, library)
        change = opened(letter=replace(LETTER, at=PAST))
        await tickets.open(change, caused_by="letter-1")
        named = name_trouble(change.ticket, "Page\x1b[2J  wrong", "mair", PAST)
        await tickets.save(named, caused_by="naming")
        row = {"id": "1", "what": "mended", "by": {"id": "mair", "name": "Mair"}, "at": NOW}
        await Reports(database, library).note_done("page\x1b[2J wrong", row)

        lines = await desk(servers, database, "charter", "--month", "2025-11")
        assert lines[0] == "2025-11-01 to 2025-11-30, all teams"
        assert lines[1].startswith("As published at ")
        assert lines[2].split() == ["tickets", "1"]
        assert lines[3].split()[-1] == "1"
        [published] = await database.charters.find().to_list(None)
        assert published["_id"] == "2025-11"

        days, known = ("2025-11-01", "2025-11-30"), env(servers, database)
        by_hand = (await run("tests.charter_by_hand", *days, env=known)).splitlines()
        assert by_hand[0] == "tickets\t1"

        [told] = await desk(servers, database, "charter", "--month", "2025-11", "--json")
        assert json.loads(told)["figures"]["tickets"] == 1
        [told] = await desk(servers, database, "causes", "--month", "2025-11", "--json")
        assert [one["count"] for one in json.loads(told)] == [1]

        for_team = ("charter", "--month", "2025-11", "--team", "local-history")
        assert (await desk(servers, database, *for_team))[2].split() == ["tickets", "0"]
        assert await desk(servers, database, "causes", "--month", "2025-11") == [
            f"1\tPage\ufffd[2J wrong\t{change.ticket.reference}",
            "\t2026-11-23 Mair: mended",
        ]
        assert await desk(servers, database, "causes", "--month", "2025-10") == []
        now = await desk(servers, database, "charter")
        assert now[1].split() == ["tickets", "0"], "the present month is not published"


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("charter", "--month", "11/2026"), "--month is such as 2026-11"),
        (("causes", "--month", "2026-13"), "--month is such as 2026-11"),
        (("charter", "--team", "nowhere"), "There is no team 'nowhere' in LIBRARY_FILE"),
    ],
)
async def test_a_bad_question_is_told_why(
    servers: Servers, arguments: tuple[str, ...], why: str
) -> None:
    async with fresh_database(servers) as database:
        assert await desk(servers, database, *arguments, status=1) == [why]


async def test_a_database_that_is_away_is_told_in_one_line(servers: Servers) -> None:
    nowhere = replace(servers, mongodb_uri="mongodb://127.0.0.1:9/")
    async with fresh_database(servers) as database:
        [line] = await desk(nowhere, database, "causes", status=1)
        assert line.endswith("Is MONGODB_URI right, and MongoDB running?")


async def test_one_enquiry_is_traced_without_a_word_of_its_patrons(servers: Servers) -> None:
    async with fresh_database(servers) as database:
        change = opened()
        await Tickets(database, LIBRARY).open(change, caused_by="letter-1")
        await Letters(database).save(kept_letter("letter-1"), REFERENCE, None)
        await database.messages.update_one({"_id": "letter-1"}, {"$set": {"state": "opened"}})
        row = {"reference": REFERENCE, "at": NOW, "notice": "acknowledgement", "state": "sent"}
        await database.notices.insert_one({"_id": "notice-1", **row, "to": "rhian@x.example"})
        made = {"_id": "made-1", "reference": REFERENCE, "made_at": NOW, "state": "queued"}
        await database.conversions.insert_one(made)
        [told] = await desk(servers, database, "trace", REFERENCE.lower(), "--json")
        steps = json.loads(told)
        known = {(one["what"], one["state"], one["id"]) for one in steps}
        assert {
            ("letter in", "opened", "letter-1"),
            ("notice acknowledgement", "sent", "notice-1"),
            ("conversion", "queued", "made-1"),
        } <= known
        assert "opened" in {one["what"] for one in steps}, "the timeline"
        waits = [one for one in steps if one["state"] == "waits"]
        assert "to be told: notice.requested" in [one["what"] for one in waits]
        moments = [one["at"] for one in steps]
        assert moments == sorted(moments)
        assert "rhian" not in told.lower()
        await desk(servers, database, "trace", "ENQ-9999-999X", status=1)
        await desk(servers, database, "trace", "nonsense", status=1)


async def test_what_looks_at_everything_tells_it_as_one_json_value(servers: Servers) -> None:
    async with fresh_database(servers) as database:
        real = Tickets(database, LIBRARY)
        await real.open(opened(), caused_by="letter-1")
        await AuditLog(database).note(Reading("mair", "ticket", (REFERENCE,), NOW))

        async def told(*command: str, status: int = 0) -> Any:
            known = env(servers, database) | {"AMQP_URL": servers.amqp_url}
            said = await run("services.desk", *command, "--json", env=known, status=status)
            assert len(said.splitlines()) == 1
            return json.loads(said)

        audit = await told("audit")
        assert (audit["rows"], audit["broken_from"], len(audit["newest"])) == (1, None, 64)
        await database.audit.update_one({}, {"$set": {"by": "sian"}})
        assert (await told("audit", status=1))["broken_from"] == 1
        erase = ("patron", "erase", "rhian@patrons.example")
        would = await told(*erase, "--dry-run", "--even-open")
        assert (would["counts"]["tickets"], would["proof"]) == (1, None)
        assert await desk(servers, database, *erase, "--json", status=1) == [
            "With --json say --dry-run or --yes: nothing is asked"
        ]
        nothing = {"tickets": [], "letters": 0, "preferences": 0}
        assert await told("retention", "--dry-run") == nothing
        done = await told(*erase, "--yes", "--even-open")
        [proof] = await told("patron", "proof", "rhian@patrons.example")
        assert proof["proof"] == done["proof"]
        found = await told("doctor", status=1)  # nobody of the staff is there
        assert {one["state"] for one in found} <= {"ok", "warning", "fault"}
        assert all(one["do"] for one in found if one["state"] == "fault")
