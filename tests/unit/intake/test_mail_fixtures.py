"""Each letter in tests/mail/ is named for what is odd in it, with what to make of it beside it."""

import json
from pathlib import Path
from typing import Final

import pytest

from services.intake.bounce import bounce_of, has_signs
from services.intake.letter import Bounce
from services.intake.mail import read
from services.intake.reply_text import split
from services.intake.screen import automatic

FOLDER: Final = Path(__file__).parents[2] / "mail"
LETTERS: Final = sorted(one.stem for one in FOLDER.glob("*.eml"))
OWN: Final = frozenset({"enquiries@llanfair.example"})


@pytest.mark.parametrize("name", LETTERS)
def test_a_letter_is_understood(name: str) -> None:
    raw = (FOLDER / f"{name}.eml").read_bytes()
    expected = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    bounce, mail = bounce_of(raw), read(raw)
    assert bounce == as_bounce(expected["bounce"])
    assert has_signs(mail) or bounce is None
    verdict = "bounce" if bounce else expected["automatic"]
    assert automatic(mail, split(mail.text).new, None, OWN, bounce=bounce) == verdict


def as_bounce(expected: dict[str, object] | None) -> Bounce | None:
    if expected is None:
        return None
    recipients = expected["recipients"]
    assert isinstance(recipients, list)
    return Bounce(**(expected | {"recipients": tuple(recipients)}))  # type: ignore[arg-type]
