"""What is attached: a name that is safe to show and to save under, what it really is, and what
staff should know before they open it. Pure.

Nothing is unpacked here: an archive is said to be one, and what is in it is not looked at. Nor
need a file be there whole: it is looked at while it passes by.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Final, Literal

from shared.file_types import (
    EXTENSIONS,
    LAST,
    LOOKED_AT,
    TEXT,
    TYPE,
    disagrees,
    is_program,
    type_of,
)

Scan = Literal["unscanned", "held", "unscannable", "clean", "infected"]
"""What is known of viruses in an attachment. `unscanned`: nothing looks for them here; `held`: it
has not been looked at yet, and is given to nobody until it has; `unscannable`: the same, after
several looks without a verdict."""

MOST: Final = 100
"""Attachments of one letter that comes in."""
MOST_OF_A_REPLY: Final = 20
"""Attachments of one that goes out."""
MOST_OF_A_LETTER: Final = 20_000_000
"""Bytes of a letter as it goes out, all of it: what any relay takes."""
MOST_WITHOUT_LINKS: Final = 14_000_000
"""Bytes of attachments that, written as mail wants it, are still in a letter of that size."""
_LONGEST_NAME: Final = 200
_LONGEST_WRITTEN: Final = 2000
_LONGEST_EXTENSION: Final = 20
_OVERLAP: Final = 64
"""Bytes; no mark that is looked for has more."""
_RESERVED: Final = re.compile(
    r"(?:con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(?:\.|$)", re.I
)
_EXECUTABLE_LISTED: Final = (
    "ace action ade adp apk app appimage application appref-ms appx appxbundle bas bat chm cmd "
    "com command cpl crt csh deb desktop diagcab dll dmg docm dotm elf exe fxp gadget hlp hta "
    "img inf ins ipa iqy iso isp jar jnlp js jse ksh lib library-ms lnk mad maf mam mda mdb mde "
    "mdt mdw mdz mht mhtml msc msh msh1 msh2 msi msix mst msp mui mui nsh ocx one osd out pcd "
    "phar php pif pl potm ppam ppsm pptm prg ps1 ps1xml ps2 psc1 psc2 psd1 psm1 py pyc pyw pyz "
    "rb reg rgs rpm run scf scr sct settingcontent-ms sh shb shs slk sldm so svgz swf sys theme "
    "tmp udl url vb vbe vbp vbs vbscript vhd vhdx vxd website wim workflow ws wsc wsf wsh xbap "
    "xlam xll xlsb xlsm xltm xnk xpi"
)
_EXECUTABLE: Final = frozenset(_EXECUTABLE_LISTED.split())
_SCRIPT: Final = re.compile(rb"\s*(?:<\?php|<job\b|<hta:|@echo off\b|<script\b)", re.I)
_ARCHIVES: Final = (
    b"PK\x03\x04",
    b"PK\x05\x06",
    b"Rar!",
    b"7z\xbc\xaf\x27\x1c",
    b"\x1f\x8b",
    b"BZh",
    b"\xfd7zXZ",
    b"\x28\xb5\x2f\xfd",
    b"MSCF",
)
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MACROS: Final = (b"vbaProject.bin", "_VBA_PROJECT".encode("utf-16-le"))
_ENCRYPTED_OFFICE: Final = "EncryptedPackage".encode("utf-16-le")
_MARKS: Final = (*_MACROS, _ENCRYPTED_OFFICE)
_WITH_MARKS: Final = (b"PK\x03\x04", _OLE)
"""What a file begins with that may have such marks in it."""


@dataclass(frozen=True)
class Attachment:
    """What came with a letter, or goes with one. `filename` is made safe to show and to save under;
    it is data all the same, never a path here."""

    filename: str
    content_type: str
    """By what is in it, where that can be told; else what the sender says."""
    size: int
    """Bytes, decoded."""
    declared_type: str = ""
    declared_name: str = ""
    """What the sender called it, decoded; may be empty, or anything."""
    sha256: str = ""
    content_id: str | None = None
    """What the letter's HTML calls it (RFC 2392), without angle brackets."""
    inline: bool = False
    """Whether it is a part of the letter's looks, such as a picture in it."""
    flags: tuple[str, ...] = ()
    """What staff should know before they open it: `executable`, `type_mismatch`, …"""
    state: Scan = "unscanned"
    text: str = ""
    """Its words, if it is a message that was passed on."""
    content: bytes = field(default=b"", repr=False)

    @property
    def row(self) -> dict[str, Any]:
        """What is known of it, as letters keep it; its content is a file, stored before."""
        return {
            "file": None,
            "filename": self.filename,
            "content_type": self.content_type,
            "size": self.size,
            "declared_type": self.declared_type,
            "declared_name": self.declared_name,
            "sha256": self.sha256,
            "content_id": self.content_id,
            "inline": self.inline,
            "flags": self.flags,
            "state": self.state,
            "text": self.text,
        }


class Look:
    """A file that is looked at as it passes by, in pieces of whatever size."""

    def __init__(self) -> None:
        self.size = 0
        self._digest = hashlib.sha256()
        self._head = b""
        self._last = b""
        self._found: set[bytes] = set()

    def add(self, piece: bytes) -> None:
        """The next piece of it."""
        self.size += len(piece)
        self._digest.update(piece)
        if len(self._head) < LOOKED_AT:
            self._head += piece[: LOOKED_AT - len(self._head)]
        if self._head.startswith(_WITH_MARKS):
            seen = self._last[-_OVERLAP:] + piece if self._last else piece
            self._found |= {one for one in _MARKS if one in seen}
        self._last = (self._last + piece[-LAST:])[-LAST:]

    def attachment(
        self,
        name: str,
        declared: str,
        number: int,
        *,
        content_id: str | None = None,
        inline: bool = False,
        text: str = "",
        content: bytes = b"",
    ) -> Attachment:
        """What it is. `number` is its place, from 1, which names what has no name."""
        declared = declared.lower().strip() if TYPE.fullmatch(declared.lower().strip()) else ""
        found = type_of(self._head, self._last)
        kind = (declared if found == TEXT else found) or declared or "application/octet-stream"
        # An empty name, or one of marks alone, is named by what it is.
        safe = cleaned_name(name) or f"attachment-{number}.{EXTENSIONS.get(kind, 'bin')}"
        return Attachment(
            filename=safe,
            content_type=kind,
            size=self.size,
            declared_type=declared,
            declared_name=name[:255],
            sha256=self._digest.hexdigest(),
            content_id=content_id,
            inline=inline,
            flags=_flags(safe, declared, found, self._head, self._found),
            text=text,
            content=content,
        )


def attached(
    name: str,
    declared: str,
    content: bytes,
    number: int,
    *,
    content_id: str | None = None,
    inline: bool = False,
    text: str = "",
) -> Attachment:
    """An attachment that is there whole, looked at."""
    look = Look()
    look.add(content)
    return look.attachment(
        name, declared, number, content_id=content_id, inline=inline, text=text, content=content
    )


def attached_all(files: Iterable[tuple[str, str, bytes]]) -> tuple[Attachment, ...]:
    """Attachments of a name, a declared type and a content each, as a form or a program gives."""
    numbered = enumerate(islice(files, MOST), 1)
    return tuple(
        attached(name, kind, content, number) for number, (name, kind, content) in numbered
    )


def cleaned_name(name: str) -> str:
    """A name that is one name in one folder, shows what it is, and opens nothing by itself."""
    if len(name) > 2 * _LONGEST_WRITTEN:
        name = name[:_LONGEST_WRITTEN] + name[-_LONGEST_WRITTEN:]
    name = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    letters = (one for one in name if not _is_unseen(one))
    name = "".join("_" if one in '<>:"|?*' else " " if one.isspace() else one for one in letters)
    name = " ".join(name.split()).lstrip(". ").rstrip(". ")
    if _RESERVED.match(name):
        name = f"_{name}"
    stem, dot, extension = name.rpartition(".")
    if dot and len(extension) <= _LONGEST_EXTENSION:
        return f"{stem[: _LONGEST_NAME - len(extension) - 1].rstrip('. ')}.{extension}"
    return name[:_LONGEST_NAME].rstrip(". ")


def _is_unseen(letter: str) -> bool:
    # Controls, marks that turn the text round or have no width, halves, and what is no letter yet.
    return not letter.isprintable() and not letter.isspace()


def _flags(name: str, declared: str, found: str, head: bytes, marks: set[bytes]) -> tuple[str, ...]:
    extension = name.rpartition(".")[2].lower() if "." in name else ""
    is_package = found.startswith(("application/vnd.o", "application/epub"))
    has_macros = not marks.isdisjoint(_MACROS)
    is_run = is_program(head) or _SCRIPT.match(head) is not None
    raised = {
        "executable": extension in _EXECUTABLE or is_run or has_macros,
        "macros": has_macros,
        "active": found in {"text/html", "image/svg+xml"} or extension in {"html", "htm", "svg"},
        "type_mismatch": disagrees(extension, declared, found),
        "archive": head.startswith(_ARCHIVES) and not is_package,
        "encrypted": _is_locked(head, marks),
    }
    return tuple(flag for flag, is_raised in raised.items() if is_raised)


def _is_locked(head: bytes, marks: set[bytes]) -> bool:
    # APPNOTE §4.4.4: the first bit says that an entry is encrypted.
    in_zip = head.startswith(b"PK\x03\x04") and len(head) > 6 and bool(head[6] & 1)
    return in_zip or (head.startswith(_OLE) and _ENCRYPTED_OFFICE in marks)
