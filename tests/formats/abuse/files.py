"""Makes them: bombs, lies, spies, locks and knots. `TRAP` stands where something would be fetched
from, `SECRET` for a file of the machine's that is none of theirs."""

import io
import random
import struct
import zipfile
import zlib
from collections.abc import Mapping
from typing import Final

TRAP: Final = "http://127.0.0.1:9/trap"
SECRET: Final = "/etc/passwd"
"""It is on every machine, readable by all, and has a line that begins with `root:`."""
_W: Final = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_R: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPES: Final = """<?xml version="1.0"?><Types
 xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels"
 ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml"
 ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType=
"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>"""
_RELS: Final = f"""<?xml version="1.0"?><Relationships
 xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1"
 Type="{_R}/officeDocument" Target="word/document.xml"/></Relationships>"""


def zipped(parts: Mapping[str, bytes | str], first: str | None = None) -> bytes:
    """An archive; `first`: what stands in it uncompressed before all else."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        if first is not None:
            archive.writestr("mimetype", first, zipfile.ZIP_STORED)
        for name, content in parts.items():
            archive.writestr(name, content)
    return made.getvalue()


def docx(body: str, prolog: str = "", **more: bytes | str) -> bytes:
    """A Word file of this body; `more`: other parts, dots as `__`, slashes as `_of_`."""
    named = {name.replace("_of_", "/").replace("__", "."): one for name, one in more.items()}
    text = f'<?xml version="1.0"?>{prolog}<w:document xmlns:w="{_W}" xmlns:r="{_R}"'
    text += ' xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
    text += ' xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"'
    text += ' xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture">'
    text += f"<w:body>{body}</w:body></w:document>"
    parts = {"[Content_Types].xml": _TYPES, "_rels/.rels": _RELS, "word/document.xml": text}
    return zipped({**parts, **named})


def paragraph(words: str = "Some words of a plain document.") -> str:
    return f"<w:p><w:r><w:t>{words}</w:t></w:r></w:p>"


def page(body: str, head: str = "") -> bytes:
    top = f'<html lang="en"><head><title>A page</title>{head}</head>'
    return f"<!DOCTYPE html>{top}<body>{body}</body></html>".encode()


def epub(body: str, **more: bytes | str) -> bytes:
    """A book of one chapter."""
    container = """<?xml version="1.0"?><container version="1.0"
 xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles><rootfile
 full-path="book.opf" media-type="application/oebps-package+xml"/></rootfiles></container>"""
    package = """<?xml version="1.0"?><package xmlns="http://www.idpf.org/2007/opf" version="3.0"
 unique-identifier="id"><metadata xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:identifier
 id="id">x</dc:identifier><dc:title>A book</dc:title><dc:language>en</dc:language></metadata>
 <manifest><item id="c" href="c.xhtml" media-type="application/xhtml+xml"/></manifest><spine>
 <itemref idref="c"/></spine></package>"""
    chapter = f"""<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><head><title>C
</title></head><body><h1>One</h1><p>Some words.</p>{body}</body></html>"""
    named = {name.replace("_of_", "/").replace("__", "."): one for name, one in more.items()}
    parts: dict[str, bytes | str] = {
        "META-INF/container.xml": container,
        "book.opf": package,
        "c.xhtml": chapter,
    }
    return zipped({**parts, **named}, "application/epub+zip")


def odt(text: str, manifest: str = "", prolog: str = "") -> bytes:
    """An OpenDocument text."""
    office = "urn:oasis:names:tc:opendocument:xmlns:office:1.0"
    content = f"""<?xml version="1.0"?>{prolog}<office:document-content xmlns:office="{office}"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:text>
<text:p>{text}</text:p></office:text></office:body></office:document-content>"""
    parts = {"content.xml": content, "META-INF/manifest.xml": f"<m>{manifest}</m>"}
    return zipped(parts, "application/vnd.oasis.opendocument.text")


def pdf(objects: list[bytes], trailer: bytes = b"") -> bytes:
    """A PDF of these objects, the first of them its catalogue."""
    made, places = b"%PDF-1.7\n", []
    for number, one in enumerate(objects, 1):
        places.append(len(made))
        made += b"%d 0 obj\n" % number + one + b"\nendobj\n"
    at = len(made)
    made += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    made += b"".join(b"%010d 00000 n \n" % place for place in places)
    return made + b"trailer\n<< /Root 1 0 R /Size %d %s >>\nstartxref\n%d\n%%%%EOF\n" % (
        len(objects) + 1,
        trailer,
        at,
    )


def stream(content: bytes, about: bytes = b"") -> bytes:
    packed = zlib.compress(content, 9)
    return (
        b"<< /Length %d /Filter /FlateDecode %s >>\nstream\n" % (len(packed), about)
        + packed
        + (b"\nendstream")
    )


_FONT: Final = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
_WORDS: Final = b"BT /F 12 Tf 50 700 Td (Some words of a plain document.) Tj ET"


def plain_pdf(
    more: bytes = b"", content: bytes = _WORDS, pages: int = 1, trailer: bytes = b""
) -> bytes:
    kids = b"3 0 R " * pages
    return pdf(
        [
            b"<< /Type /Catalog /Pages 2 0 R /Lang (en) %s >>" % more,
            b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, pages),
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
            b" /Resources << /Font << /F 5 0 R >> >> >>",
            stream(content),
            _FONT,
        ],
        trailer,
    )


def png(width: int, height: int, rows: int | None = None) -> bytes:
    """A white picture; `rows`: as many of it as are really there."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return (
            struct.pack(">I", len(content))
            + kind
            + content
            + struct.pack(">I", zlib.crc32(kind + content))
        )

    line = b"\0" + b"\xff" * (width // 8)
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(line) for _ in range(height if rows is None else rows))
    packed += packer.flush()
    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")
    )


def laughs(name: str, inside: str = "ha") -> str:
    """Entities that grow to a thousand million of these words."""
    lines = [f'<!ENTITY e0 "{inside}">']
    lines += [f'<!ENTITY e{one} "{f"&e{one - 1};" * 10}">' for one in range(1, 10)]
    return f"<!DOCTYPE {name} [{''.join(lines)}]>"


def noise(count: int) -> bytes:
    return random.Random(7).randbytes(count)


def lying_archive() -> bytes:
    """A part that says it has ten bytes, and unpacks to forty millions."""
    made = bytearray(docx(paragraph(), word_of_media_of_x__png=bytes(40_000_000)))
    at = 0
    while (at := made.find(b"PK\x01\x02", at)) >= 0:
        made[at + 24 : at + 28] = struct.pack("<I", 10)
        at += 4
    return bytes(made)


def locked_archive() -> bytes:
    """A part that says it is encrypted."""
    made = bytearray(docx(paragraph()))
    for mark, place in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        at = 0
        while (at := made.find(mark, at)) >= 0:
            made[at + place] |= 1
            at += 4
    return bytes(made)


def locked_pdf() -> bytes:
    """It wants a password that nobody knows."""
    key = noise(32).hex().encode()
    locked = b"/Encrypt << /Filter /Standard /V 1 /R 2 /P -44 /O <%s> /U <%s> >>" % (key, key)
    return plain_pdf(trailer=locked + b" /ID [<00112233> <00112233>]")


def locked_word() -> bytes:
    """What Word makes of a document with a password."""
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1500)
    return head + "EncryptedPackage".encode("utf-16-le") + bytes(2000)


def spying_word() -> bytes:
    """A picture of one pixel from elsewhere, and one from this machine."""
    rels = f"""<?xml version="1.0"?><Relationships
 xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
<Relationship Id="p1" Type="{_R}/image" Target="{TRAP}" TargetMode="External"/>
<Relationship Id="p2" Type="{_R}/image" Target="file://{SECRET}" TargetMode="External"/>
<Relationship Id="p3" Type="{_R}/image" Target="../../../../../..{SECRET}"/></Relationships>"""
    seen = "".join(
        f"""<w:p><w:r><w:drawing><wp:inline><wp:extent cx="9525" cy="9525"/><wp:docPr id="{one}"
 name="x" descr="a picture"/><a:graphic><a:graphicData><pic:pic><pic:blipFill><a:blip
 r:{"link" if one < 3 else "embed"}="p{one}"/></pic:blipFill></pic:pic></a:graphicData></a:graphic>
</wp:inline></w:drawing></w:r></w:p>"""
        for one in (1, 2, 3)
    )
    return docx(paragraph() + seen, word_of__rels_of_document__xml__rels=rels)


def spying_page() -> bytes:
    """Whatever a page fetches by."""
    body = f"""<h1>Words</h1><p>Some words.</p><img src="{TRAP}/pixel.png" width="1" height="1"
 alt=""><img src="file://{SECRET}" alt="x"><img src="{SECRET}" alt="x">
<img src="../job.json" alt="x"><iframe src="{TRAP}"></iframe><object data="{TRAP}"></object><embed src="file://{SECRET}">
<video src="{TRAP}"></video><audio src="{TRAP}"></audio><link rel="stylesheet" href="{TRAP}">
<svg><image href="{TRAP}"/></svg><a href="javascript:alert(1)">press</a>
<form action="{TRAP}"><input name="x"></form>"""
    head = f"""<style>@import url({TRAP}); @font-face {{font-family: x; src: url({TRAP})}}
body {{background: url({TRAP})}}</style><script src="{TRAP}"></script><script>fetch("{TRAP}")
</script><meta http-equiv="refresh" content="0; url={TRAP}"><base href="{TRAP}">"""
    return page(body, head)


def spying_notes() -> bytes:
    """Markdown that would be run, or would run something."""
    return f"""---
title: Notes
include-before: [{SECRET}]
bibliography: {SECRET}
header-includes: "#read(\\"{SECRET}\\")"
---

Some words. ![x]({TRAP}/pixel.png) ![y](file://{SECRET}) ![z]({SECRET}) ![w](../job.json)

```{{=typst}}
#read("{SECRET}")
#import "@preview/cetz:0.2.2"
```

```{{=html}}
<script>fetch("{TRAP}")</script>
```

`#read("{SECRET}")`{{=typst}} and \\#read("{SECRET}") and #read("{SECRET}") in the text.
""".encode()


def spying_formula() -> bytes:
    """A formula that would read a file."""
    return rf"Some words, and $$\input{{{SECRET}}} \include{{{SECRET}}} x^2$$ after.".encode()


def hungry_formula() -> bytes:
    """A macro that is made of itself."""
    return rb"Some words $\newcommand{\x}{\x\x}\x$ and $\def\y{\y\y}\y$ more."


def deep_word(depth: int) -> bytes:
    """Tables in tables."""
    opened = "<w:tbl><w:tr><w:tc>" * depth
    return docx(f"{opened}{paragraph()}{'</w:tc></w:tr></w:tbl>' * depth}")


def wide_page(rows: int, columns: int) -> bytes:
    row = f"<tr>{'<td>cell</td>' * columns}</tr>"
    return page(f"<h1>Much</h1><table>{row * rows}</table>")


def busy_pdf() -> bytes:
    """Scripts, files and programs that a PDF may carry."""
    return plain_pdf(
        b"/OpenAction << /S /JavaScript /JS (app.launchURL('%s')) >> /AA << /WC << /S /Launch /F"
        b" (/bin/sh) >> >> /AcroForm << /Fields [] /XFA (x) >>" % TRAP.encode()
    )
