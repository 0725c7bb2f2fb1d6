"""The few marks that a letter's words may have, and what they become in text and in HTML: so both
parts are the same words. Pure.

In a template a blank line ends a paragraph, a line break is a space; `- ` begins a line of a list,
`> ` what somebody wrote, as it stands; a backslash at its end keeps a line's break; `**strong**`,
`[words](address)`. Nothing else is markup: HTML is shown, and what facts bring is never a mark.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache, partial
from itertools import groupby
from typing import Final

_MARKS: Final = "*[]()->\\\n"
_PRIVATE: Final = 0xF0000
"""Where Unicode has characters for private use: a mark that is none is hidden there."""
_BEGIN: Final = chr(_PRIVATE + 1)
_END: Final = chr(_PRIVATE + 2)
"""Around each fact."""
_BARE: Final = {_BEGIN: "", _END: ""}
_HIDDEN: Final = {one: chr(_PRIVATE + ord(one)) for one in _MARKS} | _BARE
_SHOWN: Final = {hidden: one for one, hidden in _HIDDEN.items() if hidden} | _BARE
_BREAK: Final = "<br>\n"
_ENTITIES: Final = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&#34;", "'": "&#39;"}
_ESCAPED: Final = {
    **_SHOWN,
    **_ENTITIES,
    _HIDDEN[">"]: _ENTITIES[">"],
    _HIDDEN["\n"]: _BREAK,
}
_STRONG_OR_LINK: Final = re.compile(
    r"\*\*([^*]{1,2000})\*\*|\[([^\[\]]{1,2000})\]\(([^()]{1,2000})\)"
)
_FACT: Final = re.compile(f"{_BEGIN}([^{_BEGIN}{_END}]*){_END}")
_RIGHT_TO_LEFT: Final = frozenset({"R", "AL"})
_BLANK_LINE: Final = re.compile(r"\n[ \t]*\n")


def _replacing(pieces: Mapping[str, str]) -> Callable[[str], str]:
    """What `str.translate` does, which looks up every character: these are few in a letter."""
    some = re.compile(f"[{re.escape(''.join(pieces))}]")
    return partial(some.sub, lambda found: pieces[found[0]])


_hidden: Final = _replacing(_HIDDEN)
_escaped: Final = _replacing(_ESCAPED)
plain: Final = _replacing(_SHOWN)
"""What marked words say, on one line if no fact has more."""


class BadMark(ValueError):
    """A mark that can't be shown as it is meant."""


def fact(value: object) -> str:
    """A fact as it may stand among words: whatever is in it, it is no mark.

    Raises: BadMark: there is none.
    """
    if value is None:
        raise BadMark("this is not known here: it wants an {% if %} around it")
    text = str(value).replace("\r\n", "\n").replace("\r", "\n")
    return f"{_BEGIN}{_hidden(text)}{_END}" if text else ""


def text_of(marked: str) -> str:
    """The part that is text. Raises: BadMark."""
    return "\n\n".join(filter(None, _text_blocks(marked))) + "\n"


def html_of(marked: str, direction: str) -> str:
    """The part that is HTML, without what stands around it. `direction`: of the language.

    Raises: BadMark.
    """
    return "\n".join(_html_blocks(marked, direction))


def _blocks(marked: str) -> Iterator[tuple[str, list[str]]]:
    """Each with its kind (the mark that its lines begin with) and its lines; of a list all, whether
    or not there are blank lines in it."""
    items: list[str] = []
    for kind, lines in groupby(_lines(marked), key=lambda line: line[:2]):
        bare = [line[2:] for line in lines]
        if kind == "- ":
            items += bare
        elif kind:
            if items:
                yield "- ", items
                items = []
            yield kind, bare
    if items:
        yield "- ", items


def _lines(marked: str) -> Iterator[str]:
    """Each line with two characters before it that say what it is; empty between blocks."""
    for line in marked.split("\n"):
        bare = line.lstrip(" \t")
        if bare[:2] in {"- ", "> "}:
            yield bare
        else:
            yield f"  {bare.rstrip()}" if bare.strip() else ""


def _text_blocks(marked: str) -> Iterator[str]:
    for kind, lines in _blocks(marked):
        if kind == "- ":
            yield "\n".join(f"- {_inline_text(line.rstrip())}" for line in lines)
        elif kind == "> ":
            yield "\n".join(map(plain, lines)).strip("\n")
        else:
            yield "".join(_joined(lines, "\n", _inline_text))


def _html_blocks(marked: str, direction: str) -> Iterator[str]:
    def inline(words: str) -> str:
        return inline_html(words, direction)

    for kind, lines in _blocks(marked):
        if kind == "- ":
            items = "\n".join(f"<li>{inline(line)}</li>" for line in lines)
            yield f"<ul>\n{items}\n</ul>"
        elif kind == "> ":
            yield from _as_written("\n".join(map(plain, lines)))
        else:
            yield f"<p>{''.join(_joined(lines, _BREAK, inline))}</p>"


def _joined(lines: list[str], line_break: str, shown: Callable[[str], str]) -> Iterator[str]:
    """Lines of a paragraph, one after the other but where one keeps its break."""
    for number, line in enumerate(lines):
        is_kept = line.endswith("\\")
        yield shown(line[:-1] if is_kept else line)
        if number < len(lines) - 1:
            yield line_break if is_kept else " "


def _as_written(text: str) -> Iterator[str]:
    """Somebody's words in paragraphs, with their lines and blanks, in whatever direction they run.
    Not by `white-space`, which some mail programs do not know."""
    for words in _BLANK_LINE.split(text.strip("\n")):
        if words.strip():
            kept = _escaped(words.strip("\n"))
            kept = kept.replace("  ", "\N{NO-BREAK SPACE} ").replace("\n", _BREAK)
            yield f'<p dir="auto">{kept}</p>'


def _inline_text(words: str) -> str:
    return plain(_STRONG_OR_LINK.sub(_mark_in_text, words))


def _mark_in_text(found: re.Match[str]) -> str:
    if found[1] is not None:
        return found[1]
    if not re.match(r"\s|$", found.string[found.end() :]):
        raise BadMark("a blank must follow a link: else it would be part of the address")
    return f"{found[2]}: {found[3]}"


def inline_html(words: str, direction: str) -> str:
    """A line without its kind. Raises: BadMark."""
    pieces, at = [], 0
    for found in _STRONG_OR_LINK.finditer(words):
        pieces.append(_facts_apart(words[at : found.start()], direction))
        at = found.end()
        if found[1] is not None:
            pieces.append(f"<strong>{_facts_apart(found[1], direction)}</strong>")
        else:
            pieces.append(_link(found[2], plain(found[3]), direction))
    pieces.append(_facts_apart(words[at:], direction))
    return "".join(pieces)


def _link(words: str, address: str, direction: str) -> str:
    if not address.startswith(("https://", "http://")):
        raise BadMark("a link wants an address that begins with https://")
    shown = _facts_apart(words, direction)
    return f'<a href="{_escaped(address)}">{shown}</a>'


def _facts_apart(words: str, direction: str) -> str:
    """A name that runs the other way does not turn round what stands beside it."""
    if direction == "ltr" and words.isascii():
        return _escaped(words)
    pieces = []
    for number, piece in enumerate(_FACT.split(words)):
        shown = _escaped(piece)
        is_apart = number % 2 and _runs_against(piece, direction)
        pieces.append(f"<bdi>{shown}</bdi>" if is_apart else shown)
    return "".join(pieces)


@lru_cache(maxsize=1024)
def _runs_against(words: str, direction: str) -> bool:
    classes = {unicodedata.bidirectional(one) for one in words}
    return "L" in classes if direction == "rtl" else bool(classes & _RIGHT_TO_LEFT)
