"""What is new in a letter, what it quotes, what is its signature.

Each file of tests/mail/replies/*.txt has letters in one language: before each line stands whether
it is new (n), quoted (q) or of the signature (s).
"""

import re
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Final

import pytest

from services.intake import (
    quote_introductions,
    quote_phrases,
    quotes,
    reply_html,
    signature,
    signature_phrases,
)
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


def test_any_of_many_phrases_is_known_and_nothing_between_them() -> None:
    any_of = re.compile(rf"<{quote_phrases.words(['abrazo', 'abrazos', 'abraço', 'b', 'à la'])}>")
    for said in ("abrazo", "abrazos", "abraco", "b", "a la", "a  la"):
        assert any_of.fullmatch(f"<{said}>"), said
    for said in ("", "a", "abraz", "abrazosb", "abracos", "ala", "ab", "a la b"):
        assert any_of.fullmatch(f"<{said}>") is None, said


HOSTILE: Final = (
    "a", " ", "\n", "-", "_", ">", "<", '<a "', "@", "a@b.c\n", "1 2 ", "1:", "(12-", "On 1\n",
    "On 1 May 2026\n", "wrote: ", "From: a\n", "Regards, ", "Aa ", "Sent from my ", "http://x/",
    "|\n", "-\n--\n", "____________\n", ">\n\n", "في ", "e\u0301", "写道", "de ", "\u200f",
)  # fmt: skip
MODULES: Final = (
    quote_phrases, quote_introductions, quotes, signature, signature_phrases, reply_html,
)  # fmt: skip
PATTERNS: Final = {
    one: name
    for module in MODULES
    for name, one in vars(module).items()
    if isinstance(one, re.Pattern)
}


def seconds(work: Callable[[], object], enough: float) -> float:
    """Of the processor, at best of three: the machine may be busy with other things."""
    taken = 9.0
    for _ in range(3):
        began = time.process_time()
        work()
        taken = min(taken, time.process_time() - began)
        if taken < enough:
            break
    return taken


@pytest.mark.parametrize("pattern", PATTERNS, ids=PATTERNS.values())
def test_no_expression_can_be_made_slow(pattern: re.Pattern[str]) -> None:
    texts = [piece * (100_000 // len(piece)) for piece in HOSTILE]
    slow = [text[:9] for text in texts if seconds(partial(pattern.search, text), 0.05) > 0.05]
    assert not slow


@pytest.mark.parametrize("piece", HOSTILE)
def test_no_letter_can_be_made_slow(piece: str) -> None:
    for text in (piece * (100_000 // len(piece)), (piece * 60 + "\n") * (1500 // len(piece))):
        assert seconds(partial(split, f"Hi\n{text}\nHi"), 2) < 2


def test_an_introduction_may_stand_in_the_line_of_the_answer() -> None:
    wrote = "On Sun, 22 Nov 2026 at 10:11, enquiries@llanfair.example wrote:"
    assert split(f"Yes please. {wrote}\n> Keep it?") == Words(
        "Yes please.", f" {wrote}\n> Keep it?", ""
    )
