"""What a file is: by its first and last bytes, by its name, and what the two say together. Pure.

Nothing is unpacked: an archive is said to be one.
"""

import re
from typing import Final

LOOKED_AT: Final = 8192
"""Bytes of its beginning by which a file is known."""
LAST: Final = 65536
"""The same of its end, where archives have their names."""
TYPE: Final = re.compile(r"[a-z0-9!#$&^_.+-]{1,80}/[a-z0-9!#$&^_.+-]{1,80}")
EXTENSIONS: Final = {
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
_TYPES: Final = {extension: kind for kind, extension in EXTENSIONS.items()} | {
    "jpeg": "image/jpeg",
    "tiff": "image/tiff",
    "htm": "text/html",
    "dot": "application/msword",
}
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
_SHOWN_AS_PAGE: Final = re.compile(
    rb"\s{0,500}(?:<\?xml[^>]{0,200}>\s{0,500})?(?:<!--.{0,500}?-->\s{0,500})?"
    rb"(?:<!doctype (?:html|svg)|<html\b|<svg\b)",
    re.I | re.S,
)
TEXT: Final = "text/plain"
# What OpenDocument, EPUB and the newer Office files are, inside: no archive to a person.
_ZIPPED: Final = (
    (b"word/", _TYPES["docx"]),
    (b"xl/", _TYPES["xlsx"]),
    (b"ppt/", _TYPES["pptx"]),
)


def type_of(content: bytes, last: bytes = b"") -> str:
    """What a file is that begins and ends so, if that can be told; else empty. Text may be of many
    kinds."""
    head = content[:LOOKED_AT]
    if _SHOWN_AS_PAGE.match(head):
        return "image/svg+xml" if b"<svg" in head.lower() and b"<html" not in head else "text/html"
    if head.startswith(b"PK\x03\x04"):
        return _zipped(head, last or content[-LAST:])
    if is_program(head):
        return "application/x-executable"
    if _is_text(head):
        return TEXT if head else ""
    import puremagic  # noqa: PLC0415  half a millisecond for each attachment, and slow to load

    try:
        guesses = puremagic.magic_string(head)
    except (puremagic.PureError, ValueError):
        return ""
    # A signature of two letters fits by chance.
    sure = [one for one in guesses if len(one.byte_match) >= 3 and one.confidence >= 0.3]
    kind = next((one.mime_type for one in sure if one.mime_type), "")
    return _usual(kind) if TYPE.fullmatch(kind) else ""


def is_program(head: bytes) -> bool:
    return head.startswith(b"#!") or (head.startswith(_PROGRAMS) and b"\0" in head)


def _usual(kind: str) -> str:
    return {"application/x-gzip": "application/gzip", "audio/x-wav": "audio/wav"}.get(kind, kind)


def _is_text(head: bytes) -> bool:
    return b"\0" not in head and not head.startswith((b"%PDF", b"{\\rtf", b"%!PS"))


def _zipped(head: bytes, last: bytes) -> str:
    # OpenDocument and EPUB say what they are in their first entry, stored as it is.
    if head[30:38] == b"mimetype":
        said = head[38:138].split(b"PK", 1)[0].decode("ascii", "replace").strip().lower()
        if TYPE.fullmatch(said):
            return said
    names = last + head
    if b"[Content_Types].xml" in names:
        return next((kind for part, kind in _ZIPPED if part in names), "application/zip")
    return "application/zip"


def disagrees(extension: str, declared: str, found: str) -> bool:
    """Whether its name or its sender says that it is something of another kind than it is."""
    claims = {_family(declared), _family(_TYPES.get(extension, ""))} - {""}
    if found == TEXT:  # which is often called a spreadsheet, or a message, and rightly so
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
