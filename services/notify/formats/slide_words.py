"""Keeps what pandoc's reader drops of slides: a box that holds a formula, it leaves out whole.
Reads files of the confined child.
"""

import re
import zipfile
from pathlib import Path
from typing import Any, Final

from lxml import etree

from services.notify.formats.findings import Reason, Refused
from services.notify.formats.xml_parts import copied, parsed

_A: Final = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_P: Final = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
_M: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_MC: Final = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_FORMULA: Final = "{http://schemas.microsoft.com/office/drawing/2010/main}m"
_SLIDE: Final = re.compile(r"ppt/slides/slide\d+\.xml")


def marked(source: Path, target: Path) -> int:
    """How many formulas are now letters and signs; `target` is the file without choices in it.

    Raises: Refused.
    """
    with zipfile.ZipFile(source) as archive:
        names = archive.namelist()
        if "ppt/presentation.xml" not in names:
            raise Refused(Reason.DAMAGED, "It has no list of slides.")
        slides = {one: parsed(archive.read(one)) for one in names if _SLIDE.fullmatch(one)}
        formulas = sum(_settled(slide) for slide in slides.values())
        copied(archive, target, {name: etree.tostring(tree) for name, tree in slides.items()})
    return formulas


def _settled(slide: Any) -> int:
    for either in list(slide.iter(f"{_MC}AlternateContent")):
        chosen = either.find(f"{_MC}Choice")
        if chosen is None or next(chosen.iter(f"{_P}sp"), None) is None:
            continue
        place = either.getparent().index(either)
        for number, one in enumerate(list(chosen)):
            either.getparent().insert(place + number, one)
        either.getparent().remove(either)
    formulas = list(slide.iter(_FORMULA))
    for formula in formulas:
        run = etree.Element(f"{_A}r")
        text = etree.SubElement(run, f"{_A}t")
        text.text = " " + " ".join(one.text or "" for one in formula.iter(f"{_M}t")) + " "
        formula.getparent().replace(formula, run)
    return len(formulas)
