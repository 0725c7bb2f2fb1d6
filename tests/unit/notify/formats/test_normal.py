"""What is mended in every tree, and what staff are told of it."""

from typing import Any

import pytest

from services.notify.formats.findings import Reason, Refused
from services.notify.formats.normal import normalise
from services.notify.formats.tree import Document, text_of, walk
from tests.unit.notify.formats.trees import heading, image, link, para


def settled(blocks: list[Any], *, media: set[str] | None = None, title: str = "T") -> Document:
    return normalise(Document(blocks, language="en", title=title), media or set(), "the file")


def kinds(document: Document) -> dict[str, int]:
    return {one.kind: one.count for one in document.findings}


def test_headings_begin_at_one_and_skip_no_level() -> None:
    made = settled([heading(2, "A"), heading(4, "B"), heading(2, "C"), para("x")])
    assert [node["c"][0] for node in walk(made.blocks) if node["t"] == "Header"] == [1, 2, 1]
    assert kinds(made)["heading_mended"] == 1


def test_an_image_without_a_description_is_said_to_have_none() -> None:
    made = settled([heading(1, "A"), para(image("media/a.png"))], media={"media/a.png"})
    (shown,) = [node for node in walk(made.blocks) if node["t"] == "Image"]
    assert text_of(shown["c"][1]) == "image without description"
    assert kinds(made) == {"no_description": 1}


def test_an_image_that_is_not_there_leaves_its_description() -> None:
    made = settled([heading(1, "A"), para(image("https://far.example/a.png", "A tree"))])
    assert not [node for node in walk(made.blocks) if node["t"] == "Image"]
    assert "[Image: A tree]" in text_of(made.blocks)
    assert kinds(made) == {"image_left_out": 1}


def test_a_link_to_nowhere_keeps_its_words() -> None:
    blocks = [heading(1, "A", "a"), para(link("#a", "there"), link("#gone", "nowhere"))]
    made = settled(blocks)
    links = [node for node in walk(made.blocks) if node["t"] == "Link"]
    assert [text_of(one["c"][1]) for one in links] == ["there"]
    assert "nowhere" in text_of(made.blocks)
    assert kinds(made) == {"link_mended": 1}


def test_a_link_that_runs_code_is_none() -> None:
    made = settled([heading(1, "A"), para(link("javascript:alert(1)", "press"))])
    assert not [node for node in walk(made.blocks) if node["t"] == "Link"]


def test_the_first_heading_is_the_title_of_a_document_without_one() -> None:
    made = settled([heading(1, "The name"), heading(2, "A"), para("x")], title="")
    assert made.title == "The name"
    assert [text_of(node["c"][2]) for node in made.blocks if node["t"] == "Header"] == ["A"]


def test_a_document_whose_only_heading_is_its_title_has_a_heading() -> None:
    made = settled([heading(1, "The name"), para("x")], title="")
    assert (made.title, kinds(made)) == ("The name", {})
    assert kinds(settled([para("x")])) == {"no_headings": 1}


def test_words_in_arabic_letters_get_their_language() -> None:
    made = settled([heading(1, "A"), para("the word كتاب جديد means a new book")])
    (said,) = [node for node in walk(made.blocks) if node["t"] == "Span"]
    assert said["c"][0][2] == [["lang", "ar"], ["dir", "rtl"]]
    assert text_of(said["c"][1]) == "كتاب جديد"
    assert " ".join(text_of(made.blocks[-1]).split()) == "the word كتاب جديد means a new book"
    assert kinds(made) == {"language_guessed": 1}


def test_an_empty_document_is_refused() -> None:
    with pytest.raises(Refused) as refused:
        settled([{"t": "HorizontalRule"}])
    assert refused.value.reason is Reason.EMPTY


def test_a_document_that_is_nested_without_end_is_refused() -> None:
    node: dict[str, Any] = para("x")
    for _ in range(200):
        node = {"t": "BlockQuote", "c": [node]}
    with pytest.raises(Refused) as refused:
        settled([node])
    assert refused.value.reason is Reason.TOO_DEEP


def test_a_document_in_arabic_letters_that_says_english_is_arabic() -> None:
    made = settled([heading(1, "كتاب"), para("كتاب جديد في المكتبة")])
    assert made.language == "ar"
    assert kinds(made) == {"language_wrong": 1}


def test_an_anchor_in_a_heading_is_a_name_of_the_heading() -> None:
    anchor = {"t": "Span", "c": [["mark", [], []], []]}
    title = heading(1, "A", "a")
    title["c"][2].insert(0, anchor)
    made = settled([title, para(link("#mark", "there"))])
    assert not [node for node in walk(made.blocks) if node["t"] == "Span"]
    (there,) = [node for node in walk(made.blocks) if node["t"] == "Link"]
    assert there["c"][2][0] == "#" + made.blocks[0]["c"][1][0]
