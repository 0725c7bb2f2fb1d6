"""`desk rules test` on a real MongoDB: it shows what would change, and changes nothing."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from motor.motor_asyncio import AsyncIOMotorClient

from deploy.local.servers import ROOT
from services.desk.store import Past
from services.intake.store import Letters
from services.routing.store import Tickets
from shared.library import read_library
from shared.messages import EnquiryReceived
from tests.stage import Stage, run
from tests.unit.examples import NOW, REFERENCE, kept_letter, opened

OURS = ROOT / "deploy" / "library.toml"
OTHER = "ENQ-0000-0001"
THIRD = "ENQ-0000-0002"
RULE = """
[[topics.rules]]
phrases = { en = ["opening hours"], cy = ["oriau agor"] }

[[topics]]
id = "local-history"
"""


@pytest.fixture
async def database(stage: Stage) -> AsyncIterator[Any]:
    """Three letters that opened tickets, and one more that joined the first of these."""
    client: Any = AsyncIOMotorClient(stage.servers.mongodb_uri, tz_aware=True)
    found = client[stage.database]
    letters = Letters(found)
    for number, (reference, text, opens) in enumerate(
        [
            (REFERENCE, "I look for the census of 1881", True),
            (OTHER, "Beth yw eich oriau agor yr wythnos hon, os gwelwch yn dda?", True),
            (THIRD, "What are your opening hours?", True),
            (REFERENCE, "What are your opening hours?", False),
        ]
    ):
        letter = kept_letter(f"letter-{number}", subject="A question", text=text, new_text=text)
        event = EnquiryReceived(
            message_id=f"{number:032}",
            reference=reference,
            at=NOW,
            letter_id=letter.id,
            opens=opens,
        )
        assert await letters.save(letter, reference, event)
    tickets = Tickets(found, read_library(OURS))
    # The third has no ticket yet: routing is behind.
    for reference in (REFERENCE, OTHER):
        assert await tickets.open(opened(reference=reference), caused_by="a" * 32)
    yield found
    client.close()


async def _everything(database: Any) -> dict[str, Any]:
    names = sorted(
        await database.list_collection_names(filter={"name": {"$not": {"$regex": "^system"}}})
    )
    return {
        one: (
            await database[one].find().sort("_id", 1).to_list(None),
            await database[one].index_information(),
        )
        for one in names
    }


async def test_what_would_change_is_shown_and_nothing_is_changed(
    stage: Stage, database: Any, tmp_path: Path
) -> None:
    before = await _everything(database)
    changed = tmp_path / "library.toml"
    text = OURS.read_text(encoding="utf-8")
    changed.write_text(text.replace('\n[[topics]]\nid = "local-history"\n', RULE), encoding="utf-8")
    said = (await stage.desk("rules", "test", str(changed))).splitlines()
    assert [one.split("\t") for one in said] == [
        [OTHER, "general -> accessible-copy", "the words 'oriau agor' in the text"],
        [REFERENCE, "general -> local-history", "the words 'census' in the text"],
        ["2 of 2 tickets would have another topic"],
    ]
    told = json.loads(await stage.desk("rules", "test", str(changed), "--json"))
    assert (told["looked_at"], [one["reference"] for one in told["changed"]]) == (
        2,
        [OTHER, REFERENCE],
    )
    assert await _everything(database) == before


async def test_a_file_that_is_wrong_is_told_with_the_reason(stage: Stage, tmp_path: Path) -> None:
    wrong = tmp_path / "library.toml"
    text = OURS.read_text(encoding="utf-8")
    wrong.write_text(text.replace("phrases = [", 'phrases = ["", ', 1), encoding="utf-8")
    said = await stage.desk("rules", "test", str(wrong), status=1)
    assert "topics.0.phrases.0" in said
    env = stage.env | {"MONGODB_URI": "mongodb://127.0.0.1:9/"}
    away = await run("services.desk", "rules", "test", str(OURS), env=env, status=1)
    assert "MONGODB_URI" in away


async def test_every_ticket_is_looked_at_however_many_at_a_time(database: Any) -> None:
    for most in (1, 2, 3, 200):
        seen = [one async for one, _, _ in Past(database).first_letters(["text"], most)]
        assert seen == [OTHER, REFERENCE]
