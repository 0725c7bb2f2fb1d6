"""Writes EPUB 3 with the metadata of EPUB Accessibility 1.1, and checks it."""

import copy
import json
import zipfile
from pathlib import Path
from typing import Final

from lxml import etree, html

from services.notify.formats.findings import Finding, Refused, failure
from services.notify.formats.page import LOOKS, check_page, said_in
from services.notify.formats.phrases import phrase
from services.notify.formats.tools import pandoc
from services.notify.formats.tree import Document, walk
from services.notify.formats.xml_parts import parsed

_OPF: Final = "{http://www.idpf.org/2007/opf}"
_PACKAGE: Final = "EPUB/content.opf"
_PAGES: Final = "EPUB/text/"
_X: Final = "{http://www.w3.org/1999/xhtml}"
_DC: Final = "{http://purl.org/dc/elements/1.1/}"
_HEADINGS: Final = tuple(f"{_X}h{level}" for level in range(1, 7))
_SUMMARY: Final = (
    "Headings, lists, tables, notes and the descriptions of images are those of the source; "
    "maths is MathML; passages in other languages are marked. Checked by programs only."
)
_WANTED: Final = (
    "schema:accessMode",
    "schema:accessibilityFeature",
    "schema:accessibilityHazard",
    "schema:accessibilitySummary",
    "schema:accessModeSufficient",
    "dcterms:modified",
)


def write(document: Document, target: Path, memory_mb: int) -> None:
    """Raises: Refused."""
    tree = document.json()
    tree["blocks"] = copy.deepcopy(document.blocks)
    Path("book.json").write_text(json.dumps(tree), encoding="utf-8")
    arguments = ["-f", "json", "-t", "epub3", "--mathml", "--toc", "--toc-depth=3"]
    arguments += ["--css", str(LOOKS / "book.css"), "--split-level=1"]
    arguments += ["-M", f"toc-title={phrase('contents', document.language)}"]
    pandoc([*arguments, "-o", "plain.epub", "book.json"], memory_mb)
    with zipfile.ZipFile("plain.epub") as plain, zipfile.ZipFile(target, "w") as made:
        for part in plain.infolist():
            content = plain.read(part)
            if part.filename == _PACKAGE:
                content = _completed(content, document)
            elif part.filename.startswith(_PAGES):
                content = _named(content, document)
            stored = part.filename == "mimetype"
            made.writestr(
                part.filename, content, zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
            )


def _named(raw: bytes, document: Document) -> bytes:
    """A page with its first heading for a name (WCAG 2.4.2): pandoc names it like its file."""
    page = parsed(raw)
    headings = (one for one in page.iter(*_HEADINGS) if "".join(one.itertext()).strip())
    first = next(headings, None)
    name = document.title if first is None else "".join(first.itertext())
    page.find(f".//{_X}title").text = " ".join(name.split())
    made: bytes = etree.tostring(page.getroottree(), xml_declaration=True, encoding="UTF-8")
    return made


def _completed(raw: bytes, document: Document) -> bytes:
    """The package with what EPUB Accessibility 1.1 §2 asks of it."""
    package = parsed(raw)
    metadata = package.find(f"{_OPF}metadata")
    for one in list(metadata):
        if (one.get("property") or "").startswith(("schema:access", "a11y:")):
            metadata.remove(one)
    for name, value in _properties(document):
        element = etree.SubElement(metadata, f"{_OPF}meta")
        element.set("property", name)
        element.text = value
    made: bytes = etree.tostring(package, xml_declaration=True, encoding="UTF-8")
    return made


def _properties(document: Document) -> list[tuple[str, str]]:
    kinds = {node["t"] for node in walk(document.blocks)}
    features = ["structuralNavigation", "tableOfContents", "readingOrder"]
    features += ["displayTransformability", "unlocked"]
    features += ["MathML"] if "Math" in kinds else []
    is_described = not any(one.kind == "no_description" for one in document.findings)
    features += ["alternativeText"] if "Image" in kinds and is_described else []
    made = [("schema:accessMode", "textual")]
    made += [("schema:accessMode", "visual")] if "Image" in kinds else []
    if "Image" not in kinds or is_described:
        made.append(("schema:accessModeSufficient", "textual"))
    else:
        made.append(("schema:accessModeSufficient", "textual,visual"))
    made += [("schema:accessibilityFeature", one) for one in features]
    made.append(("schema:accessibilityHazard", "none"))
    made.append(("schema:accessibilitySummary", _SUMMARY))
    return made


def check(target: Path, document: Document) -> tuple[list[Finding], str]:
    """What is wrong with the book, and its words."""
    try:
        with zipfile.ZipFile(target) as book:
            return _checked(book)
    except (zipfile.BadZipFile, KeyError, Refused, etree.ParserError):
        return [failure("not_epub", "The book can't be opened.")], ""


def _checked(book: zipfile.ZipFile) -> tuple[list[Finding], str]:
    found: list[Finding] = []
    first = book.infolist()[0]
    if first.filename != "mimetype" or book.read(first) != b"application/epub+zip":
        found.append(failure("book_type", "The book does not begin by saying that it is one."))
    package = parsed(book.read(_PACKAGE))
    said = {one.get("property") for one in package.iter(f"{_OPF}meta") if (one.text or "").strip()}
    for name in _WANTED:
        if name not in said:
            found.append(failure("book_metadata", f"The book does not state its {name}."))
    for name in ("title", "language", "identifier"):
        if not (package.findtext(f".//{_DC}{name}") or "").strip():
            found.append(failure("book_metadata", f"The book has no {name}."))
    if not any(one.get("properties") == "nav" for one in package.iter(f"{_OPF}item")):
        found.append(failure("book_contents", "The book has no table of contents."))
    texts = []
    for one in package.iter(f"{_OPF}item"):
        if one.get("media-type") == "application/xhtml+xml" and one.get("properties") != "nav":
            page = html.document_fromstring(book.read(f"EPUB/{one.get('href')}"))
            found += [this for this in check_page(page) if this.kind in _OF_A_PAGE]
            texts.append(said_in(page))
    return found, " ".join(texts)


# A page of a book may begin with a heading of any level, and its links lead to other pages.
_OF_A_PAGE: Final = frozenset(("page_language", "page_title", "page_alt", "page_parts", "page_ids"))
