"""Writes plain text, UTF-8, a paragraph to a line, and checks it."""

import copy
import json
from pathlib import Path

from services.notify.formats.findings import Finding, failure
from services.notify.formats.phrases import phrase
from services.notify.formats.tools import pandoc
from services.notify.formats.tree import Document, Node, changed, text_of, words


def write(document: Document, target: Path, memory_mb: int) -> None:
    """Raises: Refused."""

    def say(node: Node) -> list[Node] | None:
        if node["t"] != "Image":
            return None
        return words(f"[{phrase('image', document.language)}: {text_of(node['c'][1])}]")

    tree = document.json()
    tree["blocks"] = changed(copy.deepcopy(document.blocks), say)
    Path("plain.json").write_text(json.dumps(tree), encoding="utf-8")
    arguments = ["-f", "json", "-t", "plain", "--standalone", "--wrap=none"]
    written = pandoc([*arguments, "plain.json"], memory_mb)
    # Programs of some readers take a file without it for another character set.
    target.write_bytes(b"\xef\xbb\xbf" + written.replace(b"\n", b"\r\n"))


def check(target: Path, document: Document) -> tuple[list[Finding], str]:
    """What is wrong with it, and its words."""
    try:
        text = target.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        return [failure("not_text", "The text is not UTF-8.")], ""
    return [], text
