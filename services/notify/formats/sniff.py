"""Tells what a source really is, and refuses what can't or mustn't be read. Reads, writes nothing.

Its name may lie, and so may an archive's own account of how large its parts are.
"""

import zipfile
from pathlib import Path
from typing import Final, cast

from services.notify.formats.findings import Reason, Refused
from services.notify.formats.job import Job, Kind
from shared.file_types import LAST, LOOKED_AT, type_of

_OF_TYPE: Final[dict[str, Kind]] = {
    "application/pdf": "pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": "pptx",
    "application/vnd.oasis.opendocument.text": "odt",
    "application/epub+zip": "epub",
    "text/html": "html",
    "image/png": "image",
    "image/jpeg": "image",
    "image/tiff": "image",
}
_OF_NAME: Final[dict[str, Kind]] = {
    "docx": "docx",
    "odt": "odt",
    "epub": "epub",
    "pptx": "pptx",
    "pdf": "pdf",
    "html": "html",
    "htm": "html",
    "xhtml": "html",
    "md": "markdown",
    "markdown": "markdown",
    "txt": "text",
    "png": "image",
    "jpg": "image",
    "jpeg": "image",
    "tif": "image",
    "tiff": "image",
}
_TEXTS: Final = frozenset(("markdown", "text", "html"))
_MOST_PARTS: Final = 10_000
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LOCKED_OFFICE: Final = "EncryptedPackage".encode("utf-16-le")
_FONT_DISGUISES: Final = (
    b"http://www.idpf.org/2008/embedding",
    b"http://ns.adobe.com/pdf/enc#RC",
)


def kind_of(source: Path, job: Job) -> Kind:
    """Raises: Refused."""
    size = source.stat().st_size
    with source.open("rb") as opened:
        head = opened.read(LOOKED_AT)
        opened.seek(max(0, size - LAST))
        last = opened.read(LAST)
    if head.startswith(_OLE):
        reason = Reason.ENCRYPTED if _LOCKED_OFFICE in source.read_bytes() else Reason.UNKNOWN
        raise Refused(reason)
    named = _OF_NAME.get(job.extension)
    found = _OF_TYPE.get(type_of(head, last)) or _by_parts(source, head)
    if found is None:
        found = _text_kind(head, named)
    # Text of any kind may be named as text of another; nothing else may be.
    if named is not None and named != found and not {named, found} <= _TEXTS:
        raise Refused(Reason.MISTYPED, f"It is named as {named}, and is {found}.")
    if head.startswith(b"PK"):
        _check_archive(source, job.most_bytes)
    return cast(Kind, named if {named, found} <= _TEXTS else found)


def _text_kind(head: bytes, named: Kind | None) -> Kind:
    if b"\0" in head or head.startswith((b"PK", b"%PDF", b"{\\rtf", b"%!PS", b"#!", b"\x7fELF")):
        raise Refused(Reason.MISTYPED if named else Reason.UNKNOWN)
    if not head.strip():
        raise Refused(Reason.EMPTY)
    return named if named in _TEXTS else "text"


def _by_parts(source: Path, head: bytes) -> Kind | None:
    """What an archive is by what is in it: few writers put the tell-tale part first."""
    if not head.startswith(b"PK"):
        return None
    parts = set(_opened(source).namelist())
    for part, kind in (("word/document.xml", "docx"), ("ppt/presentation.xml", "pptx")):
        if part in parts:
            return cast(Kind, kind)
    return "epub" if "META-INF/container.xml" in parts else None


def _opened(source: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(source)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise Refused(Reason.DAMAGED, "The archive in it can't be opened.") from error


def _check_archive(source: Path, most_bytes: int) -> None:
    """Raises: Refused: locked, protected, or a bomb."""
    with _opened(source) as archive:
        parts = archive.infolist()
        if len(parts) > _MOST_PARTS:
            raise Refused(Reason.TOO_LARGE, f"It has {len(parts)} parts.")
        if any(part.flag_bits & 1 for part in parts):
            raise Refused(Reason.ENCRYPTED)
        # Each part is really unpacked, and counted: what an archive says of itself is not believed.
        left = most_bytes
        for part in parts:
            left = _unpacked(archive, part, left)
        _check_rights(archive, {part.filename for part in parts})


def _unpacked(archive: zipfile.ZipFile, part: zipfile.ZipInfo, left: int) -> int:
    try:
        with archive.open(part) as opened:
            while piece := opened.read(1024 * 1024):
                left -= len(piece)
                if left < 0:
                    raise Refused(Reason.TOO_LARGE, "It unpacks to more than is allowed.")
    except (zipfile.BadZipFile, OSError, EOFError, ValueError, NotImplementedError) as error:
        raise Refused(Reason.DAMAGED, "A part of its archive can't be unpacked.") from error
    except Exception as error:  # zlib.error and the like of other methods
        if isinstance(error, Refused):
            raise
        raise Refused(Reason.DAMAGED, "A part of its archive can't be unpacked.") from error
    return left


def _check_rights(archive: zipfile.ZipFile, names: set[str]) -> None:
    """Raises: Refused: EPUB with DRM, or OpenDocument with a password."""
    if "META-INF/rights.xml" in names or "META-INF/license.lcpl" in names:
        raise Refused(Reason.PROTECTED)
    if "META-INF/encryption.xml" in names:
        said = archive.read("META-INF/encryption.xml")
        # Disguised fonts are not protected text: nothing is lost without them.
        if said.count(b"<enc:EncryptedData") + said.count(b"<EncryptedData") > sum(
            said.count(one) for one in _FONT_DISGUISES
        ):
            raise Refused(Reason.PROTECTED)
    if "META-INF/manifest.xml" in names and b"encryption-data" in archive.read(
        "META-INF/manifest.xml"
    ):
        raise Refused(Reason.ENCRYPTED)
