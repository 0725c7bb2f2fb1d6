"""The operators' command line, run as they run it."""

import json
from datetime import UTC, datetime
from typing import Any

from motor.motor_asyncio import AsyncIOMotorClient

from shared.audit import Reading
from shared.audit_log import AuditLog
from shared.keys import caller_of, digest
from shared.mongo import open_client
from tests.stage import Stage, run, until

MAIR = ("Mair Pretend", "Mair@llanfair.example", "--team", "enquiries", "--language", "cy")


async def test_staff_are_added_once_changed_and_listed(stage: Stage) -> None:
    first = await stage.desk("staff", "add", *MAIR)
    again = await stage.desk("staff", "add", *MAIR, "--language", "en", "--skill", "general")
    assert first == again
    [row] = (await stage.desk("staff", "list")).splitlines()
    assert row.split("\t") == [
        *(first, "Mair Pretend", "mair@llanfair.example", "enquiries", "cy,en", "general", "staff")
    ]
    [one] = json.loads(await stage.desk("staff", "list", "--json"))
    assert (one["id"], one["languages"], one["skills"]) == (first, ["cy", "en"], ["general"])
    said = await stage.desk("staff", "add", "A", "a@b.example", "--team", "nowhere", status=1)
    assert "There is no team 'nowhere'" in said
    assert "local-history" in said


async def test_a_key_is_shown_once_and_only_its_digest_is_kept(stage: Stage) -> None:
    await stage.desk("staff", "add", *MAIR)
    token = await stage.desk("token", "staff", "mair@llanfair.example", "--days", "2")
    key = await stage.desk("token", "integration", "catalogue")
    client: Any = AsyncIOMotorClient(stage.servers.mongodb_uri, tz_aware=True)
    stored = {one["_id"]: one for one in await client[stage.database].keys.find().to_list(None)}
    client.close()
    assert token not in str(stored)
    staff = caller_of(stored[digest(token)], datetime.now(UTC))
    catalogue = caller_of(stored[digest(key)], datetime.now(UTC))
    assert staff is not None
    assert catalogue is not None
    assert sorted(staff.scopes) == ["tickets:read", "tickets:write"]
    assert (catalogue.id, *catalogue.scopes) == ("catalogue", "enquiries:write")
    assert "no staff member" in await stage.desk("token", "staff", "x@y.example", status=1)


async def test_a_token_is_good_for_what_its_owners_role_allows_and_no_longer_than_said(
    stage: Stage,
) -> None:
    mair = "mair@llanfair.example"
    await stage.desk("staff", "add", *MAIR, "--role", "auditor")
    await stage.desk("token", "staff", mair, "--expires", "2099-01-02")
    await stage.desk("token", "staff", mair, "--scope", "tickets:read")
    rows = [row.split("\t") for row in await _listed(stage)]
    assert [row[3] for row in rows] == ["audit:read,tickets:read", "tickets:read"]
    assert rows[0][5].startswith("2099-01-02T00:00")
    said = await stage.desk("token", "staff", mair, "--scope", "tickets:write", status=1)
    assert "auditor does not allow: tickets:write" in said
    said = await stage.desk("token", "staff", mair, "--expires", "2020-01-01", status=1)
    assert "has passed" in said


async def test_a_change_of_the_audit_log_is_noticed(stage: Stage) -> None:
    client = open_client(stage.servers.mongodb_uri)
    log = AuditLog(client[stage.database])
    for _ in range(3):
        await log.note(Reading("mair", "ticket", ("ENQ-8888-8888",), datetime.now(UTC)))
    said = await stage.desk("audit")
    newest = (await stage.stored("audit"))[-1]["hash"]
    assert said == f"3 rows, none changed; the newest has the hash {newest}"
    await client[stage.database].audit.update_one({"_id": 2}, {"$set": {"by": "nobody"}})
    client.close()
    assert "from row 2 on" in await stage.desk("audit", status=1)


async def test_keys_are_listed_and_withdrawn_and_never_shown(stage: Stage) -> None:
    await stage.open()
    await stage.desk("token", "integration", "old-catalogue")
    rows = {row.split("\t")[1]: row.split("\t") for row in await _listed(stage)}
    assert rows.keys() == {"mair", "catalogue", "old-catalogue"}
    assert rows["catalogue"][3] == "enquiries:write"
    assert rows["mair"][3] == "tickets:read,tickets:write"
    assert [row[6:] for row in rows.values()] == [["-", "-"]] * 3
    for key in (stage.key, stage.token):
        assert key not in str(rows)
    assert rows["catalogue"][0] == digest(stage.key)[:12]

    nowhere = "/v1/enquiries/ENQ-7K3M-92Q2"
    assert (await stage.catalogue("GET", nowhere))[0] == 404
    assert (await stage.api("GET", "/v1/tickets"))[0] == 200

    async def used() -> bool:
        last = [row.split("\t")[6] for row in await _listed(stage)]
        return len([one for one in last if one != "-"]) == 2

    await until(used, every=0.5)
    for caller in ("catalogue", "mair"):
        said = await stage.desk("token", "revoke", rows[caller][0])
        assert said == f"{rows[caller][0]} withdrawn"
    assert (await stage.catalogue("GET", nowhere))[0] == 401
    assert (await stage.api("GET", "/v1/tickets"))[0] == 401
    listed = json.loads(await stage.desk("token", "list", "--json"))
    known = {one["caller"]: one for one in listed}
    assert known["mair"]["scopes"] == ["tickets:read", "tickets:write"]
    assert known["old-catalogue"]["revoked_at"] is None
    assert datetime.fromisoformat(known["mair"]["revoked_at"]).tzinfo is not None
    withdrawn = {row.split("\t")[1]: row.split("\t")[7] for row in await _listed(stage)}
    assert withdrawn["old-catalogue"] == "-"
    assert "-" not in {withdrawn["catalogue"], withdrawn["mair"]}

    for wrong in ("ffffffffffff", "", ".*", rows["mair"][0][:7]):
        assert "no key" in await stage.desk("token", "revoke", wrong, status=1)


async def _listed(stage: Stage) -> list[str]:
    return (await stage.desk("token", "list")).splitlines()


async def test_a_server_that_is_away_is_named(stage: Stage) -> None:
    away = {"MONGODB_URI": "mongodb://127.0.0.1:9/", "AMQP_URL": "amqp://127.0.0.1:9/"}
    env = stage.env | away
    assert "MONGODB_URI" in await run("services.desk", "staff", "list", env=env, status=1)
    assert "AMQP_URL" in await run("services.desk", "dead", "list", env=env, status=1)


async def test_what_of_accessible_copies_is_not_delivered_is_listed(stage: Stage) -> None:
    client: Any = AsyncIOMotorClient(stage.servers.mongodb_uri, tz_aware=True)
    item: dict[str, Any] = {"number": 1, "state": "checking", "needs_somebody": True}
    item["work"] = {"title": "Rivers"}
    due = item | {"next_at": datetime(2026, 11, 1, tzinfo=UTC)}
    later = item | {
        "number": 2,
        "needs_somebody": False,
        "next_at": datetime(2099, 1, 1, tzinfo=UTC),
    }
    delivery = {"id": "d1", "items": [later, due, {"number": 3, "state": "delivered"}]}
    ticket = {"_id": "ENQ-7K3M-92Q2", "team": "enquiries", "owner": {"id": "mair"}}
    await client[stage.database].tickets.insert_one(ticket | {"deliveries": [delivery]})
    client.close()
    rows = [row.split("\t") for row in (await stage.desk("deliveries")).splitlines()]
    assert [(row[2], row[3], row[5]) for row in rows] == [
        ("1", "Rivers", "mair"),
        ("2", "Rivers", "mair"),
    ]
    [one] = json.loads(await stage.desk("deliveries", "--stuck", "--json"))
    assert (one["item"], one["waits_for"]) == (1, "mair")
    assert len((await stage.desk("deliveries", "--due")).splitlines()) == 1
