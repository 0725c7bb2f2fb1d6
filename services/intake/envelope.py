"""What a mail server wrote on top of a letter that lies in a mailbox: its envelope. Pure.

A mailbox has no SMTP envelope, only what the last server made of it. Nothing here proves anything
of the sender: a reply address proves itself by its seal, wherever it stands.
"""

import re
from typing import Final

_MOST: Final = 64 * 1024
"""Bytes of the header that are looked at."""
_MOST_RECIPIENTS: Final = 20
_FOLD: Final = re.compile(rb"\r?\n[ \t]+")
_DELIVERED: Final = frozenset({"delivered-to", "x-original-to", "envelope-to", "x-delivered-to"})
_ADDRESSED: Final = frozenset({"to", "cc"})


def envelope(raw: bytes, own: tuple[str, ...]) -> tuple[str | None, tuple[str, ...]]:
    """The sender, "" for the null sender and None where nothing is known; and to which of the
    library's own addresses it went, with the tags that it came with; the first of `own` where no
    other stands there."""
    fields = _fields(raw)
    return _sender(fields), _recipients(fields, own)


def _fields(raw: bytes) -> list[tuple[str, str]]:
    head = _FOLD.sub(b" ", raw[:_MOST])
    found = []
    for line in head.splitlines():
        name, colon, value = line.partition(b":")
        if not line:
            break
        if colon:
            text = value.decode("utf-8", "replace").strip()
            found.append((name.decode("latin-1").strip().lower(), text))
    return found


def _sender(fields: list[tuple[str, str]]) -> str | None:
    """RFC 5321 §4.4: the server that delivers writes Return-Path, above all Received fields.

    A null sender is believed wherever it stands (some servers add more on top): whoever forges one
    only silences himself. An address further down may be anybody's word.
    """
    for place, (name, value) in enumerate(fields):
        if name == "return-path":
            sender = value.removeprefix("<").removesuffix(">").strip()
            is_on_top = all(above != "received" for above, _ in fields[:place])
            return sender if is_on_top or not sender else None
    return None


def _recipients(fields: list[tuple[str, str]], own: tuple[str, ...]) -> tuple[str, ...]:
    """Those where the server says it delivered come first, then those of To and Cc."""
    ours = "|".join(
        rf"{re.escape(local)}(?:\+[\w.=-]{{1,100}})?@{re.escape(domain)}"
        for local, _, domain in (one.partition("@") for one in own)
    )
    # Not parsed as RFC 5322 has it: hostile headers take the standard library's parser too far.
    address = re.compile(rf"(?<![\w.+-])(?:{ours})(?![\w.-])", re.ASCII | re.IGNORECASE)
    found: dict[str, None] = {}
    for wanted in (_DELIVERED, _ADDRESSED):
        for value in (text for name, text in fields if name in wanted):
            found |= dict.fromkeys(address.findall(value))
    return tuple(found)[:_MOST_RECIPIENTS] or own[:1]
