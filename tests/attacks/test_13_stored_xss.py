"""Stored XSS by mail: CVE-2018-1000154, CVE-2021-21441, CVE-2026-32754."""

from typing import Final

import pytest

from tests.hostile_html import assert_harmless, vectors
from tests.unit.intake.test_safe_html import made_safe

VECTORS: Final = list(vectors())


def test_there_are_enough_vectors() -> None:
    assert len(set(VECTORS)) >= 250


@pytest.mark.parametrize("html", VECTORS)
def test_nothing_hostile_is_left(html: str) -> None:
    left = made_safe(html)
    assert_harmless(left)
    assert made_safe(left) == left
    wrapped = made_safe(f"<div><table><tr><td>{html}</td></tr></table></div><p>after")
    assert_harmless(wrapped)
