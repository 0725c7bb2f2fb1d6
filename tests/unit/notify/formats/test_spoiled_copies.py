"""Our own checks see what is wrong with a copy; the outside validators are asked by
`make formats-check`."""

import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import typst
from lxml import html

from services.notify.formats import book, braille, daisy, id3, mp3, page, pdf_check
from services.notify.formats.chapters import Chapter, Clip
from services.notify.formats.linear import passages
from services.notify.formats.options import Format, Options
from services.notify.formats.tree import Document
from tests.formats import sabotage
from tests.unit.notify.formats.trees import heading, para

PAGE = (
    '<!DOCTYPE html><html lang="en"><head><title>T</title></head><body><h1>T</h1><h2 id="a">A</h2>'
    '<p>Words <a href="#a">there</a></p><img src="data:image/png;base64,AA==" alt="A tree">'
    "<table><thead><tr><th>H</th></tr></thead></table></body></html>"
)
# One frame of MPEG-2 layer III at 48 kbit/s and 22 050 Hz, and what it sounds.
FRAME = b"\xff\xf3\x60\xc4" + bytes(152)


def kinds(found: list[object]) -> set[str]:
    return {one.kind for one in found}  # type: ignore[attr-defined]


def test_a_good_page_has_nothing_wrong() -> None:
    assert page.check_page(html.document_fromstring(PAGE)) == []


@pytest.mark.parametrize(
    ("old", "new", "kind"),
    [
        ('<html lang="en">', "<html>", "page_language"),
        ("<title>T</title>", "", "page_title"),
        (' alt="A tree"', "", "page_alt"),
        ("<h2", "<h3", "page_levels"),
        ("<h1>T</h1>", "", "page_heading"),
        ('href="#a"', 'href="#b"', "page_links"),
        ("<th>H</th>", "<td>H</td>", "page_tables"),
        ("<p>", '<p id="a">', "page_ids"),
        ("<p>", '<p lang="??">', "page_parts"),
        ("data:image/png;base64,AA==", "https://far.example/1.png", "page_fetches"),
        ("<p>", "<script></script><p>", "page_fetches"),
        ("<p>", "<p onclick='x()'>", "page_fetches"),
    ],
)
def test_a_page_that_lacks_something_fails(old: str, new: str, kind: str) -> None:
    assert old in PAGE
    spoiled = re.sub(re.escape(old), lambda _: new, PAGE, count=1)
    assert kind in kinds(list(page.check_page(html.document_fromstring(spoiled))))


def printed(folder: Path, size: float = 18) -> Path:
    source = folder / "print.typ"
    source.write_text(
        f'#set document(title: "T")\n#set text(lang: "en", size: {size}pt)\n#title()\n= A\nWords.',
        encoding="utf-8",
    )
    typst.compile(str(source), output=str(folder / "good.pdf"), pdf_standards=["ua-1"])
    return folder / "good.pdf"


@pytest.mark.parametrize(
    ("spoil", "kind"),
    [
        (sabotage.untagged_pdf, "pdf_untagged"),
        (sabotage.pdf_without_claim, "pdf_claim"),
        (sabotage.pdf_without_language, "pdf_language"),
    ],
)
def test_a_pdf_that_lacks_something_fails(
    spoil: Callable[[Path, Path], None], kind: str, tmp_path: Path
) -> None:
    good = printed(tmp_path)
    assert pdf_check.check(good, 18)[0] == []
    spoil(good, tmp_path / "bad.pdf")
    assert kind in kinds(list(pdf_check.check(tmp_path / "bad.pdf", 18)[0]))


def test_large_print_with_small_letters_fails(tmp_path: Path) -> None:
    assert kinds(list(pdf_check.check(printed(tmp_path, 17), 18)[0])) == {"pdf_size"}


def bound(folder: Path) -> Path:
    metas = "".join(
        f'<meta property="{name}">x</meta>'
        for name in (
            *("schema:accessMode", "schema:accessibilityFeature", "schema:accessibilityHazard"),
            *("schema:accessibilitySummary", "schema:accessModeSufficient", "dcterms:modified"),
        )
    )
    package = (
        '<package xmlns="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        "<metadata><dc:title>T</dc:title><dc:language>en</dc:language>"
        f"<dc:identifier>1</dc:identifier>{metas}</metadata><manifest>"
        '<item href="nav.xhtml" properties="nav" media-type="application/xhtml+xml"/>'
        '<item href="one.xhtml" media-type="application/xhtml+xml"/></manifest></package>'
    )
    with zipfile.ZipFile(folder / "good.epub", "w") as made:
        made.writestr("mimetype", "application/epub+zip")
        made.writestr("EPUB/content.opf", package)
        made.writestr("EPUB/one.xhtml", PAGE)
    return folder / "good.epub"


@pytest.mark.parametrize("spoil", [sabotage.epub_without_metadata, sabotage.epub_without_language])
def test_a_book_without_its_facts_fails(
    spoil: Callable[[Path, Path], None], tmp_path: Path
) -> None:
    good = bound(tmp_path)
    assert book.check(good, Document([]))[0] == []
    spoil(good, tmp_path / "bad.epub")
    assert kinds(list(book.check(tmp_path / "bad.epub", Document([]))[0])) == {"book_metadata"}


def spoken(folder: Path) -> Path:
    document = Document([heading(1, "A"), para("Words")], language="en", title="T")
    sounds = folder / "daisy"
    sounds.mkdir()
    (sounds / "s0001.mp3").write_bytes(FRAME * 60)
    chapter = Chapter("T", "s0001")
    for number, one in enumerate(passages(document)):
        chapter.clips.append(Clip(one, number * 0.5, number * 0.5 + 0.5))
    chapter.seconds = 0.5 * len(chapter.clips)
    daisy.write(document, [chapter], sounds, folder / "good.zip")
    return folder / "good.zip"


@pytest.mark.parametrize(
    ("spoil", "kind"),
    [
        (sabotage.daisy_with_a_broken_clip, "daisy_gaps"),
        (sabotage.daisy_without_facts, "daisy_facts"),
    ],
)
def test_a_book_of_sound_that_is_broken_fails(
    spoil: Callable[[Path, Path], None], kind: str, tmp_path: Path
) -> None:
    good = spoken(tmp_path)
    assert daisy.check(good) == []
    spoil(good, tmp_path / "bad.zip")
    assert kind in kinds(list(daisy.check(tmp_path / "bad.zip")))


def test_the_control_file_has_the_headings_at_their_levels_and_the_day(tmp_path: Path) -> None:
    with zipfile.ZipFile(spoken(tmp_path)) as opened:
        control = opened.read("ncc.html").decode()
    assert re.findall(r"<(h\d) id", control) == ["h1", "h1"]
    assert re.search(r'name="dc:date" content="\d{4}-\d\d-\d\d"', control)
    assert 'name="ncc:tocItems" content="2"' in control


def test_a_braille_line_of_41_cells_fails(tmp_path: Path) -> None:
    options = Options(format=Format.BRF)
    good = tmp_path / "good.brf"
    good.write_text("\r\n".join(["A" * 40] * 25) + "\r\n", encoding="ascii", newline="")
    assert braille.check(good, options) == []
    sabotage.braille_with_a_long_line(good, tmp_path / "bad.brf")
    assert kinds(list(braille.check(tmp_path / "bad.brf", options))) == {"braille_cells"}


def test_a_braille_page_of_26_lines_fails(tmp_path: Path) -> None:
    bad = tmp_path / "bad.brf"
    bad.write_text("A\r\n" * 26, encoding="ascii", newline="")
    assert kinds(list(braille.check(bad, Options(format=Format.BRF)))) == {"braille_lines"}


def test_letters_in_a_braille_file_that_are_none_fail(tmp_path: Path) -> None:
    bad = tmp_path / "bad.brf"
    bad.write_text("abc\r\n", encoding="ascii")
    assert kinds(list(braille.check(bad, Options(format=Format.BRF)))) == {"braille_file"}


def test_the_seconds_of_an_mp3_are_those_of_its_frames(tmp_path: Path) -> None:
    sound = tmp_path / "one.mp3"
    sound.write_bytes(FRAME * 100)
    assert mp3.seconds(sound) == pytest.approx(100 * 576 / 22_050)


def test_chapters_are_named_in_the_tag_and_follow_each_other(tmp_path: Path) -> None:
    sound = tmp_path / "one.mp3"
    sound.write_bytes(FRAME * 100)
    target = tmp_path / "all.mp3"
    id3.bind(Document([], "en", "T"), [("One", sound), ("Two", sound)], target)
    raw = target.read_bytes()
    assert raw.startswith(b"ID3\x03")
    assert raw.count(b"CHAP") == 2
    ends = round(100 * 576 / 22_050 * 1000)
    assert b"c1\0" + ends.to_bytes(4) + (2 * ends).to_bytes(4) in raw.replace(b"\xff\xfe", b"")
    assert mp3.seconds(target) == pytest.approx(200 * 576 / 22_050)
