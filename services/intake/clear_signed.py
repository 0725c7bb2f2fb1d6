"""What OpenPGP puts around a text that it signs and leaves readable (RFC 9580 §7). Pure."""

from collections.abc import Iterable, Iterator
from typing import Final

from services.intake.reply_html import Line

_BEGINS: Final = "-----BEGIN PGP SIGNED MESSAGE-----"
_SIGNATURE: Final = "-----BEGIN PGP SIGNATURE-----"
_ENDS: Final = "-----END PGP SIGNATURE-----"


def marked(lines: Iterable[str]) -> Iterator[Line]:
    """The lines, those that OpenPGP has put there marked as signature; those that it wrote with a
    dash and a blank before them (§7.2) as they were."""
    inside = ""
    for line in lines:
        said = line.rstrip()
        if said == _BEGINS:
            inside = "headers"
        elif said == _SIGNATURE and inside:
            inside = "signature"
        elif inside == "headers" and said and ": " not in said:
            inside = "text"
        if inside in {"headers", "signature"}:
            yield Line(line, "signature")
        elif inside == "text" and line.startswith("- "):
            yield Line(line[2:], "")
        else:
            yield Line(line, "")
        if inside == "headers" and not said:
            inside = "text"
        elif said == _ENDS:
            inside = ""
