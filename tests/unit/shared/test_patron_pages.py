"""The links to patrons' own pages: each opens one page of one ticket, for a time."""

from datetime import timedelta
from typing import Final

import pytest

from shared.patron_pages import Reached, status_link, status_of, survey_link, survey_of
from shared.references import Seal
from tests.unit.examples import NOW, REFERENCE, SECRET

SEAL: Final = Seal(SECRET)
UNTIL: Final = NOW + timedelta(days=180)
ADDRESS: Final = "https://desk.llanfair.example/"


def token(link: str) -> str:
    return link.rpartition("/")[2]


STATUS: Final = token(status_link(SEAL, ADDRESS, REFERENCE, UNTIL))
SURVEY: Final = token(survey_link(SEAL, ADDRESS, REFERENCE, UNTIL))


def test_a_link_leads_to_the_page_of_its_ticket() -> None:
    assert status_link(SEAL, ADDRESS, REFERENCE, UNTIL) == (
        f"https://desk.llanfair.example/s/{STATUS}"
    )
    assert status_of(SEAL, STATUS, NOW) == survey_of(SEAL, SURVEY, NOW) == Reached(REFERENCE, UNTIL)


def test_it_ends() -> None:
    assert status_of(SEAL, STATUS, UNTIL - timedelta(seconds=1)) is not None
    assert status_of(SEAL, STATUS, UNTIL) is None
    assert survey_of(SEAL, SURVEY, UNTIL) is None


def test_it_opens_no_other_page() -> None:
    assert survey_of(SEAL, STATUS, NOW) is None
    assert status_of(SEAL, SURVEY, NOW) is None


def _bent() -> list[str]:
    code, ends, mark = STATUS.split(".")
    other = token(status_link(SEAL, ADDRESS, "ENQ-0000-0000", UNTIL)).partition(".")[0]
    return [
        f"{other}.{ends}.{mark}",
        f"{code}.{int(ends) + 1}.{mark}",
        f"{code}.{ends}.{'a' * 26}",
        f"{code}.{ends}",
        f"{code}.{ends}.{mark}.",
        f"{code.upper()}.{ends}.{mark}",
        f"{code}.{ends}.{mark}\n",
        f"{code}.٣.{mark}",
        f"{code}.{'9' * 40}.{mark}",
        token(status_link(Seal(SECRET[::-1]), ADDRESS, REFERENCE, UNTIL)),
        "",
        "." * 200,
        "é" * 36,
    ]


@pytest.mark.parametrize("written", _bent())
def test_one_that_is_bent_or_made_up_opens_nothing(written: str) -> None:
    assert status_of(SEAL, written, NOW) is None
    assert survey_of(SEAL, written, NOW) is None
