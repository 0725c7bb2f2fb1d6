"""Keys of callers: made at random, kept as a digest, valid until they expire or are revoked."""

from datetime import timedelta
from typing import Any

import pytest

from shared.keys import Caller, Scope, bearer, caller_of, digest, make_key
from tests.unit.examples import NOW


def stored(**fields: Any) -> dict[str, Any]:
    known = {
        "_id": "digest",
        "caller": "mair",
        "name": "Mair Pretend",
        "scopes": ["tickets:read"],
        "expires_at": NOW + timedelta(days=1),
        "revoked_at": None,
    }
    return known | fields


def test_no_two_keys_are_the_same_and_a_key_does_not_stand_in_its_digest() -> None:
    one, two = make_key(), make_key()
    assert one != two
    assert digest(one) == digest(one) != digest(two)
    assert one not in digest(one)
    assert len(one) > 40


def test_a_stored_key_stands_for_its_caller() -> None:
    caller = caller_of(stored(), NOW)
    assert caller == Caller("mair", "Mair Pretend", frozenset({"tickets:read"}))
    assert caller is not None
    assert Scope.TICKETS_READ in caller.scopes
    assert Scope.TICKETS_WRITE not in caller.scopes


@pytest.mark.parametrize(
    "document",
    [
        pytest.param(None, id="unknown"),
        pytest.param(stored(expires_at=NOW), id="expires at this very moment"),
        pytest.param(stored(expires_at=NOW - timedelta(seconds=1)), id="expired"),
        pytest.param(stored(revoked_at=NOW - timedelta(days=1)), id="revoked"),
    ],
)
def test_a_key_that_is_not_valid_stands_for_nobody(document: dict[str, Any] | None) -> None:
    assert caller_of(document, NOW) is None


@pytest.mark.parametrize("header", ["Bearer abc", "bearer abc", "BEARER  abc "])
def test_a_bearer_key_is_read(header: str) -> None:
    assert bearer(header) == "abc"


@pytest.mark.parametrize("header", [None, "", "abc", "Bearer", "Bearer ", "Basic abc", "Bearerabc"])
def test_any_other_header_is_no_key(header: str | None) -> None:
    assert bearer(header) is None
