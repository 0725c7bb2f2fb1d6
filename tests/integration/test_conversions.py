"""Real conversions by the real programs, confined: each format once, each kind of source once."""

from pathlib import Path

import pytest

from services.notify.formats.convert import Converted, convert
from services.notify.formats.options import Format, Options
from tests.formats import samples
from tests.formats.copies import said_by

CHART = "Bar chart: requests rose from 212 in 2019 to 611 in 2023."


@pytest.fixture(scope="module")
def markdown(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sources")
    return samples.write_markdown(folder, samples.article(sections=4, paragraphs=1), "article")


async def converted(source: Path, form: Format, work: Path) -> Converted:
    return await convert(source, Options(format=form, words_a_minute=400), work / "work")


@pytest.mark.parametrize(
    "form",
    [
        *(Format.HTML, Format.PDF, Format.LARGE_PRINT, Format.EPUB, Format.DOCX, Format.TEXT),
        *(Format.BRF, Format.PEF),
    ],
)
async def test_a_word_file_becomes_every_format(
    form: Format, markdown: Path, tmp_path: Path
) -> None:
    source = samples.office(markdown.parent, markdown, "docx")
    made = await converted(source, form, tmp_path)
    assert [one for one in made.findings if one.is_failure] == []
    assert made.is_sendable
    assert (made.title, made.language) == ("Delivering documents to readers", "en-GB")
    # The copies that can be read here end with the document's last sentence.
    said = said_by(made.file, form)
    assert said is None or "note S0044" in " ".join(said.split())


async def test_a_short_text_becomes_sound_with_its_chapters(tmp_path: Path) -> None:
    source = tmp_path / "short.md"
    source.write_text("---\ntitle: Short\nlang: en\n---\n\n# One\n\nWords.\n", encoding="utf-8")
    made = await converted(source, Format.DAISY, tmp_path)
    assert made.findings == ()
    assert "Words" in (said_by(made.file, Format.DAISY) or "")


@pytest.mark.parametrize("form", ["odt", "html", "epub"])
async def test_a_source_keeps_its_image_with_its_description_and_its_formulas(
    form: str, markdown: Path, tmp_path: Path
) -> None:
    source = samples.office(markdown.parent, markdown, form)
    made = await converted(source, Format.HTML, tmp_path)
    page = made.file.read_text(encoding="utf-8")
    assert page.count("<img") == 2
    assert f'alt="{CHART}"' in page
    assert page.count("<math") == 3
    assert {one.kind for one in made.findings} == {"no_description"}


async def test_a_slide_with_a_formula_keeps_its_other_words(markdown: Path, tmp_path: Path) -> None:
    source = samples.office(markdown.parent, markdown, "pptx")
    made = await converted(source, Format.TEXT, tmp_path)
    assert made.is_sendable
    assert "maths_as_signs" in {one.kind for one in made.findings}
    assert "The yearly growth follows" in made.file.read_text(encoding="utf-8-sig")


async def test_a_printed_paper_in_columns_is_read_in_order(tmp_path: Path) -> None:
    source = samples.two_columns(tmp_path)
    made = await converted(source, Format.TEXT, tmp_path)
    text = made.file.read_text(encoding="utf-8-sig")
    notes = [text.find(f"note S{number:04d}") for number in range(1, 20)]
    assert -1 not in notes
    assert notes == sorted(notes)
    assert made.is_sendable


async def test_a_picture_of_a_page_is_recognised(tmp_path: Path) -> None:
    samples.scan(tmp_path, pages=1)
    made = await converted(tmp_path / "scan0.png", Format.TEXT, tmp_path)
    text = " ".join(made.file.read_text(encoding="utf-8-sig").split())
    assert made.kind == "image"
    assert "Background" in text
    assert text.count("note S0") > 15
    assert "pages_without_text" in {one.kind for one in made.findings}
