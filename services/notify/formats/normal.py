"""Mends a tree so that every writer can take it, and says what was mended. Pure.

It refuses nothing that can be mended, and hides nothing: an image without a description is called
one, and staff are told.
"""

from collections import Counter
from typing import Any, Final

from services.notify.formats import scripts
from services.notify.formats.findings import Finding, Reason, Refused, found
from services.notify.formats.phrases import phrase
from services.notify.formats.tree import (
    Document,
    Node,
    attr_of,
    attribute,
    changed,
    check_depth,
    is_rtl,
    text_of,
    walk,
    words,
)

_UNWRAPPED: Final = {"Cite": 1}
_SHOWN: Final = (".png", ".jpg", ".jpeg", ".gif", ".svg", ".webp")
_KEPT_ATTRIBUTES: Final = ("lang", "dir", "alt")
_MOST_HEADINGS: Final = 6


def normalise(document: Document, media: set[str], name: str) -> Document:
    """`media`: the names of the image files that came with it; `name`: of the source, for a title.

    Raises: Refused: nested too deeply, or nothing in it.
    """
    check_depth(document.blocks)
    count: Counter[str] = Counter()
    language = document.language = _own_language(document, count)
    blocks = changed(document.blocks, lambda node: _plainer(node, count, media, language))
    blocks, count["language_guessed"] = scripts.marked(blocks, language)
    # One that is taken for the title is a heading too.
    count["no_headings"] += not any(node["t"] == "Header" for node in walk(blocks))
    blocks = _titled(document, blocks, name, count)
    _level(blocks, count)
    blocks = _linked(blocks, count)
    if not text_of(blocks).strip():
        raise Refused(Reason.EMPTY)
    count["no_table_header"] += sum(
        not node["c"][3][1] for node in walk(blocks) if node["t"] == "Table"
    )
    document.findings += _findings(count)
    document.blocks = blocks
    return document


def _own_language(document: Document, count: Counter[str]) -> str:
    """Its own, unless it says English and is written in Arabic letters: many programs do so."""
    script = scripts.script_of(text_of(document.blocks))
    if not script or scripts.is_of(script, document.language):
        return document.language
    count["language_wrong"] += 1
    return scripts.LANGUAGES[script]


def _findings(count: Counter[str]) -> list[Finding]:
    return [found(kind, number) for kind, number in sorted(count.items()) if number]


def _plainer(node: Node, count: Counter[str], media: set[str], language: str) -> list[Any] | None:
    kind = node["t"]
    if kind in {"RawBlock", "RawInline"}:
        # A comment, or a page break, is nobody's loss.
        count["raw_left_out"] += not str(node["c"][1]).lstrip().startswith(("<!--", "<w:"))
        return []
    if kind in _UNWRAPPED:
        return list(node["c"][_UNWRAPPED[kind]])
    attr = attr_of(node)
    if attr is not None:
        _clean(attr)
    if kind in {"Div", "Span"} and _says_nothing(attr):
        return list(node["c"][1])
    if kind == "Image":
        return _described(node, count, media, language)
    return None


def _says_nothing(attr: list[Any] | None) -> bool:
    return not attr or not (attr[0] or attr[1] or attr[2])


def _clean(attr: list[Any]) -> None:
    """Of classes and attributes only those that a writer of ours knows."""
    attr[1] = []
    attr[2] = [[key, value] for key, value in attr[2] if key in _KEPT_ATTRIBUTES and value]
    lang = next((value for key, value in attr[2] if key == "lang"), "")
    if lang and not any(key == "dir" for key, _ in attr[2]) and is_rtl(lang):
        attr[2].append(["dir", "rtl"])


def _described(node: Node, count: Counter[str], media: set[str], language: str) -> list[Any] | None:
    """An image with words for it, or those words where it can't be shown."""
    attr, caption, (source, _) = node["c"]
    alt = " ".join((attribute(node, "alt") or text_of(caption)).split())
    attr[2] = [pair for pair in attr[2] if pair[0] != "alt"]
    if not alt:
        count["no_description"] += 1
        alt = phrase("no_description", language)
    if source not in media or not source.lower().endswith(_SHOWN):
        count["image_left_out"] += 1
        return words(f"[{phrase('image', language)}: {alt}]")
    node["c"][1], node["c"][2] = words(alt), [source, ""]
    return None


def _titled(document: Document, blocks: list[Any], name: str, count: Counter[str]) -> list[Any]:
    """Without the heading that is the document's title, if its first is that."""
    first = next((node for node in blocks if node["t"] != "HorizontalRule"), None)
    if first is not None and first["t"] == "Header":
        said = " ".join(text_of(first["c"][2]).split())
        tops = [one for one in blocks if one["t"] == "Header" and one["c"][0] <= first["c"][0]]
        is_it = len(tops) == 1 and not document.title
        if said and (is_it or said.casefold() == document.title.casefold()):
            document.title = said
            blocks = [one for one in blocks if one is not first]
    if not document.title.strip():
        document.title = name
        count["no_title"] += 1
    return blocks


def _level(blocks: list[Any], count: Counter[str]) -> None:
    """Headings begin at one and skip no level."""
    headings = [node for node in walk(blocks) if node["t"] == "Header"]
    top = min((node["c"][0] for node in headings), default=1)
    before = 0
    for node in headings:
        wanted = node["c"][0] - top + 1
        level = min(wanted, before + 1, _MOST_HEADINGS - 1)
        count["heading_mended"] += level != min(wanted, _MOST_HEADINGS - 1)
        node["c"][0] = before = level


def _of_headings(blocks: list[Any]) -> dict[str, str]:
    """Anchors in headings are none any more: each is a name for its heading."""
    aliases: dict[str, str] = {}
    for heading in [node for node in walk(blocks) if node["t"] == "Header"]:
        attr = heading["c"][1]
        for node in walk(heading["c"][2]):
            if node["t"] == "Span" and not node["c"][1] and node["c"][0][0]:
                attr[0] = attr[0] or node["c"][0][0]
                aliases[node["c"][0][0]] = attr[0]
        heading["c"][2] = changed(
            heading["c"][2], lambda one: [] if one["t"] == "Span" and not one["c"][1] else None
        )
    return aliases


def _linked(blocks: list[Any], count: Counter[str]) -> list[Any]:
    """Every id is plain and there once; a link within the document leads somewhere."""
    names: dict[str, str] = {}
    aliases = _of_headings(blocks)
    wanted = {
        node["c"][2][0][1:]
        for node in walk(blocks)
        if node["t"] == "Link" and node["c"][2][0].startswith("#")
    }
    for number, node in enumerate(node for node in walk(blocks) if attr_of(node)):
        attr = attr_of(node) or [""]
        old, attr[0] = attr[0], ""
        if node["t"] == "Header" or (old in wanted and node["t"] not in {"Link", "Image"}):
            attr[0] = f"s{number}"
            names.setdefault(old, attr[0])
    for alias, name in aliases.items():
        if name in names:
            names.setdefault(alias, names[name])

    def mend(node: Node) -> list[Any] | None:
        if node["t"] != "Link":
            return None
        target = node["c"][2][0]
        if target.startswith("#") and target[1:] in names:
            node["c"][2] = [f"#{names[target[1:]]}", ""]
            return None
        if target.startswith(("http://", "https://", "mailto:")):
            node["c"][2] = [target, ""]
            # A link that cannot be seen or heard leads nobody anywhere.
            return None if text_of(node["c"][1]).strip() else [*node["c"][1]]
        count["link_mended"] += 1
        return list(node["c"][1])

    made = changed(blocks, mend)
    return [one for one in made if one["t"] != "Div" or one["c"][1]]
