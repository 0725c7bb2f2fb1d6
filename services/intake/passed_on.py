"""A message that came in another one (RFC 2046 §5.2): what it says, and who said it. Pure."""

from collections.abc import Iterator
from email.message import Message as Part
from typing import Final

from services.intake.headers import header_text
from services.intake.leaf import children, filename, text_of
from services.intake.mime import parse
from services.intake.remarks import Remarks

_LONGEST: Final = 100_000
"""Characters."""
_DEEPEST: Final = 20


def inner_of(part: Part, content: bytes) -> Part | None:
    """The message in a part. Raises: Unreadable: it has what only an attack has."""
    messages = children(part)
    if messages is None:
        return parse(content)
    inner = messages[0] if messages else None
    if inner is not None and not inner.keys() and part.get("content-transfer-encoding"):
        # RFC 2046 §5.2.1 forbids to encode it; some do.
        inner["Content-Transfer-Encoding"] = str(part["content-transfer-encoding"])
        content_inside = inner.get_payload(decode=True)
        return parse(content_inside) if isinstance(content_inside, bytes) else None
    return inner


def words_of(inner: Part) -> str:
    """Its words under who wrote it, and when: never the words of who passed it on."""
    head = [f"{name}: {header_text(inner, name)}" for name in ("From", "Date", "Subject")]
    return "\n".join([*head, "", *_texts(inner, 0)])[:_LONGEST]


def _texts(part: Part, depth: int) -> Iterator[str]:
    if part.get_content_maintype() == "multipart":
        for child in (children(part) or ()) if depth < _DEEPEST else ():
            yield from _texts(child, depth + 1)
    elif part.get_content_type() == "text/plain" and filename(part) is None:
        yield text_of(part, Remarks())
