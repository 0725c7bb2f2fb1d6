"""Names of what causes enquiries, made comparable and counted."""

import pytest

from services.routing.actions import name_trouble
from services.routing.documents import fields_of, ticket_of
from services.routing.trouble import Trouble, count_in, key_of, most_first
from tests.unit.examples import NOW, REFERENCE, ticket


@pytest.mark.parametrize(
    "name",
    [
        "Opening hours page wrong",
        "opening hours page WRONG",
        "  opening\thours \n page  wrong ",
        "opening hours\N{NO-BREAK SPACE}page wrong",
        "\N{FULLWIDTH LATIN SMALL LETTER O}pening hours page wrong",
    ],
)
def test_case_and_spaces_make_no_other_name(name: str) -> None:
    assert key_of(name) == "opening hours page wrong"


def test_names_are_compared_by_letters_not_by_how_they_are_encoded() -> None:
    assert key_of("Te\N{LATIN SMALL LETTER SHARP S}t") == key_of("TESST")
    assert key_of("Si\N{LATIN SMALL LETTER A WITH CIRCUMFLEX}n") == key_of(
        "Sia\N{COMBINING CIRCUMFLEX ACCENT}n"
    )
    assert key_of("opening hours") != key_of("opening hour")


def test_a_ticket_stores_what_its_trouble_is_compared_by() -> None:
    named = name_trouble(ticket(), "  Page  Wrong", "mair", NOW).ticket
    stored = fields_of(named)
    assert (stored["trouble"], stored["trouble_key"]) == ("  Page  Wrong", "page wrong")
    assert ticket_of({"_id": REFERENCE, **stored}) == named
    for nothing in (None, "\x1f"):
        taken_back = name_trouble(named, nothing, "mair", NOW).ticket
        assert fields_of(taken_back)["trouble_key"] is None


def test_the_newest_names_it_and_the_newest_fifty_stand_behind_it() -> None:
    found: dict[str, Trouble] = {}
    for number in range(60):
        name = "Page wrong" if number == 0 else "PAGE  WRONG"
        count_in({"_id": f"ENQ-{number}", "trouble": name, "trouble_key": "page wrong"}, found)
    [(key, one)] = most_first(found)
    assert (key, one.name, one.count) == ("page wrong", "Page wrong", 60)
    assert one.tickets == [f"ENQ-{number}" for number in range(50)]


def test_the_most_come_first_and_then_the_names_in_order() -> None:
    found = {"b": Trouble("B", 2), "c": Trouble("C", 5), "a": Trouble("A", 2)}
    assert [key for key, _ in most_first(found)] == ["c", "a", "b"]
