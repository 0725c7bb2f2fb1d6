"""Marks that many leave out are taken away, whatever the script."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.unmarked import unmarked


@pytest.mark.parametrize(
    ("written", "plain"),
    [("Gŵyl Siân", "Gwyl Sian"), ("كَتَبَ", "كتب"), ("a\u200fb\u00adc", "abc"), ("plain", "plain")],
)
def test_marks_go_and_letters_stay(written: str, plain: str) -> None:
    assert unmarked(unicodedata.normalize("NFKD", written)) == plain


@given(st.text())
def test_nothing_else_goes(text: str) -> None:
    kept = [one for one in text if unicodedata.category(one) not in {"Mn", "Cf"}]
    assert unmarked(text) == "".join(kept)
