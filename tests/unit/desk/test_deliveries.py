"""What operators see of accessible copies: the most urgent first, and whom each waits for."""

from datetime import timedelta
from typing import Any

from services.desk.deliveries import Known, rows_of
from tests.unit.examples import NOW, REFERENCE

DAY = timedelta(days=1)


def item(number: int, state: str, days: int, **fields: Any) -> dict[str, Any]:
    known = {"number": number, "work": {"title": f"Work {number}"}, "state": state}
    return known | {"next_at": NOW + days * DAY} | fields


def ticket(*items: dict[str, Any], **fields: Any) -> dict[str, Any]:
    known: dict[str, Any] = {"_id": REFERENCE, "owner": {"id": "mair"}, "team": "enquiries"}
    return known | {"deliveries": [{"id": "d1", "items": list(items)}]} | fields


ASKED = [{"publisher": "afon", "asks": 3}]
ITEMS = (
    item(1, "asked", 3, tries=ASKED),
    item(2, "wanted", -1),
    item(3, "chasing", 2, tries=ASKED, needs_somebody=True),
    item(4, "converting", 4),
    item(5, "checking", 9, is_first=True),
    {"number": 6, "work": {"title": "Work 6"}, "state": "delivered"},
)


def test_each_that_is_not_at_its_end_says_whom_it_waits_for() -> None:
    rows = rows_of([ticket(*ITEMS)], NOW, due=False, stuck=False)
    assert [(row[2], row[5]) for row in rows] == [
        (5, "mair"),
        (2, "mair"),
        (3, "mair"),
        (1, "publisher afon"),
        (4, "the desk"),
    ]
    assert rows[3][-1] == 3
    unowned = rows_of([ticket(ITEMS[1], owner=None)], NOW, due=False, stuck=False)
    assert unowned[0][5] == "team enquiries"


def test_what_waits_for_the_patrons_own_word_says_so() -> None:
    it = ticket(ITEMS[1])
    unsaid = it["deliveries"][0] | {"format_by": NOW + DAY, "sent": [{"kind": "format"}]}
    it["deliveries"] = [unsaid]
    rows = rows_of([it], NOW, due=False, stuck=False)
    assert [(row[4], row[5]) for row in rows] == [("wanted", "mair"), ("no format", "the patron")]
    assert len(rows_of([it], NOW, due=False, stuck=True)) == 0
    nobody_asked = ticket(deliveries=[unsaid | {"sent": []}])
    rows = rows_of([nobody_asked], NOW, due=False, stuck=True)
    assert [(row[4], row[5]) for row in rows] == [("no format", "mair")]
    over = ticket(ITEMS[5])
    over["deliveries"][0] |= {"format_by": NOW + DAY, "sent": []}
    assert rows_of([over], NOW, due=False, stuck=False) == []


def test_how_far_a_conversion_is_stands_beside_it() -> None:
    it = ticket(item(1, "converting", 1, conversion={"id": "c1"}))

    def told(row: dict[str, Any]) -> object:
        return rows_of([it], NOW, due=False, stuck=False, known=Known(conversions={"c1": row}))[0][
            5
        ]

    progress = {"step": "reading", "done": 120, "of": 400}
    assert told({"state": "converting", "progress": progress}) == "the desk: reading 120 of 400"
    assert told({"state": "converting"}) == "the desk: converting"
    assert told({"state": "queued"}) == "the desk: queued"


def test_what_is_due_or_stuck_is_shown_alone() -> None:
    assert [row[2] for row in rows_of([ticket(*ITEMS)], NOW, due=True, stuck=False)] == [2]
    assert [row[2] for row in rows_of([ticket(*ITEMS)], NOW, due=False, stuck=True)] == [3]


def test_of_a_confidential_ticket_no_title_is_shown() -> None:
    rows = rows_of([ticket(ITEMS[0], confidential=True)], NOW, due=False, stuck=False)
    assert rows[0][3] is None


def test_a_delivery_without_a_list_waits_for_whoever_has_the_ticket() -> None:
    known = ticket() | {"deliveries": [{"id": "d1", "items": [], "list_by": NOW - DAY}]}
    for due, stuck in ((False, False), (True, False), (False, True)):
        [row] = rows_of([known], NOW, due=due, stuck=stuck)
        assert row[1:7] == ("d1", None, "", "no items", "mair", NOW - DAY)


def test_a_publisher_is_called_by_name() -> None:
    [row] = rows_of(
        [ticket(ITEMS[0])], NOW, due=False, stuck=False, known=Known({"afon": "Gwasg Afon"})
    )
    assert row[5] == "publisher Gwasg Afon"
