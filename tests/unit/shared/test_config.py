"""A bad setting refuses to start, in one line that names the variable and what is wanted.

Every case is a service started as an operator starts it.
"""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from shared.config import IntakeSettings, NotifySettings, RoutingSettings
from tests.unit.examples import SECRET

ROOT: Final = Path(__file__).resolve().parents[3]
EX_CONFIG: Final = 78
HIDDEN: Final = "hunter2"
"""Stands in every value that is a secret, or may hold one."""


@dataclass(frozen=True)
class Bad:
    """A value that a service must refuse."""

    variable: str
    value: str | None
    """None: it is not set."""
    wanted: str
    """What the line says besides the name."""
    service: str = "intake"


def _cases() -> list[Bad]:
    url = "://…"
    port = "less than or equal to 65535"
    return [
        Bad("MONGODB_URI", "", f"mongodb{url}"),
        Bad("MONGODB_URI", f"http://desk:{HIDDEN}@localhost/", f"mongodb{url}"),
        Bad("MONGODB_URI", f"desk:{HIDDEN}@localhost:27017", f"mongodb{url}", "routing"),
        Bad("MONGODB_URI", "mongodb://", f"mongodb{url}", "notify"),
        Bad("MONGODB_DATABASE", "", "match"),
        Bad("MONGODB_DATABASE", "a.b", "match", "routing"),
        Bad("AMQP_URL", f"http://desk:{HIDDEN}@localhost/", f"amqp{url}"),
        Bad("AMQP_URL", "amqp:///vhost", f"amqp{url}", "routing"),
        Bad("AMQP_URL", "localhost", f"amqp{url}", "notify"),
        Bad("LIBRARY_FILE", "/nowhere/library.toml", "can't be read"),
        Bad("LIBRARY_FILE", "/", "can't be read", "notify"),
        Bad("LIBRARY_FILE", "pyproject.toml", "library", "routing"),
        Bad("DESK_SECRET", None, "must be set (at least 32 characters"),
        Bad("DESK_SECRET", HIDDEN, "at least 32", "notify"),
        Bad("HTTP_HOST", "", "at least 1", "routing"),
        Bad("LOG_LEVEL", "loud", "'debug', 'info', 'warning' or 'error'"),
        Bad("LOG_LEVEL", "", "'debug', 'info', 'warning' or 'error'", "notify"),
        Bad("INTAKE_SMTP_HOST", "", "at least 1"),
        Bad("INTAKE_SMTP_PORT", "smtp", "integer"),
        Bad("INTAKE_SMTP_PORT", "0", "greater than or equal to 1"),
        Bad("INTAKE_HTTP_PORT", "65536", port),
        Bad("MAX_MESSAGE_BYTES", "25M", "integer"),
        Bad("MAX_MESSAGE_BYTES", "1000", "greater than or equal to 65536"),
        Bad("MOST_ENQUIRIES_AN_HOUR", "0", "greater than or equal to 1"),
        Bad("AUTOMATIC_LETTERS_A_DAY", "none", "integer", "notify"),
        Bad("MOST_READS_A_MINUTE", "0", "greater than or equal to 1", "routing"),
        Bad("MOST_CHANGES_A_MINUTE", "many", "integer", "routing"),
        Bad("INTAKE_SMTP_CERTIFICATE", "/nowhere/certificate.pem", "can't be read: No such file"),
        Bad("INTAKE_SMTP_KEY", "/nowhere/key.pem", "can't be read: No such file"),
        Bad("INTAKE_SMTP_KEY", "pyproject.toml", "both, or none"),
        Bad("INTAKE_SMTP_REQUIRE_TLS", "True", "needs INTAKE_SMTP_CERTIFICATE"),
        Bad("INTAKE_SMTP_REQUIRE_TLS", "perhaps", "boolean"),
        Bad("INTAKE_SMTP_CONNECTIONS", "0", "greater than or equal to 1"),
        Bad("INTAKE_SMTP_CONNECTIONS_PER_ADDRESS", "0", "greater than or equal to 1"),
        Bad("INTAKE_SMTP_LETTER_BYTES", "26214399", "at least MAX_MESSAGE_BYTES"),
        Bad("INTAKE_SMTP_TRUSTED", "192.0.2.0/99", "addresses or networks"),
        Bad("INTAKE_SMTP_TRUSTED", "mail.llanfair.example", "addresses or networks"),
        Bad("INTAKE_SMTP_TRUSTED", "192.0.2.7/24", "addresses or networks"),
        Bad("IMAP_URL", f"imap.llanfair.example:{HIDDEN}", "mailbox 1: wanted: imaps://user"),
        Bad("IMAP_URL", f"imaps://desk@a.example:{HIDDEN}@imap.example", "mailbox 1: wanted"),
        Bad("IMAP_SINCE", "yesterday", "now, all, a date"),
        Bad("IMAP_SINCE", "", "now, all, a date"),
        Bad("TRUSTED_PROXIES", "10.0.0.1/8", "wanted: addresses or networks"),
        Bad("TRUSTED_PROXIES", "proxy.example", "wanted: addresses or networks"),
        Bad("CLAMD_URL", "clamd.example:3310", "tcp://host:port or unix:///path"),
        Bad("CLAMD_URL", "unix://clamd.sock", "tcp://host:port or unix:///path"),
        Bad("AUTHSERV_ID", "mx.llanfair.example; dmarc=pass", "a name such as"),
        Bad("VERIFY_DKIM", "perhaps", "boolean"),
        Bad("ROUTING_HTTP_PORT", "70000", port, "routing"),
        Bad("NOTIFY_HTTP_PORT", "-1", "greater than or equal to 1", "notify"),
        Bad("SMTP_RELAY_URL", "relay.example:25", f"smtp{url}", "notify"),
        Bad("SMTP_RELAY_TLS", "sometimes", "'required', 'opportunistic' or 'off'", "notify"),
        Bad("SMTP_RELAY_CA", "/nowhere/ca.pem", "can't be read: No such file", "notify"),
        Bad("TEMPLATES_DIR", "/nowhere/letters", "there is no such folder", "notify"),
        Bad("DKIM_KEY_FILE", "/nowhere/key.pem", "can't be read: No such file", "notify"),
        Bad("DKIM_KEY_FILE", "pyproject.toml", "holds no RSA key", "notify"),
        Bad("DKIM_SELECTOR", "desk_2026", "a name in DNS", "notify"),
        Bad("DKIM_DOMAIN", "llanfair.example", "DKIM_SELECTOR and DKIM_DOMAIN, or none", "notify"),
        Bad("CONVERSION_WORKERS", "-1", "greater than or equal to 0", "notify"),
        Bad("CONVERSION_TRIES", "0", "greater than or equal to 1", "notify"),
        Bad("CONVERT_MOST_BYTES", "200M", "integer", "notify"),
        Bad("CONVERT_MOST_PAGES", "0", "greater than or equal to 1", "notify"),
        Bad("CONVERT_SECONDS", "1", "greater than or equal to 5", "notify"),
        Bad("CONVERT_MEMORY_MB", "64", "greater than or equal to 512", "notify"),
        Bad("CONVERT_PROCESSES", "1", "greater than or equal to 16", "notify"),
        Bad("CONVERT_FILE_MB", "1", "greater than or equal to 16", "notify"),
        Bad("CONVERT_FOLDER_MB", "1", "greater than or equal to 32", "notify"),
        Bad("CONVERT_UNCONFINED", "perhaps", "boolean", "notify"),
        Bad("SMTP_RELAY_URL", f"http://desk:{HIDDEN}@relay.example", f"smtp{url}", "notify"),
    ]


CASES: Final = _cases()


def environment(**changes: str | None) -> dict[str, str]:
    """Enough to start with, but for these."""
    good = {
        "DESK_SECRET": SECRET,
        "LIBRARY_FILE": "deploy/library.toml",
        # Nobody listens there: a service that did start would do no harm.
        "MONGODB_URI": "mongodb://127.0.0.1:9/",
        "AMQP_URL": "amqp://127.0.0.1:9/",
    }
    return {key: value for key, value in (good | changes).items() if value is not None}


def starts(wanted: list[tuple[str, Mapping[str, str]]]) -> list[tuple[int, str]]:
    """How each of these services ends, and what it says."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.unit.shared.starts"],
        input=json.dumps(wanted),
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={key: value for key, value in os.environ.items() if key == "PATH"},
        timeout=120,
        check=True,
    )
    return [(status, said) for status, said in json.loads(done.stdout)]


@pytest.fixture(scope="module")
def ends() -> dict[Bad, tuple[int, str]]:
    wanted = [
        (f"services.{one.service}", environment(**{one.variable: one.value})) for one in CASES
    ]
    return dict(zip(CASES, starts(list(wanted)), strict=True))


@pytest.mark.parametrize("bad", CASES, ids=lambda one: f"{one.service} {one.variable}={one.value}")
def test_a_bad_setting_refuses_to_start_in_one_line_that_names_it(
    bad: Bad, ends: dict[Bad, tuple[int, str]]
) -> None:
    status, said = ends[bad]
    assert status == EX_CONFIG, said
    # The library file has many settings in one: each of its faults has its line.
    [line, *more] = said.splitlines()
    assert not more or bad.variable == "LIBRARY_FILE"
    assert all(one.startswith(f"{bad.variable}: ") for one in (line, *more))
    assert bad.wanted in line


def test_no_refusal_shows_a_secret(ends: dict[Bad, tuple[int, str]]) -> None:
    assert any(HIDDEN in (one.value or "") for one in CASES)
    assert [one for one, (_, said) in ends.items() if HIDDEN in said or SECRET in said] == []


@pytest.mark.parametrize("kind", [IntakeSettings, RoutingSettings, NotifySettings])
def test_every_setting_has_a_bad_value_here(kind: type[IntakeSettings]) -> None:
    assert {one.upper() for one in kind.model_fields} <= {one.variable for one in CASES}


MALFORMED: Final = [
    Bad("AMQP_URL", f"amqp://desk:{HIDDEN}/x@localhost/", "amqp://"),
    Bad("AMQP_URL", "amqp://localhost:port/", "amqp://", "routing"),
    Bad("AMQP_URL", "amqp://[::1/", "amqp://", "notify"),
    Bad("MONGODB_URI", f"mongodb://desk:{HIDDEN}/x@localhost/", "mongodb://"),
    Bad("MONGODB_URI", "mongodb://localhost:99999/", "mongodb://", "routing"),
    Bad("SMTP_RELAY_URL", "smtp://relay.example:port", "smtp://", "notify"),
    Bad("SMTP_RELAY_URL", f"smtp://desk:{HIDDEN}/x@relay.example:25", "smtp://", "notify"),
]
"""Addresses with the right scheme that nothing can connect to."""


def test_an_address_that_can_not_be_one_is_a_bad_setting_too() -> None:
    wanted = [
        (f"services.{one.service}", environment(**{one.variable: one.value})) for one in MALFORMED
    ]
    for bad, (status, said) in zip(MALFORMED, starts(list(wanted)), strict=True):
        assert status == EX_CONFIG, (bad, said)
        [line] = said.splitlines()
        assert line.startswith(f"{bad.variable}: ")
        assert bad.wanted in line
        assert HIDDEN not in line


def test_a_certificate_that_can_not_be_used_refuses_to_start() -> None:
    files = {"INTAKE_SMTP_CERTIFICATE": "pyproject.toml", "INTAKE_SMTP_KEY": "pyproject.toml"}
    alone = {"INTAKE_SMTP_CERTIFICATE": "pyproject.toml"}
    wanted = [("services.intake", environment(**one)) for one in (files, alone)]
    (status, said), (status_alone, said_alone) = starts(list(wanted))
    assert status == status_alone == EX_CONFIG
    assert said.startswith("INTAKE_SMTP_KEY: with INTAKE_SMTP_CERTIFICATE: can't be used: ")
    assert said_alone.startswith("INTAKE_SMTP_KEY: INTAKE_SMTP_CERTIFICATE and INTAKE_SMTP_KEY are")
    assert said.count("\n") == said_alone.count("\n") == 1


def _dkim_key(folder: Path, bits: int) -> str:
    made = rsa.generate_private_key(public_exponent=65537, key_size=bits)
    form = serialization.PrivateFormat.PKCS8
    file = folder / f"{bits}.pem"
    none = serialization.NoEncryption()
    file.write_bytes(made.private_bytes(serialization.Encoding.PEM, form, none))
    return str(file)


def test_what_letters_can_not_be_sent_or_signed_with_refuses_to_start(tmp_path: Path) -> None:
    good, short = _dkim_key(tmp_path, 2048), _dkim_key(tmp_path, 1024)
    damaged = tmp_path / "damaged.pem"
    lines = Path(good).read_text().splitlines(keepends=True)
    lines[12] = lines[12][::-1].strip() + "\n"
    damaged.write_text("".join(lines))
    elliptic = tmp_path / "elliptic.pem"
    elliptic.write_bytes(
        ec.generate_private_key(ec.SECP256R1()).private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    secret_url = f"smtp://desk:{HIDDEN}@relay.example"
    dkim: dict[str, str | None] = {"DKIM_KEY_FILE": good, "DKIM_SELECTOR": "desk"}
    cases: list[tuple[dict[str, str | None], str]] = [
        ({"SMTP_RELAY_URL": secret_url}, "SMTP_RELAY_TLS: a password in SMTP_RELAY_URL wants"),
        ({"SMTP_RELAY_URL": secret_url, "SMTP_RELAY_TLS": "off"}, "SMTP_RELAY_TLS: a password"),
        ({"SMTP_RELAY_URL": "smtps://relay.example", "SMTP_RELAY_TLS": "off"}, "SMTP_RELAY_TLS: "),
        (
            {"SMTP_RELAY_TLS": "required", "SMTP_RELAY_CA": "pyproject.toml"},
            "SMTP_RELAY_TLS: SMTP_RELAY_CA holds no certificates",
        ),
        ({"DKIM_KEY_FILE": str(damaged)}, "DKIM_KEY_FILE: "),
        ({"DKIM_KEY_FILE": str(elliptic)}, "DKIM_KEY_FILE: holds no RSA key"),
        ({"DKIM_KEY_FILE": good}, "DKIM_DOMAIN: wanted: DKIM_KEY_FILE, DKIM_SELECTOR and"),
        ({"DKIM_KEY_FILE": short, "DKIM_SELECTOR": "desk"}, "DKIM_DOMAIN: wanted: DKIM_KEY"),
        (dkim | {"DKIM_DOMAIN": "elsewhere.example"}, "DKIM_DOMAIN: wanted: the enquiry address's"),
    ]
    wanted = [("services.notify", environment(**changes)) for changes, _ in cases]
    for (_, line), (status, said) in zip(cases, starts(list(wanted)), strict=True):
        assert status == EX_CONFIG, said
        assert said.startswith(line)
        assert said.count("\n") == 1
        assert HIDDEN not in said


def test_all_that_is_bad_is_told_at_once() -> None:
    bad = environment(LOG_LEVEL="loud", HTTP_HOST="", DESK_SECRET=None)
    [(status, said)] = starts([("services.routing", bad)])
    assert status == EX_CONFIG
    names = {line.partition(":")[0] for line in said.splitlines()}
    assert names == {"LOG_LEVEL", "HTTP_HOST", "DESK_SECRET"}
