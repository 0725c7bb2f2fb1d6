"""What a letter answers, as mail programs know it: the thread, and the subject. Pure."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

_OUR_TAG: Final = re.compile(r"\[ENQ-[0-9A-Z]{4}-[0-9A-Z]{4}\]\s*", re.IGNORECASE)
_AGAIN: Final = re.compile(r"^\s*(re|aw|sv|atb|ynt|رد)\s*:\s*", re.IGNORECASE)


def thread_of(thread: Sequence[Mapping[str, Any]], about: str | None) -> tuple[str, ...]:
    """The Message-IDs of the patron's letters up to the one that is answered."""
    known: list[str] = []
    for one in thread:
        if one["message_id"]:
            known.append(one["message_id"])
        if one["letter_id"] == about:
            break
    return tuple(known)


def bare_subject(subject: str) -> str:
    """The patron's subject without our tag and without what answering adds to it."""
    bare = _OUR_TAG.sub("", subject)
    while (shorter := _AGAIN.sub("", bare)) != bare:
        bare = shorter
    return bare.strip()
