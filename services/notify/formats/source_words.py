"""The words of a source as its own format has them, so that what the reading of it lost is seen.
Runs in the confined child.

It shares nothing with the readers but the XML parser: what they leave out, it counts.
"""

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from posixpath import dirname, join, normpath
from typing import Any, Final
from urllib.parse import unquote

from lxml import etree

from services.notify.formats.compare import words_of
from services.notify.formats.job import Kind
from services.notify.formats.tree import SourceWords
from services.notify.formats.web_words import page_of
from services.notify.formats.xml_parts import parsed

_W: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_A: Final = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_P: Final = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
_MC: Final = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_TEXT: Final = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_OFFICE: Final = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_SVG: Final = "{urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0}"
_OPF: Final = "{http://www.idpf.org/2007/opf}"
_UNSEEN: Final = "//head|//script|//style|//noscript|//template|//svg|//select|//nav|//comment()"
_MATHS: Final = '//*[local-name()="math"]'
_PLACES: Final = frozenset(("sldNum", "dt", "ftr", "hdr"))
_BLOCKS: Final = frozenset(("p", "div", "li", "td", "th", "br", "h1", "h2", "h3", "h4", "h5", "h6"))
_BLOCKS_TOO: Final = frozenset(("dt", "dd", "tr", "figcaption", "caption", "aside", "section"))
# A contents list of the writer's program: ours is made anew.
_OWN_CONTENTS: Final = f"{_W}docPartGallery"


def of(kind: Kind, source: Path) -> SourceWords | None:
    """None for pictures, which have no words, and for text, which is read as it stands."""
    match kind:
        case "docx":
            return _of_docx(source)
        case "odt":
            return _of_odt(source)
        case "pptx":
            return _of_slides(source)
        case "epub":
            return _of_book(source)
        case "html":
            return SourceWords(words_of(_said_on(source.read_bytes())))
        case _:
            return None


def _parts(source: Path, wanted: str) -> Iterator[tuple[str, Any]]:
    with zipfile.ZipFile(source) as archive:
        for name in archive.namelist():
            if re.fullmatch(wanted, name):
                yield name, parsed(archive.read(name))


def _of_docx(source: Path) -> SourceWords:
    made = SourceWords()
    for name, tree in _parts(source, r"word/(document|footnotes|endnotes|diagrams/data\d*)\.xml"):
        for held in tree.iter(f"{_W}sdt"):
            gallery = held.find(f"{_W}sdtPr//{_OWN_CONTENTS}")
            if gallery is not None and "Contents" in (gallery.get(f"{_W}val") or ""):
                _emptied(held)
        for spare in list(tree.iter(f"{_MC}Fallback", f"{_W}moveFrom")):
            _emptied(spare)
        words = words_of(_joined(tree, (f"{_W}p", f"{_A}p"), (f"{_W}t", f"{_A}t")))
        (made.notes if "notes" in name else made.body).extend(words)
    return made


def _emptied(element: Any) -> None:
    for one in list(element):
        element.remove(one)


def _joined(tree: Any, paragraphs: tuple[str, ...], texts: tuple[str, ...]) -> str:
    """Runs are joined within a paragraph: a word may change its look in the middle."""
    made: list[str] = []
    for element in tree.iter():
        if element.tag in paragraphs or str(element.tag).endswith(("}tab", "}br", "}cr")):
            made.append(" ")
        elif element.tag in texts:
            made.append(element.text or "")
    return "".join(made)


def _of_odt(source: Path) -> SourceWords:
    made = SourceWords()
    away = (f"{_TEXT}tracked-changes", f"{_OFFICE}annotation", f"{_TEXT}table-of-content")
    for _, tree in _parts(source, r"content\.xml"):
        for element in list(tree.iter(*away, f"{_SVG}title", f"{_SVG}desc")):
            element.clear(keep_tail=True)
        for note in list(tree.iter(f"{_TEXT}note")):
            said = "".join(_odt_text(one) for one in note.iter(f"{_TEXT}note-body"))
            made.notes += words_of(said)
            note.clear(keep_tail=True)
        made.body += words_of("".join(_odt_text(one) for one in tree.iter(f"{_OFFICE}body")))
    return made


def _odt_text(element: Any) -> str:
    return " ".join("".join(_flow(one)) for one in element.iter(f"{_TEXT}p", f"{_TEXT}h"))


def _flow(element: Any) -> Iterator[str]:
    """The text of a paragraph, without that of paragraphs within it."""
    yield element.text or ""
    for one in element:
        name = etree.QName(one).localname if isinstance(one.tag, str) else ""
        if name in {"s", "tab", "line-break"}:
            yield " "
        elif name not in {"p", "h", "note", "frame"}:
            yield from _flow(one)
        yield one.tail or ""


def _of_slides(source: Path) -> SourceWords:
    made = SourceWords()
    slides = _parts(source, r"ppt/(slides/slide|diagrams/data)(\d+)\.xml")
    for _, tree in sorted(slides, key=lambda one: int((re.search(r"\d+", one[0]) or [0])[0])):
        for shape in list(tree.iter(f"{_P}sp")):
            place = shape.find(f"{_P}nvSpPr/{_P}nvPr/{_P}ph")
            if place is not None and place.get("type") in _PLACES:
                _emptied(shape)
        made.body += words_of(_joined(tree, (f"{_A}p",), (f"{_A}t",)))
    return made


def _of_book(source: Path) -> SourceWords:
    made = SourceWords()
    with zipfile.ZipFile(source) as archive:
        container = parsed(archive.read("META-INF/container.xml"))
        named = container.find(".//{*}rootfile")
        place = named.get("full-path") if named is not None else ""
        package = parsed(archive.read(place))
        parts = {one.get("id"): one for one in package.iter(f"{_OPF}item")}
        for one in package.iter(f"{_OPF}itemref"):
            item = parts.get(one.get("idref"))
            if item is None or "nav" in (item.get("properties") or "").split():
                continue
            name = normpath(join(dirname(place), unquote(item.get("href") or "")))
            if name in archive.namelist():
                made.body += words_of(_said_on(archive.read(name)))
    return made


def _said_on(raw: bytes) -> str:
    page = page_of(raw)
    for element in page.xpath(f"{_UNSEEN}|{_MATHS}"):
        if element.getparent() is not None:
            element.drop_tree()
    made: list[str] = []
    for event, element in etree.iterwalk(page, events=("start", "end")):
        if isinstance(element.tag, str) and element.tag in _BLOCKS | _BLOCKS_TOO:
            made.append(" ")
        made.append((element.text if event == "start" else element.tail) or "")
    return "".join(made)
