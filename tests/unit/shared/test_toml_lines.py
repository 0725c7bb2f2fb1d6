"""Each sort of place in a TOML text is found in its line."""

import tomllib
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.toml_lines import Place, line_of, lines
from tests.properties import examples

TEXT: Final = '''\
# A comment with = and [brackets]
top = 1

[plain]
word = "a # no comment, and ] no bracket"  # one
literal = 'C:\\path'   # = [
"quoted key" = true
'other.key' = 1.5
when = 2026-12-25 10:00:00
dotted.inner . last = 1
many = """
[not.a.table]
key = "none" \\"""
""" # after
raw = \'\'\'
key = 1\'\'\'\'
list = [ "one", 2,
  # between
  [3,
   4], { a = 1, b.c = [
     5 ] },
]
inline = { on = 2026-12-24, open = ["09:00-12:00"] }

[outer.inner]
key = 1

[[rows]]
id = "first"

[rows.part]
key = 1

[[rows]]
id = "second"
[rows.part]
key = 2
[[rows.deep]]
x = 1
[[rows.deep]]
x = 2
["quoted.table"]
key = 1'''
LINES: Final[list[tuple[Place, int]]] = [
    (("top",), 2),
    (("plain",), 4),
    (("plain", "word"), 5),
    (("plain", "literal"), 6),
    (("plain", "quoted key"), 7),
    (("plain", "other.key"), 8),
    (("plain", "when"), 9),
    (("plain", "dotted"), 10),
    (("plain", "dotted", "inner", "last"), 10),
    (("plain", "many"), 11),
    (("plain", "raw"), 15),
    (("plain", "list"), 17),
    (("plain", "list", 1), 17),
    (("plain", "list", 2), 19),
    (("plain", "list", 2, 1), 20),
    (("plain", "list", 3), 20),
    (("plain", "list", 3, "a"), 20),
    (("plain", "list", 3, "b", "c", 0), 21),
    (("plain", "inline", "on"), 23),
    (("plain", "inline", "open", 0), 23),
    (("outer",), 25),
    (("outer", "inner"), 25),
    (("outer", "inner", "key"), 26),
    (("rows",), 28),
    (("rows", 0), 28),
    (("rows", 0, "id"), 29),
    (("rows", 0, "part"), 31),
    (("rows", 0, "part", "key"), 32),
    (("rows", 1), 34),
    (("rows", 1, "id"), 35),
    (("rows", 1, "part", "key"), 37),
    (("rows", 1, "deep", 0, "x"), 39),
    (("rows", 1, "deep", 1), 40),
    (("rows", 1, "deep", 1, "x"), 41),
    (("quoted.table",), 42),
    (("quoted.table", "key"), 43),
]


def places(value: Any, here: Place = ()) -> set[Place]:
    """Every place in what a text says."""
    found = {here} if here else set()
    match value:
        case dict():
            return found.union(*(places(inner, (*here, key)) for key, inner in value.items()))
        case list():
            return found.union(*(places(inner, (*here, at)) for at, inner in enumerate(value)))
    return found


@pytest.mark.parametrize(("place", "line"), LINES)
def test_each_sort_of_place_has_its_line(place: Place, line: int) -> None:
    assert lines(TEXT)[place] == line


def test_every_place_is_found_and_none_besides() -> None:
    assert lines(TEXT).keys() == places(tomllib.loads(TEXT))


@pytest.mark.parametrize(
    ("place", "line"),
    [
        (("rows", 1, "colour"), 34),
        (("plain", "inline", "open", 3), 23),
        (("rows", 1, "deep", 1, "y"), 40),
        (("nowhere",), None),
        ((), None),
    ],
)
def test_what_is_not_there_is_told_by_what_is_around_it(place: Place, line: int | None) -> None:
    assert line_of(place, lines(TEXT)) == line


words = st.text(st.sampled_from("a\"'\\#[]{}=,. \n\u2028é"), max_size=4)
keys = st.sampled_from(["a", "b", "c-d", "e_1"])
simple = st.integers(0, 99) | words
values = simple | st.lists(simple | st.lists(simple, max_size=2), max_size=3)


def written(value: Any) -> str:
    """A value as TOML."""
    match value:
        case bool():
            return str(value).lower()
        case str():
            inner = "".join(f"\\U{ord(one):08x}" if one in '"\\' or not one.isprintable() else one
                            for one in value)  # fmt: skip
            return f'"{inner}"'
        case list():
            return "[" + ",\n  ".join(written(one) for one in value) + "]"
    return str(value)


@examples(2000)
@given(st.lists(st.dictionaries(keys, values, max_size=3), min_size=1, max_size=4))
def test_every_place_of_any_text_has_a_line_on_which_it_begins(rows: list[dict[str, Any]]) -> None:
    text = ""
    for row in rows:
        text += "[[rows]] # one\n" + "".join(
            f"{key} = {written(inner)}\n" for key, inner in row.items()
        )
    known = lines(text)
    assert tomllib.loads(text) == {"rows": rows}
    assert known.keys() == places({"rows": rows})
    for at, row in enumerate(rows):
        assert text.splitlines()[known["rows", at] - 1].startswith("[[rows]]")
        for key in row:
            assert text.split("\n")[known["rows", at, key] - 1].startswith(f"{key} =")
