"""A little of `make fuzz`, the same each time: a few hundred letters that nobody would write."""

import pytest

from tests.fuzz.survival import Broken, examples, survive


class Odd(bytes):
    """A letter over which the parser stumbles."""

    def __len__(self) -> int:
        raise TypeError("not this one")


def test_no_letter_does_anything_but_be_read_or_unreadable() -> None:
    examples(300, 20261122)


def test_what_breaks_the_parser_is_told(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path_factory.mktemp("fuzz"))
    with pytest.raises(Broken, match=r"TypeError: .*\.eml"):
        survive(Odd(b"x"))
