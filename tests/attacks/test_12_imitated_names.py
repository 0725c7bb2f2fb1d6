"""A sender who looks like another: by name, by letters that look alike, by marks of direction."""

from typing import Any, Final

import pytest

from services.intake.store import _document
from services.intake.understand import understand
from services.routing.views import as_whole
from tests.forgeries import STRANGER
from tests.unit.examples import ADDRESS, NOW, document
from tests.unit.intake.test_matching import House

MIXED: Final = "sender_mixes_alphabets"
ANOTHER: Final = "sender_named_as_another"
SPOOFED: Final = [
    ("Mair Pretend", None),
    ("Llanfair-on-Sea Public Library", None),
    ("mair@llanfair.example", ANOTHER),
    ("Mair Pretend mair@llanfair.example", ANOTHER),
    ("enquiries@llanfair.example via Enquiry Desk", ANOTHER),
    ("M\u0430ir Pretend", MIXED),
    ("Mair Pret\u0435nd", MIXED),
    ("\u041cair Pretend", MIXED),
    ("Ll\u0430nf\u0430ir Library", MIXED),
    ("\u039cair Pretend", MIXED),
    ("Mair Pr\u03bfse", MIXED),
    ("\uff2d\uff41\uff49\uff52", MIXED),
    ("\U0001d40cair", MIXED),
    ("\u202emoc.elpmaxe@riam", ANOTHER),
    ("Mair\u202e dneterP", None),
    ("\u2066Mair\u2069 \u2067Pretend\u2069", None),
    ("Ma\u200bir Pretend", None),
    ("\ufeffMair\u2060 Pretend", None),
    ("\u200fMair \u200ePretend", None),
    ("\u061cMair", None),
    ("Mair\u2028Pretend", None),
    ("Mair <mair@llanfair.example>", ANOTHER),
]
UNSEEN: Final = set("\u200b\u200e\u200f\u061c\u2060\ufeff\u2028\u2029") | {
    chr(one) for one in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))
}


async def seen(name: str, address: str = STRANGER) -> dict[str, Any]:
    """A letter from that name, as staff see it."""
    written = name.replace('"', "")
    raw = f'From: "{written}" <{address}>\r\nSubject: {name}\r\n\r\nwords\r\n'.encode()
    letter = await understand(raw, STRANGER, (ADDRESS,), NOW, clerk=House().desk.clerk)
    ticket = document(
        version=1, status="new", topic=None, format=None, created_at=NOW, updated_at=NOW, unread=1,
        timeline=[], promises=[],
    )  # fmt: skip
    whole = as_whole(ticket, [_document(letter, None, None)], [])
    return dict(whole["messages"][0])


@pytest.mark.parametrize(("name", "told"), SPOOFED, ids=ascii)
async def test_the_true_address_is_beside_the_name_and_the_trick_is_told(
    name: str, told: str | None
) -> None:
    shown = await seen(name)
    assert shown["from"]["address"] == STRANGER
    assert UNSEEN.isdisjoint(shown["from"]["name"])
    assert UNSEEN.isdisjoint(shown["from"]["address"])
    assert UNSEEN.isdisjoint(shown["subject"])
    codes = [one["code"] for one in shown["remarks"]]
    assert codes == ([] if told is None else [told])


@pytest.mark.parametrize("address", ["m\u0430ir@llanfair.example", "mair@llanf\u0430ir.example"])
async def test_an_address_of_letters_that_look_alike_is_told(address: str) -> None:
    assert MIXED in [one["code"] for one in (await seen("Mair", address))["remarks"]]


@pytest.mark.parametrize(
    "name", ["Siân Ŵyn", "Наталья Иванова", "Νίκος", "王小明", "محمد", "山田 Taro", "Ελένη Smith"]
)
async def test_a_name_in_any_one_alphabet_is_no_trick(name: str) -> None:
    assert (await seen(name))["remarks"] == []


def test_there_are_enough() -> None:
    assert len(SPOOFED) >= 20
