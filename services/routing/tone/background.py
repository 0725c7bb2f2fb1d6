"""What a reply is held against: what the patron wrote and was told, and what the library can keep.
Pure: it is gathered once, so that the same reply always gives the same findings."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from services.routing.hours import Calendar
from services.routing.language import told_by
from services.routing.tone.heard import KNOWN, Heard
from services.routing.tone.mood import Mood, is_learner, mood_of
from services.routing.words import Words


@dataclass(frozen=True)
class Background:
    """Everything that is known before a reply is read."""

    now: datetime
    calendar: Calendar
    language: str
    """The ticket's."""
    patron: str = ""
    """The patron's name."""
    letters: Sequence[str] = ()
    """The patron's own new words, oldest first."""
    before: Sequence[str] = ()
    """What this patron was answered before."""
    due_at: datetime | None = None
    """By when the patron is promised to hear, as the ledger will have it once this is sent."""
    others: Sequence[str] = ()
    """Names of other patrons that stand in the reply."""
    references: frozenset[str] = frozenset()
    """The ticket's own, and of those that are one with it."""
    staff: Sequence[str] = ()
    """Names of the people who answer."""

    @cached_property
    def mood(self) -> Mood:
        return mood_of(self.theirs, self.today.year)

    @cached_property
    def theirs(self) -> tuple[Heard, ...]:
        """The patron's letters, heard."""
        return tuple(Heard.of(one) for one in self.letters)

    @cached_property
    def spoken(self) -> str:
        """The language that the patron writes; the ticket's, if the letters do not tell."""
        told = told_by(Words.of(" ".join(self.letters)), KNOWN)
        return told or self.language

    @cached_property
    def is_learner(self) -> bool:
        """Whether the patron says that the language is hard for them."""
        return any(map(is_learner, self.theirs))

    @property
    def today(self) -> date:
        """Where the library is."""
        return self.now.astimezone(self.calendar.zone).date()
