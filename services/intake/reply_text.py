"""The words a letter brings, apart from those it quotes and from its signature. Pure.

Everything is kept: each line of the text is in one of the three. When unsure, it is new.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from services.intake import clear_signed, quotes, reply_html, signature
from services.intake.reply_html import Line

_MOST_LINES: Final = 20_000
"""Lines that are looked at; those behind them are the sender's."""


@dataclass(frozen=True)
class Words:
    """A text, parted. Together the three hold every line of it."""

    new: str
    """Never empty if the text has any words."""
    quoted: str
    signature: str


def split(text: str) -> Words:
    """The parts of a letter's text."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    parted = quotes.parted(lines[:_MOST_LINES])
    return _split(list(clear_signed.marked(parted)), lines[_MOST_LINES:])


def split_html(html: str) -> Words:
    """The parts of a letter that is HTML, as text."""
    lines = reply_html.lines_of(html)
    return _split(lines[:_MOST_LINES], [one.text for one in lines[_MOST_LINES:]])


def _split(lines: Sequence[Line], rest: Sequence[str]) -> Words:
    """The parts of these lines and those behind them, which nobody looks at."""
    marks = [one.mark for one in lines]
    block = _last_block([mark == "block" for mark in marks])
    held = [
        one.mark == "quoted" or at in block or quotes.is_prefixed(one.text)
        for at, one in enumerate(lines)
    ]
    perhaps = [mark in {"block", "indented"} for mark in marks]
    texts = [one.text for one in lines]
    is_quoted = quotes.quoted(texts, held, perhaps)
    nothing = [False] * len(rest)
    is_signed = [mark == "signature" for mark in marks]
    return _words([*texts, *rest], is_quoted + nothing, is_signed + nothing)


def _last_block(marks: Sequence[bool]) -> range:
    """The last block quotation without a program's name: what is answered stands last."""
    end = next((at + 1 for at in reversed(range(len(marks))) if marks[at]), 0)
    start = next((at + 1 for at in reversed(range(end)) if not marks[at]), 0)
    return range(start, end)


def _words(lines: Sequence[str], is_quoted: Sequence[bool], is_signed: Sequence[bool]) -> Words:
    gone = [quoted or signed for quoted, signed in zip(is_quoted, is_signed, strict=True)]
    marks = _signed(lines, _own(lines, gone), is_signed)
    apart = [line for line, mark in zip(lines, is_quoted, strict=True) if mark]
    own = [at for at, mark in enumerate(is_quoted) if not mark]
    new = [lines[at] for at in own if not marks[at]]
    signed = [lines[at] for at in own if marks[at]]
    if not _text(new):
        new, signed = signed, []
    if not _text(new):
        new, apart = list(lines), []
    return Words(_text(new), _text(apart), _text(signed))


def _signed(
    lines: Sequence[str], ranges: Sequence[tuple[int, int]], is_signed: Sequence[bool]
) -> list[bool]:
    """For each line whether it is of the signature, which may stand below what is quoted."""
    marks = list(is_signed)
    is_last = True
    for start, end in reversed(ranges):
        at = start + signature.begins(lines[start:end], is_last=is_last)
        marks[at:end] = [True] * (end - at)
        is_last = is_last and not any(
            line.strip() and not mark
            for line, mark in zip(lines[start:at], marks[start:at], strict=True)
        )
    return marks


def _own(lines: Sequence[str], is_quoted: Sequence[bool]) -> list[tuple[int, int]]:
    """Where the sender's own lines begin and end, those with nothing in them left out."""
    found: list[tuple[int, int]] = []
    start = 0
    for at in range(len(lines) + 1):
        if at == len(lines) or is_quoted[at]:
            if any(line.strip() for line in lines[start:at]):
                found.append((start, at))
            start = at + 1
    return found


def _text(lines: Sequence[str]) -> str:
    return "\n".join(line.rstrip() for line in lines).strip("\n")
