"""Writes tagged PDF (PDF/UA-1, ISO 14289-1), in the size that is asked for, by way of Typst.

Only trees that we normalised become Typst: never a patron's own, nor any package.
"""

import copy
import json
from pathlib import Path
from typing import Any, Final

import typst

from services.notify.formats.findings import Reason, Refused, found
from services.notify.formats.maths import spoken
from services.notify.formats.page import LOOKS
from services.notify.formats.phrases import phrase
from services.notify.formats.tools import pandoc
from services.notify.formats.tree import Document, Node, attribute, changed, text_of, walk, words

USUAL_SIZE: Final = 11.0
_LARGE: Final = 16.0


def write(document: Document, target: Path, size: float, memory_mb: int) -> None:
    """Raises: Refused."""
    blocks = document.blocks
    try:
        _compile(document, blocks, target, size, memory_mb)
    except typst.TypstError:
        # Most often an image that is damaged: which one, it doesn't say to a program.
        bad = {source for source in _sources(blocks) if not _can_show(source)}
        if not bad:
            raise Refused(Reason.DAMAGED, "It can't be set in type.") from None
        document.blocks = _without(blocks, bad, document.language)
        document.findings.append(found("image_left_out", len(bad)))
        _compile_again(document, target, size, memory_mb)


def _compile_again(document: Document, target: Path, size: float, memory_mb: int) -> None:
    try:
        _compile(document, document.blocks, target, size, memory_mb)
    except typst.TypstError as error:
        raise Refused(Reason.DAMAGED, "It can't be set in type.") from error


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
        "margin": "1.5cm" if size >= _LARGE else "2cm",
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
        if kind == "Image":
            return [_raw(_picture(node))]
        if kind == "Math":
            return [_formula(node)]
        if kind == "Link" and node["c"][2][0].startswith("#"):
            return None if node["c"][2][0][1:] in targets else list(node["c"][1])
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
