"""In which order a ticket's letters reach their patron: that in which they were asked for. Pure.

An automatic letter that was overtaken by a person's answer is not sent after it: it would tell who
has the question when it is answered already.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from services.notify.compose import AUTOMATIC, BY_HAND
from services.notify.rows import WAITING, Other
from shared.messages import TO_PUBLISHERS, NoticeRequested

OVERTAKEN: Final = "overtaken by an answer"
"""Why such a letter is suppressed."""
_GOES_OR_WENT: Final = frozenset({*WAITING, "sent", "bounced"})


@dataclass(frozen=True)
class Turn:
    """Whether it is a letter's turn."""

    is_overtaken: bool = False
    """An answer goes, or went, before it."""
    overtakes: tuple[str, ...] = ()
    """Ids of letters that are not sent, now that this one goes."""
    waits: bool = False
    """A letter before it is still to go."""


def turn(request: NoticeRequested, others: Sequence[Other]) -> Turn:
    """What the other letters of its ticket mean for this one."""
    if request.notice in AUTOMATIC and any(_answers(one, request) for one in others):
        return Turn(is_overtaken=True)
    if request.notice in TO_PUBLISHERS:
        return Turn()  # nobody else's letters wait for a publisher's, nor theirs for anybody's
    others = [one for one in others if one.notice not in TO_PUBLISHERS]
    before = [one for one in others if one.state in WAITING and _place(one) < _own(request)]
    if request.notice not in BY_HAND:
        return Turn(waits=bool(before))
    # One that is being sent at this moment is waited for: whether it was taken is not known.
    void = [one for one in before if one.notice in AUTOMATIC and one.state != "sending"]
    return Turn(overtakes=tuple(one.id for one in void), waits=len(before) > len(void))


def _answers(one: Other, request: NoticeRequested) -> bool:
    is_answer = one.notice in BY_HAND and one.state in _GOES_OR_WENT
    return is_answer and _place(one) > _own(request)


def _place(one: Other) -> tuple[float, str]:
    return one.at.timestamp(), one.id


def _own(request: NoticeRequested) -> tuple[float, str]:
    # MongoDB keeps milliseconds.
    at = request.at.replace(microsecond=request.at.microsecond // 1000 * 1000)
    return at.timestamp(), request.message_id
