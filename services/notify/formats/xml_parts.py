"""The XML in a patron's archive: parsed so that it fetches nothing, and put back. Runs in the
confined child."""

import zipfile
from pathlib import Path
from typing import Any

from lxml import etree

from services.notify.formats.findings import Reason, Refused


def parsed(raw: bytes) -> Any:
    """XML that fetches nothing and expands nothing. Raises: Refused."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    try:
        return etree.fromstring(raw, parser)
    except etree.XMLSyntaxError as error:
        reason = Reason.TOO_DEEP if "depth" in str(error).lower() else Reason.DAMAGED
        raise Refused(reason, "A part of it is no XML.") from error


def copied(archive: zipfile.ZipFile, target: Path, new: dict[str, bytes]) -> None:
    """The archive again, with these parts instead of its own."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as made:
        for part in archive.infolist():
            if not part.is_dir():
                content = new.get(part.filename)
                made.writestr(part.filename, archive.read(part) if content is None else content)
