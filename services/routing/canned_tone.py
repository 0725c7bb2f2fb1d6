"""Canned answers, looked at as replies are when they are saved: what is found is told to whoever
saves one, and refuses nothing. Who sends it is asked again, for then the patron is known. Pure."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated

from pydantic import Field

from services.routing.answers import Answer, Language
from services.routing.hours import Calendar
from services.routing.tone.background import Background
from services.routing.tone.check import check


class CannedFinding(Answer):
    """Words of a canned answer that may hurt or mislead whoever gets it."""

    language: Language
    words: Annotated[str, Field(examples=["Have a nice day"])]
    start: Annotated[int, Field(description="Its first character, counted from 0.")]
    end: Annotated[int, Field(description="The character after its last.")]
    rule: Annotated[str, Field(examples=["policy"])]
    why: str
    better: str


def warnings(
    texts: Mapping[str, str], calendar: Calendar, now: datetime
) -> list[dict[str, str | int]]:
    """What is found in each of these texts, by language: of what needs no patron to be seen."""
    return [
        {"language": language, **one.shown(text)}
        for language, text in texts.items()
        for one in check(text, Background(now=now, calendar=calendar, language=language))
    ]
