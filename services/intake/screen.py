"""Was this written by a person? A list of checks, tried in order: the first verdict wins.

First our own mail come back, then loops, bounces, all else that is automatic, and abuse reports.
What is too large or can't be read never comes here: it is quarantined before. How much one sender
may send is counted where letters are kept (`accept.py`), how many answers he gets where they are
sent.

What is automatic is kept and noted, but gets no answer: two machines that thank each other never
stop.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from services.intake.absence import is_automatic
from services.intake.follow_up import tagged
from services.intake.letter import Bounce
from services.intake.mail import Mail
from shared.addresses import untagged
from shared.references import Seal

_KEYWORD: Final = re.compile(r"\s*([a-z-]+)\s*(?:[;(]|$)")
_BULK: Final = frozenset({"bulk", "junk", "list", "auto_reply", "auto-reply", "autoreply"})
_RESPONDER: Final = re.compile(
    r"\A(?!x-auto-response-suppress\Z)[a-z-]{0,20}(?:auto-?(?:repl|respon|answer|generated)"
    r"|vacation|out-?of-?office)|\Ax-(?:fc-machinegenerated|cron-env|servicenow-generated)\Z"
)
"""Headers that only programs write. A value of `no` or `false` takes it back."""
_SUPPRESSED: Final = re.compile(r"\b(?:all|oof|autoreply)\b", re.IGNORECASE)
_WRITERS: Final = (
    "x-ms-exchange-generated-message-source",
    "x-post-messageclass",
    "x-mailer",
    "user-agent",
    "delivered-to",
)
_WRITER: Final = re.compile(
    r"\bmailbox rules agent\b|\bauto-?(?:respond|repl)|\bvacation\b", re.IGNORECASE
)
_PROGRAM: Final = re.compile(r"(?:mailer-?daemon|listserv|majordomo)@", re.IGNORECASE)
"""Before the @ of an address from which no person writes (RFC 5230 §4.6)."""
_MOST_HOPS: Final = 50
_FEEDBACK: Final = re.compile(r"report-type\s*=\s*\"?feedback-report", re.IGNORECASE)


@dataclass(frozen=True)
class Arrival:
    """What the checks are told."""

    mail: Mail
    new_text: str
    envelope_from: str | None
    own: frozenset[str]
    bounce: Bounce | None
    seal: Seal | None = None


Check = Callable[[Arrival], str | None]


def automatic(
    mail: Mail,
    new_text: str,
    envelope_from: str | None,
    own: frozenset[str],
    *,
    bounce: Bounce | None = None,
    seal: Seal | None = None,
) -> str | None:
    """Why this mail is automatic, or None if a person wrote it.

    `new_text` is what it does not quote; `own` are the library's addresses; `envelope_from` is the
    SMTP sender, "" for the null sender, None when no envelope is known; `bounce` is what it was
    found to report; `seal` knows our own marks.
    """
    arrival = Arrival(mail, new_text, envelope_from, own, bounce, seal)
    return next((verdict for check in CHECKS if (verdict := check(arrival)) is not None), None)


def _is_ours(arrival: Arrival) -> str | None:
    is_ours = untagged(arrival.mail.address or "") in arrival.own
    # Whoever answers a letter of ours names its id as the one he answers, never as his own.
    bears_our_id = arrival.seal is not None and any(
        arrival.seal.reference_of_message_id(one.strip())
        for one in arrival.mail.headers.get("message-id", ())
    )
    return "our own mail came back" if is_ours or bears_our_id else None


def _is_a_loop(arrival: Arrival) -> str | None:
    """Our own Reply-To, which only a letter of ours bears, or too many hops (RFC 5321 §6.3).

    No header that anybody could write counts: a false one must have no effect.
    """
    replies = tagged(arrival.mail.headers.get("reply-to", ()))
    bears_our_address = arrival.seal is not None and any(
        arrival.seal.reference_of_address(one) for one in replies
    )
    is_travelling = len(arrival.mail.headers.get("received", ())) > _MOST_HOPS
    return "loop" if bears_our_address or is_travelling else None


def _is_bounce(arrival: Arrival) -> str | None:
    return "bounce" if arrival.bounce else None


def _has_null_sender(arrival: Arrival) -> str | None:
    # RFC 5321 §4.5.5: the null sender means a notification, and is never answered. Where no
    # envelope is known, the server that delivered the mail wrote it down: RFC 5321 §4.4.
    path = (arrival.mail.header("return-path") or "").strip()
    is_null = arrival.envelope_from == "" or (arrival.envelope_from is None and path == "<>")
    return "null sender" if is_null else None


def _says_so(arrival: Arrival) -> str | None:
    # RFC 3834 §5: parameters or a comment may follow the keyword; `no` means a person wrote it.
    keyword = _KEYWORD.match((arrival.mail.header("auto-submitted") or "no").lower())
    return None if keyword and keyword[1] == "no" else "Auto-Submitted"


def _is_bulk(arrival: Arrival) -> str | None:
    # RFC 3834 §2: no standard, and widely understood.
    for name in ("precedence", "x-precedence", "preference"):
        word = (arrival.mail.header(name) or "").strip().lower()
        if word in _BULK:
            return "Precedence"
    return None


def _is_list(arrival: Arrival) -> str | None:
    # RFC 2919, RFC 2369; RFC 5230 §4.6 answers no mail with any of these.
    names = {"list-id", "list-unsubscribe"} & arrival.mail.headers.keys()
    return "mailing list" if names else None


def _is_report(arrival: Arrival) -> str | None:
    # RFC 3464.
    kind = (arrival.mail.header("content-type") or "").lower()
    is_report = kind.startswith("multipart/report") and not _FEEDBACK.search(kind)
    return "delivery report" if is_report else None


def _is_of_a_mail_program(arrival: Arrival) -> str | None:
    senders = (arrival.mail.address or "", arrival.envelope_from or "")
    return "mail program" if any(map(_PROGRAM.match, senders)) else None


def _is_abuse_report(arrival: Arrival) -> str | None:
    # RFC 5965 §2: somebody called a letter of ours spam.
    kind = (arrival.mail.header("content-type") or "").lower()
    is_report = kind.startswith("multipart/report") and _FEEDBACK.search(kind)
    return "abuse report" if is_report else None


def _is_of_a_responder(arrival: Arrival) -> str | None:
    """Headers without a standard that responders write of themselves."""
    mail = arrival.mail
    for name in filter(_RESPONDER.search, mail.headers):
        if (mail.header(name) or "").strip().lower() not in {"no", "false", "0"}:
            return "automatic reply"
    # MS-OXCMAIL §2.1.3.2.20: who asks for no automatic answer at all is a program. Persons' mail
    # programs suppress at most receipts (DR, RN, NRN).
    if _SUPPRESSED.search(mail.header("x-auto-response-suppress") or ""):
        return "X-Auto-Response-Suppress"
    is_rule = any(_WRITER.search(mail.header(name) or "") for name in _WRITERS)
    is_vacation = (mail.header("x-apple-action") or "").strip().lower().startswith("vacation")
    return "automatic reply" if is_rule or is_vacation else None


def _is_of_an_absence(arrival: Arrival) -> str | None:
    return "absence reply" if is_automatic(arrival.mail, arrival.new_text) else None


CHECKS: Final[tuple[Check, ...]] = (
    _is_ours,
    _is_a_loop,
    _is_bounce,
    _has_null_sender,
    _says_so,
    _is_bulk,
    _is_list,
    _is_report,
    _is_of_a_mail_program,
    _is_of_a_responder,
    _is_of_an_absence,
    _is_abuse_report,
)
