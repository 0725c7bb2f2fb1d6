"""`desk doctor` against real servers: what is well, and each thing that is not."""

import asyncio
from pathlib import Path

from deploy.local.demonstration import STAFF
from deploy.local.processes import free_port
from deploy.local.servers import ROOT
from services.desk.store import Office
from shared.mongo import open_client
from shared.queues import QUEUES
from shared.staff import StaffMember
from tests.stage import Stage, run


def states(said: str) -> dict[str, str]:
    """Each line's state, by what it is about."""
    rows = (line.split(maxsplit=1) for line in said.splitlines())
    return {about.partition(":")[0]: state for state, about in rows}


async def _demonstration(stage: Stage) -> None:
    client = open_client(stage.servers.mongodb_uri)
    office = Office(client[stage.database])
    for name, address, team, languages, skills in STAFF:
        await office.add_staff(
            StaffMember(address, name, address, team, frozenset(languages), frozenset(skills))
        )
    client.close()


async def test_all_is_well_while_the_services_run(stage: Stage) -> None:
    await _demonstration(stage)
    await stage.open()
    said = await stage.desk("doctor")
    found = states(said)
    assert set(found.values()) == {"ok"}, said
    assert {"settings", "library file", "holidays", "closures and exceptions"} <= found.keys()
    assert {"MongoDB", "RabbitMQ", "relay", "clock", "team enquiries"} <= found.keys()
    assert "MongoDB: answers, replica set rs0" in said
    assert len(said.splitlines()) == len(found)


async def test_a_desk_that_was_never_started_is_told_what_it_lacks(stage: Stage) -> None:
    said = await stage.desk("doctor", status=1)
    assert "fault    team enquiries: 0 staff" in said
    assert "fault    ladder: ceri@llanfair.example is no staff member" in said
    [rabbit] = [line for line in said.splitlines() if "RabbitMQ" in line]
    assert rabbit.startswith("fault    RabbitMQ: answers, without ")
    for queue in (*QUEUES, "enquiries.retry", "notify.notices.dead"):
        assert queue in rabbit
    assert states(said)["relay"] == "ok"
    # It has made none of what is missing.
    assert rabbit in await stage.desk("doctor", status=1)


async def test_servers_that_are_away_are_named_each(stage: Stage) -> None:
    away = {
        "MONGODB_URI": "mongodb://127.0.0.1:9/",
        "AMQP_URL": "amqp://127.0.0.1:9/",
        "SMTP_RELAY_URL": f"smtp://127.0.0.1:{free_port()}",
    }
    said = await run("services.desk", "doctor", env=stage.env | away, status=1)
    found = states(said)
    assert {found[one] for one in ("MongoDB", "RabbitMQ", "relay")} == {"fault"}
    for name in away:
        assert name in said
    assert found["library file"] == "ok"


async def test_a_relay_that_does_not_greet_is_a_fault(stage: Stage) -> None:
    async def refuse(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"554 5.3.2 Not now\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(refuse, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    env = stage.env | {"SMTP_RELAY_URL": f"smtp://127.0.0.1:{port}"}
    said = await run("services.desk", "doctor", env=env, status=1)
    server.close()
    assert "fault    relay: no greeting" in said


async def test_settings_and_the_library_file_are_looked_at_first(
    stage: Stage, tmp_path: Path
) -> None:
    file = tmp_path / "library.toml"
    text = (ROOT / "deploy/library.toml").read_text(encoding="utf-8")
    file.write_text(text.replace('team = "enquiries"', 'team = "nobody"'), encoding="utf-8")
    line = text[: text.index('team = "enquiries"')].count("\n") + 1
    env = stage.env | {"LIBRARY_FILE": str(file)}
    said = await run("services.desk", "doctor", env=env, status=1)
    [fault] = said.splitlines()
    assert fault.startswith(f"fault    LIBRARY_FILE: {file}:{line}: topics.2.team: ")
    env = stage.env | {"INTAKE_SMTP_PORT": "smtp", "SMTP_RELAY_URL": "relay"}
    said = await run("services.desk", "doctor", env=env, status=1)
    assert [row.split(":")[0] for row in said.splitlines()] == [
        "fault    INTAKE_SMTP_PORT",
        "fault    SMTP_RELAY_URL",
    ]
