"""Keeps what pandoc's reader drops of an OpenDocument text: the language of passages and the
descriptions of images. Reads files of the confined child.

A style that sets a language becomes a mark in the text; a description becomes the image's title.
"""

import re
import zipfile
from pathlib import Path
from typing import Any, Final

from lxml import etree

from services.notify.formats.findings import Reason, Refused
from services.notify.formats.tree import Node, is_rtl, words
from services.notify.formats.xml_parts import copied, parsed

_STYLE: Final = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_TEXT: Final = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_FO: Final = "{urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0}"
_SVG: Final = "{urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0}"
_DRAW: Final = "{urn:oasis:names:tc:opendocument:xmlns:drawing:1.0}"
_DC: Final = "{http://purl.org/dc/elements/1.1/}"
_OPEN, _CLOSE, _END, _ALT, _MATHS = "\ue000", "\ue001", "\ue002", "\ue003", "\ue004"
"""Private letters, which no text means anything by: `OPEN language CLOSE … END`, and `ALT hex END`
behind an image, and `MATHS number END` for a formula."""
_LANGUAGE: Final = re.compile(r"[A-Za-z]{2,3}")
_MARKS: Final = re.compile(
    "\ue000([^\ue001]{1,40})\ue001|(\ue002)|\ue003([0-9a-f]*)\ue002|\ue004([0-9]+)\ue002"
)
_XLINK: Final = "{http://www.w3.org/1999/xlink}"
_MATHML: Final = "{http://www.w3.org/1998/Math/MathML}math"


def marked(source: Path, target: Path) -> tuple[str, str, list[str]]:
    """The document's language, title and authors; `target` is the file with its marks.

    Raises: Refused.
    """
    with zipfile.ZipFile(source) as archive:
        names = set(archive.namelist())
        if "content.xml" not in names:
            raise Refused(Reason.DAMAGED, "It has no text part.")
        content = parsed(archive.read("content.xml"))
        styles = parsed(archive.read("styles.xml")) if "styles.xml" in names else None
        meta = parsed(archive.read("meta.xml")) if "meta.xml" in names else None
        said = _languages(content, styles)
        default = _default(styles)
        for element in content.iter(f"{_TEXT}p", f"{_TEXT}h", f"{_TEXT}span"):
            _mark(element, said, default)
        for frame in content.iter(f"{_DRAW}frame"):
            _describe(frame)
        formulas = _take_formulas(archive, names, content)
        made = etree.tostring(content, xml_declaration=True, encoding="UTF-8")
        copied(archive, target, {"content.xml": made})
    if formulas:
        page = "".join(f"<p>{one}</p>" for one in formulas)
        Path("formulas.html").write_text(page, encoding="utf-8")
    title = meta.findtext(f".//{_DC}title") if meta is not None else ""
    author = meta.findtext(f".//{_DC}creator") if meta is not None else ""
    return default, (title or "").strip(), [author.strip()] if author and author.strip() else []


def _take_formulas(archive: zipfile.ZipFile, names: set[str], content: Any) -> list[str]:
    """Their MathML, in the order of the marks that now stand in their places."""
    found: list[str] = []
    for frame in list(content.iter(f"{_DRAW}frame")):
        held = frame.find(f"{_DRAW}object")
        inner = held.find(_MATHML) if held is not None else None
        if held is not None and inner is None:
            name = (held.get(f"{_XLINK}href") or "").removeprefix("./").strip("/") + "/content.xml"
            tree = parsed(archive.read(name)) if name in names else None
            inner = tree if tree is not None and tree.tag == _MATHML else None
        if inner is None:
            continue
        mark = f"{_MATHS}{len(found)}{_END}{frame.tail or ''}"
        found.append(etree.tostring(inner, encoding="unicode", with_tail=False))
        parent, before = frame.getparent(), frame.getprevious()
        if before is not None:
            before.tail = (before.tail or "") + mark
        else:
            parent.text = (parent.text or "") + mark
        parent.remove(frame)
    return found


def _of_style(style: Any) -> str:
    properties = style.find(f"{_STYLE}text-properties")
    if properties is None:
        return ""
    for kind in ("language", "language-complex", "language-asian"):
        name = properties.get(f"{_FO if kind == 'language' else _STYLE}{kind}") or ""
        if _LANGUAGE.fullmatch(name) and name not in {"zxx", "none"}:
            country = properties.get(f"{_FO}country") or ""
            return f"{name}-{country}" if len(country) == 2 and kind == "language" else name
    return ""


def _default(styles: Any) -> str:
    if styles is None:
        return ""
    for style in styles.iter(f"{_STYLE}default-style"):
        if style.get(f"{_STYLE}family") == "paragraph":
            return _of_style(style)
    return ""


def _languages(*trees: Any) -> dict[str, str]:
    """Of each style that sets one, its own or that of its parents."""
    own: dict[str, tuple[str, str]] = {}
    for tree in trees:
        for style in tree.iter(f"{_STYLE}style") if tree is not None else ():
            parent = style.get(f"{_STYLE}parent-style-name") or ""
            own[style.get(f"{_STYLE}name") or ""] = (_of_style(style), parent)
    said = {}
    for name in own:
        at, seen = name, 0
        while at in own and not own[at][0] and seen < 20:
            at, seen = own[at][1], seen + 1
        if at in own and own[at][0]:
            said[name] = own[at][0]
    return said


def _mark(element: Any, said: dict[str, str], default: str) -> None:
    language = said.get(element.get(f"{_TEXT}style-name") or "", "")
    if not language or language.split("-")[0] == default.split("-", maxsplit=1)[0]:
        return
    element.text = f"{_OPEN}{language}{_CLOSE}{element.text or ''}"
    if len(element):
        element[-1].tail = f"{element[-1].tail or ''}{_END}"
    else:
        element.text += _END


def _describe(frame: Any) -> None:
    said = frame.findtext(f"{_SVG}desc") or frame.findtext(f"{_SVG}title") or ""
    if frame.find(f"{_DRAW}image") is not None and frame.getparent().tag.startswith(_TEXT):
        frame.tail = f"{_ALT}{said.encode().hex()}{_END}{frame.tail or ''}"


def restored(blocks: list[Any], formulas: list[Node]) -> list[Any]:
    """With languages, descriptions and formulas where the marks are."""
    made: list[Any] = _lists(blocks, formulas)
    return made


def _lists(node: Any, formulas: list[Node]) -> Any:
    """Every list of inlines in it, the marks of each made into spans."""
    if isinstance(node, dict):
        return {key: _lists(value, formulas) for key, value in node.items()}
    if not isinstance(node, list):
        return node
    inner = [_lists(one, formulas) for one in node]
    if any(isinstance(one, dict) and one.get("t") in {"Str", "Image"} for one in inner):
        return _spanned(inner, formulas)
    return inner


def _spanned(inlines: list[Any], formulas: list[Node]) -> list[Any]:
    stack: list[tuple[str, list[Any]]] = [("", [])]
    for node in inlines:
        for one in _split(node) if node.get("t") == "Str" else [node]:
            if isinstance(one, dict):
                stack[-1][1].append(one)
            elif one[1] is not None:
                stack.append((one[1], []))
            elif one[2] is not None:
                _closed(stack)
            elif one[4] is not None:
                stack[-1][1].extend(formulas[int(one[4]) :][:1])
            else:
                _described(stack[-1][1], bytes.fromhex(one[3]).decode("utf-8", "replace"))
    while len(stack) > 1:
        _closed(stack)
    return stack[0][1]


def _split(node: Node) -> list[Any]:
    made: list[Any] = []
    at = 0
    for mark in _MARKS.finditer(node["c"]):
        made += [{"t": "Str", "c": node["c"][at : mark.start()]}] if mark.start() > at else []
        made.append(mark)
        at = mark.end()
    rest = node["c"][at:]
    return made + ([{"t": "Str", "c": rest}] if rest else [])


def _closed(stack: list[tuple[str, list[Any]]]) -> None:
    if len(stack) > 1:
        language, inner = stack.pop()
        attributes = [["lang", language], *([["dir", "rtl"]] if is_rtl(language) else [])]
        stack[-1][1].append({"t": "Span", "c": [["", [], attributes], inner]})


def _described(before: list[Any], alt: str) -> None:
    for node in reversed(before):
        if node["t"] == "Image":
            node["c"][1] = words(alt)
            return
