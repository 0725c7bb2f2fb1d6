"""What a mail message is made of (RFC 2045 to 2049, 2183, 2231): words, HTML, attachments. Pure.

Walks the parts once. What can't be read is kept as an attachment and remarked, never guessed.
"""

import email
from dataclasses import dataclass, field
from email.errors import (
    CloseBoundaryNotFoundDefect,
    InvalidBase64CharactersDefect,
    InvalidBase64LengthDefect,
    InvalidBase64PaddingDefect,
    NoBoundaryInMultipartDefect,
    StartBoundaryNotFoundDefect,
)
from email.message import Message as Part
from html import escape
from typing import Final

from services.intake.charsets import read_bytes
from services.intake.headers import as_text, header_text, shown
from services.intake.invitation import in_words
from services.intake.leaf import children, filename, mend, payload, text_of
from services.intake.mime import Unreadable
from services.intake.passed_on import inner_of, words_of
from services.intake.remarks import Remarks
from services.intake.winmail import Broken, unwrapped
from shared.attachments import MOST, Attachment, attached

_MOST_PARTS: Final = 200
MOST_DEPTH: Final = 20
_MOST_PASSED_ON: Final = 100_000
"""Characters of a message that was passed on."""
_NAMING: Final = frozenset({"content-type", "content-disposition"})
_WORDS: Final = frozenset({"text/plain", "text/html", "text/enriched", "text/richtext"})
_CUT: Final = (CloseBoundaryNotFoundDefect,)
_UNMARKED: Final = (NoBoundaryInMultipartDefect, StartBoundaryNotFoundDefect)
_NOT_BASE64: Final = (
    InvalidBase64CharactersDefect,
    InvalidBase64LengthDefect,
    InvalidBase64PaddingDefect,
)
_PGP: Final = "-----BEGIN PGP "


@dataclass
class Words:
    """The same words as plain text, as HTML, or both."""

    plain: list[str] = field(default_factory=list)
    rich: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "\n".join(self.plain)

    @property
    def html(self) -> str:
        return "\n".join(self.rich)


@dataclass
class Contents:
    """What was found in a message, in its order."""

    remarks: Remarks
    words: list[Words] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    parts: int = 0
    is_encrypted: bool = False

    def html(self) -> str:
        """All that is to be shown as HTML; empty if none of it is."""
        if not any(one.rich for one in self.words):
            return ""
        return "\n".join(one.html or f"<pre>{escape(one.text)}</pre>" for one in self.words)

    def attach(
        self,
        name: str,
        declared: str,
        content: bytes,
        *,
        content_id: str | None = None,
        inline: bool = False,
        text: str = "",
    ) -> None:
        """One more attachment, up to the most that a letter may have."""
        number = len(self.attachments) + 1
        if number > MOST:
            self.remarks.add("attachments_too_many", str(MOST))
            return
        self.attachments.append(
            attached(
                name, declared, content, number, content_id=content_id, inline=inline, text=text
            )
        )


def contents_of(message: Part, remarks: Remarks) -> Contents:
    """Raises: Unreadable."""
    found = Contents(remarks)
    _walk(message, found, None, 0)
    if not found.attachments and not any(one.text.strip() or one.html for one in found.words):
        # Parts that are all empty: the words stand beside them, where a boundary went wrong.
        beside = [as_text(one) for one in (message.preamble, message.epilogue) if one]
        found.words = [Words(plain=beside)] if beside else found.words
    return found


def _walk(part: Part, found: Contents, same: Words | None, depth: int) -> None:
    """`same`: what the parts beside this one say in other words (RFC 2046 §5.1.4)."""
    found.parts += 1
    if found.parts > _MOST_PARTS:
        raise Unreadable("it has too many parts")
    if depth > MOST_DEPTH:
        raise Unreadable("its parts are nested too deep")
    kind = part.get_content_type()
    inside = None if kind.startswith("message/") else children(part)
    if inside is not None:
        if _says_text_too(part):
            found.remarks.add("type_doubled")
            found.words.append(Words(plain=[_as_it_stands(part)]))
            return
        _remark_parts(part, kind, found)
        if kind == "multipart/alternative":
            same = Words()
            found.words.append(same)
        for child in inside:
            _walk(child, found, same, depth + 1)
        return
    _leaf(part, kind, found, same)


def _says_text_too(part: Part) -> bool:
    """Two Content-Types, of which the last says that there are no parts: nothing is hidden."""
    kinds = part.get_all("content-type", [])
    return len(kinds) > 1 and str(kinds[-1]).strip().lower().startswith("text/")


def _as_it_stands(part: Part) -> str:
    raw = part.as_bytes().replace(b"\r\n", b"\n")
    kind = str(part.get_all("content-type", [""])[-1])
    last = email.message_from_string(f"Content-Type: {kind}\n\n")
    return read_bytes(raw.partition(b"\n\n")[2], last.get_content_charset(), Remarks())


def _remark_parts(part: Part, kind: str, found: Contents) -> None:
    if kind == "multipart/signed":
        found.remarks.add("signed", _seal_of(str(part.get_param("protocol", ""))))
    elif kind == "multipart/encrypted":
        found.is_encrypted = True
        found.remarks.add("encrypted")
    if any(isinstance(one, _CUT) for one in part.defects):
        found.remarks.add("multipart_truncated")


def _seal_of(protocol: str) -> str:
    return "OpenPGP" if "pgp" in protocol.lower() else "S/MIME"


def _leaf(part: Part, kind: str, found: Contents, same: Words | None) -> None:
    mend(part)
    name = filename(part)
    if kind.startswith("multipart/"):
        # A boundary that never comes, or is its parent's: what it has is shown as it is.
        found.remarks.add("multipart_without_boundary")
        kind = "text/plain" if name is None else kind
    if kind in _WORDS and name is None and part.get_content_disposition() != "attachment":
        _add_words(part, kind, found, same)
    elif kind.startswith("message/"):
        _passed_on(part, kind, name, found)
    else:
        _attach(part, kind, name, found)


def _add_words(part: Part, kind: str, found: Contents, same: Words | None) -> None:
    text = text_of(part, found.remarks)
    if same is None:
        same = Words()
        found.words.append(same)
    if kind == "text/html":
        same.rich.append(text)
        return
    if kind != "text/plain":
        # RFC 1896: commands in angle brackets, and a doubled one for the sign itself.
        same.rich.append(text.replace("<<", "&lt;"))
        return
    if _PGP in text:
        _remark_pgp(text, found)
    same.plain.append(text)


def _remark_pgp(text: str, found: Contents) -> None:
    if f"{_PGP}MESSAGE-----" in text:
        is_all = text.lstrip().startswith(_PGP)
        found.is_encrypted = found.is_encrypted or is_all
        found.remarks.add("encrypted" if is_all else "encrypted_in_part")
    elif f"{_PGP}SIGNED MESSAGE-----" in text:
        found.remarks.add("signed", "OpenPGP")


def _attach(part: Part, kind: str, name: str | None, found: Contents) -> None:
    content = payload(part, found.remarks)
    if kind in {"application/ms-tnef", "application/vnd.ms-tnef"} or _is_winmail(name):
        _open_winmail(name, kind, content, found)
        return
    if kind == "text/calendar" or (name or "").lower().endswith(".ics"):
        told = in_words(content)
        found.remarks.add("invitation" if told else "invitation_unreadable", told or "")
        name = name or "invitation.ics"
    if kind in {"application/pkcs7-mime", "application/x-pkcs7-mime"}:
        _remark_cms(str(part.get_param("smime-type", "")).lower(), found)
    disposition = part.get_content_disposition()
    content_id = header_text(part, "content-id").strip("<> ")[:300] or None
    is_inline = disposition == "inline" or (content_id is not None and disposition is None)
    found.attach(name or "", kind, content, content_id=content_id, inline=is_inline)


def _remark_cms(kind: str, found: Contents) -> None:
    # RFC 8551 §3.2.2: what is signed is in there as well, and can't be read without opening it.
    if kind == "signed-data":
        found.remarks.add("signed_and_wrapped")
    elif kind != "certs-only":
        found.is_encrypted = True
        found.remarks.add("encrypted")


def _is_winmail(name: str | None) -> bool:
    return (name or "").lower() == "winmail.dat"


def _open_winmail(name: str | None, kind: str, content: bytes, found: Contents) -> None:
    try:
        winmail = unwrapped(content)
    except Broken:
        found.remarks.add("winmail_unreadable")
        found.attach(name or "winmail.dat", kind, content)
        return
    found.remarks.add("winmail")
    has_words = any(one.text.strip() or one.html for one in found.words)
    if not has_words and (winmail.text or winmail.html):
        rich = [winmail.html] if winmail.html else []
        found.words.append(Words(plain=[winmail.text] if winmail.text else [], rich=rich))
    elif not has_words and winmail.has_rtf:
        found.remarks.add("winmail_words")
        found.attach(name or "winmail.dat", kind, content)
    for one in winmail.attachments:
        found.attach(one.name, one.declared_type, one.content, content_id=one.content_id)


def _passed_on(part: Part, kind: str, name: str | None, found: Contents) -> None:
    if kind == "message/partial":
        found.remarks.add("partial")
    if kind == "message/external-body":
        found.remarks.add("external_body")
    content = payload(part, found.remarks)
    inner = None
    if kind in {"message/rfc822", "message/global"}:
        try:
            inner = inner_of(part, content)
        except Unreadable:
            found.remarks.add("forwarded_unreadable")
    if inner is None:
        found.attach(name or "", kind, content)
        return
    subject = shown(header_text(inner, "subject"))
    found.remarks.add("forwarded", subject or "without a subject")
    text = words_of(inner)
    found.attach(name or f"{subject[:150] or 'message'}.eml", kind, content, text=text)
