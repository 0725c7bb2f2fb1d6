"""LIBRARY_FILE: a mistake in it is told with its place and the reason."""

from datetime import date, time, timedelta
from pathlib import Path
from typing import Final

import pytest

from shared.library import LibraryFileError, read_library

GOOD: Final = """\
[library]
name = "Llanfair-on-Sea Public Library"
enquiry_address = "Enquiries@llanfair.example"
time_zone = "Europe/London"
languages = ["en", "cy"]

[hours]
monday = ["14:00-19:00", "09:00-13:00"]
closures = [{ on = 2026-12-28, reason = "Boxing Day, in lieu" }]

[[teams]]
id = "enquiries"
name = "Enquiry Desk"

[[topics]]
id = "maps"
team = "enquiries"
phrases = ["old map"]

[[topics]]
id = "general"
team = "enquiries"

[promise]
first_answer_open_hours = 8.5

[sign_off]
en = "With kind regards"
cy = "Cofion cynnes"
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "library.toml"


def test_a_good_file_is_read(file: Path) -> None:
    file.write_text(GOOD, encoding="utf-8")
    library = read_library(file)
    assert library.library.enquiry_address == "enquiries@llanfair.example"
    assert library.library.zone.key == "Europe/London"
    assert library.promise.first_answer == timedelta(hours=8, minutes=30)
    assert library.team_name("enquiries") == "Enquiry Desk"
    assert library.team_name("gone") == "gone"


def test_the_periods_of_a_day_are_in_order_and_a_closure_has_none(file: Path) -> None:
    file.write_text(GOOD, encoding="utf-8")
    hours = read_library(file).hours
    assert hours.periods(date(2026, 11, 23)) == [
        (time(9, 0), time(13, 0)),
        (time(14, 0), time(19, 0)),
    ]
    assert hours.periods(date(2026, 11, 24)) == []
    assert hours.periods(date(2026, 12, 28)) == []


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ("[library]", "[library", "1: this is not TOML: "),
        ('name = "Llanfair', "name = Llanfair", "2: this is not TOML: "),
        ('name = "Llanfair-on-Sea Public Library"\n', "", "1: library.name: Field required"),
        ("Llanfair-on-Sea Public Library", "", "library.name: String should have at least 1"),
        ("Enquiries@", "", "library.enquiry_address: wanted: a plain address such as"),
        ("Enquiries@", "Enquiries <e>@", "library.enquiry_address: wanted: a plain address"),
        ("@llanfair.example", "@llanfair", "library.enquiry_address: wanted: a plain address"),
        ("Europe/London", "Europe/Llanfair", "library.time_zone: no such time zone"),
        ('["en", "cy"]', "[]", "library.languages: "),
        ('["en", "cy"]', '["en", "Welsh"]', "5: library.languages.1: "),
        ('["en", "cy"]', '["en", "fr"]', "27: sign_off: no words in: fr"),
        ('"09:00-13:00"', '"9:00-13:00"', "hours.monday.1: wanted: opening and closing time"),
        ('"09:00-13:00"', '"13:00-09:00"', "hours.monday.1: wanted: opening and closing time"),
        ('"09:00-13:00"', '"09:00-09:00"', "hours.monday.1: wanted: opening and closing time"),
        ('"09:00-13:00"', '"09:00-25:00"', "hours.monday.1: wanted: opening and closing time"),
        ('["14:00-19:00", "09:00-13:00"]', "[]", "7: hours: never open: name at least one day"),
        ("monday =", "mnoday =", "8: hours.mnoday: Extra inputs are not permitted"),
        ("on = 2026-12-28, ", "", "9: hours.closures.0.on: Field required"),
        ("on = 2026-12-28", 'on = "Boxing Day"', "hours.closures.0.on: "),
        ('id = "enquiries"', 'id = "The Desk"', "teams.0.id: "),
        (
            'team = "enquiries"',
            'team = "maps"',
            "topics.0.team: topic 'maps' names team",
        ),
        ('id = "general"\n', 'id = "general"\nphrases = ["x"]\n', "can't name phrases"),
        (
            'id = "maps"\n',
            'id = "maps"\nasks = ["shoe size"]\n',
            "topics.0.asks.0: Input should be",
        ),
        ('id = "maps"\n', 'id = "maps"\nnames = { Welsh = "Mapiau" }\n', "topics.0.names.Welsh"),
        (
            'id = "maps"\n',
            'id = "maps"\nnames = { en = "" }\n',
            "17: topics.0.names.en: String",
        ),
        (
            'id = "maps"\n',
            'id = "maps"\nkept_days = 0\n',
            "17: topics.0.kept_days: Input should be greater than or equal to 1",
        ),
        ("[promise]", "[retention]\nclosed_days = 0\n\n[promise]", "25: retention.closed_days: "),
        ("[promise]", "[retention]\naside_days = 1.5\n\n[promise]", "25: retention.aside_days: "),
        ("[promise]", "[retention]\nforever = true\n\n[promise]", "25: retention.forever: Extra"),
        ("8.5", "0", "25: promise.first_answer_open_hours: Input should be greater than 0"),
        ('id = "maps"\n', 'id = "maps"\nnames = { en = "" }\n', "topics.0.names.en: String should"),
        (
            'phrases = ["old map"]',
            'rules = [{ patterns = { en = ["ok", "(a+)+"] } }]',
            "topics.0.rules.0.patterns.en.1: * and + have no end",
        ),
        ('phrases = ["old map"]', "rules = [{}]", "topics.0.rules.0: the rule names nothing"),
        (
            'phrases = ["old map"]',
            'rules = [{ phrases = { fr = ["carte"] } }]',
            "topics.0.rules.0: a rule has words in 'fr', which the library does not speak",
        ),
        (
            'phrases = ["old map"]',
            'rules = [{ form_topics = ["charts"] }]',
            "topics.0.rules.0: a rule names the form topic 'charts', which is not there",
        ),
        (
            'id = "general"\n',
            'id = "general"\nrules = [{ doors = ["imap"] }]\n',
            "topics.1.rules.0: the last topic takes what no other has taken",
        ),
        ('phrases = ["old map"]', 'phrases = [""]', "topics.0.phrases.0: String should have"),
        ("8.5", "0", "promise.first_answer_open_hours: Input should be greater than 0"),
        ("8.5", '"soon"', "promise.first_answer_open_hours: "),
        ("[promise]", "[promises]", "promise: Field required"),
    ],
)
def test_a_mistake_is_told_with_its_place_and_the_reason(
    file: Path, right: str, wrong: str, said: str
) -> None:
    assert right in GOOD
    file.write_text(GOOD.replace(right, wrong, 1), encoding="utf-8")
    with pytest.raises(LibraryFileError) as error:
        read_library(file)
    rows = str(error.value).splitlines()
    assert rows
    assert all(row.startswith(str(file)) for row in rows)
    assert said in str(error.value)


def test_a_file_that_is_not_there_is_told(file: Path) -> None:
    with pytest.raises(LibraryFileError, match="can't be read: No such file"):
        read_library(file)


def test_a_file_that_is_not_text_is_told(file: Path) -> None:
    file.write_bytes(b"# a comment\nname = \xff\xfe")
    with pytest.raises(LibraryFileError, match=r"library\.toml:2: this is not TOML"):
        read_library(file)


def test_periods_that_overlap_are_a_mistake(file: Path) -> None:
    file.write_text(GOOD.replace("09:00-13:00", "09:00-15:00"), encoding="utf-8")
    with pytest.raises(LibraryFileError, match=r"hours\.monday"):
        read_library(file)


def test_two_teams_with_one_id_are_a_mistake(file: Path) -> None:
    twice = '[[teams]]\nid = "enquiries"\nname = "Another"\n\n[[topics]]'
    file.write_text(GOOD.replace("[[topics]]", twice, 1), encoding="utf-8")
    with pytest.raises(LibraryFileError):
        read_library(file)


def test_a_team_may_have_an_address_of_its_own(file: Path) -> None:
    file.write_text(_with_team('address = "Maps@llanfair.example"'), encoding="utf-8")
    library = read_library(file)
    assert library.teams[1].address == "maps@llanfair.example"
    assert library.addresses == {"enquiries@llanfair.example", "maps@llanfair.example"}


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("ENQUIRIES@llanfair.example", "have the same address"),
        ("desk@llanfair.example", "have the same address"),
        ("maps", "teams.1.address: wanted: a plain address"),
        ("maps+x@llanfair.example", "teams.1.address: wanted: a plain address"),
        ("", "teams.1.address: wanted: a plain address"),
    ],
)
def test_an_address_that_is_no_teams_own_is_a_mistake(file: Path, address: str, said: str) -> None:
    text = _with_team(f'address = "{address}"').replace(
        'name = "Enquiry Desk"', 'name = "Enquiry Desk"\naddress = "desk@llanfair.example"'
    )
    file.write_text(text, encoding="utf-8")
    with pytest.raises(LibraryFileError, match=said):
        read_library(file)


def _with_team(more: str) -> str:
    team = f'[[teams]]\nid = "maps"\nname = "Maps"\n{more}\n\n[[topics]]'
    return GOOD.replace("[[topics]]", team, 1)


def test_a_period_with_a_line_break_is_a_mistake(file: Path) -> None:
    file.write_text(GOOD.replace('"09:00-13:00"', '"09:00-13:00\\n"'), encoding="utf-8")
    with pytest.raises(LibraryFileError, match=r"hours\.monday"):
        read_library(file)


def test_a_topic_has_a_name_in_every_language(file: Path) -> None:
    named = 'id = "maps"\nnames = { cy = "Mapiau", en = "Maps" }\nasks = ["format"]\n'
    file.write_text(GOOD.replace('id = "maps"\n', named), encoding="utf-8")
    maps, general = read_library(file).topics
    assert maps.name("en") == ("Maps", "en")
    assert maps.name("fr") == maps.name("cy") == ("Mapiau", "cy")
    assert maps.asks == {"format"}
    assert (general.name("en"), general.asks) == (("General", ""), frozenset())


def _faults(file: Path, text: str) -> list[str]:
    """What is said of a file, without its name."""
    file.write_text(text, encoding="utf-8")
    with pytest.raises(LibraryFileError) as error:
        read_library(file)
    return [row.removeprefix(f"{file}:") for row in str(error.value).splitlines()]


def test_all_faults_are_told_in_the_order_of_the_file(file: Path) -> None:
    text = GOOD.replace("Europe/London", "Europe/Llanfair").replace("8.5", "0")
    text = text.replace('id = "enquiries"', 'id = "The Desk"').replace("monday =", "mnoday =")
    found = _faults(file, text)
    assert [row.split(":")[:2] for row in found] == [
        ["4", " library.time_zone"],
        ["8", " hours.mnoday"],
        ["12", " teams.0.id"],
        ["17", " topics.0.team"],
        ["22", " topics.1.team"],
        ["25", " promise.first_answer_open_hours"],
    ]


def _more(hours: str = "", team: str = "", end: str = "") -> str:
    """The good file with more in it; what is added for hours stands in line 10, for the team in
    line 14, and at the end from line 33 on."""
    text = GOOD.replace("\n[[teams]]", f"{hours}\n\n[[teams]]", 1)
    text = text.replace('name = "Enquiry Desk"\n', f'name = "Enquiry Desk"\n{team}\n', 1)
    return f"{text}\n{end}"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (_more('holidays = { country = "XX" }'), "10: hours.holidays.country: no public holidays"),
        (_more('holidays = { country = "wales" }'), "10: hours.holidays.country: String should"),
        (
            _more('holidays = { country = "GB", region = "CYM" }'),
            "10: hours.holidays.region: GB has no region 'CYM'; it has: ENG, NIR, SCT, WLS",
        ),
        (
            _more('holidays = { country = "none", region = "WLS" }'),
            "10: hours.holidays.region: a region without a country",
        ),
        (
            _more("exceptions = [{ on = 2026-12-24, open = [] }]"),
            "10: hours.exceptions.0.open: Value should have at least 1 item",
        ),
        (
            _more('exceptions = [{ on = 2026-12-24, open = ["12:00-09:00"] }]'),
            "10: hours.exceptions.0.open.0: wanted: opening and closing time",
        ),
        (
            _more(
                'exceptions = [\n{ on = 2026-12-24, open = ["09:00-12:00"] },\n'
                '{ on = 2026-12-24, open = ["10:00-12:00"] }]'
            ),
            "12: hours.exceptions.1.on: 2026-12-24 is there already",
        ),
        (_more("", 'lead = "mair"'), "15: teams.0.lead: wanted: a plain address"),
        (
            _more("", 'lead = "enquiries@llanfair.example"'),
            "15: teams.0.lead: enquiries@llanfair.example is for patrons",
        ),
        (_more("", "[teams.hours]"), "15: teams.0.hours: never open"),
        (_more("", "[teams.hours]\nmonday = []"), "15: teams.0.hours: never open"),
        (_more("", 'colour = "red"'), "15: teams.0.colour: Extra inputs are not permitted"),
        (
            _more(end='[escalation]\nladder = ["a@b.example",\n"A@b.example"]'),
            "35: escalation.ladder.1: a@b.example is there already",
        ),
        (
            _more(end='[escalation]\nladder = ["a@b.example", "c"]'),
            "34: escalation.ladder.1: wanted: a plain address",
        ),
        (
            GOOD.replace('id = "general"', 'id = "maps"'),
            "21: topics.1.id: two topics have the same id, 'maps'",
        ),
        (
            GOOD.replace('id = "general"\nteam = "enquiries"', 'id = "general"'),
            "20: topics.1.team: Field required",
        ),
        (
            GOOD.replace('["en", "cy"]', '["en", "cy", "en"]'),
            "5: library.languages.2: 'en' is there already",
        ),
    ],
)
def test_a_mistake_of_any_sort_is_told_with_its_line(file: Path, text: str, said: str) -> None:
    [found] = _faults(file, text)
    assert found.startswith(said)


def test_how_long_patrons_are_known_has_a_default_and_may_differ_by_topic(file: Path) -> None:
    file.write_text(GOOD, encoding="utf-8")
    library = read_library(file)
    assert (library.retention.closed_days, library.retention.aside_days) == (730, 30)
    file.write_text(
        GOOD.replace('id = "maps"\n', 'id = "maps"\nkept_days = 90\n'), encoding="utf-8"
    )
    assert [one.kept_days for one in read_library(file).topics] == [90, None]
