"""Bytes to text, in whatever charset they are really written. Pure; never raises.

The declared charset first, if it is known and can be true; else UTF-8, which hardly anything else
is by chance; else what a long text looks like; else Windows' Latin. Short text is never guessed.
"""

import codecs
import re
from contextlib import suppress
from functools import lru_cache
from typing import Final

from services.intake.remarks import Remarks

# Text encodings alone: Python knows others by which a short mail makes much work, or no text.
_KNOWN: Final = re.compile(
    r"(?:ascii|utf|iso|cp\d|koi|gb|big5|euc|shift|johab|hz|mac-?[a-z]|latin|tis|kz|ptcp)"
)
_ALIASES: Final = {
    # WHATWG Encoding §4.2: what these names mean in practice is the larger set.
    "iso8859-1": "cp1252",
    "ascii": "cp1252",
    "iso8859-9": "cp1254",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "euc_kr": "cp949",
    "shift_jis": "cp932",
    "tis-620": "cp874",
    "iso8859-11": "cp874",
    "big5": "big5hkscs",
}
_SPELLINGS: Final = {
    # RFC 1556: the same letters, another order of display.
    "iso-8859-8-i": "iso-8859-8",
    "iso-8859-8-e": "iso-8859-8",
    "utf8mb4": "utf-8",
    "unicode-1-1-utf-7": "utf-7",
    "x-sjis": "shift_jis",
    "windows-874": "cp874",
    "ks_c_5601-1987": "cp949",
    "x-gbk": "gbk",
    "ansi_x3.110-1983": "cp1252",
    "unknown-8bit": "",
    "x-unknown": "",
    "unknown": "",
    "default": "",
}
_LATIN: Final = frozenset({"cp1252", "iso8859-15", "mac-roman"})
_STATEFUL: Final = ("iso2022", "hz", "utf-7", "utf-16", "utf-32")
_WIDE: Final = ("utf-16", "utf-32")
_SEVERAL: Final = ("gb", "big5", "euc", "shift", "cp932", "cp949", "johab")
_LONG: Final = 300
"""Bytes beyond ASCII from which the look of a text says something."""
_LOOKED_AT: Final = 64 * 1024
_GARBLED: Final = re.compile(r"[ÃÂâÐÑØÙ][\u0080-\u00bf‚ƒ„…†‡ˆ‰Š‹Œ‘’“”•–—˜™š›œž€Ÿ ]")


def decoded_bytes(content: bytes, charset: str | None) -> str:
    """Text of these bytes; half a character, which no database can keep, is replaced."""
    return read_bytes(content, charset, Remarks())


def read_bytes(content: bytes, charset: str | None, remarks: Remarks) -> str:
    """Text of these bytes; what had to be guessed or repaired is remarked."""
    codec = _codec(charset)
    if content.isascii() and not (codec and codec.startswith(_STATEFUL)):
        return content.decode("ascii")
    text = _as_declared(content, codec, charset or "", remarks)
    if text is None:
        text = _as_it_looks(content, codec, charset or "", remarks)
    return _restored(text.encode("utf-8", "replace").decode("utf-8"), remarks)


@lru_cache(maxsize=256)
def _codec(charset: str | None) -> str | None:
    """The codec for a declared charset; None if there is none that this program trusts."""
    name = (charset or "").strip("\"' \t").lower()[:40]
    name = _SPELLINGS.get(name, name)
    for spelling in (name, name.removeprefix("x-").removeprefix("cs")):
        with suppress(LookupError, ValueError):
            found = codecs.lookup(spelling).name
            return _ALIASES.get(found, found) if _KNOWN.match(found) else None
    return None


def _as_declared(content: bytes, codec: str | None, charset: str, remarks: Remarks) -> str | None:
    if codec is None:
        return None
    if codec.startswith(_WIDE) and content.isascii() and b"\0" not in content:
        remarks.add("charset_false", charset, "ASCII")  # two letters would be one Chinese one
        return content.decode("ascii")
    if codec not in {"utf-8", "utf-8-sig"} and not codec.startswith(_STATEFUL):
        # Every byte is something in these, so that only what it makes tells whether it is true.
        text = _as_utf_8(content)
        if text is not None and (codec in _LATIN or sum(one > 127 for one in text.encode()) >= 12):
            if codec != "cp1252" or charset.lower().replace("_", "-") not in {"us-ascii", "ascii"}:
                remarks.add("charset_false", charset, "UTF-8")
            return text
    try:
        return content.decode(codec)
    except (ValueError, LookupError):
        return _mostly(content, codec, remarks)


def _mostly(content: bytes, codec: str, remarks: Remarks) -> str | None:
    """A broken letter here and there makes no other charset of it, where letters are told by
    several bytes each."""
    if not codec.startswith((*_STATEFUL, *_SEVERAL)):
        return None
    text = content.decode(codec, "replace")
    lost = text.count("\ufffd")
    read = sum(one > "\x7f" for one in text) - lost
    if lost > max(1, read // 10):
        return None
    remarks.add("letters_lost")
    return text


def _as_utf_8(content: bytes) -> str | None:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None


def _as_it_looks(content: bytes, codec: str | None, charset: str, remarks: Remarks) -> str:
    text, name = _mostly_utf_8(content), "UTF-8"
    if text is None:
        name = _likely(content) or "cp1252"
        text = content.decode(name, "replace")
    if _named(charset) and not (codec == "utf-8" and name == "UTF-8"):
        remarks.add("charset_false" if codec else "charset_unknown", charset, _spoken(name))
    elif not _named(charset) and name != "UTF-8":
        remarks.add("charset_guessed", read_as=_spoken(name))
    if "\ufffd" in text:
        remarks.add("letters_lost")
    return text


def _mostly_utf_8(content: bytes) -> str | None:
    """UTF-8 that was cut, or has a broken byte here and there, is no other charset."""
    text = content.decode("utf-8-sig", "replace")
    lost = text.count("\ufffd")
    read = sum(one > "\x7f" for one in text) - lost if lost else 0
    return text if not lost or (read and lost <= max(1, read // 10)) else None


def _named(charset: str) -> bool:
    """Whether it says anything at all."""
    name = charset.strip("\"' \t").lower()
    return bool(_SPELLINGS.get(name, name))


def _spoken(codec: str) -> str:
    return {"cp1252": "Windows-1252 (Western)"}.get(codec, codec)


def _likely(content: bytes) -> str | None:
    """What a long text looks like, if that is clear."""
    sample = content[:_LOOKED_AT]
    if sum(one > 127 for one in sample) < _LONG:
        return None
    from charset_normalizer import from_bytes  # noqa: PLC0415  rare, and slow to load

    best = from_bytes(sample, steps=5, chunk_size=1024).best()
    codec = _codec(best.encoding) if best else None
    try:
        return codec if codec and content.decode(codec) else None
    except ValueError:
        return None


def _restored(text: str, remarks: Remarks) -> str:
    """Undo UTF-8 that was once taken for Windows' Latin, if all of the text says that it was."""
    if not _GARBLED.search(text):
        return text
    with suppress(UnicodeError):
        restored = text.encode("cp1252").decode("utf-8")
        remarks.add("letters_restored")
        return restored
    return text
