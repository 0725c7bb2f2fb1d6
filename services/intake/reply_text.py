"""The words a letter brings, apart from those it quotes and from its signature. Pure.

Everything is kept: each line of the text is in one of the three. When unsure, it is new.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from services.intake import quotes, reply_html, signature


@dataclass(frozen=True)
class Words:
    """A text, parted. Together the three hold every line of it."""

    new: str
    """Never empty if the text has any words."""
    quoted: str
    signature: str


def split(text: str) -> Words:
    """The parts of a letter's text."""
    lines = quotes.parted(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))
    nothing = [False] * len(lines)
    held = [quotes.is_prefixed(line) for line in lines]
    return _words(lines, quotes.quoted(lines, held, nothing), nothing)


def split_html(html: str) -> Words:
    """The parts of a letter that is HTML, as text."""
    marked = reply_html.lines_of(html)
    lines = [one.text for one in marked]
    block = _last_block([one.mark == "block" for one in marked])
    held = [
        one.mark == "quoted" or at in block or quotes.is_prefixed(one.text)
        for at, one in enumerate(marked)
    ]
    is_quoted = quotes.quoted(lines, held, [one.mark in {"block", "indented"} for one in marked])
    return _words(lines, is_quoted, [one.mark == "signature" for one in marked])


def _last_block(marks: Sequence[bool]) -> range:
    """The last block quotation without a program's name: what is answered stands last."""
    end = next((at + 1 for at in reversed(range(len(marks))) if marks[at]), 0)
    start = next((at + 1 for at in reversed(range(end)) if not marks[at]), 0)
    return range(start, end)


def _words(lines: Sequence[str], is_quoted: Sequence[bool], is_signed: Sequence[bool]) -> Words:
    marks = _signed(lines, _own(lines, is_quoted), is_signed)
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
