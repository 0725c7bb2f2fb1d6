"""Real servers for the tests that need them: private ones, or those that the environment names."""

import os
from collections.abc import AsyncIterator, Generator, Iterator, Mapping
from pathlib import Path

import pytest
import trustme

from deploy.local.servers import MongoServer, RabbitServer
from shared.certificate import Certificate
from tests.imap_server import ImapServer
from tests.nursery import Nursery
from tests.properties import use_profile
from tests.stage import Servers, Stage

use_profile()

_TOLD = 4000
"""Characters of the end of each log, when a test fails."""


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """What the services said goes with a failure: it may be the only time that it happens."""
    report = yield
    folder = getattr(item, "funcargs", {}).get("tmp_path")
    if report.when == "call" and report.failed and folder is not None:
        for log in sorted(folder.glob("*.log")):
            report.sections.append((f"end of {log.name}", log.read_text()[-_TOLD:]))
    return report


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    """A MongoDB and a RabbitMQ, started once."""
    folder: Path = tmp_path_factory.mktemp("servers")
    mongo_uri, amqp_url = os.environ.get("MONGODB_URI"), os.environ.get("AMQP_URL")
    mongo = None if mongo_uri else MongoServer(folder / "mongodb")
    rabbit = None if amqp_url else RabbitServer(folder / "rabbitmq")
    started = [one for one in (mongo, rabbit) if one is not None]
    try:
        for one in started:
            one.launch()
        for one in started:
            one.wait_ready()
        yield Servers(
            mongo_uri or (mongo.uri if mongo else ""),
            amqp_url or (rabbit.url if rabbit else ""),
            mongo,
            rabbit,
        )
    finally:
        for one in started:
            one.stop()


@pytest.fixture(scope="session")
def imap_server() -> Iterator[ImapServer]:
    """A mail server whose mailboxes can be read, started once."""
    server = ImapServer()
    try:
        server.start()
        yield server
    finally:
        server.remove()


@pytest.fixture(scope="session")
def nurseries() -> Iterator[Mapping[str, Nursery]]:
    """Where services are forked from, so that each test need not import them again."""
    nurseries = {name: Nursery(name) for name in ("intake", "routing", "notify")}
    yield nurseries
    for one in nurseries.values():
        one.close()


@pytest.fixture
async def stage(
    servers: Servers, nurseries: Mapping[str, Nursery], tmp_path: Path
) -> AsyncIterator[Stage]:
    """An empty desk: no service runs yet."""
    stage = await Stage.build(servers, tmp_path, nurseries)
    try:
        yield stage
    finally:
        await stage.clear()


@pytest.fixture
async def plain_stage(servers: Servers, tmp_path: Path) -> AsyncIterator[Stage]:
    """The same, whose services are started as programs, as an operator does."""
    stage = await Stage.build(servers, tmp_path)
    try:
        yield stage
    finally:
        await stage.clear()


@pytest.fixture
def authority() -> trustme.CA:
    """Whom clients trust."""
    return trustme.CA()


@pytest.fixture
def certificate(tmp_path: Path, authority: trustme.CA) -> Certificate:
    """What a door shows them."""
    issued = authority.issue_cert("mail.llanfair.example")
    files = tmp_path / "certificate.pem", tmp_path / "key.pem"
    issued.cert_chain_pems[0].write_to_path(str(files[0]))
    issued.private_key_pem.write_to_path(str(files[1]))
    return Certificate(*files)
