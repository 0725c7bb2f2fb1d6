"""What is attached: a name that is safe to show and to save under, what it really is, and what
staff should know before they open it. Pure.

Nothing is unpacked here: an archive is said to be one, and what is in it is not looked at.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from itertools import islice
from typing import Final

from services.intake.letter import Attachment

MOST: Final = 100
"""Attachments of one letter."""
_LONGEST_NAME: Final = 200
_LONGEST_WRITTEN: Final = 2000
_LONGEST_EXTENSION: Final = 20
_LOOKED_AT: Final = 8192
_RESERVED: Final = re.compile(
    r"(?:con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(?:\.|$)", re.I
)
_TYPE: Final = re.compile(r"[a-z0-9!#$&^_.+-]{1,80}/[a-z0-9!#$&^_.+-]{1,80}")
_EXTENSIONS: Final = {
    "application/pdf": "pdf",
    "application/rtf": "rtf",
    "application/zip": "zip",
    "application/gzip": "gz",
    "application/msword": "doc",
    "application/vnd.ms-excel": "xls",
    "application/vnd.ms-powerpoint": "ppt",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": "pptx",
    "application/vnd.oasis.opendocument.text": "odt",
    "application/epub+zip": "epub",
    "application/json": "json",
    "application/xml": "xml",
    "application/pgp-signature": "asc",
    "application/pgp-encrypted": "asc",
    "application/pkcs7-signature": "p7s",
    "application/x-pkcs7-signature": "p7s",
    "application/pkcs7-mime": "p7m",
    "application/x-pkcs7-mime": "p7m",
    "application/ms-tnef": "dat",
    "audio/mpeg": "mp3",
    "audio/wav": "wav",
    "audio/mp4": "m4a",
    "image/gif": "gif",
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/svg+xml": "svg",
    "image/tiff": "tif",
    "image/webp": "webp",
    "image/heic": "heic",
    "image/bmp": "bmp",
    "message/rfc822": "eml",
    "message/delivery-status": "txt",
    "text/calendar": "ics",
    "text/csv": "csv",
    "text/html": "html",
    "text/markdown": "md",
    "text/plain": "txt",
    "text/vcard": "vcf",
    "text/x-vcard": "vcf",
    "video/mp4": "mp4",
    "video/quicktime": "mov",
}
_TYPES: Final = {extension: kind for kind, extension in _EXTENSIONS.items()} | {
    "jpeg": "image/jpeg",
    "tiff": "image/tiff",
    "htm": "text/html",
    "dot": "application/msword",
}
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
_PROGRAMS: Final = (
    b"MZ",  # PE
    b"\x7fELF",
    b"\xfe\xed\xfa\xce",  # Mach-O, four ways
    b"\xfe\xed\xfa\xcf",
    b"\xce\xfa\xed\xfe",
    b"\xcf\xfa\xed\xfe",
    b"\xca\xfe\xba\xbe",  # Mach-O for several machines, and Java
    b"dex\n",
    b"L\x00\x00\x00\x01\x14\x02\x00",  # a shortcut
    b"ITSF",  # compiled help
    b"!<arch>\ndebian",
    b"\xed\xab\xee\xdb",  # RPM
)
_SCRIPT: Final = re.compile(rb"\s*(?:<\?php|<job\b|<hta:|@echo off\b|<script\b)", re.I)
_SHOWN_AS_PAGE: Final = re.compile(
    rb"\s{0,500}(?:<\?xml[^>]{0,200}>\s{0,500})?(?:<!--.{0,500}?-->\s{0,500})?"
    rb"(?:<!doctype (?:html|svg)|<html\b|<svg\b)",
    re.I | re.S,
)
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
_TEXT: Final = "text/plain"
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MACROS: Final = (b"vbaProject.bin", "_VBA_PROJECT".encode("utf-16-le"))
_ENCRYPTED_OFFICE: Final = "EncryptedPackage".encode("utf-16-le")
# What OpenDocument, EPUB and the newer Office files are, inside: no archive to a person.
_ZIPPED: Final = (
    (b"word/", _TYPES["docx"]),
    (b"xl/", _TYPES["xlsx"]),
    (b"ppt/", _TYPES["pptx"]),
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
    """An attachment, looked at. `number` is its place, from 1, which names what has no name."""
    declared = declared.lower().strip() if _TYPE.fullmatch(declared.lower().strip()) else ""
    found = type_of(content)
    kind = (declared if found == _TEXT else found) or declared or "application/octet-stream"
    # An empty name, or one of marks alone, is named by what it is.
    safe = cleaned_name(name) or f"attachment-{number}.{_EXTENSIONS.get(kind, 'bin')}"
    return Attachment(
        filename=safe,
        content_type=kind,
        size=len(content),
        declared_type=declared,
        declared_name=name[:255],
        sha256=hashlib.sha256(content).hexdigest(),
        content_id=content_id,
        inline=inline,
        flags=_flags(safe, declared, found, content),
        text=text,
        content=content,
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


def type_of(content: bytes) -> str:
    """What these bytes are, if that can be told; else empty. Text may be of many kinds."""
    head = content[:_LOOKED_AT]
    if _SHOWN_AS_PAGE.match(head):
        return "image/svg+xml" if b"<svg" in head.lower() and b"<html" not in head else "text/html"
    if head.startswith(b"PK\x03\x04"):
        return _zipped(content)
    if _is_program(head):
        return "application/x-executable"
    if _is_text(head):
        return _TEXT if head else ""
    import puremagic  # noqa: PLC0415  half a millisecond for each attachment, and slow to load

    try:
        guesses = puremagic.magic_string(head)
    except (puremagic.PureError, ValueError):
        return ""
    # A signature of two letters fits by chance.
    sure = [one for one in guesses if len(one.byte_match) >= 3 and one.confidence >= 0.3]
    kind = next((one.mime_type for one in sure if one.mime_type), "")
    return _usual(kind) if _TYPE.fullmatch(kind) else ""


def _is_program(head: bytes) -> bool:
    return head.startswith(b"#!") or (head.startswith(_PROGRAMS) and b"\0" in head)


def _usual(kind: str) -> str:
    return {"application/x-gzip": "application/gzip", "audio/x-wav": "audio/wav"}.get(kind, kind)


def _is_text(head: bytes) -> bool:
    return b"\0" not in head and not head.startswith((b"%PDF", b"{\\rtf", b"%!PS"))


def _zipped(content: bytes) -> str:
    # OpenDocument and EPUB say what they are in their first entry, stored as it is.
    if content[30:38] == b"mimetype":
        said = content[38:138].split(b"PK", 1)[0].decode("ascii", "replace").strip().lower()
        if _TYPE.fullmatch(said):
            return said
    names = content[-65536:] + content[:_LOOKED_AT]
    if b"[Content_Types].xml" in names:
        return next((kind for part, kind in _ZIPPED if part in names), "application/zip")
    return "application/zip"


def _flags(name: str, declared: str, found: str, content: bytes) -> tuple[str, ...]:
    extension = name.rpartition(".")[2].lower() if "." in name else ""
    head = content[:_LOOKED_AT]
    is_package = found.startswith(("application/vnd.o", "application/epub"))
    has_macros = head.startswith((b"PK\x03\x04", _OLE)) and any(one in content for one in _MACROS)
    is_program = _is_program(head) or _SCRIPT.match(head) is not None
    raised = {
        "executable": extension in _EXECUTABLE or is_program or has_macros,
        "macros": has_macros,
        "active": found in {"text/html", "image/svg+xml"} or extension in {"html", "htm", "svg"},
        "type_mismatch": _disagrees(extension, declared, found),
        "archive": head.startswith(_ARCHIVES) and not is_package,
        "encrypted": _is_locked(head, content),
    }
    return tuple(flag for flag, is_raised in raised.items() if is_raised)


def _is_locked(head: bytes, content: bytes) -> bool:
    # APPNOTE §4.4.4: the first bit says that an entry is encrypted.
    in_zip = head.startswith(b"PK\x03\x04") and len(head) > 6 and bool(head[6] & 1)
    return in_zip or (head.startswith(_OLE) and _ENCRYPTED_OFFICE in content)


def _disagrees(extension: str, declared: str, found: str) -> bool:
    """Whether its name or its sender says that it is something of another kind than it is."""
    claims = {_family(declared), _family(_TYPES.get(extension, ""))} - {""}
    if found == _TEXT:  # which is often called a spreadsheet, or a message, and rightly so
        return not claims.isdisjoint({"image", "media", "pdf"})
    return bool(found) and claims - {_family(found)} != set()


def _family(kind: str) -> str:
    """Types that are often taken for each other, without harm; empty for what says nothing."""
    main, _, sub = kind.partition("/")
    if kind in {"text/html", "image/svg+xml", "application/xhtml+xml"}:
        return "page"
    if main in {"image", "text", "message"}:
        return main
    if main in {"audio", "video"} or sub == "ogg":
        return "media"
    if sub == "pdf":
        return "pdf"
    if sub in {"msword", "rtf"} or sub.startswith(("vnd.ms-", "vnd.o")):
        return "office"
    return "program" if sub == "x-executable" else ""
