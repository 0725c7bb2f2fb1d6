"""Writes a DAISY 2.02 book of sound and text, zipped, and checks it.

https://daisy.org/activities/standards/daisy/daisy-2/daisy-format-2-02-specification/
"""

import re
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from xml.sax.saxutils import escape, quoteattr

from services.notify.formats.chapters import Chapter
from services.notify.formats.findings import Finding, Refused, failure
from services.notify.formats.linear import Passage
from services.notify.formats.tree import Document, is_rtl
from services.notify.formats.xml_parts import parsed

_HEAD: Final = '<?xml version="1.0" encoding="utf-8"?>\n'
_SMIL: Final = (
    '<!DOCTYPE smil PUBLIC "-//W3C//DTD SMIL 1.0//EN" "http://www.w3.org/TR/REC-smil/SMIL10.dtd">\n'
)
_XHTML: Final = (
    '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" '
    '"http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">\n'
)
_NEEDED: Final = frozenset(
    (
        *("dc:creator", "dc:date", "dc:format", "dc:identifier", "dc:language", "dc:publisher"),
        *("dc:title", "ncc:charset", "ncc:pageFront", "ncc:pageNormal", "ncc:pageSpecial"),
        *("ncc:tocItems", "ncc:totalTime"),
    )
)
_NPT: Final = re.compile(r"npt=(\d+\.\d{3})s")
_X: Final = "{http://www.w3.org/1999/xhtml}"


def write(document: Document, chapters: list[Chapter], folder: Path, target: Path) -> None:
    """`folder` has the sound of each chapter; the rest is put beside it, and all into `target`."""
    text: list[str] = []
    control: list[str] = []
    before = 0.0
    headings = 0
    for chapter in chapters:
        pars = []
        for number, clip in enumerate(chapter.clips):
            place = f"{chapter.file}p{number}"
            text.append(_element(clip.passage, place))
            pars.append(_par(chapter.file, place, clip.begins, clip.ends))
            if level := _level(clip.passage):
                headings += 1
                link = f'<a href="{chapter.file}.smil#{place}t">{escape(clip.passage.text)}</a>'
                kind = ' class="title"' if headings == 1 else ""
                control.append(f'<h{level} id="n{headings}"{kind}>{link}</h{level}>')
        _save(folder / f"{chapter.file}.smil", _smil(document, chapter, pars, before))
        before += chapter.seconds
    _save(folder / "content.html", _page(document, "", "\n".join(text)))
    _save(folder / "master.smil", _master(document, chapters, before))
    _save(
        folder / "ncc.html", _page(document, _facts(document, chapters, folder), "".join(control))
    )
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as book:
        for path in sorted(folder.iterdir()):
            book.write(path, path.name)


def _save(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")


def _level(passage: Passage) -> int:
    """0 for what is no heading. The title stands beside the chapters, as in most books."""
    if passage.kind == "title":
        return 1
    return min(passage.level, 6) if passage.kind == "heading" else 0


def _element(passage: Passage, place: str) -> str:
    tag = f"h{level}" if (level := _level(passage)) else "p"
    inner = ""
    for run in passage.runs:
        language = quoteattr(run.language)
        right = ' dir="rtl"' if is_rtl(run.language) else ""
        inner += f"<span lang={language} xml:lang={language}{right}>{escape(run.text)}</span>"
    return f'<{tag} id="{place}">{inner}</{tag}>'


def _par(file: str, place: str, begins: float, ends: float) -> str:
    return (
        f'<par endsync="last" id="{place}q"><text src="content.html#{place}" id="{place}t"/>'
        f'<audio src="{file}.mp3" clip-begin="npt={begins:.3f}s" clip-end="npt={ends:.3f}s" '
        f'id="{place}a"/></par>'
    )


def _clock(seconds: float) -> str:
    whole = int(seconds)
    return f"{whole // 3600:02d}:{whole % 3600 // 60:02d}:{seconds % 60:06.3f}"


def _metas(pairs: list[tuple[str, str]]) -> str:
    return "".join(f'<meta name="{name}" content={quoteattr(value)}/>' for name, value in pairs)


def _smil(document: Document, chapter: Chapter, pars: list[str], before: float) -> str:
    metas = [
        ("dc:format", "Daisy 2.02"),
        ("dc:identifier", _identifier(document)),
        ("dc:title", document.title),
        ("title", chapter.name),
        ("ncc:generator", "Enquiry Desk"),
        ("ncc:totalElapsedTime", _clock(before)),
        ("ncc:timeInThisSmil", _clock(chapter.seconds)),
    ]
    return (
        f"{_HEAD}{_SMIL}<smil><head>{_metas(metas)}"
        '<layout><region id="txtView"/></layout></head>'
        f'<body><seq dur="{chapter.seconds:.3f}s">{"".join(pars)}</seq></body></smil>\n'
    )


def _master(document: Document, chapters: list[Chapter], total: float) -> str:
    metas = [
        ("dc:format", "Daisy 2.02"),
        ("dc:identifier", _identifier(document)),
        ("dc:title", document.title),
        ("ncc:generator", "Enquiry Desk"),
        ("ncc:timeInThisSmil", _clock(total)),
    ]
    parts = "".join(
        f'<ref title={quoteattr(one.name)} src="{one.file}.smil" id="{one.file}"/>'
        for one in chapters
    )
    return (
        f"{_HEAD}{_SMIL}<smil><head>{_metas(metas)}"
        f'<layout><region id="txtView"/></layout></head><body>{parts}</body></smil>\n'
    )


def _identifier(document: Document) -> str:
    return re.sub(r"\W+", "-", document.title)[:60].strip("-") or "book"


def _facts(document: Document, chapters: list[Chapter], folder: Path) -> str:
    clips = [clip for one in chapters for clip in one.clips]
    levels = [level for clip in clips if (level := _level(clip.passage))]
    total = _clock(sum(one.seconds for one in chapters)).split(".")[0]
    size = sum(path.stat().st_size for path in folder.iterdir()) // 1024
    pairs = [
        ("dc:creator", ", ".join(document.authors) or "unknown"),
        ("dc:date", _day(folder)),
        ("dc:format", "Daisy 2.02"),
        ("dc:identifier", _identifier(document)),
        ("dc:language", document.language),
        ("dc:publisher", "Library"),
        ("dc:title", document.title),
        ("ncc:charset", "utf-8"),
        ("ncc:generator", "Enquiry Desk"),
        ("ncc:narrator", "espeak-ng"),
        ("ncc:multimediaType", "audioFullText"),
        *((f"ncc:{name}", "0") for name in ("pageFront", "pageNormal", "pageSpecial")),
        ("ncc:maxPageNormal", "0"),
        ("ncc:tocItems", str(len(levels))),
        ("ncc:totalTime", total),
        ("ncc:files", str(sum(1 for _ in folder.iterdir()) + 1)),
        ("ncc:depth", str(max(levels))),
        ("ncc:setInfo", "1 of 1"),
        *((f"ncc:{name}", "0") for name in ("sidebars", "prodNotes", "footnotes")),
        ("ncc:kByteSize", str(size)),
    ]
    return _metas(pairs)


def _day(folder: Path) -> str:
    """That of the conversion, which made the folder."""
    return datetime.fromtimestamp(folder.stat().st_mtime, UTC).date().isoformat()


def _page(document: Document, metas: str, body: str) -> str:
    language = quoteattr(document.language)
    return (
        f'{_HEAD}{_XHTML}<html xmlns="http://www.w3.org/1999/xhtml" lang={language} '
        f"xml:lang={language}><head>"
        '<meta http-equiv="Content-type" content="text/html; charset=utf-8"/>'
        f"<title>{escape(document.title)}</title>{metas}</head><body>{body}</body></html>\n"
    )


def check(target: Path) -> list[Finding]:
    """Whether every reference leads somewhere, and the clips follow each other without a gap."""
    try:
        with zipfile.ZipFile(target) as book:
            parts = {
                name: parsed(book.read(name))
                for name in book.namelist()
                if name.endswith((".smil", ".html"))
            }
            sounds = {name: book.getinfo(name) for name in book.namelist() if name.endswith("mp3")}
            if "ncc.html" not in parts:
                return [failure("daisy_ncc", "The book has no control file.")]
            return _checked(parts, set(sounds))
    except (zipfile.BadZipFile, KeyError, Refused):
        return [failure("not_daisy", "The book can't be opened.")]


def _checked(parts: dict[str, Any], sounds: set[str]) -> list[Finding]:
    places = {name: {one.get("id") for one in tree.iter()} for name, tree in parts.items()}
    broken = gaps = 0
    for name, tree in parts.items():
        for one in tree.iter("text", f"{_X}a"):
            file, _, place = (one.get("src") or one.get("href") or "").partition("#")
            broken += place not in places.get(file, set())
        at = 0.0
        for one in tree.iter("audio") if name != "master.smil" else ():
            begins, ends = (
                _NPT.fullmatch(one.get(f"clip-{side}", "")) for side in ("begin", "end")
            )
            if begins is None or ends is None or one.get("src") not in sounds:
                broken += 1
                continue
            gaps += abs(float(begins[1]) - at) > 0.002 or float(ends[1]) <= float(begins[1])
            at = float(ends[1])
    said = {one.get("name") for one in parts["ncc.html"].iter(f"{_X}meta")}
    missing = len(_NEEDED - said)
    words = "Facts that a player needs are missing from the book's control file."
    found = [failure("daisy_facts", words, missing)] if missing else []
    found += [failure("daisy_links", "References lead nowhere.", broken)] if broken else []
    return found + (
        [failure("daisy_gaps", "Clips do not follow each other.", gaps)] if gaps else []
    )
