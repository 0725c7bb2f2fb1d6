"""The form "How it was for you": what was chosen and written, what is wrong with it, and the letter
that it becomes. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from services.intake.form import words_typed
from services.intake.letter import Letter
from shared.messages import SurveyAnswered
from shared.patron_pages import MOST_REVISIONS, SURVEY, answer_id

Document = Mapping[str, Any]

CHANGEABLE: Final = timedelta(days=7)
"""From the first answer, or from when the ticket was resolved once more."""
MOST_WORDS: Final = 4000
SCALE: Final = tuple(str(one) for one in range(11))
"""How likely one would recommend the library: the usual eleven steps."""
_SOLVED: Final = {"yes": True, "no": False}


@dataclass(frozen=True)
class Opinion:
    """What was chosen and written; each may be anything."""

    solved: str = ""
    recommend: str = ""
    words: str = ""


def opinion_of(fields: Mapping[str, str]) -> Opinion:
    """The form in the fields of a request; what it does not know it leaves out."""
    return Opinion(
        fields.get("solved", "")[:20],
        fields.get("recommend", "")[:20],
        words_typed(fields.get("words", "")).strip(),
    )


def faults(opinion: Opinion) -> dict[str, str]:
    """What has to be put right, by field, in the order of the page; the values are names of
    sentences in the language files."""
    found = {
        "solved": opinion.solved not in _SOLVED and "solved_missing",
        "recommend": opinion.recommend not in {"", *SCALE} and "recommend_wrong",
        "words": len(opinion.words) > MOST_WORDS and "words_long",
    }
    return {name: fault for name, fault in found.items() if isinstance(fault, str)}


def answered(answers: Sequence[Document]) -> Opinion | None:
    """What was answered last, as it was chosen; None: nothing yet."""
    if not answers:
        return None
    said = answers[-1]["asked"][SURVEY]
    recommend = "" if said["recommend"] is None else str(said["recommend"])
    return Opinion("yes" if said["solved"] else "no", recommend, answers[-1]["text"])


def open_until(ticket: Document, answers: Sequence[Document]) -> datetime | None:
    """Until when an answer can be changed; None: there is none to change."""
    if not answers:
        return None
    resolved = [one["at"] for one in ticket["timeline"] if one["event"] == "resolved"]
    since: datetime = max([answers[0]["at"], *resolved])
    return since + CHANGEABLE


def may_answer(ticket: Document, answers: Sequence[Document], now: datetime) -> bool:
    """Whether one may still answer, or change what was answered."""
    until = open_until(ticket, answers)
    return until is None or (now < until and len(answers) < MOST_REVISIONS)


def letter_of(
    opinion: Opinion, ticket: Document, revision: int, now: datetime
) -> tuple[Letter, SurveyAnswered]:
    """An answer without faults as a letter of this ticket, and what routing is told of it."""
    recommend = int(opinion.recommend) if opinion.recommend else None
    said = {"solved": _SOLVED[opinion.solved], "recommend": recommend, "revision": revision}
    letter = Letter(
        id=answer_id(ticket["_id"], revision),
        door=SURVEY,
        at=now,
        raw=b"",
        name=ticket["patron"]["name"],
        text=opinion.words,
        new_text=opinion.words,
        asked={SURVEY: said},
    )
    event = SurveyAnswered(
        message_id=letter.id,
        reference=ticket["_id"],
        at=now,
        letter_id=letter.id,
        opens=False,
    )
    return letter, event
