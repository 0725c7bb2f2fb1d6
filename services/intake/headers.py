"""The headers of a mail message (RFC 5322, 2047, 6532) as text, addresses, ids and moments. Pure.

The standard library's newer policy takes 12.9 s for one hostile header of 40 KB: headers are read
raw and decoded here.
"""

import re
from base64 import b64decode
from binascii import a2b_qp
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from email.message import Message as Part
from email.utils import getaddresses, parsedate_to_datetime
from itertools import groupby
from typing import Final

from services.intake.charsets import decoded_bytes, read_bytes
from services.intake.remarks import Remarks
from services.intake.sender import is_plain, mixes_alphabets, names_another
from shared.addresses import is_address, is_international_address

Headers = Mapping[str, tuple[str, ...]]
"""By name in lower case: every value, unfolded but still encoded."""

_LONGEST: Final = 10_000
_CONTROLS: Final = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029]+")
# They turn round what is written beside them, or hide what is between (UAX #9, UTS #55).
_BIDI: Final = re.compile(r"[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069\ufeff\u200b\u2060]+")
_WORD: Final = re.compile(r"=\?([^?\s]{1,75})\?([bq])\?([^?]*)\?=", re.I)
_NO_BASE64: Final = re.compile(r"[^A-Za-z0-9+/]+")
_MESSAGE_ID: Final = re.compile(r"<[!-;=?-~]{1,900}>")
_BARE_ID: Final = re.compile(r"[!-;=?-~]{1,400}@[!-;=?-~]{1,400}")
# One mailbox whose name stands without the quotation marks that its comma or its @ would need.
_UNQUOTED: Final = re.compile(r"([^<>:;()\"]*)<([^<>\s]+)>\s*")
_ONCE: Final = ("from", "subject", "message-id", "date")
_FIRST_YEAR: Final = 1980


def headers_of(message: Part) -> Headers:
    """Every header of a message or a part."""
    found: dict[str, list[str]] = {}
    for name, value in message.raw_items():
        text = as_text(str(value)).replace("\r\n", "").replace("\n", "").strip()
        found.setdefault(name.lower(), []).append(text)
    return {name: tuple(values) for name, values in found.items()}


def first(headers: Headers, name: str) -> str:
    """The first value of a header; empty where there is none."""
    values = headers.get(name, ())
    return values[0] if values else ""


def header_text(part: Part, name: str) -> str:
    """A header's text, decoded; empty where there is none."""
    return decoded(as_text(str(part[name] or "")))


def as_text(value: str) -> str:
    """Bytes over 127 that stand raw in a header: UTF-8 (RFC 6532), else Windows' Latin."""
    if value.isascii():
        return value
    try:
        raw = value.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        raw = value.encode("utf-8", "replace")
    return decoded_bytes(raw, None)


def decoded(value: str, remarks: Remarks | None = None) -> str:
    """A header's text with its encoded words (RFC 2047) read and control characters gone."""
    value = value[:_LONGEST]
    if "=?" in value:
        value = _with_words(value, remarks or Remarks())
    if value.isprintable():
        return value.strip()
    return _CONTROLS.sub(" ", value).strip()


def shown(value: str) -> str:
    """A decoded text without the marks that turn its neighbours round, or can't be seen."""
    return value if value.isascii() else _BIDI.sub("", value).strip()


def _with_words(value: str, remarks: Remarks) -> str:
    """Neighbouring words of one charset are read as one: many programs cut within a character,
    which RFC 2047 §5 forbids. What is no encoded word after all stays as it was written."""
    pieces: list[tuple[str | None, bytes | str]] = []
    end = 0
    for word in _WORD.finditer(value):
        between = value[end : word.start()]
        # RFC 2047 §6.2: white space between encoded words is not shown.
        if between.strip() or not (pieces and pieces[-1][0]):
            pieces.append((None, between))
        content = _content(word[2].lower(), word[3])
        charset = word[1].partition("*")[0].lower()  # RFC 2231 §5: its language
        pieces.append((None, word[0]) if content is None else (charset, content))
        end = word.end()
    pieces.append((None, value[end:]))
    return "".join(
        read_bytes(b"".join(_bytes(group)), charset, remarks)
        if charset
        else "".join(str(text) for _, text in group)
        for charset, group in groupby(pieces, key=lambda piece: piece[0])
    )


def _bytes(group: Iterable[tuple[str | None, bytes | str]]) -> Iterable[bytes]:
    return (content for _, content in group if isinstance(content, bytes))


def _content(encoding: str, text: str) -> bytes | None:
    """What an encoded word holds; None if that can't be told at all."""
    if encoding == "q":
        return a2b_qp(text.replace("_", " ").encode("utf-8"), header=False)
    letters = _NO_BASE64.sub("", text)
    letters = letters[: len(letters) - (len(letters) % 4 == 1)]
    return b64decode(letters + "=" * (-len(letters) % 4)) if letters or not text else None


def sender_of(headers: Headers, remarks: Remarks) -> tuple[str, str, str | None]:
    """The name, the address as it is written, and the address if an answer can be sent there.

    Whoever stands first in From; without a From, who is said to have sent or resent it, or to wait
    for the answer.
    """
    for header in ("from", "sender", "resent-from", "reply-to", "return-path"):
        values = [value[:_LONGEST] for value in headers.get(header, ())][:1]
        for name, address in _mailboxes(values):
            if not (name or address):
                continue
            if header != "from":
                remarks.add("sender_taken_from", header.title())
            elif usable_address(address) and not _is_plain(headers["from"]):
                remarks.add("sender_ambiguous", address)
            return _sender(name, address, remarks)
    return "", "", None


def _is_plain(written: tuple[str, ...]) -> bool:
    # RFC 5322 §3.6: it stands once; of two, others may read the other.
    return len(set(written)) == 1 and is_plain(written[0])


def _mailboxes(values: list[str]) -> list[tuple[str, str]]:
    unquoted = _UNQUOTED.fullmatch(values[0]) if values else None
    if unquoted and not ("," in unquoted[1] and "@" in unquoted[1]):
        return [(unquoted[1].strip(), unquoted[2])]
    return getaddresses(values)


def _sender(name: str, address: str, remarks: Remarks) -> tuple[str, str, str | None]:
    usable = usable_address(address)
    if usable is None:
        remarks.add("address_not_usable", address)
        # A word alone, which RFC 5322 §3.4 does not know, is a name more often than an address.
        name = name or ("" if "@" in address else address)
    written = usable or shown(decoded(address))[:320]
    name = shown(decoded(name, remarks))[:200]
    remark_imitations(name, written, remarks)
    return name, written, usable


def remark_imitations(name: str, written: str, remarks: Remarks) -> None:
    """What in a sender's name or address may be meant to look like somebody else's."""
    if mixes_alphabets(name) or mixes_alphabets(written):
        remarks.add("sender_mixes_alphabets")
    if names_another(name, written):
        remarks.add("sender_named_as_another", written)


def usable_address(address: str) -> str | None:
    """An address that an answer can be sent to, as the sender writes it; else None."""
    if is_address(address):
        return address
    # RFC 6532 §3.1: addresses are compared in this form.
    return address if is_international_address(address) else None


def ids_of(values: Iterable[str]) -> tuple[str, ...]:
    """The Message-IDs in a header, in order; at most a hundred."""
    joined = " ".join(values)
    found = tuple(_MESSAGE_ID.findall(joined)[:100])
    if not found and _BARE_ID.fullmatch(joined):  # RFC 5322 §3.6.4 wants brackets; some forget
        return (f"<{joined}>",)
    return found


def sent_at(headers: Headers, remarks: Remarks) -> datetime | None:
    """When it was written, by its own account; None if that is no moment at all."""
    written = first(headers, "date")
    if not written:
        return None
    try:
        moment = parsedate_to_datetime(written[:200])
        # RFC 5322 §3.3: -0000 says nothing of the zone; UTC is nearest.
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError, TypeError, IndexError):
        remarks.add("date_unreadable")
        return None
    if moment.year < _FIRST_YEAR:
        remarks.add("date_odd")
        return None
    return moment


def remark_doubled(headers: Headers, remarks: Remarks) -> None:
    """RFC 5322 §3.6: these stand once; where they do not, others may read another than we."""
    for name in _ONCE:
        if len(set(headers.get(name, ()))) > 1:
            remarks.add("header_doubled", name.title())
