"""The files that a desk is installed with say what is true: names, defaults, paths, ports."""

import importlib.util
import json
import re
import subprocess
import sys
from typing import Any, Final

import pytest
from ruamel.yaml import YAML

from deploy.local.servers import ROOT
from shared.config import IntakeSettings, NotifySettings, RoutingSettings, Settings
from shared.library import read_library

DEPLOY: Final = ROOT / "deploy"
SERVICES: Final[dict[str, type[Settings]]] = {
    "intake": IntakeSettings,
    "routing": RoutingSettings,
    "notify": NotifySettings,
}
NOTHING: Final = ""
"""What env.example has where there is no default."""


def variables(kind: type[Settings]) -> dict[str, str]:
    """Each environment variable of these settings, with its default as one would write it."""
    return {
        name.upper(): NOTHING if field.is_required() else as_written(field.default)
        for name, field in kind.model_fields.items()
    }


def as_written(default: object) -> str:
    """As it stands in the file."""
    return str(default).lower() if isinstance(default, bool) else str(default)


def all_variables() -> dict[str, str]:
    return {name: value for kind in SERVICES.values() for name, value in variables(kind).items()}


def env_example() -> list[tuple[str, str]]:
    lines = (DEPLOY / "env.example").read_text(encoding="utf-8").splitlines()
    rows = [one.partition("=") for one in lines if one and not one.startswith("#")]
    assert all(equals for _, equals, _ in rows), "a line is neither a setting nor a comment"
    return [(name, value) for name, _, value in rows]


def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = YAML(typ="safe").load(DEPLOY / "compose.yaml")
    return loaded


@pytest.mark.parametrize("name", ["compose.yaml", "compose.converting.yaml"])
def test_a_compose_file_is_valid_against_its_schema(name: str) -> None:
    file = str(DEPLOY / name)
    checked = subprocess.run(
        [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", file],
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_env_example_has_every_setting_with_its_default() -> None:
    rows = env_example()
    assert dict(rows) == all_variables()
    assert len(rows) == len(dict(rows)), "a setting stands there twice"


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_compose_names_settings_of_the_service_only(name: str) -> None:
    assert compose()["services"][name]["environment"].keys() <= variables(SERVICES[name]).keys()


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_the_settings_in_compose_are_good_ones(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in all_variables():
        monkeypatch.delenv(variable, raising=False)
    told = {key.lower(): value for key, value in compose()["services"][name]["environment"].items()}
    told["library_file"] = str(DEPLOY / "library.toml")
    SERVICES[name](desk_secret="x" * 32, **told)


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_a_service_is_watched_and_reached_on_its_own_port(name: str) -> None:
    service = compose()["services"][name]
    port = service["environment"][f"{name.upper()}_HTTP_PORT"]
    assert f"http://127.0.0.1:{port}/readyz" in service["healthcheck"]["test"][-1]
    assert f"127.0.0.1:{port}:{port}" in service["ports"]


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_what_compose_runs_is_there(name: str) -> None:
    command = compose()["services"][name]["command"]
    assert command == ["python", "-m", f"services.{name}"]
    assert importlib.util.find_spec(f"services.{name}.__main__")


def test_ports_are_published_on_the_loopback_interface_only() -> None:
    ports = [port for one in compose()["services"].values() for port in one.get("ports", ())]
    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_what_compose_refers_to_is_there() -> None:
    whole = compose()
    services, volumes = whole["services"], whole["volumes"]
    for one in services.values():
        assert set(one.get("depends_on", ())) <= services.keys()
        for mount in one.get("volumes", ()):
            source = mount.partition(":")[0]
            assert source in volumes or (DEPLOY / source).exists(), source
        if build := one.get("build"):
            assert (DEPLOY / build["context"] / build["dockerfile"]).exists()


def test_every_long_running_part_of_compose_is_started_again_and_watched() -> None:
    for name, one in compose()["services"].items():
        if name.endswith("-init"):
            continue
        assert one["restart"] == "unless-stopped", name
        assert "healthcheck" in one, name


def copied() -> list[str]:
    """What the Dockerfile takes from the repository."""
    text = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    lines = re.findall(r"^COPY (?!--from)(.+)$", text, re.MULTILINE)
    return [source for line in lines for source in line.split()[:-1]]


def test_the_dockerfile_copies_what_is_there() -> None:
    assert copied()
    assert [one for one in copied() if not (ROOT / one).exists()] == []


def test_the_builder_is_given_what_the_dockerfile_copies_and_no_more() -> None:
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert "*" in lines
    assert sorted(one[1:] for one in lines if one.startswith("!")) == sorted(copied())


def test_the_image_does_not_run_as_root_and_checks_hashes() -> None:
    text = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    _packages, *stages = re.split(r"^FROM .+\n", text, flags=re.MULTILINE)[1:]
    users = [re.findall(r"^USER (.+)$", one, re.MULTILINE) for one in stages]
    assert [one[-1:] for one in users] == [["desk"], ["desk"], []]
    assert text.endswith("\nFROM desk\n"), "the image without a target is the small one"
    assert "--require-hashes -r /tmp/requirements.lock" in text


def test_the_library_file_can_be_used() -> None:
    assert read_library(DEPLOY / "library.toml").teams


def test_the_systemd_unit_starts_modules_that_are_there() -> None:
    unit = (DEPLOY / "systemd/enquiry-desk@.service").read_text(encoding="utf-8")
    assert re.findall(r"^ExecStart=.* -m (\S+)$", unit, re.MULTILINE) == ["services.%i"]
    named = set(re.findall(r"enquiry-desk@([a-z]+)", unit))
    assert named == set(SERVICES)
    assert all(importlib.util.find_spec(f"services.{one}.__main__") for one in named)


def test_the_secret_file_is_not_kept_in_version_control() -> None:
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    assert "/deploy/env" in ignored


# What bubblewrap calls, and a service is otherwise forbidden.
_TO_CONFINE = {"mount", "umount2", "pivot_root", "capset"}


def test_the_container_that_converts_is_the_hardened_one_but_for_namespaces() -> None:
    changed = YAML(typ="safe").load(DEPLOY / "compose.converting.yaml")["services"]
    assert changed.keys() == {"notify"}
    assert changed["notify"].keys() == {"image", "build", "security_opt"}
    target = changed["notify"]["build"]["target"]
    assert f" AS {target}\n" in (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    profile = json.loads((DEPLOY / "converting-seccomp.json").read_text(encoding="utf-8"))
    assert profile["defaultAction"] == "SCMP_ACT_ERRNO"
    (allowed,) = profile["syscalls"]
    assert allowed["action"] == "SCMP_ACT_ALLOW"
    assert set(allowed["names"]) > _TO_CONFINE
    forbidden = {"setns", "ptrace", "bpf", "keyctl", "init_module", "kexec_load", "io_uring_setup"}
    assert not forbidden & set(allowed["names"])


def test_the_unit_that_converts_is_the_hardened_one_but_for_namespaces() -> None:
    opened = (DEPLOY / "systemd/converting.conf").read_text(encoding="utf-8")
    lines = re.findall(r"^(\w+)=(.*)$", opened, re.MULTILINE)
    unit = (DEPLOY / "systemd/enquiry-desk@.service").read_text(encoding="utf-8")
    assert all(f"\n{name}=" in unit for name, _ in lines)
    assert set(dict(lines)["SystemCallFilter"].split()) == _TO_CONFINE
    assert {name for name, value in lines if value == "no"} == {
        *("ProtectKernelTunables", "ProtectKernelLogs", "ProtectHostname"),
    }


def test_what_converts_is_installed_alike_everywhere() -> None:
    def packages(text: str) -> set[str]:
        return {
            one
            for one in re.findall(r"[a-z][a-z0-9-]+", text)
            if one in {"bubblewrap", "espeak-ng", "lame", "liblouis20", "liblouis-data"}
            or one.startswith(("tesseract-ocr", "fonts-"))
        } - {"tesseract-ocr-"}

    image = (DEPLOY / "Dockerfile").read_text(encoding="utf-8").partition("AS converting")[2]
    unit = (DEPLOY / "systemd/converting.conf").read_text(encoding="utf-8")
    assert packages(image) == packages(unit)
    assert {"bubblewrap", "lame", "tesseract-ocr-cym"} < packages(image)
