"""The images of a document: which of them can be shown. Runs in the confined child."""

import base64
import binascii
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote_to_bytes

from services.notify.formats.tree import walk

_STARTS: Final = {
    b"\x89PNG\r\n\x1a\n": {".png"},
    b"\xff\xd8\xff": {".jpg", ".jpeg"},
    b"GIF8": {".gif"},
    b"RIFF": {".webp"},
}
_MOST: Final = 30_000_000
"""Bytes of one image."""


_CARRIED: Final = {
    "data:image/png": ".png",
    "data:image/jpeg": ".jpg",
    "data:image/jpg": ".jpg",
    "data:image/gif": ".gif",
    "data:image/webp": ".webp",
    "data:image/svg+xml": ".svg",
}


def unpack(blocks: list[Any], media: Path) -> None:
    """Lay down as files the images that a page carries in its addresses (RFC 2397)."""
    for number, node in enumerate(one for one in walk(blocks) if one["t"] == "Image"):
        head, _, body = node["c"][2][0].partition(",")
        kind, *parameters = head.split(";")
        suffix = _CARRIED.get(kind.lower())
        if suffix is None:
            continue
        try:
            content = unquote_to_bytes(body)
            if "base64" in parameters:
                content = base64.b64decode(content)
        except binascii.Error:
            continue  # It is told of as an image that can't be shown.
        media.mkdir(exist_ok=True)
        path = media / f"carried{number}{suffix}"
        path.write_bytes(content)
        node["c"][2][0] = path.as_posix()


def settle(media: Path) -> None:
    """Take away what is no image that every reader shows, or is called what it isn't."""
    for path in sorted(media.rglob("*")) if media.is_dir() else ():
        if path.is_file() and not _is_image(path):
            path.unlink()


def _is_image(path: Path) -> bool:
    if path.is_symlink() or path.stat().st_size > _MOST:
        return False
    with path.open("rb") as opened:
        head = opened.read(4096)
    suffix = path.suffix.lower()
    if suffix == ".svg":
        # Pictures that run, or that fetch, are none.
        return b"<svg" in head and not _is_active(path.read_bytes().lower())
    return any(head.startswith(start) and suffix in kinds for start, kinds in _STARTS.items())


def _is_active(svg: bytes) -> bool:
    marks = (b"<script", b"<!entity", b"<foreignobject", b'href="http', b"href='http", b"url(http")
    return any(mark in svg for mark in marks) or (
        b" on" in svg.replace(b"\n", b" ") and b"onload" in svg
    )


def names(media: Path) -> set[str]:
    """Of the images that are there, as a tree names them."""
    if not media.is_dir():
        return set()
    return {path.as_posix() for path in media.rglob("*") if path.is_file()}
