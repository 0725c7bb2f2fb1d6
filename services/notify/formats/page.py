"""Writes a web page that stands alone and fetches nothing, and checks it."""

import copy
import json
import re
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from lxml import etree, html

from services.notify.formats.findings import Finding, failure
from services.notify.formats.phrases import phrase
from services.notify.formats.tools import pandoc
from services.notify.formats.tree import Document, Node, changed, is_rtl, text_of, walk

LOOKS: Final = Path(__file__).parent / "looks"
_HEADINGS: Final = ("h1", "h2", "h3", "h4", "h5", "h6")
_FETCHING: Final = ("script", "iframe", "object", "embed", "link", "base", "form", "audio", "video")
_TAG: Final = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}")


def write(document: Document, target: Path, memory_mb: int) -> None:
    """Raises: Refused."""
    tree = document.json()
    tree["blocks"] = framed(copy.deepcopy(document.blocks), document.language)
    Path("page.json").write_text(json.dumps(tree), encoding="utf-8")
    has_headings = any(node["t"] == "Header" for node in walk(document.blocks))
    arguments = ["-f", "json", "-t", "html5", "--standalone", "--mathml", "--embed-resources"]
    arguments += ["--shift-heading-level-by=1", "--wrap=none", "--toc-depth=3"]
    arguments += ["--toc"] if has_headings else []
    arguments += ["--template", str(LOOKS / "page.html"), "-V", f"css={_css()}"]
    for name in ("skip", "contents"):
        arguments += ["-V", f"{name}={phrase(name, document.language)}"]
    arguments += ["-V", "dir=rtl"] if is_rtl(document.language) else []
    pandoc([*arguments, "-o", str(target), "page.json"], memory_mb)


def _css() -> str:
    return (LOOKS / "page.css").read_text(encoding="utf-8").strip()


def framed(blocks: list[Any], language: str) -> list[Any]:
    """Tables and formulas in frames, which move sideways where the screen is narrow."""
    count: Counter[str] = Counter()

    def frame(node: Node) -> list[Any] | None:
        name = _wide(node)
        if not name:
            return None
        count[name] += 1
        caption = " ".join(text_of(node["c"][1][1]).split()) if name == "table" else ""
        label = f"{phrase(name, language)} {count[name]}" + (f": {caption}" if caption else "")
        attributes = [["role", "region"], ["tabindex", "0"], ["aria-label", label]]
        return [{"t": "Div", "c": [["", [], attributes], [node]]}]

    made: list[Any] = changed(blocks, frame)
    return made


def _wide(node: Node) -> str:
    """What may be wider than a screen; else nothing."""
    if node["t"] == "Table":
        return "table"
    inner = [one for one in node["c"] if one["t"] != "Space"] if node["t"] == "Para" else []
    is_formula = len(inner) == 1 and inner[0]["t"] == "Math"
    return "formula" if is_formula and inner[0]["c"][0]["t"] == "DisplayMath" else ""


def check(target: Path, document: Document) -> tuple[list[Finding], str]:
    """What is wrong with the page, and its words."""
    try:
        page = html.document_fromstring(target.read_bytes())
    except etree.ParserError:
        return [failure("not_html", "The page can't be read.")], ""
    return check_page(page), said_in(page)


def said_in(page: Any) -> str:
    """Its words; of maths as it was written."""
    for element in page.xpath("//head|//nav|//style"):
        element.drop_tree()
    for maths in page.iter("{*}math", "math"):
        noted = maths.xpath('.//*[local-name()="annotation"]')
        words_of = "".join(noted[0].itertext()) if noted else ""
        for part in list(maths):
            maths.remove(part)
        maths.text = words_of
    return " ".join(page.itertext())


def check_page(page: Any) -> list[Finding]:
    """What every page must have, alone or in a book."""
    found: list[Finding] = []
    if not _TAG.fullmatch(page.get("lang") or ""):
        found.append(failure("page_language", "The page does not say its language."))
    if not (page.findtext(".//title") or "").strip():
        found.append(failure("page_title", "The page has no title."))
    levels = [int(one.tag[1]) for one in page.iter(*_HEADINGS)]
    if levels.count(1) != 1:
        found.append(failure("page_heading", f"The page has {levels.count(1)} main headings."))
    skipped = sum(after > before + 1 for before, after in pairwise(levels))
    if skipped:
        found.append(failure("page_levels", "Headings skip a level.", skipped))
    counts = (
        ("page_alt", "Images have no text for them.", _without_text(page)),
        ("page_fetches", "The page would fetch or run something.", _fetches(page)),
        ("page_parts", "The language of a passage is no language.", _odd_languages(page)),
        ("page_ids", "Two places have the same name.", _doubled(page)),
        ("page_links", "Links lead nowhere in the page.", _dangling(page)),
        ("page_tables", "Header cells are missing.", _bad_tables(page)),
    )
    return found + [failure(kind, said, number) for kind, said, number in counts if number]


def _without_text(page: Any) -> int:
    return sum(not (one.get("alt") or "").strip() for one in page.iter("img"))


def _fetches(page: Any) -> int:
    count = sum(1 for _ in page.iter(*_FETCHING))
    for element in page.iter():
        if not isinstance(element.tag, str):
            continue
        count += any(name.startswith("on") for name in element.attrib)
        source = element.get("src")
        count += source is not None and not source.startswith("data:image/")
    return count


def _odd_languages(page: Any) -> int:
    return sum(not _TAG.fullmatch(one) for one in page.xpath("//body//@lang"))


def _doubled(page: Any) -> int:
    ids = page.xpath("//@id")
    return len(ids) - len(set(ids))


def _dangling(page: Any) -> int:
    ids = set(page.xpath("//@id"))
    return sum(one[1:] not in ids for one in page.xpath("//a/@href") if one.startswith("#"))


def _bad_tables(page: Any) -> int:
    """Tables with a head that has no header cells."""
    return sum(not one.xpath(".//th") for one in page.xpath("//table/thead"))
