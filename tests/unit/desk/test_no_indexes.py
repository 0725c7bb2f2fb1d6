"""Indexes are the services' to make: a command that an operator runs on a full store must not begin
to build one, nor wait for it."""

from deploy.local.servers import ROOT


def test_no_command_makes_an_index() -> None:
    files = sorted((ROOT / "services/desk").glob("*.py"))
    assert len(files) > 10
    made = ("make_index", "create_index", "building(")
    assert [one.name for one in files if any(it in one.read_text("utf-8") for it in made)] == []
