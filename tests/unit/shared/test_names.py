"""What looks like a name."""

import pytest

from shared.names import name_to_greet


@pytest.mark.parametrize(
    "name",
    [
        "Rhian Example",
        "O'Brien",
        "O’Brien",
        "Siân",
        "Sia\u0302n",
        "Jean-Luc",
        "Dr. M. Example",
        "J. R. R. Invented",
        "محمد علي",
        "王小明",
        "Наталья",
        "Ñandú",
        "李",
        "ਸਿੰਘ",
        "x" * 60,
    ],
)
def test_what_looks_like_a_name_is_greeted_as_it_is_written(name: str) -> None:
    assert name_to_greet(name) == name
    assert name_to_greet(f"  {name} ") == name


@pytest.mark.parametrize(
    "name",
    [
        "",
        "   ",
        "x" * 61,
        "...",
        "-'-",
        "www.example.com",
        "Buy at cheap.example",
        "example.com",
        "https://evil.example",
        "//evil",
        "WWW.evil",
        "rhian@patrons.example",
        "50% off today",
        "Call 0123456789",
        "Win $$$ now",
        "You won 1000000 EUR",
        "Rhian\nBcc: evil@x.example",
        "Rhian\r",
        "a\x00b",
        "<b>Rhian</b>",
        "{{ 7 * 7 }}",
        "Rhian; DROP",
        "Rhian (Mrs)",
        "Rhian, Example",
        "R\u200bhian",
        "R\u202ehian",
        "🙂",
        "Rhian 🙂",
        "Rhian\u2028x",
        "a\ud800b",
    ],
)
def test_what_does_not_look_like_a_name_is_not_greeted(name: str) -> None:
    found = name_to_greet(name)
    assert found is None or found == "Rhian" == name.strip()
