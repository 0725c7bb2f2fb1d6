"""Makes of a web page what pandoc reads well: UTF-8, and its anchors where links find them. Reads
files of the confined child.
"""

import codecs
import re
from pathlib import Path
from typing import Any, Final

from lxml import etree, html

from services.notify.formats.findings import Reason, Refused

_DECLARED: Final = re.compile(rb"charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]+)")
_DECLARED_WITHIN: Final = 4096
_HOLDERS: Final = frozenset(("body", "div", "section", "article", "main"))
_KEPT: Final = frozenset(("h1", "h2", "h3", "h4", "h5", "h6", "div", "section", "table"))
"""Elements whose names pandoc keeps."""
_DROPPED: Final = ("p", "li", "dt", "dd", "td", "th", "tr", "strong", "em", "code", "b", "i")
_WITHOUT_WORDS: Final = frozenset(("tr", "ul", "ol", "dl"))


def page_of(raw: bytes) -> Any:
    """The page as a tree, its letters right. Raises: Refused."""
    parser = html.HTMLParser(encoding=_encoding(raw), no_network=True)
    try:
        return html.document_fromstring(raw, parser=parser)
    except (etree.ParserError, ValueError) as error:
        raise Refused(Reason.EMPTY) from error


def _encoding(raw: bytes) -> str:
    """What it declares is believed only where it isn't UTF-8, which nothing else looks like."""
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        declared = _DECLARED.search(raw[:_DECLARED_WITHIN])
        try:
            return codecs.lookup(declared[1].decode("ascii")).name if declared else "cp1252"
        except LookupError:
            return "cp1252"
    return "utf-8"


def marked(source: Path, target: Path) -> None:
    """`target` is the page in UTF-8, every place that a link of it leads to one that pandoc keeps.

    Raises: Refused.
    """
    page = page_of(source.read_bytes())
    links = [one for one in page.iter("a") if (one.get("href") or "").startswith("#")]
    wanted = {one.get("href")[1:] for one in links}
    names = _moved(page)
    for one in links:
        name = one.get("href")[1:]
        one.set("href", f"#{names.get(name, name)}")
    wanted |= set(names.values())
    for one in list(page.iter(*_DROPPED)):
        # pandoc makes notes of a page's notes by their own names.
        if one.get("id") in wanted and not any(_is_notes(above) for above in one.iterancestors()):
            _anchor(one)
    for main in page.xpath("//main|//*[@role='main']"):
        # pandoc would leave out all that is not in it.
        main.tag = "div" if main.tag == "main" else main.tag
        main.attrib.pop("role", None)
    for meta in list(page.iter("meta")):
        if meta.get("charset") or "content-type" in (meta.get("http-equiv") or "").lower():
            meta.drop_tree()
    target.write_text(html.tostring(page, encoding="unicode"), encoding="utf-8")


def _is_notes(element: Any) -> bool:
    roles = f"{element.get('role') or ''} {element.get('class') or ''}"
    return "endnotes" in roles or "footnotes" in roles


def _moved(page: Any) -> dict[str, str]:
    """The names of empty anchors between blocks, which pandoc drops, and of what they stand
    before."""
    names: dict[str, str] = {}
    # From the last to the first: an anchor may stand before another.
    for anchor in reversed(list(page.iter("a", "span"))):
        name = anchor.get("id") or anchor.get("name") or ""
        is_empty = not len(anchor) and not (anchor.text or "").strip() and not anchor.get("href")
        if not name or not is_empty or anchor.getparent().tag not in _HOLDERS:
            continue
        after = anchor.getnext()
        while after is not None and not isinstance(after.tag, str):
            after = after.getnext()
        if after is None or (anchor.tail or "").strip() or after.tag not in _KEPT:
            continue
        if not after.get("id"):
            after.set("id", name)
        names[name] = after.get("id")
        anchor.drop_tree()
    return names


def _anchor(element: Any) -> None:
    """Its name, in its first words: pandoc drops that of the element."""
    name = element.attrib.pop("id")
    while element.tag in _WITHOUT_WORDS and len(element) and isinstance(element[0].tag, str):
        element = element[0]
    anchor = element.makeelement("span", {"id": name})
    anchor.tail, element.text = element.text, None
    element.insert(0, anchor)
