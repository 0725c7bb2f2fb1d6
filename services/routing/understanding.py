"""What routing makes of a letter's document: topic, team, language, haste, and why. Pure.

It decides nothing about a ticket, and it reads the sender's own new words only: what is quoted from
earlier letters says nothing of what this one is about.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from services.routing.assign import team_written_to
from services.routing.deliveries.complaints import complaint_in
from services.routing.deliveries.wishes import answered
from services.routing.language import Spoken, language_of
from services.routing.rules import Judgement, Told, topic_of
from services.routing.search_words import words_of
from services.routing.thanks import Thanks, bare_thanks
from services.routing.ticket import Letter, Opinion, Owner, Patron
from services.routing.urgency import Haste, haste_of
from services.routing.words import Words
from shared.library import Library, Team
from shared.patron_pages import SURVEY
from shared.references import names_in

FIELDS: Final = (
    "at",
    "door",
    "name",
    "address_as_written",
    "recipients",
    "subject",
    "text",
    "new_text",
    "message_id",
    "automatic",
    "asked",
    "is_proven",
    "sender_is_known",
    "released",
    "taken_down",
    "bounce",
    "replies_to",
    "attachments.inline",
    "attachments.size",
    "erased_at",
)
"""Of a letter's document, what is read here."""
_SMALL: Final = 20_000
"""Bytes."""


@dataclass(frozen=True)
class Understanding:
    """What a letter's words and circumstances say."""

    judgement: Judgement
    team: Team | None
    """The one that was written to at its own address."""
    spoken: Spoken
    haste: Haste
    thanks: Thanks

    @property
    def reasons(self) -> Mapping[str, str]:
        """Why, by what was found out."""
        return {
            "topic": self.judgement.reason,
            "language": self.spoken.reason,
            "urgency": self.haste.reason,
            "thanks": self.thanks.reason,
        }


def letter_of(found: Mapping[str, Any], library: Library, before: str | None = None) -> Letter:
    """The letter in this document. `before`: the language of the patron's last one, if known."""
    asked, bounce = found["asked"], found.get("bounce") or {}
    told = understood(found, library, before)
    named = (names_in(one) for one in found.get("replies_to", ()))
    answers = tuple(one[1] for one in named if one)
    words = found.get("new_text") or found["text"]
    topic, team = told.judgement.topic, told.team
    return Letter(
        id=found["_id"],
        at=found["at"],
        patron=Patron(found["name"], found.get("address_as_written")),
        subject=found["subject"],
        message_id=found.get("message_id"),
        automatic=found["automatic"] is not None,
        language=told.spoken.language,
        topic=topic.id,
        team=topic.team if team is None else team.id,
        format=asked.get("format"),
        is_proven=found.get("is_proven", False),
        sender_is_known=found.get("sender_is_known", True),
        released_by=(found.get("released") or {}).get("by"),
        because=() if team is None else (f"written to {team.id} at its own address",),
        lost_by=asked.get("channel"),
        names=asked.get("names"),
        is_returned=bool(bounce.get("permanent")),
        returned_from=tuple(bounce.get("recipients", ())),
        returned_id=bounce.get("original_message_id"),
        returned_for=bounce.get("status"),
        urgency=told.haste.urgency,
        needed_by=told.haste.needed_by,
        reasons=told.reasons,
        is_bare_thanks=told.thanks.is_bare,
        door=found.get("door"),
        words=words_of(_read(found), library.library.languages),
        is_erased=found.get("erased_at") is not None,
        has_text=bool(found["text"].strip()),
        opinion=_opinion(found),
        answers=answers,
        complaint=complaint_in(words) if answers else "",
        wishes=answered(words) if answers else {},
        **_taken_down(found.get("taken_down")),
    )


def _opinion(found: Mapping[str, Any]) -> Opinion | None:
    said = found["asked"].get(SURVEY)
    if said is None:
        return None
    return Opinion(said["revision"], said["solved"], said["recommend"], found["at"])


def _read(found: Mapping[str, Any]) -> Iterator[str]:
    """What it is looked for by: who wrote, about which item, in which words."""
    item = found["asked"].get("item") or {}
    yield from (found["name"], found.get("address_as_written") or "", found["subject"])
    yield from (value for value in item.values() if isinstance(value, str))
    yield found.get("new_text") or found["text"]


def _taken_down(known: Mapping[str, Any] | None) -> Mapping[str, Any]:
    """What a staff member who took it down has settled."""
    if known is None:
        return {}
    owner = known["owner"]
    return {
        "owner": Owner(owner["id"], owner["name"]) if owner else None,
        "taken_by": known["by"]["id"],
        "is_acknowledged": known["acknowledge"],
    }


def understood(
    found: Mapping[str, Any], library: Library, before: str | None = None
) -> Understanding:
    """What it says, by the rules of this library."""
    asked = found["asked"]
    subject = Words.of(found["subject"])
    new_text = found.get("new_text") or found["text"]
    # What tells of a lost contact was written by this program, not by the patron.
    new = Words.of(new_text)
    own = Words.of("") if asked.get("channel") else new
    spoken = language_of(own, library.library.languages, said=asked.get("language"), before=before)
    team = team_written_to(found["recipients"], library.teams)
    written = found["at"].astimezone(library.library.zone).date()
    return Understanding(
        judgement=_judged(found, (subject, new), spoken, team, library),
        team=team,
        spoken=spoken,
        haste=haste_of((subject, own), asked.get("needed_by"), written, library.library.languages),
        thanks=_thanks(found, new_text),
    )


def _judged(
    found: Mapping[str, Any],
    words: tuple[Words, Words],
    spoken: Spoken,
    team: Team | None,
    library: Library,
) -> Judgement:
    # Whoever writes to a team means what it knows about.
    known = tuple(one for one in library.topics if team is None or one.team == team.id)
    told = Told(
        *words,
        language=spoken.language if spoken.is_sure else None,
        sender=found.get("address_as_written"),
        door=found.get("door"),
        form_topic=found["asked"].get("topic"),
        item=found["asked"].get("item"),
    )
    return topic_of(told, known or library.topics)


def _thanks(found: Mapping[str, Any], new_text: str) -> Thanks:
    attachments: Sequence[Mapping[str, Any]] = found.get("attachments", ())
    # A small picture within the text is a signature's; a large one may show something.
    if any(not one.get("inline") or one["size"] > _SMALL for one in attachments):
        return Thanks(False, "it has something attached")
    if found["asked"].keys() - {SURVEY}:
        return Thanks(False, "it came by a form or an integration, to say something")
    local = (found.get("address_as_written") or "").partition("@")[0]
    return bare_thanks(new_text, found["subject"], (found["name"], local))
