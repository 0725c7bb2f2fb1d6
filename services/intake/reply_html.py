"""The lines of an HTML body as a reader sees them, each with what its place in the structure says.

Mail programs put what they quote, and the signature, in elements of their own. Reads tags one by
one and builds no tree, so that depth costs nothing and time grows with the length alone (a tree of
10,000 elements within each other takes libxml2 seconds). Makes nothing that a browser would show.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from typing import Final, Literal, NamedTuple

Mark = Literal["", "quoted", "block", "indented", "signature"]
"""`block`: a block quotation that bears no program's name; `indented`: one that programs write for
their users' own words too."""

_MOST_HTML: Final = 1_000_000
"""Characters that are looked at: more than the text of a letter may have."""
_MOST_TAGS: Final = 30_000
"""Tags that are read; of what stands behind them the bare words are taken."""
_MOST_CLOSED: Final = 50
"""Elements that one end tag may close."""
# Neither a tag nor a value goes on behind the next "<", so that no character is met twice.
_TOKEN: Final = re.compile(
    r"<(?:(?P<end>/)?(?P<tag>[a-zA-Z][\w:-]{0,40}+)(?P<attributes>[^<>\"']*+"
    r"(?:(?:\"[^\"<]*+\"|'[^'<]*+'|[\"'])[^<>\"']*+)*+)>|[!?][^<>]*+>)"
)
_ATTRIBUTE: Final = re.compile(
    r"(?:^|[\s/\"'])(class|id|name|type|style)\s{0,3}=\s{0,3}(?:\"([^\"]*+)\"|'([^']*+)'|([^\s\"'>]++))",
    re.IGNORECASE,
)
_UNREAD: Final = {
    begins: re.compile(ends, re.IGNORECASE)
    for begins, ends in {
        "<!--": "-->",
        "<style": r"</style[^<>]*+>",
        "<script": r"</script[^<>]*+>",
        "<title": r"</title[^<>]*+>",
    }.items()
}
"""What is no text, and how it ends."""
_BLOCKS: Final = frozenset({
    "address", "article", "aside", "blockquote", "body", "center", "dd", "div", "dl", "dt",
    "fieldset", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header",
    "hr", "html", "li", "main", "nav", "ol", "p", "pre", "section", "table", "tbody", "tfoot",
    "thead", "tr", "ul",
})  # fmt: skip
_APART: Final = frozenset({
    "p", "blockquote", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "ul", "ol", "pre", "table",
})  # fmt: skip
"""Those that a reader sees with space around them."""
_VOID: Final = frozenset({
    "br", "hr", "img", "input", "meta", "link", "area", "base", "col", "wbr", "o:p",
})  # fmt: skip
_HIDDEN: Final = re.compile(r"display\s{0,3}:\s{0,3}none|mso-hide\s{0,3}:\s{0,3}all", re.IGNORECASE)
_INDENT: Final = re.compile(r"margin[^;]{0,40}\b40px", re.IGNORECASE)
"""What programs write for words that their sender indented."""
_SPACE: Final = re.compile(r"[ \t\r\n\f\xa0]+")

# Of class, id and name. Programs put x_, ecx and the like before the names that they repeat.
_QUOTE: Final = re.compile(
    r"(?:^|(?<=\s))(?=\w)(?:x_|ecx|m_-?\d{1,20})*+(?:gmail_attr|yahoo_quoted\w*+|yqt\d++|moz-cite-prefix"
    r"|freshdesk_quote|front-blockquote|mailru-blockquote|isreplycontent|olk_src_body_section"
    r"|mail-app-auto-quote|wlmailquote|tutanota_quote|zimbra_quote|hcreplyquote|gwquotetext"
    r"|quoted-?(?:text|message|reply|content)|reply-quote|yj6qo_quote|cafe24_quote|ntes_quote"
    r"|bloop_original_html)(?:\s|$)",
    re.IGNORECASE,
)
_ONWARD: Final = re.compile(
    r"(?:^|(?<=\s))(?=\w)(?:x_)*+(?:divrplyfwdmsg|appendonsend|mail-editor-reference-message-container"
    r"|ms-outlook-mobile-reference-message|outlookmessageheader|replysplit)(?:\s|$)",
    re.IGNORECASE,
)
"""From here to the end: the quotation is no element of its own."""
_SIGNATURE: Final = re.compile(
    r"(?:^|(?<=\s))(?=\w)(?:x_|ecx|m_-?\d{1,20})*+(?:gmail_signature|moz-signature|applemailsignature"
    r"|signature|protonmail_signature_block\w*+|ms-outlook-mobile-signature|outlooksignature"
    r"|mobile_?signature|yahoo-signature|ydp\w*?signature|zm_signature|zimbra-signature"
    r"|tutanota_signature|mailspring-signature|front-signature|bloop_sign\w*+)(?:\s|$)",
    re.IGNORECASE,
)


class Line(NamedTuple):
    """A line of text and what the structure says of it."""

    text: str
    mark: Mark


@dataclass(frozen=True)
class _Open:
    """An element that has not ended."""

    tag: str
    mark: Mark
    is_hidden: bool
    is_answering: bool
    """Whether this or one around it is where Gmail puts what it quotes, and answers to it."""


_OUTSIDE: Final = _Open("", "", is_hidden=False, is_answering=False)


@dataclass
class _Reader:
    """Takes tags and text, gives lines."""

    lines: list[Line] = field(default_factory=list)
    pieces: list[str] = field(default_factory=list)
    """Of the line at hand, which bears `mark`."""
    mark: Mark = ""
    open: list[_Open] = field(default_factory=list)
    is_onward: bool = False

    @property
    def within(self) -> _Open:
        """The innermost element."""
        return self.open[-1] if self.open else _OUTSIDE

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        above = self.within
        if not above.is_hidden:
            self._break(tag)
        if tag in _VOID:
            return
        mark, is_hidden, is_answering = above.mark, above.is_hidden, above.is_answering
        if attributes or tag == "blockquote":
            if mark not in {"quoted", "signature"}:
                mark = _mark(tag, attributes, is_answering) or mark
            is_hidden |= _HIDDEN.search(attributes.get("style", "")) is not None
            is_answering |= "gmail_quote" in attributes.get("class", "")
            self.is_onward |= _ONWARD.search(_names(attributes)) is not None
        self.open.append(_Open(tag, mark, is_hidden, is_answering))
        self._retake()

    def end(self, tag: str) -> None:
        """An element ends, and those in it that were left open."""
        inner = self.open[-_MOST_CLOSED:]
        if not any(one.tag == tag for one in inner):
            return
        if not self.within.is_hidden:
            self._break(tag)
        while self.open.pop().tag != tag:
            pass
        self._retake()

    def data(self, text: str) -> None:
        """Words, as they stand between tags."""
        if self.within.is_hidden or not text:
            return
        if any(one.tag == "pre" for one in self.open[-4:]):
            first, *others = unescape(text).replace("\r\n", "\n").split("\n")
            self.pieces.append(first)
            for line in others:
                self._end_line()
                self.pieces.append(line)
        elif self.pieces or not text.isspace():
            self.pieces.append(_SPACE.sub(" ", unescape(text)))

    def _break(self, tag: str) -> None:
        if tag == "br":
            self._end_line()
        elif tag in _BLOCKS:
            if self.pieces:
                self._end_line()
            if tag in _APART and self.lines and self.lines[-1].text:
                self._end_line()
        elif tag in {"td", "th"} and self.pieces:
            self.pieces.append("  ")

    def _retake(self) -> None:
        """The line at hand takes the mark of the element at hand, or ends where another begins."""
        mark = "quoted" if self.is_onward else self.within.mark
        if mark != self.mark and self.pieces:
            self._end_line()
        self.mark = mark

    def _end_line(self) -> None:
        text = "".join(self.pieces)
        is_kept = any(one.tag == "pre" for one in self.open[-4:])
        self.lines.append(Line(text.rstrip() if is_kept else " ".join(text.split()), self.mark))
        self.pieces = []

    def close(self) -> list[Line]:
        """The text has ended."""
        self._end_line()
        return self.lines


def _names(attributes: dict[str, str]) -> str:
    return " ".join(attributes.get(one, "")[:300] for one in ("class", "id", "name"))


def _mark(tag: str, attributes: dict[str, str], is_answering: bool) -> Mark:
    """What an element's kind and names say of its words."""
    names = _names(attributes)
    if _SIGNATURE.search(names):
        return "signature"
    is_cited = attributes.get("type", "").lower() == "cite"
    if is_cited or _QUOTE.search(names) or attributes.get("name", "").lower() == "quote":
        return "quoted"
    if tag != "blockquote":
        return ""
    if "gmail_quote" in names:
        return "quoted" if is_answering else "indented"
    return "indented" if _INDENT.search(attributes.get("style", "")) else "block"


def lines_of(html: str) -> list[Line]:
    """What a reader sees of this HTML, in lines. Never raises, whatever it may hold."""
    reader = _Reader()
    for text, token in _tokens(html[:_MOST_HTML]):
        reader.data(text)
        if token is None or not token["tag"]:
            continue
        tag = token["tag"].lower()
        if token["end"]:
            reader.end(tag)
        else:
            reader.start(tag, _attributes(token["attributes"]))
    return reader.close()


def _attributes(text: str) -> dict[str, str]:
    if "=" not in text:
        return {}
    return {one[1].lower(): one[2] or one[3] or one[4] or "" for one in _ATTRIBUTE.finditer(text)}


def _tokens(html: str) -> Iterator[tuple[str, re.Match[str] | None]]:
    """Each tag, and the text that stands before it; what has no end ends with the text."""
    unended: set[str] = set()
    at = begun = tags = 0
    while tags < _MOST_TAGS and (found := html.find("<", at)) >= 0:
        tags += 1
        end = _end_of_unread(html, found, unended)
        token = None if end else _TOKEN.match(html, found)
        if end or token:
            yield html[begun:found], token
            begun = at = end or (token.end() if token else found)
        else:
            at = found + 1
    yield _TOKEN.sub(" ", html[begun:]), None


def _end_of_unread(html: str, at: int, unended: set[str]) -> int:
    """Where a comment or a style sheet that begins here ends; 0 if none begins, or none ends."""
    for begins, ends in _UNREAD.items():
        if begins not in unended and html[at : at + len(begins)].lower() == begins:
            end = ends.search(html, at)
            if end:
                return end.end()
            unended.add(begins)
    return 0
