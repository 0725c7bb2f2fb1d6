"""What HTML says, as plain text. Pure.

By hand over the parser's tree: the library for it takes 1.5 s for each megabyte, and fills every
row of a table up to its longest cell, so that 65 KB became 40 MB.
"""

import re
from html import unescape
from typing import Any, Final

LARGEST: Final = 5_000_000
"""Characters of HTML that are looked at."""
DEEPEST: Final = 250
"""What is nested deeper, the parser drops without a word (at 256)."""
_TAG: Final = re.compile(r"<!--.*?-->|<(?:script|style)\b.*?</(?:script|style)>|<[^<>]*>", re.S)
_DECLARATION: Final = re.compile(r"^\s*<\?xml[^>]{0,200}\?>")
_SPACE: Final = re.compile(r"[ \t\r\n\f]+")
_BLANK: Final = re.compile(r"\n{3,}")
_NOT_SHOWN: Final = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all", re.I
)
_SILENT: Final = frozenset({"script", "style", "head", "title", "template", "noscript", "svg"})
_BLOCKS_LISTED: Final = (
    "address article aside blockquote body center dd details dir div dl dt fieldset figcaption "
    "figure footer form header hr legend li main menu nav ol optgroup option pre section "
    "summary table tbody tfoot thead tr ul"
)
_BLOCKS: Final = frozenset(_BLOCKS_LISTED.split())
_APART_LISTED: Final = "h1 h2 h3 h4 h5 h6 p"
_APART: Final = frozenset(_APART_LISTED.split())
_CELLS: Final = frozenset({"td", "th"})


def tree_of(html: str) -> Any:
    """The parser's tree (an lxml element); None if there is none, or it is nested too deep."""
    from lxml import etree  # noqa: PLC0415  for mail with HTML alone

    if not html.strip() or len(html) > LARGEST:
        return None
    parser = etree.HTMLParser(remove_comments=True, remove_pis=True)
    try:
        tree = etree.fromstring(_DECLARATION.sub("", html).replace("\0", ""), parser)
    except (etree.LxmlError, ValueError):  # no elements at all
        return None
    if tree is None:
        return None
    depth = 0
    for event, _ in etree.iterwalk(tree, events=("start", "end")):
        depth += 1 if event == "start" else -1
        if depth > DEEPEST:
            return None
    return tree


def text_of_html(html: str) -> str:
    """Its words, a line for each block."""
    html = html[:LARGEST]
    tree = tree_of(html)
    if tree is None:  # too deep for the parser: then the bare words must do
        return unescape(_TAG.sub(" ", html))
    writer = _Writer()
    writer.walk(tree)
    return _BLANK.sub("\n\n", "".join(writer.pieces)).strip("\n")


class _Writer:
    """Writes text as blocks begin and end."""

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self._at_start = True
        self._silent = 0
        self._kept = 0

    def walk(self, tree: Any) -> None:
        """Every element of the tree, in order."""
        from lxml import etree  # noqa: PLC0415

        for event, element in etree.iterwalk(tree, events=("start", "end")):
            if not isinstance(element.tag, str):
                continue
            if event == "start":
                self._begin(element)
            else:
                self._end(element)

    def _begin(self, element: Any) -> None:
        tag = element.tag
        if self._silent or tag in _SILENT or _is_hidden(element):
            self._silent += 1
            return
        if tag == "br":
            self._break(1, always=True)
        elif tag in _BLOCKS or tag in _APART:
            self._break(2 if tag in _APART else 1)
        elif tag in _CELLS and not self._at_start:
            self.pieces.append(" ")
        if tag == "li":
            self.pieces.append("* ")
        self._kept += tag == "pre"
        self._say(element.text)

    def _end(self, element: Any) -> None:
        tag = element.tag
        if self._silent:
            self._silent -= 1
        else:
            self._kept -= tag == "pre"
            if tag in _BLOCKS or tag in _APART:
                self._break(2 if tag in _APART else 1)
        if not self._silent:
            self._say(element.tail)

    def _break(self, lines: int, *, always: bool = False) -> None:
        if always or not self._at_start:
            self.pieces.append("\n" * lines)
        self._at_start = True

    def _say(self, text: str | None) -> None:
        if not text:
            return
        if not self._kept:
            text = _SPACE.sub(" ", text)
            text = text.lstrip(" ") if self._at_start else text
        if text:
            self.pieces.append(text.replace("\xa0", " "))
            self._at_start = text.endswith("\n")


def _is_hidden(element: Any) -> bool:
    style = element.get("style")
    return element.get("hidden") is not None or bool(style and _NOT_SHOWN.search(style))
