"""What is heard when, in a book of sound. Pure."""

from dataclasses import dataclass, field

from services.notify.formats.linear import Passage


@dataclass(frozen=True)
class Clip:
    """A passage, and when in its chapter it is heard, in seconds."""

    passage: Passage
    begins: float
    ends: float


@dataclass
class Chapter:
    """What begins with a heading of the first level: its sound in a file of its own."""

    name: str
    file: str
    clips: list[Clip] = field(default_factory=list)
    seconds: float = 0.0
