"""In what mood somebody writes: in sorrow, upset, or neither. Pure, and modest: it hears what is
said, and does not guess at what is meant."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Final

from services.routing.tone.heard import Heard
from services.routing.tone.phrases import Spot, spots

_ACUTE_YEARS: Final = 2
"""Somebody who died longer ago is spoken of as history."""


class Mood(StrEnum):
    """How the patron feels, as far as the letters say."""

    GRIEVING = "has lost somebody"
    UPSET = "is upset"
    PLAIN = "neither"


def mood_of(letters: Sequence[Heard], year: int) -> Mood:
    """Of the patron who wrote these, oldest first: sorrow stays, anger lasts until thanks."""
    if any(_grieves(one, year) for one in letters):
        return Mood.GRIEVING
    for one in reversed(letters):
        if spots("upset", one):
            return Mood.UPSET
        if spots("glad", one):
            return Mood.PLAIN
    return Mood.PLAIN


def is_learner(letter: Heard) -> bool:
    """Whether its writer says that the language is hard."""
    return bool(spots("learner", letter))


def _grieves(letter: Heard, year: int) -> bool:
    return any(not _is_history(one, letter, year) for one in spots("grieving", letter))


def _is_history(spot: Spot, letter: Heard, year: int) -> bool:
    """Whether the sentence names a year that is long past."""
    sentence = letter.words[spot.first].sentence
    said = (one.said for one in letter.words if one.sentence == sentence)
    years = [int(one) for one in said if len(one) == 4 and one.isdecimal()]
    return any(1000 < one < year - _ACUTE_YEARS for one in years)
