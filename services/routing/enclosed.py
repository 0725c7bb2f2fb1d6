"""What goes with a reply: which of the files that were uploaded for it may, and why another may
not. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from services.routing.draft_store import LIFE
from shared.attachments import MOST_WITHOUT_LINKS
from shared.problems import Problem

Document = Mapping[str, Any]
MOST_TOGETHER: Final = 100 * 1024 * 1024
"""Bytes of all the files of one reply."""


@dataclass(frozen=True)
class Use:
    """Who wants to send files, with which letter, and when."""

    by: str
    reference: str
    letter_id: str
    now: datetime


def rows_of(
    wanted: Sequence[str], found: Sequence[Document], use: Use, *, may_link: bool
) -> list[dict[str, Any]]:
    """The rows of these files, as the letter keeps them. Those that are this very letter's already
    are so because the same request comes again.

    Raises: Problem 422: there is no such file for this caller and ticket, or it was used; 403, 409:
    the virus scanner has not passed it; 413: they are too large together.
    """
    known = {one["_id"]: one["metadata"] for one in found}
    rows = []
    for place, file_id in enumerate(dict.fromkeys(wanted)):
        about = known.get(file_id)
        if about is None or not _is_theirs(about, use):
            raise Problem(
                422,
                "attachment",
                "There is no such file for this reply",
                "It was uploaded by nobody, by a colleague, for another ticket or over a day ago,"
                " or has gone with another reply.",
                field=f"attachments.{place}",
            )
        _check_state(about["row"]["state"], f"attachments.{place}")
        rows.append(dict(about["row"]))
    most = MOST_TOGETHER if may_link else MOST_WITHOUT_LINKS
    if sum(one["size"] for one in rows) > most:
        raise Problem(413, "too-large", f"Together they have more than {most} bytes")
    return rows


def _is_theirs(about: Document, use: Use) -> bool:
    if about["owner"] == use.letter_id:
        return True
    is_draft = about["draft"] and about["owner"] == use.reference and about["by"] == use.by
    return bool(is_draft and use.now < about["at"] + LIFE)


def _check_state(state: str, field: str) -> None:
    if state == "infected":
        raise Problem(
            403, "infected", "The virus scanner found something in this file", field=field
        )
    if state not in {"clean", "unscanned"}:
        raise Problem(409, "held", "This file waits for the virus scanner", field=field)
