"""What patrons attached, given out to staff: never in the page's place, and never unlooked at."""

from typing import Any

import pytest

from tests.unit.routing.test_api import House, house

__all__ = ["house"]
LETTER = "a" * 64


def attach(house: House, **fields: Any) -> None:
    known = {"filename": "list.pdf", "content_type": "application/pdf", "state": "clean"}
    house.tickets.attached[LETTER, 0] = known | {"file": "f"} | fields
    house.tickets.files["f"] = b"%PDF"


async def fetch(house: House, shown_id: str = f"{LETTER}.0", caller: str = "mair") -> Any:
    headers = {"Authorization": f"Bearer {caller}"}
    return await house.client.get(f"/v1/attachments/{shown_id}", headers=headers)


async def test_what_was_passed_is_given_out_and_never_shown_in_place(house: House) -> None:
    attach(house)
    answer = await fetch(house, caller="reader")
    assert (answer.status, await answer.read()) == (200, b"%PDF")
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="list.pdf"')
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    "kind", ["text/html", "image/svg+xml", "application/x-executable", "application/xhtml+xml"]
)
async def test_what_a_browser_would_run_is_only_bytes_to_it(house: House, kind: str) -> None:
    attach(house, content_type=kind)
    answer = await fetch(house)
    assert answer.headers["Content-Type"] == "application/octet-stream"


async def test_a_name_can_end_no_header(house: House) -> None:
    attach(house, filename='tŷ"; x=\\ é.pdf')
    answer = await fetch(house)
    assert answer.headers["Content-Disposition"] == (
        "attachment; filename=\"t___ x__ _.pdf\"; filename*=UTF-8''"
        "t%C5%B7%22%3B%20x%3D%5C%20%C3%A9.pdf"
    )


@pytest.mark.parametrize(
    ("state", "status"), [("held", 409), ("unscannable", 409), ("infected", 403), ("new", 409)]
)
async def test_what_was_not_passed_is_not_given_out(house: House, state: str, status: int) -> None:
    attach(house, state=state)
    answer = await fetch(house)
    assert answer.status == status
    assert b"%PDF" not in await answer.read()


async def test_where_nothing_looks_for_viruses_it_is_given_out(house: House) -> None:
    attach(house, state="unscanned")
    assert (await fetch(house)).status == 200


@pytest.mark.parametrize(
    "shown_id", [f"{LETTER}.1", f"{LETTER}.x", "x.0", f"{'b' * 64}.0", f"{LETTER}.0.0", "..%2f.0"]
)
async def test_what_is_not_there_is_not_found(house: House, shown_id: str) -> None:
    attach(house)
    assert (await fetch(house, shown_id)).status == 404


async def test_a_file_that_is_gone_is_not_found(house: House) -> None:
    attach(house, file="gone")
    assert (await fetch(house)).status == 404


async def test_only_who_may_read_tickets_is_given_anything(house: House) -> None:
    attach(house)
    assert (await fetch(house, caller="nobody")).status == 401
