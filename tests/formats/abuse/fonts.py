"""Documents with fonts and programs in them: a font is one too, read by whatever draws it."""

import struct

from tests.formats.abuse.files import (
    docx,
    epub,
    noise,
    paragraph,
    pdf,
    stream,
)

_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_WORDS = b"BT /F 12 Tf 50 700 Td (Some words of a plain document.) Tj ET"


def broken_font() -> bytes:
    """A TrueType font whose tables say that they are elsewhere, and larger than all of it."""
    tables = (b"cmap", b"glyf", b"head", b"hhea", b"hmtx", b"loca", b"maxp", b"fpgm", b"prep")
    made = struct.pack(">IHHHH", 0x00010000, len(tables), 128, 3, 16)
    for number, name in enumerate(tables):
        made += struct.pack(">4sIII", name, 0, 0x7FFFFF00 + number, 0xFFFFFFF0)
    return made + noise(4_000)


def word_with_fonts_and_macros() -> bytes:
    rels = f"""<?xml version="1.0"?><Relationships
 xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="f1"
 Type="{_OFFICE}/fontTable" Target="fontTable.xml"/><Relationship Id="v1"
 Type="http://schemas.microsoft.com/office/2006/relationships/vbaProject"
 Target="vbaProject.bin"/></Relationships>"""
    fonts = f"""<?xml version="1.0"?><w:fonts xmlns:r="{_OFFICE}"
 xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:font w:name="Odd">
<w:embedRegular r:id="e1" w:fontKey="{{00112233-4455-6677-8899-AABBCCDDEEFF}}"/></w:font>
</w:fonts>"""
    return docx(
        paragraph(),
        word_of__rels_of_document__xml__rels=rels,
        word_of_fontTable__xml=fonts,
        word_of_fonts_of_font1__odttf=broken_font(),
        word_of_vbaProject__bin=b"\xd0\xcf\x11\xe0" + noise(4_000),
    )


def book_with_fonts_and_scripts() -> bytes:
    return epub(
        '<style>@font-face {font-family: "Odd"; src: url(odd.ttf)} p {font-family: "Odd"}</style>'
        '<script src="run.js"></script><p onclick="run()">Press here.</p>',
        odd__ttf=broken_font(),
        run__js="function run() { fetch('http://127.0.0.1:9/trap') }",
    )


def pdf_with_a_broken_font() -> bytes:
    font = broken_font()
    return pdf(
        [
            b"<< /Type /Catalog /Pages 2 0 R /Lang (en) >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
            b" /Resources << /Font << /F 5 0 R >> >> >>",
            stream(_WORDS),
            b"<< /Type /Font /Subtype /TrueType /BaseFont /Odd /FirstChar 32 /LastChar 126"
            b" /Widths [%s] /FontDescriptor 6 0 R /Encoding /WinAnsiEncoding >>" % (b"600 " * 95),
            b"<< /Type /FontDescriptor /FontName /Odd /Flags 32 /FontBBox [0 0 1000 1000]"
            b" /ItalicAngle 0 /Ascent 800 /Descent -200 /CapHeight 700 /StemV 80"
            b" /FontFile2 7 0 R >>",
            stream(font, b"/Length1 %d" % len(font)),
        ]
    )
