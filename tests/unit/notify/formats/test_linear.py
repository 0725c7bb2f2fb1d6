"""A tree as it is heard or felt."""

from services.notify.formats.linear import passages
from services.notify.formats.maths import spoken
from services.notify.formats.tables import as_table
from services.notify.formats.tree import Document
from tests.unit.notify.formats.trees import heading, image, line, maths, note, para, span


def said(*blocks: dict[str, object]) -> list[str]:
    document = Document(list(blocks), language="en", title="T")
    return [one.text for one in passages(document)][1:]


def test_a_note_is_heard_after_what_calls_it() -> None:
    assert said(para("One", note("below"), "two"), para("three")) == [
        "One (note 1)two",
        "note 1: below",
        "three",
    ]


def test_a_cell_is_heard_with_the_heading_of_its_column() -> None:
    rows = [
        line("Format 2021", 600, font="Bold", cells=((70, "Format"), (200, "2021"))),
        line("Audio 203", 580, cells=((70, "Audio"), (200, "203"))),
    ]
    assert said(as_table(rows)) == ["Format; 2021", "Audio; 2021: 203"]


def test_an_image_and_a_formula_are_words() -> None:
    assert said(para(image("a.png", "A tree"), maths("a^2 = \\frac{1}{2}"))) == [
        "Image: A tree. a squared equals 1 over 2"
    ]


def test_a_passage_keeps_its_language() -> None:
    (_, made) = passages(Document([para("The motto", span("cy", "Gorau arf"))], "en", "T"))
    assert [one.language for one in made.runs if "Gorau" in one.text] == ["cy"]


def test_formulas_are_read_in_words() -> None:
    assert spoken("\\sqrt{x} \\leq a_{n+1}") == "the root of x is at most a sub n plus 1"


def test_headings_keep_their_level() -> None:
    made = passages(Document([heading(2, "A")], "en", "T"))
    assert [(one.kind, one.level) for one in made] == [("title", 0), ("heading", 2)]
