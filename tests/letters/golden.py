"""What each letter is now, and what it was when somebody last looked at it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from services.desk.preview import html_of
from services.notify.compose import Composer
from services.notify.letters import Outgoing
from services.notify.samples import SAMPLES, letter
from services.notify.wording import Wording
from shared.library import Library
from shared.references import Seal
from tests.unit.examples import DESCRIPTION, SECRET

FOLDER: Final = Path(__file__).resolve().parents[1] / "golden/letters"
LANGUAGES: Final = ("en", "cy", "fr", "ar")
LIBRARY: Final = Library.model_validate(
    DESCRIPTION
    | {
        "library": DESCRIPTION["library"] | {"languages": LANGUAGES},
        "hours": DESCRIPTION["hours"]
        | {"closures": [{"on": "2026-11-25", "reason": "Stocktaking"}]},
        "links": {"address": "https://ask.llanfair.example"},
        "sign_off": {
            "en": "With kind regards",
            "cy": "Cofion cynnes",
            "fr": "Bien cordialement",
            "ar": "مع أطيب التحيات",
        },
    }
)
WORDING: Final = Wording(LIBRARY)
COMPOSER: Final = Composer(LIBRARY, Seal(SECRET), WORDING)
PAIRS: Final = tuple((name, language) for name in SAMPLES for language in LANGUAGES)


def composed(name: str, language: str, asked: str | None = None) -> Outgoing:
    """One letter."""
    return letter(name, language, COMPOSER, LIBRARY, asked)


def parts(name: str, language: str) -> dict[str, str]:
    """What the golden files of a letter should hold, by their names."""
    one = composed(name, language)
    page = html_of(one)
    assert page is not None
    return {
        f"{name}.{language}.txt": f"{one.subject}\n\n{one.text}",
        f"{name}.{language}.html": page,
    }


def everything() -> Iterator[tuple[str, str]]:
    """Every file's name and text."""
    for name, language in PAIRS:
        yield from parts(name, language).items()
