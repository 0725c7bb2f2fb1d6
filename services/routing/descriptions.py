"""How the ticket's routes are described, beside their bodies. Pure."""

from typing import Final

from pydantic import BaseModel

from services.routing.answers import QueueAnswer, SimilarAnswer, TicketAnswer
from services.routing.questions import QueueQuery
from shared.described import About, Bytes
from shared.handing_out import SHOWN

QUEUE: Final = About(QueueAnswer, query=QueueQuery)
SIMILAR: Final = About(SimilarAnswer)
WHOLE: Final = About(TicketAnswer, answers=("ETag",))
OF_FILES: Final = ("attachment", "infected", "held", "too-large")
"""What may be wrong with files that a reply names."""
FILE: Final = About(
    Bytes(("application/octet-stream", *sorted(SHOWN))),
    in_ranges=True,
    problems=("infected", "held", "unscannable"),
)


def changing(
    takes: type[BaseModel] | None = None, *problems: str, may_be_empty: bool = False
) -> About:
    """A change of a ticket: on the version that was seen, done once for each key."""
    return About(
        TicketAnswer,
        takes=takes,
        may_be_empty=may_be_empty,
        wants=("If-Match",),
        may_have=("Idempotency-Key",),
        answers=("ETag",),
        problems=("erased", "merged", *problems),
    )
