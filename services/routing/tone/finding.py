"""What may be wrong with words that are about to be sent, by names that never change. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Rule(StrEnum):
    """What is looked for."""

    CHEER = "cheer"
    APOLOGY = "apology"
    PROMISE = "promise"
    CONTRADICTS = "promise-contradicts"
    CLOSED = "promise-closed"
    BAD_ANSWER = "bad-answer"
    BLAME = "blame"
    POLICY = "policy"
    SORRY_BUT = "sorry-but"
    IDIOM = "idiom"
    HUMOUR = "humour"
    OTHER_PATRON = "other-patron"
    DIFFERENT = "different-answer"


BETTER: Final[Mapping[Rule, str]] = {
    Rule.CHEER: "Leave it out; end with the next step and your name.",
    Rule.APOLOGY: "Say what has been done or will be done, by whom, and by when.",
    Rule.PROMISE: "Make it a promise that the desk keeps for you: send the reply with `promise`,"
    " the moment that you mean; or leave the time out.",
    Rule.CONTRADICTS: "Say the time that was promised; or make this the promise: send the reply"
    " with `promise`, or change it first (`/promise`), and say why.",
    Rule.CLOSED: "Name a time at which we are there.",
    Rule.BAD_ANSWER: "Say why, say what can be done instead, and who will help.",
    Rule.BLAME: "Say what can be done now, and not whose fault it was.",
    Rule.POLICY: "Say the reason behind it, in the patron's interest, and what is possible.",
    Rule.SORRY_BUT: "End the sentence after the apology. Then say what you do.",
    Rule.IDIOM: "Say it in plain words, which anybody can translate.",
    Rule.HUMOUR: "Leave it out: this is not the moment, or it may not be understood.",
    Rule.OTHER_PATRON: "Take it out: what others ask is theirs alone.",
    Rule.DIFFERENT: "Say that it was said otherwise before, which is right, and why.",
}


@dataclass(frozen=True)
class Finding:
    """Words that may hurt, mislead or be untrue."""

    start: int
    end: int
    """Where they are: characters of the text, the last one not counted."""
    rule: Rule
    why: str

    def shown(self, text: str) -> dict[str, str | int]:
        """As the API tells it."""
        return {
            "words": text[self.start : self.end],
            "start": self.start,
            "end": self.end,
            "rule": self.rule.value,
            "why": self.why,
            "better": BETTER[self.rule],
        }
