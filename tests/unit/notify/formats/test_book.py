"""What a reading system shows of an EPUB beside its text."""

import zipfile
from pathlib import Path

import pytest
from lxml import html

from services.notify.formats import book
from services.notify.formats.tree import Document
from tests.unit.notify.formats.trees import heading, para


def test_each_page_of_a_book_is_named_for_its_first_heading(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    blocks = [para("Before"), heading(1, "The ferry"), para("It goes"), heading(1, "The tolls")]
    book.write(Document(blocks, language="en", title="Rivers"), tmp_path / "one.epub", 512)
    with zipfile.ZipFile("one.epub") as made:
        pages = sorted(one for one in made.namelist() if one.startswith("EPUB/text/"))
        names = [html.document_fromstring(made.read(one)).findtext(".//title") for one in pages]
    assert sorted(set(names)) == ["Rivers", "The ferry", "The tolls"]
    assert book.check(tmp_path / "one.epub", Document(blocks))[0] == []
