"""A template that could fail when a letter goes refuses to start, named with its line; a library's
own letters stand for ours."""

import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import pytest

from services.notify.checking import BadTemplates, checked, faults_of, unspoken
from services.notify.compose import ALERT, Composer, Digest, Facts
from services.notify.samples import SAMPLES, letter, names, trials
from services.notify.wording import TEMPLATES, Wording
from shared.library import Library
from shared.messages import Notice
from shared.references import Seal
from tests.letters.golden import COMPOSER, LANGUAGES, LIBRARY, WORDING, composed
from tests.unit.examples import DESCRIPTION, NOW, REFERENCE, SECRET, document

ROOT: Final = Path(__file__).resolve().parents[3]
BODY: Final = "acknowledgement/en/body.txt"
EXTENDS: Final = '{% extends "_letter/en/letter.txt" %}\n'


def put(folder: Path, name: str, text: str) -> Path:
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return file


def test_ours_can_be_used() -> None:
    assert checked(LIBRARY, None).known == WORDING.known


@pytest.mark.parametrize(
    ("text", "line", "told"),
    [
        ("Dear {{ patron_name }},", 1, "unknown variable 'patron_name'; known here: author, "),
        ("A\n\n{% if ownr %}B{% endif %}", 3, "unknown variable 'ownr'"),
        ("A\n{% if owner %}{{ owner }", 2, "unexpected '}'"),
        ("A\n{% if owner %}B", 2, "Unexpected end of template"),
        ("{{ due.dat }}", 1, "has no attribute 'dat'"),
        ("A\n{% if is_late %}\n{{ due.tim }}\n{% endif %}", 3, "has no attribute 'tim'"),
        ("{{ owner }} has it.", 1, "not known here: it wants an {% if %}"),
        ("A\n{% include 'nothing.txt' %}", 2, "'nothing.txt' is not there"),
        ("{{ ''.__class__ }}", 1, "'__class__'"),
        ("{{ reference.format.__globals__ }}", 1, "unsafe"),
        ("{% for one in range(10000000) %}x{% endfor %}", 1, "Range too big"),
        ("[here]({{ owner or 'x' }}) x", 0, "begins with https://"),
        ("{{ counted(2, one='a') }}", 1, "wants the form `other`"),
        ("{{ counted(owner, other='a') }}", 1, "bad operand"),
    ],
)
def test_a_template_that_could_fail_is_told_with_its_line(
    tmp_path: Path, text: str, line: int, told: str
) -> None:
    file = put(tmp_path, BODY, text)
    with pytest.raises(BadTemplates) as failed:
        checked(LIBRARY, tmp_path)
    [one] = str(failed.value).splitlines()
    assert one.startswith(f"{file}:{line}: " if line else f"{file}: ")
    assert told in one


def test_half_a_letter_is_told(tmp_path: Path) -> None:
    put(tmp_path, "acknowledgement/de/subject.txt", "Ihre Anfrage")
    with pytest.raises(BadTemplates, match=r"acknowledgement/de/body\.txt: it is missing$"):
        checked(LIBRARY, tmp_path)


def test_a_letter_that_there_is_not_at_all_is_told(tmp_path: Path) -> None:
    wording = Wording(LIBRARY, tmp_path)
    wording.known -= {(Notice.REPLY, "en")}
    assert list(faults_of(wording)) == [f"{tmp_path / 'reply/en'}: it is missing"]


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("acknowlegement/en/body.txt", "there is no such letter; there are: acknowledgement, "),
        ("acknowledgement/en/bdy.txt", "no such part; there are: body.txt, subject.txt"),
        ("acknowledgement/en/body.html", "no such part"),
    ],
)
def test_a_file_that_nothing_would_read_is_told(tmp_path: Path, name: str, told: str) -> None:
    put(tmp_path, name, "Words.")
    with pytest.raises(BadTemplates) as failed:
        checked(LIBRARY, tmp_path)
    assert told in str(failed.value)


def test_a_frame_that_names_what_is_not_there_is_told(tmp_path: Path) -> None:
    file = put(tmp_path, "_frame.html", "<html>\n{{ logo }}\n{{ body }}</html>")
    with pytest.raises(BadTemplates) as failed:
        checked(LIBRARY, tmp_path)
    assert str(failed.value).startswith(f"{file}:2: unknown variable 'logo'")


def test_a_library_changes_one_part_and_keeps_the_others(tmp_path: Path) -> None:
    put(
        tmp_path,
        BODY,
        EXTENDS + "{% block words %}\nGot it: **{{ reference }}**.\n{% endblock %}\n",
    )
    put(tmp_path, "_letter/en/letter.txt", "Hi.\n\n{% block words %}{% endblock %}\n")
    own = Composer(LIBRARY, Seal(SECRET), checked(LIBRARY, tmp_path))
    sent = letter("acknowledgement", "en", own, LIBRARY)
    assert sent.text == f"Hi.\n\nGot it: {REFERENCE}.\n"
    assert sent.subject == f"[{REFERENCE}] We have your enquiry"
    assert (
        letter("acknowledgement", "cy", own, LIBRARY).text == composed("acknowledgement", "cy").text
    )


def test_a_library_adds_a_language(tmp_path: Path) -> None:
    put(tmp_path, "acknowledgement/de/subject.txt", "[{{ reference }}] Ihre Anfrage ist da\n")
    put(tmp_path, "acknowledgement/de/body.txt", "Ihre Anfrage ist da. {{ listed(['a', 'b']) }}\n")
    german = Library.model_validate(
        DESCRIPTION
        | {
            "library": DESCRIPTION["library"] | {"languages": ["en", "de"]},
            "sign_off": {"en": "With kind regards", "de": "Mit freundlichen Grüßen"},
        }
    )
    wording = checked(german, tmp_path)
    assert unspoken(german, wording) == ["de"], "only one of its letters is there"
    own = Composer(german, Seal(SECRET), wording)
    assert letter("acknowledgement", "de", own, german).text == "Ihre Anfrage ist da. a und b\n"
    fallen = letter("handed_over", "de", own, german)
    assert "This letter is in English" in fallen.text
    assert "(German)" in fallen.text


def test_nothing_is_said_of_a_language_where_it_is_the_right_one() -> None:
    assert "is in English" not in composed("acknowledgement", "en").text


# The facts that templates are tried with are those that letters have.


def test_trials_know_just_what_letters_to_patrons_tell() -> None:
    facts = Facts("a" * 32, Notice.REPLY, REFERENCE, document(), None, "Words.", "Mair")
    told: dict[str, Any] = COMPOSER.told(facts, "en", NOW)
    assert frozenset(told) | WORDING.common("en").keys() == names(Notice.REPLY, WORDING)


def test_trials_know_just_what_letters_to_staff_tell() -> None:
    member = {"name": "Mair Pretend", "address": "mair@llanfair.example", "languages": ["en"]}
    rows = [{"id": "x", "kind": "missed", "reference": REFERENCE}]
    told = COMPOSER.told_to_staff(Digest("d", member, rows, {REFERENCE: document()}), "en")
    assert frozenset(told) | WORDING.common("en").keys() == names(ALERT, WORDING)
    known = {key for one in trials(ALERT, "en", WORDING) for row in one["alerts"] for key in row}
    assert known == told["alerts"][0].keys()


def test_there_is_a_sample_of_every_kind_of_letter() -> None:
    assert {one.kind for one in SAMPLES.values()} == {*Notice, ALERT}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_letter_has_marks_or_blanks_left_in_it(language: str) -> None:
    for kind in {one.kind for one in SAMPLES.values()}:
        for facts in trials(kind, language, WORDING):
            words = WORDING.words(kind, language, facts)
            for part in (words.text, words.subject):
                assert not {"**", "](", "{{", "{%", "None", "  "} & set(_pieces(part)), part
            assert "\n\n\n" not in words.text
            assert " ." not in words.text


def _pieces(text: str) -> set[str]:
    return {one for one in ("**", "](", "{{", "{%", "None", "  ") if one in text}


# As operators meet it.


def test_notify_does_not_start_with_a_template_that_could_fail(tmp_path: Path) -> None:
    file = put(tmp_path, BODY, "Dear {{ nobody }},")
    done = subprocess.run(
        [sys.executable, "-m", "services.notify"],
        env={"DESK_SECRET": SECRET, "TEMPLATES_DIR": str(tmp_path)},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 78
    [line] = done.stderr.splitlines()
    assert line.startswith(f"TEMPLATES_DIR: {file}:1: unknown variable 'nobody'; known here: ")


def test_the_shipped_templates_are_no_librarys_own() -> None:
    assert Wording(LIBRARY).folders == (TEMPLATES,)
