"""What is new in a letter, what it quotes, what is its signature.

Each file of tests/mail/replies/*.txt has letters in one language: before each line stands whether
it is new (n), quoted (q) or of the signature (s).
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from services.intake.reply_text import Words, split

FOLDER: Final = Path(__file__).parents[2] / "mail" / "replies"
KINDS: Final = {"n": "new", "q": "quoted", "s": "signature"}


def letters() -> Iterator[tuple[str, list[str]]]:
    for file in sorted(FOLDER.glob("*.txt")):
        for block in file.read_text(encoding="utf-8").split("=== ")[1:]:
            name, *lines = block.rstrip().split("\n")
            yield f"{file.stem}: {name}", lines


LETTERS: Final = dict(letters())


def flat(text: str) -> str:
    """The words; where empty lines belong is nobody's business."""
    return " ".join(text.split())


@pytest.mark.parametrize("name", LETTERS)
def test_a_letter_is_parted(name: str) -> None:
    lines = LETTERS[name]
    words = split("\n".join(line[2:] for line in lines))
    expected = {
        kind: flat("\n".join(line[2:] for line in lines if line[0] == mark))
        for mark, kind in KINDS.items()
    }
    assert {kind: flat(getattr(words, kind)) for kind in KINDS.values()} == expected


def test_nothing_is_lost() -> None:
    for lines in LETTERS.values():
        text = "\n".join(line[2:] for line in lines)
        words = split(text)
        parts = "\n".join((words.new, words.quoted, words.signature))
        assert sorted(parts.split()) == sorted(text.split())


@pytest.mark.parametrize("text", ["", "\n\n", " ", ">", "-- \n", "> a\n> b", "--\nRhian"])
def test_there_are_new_words_wherever_there_are_words(text: str) -> None:
    words = split(text)
    assert bool(words.new.strip()) == bool(text.strip())


def test_line_ends_of_every_kind_are_understood() -> None:
    expected = Words("Yes", "> No?\n> No?", "")
    assert split("Yes\r\n\r\n> No?\r\n> No?\r\n") == expected
    assert split("Yes\r\r> No?\r> No?") == expected


def test_an_introduction_may_stand_in_the_line_of_the_answer() -> None:
    wrote = "On Sun, 22 Nov 2026 at 10:11, enquiries@llanfair.example wrote:"
    assert split(f"Yes please. {wrote}\n> Keep it?") == Words(
        "Yes please.", f" {wrote}\n> Keep it?", ""
    )
