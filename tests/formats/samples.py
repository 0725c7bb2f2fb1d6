"""Makes the sample documents: an article with everything in it, and others with one difficulty.

All of it is written here by a program, the same each time; every sentence has a number, so that
what is lost or out of order can be told.
"""

import random
import re
import struct
import zipfile
import zlib
from pathlib import Path
from typing import Final

import typst

from services.notify.formats.tools import pandoc

SECTIONS: Final = (
    "Background",
    "Methods of delivery",
    "Demand between 2019 and 2023",
    "Languages of the collection",
    "Scanned material",
    "Braille production",
    "Large print",
    "Audio and DAISY",
    "Costs and staffing",
    "Conclusions",
)
_SUBJECTS: Final = (
    "A county library",
    "The university service",
    "Each branch",
    "The lending desk",
    "A patron with low vision",
    "The cataloguing team",
    "A volunteer reader",
    "The regional consortium",
    "An interlibrary request",
    "The scanning room",
)
_VERBS: Final = ("recorded", "requested", "returned", "delivered", "described", "transcribed")
_OBJECTS: Final = (
    "chapters of a textbook",
    "journal articles in two columns",
    "parish registers",
    "handwritten minutes",
    "maps with small lettering",
    "braille volumes",
    "worksheets for a school",
)
_TAILS: Final = (
    "within two working days",
    "although the page order was wrong",
    "because the deadline was near",
    "without asking for a payment",
    "so that the reader could search by heading",
    "while the original stayed on the shelf",
    "despite the faded ink",
)
_LISTS: Final = """
The service follows four steps:

1. Receive the request and confirm who asks.
2. Obtain the source file.
    a. Ask the publisher.
    b. Otherwise scan the volume.
3. Convert the document.
4. Check and deliver it.

Formats offered:

- Accessible HTML
- Large print
    - 18 point
    - 24 point
- Contracted braille
"""
_FIGURES: Final = """
| Format | 2021 | 2022 | 2023 |
|:-------|-----:|-----:|-----:|
| Braille | 41 | 52 | 60 |
| Large print | 118 | 131 | 149 |
| Audio | 203 | 240 | 271 |

: Requests by format and year

![Bar chart: requests rose from 212 in 2019 to 611 in 2023.](chart.png)

![](plain.png)

The yearly growth follows $r = \\frac{a_{n+1}-a_n}{a_n}$, with $a_{2019}=212$.

$$\\sum_{i=1}^{n} i = \\frac{n(n+1)}{2}$$
"""
WELSH: Final = (
    "Mae'r llyfrgell yn darparu deunydd darllen hygyrch i bobl sydd â nam ar eu golwg. Gall "
    "darllenwyr ofyn am lyfrau mewn print bras, braille neu sain, a'u derbyn drwy'r post."
)
FRENCH: Final = (
    "La bibliothèque fournit des documents accessibles aux personnes empêchées de lire. Les "
    "lecteurs peuvent demander un ouvrage en gros caractères, en braille ou sous forme sonore."
)
ARABIC: Final = (
    "تقدم المكتبة وثائق ميسرة للقراء ذوي الإعاقة البصرية. يمكن للقارئ أن يطلب الكتاب بطريقة برايل "
    "أو بحروف كبيرة أو في صيغة صوتية."
)
_LANGUAGES: Final = f"""
::: {{lang=cy}}
{WELSH}
:::

::: {{lang=fr}}
{FRENCH}
:::

::: {{lang=ar dir=rtl}}
{ARABIC}
:::

The motto [Gorau arf, arf dysg]{{lang=cy}} stands above the door, and *beautiful* bindings are
**not** lent.
"""
_QUOTED: Final = """
> Knowledge shouldn't depend on eyesight; every reader deserves the whole book.

Dots are counted: the word *knowledge* is one cell, at 50% of the width, £3.20 a page; see
[the first part](#background) again.
"""


class Writer:
    """Writes numbered sentences."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)
        self.sentences = 0

    def sentence(self) -> str:
        self.sentences += 1
        pick = self._chance.choice
        count = self._chance.randint(3, 980)
        said = f"{pick(_SUBJECTS)} {pick(_VERBS)} {count} {pick(_OBJECTS)} {pick(_TAILS)}"
        return f"{said} (note S{self.sentences:04d})."

    def paragraph(self, sentences: int = 5) -> str:
        return " ".join(self.sentence() for _ in range(sentences))


def article(sections: int = len(SECTIONS), paragraphs: int = 5) -> str:
    """In Markdown, with everything in it that a copy must keep."""
    writer = Writer(7)
    made = ["---", "title: Delivering documents to readers", "author: Non Price", "lang: en-GB"]
    made += ["---", ""]
    for number, name in enumerate(SECTIONS[:sections]):
        made += [f"# {name}" + (" {#background}" if number == 0 else ""), ""]
        made += [writer.paragraph() + (f"[^{number}]" if number % 3 == 0 else ""), ""]
        if number % 3 == 0:
            made += [f"[^{number}]: Note {number}: checked against the annual return, see", ""]
            made[-2] += f" [the register](https://register.example/{number})."
        made += {1: [_LISTS], 2: [_FIGURES], 3: [_LANGUAGES], 5: [_QUOTED]}.get(number, [])
        made += [f"## What was observed in part {number + 1}", ""]
        made += [line for _ in range(paragraphs) for line in (writer.paragraph(), "")]
        made += [f"### Detail of part {number + 1}", "", writer.paragraph(), ""]
    return "\n".join(made)


def paper(language: str, passage: str, title: str, paragraphs: int = 12) -> str:
    """A text in one language, with headings, a list and a note."""
    sentences = [one.strip() + "." for one in passage.split(".") if one.strip()]
    made = ["---", f"title: {title}", f"lang: {language}", "---", ""]
    for number in range(paragraphs):
        made += [f"# {title} {number + 1}", ""] if number % 4 == 0 else []
        turned = sentences[number % len(sentences) :] + sentences[: number % len(sentences)]
        made += [f"{number + 1}. {' '.join(turned)}" if number % 3 == 1 else " ".join(turned), ""]
    return "\n".join(made)


def spreadsheet(rows: int = 60, columns: int = 9) -> str:
    """One table, larger than a page."""
    chance = random.Random(5)
    heads = ["Branch", *(str(2015 + one) for one in range(columns - 1))]
    made = ["---", "title: Loans by branch", "lang: en-GB", "---", "", "# All branches", ""]
    made += ["| " + " | ".join(heads) + " |", "|:--|" + "--:|" * (columns - 1)]
    for number in range(rows):
        values = [f"Branch {number + 1}", *(str(chance.randint(10, 99999)) for _ in heads[1:])]
        made.append("| " + " | ".join(values) + " |")
    return "\n".join([*made, "", ": Loans by branch and year", ""])


def slides() -> str:
    """Points under headings, one of them with a formula, one with a picture."""
    writer = Writer(13)
    made = ["---", "title: What readers ask for", "lang: en-GB", "---", ""]
    for number, name in enumerate(SECTIONS):
        made += [f"# {name}", "", *(f"- {writer.sentence()}" for _ in range(4)), ""]
        made += ["The growth is $a^2 + b$ a year.", ""] if number == 2 else []
        made += (
            ["# A picture", "", "![Bar chart of requests](chart.png)", ""] if number == 4 else []
        )
    return "\n".join(made)


def plain() -> str:
    """Paragraphs, and nothing else."""
    writer = Writer(17)
    return "\n\n".join(writer.paragraph() for _ in range(20))


def said_in(markdown: str) -> str:
    """What a reader of the Markdown reads: without its marks, images and formulas."""
    _, _, body = markdown.partition("\n---\n")
    said = re.sub(r"!\[[^\]]*\]\([^)]*\)|\$\$[^$]*\$\$|\$[^$\n]*\$", " ", body)
    said = re.sub(r"\[([^^\]][^\]]*)\](?:\([^)]*\)|\{[^}]*\})", r"\1", said)
    said = re.sub(r"\{[^}]*\}|\[\^\d+\]:?|^:::.*$|^\d+\. |^ +[a-z]\. ", " ", said, flags=re.M)
    return said.replace("*", "")


def png(width: int, height: int, rows: bytes) -> bytes:
    """A grey image."""

    def chunk(name: bytes, content: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(name + content))
        return struct.pack(">I", len(content)) + name + content + check

    lines = b"".join(b"\0" + rows[at : at + width] for at in range(0, width * height, width))
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    body = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(lines)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def _chart() -> bytes:
    heights = (212, 348, 455, 530, 611)
    rows = bytearray(b"\xff" * (500 * 320))
    for number, high in enumerate(heights):
        for row in range(320 - high // 2, 320):
            at = row * 500 + 20 + number * 96
            rows[at : at + 70] = b"\x50" * 70
    return png(500, 320, bytes(rows))


def write_markdown(folder: Path, text: str, name: str) -> Path:
    """The Markdown with its images beside it."""
    (folder / "chart.png").write_bytes(_chart())
    (folder / "plain.png").write_bytes(png(20, 20, bytes(range(200)) + bytes(200)))
    path = folder / f"{name}.md"
    path.write_text(text, encoding="utf-8")
    return path


def office(folder: Path, markdown: Path, form: str) -> Path:
    """The Markdown as a Word, OpenDocument, EPUB, HTML or PowerPoint file, images in it."""
    target = folder / f"{markdown.stem}.{form}"
    kind = {"epub": "epub3", "html": "html5"}.get(form, form)
    arguments = ["-f", "markdown", "-t", kind, "--standalone", f"--resource-path={folder}"]
    arguments += ["--embed-resources"] if form == "html" else []
    arguments += ["--mathml"] if form in {"html", "epub"} else []
    pandoc([*arguments, "-o", str(target), str(markdown)], 1024)
    if form == "odt":
        _describe(target)
    return target


def _describe(target: Path) -> None:
    """As an office program does, and pandoc doesn't: the first image with its description."""
    with zipfile.ZipFile(target) as archive:
        parts = {one: archive.read(one) for one in archive.namelist()}
    said = b"<svg:desc>Bar chart: requests rose from 212 in 2019 to 611 in 2023.</svg:desc>"
    content = parts["content.xml"]
    parts["content.xml"] = content.replace(b"</draw:frame>", said + b"</draw:frame>", 1)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part, zipfile.ZIP_STORED if name == "mimetype" else None)


def two_columns(folder: Path, *, columns: int = 2, name: str = "columns") -> Path:
    """A born-digital paper with running heads and page numbers, untagged in nothing but name."""
    writer = Writer(11)
    lines = [
        '#set document(title: "A paper in columns")',
        f'#set page(paper: "a4", columns: {columns}, numbering: "1", header: [Running head])',
        '#set text(font: "DejaVu Sans", size: 9pt, lang: "en", hyphenate: true)',
        "#set par(justify: true)",
        '#set heading(numbering: "1.1")',
    ]
    for section in SECTIONS[:6]:
        lines += [f"= {section}", writer.paragraph(6), "", writer.paragraph(6), ""]
        lines += ["== What was observed", writer.paragraph(6), ""]
        lines += ["- " + writer.sentence() for _ in range(3)]
    source = folder / f"{name}.typ"
    source.write_text("\n".join(lines), encoding="utf-8")
    (folder / f"{name}.said").write_text("\n".join(lines[5:]), encoding="utf-8")
    target = folder / f"{name}.pdf"
    typst.compile(str(source), output=str(target))
    return target


def scan(folder: Path, pages: int = 2) -> Path:
    """Pages as a machine sees them: grey, with specks, in a PDF without text."""
    import pypdfium2

    born = pypdfium2.PdfDocument(two_columns(folder, columns=1, name="unscanned"))
    chance = random.Random(3)
    lines = ["#set page(margin: 0pt)"]
    for number in range(min(pages, len(born))):
        bitmap = born[number].render(scale=200 / 72, grayscale=True)
        raw = bytes(bitmap.buffer)
        rows = bytearray(
            b"".join(
                raw[row * bitmap.stride : row * bitmap.stride + bitmap.width]
                for row in range(bitmap.height)
            )
        )
        for _ in range(len(rows) // 400):
            rows[chance.randrange(len(rows))] = chance.choice((0, 90, 200))
        (folder / f"scan{number}.png").write_bytes(png(bitmap.width, bitmap.height, bytes(rows)))
        lines.append(f'#image("scan{number}.png", width: 100%, alt: "page")')
    source = folder / "scan.typ"
    source.write_text("\n".join(lines), encoding="utf-8")
    target = folder / "scan.pdf"
    typst.compile(str(source), output=str(target), root=str(folder))
    return target
