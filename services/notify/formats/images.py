"""The images of a document: which of them can be shown. Runs in the confined child."""

from pathlib import Path
from typing import Final

_STARTS: Final = {
    b"\x89PNG\r\n\x1a\n": {".png"},
    b"\xff\xd8\xff": {".jpg", ".jpeg"},
    b"GIF8": {".gif"},
    b"RIFF": {".webp"},
}
_MOST: Final = 30_000_000
"""Bytes of one image."""


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
