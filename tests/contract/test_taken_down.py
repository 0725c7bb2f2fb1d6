"""What staff take down, on the real store: kept once, with the event that opens it."""

from typing import Any, Final

from services.intake.store import Letters
from services.routing import store
from services.routing.taken_down import TakenDownIn, document_of, opening
from services.routing.taken_down_store import TAKEN, TakenDown
from services.routing.views import as_whole
from shared.messages import to_saved
from tests.contract.conftest import fresh_database
from tests.stage import Servers
from tests.unit.examples import LIBRARY, NOW, REFERENCE

BODY: Final = TakenDownIn.model_validate(
    {
        "patron": {"name": "Gwen Invented", "address": "Gwen@patrons.example"},
        "channel": "desk",
        "subject": "A map",
        "text": "Is there a map?",
    }
)
KNOWN: Final = {
    "by": {"id": "mair", "name": "Mair Pretend"},
    "channel": "desk",
    "owner": {"id": "mair", "name": "Mair Pretend"},
    "acknowledge": False,
    "asked": "digest",
}


def document(letter_id: str, reference: str) -> dict[str, Any]:
    known = document_of(letter_id, BODY, KNOWN, NOW)
    event = opening(known, reference)
    return {**known, "reference": reference, "opens": reference, "outbox": to_saved([event])}


async def test_it_is_kept_once_under_a_reference_of_its_own(servers: Servers) -> None:
    async with fresh_database(servers) as database:
        letters, kept = Letters(database), TakenDown(database)
        await letters.make_indexes()
        assert await kept.keep(document("one", REFERENCE)) is None
        assert await kept.keep(document("one", "ENQ-0000-0000")) == "_id"
        assert await kept.keep(document("two", REFERENCE)) == TAKEN
        found = await kept.find("one")
        assert found is not None
        assert (found["reference"], found["taken_down"]["asked"]) == (REFERENCE, "digest")
        assert await kept.find("two") is None
        assert list(await letters.outbox.unsent(5)) == ["one"], "intake's sweep finds it"
        await kept.opened("one")
        assert await letters.outbox.unsent(5) == {}
        assert await letters.belongs(REFERENCE, "gwen@patrons.example")


async def test_routing_reads_it_as_a_letter_and_staff_see_it(servers: Servers) -> None:
    async with fresh_database(servers) as database:
        tickets = store.Tickets(database, LIBRARY)
        await TakenDown(database).keep(document("one", REFERENCE))
        letter = await tickets.letter("one")
        assert letter is not None
        assert letter.owner is not None
        assert (letter.owner.id, letter.taken_by, letter.is_acknowledged) == ("mair", "mair", False)
        [row] = await tickets.letters([REFERENCE], [])
        found: dict[str, Any] = {
            "_id": REFERENCE,
            "version": 1,
            "status": "new",
            "timeline": [],
            "promises": [],
            **dict.fromkeys(
                (
                    *("subject", "patron", "owner", "team", "topic", "language", "format"),
                    *("promise", "created_at", "updated_at", "unread"),
                )
            ),
        }
        [shown] = as_whole(found, [row], [])["messages"]
        assert (shown["text"], shown["taken_down"]["channel"]) == ("Is there a map?", "desk")
