"""Whether a mail says that another did not arrive, of which recipient, and of which letter. Pure.

First by RFC 3464, then by families of phrasing and structure (`bounce_families.py`). No single word
decides: a person may write from postmaster@, and may quote a bounce. Never raises.
"""

import re
from collections.abc import Iterable
from dataclasses import replace
from email.message import Message as Part
from html import unescape
from itertools import pairwise
from typing import Final

from services.intake.bounce_families import (
    ASIDE,
    CLERK,
    DAEMON,
    DELAY,
    GREETING,
    HEADER_OF_ORIGINAL,
    PHRASE,
    RETURNED,
    SUBJECT,
)
from services.intake.charsets import decoded_bytes
from services.intake.delivery_status import (
    MOST_TEXT,
    SCHEME,
    STATUS,
    Outcome,
    addresses,
    outcomes,
    outcomes_in,
)
from services.intake.headers import decoded, header_text
from services.intake.letter import Bounce
from services.intake.mail import Mail
from services.intake.mime import parse

_MOST_RECIPIENTS: Final = 100
_MOST_PARTS: Final = 50
_MESSAGE_ID: Final = re.compile(
    r"^[> \t]{0,9}(?:.{0,40}\b)?message-id:\s{0,9}(<[^<>\s]{1,900}>)", re.IGNORECASE | re.MULTILINE
)
_TAG: Final = re.compile(r"<(?![^<>@\s]{1,64}@)[^<>]{0,2000}>")
_BREAK: Final = re.compile(r"<(?:br|/p|/div|/tr|/li)\b[^<>]{0,200}>", re.IGNORECASE)
_LINE_OF_ADDRESS: Final = re.compile(r"^<[^<>@\s]{1,64}@[^<>\s]{1,253}>:", re.MULTILINE)
_ALONE: Final = re.compile(r"^\W{0,20}[^@\s]{1,64}@[A-Za-z0-9.-]{1,253}\W{0,20}$")
_LABELLED: Final = re.compile(
    r":\s{0,9}[<\[]?(?:SMTP:)?[^@\s:]{1,64}@[A-Za-z0-9.-]{1,253}[>\]]?\s{0,9}$"
)
_SET_APART: Final = re.compile(
    r"(?:^\W{0,20}|[<:\[\"']\s{0,20})([^@\s<>]{1,64}@[A-Za-z0-9.-]{1,253})"
)
_NAME_ALONE: Final = re.compile(
    r":[ \t]*\n\s{1,20}([\w.+-]{1,64})[ \t]*(?:\([^()\n]{1,60}\)[ \t]*)?$", re.MULTILINE
)
_QUOTED: Final = re.compile(r"^[ \t]{0,3}>.*$", re.MULTILINE)


def bounce_of(raw: bytes, *, has_null_sender: bool = False) -> Bounce | None:
    """What this mail says about one that did not arrive; None if it says no such thing.

    `has_null_sender`: the SMTP sender was empty (RFC 5321 §4.5.5), which Return-Path may not tell.
    """
    try:
        return _bounce_of(parse(raw), has_null_sender)
    except Exception:
        # What no parser can read says nothing about another mail; the letter itself is kept.
        return None


def has_signs(mail: Mail, *, has_null_sender: bool = False) -> bool:
    """A first look at the header, which tells nearly all mail of persons from bounces."""
    sender, path = mail.header("from") or "", mail.header("return-path")
    kind = (mail.header("content-type") or "").lower()
    return (
        has_null_sender
        or "x-failed-recipients" in mail.headers
        or kind.startswith("multipart/report")
        or _robot(decoded(sender), path) > 0
        or SUBJECT.search(_flat(mail.subject)) is not None
    )


def _bounce_of(message: Part, has_null_sender: bool) -> Bounce | None:
    robot = min(2, _robot_of(message) + has_null_sender)
    parts = _parts(message)
    text = _text(parts)
    if robot or _is_report(message) or _opens_as(message):
        told = outcomes(parts) or (outcomes_in(text) if robot or _is_report(message) else [])
        if told:
            return _reported(told, parts)
    end = RETURNED.search(text)
    notice, returned = (text[: end.start()], text[end.start() :]) if end else (text, "")
    has_copy = bool(returned) or any(_is_copy(part) for part in parts)
    found = _told(message, notice, robot + has_copy)
    return replace(found, original_message_id=_returned_id(parts, text)) if found else None


def _subject(message: Part) -> str:
    return _flat(header_text(message, "subject"))


def _flat(text: str) -> str:
    return " ".join(text[:300].split())


def _opens_as(message: Part) -> bool:
    return SUBJECT.search(_subject(message)) is not None


def _is_report(message: Part) -> bool:
    return message.get_content_type() == "multipart/report"


def _robot_of(message: Part) -> int:
    return _robot(header_text(message, "from"), message["return-path"])


def _robot(sender: str, path: object) -> int:
    """How surely a mail system is the sender: 0 not at all, 1 perhaps, 2 certainly."""
    sender = sender[:300].replace('"', "").strip()
    local = sender.rpartition("<")[2]
    if DAEMON.search(sender) or DAEMON.search(local) or sender.endswith("<>"):
        return 2
    is_null = str(path or "x").strip().lower().startswith(("<>", "<mailer-daemon"))
    return min(2, is_null + bool(CLERK.search(sender) or CLERK.search(local)))


def _parts(message: Part) -> list[Part]:
    """The parts in order, without what is in a returned message.

    Some gateways wrap the whole notice: a message that stands first is looked into.
    """
    found: list[Part] = []
    waiting = [message]
    while waiting and len(found) < _MOST_PARTS:
        part = waiting.pop()
        is_first = all(one.get_content_maintype() == "multipart" for one in found)
        found.append(part)
        if part.get_content_maintype() == "multipart" or (
            is_first and found[1:] and _is_copy(part)
        ):
            children = part.get_payload()
            if isinstance(children, list):
                waiting += reversed([one for one in children if isinstance(one, Part)])
    return found


# RFC 3464


def _reported(told: list[Outcome], parts: Iterable[Part]) -> Bounce | None:
    """A bounce, if for any recipient something failed or is late."""
    failed = [one for one in told if one.action == "failed"]
    failed = failed or [one for one in told if one.action == "delayed"]
    if not failed:
        return None
    return Bounce(
        recipients=_unique(one.address for one in failed),
        permanent=failed[0].action == "failed",
        status=next((one.status for one in failed if one.status), None),
        original_message_id=_returned_id(parts, ""),
    )


# The formats seen in the wild


def _told(message: Part, notice: str, signs: int) -> Bounce | None:
    """What a notice for human eyes says, if enough signs agree that it is one."""
    flat = " ".join(_QUOTED.sub("", notice).split())
    listed = addresses(str(message["x-failed-recipients"] or ""))
    has_phrase = PHRASE.search(flat) is not None or _LINE_OF_ADDRESS.search(notice) is not None
    signs += _opens_as(message) + has_phrase + _lists(notice) + 3 * bool(listed)
    signs += message.get_param("report-type") == "delivery-status"
    if _robot_of(message) < 2 and _is_of_a_person(message, notice):
        signs -= 2
    recipients = listed or _named(message, notice)
    if signs < 3 or not (has_phrase or listed) or not (recipients or _robot_of(message) == 2):
        return None
    status = STATUS.search(notice)
    return Bounce(
        recipients=recipients,
        permanent=DELAY.search(f"{_subject(message)}\n{flat}") is None,
        status=status[1] if status else None,
    )


def _is_of_a_person(message: Part, notice: str) -> bool:
    """Signs of a mail program, or of manners."""
    answers = message["in-reply-to"] is not None or message["user-agent"] is not None
    return answers or GREETING.search(notice[:300].lstrip()) is not None


def _lists(notice: str) -> bool:
    """Whether an address stands after a label, or alone in the line after the words."""
    lines = [line for line in notice.splitlines() if line.strip()]
    if any(PHRASE.search(line) and _LABELLED.search(line) for line in lines):
        return True
    return any(
        PHRASE.search(line) and _ALONE.match(following) for line, following in pairwise(lines)
    )


def _named(message: Part, notice: str) -> tuple[str, ...]:
    """The addresses that the notice is about, its own sender's and addressee's left out."""
    own = {
        one.lower()
        for name in ("from", "to", "reply-to")
        for one in addresses(str(message[name] or ""))
    }
    lines = [
        line
        for line in notice.splitlines()
        if not ASIDE.search(line) and not GREETING.match(line.strip().replace(".", ""))
    ]
    plain = [line for line in lines if not HEADER_OF_ORIGINAL.match(line)]
    sentences = " ".join(plain).split(". ")
    set_apart = [found for line in plain for found in _SET_APART.findall(SCHEME.sub(" ", line))]
    for tried in (set_apart, [one for one in sentences if PHRASE.search(one)], plain, lines):
        found = _unique(one for line in tried for one in addresses(line))
        others = tuple(one for one in found if one.lower() not in own)
        if others or found:
            return others or found
    return _with_domain(message, notice)


def _with_domain(message: Part, notice: str) -> tuple[str, ...]:
    """Some systems name a recipient of theirs by the local part alone."""
    name = _NAME_ALONE.search(notice)
    domains = [one.partition("@")[2] for one in addresses(str(message["from"] or ""))]
    return (f"{name[1]}@{domains[0].lower()}",) if name and domains else ()


def _unique(addresses: Iterable[str | None]) -> tuple[str, ...]:
    """Each once, whatever its case, as first written."""
    found: dict[str, str] = {}
    for one in addresses:
        if one:
            found.setdefault(one.lower(), one)
    return tuple(found.values())[:_MOST_RECIPIENTS]


def _text(parts: Iterable[Part]) -> str:
    """What the notice says to human eyes, in lines."""
    texts = []
    for part in parts:
        content = part.get_payload(decode=True)
        if not isinstance(content, bytes) or not _is_words(part, content) or _is_copy(part):
            continue
        text = decoded_bytes(content[: 4 * MOST_TEXT], part.get_content_charset())
        is_html = part.get_content_subtype() == "html" or "<br" in text[:4096].lower()
        texts.append(unescape(_TAG.sub(" ", _BREAK.sub("\n", text))) if is_html else text)
    return "\n".join(texts)[:MOST_TEXT].replace("\r\n", "\n").replace("\xa0", " ")


def _is_words(part: Part, content: bytes) -> bool:
    """A text, one whose boundary went wrong, or a report under a name that says nothing."""
    kind = part.get_content_type()
    return kind.startswith(("text/", "multipart/")) or (
        kind == "application/octet-stream" and b"-Recipient:" in content[:MOST_TEXT]
    )


def _is_copy(part: Part) -> bool:
    """RFC 3462 §2: the returned message, or its header."""
    return part.get_content_type() in {
        "message/rfc822",
        "text/rfc822-headers",
        "message/rfc822-headers",
        "message/global",
        "message/global-headers",
    }


def _returned_id(parts: Iterable[Part], text: str) -> str | None:
    """The Message-ID of what is returned, wherever it stands."""
    copies = [_head_of(part) for part in parts if _is_copy(part)]
    found = _MESSAGE_ID.search("\n".join([*copies, text]))
    return found[1] if found else None


def _head_of(part: Part) -> str:
    """The header of a returned message."""
    children = part.get_payload()
    if isinstance(children, list) and children and isinstance(children[0], Part):
        return f"Message-ID: {children[0]['message-id'] or ''}"
    content = part.get_payload(decode=True)
    return decoded_bytes(content[:MOST_TEXT], None) if isinstance(content, bytes) else ""
