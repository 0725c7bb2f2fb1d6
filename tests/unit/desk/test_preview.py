"""`desk preview`: every letter can be looked at, as a library's own file would make it."""

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from services.desk.__main__ import app
from services.notify.samples import SAMPLES
from tests.letters.golden import LANGUAGES
from tests.unit.examples import SECRET


def preview(*arguments: str, **env: str) -> Result:
    known: dict[str, str | None] = {"DESK_SECRET": SECRET, "TEMPLATES_DIR": "", "COLUMNS": "200"}
    return CliRunner().invoke(app, ["preview", *arguments], env=known | env)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["acknowledgement_closed", "reply_files", "digest"])
def test_a_letter_is_shown_in_any_language_that_there_is(name: str, language: str) -> None:
    found = preview(name, "--language", language)
    assert found.exit_code == 0, found.output
    assert f"Content-Language: {language}" in found.output
    assert "Llanfair-on-Sea Public Library" in found.output


def test_without_a_language_it_is_the_librarys_first() -> None:
    found = preview("acknowledgement")
    assert "Subject: [ENQ-7K3M-92Q2] We have your enquiry" in found.output
    assert "Dear Rhian Example," in found.output


def test_the_html_is_written_as_patrons_get_it(tmp_path: Path) -> None:
    file = tmp_path / "letter.html"
    assert preview("resolved", "--html", str(file), "--format", "large-print").exit_code == 0
    assert file.read_text(encoding="utf-8").startswith("<!DOCTYPE html>\n")
    assert "18pt" in file.read_text(encoding="utf-8")


def test_a_librarys_own_words_are_shown(tmp_path: Path) -> None:
    body = tmp_path / "resolved/en/body.txt"
    body.parent.mkdir(parents=True)
    body.write_text("All done with {{ reference }}.\n", encoding="utf-8")
    assert "All done with ENQ-7K3M-92Q2." in preview("resolved", TEMPLATES_DIR=str(tmp_path)).output
    body.write_text("All done with {{ refrence }}.\n", encoding="utf-8")
    found = preview("resolved", TEMPLATES_DIR=str(tmp_path))
    assert found.exit_code == 1
    assert f"{body}:1: unknown variable 'refrence'" in found.output


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["no_such"], "There is no letter 'no_such'; there are: acknowledgement, "),
        (["resolved", "--language", "de"], "There are no words for 'resolved' in 'de'"),
        (["resolved", "--format", "plain-text", "--html", "x"], "It has no HTML"),
    ],
)
def test_what_can_not_be_shown_is_told_in_a_line(arguments: list[str], told: str) -> None:
    found = preview(*arguments)
    assert found.exit_code == 1
    assert told in found.output


def test_without_a_browser_a_picture_is_refused_in_a_line(tmp_path: Path) -> None:
    found = preview("resolved", "--picture", str(tmp_path / "x.png"), PATH=str(tmp_path))
    assert found.exit_code == 1
    assert "A picture wants a browser: none of chromium" in found.output


def test_the_help_names_every_letter() -> None:
    said = " ".join(preview("--help").output.replace("│", " ").split())
    assert all(name in said for name in SAMPLES)
