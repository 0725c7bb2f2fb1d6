"""Documents that mean harm are refused with a reason, or converted without it. Here one of each
kind; `make formats-abuse` tries all of them, into every format."""

from typing import Final

import pytest

from tests.formats.abuse.documents import ALL, Bad
from tests.formats.abuse.run import try_on
from tests.formats.abuse.trap import SPIES, caught

QUICK: Final = frozenset(
    {
        *("bomb.docx", "lies_of_its_size.docx", "laughs.docx", "stranger.odt", "spy.docx"),
        *("spy.html", "spy.md", "deep.docx", "cut_off.docx", "picture.docx", "locked.docx"),
        *("locked.pdf", "locked_parts.docx", "sold.epub", "busy.pdf", "false.png"),
        *("font.docx", "font.epub", "font.pdf"),
    }
)


@pytest.mark.parametrize("one", [one for one in ALL if one.name in QUICK], ids=lambda one: one.name)
async def test_it_is_refused_or_converted_without_what_is_bad_in_it(one: Bad) -> None:
    became = await try_on(one, "html")
    assert became.faults == ()


async def test_nothing_is_fetched_even_where_it_could_be() -> None:
    assert len(SPIES) >= 5
    assert await caught(["html"]) == 0


def test_each_of_the_quick_ones_is_there() -> None:
    assert {one.name for one in ALL} >= QUICK
