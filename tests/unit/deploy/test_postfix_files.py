"""The example for Postfix agrees with the library file and the settings; that it works is tried in
tests/journeys, with a real one."""

import re
from typing import Final

from deploy.local.servers import ROOT
from shared.config import IntakeSettings
from shared.library import read_library

FOLDER: Final = ROOT / "deploy/postfix"


def read(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")


def rows(name: str) -> dict[str, str]:
    lines = (one for one in read(name).splitlines() if one and not one.startswith("#"))
    return dict(one.split() for one in lines)


def test_it_hands_over_every_address_of_the_library_and_no_other() -> None:
    library = read_library(ROOT / "deploy/library.toml")
    port = IntakeSettings.model_fields["intake_smtp_port"].default
    assert rows("desk_transport") == dict.fromkeys(library.addresses, f"smtp:[127.0.0.1]:{port}")
    assert not rows("desk_aliases").keys() & library.addresses


def test_it_takes_nothing_that_intake_would_find_too_large() -> None:
    found = re.search(r"^message_size_limit = (\d+)$", read("main.cf"), re.MULTILINE)
    assert found
    most = IntakeSettings.model_fields["max_message_bytes"].default
    assert most - 500_000 < int(found[1]) < most


def test_nothing_is_chrooted_and_notify_has_a_port_of_its_own() -> None:
    lines = [one.split() for one in read("master.cf").splitlines() if one[:1].isalnum()]
    assert len(lines) > 15
    assert {one[4] for one in lines} == {"n"}
    assert ["127.0.0.1:10025", "inet"] in [one[:2] for one in lines]
