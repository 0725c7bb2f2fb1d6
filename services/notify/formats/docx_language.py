"""Keeps the language of passages in a Word file, which pandoc's reader drops.

Before it is read, each run in another language than the document's gets a style that says so
(based on the one it had); afterwards the styles become languages again. Reads files of the
confined child.
"""

import zipfile
from collections import Counter
from pathlib import Path
from typing import Any, Final

from lxml import etree

from services.notify.formats.findings import Reason, Refused
from services.notify.formats.tree import Node, attr_of, changed, is_rtl
from services.notify.formats.xml_parts import copied, parsed

_W: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_DC: Final = "{http://purl.org/dc/elements/1.1/}"
_TEXTS: Final = ("word/document.xml", "word/footnotes.xml", "word/endnotes.xml")
_STYLES: Final = "word/styles.xml"
MARK: Final = "Lang_"


def marked(source: Path, target: Path) -> tuple[str, str, list[str]]:
    """The document's language, title and authors; `target` is the file with its languages marked.

    Raises: Refused.
    """
    with zipfile.ZipFile(source) as archive:
        names = set(archive.namelist())
        if "word/document.xml" not in names:
            raise Refused(Reason.DAMAGED, "It has no text part.")
        texts: dict[str, Any] = {one: parsed(archive.read(one)) for one in _TEXTS if one in names}
        styles = parsed(archive.read(_STYLES)) if _STYLES in names else None
        core = parsed(archive.read("docProps/core.xml")) if "docProps/core.xml" in names else None
        default = _default(styles)
        language = _main(texts, default)
        if styles is not None and language:
            _mark(texts, styles, default, language)
        new: dict[str, bytes] = {one: _written(text) for one, text in texts.items()}
        if styles is not None:
            new[_STYLES] = _written(styles)
        copied(archive, target, new)
    title = core.findtext(f"{_DC}title") if core is not None else ""
    author = core.findtext(f"{_DC}creator") if core is not None else ""
    return language, (title or "").strip(), [author.strip()] if author and author.strip() else []


def _written(tree: Any) -> bytes:
    made: bytes = etree.tostring(tree, xml_declaration=True, encoding="UTF-8", standalone=True)
    return made


def _default(styles: Any) -> str:
    said = styles.find(f"{_W}docDefaults//{_W}lang") if styles is not None else None
    return (said.get(f"{_W}val") or "") if said is not None else ""


def _language_of(run: Any) -> str:
    """What the run says of itself; empty for nothing."""
    said = run.find(f"{_W}rPr/{_W}lang")
    if said is None:
        return ""
    is_bidi = run.find(f"{_W}rPr/{_W}rtl") is not None
    return (is_bidi and said.get(f"{_W}bidi")) or said.get(f"{_W}val") or ""


def _main(texts: dict[str, Any], default: str) -> str:
    """The language most of it is in."""
    count: Counter[str] = Counter()
    for text in texts.values():
        for run in text.iter(f"{_W}r"):
            letters = sum(len(one.text or "") for one in run.iter(f"{_W}t"))
            count[_language_of(run) or default] += letters
    by_main: Counter[str] = Counter()
    for tag, letters in count.items():
        by_main[tag.split("-")[0]] += letters
    if not by_main:
        return default
    main = by_main.most_common(1)[0][0]
    if default.split("-", maxsplit=1)[0] == main:
        return default
    return max((tag for tag in count if tag.split("-")[0] == main), key=lambda tag: count[tag])


def _mark(texts: dict[str, Any], styles: Any, default: str, language: str) -> None:
    needed: set[tuple[str, str]] = set()
    main = language.split("-", maxsplit=1)[0]
    for text in texts.values():
        for run in text.iter(f"{_W}r"):
            own = _language_of(run) or default
            if not own or own.split("-")[0] == main:
                continue
            properties = run.find(f"{_W}rPr")
            if properties is None:
                properties = etree.Element(f"{_W}rPr")
                run.insert(0, properties)
            style = properties.find(f"{_W}rStyle")
            base = style.get(f"{_W}val") if style is not None else ""
            if style is None:
                style = etree.Element(f"{_W}rStyle")
                properties.insert(0, style)
            style.set(f"{_W}val", f"{MARK}{own}_{base}")
            needed.add((own, base))
    for own, base in sorted(needed):
        name = f"{MARK}{own}_{base}"
        style = etree.SubElement(styles, f"{_W}style")
        style.set(f"{_W}type", "character")
        style.set(f"{_W}customStyle", "1")
        style.set(f"{_W}styleId", name)
        etree.SubElement(style, f"{_W}name").set(f"{_W}val", name)
        if base:
            etree.SubElement(style, f"{_W}basedOn").set(f"{_W}val", base)


def restored(blocks: list[Any]) -> list[Any]:
    """With languages where the marks are; a paragraph wholly in one says so as a whole."""
    made: list[Any] = changed(blocks, _restore)
    lifted: list[Any] = changed(made, _lift)
    return lifted


def _restore(node: Node) -> list[Any] | None:
    attr = attr_of(node) if node["t"] == "Span" else None
    style = next((value for key, value in attr[2] if key == "custom-style"), "") if attr else ""
    if attr is None or not style.startswith(MARK):
        return None
    language = style.removeprefix(MARK).split("_")[0]
    attr[2] = [["lang", language], *([["dir", "rtl"]] if is_rtl(language) else [])]
    return None


def _lift(node: Node) -> list[Any] | None:
    if node["t"] != "Para":
        return None
    inlines = [one for one in node["c"] if one["t"] not in {"Space", "SoftBreak"}]
    spans = [one for one in inlines if one["t"] == "Span"]
    said = {tuple(map(tuple, one["c"][0][2])) for one in spans}
    if not spans or len(spans) != len(inlines) or len(said) != 1:
        return None
    attributes = [list(one) for one in said.pop()]
    if not any(key == "lang" for key, _ in attributes):
        return None
    inner: list[Any] = []
    for one in node["c"]:
        inner += one["c"][1] if one["t"] == "Span" else [one]
    return [{"t": "Div", "c": [["", [], attributes], [{"t": "Para", "c": inner}]]}]
