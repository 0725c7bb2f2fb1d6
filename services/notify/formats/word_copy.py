"""Writes a Word document with styles, languages and header rows, and checks it."""

import json
import zipfile
from pathlib import Path
from typing import Any, Final

from services.notify.formats.findings import Finding, Refused, failure
from services.notify.formats.tools import pandoc
from services.notify.formats.tree import Document, walk
from services.notify.formats.xml_parts import parsed

_W: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_WP: Final = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
_M: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_DC: Final = "{http://purl.org/dc/elements/1.1/}"


def write(document: Document, target: Path, memory_mb: int) -> None:
    """Raises: Refused."""
    Path("word.json").write_text(json.dumps(document.json()), encoding="utf-8")
    pandoc(["-f", "json", "-t", "docx", "-o", str(target), "word.json"], memory_mb)


def check(target: Path, document: Document) -> tuple[list[Finding], str]:
    """What is wrong with it, and its words."""
    try:
        with zipfile.ZipFile(target) as archive:
            parts = {
                name: parsed(archive.read(name))
                for name in ("word/document.xml", "word/styles.xml", "docProps/core.xml")
            }
            notes = "word/footnotes.xml"
            if notes in archive.namelist():
                parts[notes] = parsed(archive.read(notes))
    except (zipfile.BadZipFile, KeyError, Refused):
        return [failure("not_docx", "The document can't be opened.")], ""
    return _checked(parts, document), _said(parts)


def _checked(parts: dict[str, Any], document: Document) -> list[Finding]:
    found: list[Finding] = []
    text = parts["word/document.xml"]
    if not (parts["docProps/core.xml"].findtext(f"{_DC}title") or "").strip():
        found.append(failure("word_title", "The document has no title."))
    if parts["word/styles.xml"].find(f"{_W}docDefaults//{_W}lang") is None:
        found.append(failure("word_language", "The document does not say its language."))
    bare = sum(not (one.get("descr") or "").strip() for one in text.iter(f"{_WP}docPr"))
    if bare:
        found.append(failure("word_alt", "Images have no text for them.", bare))
    styles = [one.get(f"{_W}val") or "" for one in text.iter(f"{_W}pStyle")]
    headings = sum(one.startswith("Heading") for one in styles)
    wanted = sum(node["t"] == "Header" for node in walk(document.blocks))
    if headings < wanted:
        found.append(failure("word_headings", "Headings are missing.", wanted - headings))
    heads = sum(1 for _ in text.iter(f"{_W}tblHeader"))
    tables = sum(bool(one["c"][3][1]) for one in walk(document.blocks) if one["t"] == "Table")
    if heads < tables:
        found.append(failure("word_tables", "Header rows are missing.", tables - heads))
    return found


def _said(parts: dict[str, Any]) -> str:
    said: list[str] = []
    for name in ("word/document.xml", "word/footnotes.xml"):
        for paragraph in parts[name].iter(f"{_W}p") if name in parts else ():
            said.append("".join(one.text or "" for one in paragraph.iter(f"{_W}t", f"{_M}t")))
    return "\n".join(said)
