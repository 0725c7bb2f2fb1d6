"""The one form that every document takes on its way: pandoc's tree of blocks and inlines, as JSON.
Pure.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from services.notify.formats.findings import Finding, Reason, Refused

Node = dict[str, Any]
API: Final = [1, 23, 1]
DEEPEST: Final = 300
"""Levels of JSON; each list in a list takes four."""
_ATTR_PLACE: Final = {"Header": 1} | dict.fromkeys(
    ("Div", "Span", "Link", "Image", "Code", "CodeBlock", "Table", "Figure"), 0
)
RTL: Final = frozenset(("ar", "he", "fa", "ur", "yi", "ps", "sd", "ug", "dv"))


@dataclass
class SourceWords:
    """The words that a copy should have."""

    body: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    """Which each format puts where it puts notes."""


@dataclass
class Document:
    """A document on its way: its tree, its language and title, what was noticed so far."""

    blocks: list[Any]
    language: str = ""
    title: str = ""
    authors: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    pages: int | None = None
    source: SourceWords | None = None
    """Where the source could be asked beside the reader of it."""

    def json(self) -> Node:
        """As pandoc wants it."""
        meta: Node = {"title": {"t": "MetaInlines", "c": words(self.title)}}
        meta["lang"] = {"t": "MetaString", "c": self.language}
        meta["author"] = {
            "t": "MetaList",
            "c": [{"t": "MetaInlines", "c": words(one)} for one in self.authors],
        }
        return {"pandoc-api-version": API, "meta": meta, "blocks": self.blocks}


def words(text: str) -> list[Node]:
    """Text as inlines."""
    made: list[Node] = []
    for word in text.split():
        made += [{"t": "Space"}] if made else []
        made.append({"t": "Str", "c": word})
    return made


def attr_of(node: Node) -> list[Any] | None:
    """Its id, classes and attributes, if it is of a kind that has them: the list itself."""
    place = _ATTR_PLACE.get(node["t"])
    if place is None:
        return None
    found: list[Any] = node["c"][place]
    return found


def attribute(node: Node, name: str) -> str:
    attr = attr_of(node)
    return next((value for key, value in attr[2] if key == name), "") if attr else ""


def walk(node: Any) -> Iterator[Node]:
    """Every element in it, a parent before its children, in the order of reading."""
    if isinstance(node, dict):
        if "t" in node:
            yield node
        for value in node.values():
            yield from walk(value)
    elif isinstance(node, list):
        for one in node:
            yield from walk(one)


def changed(node: Any, change: Callable[[Node], list[Any] | None]) -> Any:
    """A tree in which `change` has replaced elements, children first; None keeps one."""
    if isinstance(node, dict):
        return {key: changed(value, change) for key, value in node.items()}
    if not isinstance(node, list):
        return node
    made: list[Any] = []
    for one in node:
        new = changed(one, change)
        instead = change(new) if isinstance(new, dict) and "t" in new else None
        made += [new] if instead is None else instead
    return made


def check_depth(node: Any) -> None:
    """Raises: Refused: it is nested deeper than anything a person writes."""
    level: list[Any] = [node]
    for _ in range(DEEPEST):
        level = [
            child
            for one in level
            for child in (one.values() if isinstance(one, dict) else one)
            if isinstance(child, (dict, list))
        ]
        if not level:
            return
    raise Refused(Reason.TOO_DEEP)


def text_of(node: Any) -> str:
    """Its words as they are read, without notes."""
    if isinstance(node, list):
        return "".join(text_of(one) for one in node)
    if not isinstance(node, dict) or "t" not in node:
        return ""
    content: Any = node.get("c")
    match node["t"]:
        case "Space" | "SoftBreak":
            said = " "
        case "LineBreak":
            said = "\n"
        case "Str":
            said = str(content)
        case "Code" | "Math" | "CodeBlock":
            said = str(content[1])
        case "Note":
            said = ""
        case "Quoted":
            marks = "‘’" if content[0]["t"] == "SingleQuote" else "“”"
            said = marks[0] + text_of(content[1]) + marks[1]
        case "Para" | "Plain":
            said = text_of(content) + "\n"
        case _:
            said = text_of(content) if isinstance(content, list) else ""
    return said


def is_rtl(language: str) -> bool:
    return language.split("-", maxsplit=1)[0].lower() in RTL
