"""Reads a source into a tree, by the reader of its kind. Runs in the confined child."""

import json
import re
from pathlib import Path
from typing import Any, Final

from charset_normalizer import from_bytes

from services.notify.formats import (
    docx_language,
    images,
    odt_words,
    pdf_reader,
    scan,
    slide_words,
    source_words,
    web_words,
)
from services.notify.formats.findings import Reason, Refused, found
from services.notify.formats.job import Job, Kind
from services.notify.formats.saying import Say
from services.notify.formats.tools import pandoc
from services.notify.formats.tree import Document, Node, text_of, walk, words

_FORMATS: Final = {
    "docx": "docx+styles",
    "odt": "odt",
    "epub": "epub",
    "html": "html-raw_html",
    # Not pandoc's own Markdown: its parser can be made to run for ever.
    "markdown": "commonmark_x-raw_html-raw_attribute+yaml_metadata_block",
    "pptx": "pptx",
}
_TAG: Final = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}")
_HARD_WRAPPED: Final = 45
"""Characters from which a line of plain text is one that was wrapped, not a line of its own."""


def read(kind: Kind, source: Path, job: Job, say: Say) -> Document:
    """Raises: Refused."""
    say("reading")
    if kind == "pdf":
        document = pdf_reader.read(source, job, say)
    elif kind == "image":
        document = scan.read_image(source, job, say)
    elif kind == "text":
        document = _read_text(source)
    else:
        document = _read_by_pandoc(kind, source, job)
    document.source = source_words.of(kind, source)
    if not _TAG.fullmatch(document.language):
        document.language = job.options.language
        document.findings.append(found("no_language"))
    document.title = " ".join((document.title or job.options.title).split())[:500]
    return document


def _read_text(source: Path) -> Document:
    raw = source.read_bytes()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        best = from_bytes(raw[:100_000]).best()
        text = raw.decode(best.encoding if best else "cp1252", "replace")
    text = "".join(one for one in text if one.isprintable() or one in "\n\t\f")
    parts = [one for one in re.split(r"\n\s*\n|\f", text.replace("\r", "")) if one.strip()]
    return Document([_paragraph(one.strip("\n")) for one in parts])


def _paragraph(text: str) -> dict[str, Any]:
    inlines: list[Any] = []
    lines = text.split("\n")
    for before, line in zip(["", *lines], lines, strict=False):
        if inlines:
            is_wrapped = len(before) >= _HARD_WRAPPED
            inlines.append({"t": "SoftBreak"} if is_wrapped else {"t": "LineBreak"})
        inlines += words(line)
    return {"t": "Para", "c": inlines}


def _read_by_pandoc(kind: Kind, source: Path, job: Job) -> Document:
    language = title = ""
    formulas = 0
    authors: list[str] = []
    if kind == "docx":
        language, title, authors = docx_language.marked(source, Path("marked"))
        source = Path("marked")
    elif kind == "odt":
        language, title, authors = odt_words.marked(source, Path("marked"))
        source = Path("marked")
    elif kind == "html":
        web_words.marked(source, Path("marked"))
        source = Path("marked")
    elif kind == "pptx":
        formulas = slide_words.marked(source, Path("marked"))
        source = Path("marked")
    arguments = ["--sandbox", "-f", _FORMATS[kind], "-t", "json", "--extract-media=media"]
    pandoc([*arguments, "-o", "read.json", str(source)], job.memory_mb // 3)
    tree = _loaded(Path("read.json"))
    meta = tree.get("meta", {})
    blocks = _restored(kind, tree["blocks"], job)
    images.unpack(blocks, Path("media"))
    images.settle(Path("media"))
    return Document(
        blocks,
        language=language or _said(meta, "lang") or _said(meta, "language"),
        title=_said(meta, "title") or title,
        authors=_all_said(meta, "author") or _all_said(meta, "creator") or authors,
        findings=[found("maths_as_signs", formulas)] if formulas else [],
    )


def _restored(kind: Kind, blocks: list[Any], job: Job) -> list[Any]:
    if kind == "docx":
        return docx_language.restored(blocks)
    if kind != "odt":
        return blocks
    return odt_words.restored(blocks, _formulas(Path("formulas.html"), job))


def _formulas(page: Path, job: Job) -> list[Node]:
    """Those of an OpenDocument text, which are MathML, as the tree has them."""
    if not page.exists():
        return []
    read_back = pandoc(["--sandbox", "-f", "html", "-t", "json", str(page)], job.memory_mb // 3)
    return [_first_formula(one) for one in json.loads(read_back)["blocks"]]


def _first_formula(block: Node) -> Node:
    return next((one for one in walk(block) if one["t"] == "Math"), {"t": "Space"})


def _loaded(path: Path) -> dict[str, Any]:
    try:
        tree: dict[str, Any] = json.loads(path.read_bytes())
    except RecursionError as error:
        raise Refused(Reason.TOO_DEEP) from error
    return tree


def _said(meta: dict[str, Any], name: str) -> str:
    return (_all_said(meta, name) or [""])[0]


def _all_said(meta: dict[str, Any], name: str) -> list[str]:
    value = meta.get(name)
    if value is None:
        return []
    values = value["c"] if value["t"] == "MetaList" else [value]
    said = [one["c"] if one["t"] == "MetaString" else text_of(one.get("c")) for one in values]
    return [" ".join(str(one).split()) for one in said if str(one).strip()]
