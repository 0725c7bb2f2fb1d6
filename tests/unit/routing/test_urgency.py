"""How much haste a letter has."""

from datetime import date
from time import perf_counter
from typing import Final

import pytest

from services.routing.urgency import Haste, Urgency, haste_of
from services.routing.words import Words

MONDAY: Final = date(2026, 11, 23)
ALL: Final = ("en", "cy", "fr", "ar", "de", "es", "it", "pt", "nl", "pl")
NORMAL, SOON, URGENT = Urgency


def haste(text: str, asked: str | None = None, languages: tuple[str, ...] = ALL) -> Haste:
    return haste_of((Words.of(""), Words.of(text)), asked, MONDAY, languages)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("I need it by Friday", "2026-11-27"),
        ("Could I have it by this Friday?", "2026-11-27"),
        ("no later than Thursday, if you can", "2026-11-26"),
        ("my exam is tomorrow", "2026-11-24"),
        ("I have an exam on the Tudors on Thursday", "2026-11-26"),
        ("by tomorrow morning", "2026-11-24"),
        ("by 5 December please", "2026-12-05"),
        ("by the 5th of December", "2026-12-05"),
        ("by December 5th", "2026-12-05"),
        ("by 9 January", "2027-01-09"),
        ("by 3 March 2027", "2027-03-03"),
        ("by 2026-11-30", "2026-11-30"),
        ("by 25/12/2026", "2026-12-25"),
        ("by 5.12.2026", "2026-12-05"),
        ("by 4 December, or by 2 December at best", "2026-12-02"),
        ("erbyn dydd Gwener", "2026-11-27"),
        ("Mae fy arholiad yfory", "2026-11-24"),
        ("erbyn 5 Rhagfyr", "2026-12-05"),
        ("J'ai un examen demain", "2026-11-24"),
        ("d'ici vendredi", "2026-11-27"),
        ("au plus tard le 5 décembre", "2026-12-05"),
        ("أحتاجه بحلول يوم الخميس", "2026-11-26"),
        ("امتحاني غدا", "2026-11-24"),
        ("Ich brauche das Buch bis Freitag", "2026-11-27"),
        ("spätestens am 5. Dezember", "2026-12-05"),
        ("a más tardar el viernes", "2026-11-27"),
        ("entro venerdì", "2026-11-27"),
        ("Jutro mam egzamin, potrzebuję tego na jutro", "2026-11-24"),
    ],
)
def test_a_clear_day_is_found_and_counted_from_the_letters_own(text: str, day: str) -> None:
    found = haste(text)
    assert found.needed_by == date.fromisoformat(day)
    assert found.reason == f"needed by {day}, told in the letter" or found.urgency is URGENT


@pytest.mark.parametrize(
    "text",
    [
        "by Monday",
        "by next Friday",
        "by 5/12/2026",
        "by 31 February 2027",
        "by 5 May 1910",
        "by 1 November",
        "by Friday's train",
        "by Friday last",
        "the exam last Friday",
        "The exam was on Friday",
        "I am away until Friday",
        "Are you open on Friday?",
        "by train",
        "standby Friday",
        "the funeral of 5 May 1910",
        "vendredi dernier, pour le voyage",
        "by 99 December",
    ],
)
def test_what_is_not_clear_is_no_day(text: str) -> None:
    assert haste(text) == Haste(NORMAL, None, "nothing says that there is haste")


@pytest.mark.parametrize(
    ("asked", "urgency"),
    [
        ("2026-11-20", URGENT),
        ("2026-11-23", URGENT),
        ("2026-11-25", URGENT),
        ("2026-11-26", SOON),
        ("2026-11-30", SOON),
        ("2026-12-01", NORMAL),
    ],
)
def test_the_nearer_the_day_the_more_haste(asked: str, urgency: Urgency) -> None:
    assert haste("When are you open?", asked) == Haste(
        urgency, date.fromisoformat(asked), f"needed by {asked}, asked for"
    )


def test_a_day_that_was_asked_for_counts_and_not_that_of_the_text() -> None:
    assert haste("by Friday", "2027-03-01").needed_by == date(2027, 3, 1)
    assert haste("by Friday", "soon").needed_by == date(2026, 11, 27)


@pytest.mark.parametrize(
    ("text", "urgency"),
    [
        ("This is urgent", URGENT),
        ("I need this urgently", URGENT),
        ("Mae hyn ar frys", URGENT),
        ("C'est urgent", URGENT),
        ("الأمر عاجل", URGENT),
        ("Es ist dringend", URGENT),
        ("as soon as possible please", SOON),
        ("cyn gynted â phosibl", SOON),
        ("dès que possible", SOON),
        ("It is not urgent", NORMAL),
        ("no rush, it is urgent only for me", NORMAL),
        ("leaflets of the urgent care centre", NORMAL),
        ("Does dim brys", NORMAL),
        ("insurgents", NORMAL),
        ("When are you open?", NORMAL),
    ],
)
def test_words_of_haste_count_in_each_language(text: str, urgency: Urgency) -> None:
    assert haste(text).urgency is urgency


def test_only_the_librarys_languages_are_looked_for() -> None:
    assert haste("C'est urgente", languages=("en", "cy")).urgency is NORMAL
    assert haste("Es ist dringend", languages=("en", "so")).urgency is NORMAL


@pytest.mark.parametrize(
    "text", ["When are you open", "Where is my book", "I need it by Friday", "It is urgent"]
)
def test_shouting_changes_nothing(text: str) -> None:
    calm = haste(text)
    assert haste(text.upper() + "!!!!!!!!!") == calm
    assert haste(f"!!! {text} !!!?!") == calm
    assert haste(f"HELLO??? ANSWER ME!!! {text}").urgency is calm.urgency


def test_who_says_that_there_is_no_haste_is_believed_but_for_a_day() -> None:
    assert haste("It's not urgent").reason == "it says that there is no haste"
    assert haste("It's not urgent, by Friday is fine").urgency is SOON


@pytest.mark.parametrize(
    "hostile",
    ["exam " * 1000, "exam a a a " * 450, "by " * 1600, "5 " * 2500, "exam on friday " * 300],
)
def test_hostile_text_ends_soon(hostile: str) -> None:
    began = perf_counter()
    haste(hostile)
    assert perf_counter() - began < 10
