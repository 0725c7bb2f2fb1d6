"""Every kind of problem that an answer may have: its `type`, its statuses, what it means and what
to do. Clients rely on these: none is renamed, and none changes its meaning.

`docs/errors.md` is made from it (`make errors`); so is what the API's description says of errors.
"""

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

DOCUMENT: Final = Path(__file__).resolve().parents[1] / "docs" / "errors.md"


@dataclass(frozen=True)
class Kind:
    """One kind of problem."""

    statuses: tuple[int, ...]
    means: str
    do: str
    more: tuple[str, ...] = ()
    """Members that the problem document may have besides RFC 9457's own."""


KINDS: Final[Mapping[str, Kind]] = MappingProxyType(
    {
        "unreadable": Kind(
            (400,),
            "The body can't be read: it is not compressed as its header says.",
            "Mend the request; the same one will never be taken.",
        ),
        "broken-off": Kind(
            (400,), "The connection ended before the whole body was there.", "Send it again."
        ),
        "not-json": Kind(
            (400,),
            "The body is not JSON: broken, not UTF-8, too deep, or with a number too large.",
            "Mend the request.",
        ),
        "idempotency-key": Kind(
            (400,),
            "An `Idempotency-Key` has 1 to 200 ASCII characters that can be seen: no spaces.",
            "Send such a key: a UUID does well.",
        ),
        "request": Kind(
            (400, 417),
            "The request is not one of HTTP as this server speaks it.",
            "Mend the request.",
        ),
        "unauthorised": Kind(
            (401,),
            "There is no token, or it is unknown, expired or withdrawn.",
            "Send `Authorization: Bearer` with a token that is good; ask an operator for one.",
        ),
        "scope": Kind(
            (403,),
            "The token is good, but not for this: its scopes, or its owner's role, don't allow it.",
            "Use another token, or ask an operator.",
        ),
        "infected": Kind(
            (403,),
            "The virus scanner found something in this attachment.",
            "Ask the patron for another copy. Nobody is given this one.",
        ),
        "not-found": Kind(
            (404,),
            "There is no such thing, or the caller may not know of it: the two look alike.",
            "Look at the path; don't try it again as it is.",
        ),
        "method-not-allowed": Kind(
            (405,),
            "The path is there, but not for this method.",
            "Use one of those in the header `Allow`.",
        ),
        "not-acceptable": Kind(
            (406,),
            "`Accept` excludes all that this route gives.",
            "Accept what `detail` names, or `*/*`; errors are always `application/problem+json`.",
        ),
        "too-slow": Kind(
            (408,), "The body was not there in time.", "Send it again, by a better line."
        ),
        "not-allowed": Kind(
            (409,),
            "The ticket's status does not allow it, or somebody else has decided otherwise.",
            "Read it again, and see whether it is still wanted.",
            ("ticket_status", "released", "discarded", "reference"),
        ),
        "merged": Kind(
            (409,),
            "Another ticket stands for this one.",
            "Do it there: `into` says which one it is, if you may know of it.",
            ("into",),
        ),
        "patrons-differ": Kind(
            (409,),
            "The two tickets are two patrons'.",
            "If they shall be one all the same, say `patrons_differ`.",
        ),
        "no-address": Kind(
            (409,),
            "The patron gave no address that mail can be sent to.",
            "Telephone, or write a note; `/contact` keeps how it went.",
        ),
        "held": Kind(
            (409,), "This attachment waits for the virus scanner.", "Try again in some minutes."
        ),
        "unscannable": Kind(
            (409,),
            "The virus scanner has no verdict on this attachment, after several tries.",
            "Ask the patron for another copy.",
        ),
        "stale": Kind(
            (412,),
            "It is not what the caller has seen: `If-Match` names an older version.",
            "Look at `changed` and `messages`, `answer`, `publisher` or `preferences`; read it"
            " again, and decide anew.",
            ("version", "changed", "earlier", "messages", "answer", "publisher", "preferences"),
        ),
        "no-version": Kind(
            (412,),
            "`If-Match` names no version: a tag of another form, or a weak one (`W/`), which"
            " matches nothing (RFC 9110 §8.8.3.2).",
            "Send the `ETag` as it came; if something on the way makes tags weak, such as a proxy"
            " that compresses, have that stopped.",
        ),
        "too-large": Kind(
            (413,), "The body is larger than this route takes.", "Send less, or in pieces."
        ),
        "range": Kind(
            (416,),
            "The range that is asked for begins after the end of the file.",
            "Ask for less: `Content-Range` says how many bytes there are.",
        ),
        "media-type": Kind(
            (415,), "The body is not declared as JSON.", "Send `Content-Type: application/json`."
        ),
        "invalid": Kind(
            (422,),
            "A field or a parameter is unknown, missing, of another type, or not possible.",
            "`errors` names each with its reason, or `field` the one.",
            ("field", "errors"),
        ),
        "attachment": Kind(
            (422,),
            "A file that the reply names is not there for it: unknown, of another ticket or a"
            " colleague, over a day old, or gone with another reply.",
            "Upload it again, and name the new id.",
            ("field",),
        ),
        "unknown-staff": Kind(
            (422,),
            "There is no such staff member.",
            "`GET /v1/staff` has everybody with their ids.",
            ("field",),
        ),
        "impossible": Kind(
            (422,),
            "The promise can't be changed so: it is past, or there is none.",
            "Choose another time.",
            ("field",),
        ),
        "checks": Kind(
            (422,),
            "The checks of this converted copy failed: it may not be what its format promises.",
            "Look at `findings`, and at the copy; mend the source and convert it anew, or say in"
            " `override` why it is good for this patron all the same.",
            ("findings",),
        ),
        "tone": Kind(
            (422,),
            "Words of this reply may hurt, mislead or be untrue. Nothing was sent.",
            "Look at `findings`: each has the words, the rule, why, and what would be better. Say"
            " it anew; or send it as it is, with the reason in `override`.",
            ("findings",),
        ),
        "idempotency-key-used": Kind(
            (422,),
            "This `Idempotency-Key` came with another request before.",
            "Use a new key for a new request, and the same body with the old one.",
        ),
        "erased": Kind(
            (410,),
            "The patron of this ticket was erased: what is left of it are counts.",
            "Nothing: there is nobody to answer.",
        ),
        "if-match": Kind(
            (400, 428),
            "A change needs `If-Match` with the `ETag` of what is changed: `428` where it is"
            " missing or `*`, `400` where it can't be read.",
            "Read it, and send what its `ETag` says, with its quotation marks.",
        ),
        "too-many": Kind(
            (429,), "More requests than are allowed in a time.", "Wait as `Retry-After` says."
        ),
        "fault": Kind(
            (500,),
            "A fault of the desk's. It is in the service's log.",
            "Tell an operator; trying again may or may not help.",
        ),
        "unavailable": Kind(
            (503,),
            "MongoDB or RabbitMQ can't be reached just now. Nothing was done.",
            "Try again as `Retry-After` says, with the same `Idempotency-Key`.",
        ),
    }
)
_HEAD: Final = """# Errors

Every error is a problem document (RFC 9457, `application/problem+json`): `type`, `title`, `status`,
and what the table names besides. `type` is stable: decide by it, never by `title`. This file is
made from `shared/problem_kinds.py` by `make errors`.

| `type` | status | what it means | what to do | members besides |
|---|---|---|---|---|
"""


def lines() -> Iterator[str]:
    """The document's table, a line for each kind."""
    for name, kind in KINDS.items():
        statuses = ", ".join(map(str, kind.statuses))
        more = ", ".join(f"`{one}`" for one in kind.more)
        yield f"| `/problems/{name}` | {statuses} | {kind.means} | {kind.do} | {more} |\n"


def document() -> str:
    """`docs/errors.md`."""
    return _HEAD + "".join(lines())


if __name__ == "__main__":
    if "--write" in sys.argv[1:]:
        DOCUMENT.write_text(document(), encoding="utf-8")
    else:
        sys.stdout.write(document())
