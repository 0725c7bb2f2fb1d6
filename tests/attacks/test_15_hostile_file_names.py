"""A file name that becomes a path, and then a program: CVE-2026-28289, CVE-2024-29185."""

import re
from collections.abc import AsyncIterator
from itertools import product
from pathlib import Path
from typing import Any, Final

import pytest

from services.intake.accept import Desk, accept_mail
from services.intake.store import Letters
from shared.attachments import attached, cleaned_name
from tests.builders import desk_of, mail, with_files
from tests.contract.conftest import fresh_database
from tests.fakes import Outbox
from tests.forgeries import SEAL
from tests.stage import Servers
from tests.unit.examples import ADDRESS, NOW

_UNSEEN: Final = ("\u200b", "\u200d", "\ufeff", "\u202e", "\u2060", "\x00", "\xad", "\x1b")
_TARGETS: Final = (".htaccess", ".user.ini", "web.config", "shell.php", "../../x.php")
NAMES: Final = [
    *(f"{mark}{target}" for mark, target in product(_UNSEEN, _TARGETS)),
    *("..", ".", "...", "/", "\\", "../", "..\\..\\x", "/etc/passwd", "C:\\x", "\\\\host\\x"),
    *("%2e%2e%2fx", "..%00/x", "....//x", "a/../../x", "~/.ssh/authorized_keys", "$HOME", "`id`"),
    *("CON", "con.txt", "NUL", "aux.", "COM1.log", "LPT9", "prn", "a:stream", "x.php::$DATA"),
    *("x.php.", "x.php ", "x.php/.", "x.php%00.png", "x.pHp", "-rf", "|x", "x;y", "a\r\nb", "*"),
    *("a" * 4096, "é" * 4096, "../" * 1400 + "x", "a." * 2048),
]  # fmt: skip


def test_there_are_enough() -> None:
    assert len(set(NAMES)) == len(NAMES) >= 80


@pytest.mark.parametrize("name", NAMES, ids=lambda one: ascii(one)[:30])
def test_a_hostile_name_is_one_harmless_name(name: str) -> None:
    found = attached(name, "", b"words", 1).filename
    assert re.fullmatch(r'[^/\\<>:"|?*\x00-\x1f]{1,200}', found)
    assert found == cleaned_name(found)
    assert found[0] not in ". "
    assert found[-1] not in ". "
    assert found.isprintable()
    assert Path("/in") / found == Path("/in").joinpath(found).resolve()


@pytest.fixture
async def kept(servers: Servers) -> AsyncIterator[tuple[Any, Desk]]:
    async with fresh_database(servers) as database:
        letters = Letters(database)
        await letters.make_indexes()
        yield database, desk_of(letters, Outbox(), SEAL)


async def test_a_file_is_stored_under_a_name_of_our_own(kept: tuple[Any, Desk]) -> None:
    database, desk = kept
    # A header of a part over 8 KB has the whole letter kept aside: that is another attack.
    plain = {f"{number}{name}"[:900]: b"words" for number, name in enumerate(NAMES[:95])}
    files = {re.sub(r"[\r\n\x00-\x1f]", "", one): content for one, content in plain.items()}
    raw = with_files(mail(), files)
    assert await accept_mail(raw, None, (ADDRESS,), NOW, desk=desk) is not None
    [letter] = await database.messages.find().to_list(None)
    rows = letter["attachments"]
    assert len(rows) >= 80
    assert all(re.fullmatch("[0-9a-f/]+", row["file"]) for row in rows)
    assert len({row["file"] for row in rows}) == len(rows)
    stored = await database["documents.files"].find().to_list(None)
    assert len(stored) == len(rows)
    assert all(re.fullmatch("[0-9a-f/]+", f"{one['_id']}/{one['filename']}") for one in stored)
