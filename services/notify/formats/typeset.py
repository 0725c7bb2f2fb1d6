"""Writes tagged PDF (PDF/UA-1, ISO 14289-1), in the size that is asked for, by way of Typst.

Only trees that we normalised become Typst: never a patron's own, nor any package.
"""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import typst

from services.notify.formats import wide_tables
from services.notify.formats.findings import Reason, Refused, found
from services.notify.formats.maths import spoken
from services.notify.formats.page import LOOKS
from services.notify.formats.phrases import phrase
from services.notify.formats.tools import pandoc
from services.notify.formats.tree import Document, Node, attribute, changed, text_of, walk, words

USUAL_SIZE: Final = 11.0
_LARGE: Final = 16.0
_PAGE, _CM, _MARGIN, _LARGE_MARGIN = 595.28, 28.35, 2.0, 1.5
_AS: Final = {"Span": "Inline", "Div": "Block"}
_MOST_ODD: Final = 5
"""Blocks that are set plain before the whole is refused."""


def write(document: Document, target: Path, size: float, memory_mb: int) -> None:
    """Raises: Refused."""
    width = _PAGE - 2 * (_LARGE_MARGIN if size >= _LARGE else _MARGIN) * _CM
    blocks = copy.deepcopy(document.blocks)
    document.blocks, lists = wide_tables.fitted(blocks, width, size, document.language)
    if lists:
        document.findings.append(found("table_as_rows", lists))

    def fits(blocks: list[Any]) -> bool:
        try:
            _compile(document, blocks, target, size, memory_mb)
        except typst.TypstError:
            return False
        return True

    if fits(document.blocks):
        return
    # Most often an image that is damaged: which one, it doesn't say to a program.
    bad = {source for source in _sources(document.blocks) if not _can_show(source)}
    if bad:
        document.blocks = _without(document.blocks, bad, document.language)
        document.findings.append(found("image_left_out", len(bad)))
    plain = 0
    while not fits(document.blocks):
        number = first_odd(document.blocks, fits)
        if plain == _MOST_ODD or number is None:
            raise Refused(Reason.DAMAGED, "It can't be set in type.")
        plain += 1
        document.blocks[number : number + 1] = _as_plain(document.blocks[number])
    if plain:
        document.findings.append(found("set_plain", plain))


def first_odd(blocks: list[Any], fits: Callable[[list[Any]], bool]) -> int | None:
    """The block that can't be set: those before it can."""
    low, high = 0, len(blocks)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if fits(blocks[:middle]) else (low, middle)
    return low if blocks and not fits(blocks[: low + 1]) else None


def _as_plain(block: Node) -> list[Node]:
    """Its words alone, a paragraph for each line."""
    lines = [line for line in text_of(block).split("\n") if line.strip()]
    return [{"t": "Para", "c": words(line)} for line in lines]


def _compile(
    document: Document, blocks: list[Any], target: Path, size: float, memory_mb: int
) -> None:
    tree = document.json()
    tree["blocks"] = _for_typst(copy.deepcopy(blocks))
    Path("print.json").write_text(json.dumps(tree), encoding="utf-8")
    written = pandoc([*_arguments(document, size), "print.json"], memory_mb)
    Path("print.typ").write_bytes(written)
    typst.compile("print.typ", output=str(target), root=".", pdf_standards=["ua-1"])


def _arguments(document: Document, size: float) -> list[str]:
    main, _, rest = document.language.partition("-")
    region = next((one for one in rest.split("-") if len(one) == 2), "")
    values = {
        "main": main.lower(),
        "region": region.upper(),
        "size": f"{size:g}",
        "margin": f"{_LARGE_MARGIN if size >= _LARGE else _MARGIN:g}cm",
        "large": "yes" if size >= _LARGE else "",
        "contents": "",
    }
    if any(node["t"] == "Header" for node in walk(document.blocks)):
        values["contents"] = phrase("contents", document.language)
    arguments = ["-f", "json", "-t", "typst", "--standalone", "--wrap=none"]
    arguments += ["--template", str(LOOKS / "print.typ")]
    for name, value in values.items():
        arguments += ["-V", f"{name}={value}"] if value else []
    for author in document.authors:
        arguments += ["-V", f"writer={_escaped(author)}"]
    return arguments


def _escaped(text: str) -> str:
    for mark, instead in (("\\", "\\\\"), ('"', '\\"'), ("\n", " ")):
        text = text.replace(mark, instead)
    return text


def _raw(text: str, kind: str = "RawInline") -> Node:
    return {"t": kind, "c": ["typst", text]}


def _for_typst(blocks: list[Any]) -> list[Any]:
    """With what pandoc's writer leaves out: descriptions, and the language of passages."""
    targets = {node["c"][0][0] for node in walk(blocks) if node["t"] in {"Div", "Figure", "Table"}}
    targets |= {node["c"][1][0] for node in walk(blocks) if node["t"] == "Header"}

    def change(node: Node) -> list[Any] | None:
        kind = node["t"]
        if kind in {"Image", "Math"}:
            return [_raw(_picture(node)) if kind == "Image" else _formula(node)]
        if kind == "DefinitionList":
            # A term ends with its line.
            for item in node["c"]:
                item[0] = changed(item[0], _without_breaks)
        if kind == "Link" and node["c"][2][0].startswith("#"):
            return None if node["c"][2][0][1:] in targets else list(node["c"][1])
        if kind in {"Span", "Div"} and not node["c"][1]:
            # A label alone would take the place of that of what is before it.
            name = node["c"][0][0]
            return [_raw(f"#metadata(none) <{name}>", f"Raw{_AS[kind]}")] if name else []
        language = attribute(node, "lang") if kind in {"Span", "Div"} else ""
        if not language:
            return None
        inner = node["c"][1]
        if kind == "Span":
            return [_raw(f"#text({_tag(language)})["), *inner, _raw("]")]
        opening = _raw(f"#[\n#set text({_tag(language)})", "RawBlock")
        return [opening, *inner, _raw("]", "RawBlock")]

    made: list[Any] = changed(blocks, change)
    return made


def _without_breaks(node: Node) -> list[Any] | None:
    return [{"t": "Space"}] if node["t"] in {"LineBreak", "SoftBreak"} else None


def _tag(language: str) -> str:
    main, _, rest = language.partition("-")
    region = next((one for one in rest.split("-") if len(one) == 2 and one.isalpha()), "")
    said = f'"{region.upper()}"' if region else "none"
    return f'lang: "{main.lower()}", region: {said}'


def _picture(node: Node) -> str:
    source, alt = node["c"][2][0], " ".join(text_of(node["c"][1]).split())
    return f'#picture("{_escaped(source)}", "{_escaped(alt)}")'


def _formula(node: Node) -> Node:
    """Set by Typst's own maths, with words for those who can't see it."""
    kind, latex = node["c"]
    is_display = "true" if kind["t"] == "DisplayMath" else "false"
    tree = {"pandoc-api-version": [1, 23, 1], "meta": {}, "blocks": [{"t": "Para", "c": [node]}]}
    written = pandoc(["-f", "json", "-t", "typst"], 256, json.dumps(tree).encode()).decode()
    alt = _escaped(spoken(latex))
    return _raw(f'#math.equation(alt: "{alt}", block: {is_display}, {written.strip()})')


def _sources(blocks: list[Any]) -> set[str]:
    return {node["c"][2][0] for node in walk(blocks) if node["t"] == "Image"}


def _can_show(source: str) -> bool:
    Path("one.typ").write_text(f'#image("{_escaped(source)}")', encoding="utf-8")
    try:
        typst.compile("one.typ", output="one.pdf", root=".")
    except typst.TypstError:
        return False
    return True


def _without(blocks: list[Any], bad: set[str], language: str) -> list[Any]:
    def change(node: Node) -> list[Any] | None:
        if node["t"] != "Image" or node["c"][2][0] not in bad:
            return None
        return words(f"[{phrase('image', language)}: {text_of(node['c'][1])}]")

    made: list[Any] = changed(blocks, change)
    return made
