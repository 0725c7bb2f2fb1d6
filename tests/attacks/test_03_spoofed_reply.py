"""A reply in somebody else's name joins his ticket: CVE-2026-47123."""

from itertools import islice
from random import Random

from tests.builders import mail
from tests.forgeries import FIRST, PATRON, STRANGER, forgeries
from tests.unit.intake.test_matching import House, house

__all__ = ["house"]


async def test_a_thousand_forgeries_join_nothing_and_ten_real_letters_do(house: House) -> None:
    joined, kinds = [], set()
    made = list(islice(forgeries(house.reference, FIRST), 3612))
    in_his_name = [one for one in made if one[0] == PATRON]
    assert len(in_his_name) > 100
    others = Random(7).sample([one for one in made if one[0] != PATRON], 1000 - len(in_his_name))
    for sender, kind, raw, to in (*others, *in_his_name):
        kinds.add((sender, kind))
        if await house.accept(raw, sender, to) == house.reference:
            joined.append((sender, kind, to))
    assert joined == []
    assert len(kinds) > 15
    assert len(house.letters.kept) == 1001, "each is a ticket of its own"
    for number in range(10):
        raw = mail(sender=PATRON if number % 2 else STRANGER, subject=f"Real {number}")
        if number < 5:
            assert await house.accept(raw, PATRON, house.token()) == house.reference
        else:
            real = raw.replace(b"\r\n\r\n", f"\r\nReferences: {house.ours()}\r\n\r\n".encode(), 1)
            assert await house.accept(real) == house.reference
