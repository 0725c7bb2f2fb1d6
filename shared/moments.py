"""Days and moments as requests write them: RFC 3339 texts, and nothing else. Pydantic alone would
take a number for a moment too, and a moment for a day."""

import re
from datetime import date
from typing import Annotated, Final

from pydantic import AwareDatetime, BeforeValidator, Field

_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
# RFC 3339 §5.6
_MOMENT: Final = re.compile(
    r"\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2})", re.ASCII
)


def _written(pattern: re.Pattern[str], what: str) -> BeforeValidator:
    def checked(value: object) -> object:
        if not isinstance(value, str) or not pattern.fullmatch(value):
            raise ValueError(f"not {what}")
        return value

    return BeforeValidator(checked)


Day = Annotated[date, Field(strict=False), _written(_DAY, "a day such as 2026-12-01")]
Moment = Annotated[
    AwareDatetime, Field(strict=False), _written(_MOMENT, "a moment such as 2026-12-01T09:30:00Z")
]
