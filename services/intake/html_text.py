"""What HTML says, as plain text. Pure.

By hand over the parser's tree: the library for it takes 1.5 s for each megabyte, and fills every
row of a table up to its longest cell, so that 65 KB became 40 MB.
"""

import re
from html import unescape
from typing import Any, Final

LARGEST: Final = 3_000_000
"""Characters of HTML that are looked at, without the pictures that are written into it."""
MOST_ELEMENTS: Final = 150_000
CUT: Final = "\n\n[The rest of this letter is in the message as it came.]"
_TOO_DEEP: Final = "ERR_RESOURCE_LIMIT"
_TAG: Final = re.compile(r"<[^<>]*>")
# What XML, and so the parser, can't hold.
_UNWRITABLE: Final = re.compile("[\x00-\x08\x0b\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_WRITTEN_IN: Final = re.compile(r"data:[A-Za-z0-9/+.-]{1,80}[^\"'\s<>()]{1000,}")
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
    """The parser's tree (an lxml element); None if there is too much, or it is nested too deep."""
    from lxml import etree  # noqa: PLC0415  for mail with HTML alone

    html = without_pictures(html)
    if len(html) > LARGEST:
        return None
    parser = etree.HTMLParser(remove_comments=True, remove_pis=True)
    try:
        tree = etree.fromstring(_DECLARATION.sub("", _UNWRITABLE.sub("", html)), parser)
    except etree.XMLSyntaxError:
        tree = None
    if tree is None:  # nothing in it at all
        return etree.Element("html")
    is_cut = any(one.type_name == _TOO_DEEP for one in parser.error_log)
    return None if is_cut else tree


def without_pictures(html: str) -> str:
    """Pictures that are written into HTML (RFC 2397) are not shown, and may be most of it."""
    return _WRITTEN_IN.sub("data:,", html)


def text_of_html(html: str) -> str:
    """Its words, a line for each block."""
    html = without_pictures(html)
    tree = tree_of(html[:LARGEST])
    if tree is None:  # too deep for the parser: then the bare words must do
        return unescape(_TAG.sub(" ", html[:LARGEST]))
    writer = _Writer()
    is_whole = writer.walk(tree) and len(html) <= LARGEST
    text = _BLANK.sub("\n\n", "".join(writer.pieces)).strip("\n")
    return text if is_whole else f"{text}{CUT}"


class _Writer:
    """Writes text as blocks begin and end."""

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self._at_start = True
        self._silent = 0
        self._kept = 0

    def walk(self, tree: Any) -> bool:
        """The elements of the tree, in order; False if there are too many."""
        from lxml import etree  # noqa: PLC0415

        steps = enumerate(etree.iterwalk(tree, events=("start", "end")))
        for number, (event, element) in steps:
            if number > 2 * MOST_ELEMENTS:
                return False
            if not isinstance(element.tag, str):
                continue
            if event == "start":
                self._begin(element)
            else:
                self._end(element)
        return True

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
