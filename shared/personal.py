"""Where a patron's identity and words stand in the database: every collection, and every field of
those that may hold any. Pure.

This list is what erasing goes by. What stays has to be named here: a field that nobody has thought
of goes with the rest, and a test that compares the list with what is really stored fails until
somebody has decided. It decides nothing about when, or whose.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

Document = Mapping[str, Any]


class Rule(Enum):
    """What erasing does with a field, where that is not an empty value."""

    KEPT = "kept"
    """Says nothing of who the patron is or what was said: ids, moments, states, counts."""
    GONE = "gone"
    LABEL = "label"
    """A short word of staff that many tickets share, counted in reports: kept, unless it names this
    patron."""


KEPT, GONE, LABEL = Rule.KEPT, Rule.GONE, Rule.LABEL


@dataclass(frozen=True)
class Blank:
    """This instead: whoever reads the field must find something."""

    value: Any


@dataclass(frozen=True)
class Part:
    """A table, or a list of tables, with rules of its own."""

    fields: Mapping[str, "Treatment"]


Treatment = Rule | Blank | Part
Fields = Mapping[str, Treatment]


def _all(rule: Treatment, names: str) -> Fields:
    return dict.fromkeys(names.split(), rule)


_NONE: Final = Blank(None)
_EMPTY: Final = Blank("")
_NO_ROWS: Final = Blank([])

_PROMISE: Final = Part(
    {
        **_all(KEPT, "made_at due_at state settled_at is_late is_first queue"),
        # Why it was renegotiated or withdrawn: a colleague's words.
        **_all(GONE, "reason reasons"),
    }
)
_DELIVERY: Final = Part(
    {
        **_all(KEPT, "id format opened_at opened_by meet_at needed_by accounted_at"),
        **_all(KEPT, "handover pace"),
        # What a patron can't read, and where they live; and nothing more is done about it.
        **_all(GONE, "needs place rights list_by wishes format_by"),
        "items": Part(
            {
                **_all(KEPT, "number since needed_by is_first needs_somebody"),
                **_all(KEPT, "expected_at faults plan file tries conversion"),
                **_all(GONE, "reason alternative next_at press_at"),
                "state": Blank("withdrawn"),
                "work": Blank({"title": ""}),
            }
        ),
        "sent": Part({**_all(KEPT, "id at publisher kind items ends"), "words": GONE}),
    }
)
_ENTRY: Final = Part(
    {
        **_all(KEPT, "at event by version letter owner before_owner team due_at until"),
        **_all(KEPT, "is_reached after_seconds how channel attempts tries sender_is_known"),
        **_all(KEPT, "delivery items publisher plan"),
        **_all(KEPT, "into is_owed is_same_patron made_at letters notes kind answer found file"),
        **_all(KEPT, "solved recommend revision asks"),
        **_all(LABEL, "cause added removed"),
        # `names` and `reference` tell of other tickets, the rest is staff's words or the patron's.
        **_all(
            GONE, "alternative reason reasons because now before names reference subject override"
        ),
    }
)
_ASKED: Final = {
    "integration": KEPT,
    # How it was, in figures.
    "survey": KEPT,
    "body_digest": _EMPTY,
    **_all(GONE, "language topic format needed_by item phone channel names"),
}
_SENDER: Final = _all(_EMPTY, "name sender subject text new_text quoted_text signature reply_to")

PERSONAL: Final[Mapping[str, Fields]] = {
    "tickets": {
        **_all(KEPT, "_id version status topic team language format urgency created_at"),
        **_all(KEPT, "updated_at unread merged_into is_unanswered owner owner_by owner_before"),
        **_all(KEPT, "seek_at remind_at close_at held_until held_before answered_at answered_in"),
        **_all(
            KEPT, "given praise carried risk_at next_at applied outbox alerts lease_until found_at"
        ),
        **_all(KEPT, "erased_at erased_by erasing confidential queue_at heard_at confirmed_at"),
        **_all(KEPT, "asked_solved_at is_thanks opinion"),
        # Of what was noted of the patron, which goes.
        "heeds": Blank(0),
        "filed": Blank(["all", "status closed"]),
        **_all(LABEL, "trouble trouble_key tags"),
        "subject": _EMPTY,
        "patron": Blank({"name": "", "address": None}),
        **_all(_NONE, "patron_key needed_by lost handover hold"),
        **_all(_NO_ROWS, "thread links words called despatched"),
        "why": Blank({}),
        "escalation": Part({**_all(KEPT, "level by at"), "reason": _EMPTY}),
        "promise": _PROMISE,
        "promises": _PROMISE,
        "deliveries": _DELIVERY,
        "timeline": _ENTRY,
    },
    "messages": {
        **_all(KEPT, "_id direction reference door at automatic unreadable held state by opens"),
        **_all(KEPT, "is_proven sender_is_known size blocked_loads outbox erased_at ask"),
        **_SENDER,
        **_all(_NO_ROWS, "recipients replies_to references attachments remarks"),
        **_all(_NONE, "html bounce sent_at envelope_from"),
        "verdicts": Blank({}),
        # Whose enquiry it was, for the integration that asks after it; and a digest that no body
        # has, so that its Idempotency-Key is another's from now on.
        "asked": Part(_ASKED),
        "released": Part({**_all(KEPT, "by at was_automatic")}),
        # By a colleague, on the telephone or at the desk; and the digest of what was sent.
        "taken_down": Part({**_all(KEPT, "by channel owner acknowledge"), "asked": _EMPTY}),
        "raw": Blank(b""),
        **_all(GONE, "address address_as_written message_id raw_file counted_as scan"),
        **_all(GONE, "aside discarded named continues"),
    },
    "notices": {
        **_all(KEPT, "_id state notice at reference about letter_id fence attempts due_at"),
        **_all(KEPT, "finished_at outbox digest by_name made_at claimed_at patience"),
        **_all(_EMPTY, "to subject text"),
        # A relay may repeat the address.
        **_all(GONE, "relay_said reason history domain"),
    },
}
"""The documents that stay when a patron is erased, with what becomes of each field."""

FILES: Final[Mapping[str, str]] = {
    "documents.files": "attachments in and out, and large letters: deleted with their letter; what"
    " was uploaded for a reply and not sent, with its ticket",
    "documents.chunks": "what is in them: deleted with their letter",
    "patrons": "how patrons want to be served, and what they are called: deleted with the last"
    " ticket that is known to be theirs",
    "conversions": "which files are made into which formats for whom, and what their checks found:"
    " deleted with their ticket, and the copy with them",
    "allowances": "digests of who was written to, a day long: the patron's are deleted",
}
"""What is deleted whole."""

NOBODYS: Final[Mapping[str, str]] = {
    "staff": "the people who answer",
    "requests": "what was done under an Idempotency-Key, two days long: digests of requests",
    "publishers": "whom the library asks for copies, and where: firms, not patrons",
    "answers": "the staff's canned answers: words that are written for everybody",
    "audit": "who of the staff has read which confidential tickets, and when: ids",
    "changes": "the last changes of tickets, for those who look at the queue: ids and states",
    "keys": "digests of keys, and who carries them",
    "mailboxes": "how far the library's own mailboxes have been read",
    "digests": "which alerts of which tickets were told to which of the staff: ids",
    "charters": "figures of months",
    "causes": "what was done about causes; one whose name names the patron goes with the last"
    " ticket that has it",
    "erasures": "proof of what was erased: counts, and a keyed digest of the address",
}
"""What holds nothing of patrons, and what it holds."""


def allowances_of(mailbox: str) -> tuple[str, ...]:
    """What `shared.allowances` counts for a patron, by the names that notify and intake give it."""
    return f"letters {mailbox}", f"form address {mailbox}"


def blanked(
    collection: str, document: Document, named: Collection[str] = ()
) -> tuple[dict[str, Any], list[str]]:
    """What erasing sets in a document, and what it takes away. `named`: what the patron is called,
    in lower case. Nothing is set that is as it should be."""
    after = _after(document, PERSONAL[collection], named)
    changed = {key: value for key, value in after.items() if value != document[key]}
    return changed, sorted(document.keys() - after.keys())


def _after(document: Document, fields: Fields, named: Collection[str]) -> dict[str, Any]:
    after = {}
    for key, value in document.items():
        match fields.get(key, GONE):
            case Rule.KEPT:
                after[key] = value
            case Rule.LABEL if isinstance(value, list):
                after[key] = [one for one in value if not names(one, named)]
            case Rule.LABEL if not names(value, named):
                after[key] = value
            case Blank(empty):
                after[key] = empty
            case Part(inner):
                after[key] = _part(value, inner, named)
    return after


def _part(value: Any, fields: Fields, named: Collection[str]) -> Any:
    if isinstance(value, list):
        return [_after(one, fields, named) for one in value]
    return _after(value, fields, named) if isinstance(value, Mapping) else None


def names(label: Any, named: Collection[str]) -> bool:
    """Whether a label names whoever is called so (`words_for`)."""
    words = str(label or "").lower()
    return any(one in words for one in named)


def unknown(collection: str, document: Document) -> set[str]:
    """The fields of a document, with those of its parts, that have no rule."""
    return set(_unknown(document, PERSONAL[collection], ""))


def _unknown(document: Document, fields: Fields, place: str) -> list[str]:
    found = [f"{place}{one}" for one in document.keys() - fields.keys()]
    for key, rule in fields.items():
        value = document.get(key)
        if isinstance(rule, Part) and value:
            rows = value if isinstance(value, list) else [value]
            found += [one for row in rows for one in _unknown(row, rule.fields, f"{place}{key}.")]
    return found


def names_of(ticket: Document) -> list[str]:
    """All that its patron is, or was, called."""
    called = (ticket["patron"]["name"].strip(), *ticket.get("called", ()))
    return [one for one in called if one]


def words_for(names: Iterable[str], address: str | None) -> frozenset[str]:
    """What a label would name this patron by: parts of the names, the address, what is before its
    @; nothing that is so short that any word may have it."""
    local = (address or "").lower().partition("@")[0]
    parts = {*" ".join(names).lower().split(), (address or "").lower(), local}
    return frozenset(one for one in parts if len(one) > 2)
