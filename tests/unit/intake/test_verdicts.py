"""Whose word is taken for where a mail comes from."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.verdicts import verdicts_of

OURS = "mx.llanfair.example"
PASS = ("authentication-results", f"{OURS}; dmarc=pass header.from=patrons.example; spf=fail")
RECEIVED = ("received", f"from x.example by {OURS} with ESMTP; Sun, 22 Nov 2026 10:00:00 +0000")
ELSEWHERE = ("received", "from y.example by relay.example with ESMTP")


def found(*trace: tuple[str, str], trusted: str | None = OURS) -> tuple[str, dict[str, str]]:
    verdicts = verdicts_of(trace, trusted)
    return verdicts.by, dict(verdicts.results)


def test_what_our_own_mail_server_says_is_believed() -> None:
    assert found(PASS, RECEIVED, ELSEWHERE) == ("mta", {"dmarc": "pass", "spf": "fail"})
    assert found(RECEIVED, PASS, ELSEWHERE) == ("mta", {"dmarc": "pass", "spf": "fail"})


def test_nobody_is_believed_unless_he_is_named() -> None:
    assert found(PASS, RECEIVED, trusted=None) == ("none", {})


@pytest.mark.parametrize(
    "written",
    [
        "mx.other.example; dmarc=pass",
        f"{OURS}.evil.example; dmarc=pass",
        f"evil.example ({OURS}); dmarc=pass",
        "; dmarc=pass",
        f"{OURS} dmarc=pass",
        "=?utf-8?q?mx.llanfair.example?=; dmarc=pass",
        "",
    ],
)
def test_what_others_say_is_not(written: str) -> None:
    assert found(("authentication-results", written), RECEIVED) == ("none", {})


def test_what_came_in_with_the_mail_is_not_believed_whatever_name_it_bears() -> None:
    assert found(RECEIVED, ELSEWHERE, PASS) == ("none", {})
    assert found(ELSEWHERE, PASS) == ("none", {})


def test_of_two_results_the_worse_counts() -> None:
    fails = ("authentication-results", f"{OURS}; dmarc=fail")
    for trace in ((PASS, fails, RECEIVED), (fails, PASS, RECEIVED)):
        assert found(*trace)[1]["dmarc"] == "fail"


def test_hops_are_counted() -> None:
    assert verdicts_of((PASS, RECEIVED, ELSEWHERE), OURS).hops == 2
    assert verdicts_of((), None).hops == 0


@given(st.text(max_size=200))
def test_no_header_does_anything_but_say_something(value: str) -> None:
    verdicts_of((("authentication-results", value), ("received", value)), OURS)
    verdicts_of((("authentication-results", f"{OURS};{value}"),), OURS)
