"""What a source says is counted beside its reader, and what pandoc would drop is kept."""

import zipfile
from pathlib import Path

from services.notify.formats import images, odt_words, slide_words, source_words, web_words
from services.notify.formats.tools import pandoc
from services.notify.formats.typeset import first_odd
from tests.unit.notify.formats.trees import image, para

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
ODT = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
    'xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0" '
    'xmlns:svg="urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0" '
    'xmlns:xlink="http://www.w3.org/1999/xlink"'
)
P = (
    'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:a14="http://schemas.microsoft.com/office/drawing/2010/main" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
)


def test_what_stands_beside_the_main_part_of_a_page_is_kept(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.write_text(
        "<h1>Before</h1><main><p>one</p></main><div role='main'><p>two</p></div><p>after</p>"
    )
    web_words.marked(source, tmp_path / "marked")
    read_back = pandoc(["-f", "html", "-t", "plain", str(tmp_path / "marked")], 500)
    assert read_back.decode().split() == ["Before", "one", "two", "after"]


def archive(folder: Path, **parts: str) -> Path:
    path = folder / "source"
    with zipfile.ZipFile(path, "w") as made:
        for name, content in parts.items():
            made.writestr(name.replace("__", "/").replace("_xml", ".xml"), content)
    return path


def test_words_of_a_word_file_are_whole_over_runs_and_notes_apart(tmp_path: Path) -> None:
    text = (
        f"<w:document {W}><w:p><w:r><w:t>acc</w:t></w:r><w:r><w:t>ess</w:t></w:r><w:r><w:tab/>"
        "<w:t>now</w:t></w:r></w:p><w:moveFrom><w:r><w:t>moved</w:t></w:r></w:moveFrom>"
        '<w:sdt><w:sdtPr><w:docPartGallery w:val="Table of Contents"/></w:sdtPr><w:sdtContent>'
        "<w:p><w:r><w:t>listed</w:t></w:r></w:p></w:sdtContent></w:sdt></w:document>"
    )
    notes = f"<w:footnotes {W}><w:p><w:r><w:t>below</w:t></w:r></w:p></w:footnotes>"
    source = archive(tmp_path, word__document_xml=text, word__footnotes_xml=notes)
    said = source_words.of("docx", source)
    assert said is not None
    assert (said.body, said.notes) == (["access", "now"], ["below"])


def test_words_of_an_opendocument_text_are_without_descriptions(tmp_path: Path) -> None:
    text = (
        f"<office:document-content {ODT}><office:body><office:text><text:p>one<text:s/>two"
        "<text:note><text:note-body><text:p>below</text:p></text:note-body></text:note>"
        "<draw:frame><svg:desc>seen</svg:desc></draw:frame> three</text:p></office:text>"
        "</office:body></office:document-content>"
    )
    said = source_words.of("odt", archive(tmp_path, content_xml=text))
    assert said is not None
    assert (said.body, said.notes) == (["one", "two", "three"], ["below"])


def test_a_slide_s_box_with_a_formula_is_no_choice_any_more(tmp_path: Path) -> None:
    slide = (
        f"<p:sld {P}><mc:AlternateContent><mc:Choice><p:sp><a:p><a:r><a:t>It is</a:t></a:r>"
        "<a14:m><m:r><m:t>a=b</m:t></m:r></a14:m></a:p></p:sp></mc:Choice><mc:Fallback/>"
        "</mc:AlternateContent></p:sld>"
    )
    source = archive(tmp_path, ppt__presentation_xml="<p/>", ppt__slides__slide1_xml=slide)
    target = tmp_path / "marked"
    assert slide_words.marked(source, target) == 1
    with zipfile.ZipFile(target) as made:
        said = made.read("ppt/slides/slide1.xml").decode()
    assert "AlternateContent" not in said
    assert "<a:t> a=b </a:t>" in said
    words = source_words.of("pptx", target)
    assert words is not None
    assert words.body == ["it", "is", "a", "b"]


def test_an_image_in_a_page_s_own_address_becomes_a_file(tmp_path: Path) -> None:
    blocks = [para(image("data:image/png;base64,iVBORw0KGgo=", "A tree"))]
    images.unpack(blocks, tmp_path / "media")
    source = blocks[0]["c"][0]["c"][2][0]
    assert Path(source).read_bytes() == b"\x89PNG\r\n\x1a\n"
    broken = [para(image("data:image/png;base64,!", "A tree")), para(image("data:text/html,x"))]
    images.unpack(broken, tmp_path / "media")
    assert len(list((tmp_path / "media").iterdir())) == 1


def page(folder: Path, raw: bytes) -> str:
    (folder / "page.html").write_bytes(raw)
    web_words.marked(folder / "page.html", folder / "marked.html")
    return (folder / "marked.html").read_text(encoding="utf-8")


def test_a_page_in_an_older_character_set_is_read_with_its_letters(tmp_path: Path) -> None:
    declared = '<html><head><meta charset="iso-8859-2"></head><p>Łódź</p></html>'
    assert "Łódź" in page(tmp_path, declared.encode("iso-8859-2"))
    assert "café" in page(tmp_path, "<html><p>café</p></html>".encode("cp1252"))
    assert "Tŷ" in page(tmp_path, '<html><meta charset="latin1"><p>Tŷ</p></html>'.encode())


def test_a_link_finds_an_anchor_that_stands_between_blocks_or_in_a_cell(tmp_path: Path) -> None:
    made = page(
        tmp_path,
        b'<html><body><a href="#one">1</a><a href="#two">2</a><a href="#three">3</a>'
        b'<span id="one"></span><a name="two"></a><h2>Both</h2>'
        b'<table><tr id="three"><td>cell</td></tr></table></body></html>',
    )
    assert '<h2 id="two">' in made
    assert made.count('href="#two"') == 2
    assert '<td><span id="three"></span>cell</td>' in made


def test_an_opendocument_mark_of_a_formula_becomes_the_formula() -> None:
    formula = {"t": "Math", "c": [{"t": "InlineMath"}, "a"]}
    blocks = [para({"t": "Str", "c": "is\ue0040\ue002."})]
    (made,) = odt_words.restored(blocks, [formula])
    assert [one["t"] for one in made["c"]] == ["Str", "Math", "Str"]


def test_the_block_that_cant_be_set_in_type_is_found() -> None:
    asked: list[int] = []

    def fits(blocks: list[object]) -> bool:
        asked.append(len(blocks))
        return 700 not in blocks

    assert first_odd(list(range(1000)), fits) == 700
    assert len(asked) < 15
    assert first_odd(list(range(600)), fits) is None
