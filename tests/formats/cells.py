"""Whether a copy in braille has the cells of its source's words.

Reading it back by liblouis is no fair judge of that: liblouis reads some codes worse than it writes
them (97 of 100 words of Welsh in grade 1, 88 in grade 2), and a word that we lost hides among those
that it misread. What it writes is what readers of braille are taught: so each word of the source is
written by itself, and its cells are looked for in the file. That finds words that are lost, cut at
the end of a line, written by another code or in letters that no display knows; letters of BRF are
told by liblouis's own list of them, not by ours. How much is read back is measured beside it.

At least as many must be there as of the words in print: our writer may lose none, so all that is
allowed for is what differs by the sample itself (a word whose signs depend on its neighbours).
"""

import itertools
import re
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Final

from lxml import etree

from services.notify.formats import braille
from services.notify.formats.compare import recall, words_of
from services.notify.formats.louis import Louis
from services.notify.formats.options import Format, Options

_LETTERS: Final = Path("/usr/share/liblouis/tables/en-us-brf.dis")
_PEF: Final = "{http://www.daisy.org/ns/2008/pef}"
_UEB_EMPHASIS: Final = re.compile("[⠨⠘][⠂⠆⠶⠄]")
"""Where the signs of a passage stand depends on where it begins and ends (UEB §9)."""
_NONE: Final = re.compile("(?!)")
_EMPHASES: Final = ("", "emphasis", "strong")
_AFTER: Final = ("", ";", ":")
"""What may follow a word that stood in a cell of a table: the cell is one of a row of words."""


@cache
def _letters() -> dict[str, str]:
    made = {" ": " "}
    rows = re.findall(r"^display (\S+) (\d+)", _LETTERS.read_text("utf-8"), re.MULTILINE)
    for letter, dots in rows:
        cell = sum(1 << int(one) - 1 for one in dots if one != "0")
        made[letter.replace("\\\\", "\\")] = chr(0x2800 + cell) if cell else " "
    return made


def read(file: Path, form: Format) -> list[list[str]]:
    """The lines of each page, as braille in Unicode; the last is the page's number.

    Raises: KeyError: a letter is none of braille's.
    """
    if form is Format.PEF:
        pages = etree.parse(file).iter(f"{_PEF}page")
        rows = [[row.text or "" for row in page.iter(f"{_PEF}row")] for page in pages]
        return [[one.replace("\u2800", " ") for one in page] for page in rows]
    text = file.read_bytes().decode("ascii")
    lines = [page.removesuffix("\r\n").split("\r\n") for page in text.split("\f")]
    return [["".join(_letters()[one] for one in line) for line in page] for page in lines]


def there(said: str, file: Path, options: Options, languages: tuple[str, ...]) -> float:
    """The share of the words whose cells are in the file, by the code of any of the languages."""
    try:
        pages = read(file, options.format)
    except KeyError:
        return 0.0
    signs = _UEB_EMPHASIS if languages[0] == "en" else _NONE
    got = Counter(signs.sub("", " ".join(line for page in pages for line in page[:-1])).split())
    wanted = Counter(one for one in said.split() if re.search(r"\w", one))
    total = wanted.total()
    louis = Louis()
    # As they stand come first: "many:" is there for "many" only if no "many:" needs it.
    for mark, emphasis in itertools.product(_AFTER, _EMPHASES):
        for word, language in itertools.product(wanted, languages):
            table = braille.TABLES[language][options.braille_grade - 1]
            cells = signs.sub("", louis.cells(table, word + mark, emphasis)).strip()
            found = min(wanted[word], got[cells])
            got[cells] -= found
            wanted[word] -= found
    return 1 - wanted.total() / total


def read_back(said: str, file: Path, options: Options, language: str) -> float:
    """The share of the words that liblouis reads out of the file."""
    pages = read(file, options.format)
    cells = " ".join(line.strip() for page in pages for line in page[:-1] if line.strip())
    table = braille.TABLES[language][options.braille_grade - 1]
    return recall(words_of(said), words_of(braille.read_by(Louis(), table, cells)))
