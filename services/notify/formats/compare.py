"""Whether a copy has the words of its source, and in their order. Pure."""

import re
import unicodedata
from bisect import bisect_left
from collections import Counter
from typing import Any, Final

from services.notify.formats.findings import Finding, failure
from services.notify.formats.tree import Document, SourceWords, changed, text_of, walk

LEAST_RECALL: Final = 0.995
LEAST_IN_ORDER: Final = 0.98
_WORD: Final = re.compile(r"[^\W_]+")
_LAM_ALEF: Final = re.compile("[\u0622\u0623\u0625\u0627\u0644]{2,}")
_FEW_LOST: Final = 1
"""Words: in a short text one is more than one in two hundred, and often a label."""


def words_of(text: str) -> list[str]:
    """As they are compared: without case, marks between letters, or the form of a ligature."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    plain = plain.replace("\u00ad", "").replace("\u200b", "").replace("\u0640", "")
    plain = "".join(one for one in plain if not unicodedata.combining(one))
    # A PDF gives the letters of a lam-alef ligature in either order.
    plain = _LAM_ALEF.sub(lambda letters: "".join(sorted(letters[0])), plain)
    return _WORD.findall(plain)


def source_words(document: Document) -> SourceWords:
    """Of the source itself, or else of the tree; without maths, which is written in many ways, and
    without images, which are described in as many."""
    if document.source is not None:
        return document.source

    def without(node: dict[str, Any]) -> list[Any] | None:
        return [{"t": "Space"}] if node["t"] in {"Math", "Image", "Note"} else None

    noted = [text_of(node["c"]) for node in walk(document.blocks) if node["t"] == "Note"]
    body = words_of(text_of_blocks(changed(document.blocks, without)))
    return SourceWords(body, words_of("\n".join(noted)))


def text_of_blocks(blocks: Any) -> str:
    """With the ends of headings, cells and items as breaks."""
    parts: list[str] = []
    for node in walk(blocks):
        if node["t"] in {"Para", "Plain", "Header", "CodeBlock", "LineBlock"}:
            content = node["c"][2] if node["t"] == "Header" else node["c"]
            is_code = node["t"] == "CodeBlock"
            parts.append(str(content[1]) if is_code else text_of(content))
        elif node["t"] == "DefinitionList":
            parts += [text_of(term) for term, _ in node["c"]]
    return "\n".join(parts)


def recall(wanted: list[str], got: list[str]) -> float:
    """The share of the words wanted that are there."""
    if not wanted:
        return 1.0
    both = Counter(wanted) & Counter(got)
    return both.total() / len(wanted)


def in_order(wanted: list[str], got: list[str]) -> float:
    """The share of the words that stand once in both which stand in the same order."""
    first, second = Counter(wanted), Counter(got)
    once = [one for one in wanted if first[one] == 1 and second[one] == 1]
    place = {one: number for number, one in enumerate(got)}
    longest: list[int] = []
    for number in (place[one] for one in once):
        at = bisect_left(longest, number)
        longest[at : at + 1] = [number]
    return len(longest) / len(once) if once else 1.0


def compare(document: Document, text: str) -> list[Finding]:
    """What is lost of the document in the text of a copy."""
    source, got = source_words(document), words_of(text)
    found: list[Finding] = []
    wanted = source.body + source.notes
    share = recall(wanted, got)
    missing = round((1 - share) * len(wanted))
    if share < LEAST_RECALL and missing > _FEW_LOST:
        found.append(
            failure(
                "words_lost", f"{missing} words of the document are missing from the copy.", missing
            )
        )
    if in_order(source.body, got) < LEAST_IN_ORDER:
        found.append(failure("order_lost", "The copy is not in the order of the document."))
    return found
