"""A copy that lost words of its source, or turned them round, is told from one that didn't."""

from services.notify.formats.compare import compare, in_order, recall, words_of
from services.notify.formats.tree import Document, SourceWords
from tests.unit.notify.formats.trees import note, para


def test_words_are_compared_without_case_marks_and_ligatures() -> None:
    assert words_of("The \ufb01rst, CAFE co\u00adop") == ["the", "first", "cafe", "coop"]


def test_an_arabic_ligature_is_the_same_in_either_order() -> None:
    assert words_of("الإعاقة") == words_of("اإلعاقة")
    assert words_of("الإعاقة") != words_of("العاقة")


def test_what_the_reader_lost_is_missed_though_the_copy_has_all_of_the_tree() -> None:
    words = [f"word{number}" for number in range(400)]
    document = Document([para(" ".join(words[:390]))], source=SourceWords(words))
    (said,) = compare(document, " ".join(words[:390]))
    assert (said.kind, said.count, said.is_failure) == ("words_lost", 10, True)


def test_a_copy_with_all_words_in_order_is_as_it_should_be() -> None:
    words = [f"word{number}" for number in range(400)]
    assert compare(Document([], source=SourceWords(words)), " ".join(words)) == []


def test_a_copy_whose_halves_are_swapped_is_not_in_order() -> None:
    words = [f"word{number}" for number in range(400)]
    turned = words[200:] + words[:200]
    (said,) = compare(Document([], source=SourceWords(words)), " ".join(turned))
    assert said.kind == "order_lost"


def test_notes_may_stand_where_the_format_puts_them() -> None:
    document = Document([para("one two three", note("four five"), "six seven")])
    assert compare(document, "one two three six seven four five") == []
    assert compare(document, "one two four five three six seven") == []


def test_recall_counts_a_word_as_often_as_it_stands() -> None:
    assert recall(["a", "a", "b", "b"], ["a", "b", "b", "b"]) == 0.75
    assert in_order(["a", "b", "c", "d"], ["a", "c", "b", "d"]) == 0.75
