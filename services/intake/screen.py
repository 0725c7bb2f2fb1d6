"""Was this written by a person? A list of checks, tried in order: the first verdict wins.

What is automatic is kept and noted, but gets no answer: two machines that thank each other never
stop.
"""

import re
from collections.abc import Callable
from typing import Final

from services.intake.mail import Mail

_KEYWORD: Final = re.compile(r"\s*([a-z-]+)\s*(?:[;(]|$)")
Check = Callable[[Mail, str | None, str], str | None]


def automatic(mail: Mail, envelope_from: str | None, own: str) -> str | None:
    """Why this mail is automatic, or None if a person wrote it.

    `own` is the enquiry address; `envelope_from` is the SMTP sender, "" for the null sender, None
    when no envelope is known.
    """
    for check in CHECKS:
        verdict = check(mail, envelope_from, own)
        if verdict is not None:
            return verdict
    return None


def _is_ours(mail: Mail, _: str | None, own: str) -> str | None:
    local, _, domain = (mail.address or "").lower().partition("@")
    is_ours = f"{local.partition('+')[0]}@{domain}" == own
    return "our own mail came back" if is_ours else None


def _has_null_sender(_: Mail, envelope_from: str | None, __: str) -> str | None:
    # RFC 5321 §4.5.5: the null sender means a notification, and is never answered.
    return "null sender" if envelope_from == "" else None


def _says_so(mail: Mail, _: str | None, __: str) -> str | None:
    # RFC 3834 §5: parameters or a comment may follow the keyword; `no` means a person wrote it.
    keyword = _KEYWORD.match((mail.header("auto-submitted") or "no").lower())
    return None if keyword and keyword[1] == "no" else "Auto-Submitted"


def _is_bulk(mail: Mail, _: str | None, __: str) -> str | None:
    word = (mail.header("precedence") or "").strip().lower()
    return "Precedence" if word in {"bulk", "junk", "list", "auto_reply"} else None


def _is_list(mail: Mail, _: str | None, __: str) -> str | None:
    # RFC 2919, RFC 2369.
    return "mailing list" if {"list-id", "list-unsubscribe"} & mail.headers.keys() else None


def _is_report(mail: Mail, _: str | None, __: str) -> str | None:
    # RFC 3464, RFC 5965.
    kind = (mail.header("content-type") or "").lower()
    return "delivery report" if kind.startswith("multipart/report") else None


CHECKS: Final[tuple[Check, ...]] = (
    _is_ours,
    _has_null_sender,
    _says_so,
    _is_bulk,
    _is_list,
    _is_report,
)
