"""The accountant finds what is amiss, and what is planted for him is there to be found."""

import re
import time
from dataclasses import replace
from email.message import EmailMessage, Message
from types import SimpleNamespace
from typing import Any

import pytest

from bench.plots import Panel, picture
from tests.accounts.books import OPENED, Entry, Sighting
from tests.attacks.guards import ROOT
from tests.faults.accountant import Books, Reply, essence, judge, outline, without_end
from tests.faults.catalogue import BY_NAME, FAULTS, plan_of
from tests.faults.planted import planted
from tests.faults.rounds import Waits
from tests.faults.soak import Sampler
from tests.stage import Delivered

REFERENCE = "ENQ-7K3M-92Q2"
PATRON = "patron00000@patrons.example"


def letter(text: str, name: str, subject: str = "We have your enquiry") -> Delivered:
    made = EmailMessage()
    made["Subject"] = f"[{REFERENCE}] {subject}"
    made["Message-ID"] = f"<{name}@llanfair.example>"
    made["In-Reply-To"] = "<m00000x@patrons.example>"
    made.set_content(text)
    return Delivered("", PATRON, made)


def books() -> Books:
    entry = Entry("m00000x", "plain", OPENED, PATRON, accepted=True)
    return Books([entry], [Reply("r00000r", REFERENCE, PATRON, accepted=True)], {REFERENCE: 0.0})


def ticket() -> dict[str, Any]:
    made = {"made_at": "1", "due_at": "2", "state": "made"}
    return {
        "reference": REFERENCE,
        "status": "resolved",
        "messages": [
            {"id": "a", "direction": "in", "text": "m00000x"},
            {"id": "b", "direction": "out", "text": "From ten. r00000r"},
        ],
        "timeline": [{"event": "reminded"}],
        "promises": [made, made | {"state": "kept"}],
    }


SEEN = [Sighting("m00000x", "opened", REFERENCE)]
LETTERS = [letter("It is here.", "one"), letter("From ten. r00000r", "two", "Re: A question")]


def amiss(
    seen: list[Sighting] = SEEN, shown: dict[str, Any] | None = None, came: Any = LETTERS
) -> str:
    return "\n".join(judge(books(), seen, {REFERENCE: shown or ticket()}, came).faults)


def test_what_adds_up_has_no_fault() -> None:
    assert amiss() == ""
    assert judge(books(), SEEN, {REFERENCE: ticket()}, LETTERS * 2).doubled_mails == 2


def test_what_is_lost_is_counted_be_it_a_patrons_or_of_the_staff() -> None:
    def lost(seen: list[Sighting], shown: dict[str, Any], came: list[Delivered]) -> int:
        return judge(books(), seen, {REFERENCE: shown}, came).lost

    assert lost(SEEN, ticket(), LETTERS) == 0
    assert lost([], ticket(), LETTERS) == 1
    assert lost(SEEN, ticket(), LETTERS[:1]) == 1, "it never arrived"
    assert lost(SEEN, ticket() | {"messages": ticket()["messages"][:1]}, LETTERS) == 1
    assert lost([], ticket(), LETTERS[:1]) == 2


@pytest.mark.parametrize(
    ("found", "told"),
    [
        (amiss(seen=[]), "lost"),
        (amiss(seen=[*SEEN, replace(SEEN[0], ticket="ENQ-0000-0000")]), "doubled"),
        (amiss(came=LETTERS[1:]), "0 letters for 1 tickets"),
        (amiss(came=[*LETTERS, letter("It is here.", "three")]), "acknowledged 2 times"),
        (amiss(came=LETTERS[:1]), "it never arrived"),
        (amiss(came=[*LETTERS, letter("r00000r", "four")]), "arrived as 2 letters"),
        (amiss(came=[*LETTERS, letter("r99999r", "four")]), "a reply that nobody wrote"),
        (amiss(shown=ticket() | {"timeline": []}), "reminded 0 times"),
        (amiss(shown=ticket() | {"timeline": [{"event": "reminded"}] * 2}), "reminded 2 times"),
        (amiss(shown=ticket() | {"messages": ticket()["messages"] * 2}), "has the message a 2"),
        (amiss(shown=ticket() | {"messages": ticket()["messages"][:1]}), "0 times on its ticket"),
        (amiss(shown=ticket() | {"promises": ticket()["promises"][:1] * 2}), "one promise 2 times"),
    ],
)
def test_what_does_not_is_told(found: str, told: str) -> None:
    assert told in found


def test_a_promise_must_end() -> None:
    assert not list(without_end({REFERENCE: ticket()}))
    still = ticket() | {"promises": ticket()["promises"][:1]}
    assert "no end" in "\n".join(without_end({REFERENCE: still}))
    assert "assigned" in "\n".join(without_end({REFERENCE: ticket() | {"status": "assigned"}}))


def test_what_is_planted_can_be_planted() -> None:
    every = planted()
    assert len(every) >= 10
    for one in every:
        assert one.rounds
        assert all(plan_of(names) for names in one.rounds)
        for change in one.changes:
            assert change.occurs(ROOT) == 1, f"{one.name}: {change.file}"


def test_each_fault_has_a_name_and_says_what_it_is() -> None:
    assert len(BY_NAME) == len(FAULTS)
    assert all(one.harm.__doc__ for one in FAULTS)


def test_a_picture_is_whole() -> None:
    drawn = picture([Panel("memory & more", {"intake <0>": [(0.0, 1.0), (2.0, 3.0)]}, [1.0])])
    assert drawn.startswith("<svg")
    assert drawn.endswith("</svg>\n")
    assert "memory &amp; more" in drawn
    assert "intake &lt;0&gt;" in drawn


def test_a_picture_of_hours_is_no_larger_and_keeps_its_peaks() -> None:
    points = [(one / 1000, 1.0) for one in range(120_000)]
    points[70_000] = (70.0, 9.0)
    drawn = picture([Panel("latency", {"": points})])
    assert len(drawn) < 20_000
    assert ">9</text>" in drawn
    [line] = re.findall('points="([^"]+)"', drawn)
    heights = [float(one.partition(",")[2]) for one in line.split()]
    assert heights.count(min(heights)) == 1
    assert heights[0] == heights[-1] == max(heights)


def test_what_is_kept_of_a_long_run_is_judged_the_same() -> None:
    whole = ticket()
    whole["timeline"] += [{"event": "opened", "letter": "a"}]
    outlines = [outline(one) for one in LETTERS]
    assert amiss(shown=essence(whole), came=outlines) == ""
    for seen in (whole | {"messages": whole["messages"] * 2}, whole | {"timeline": []}):
        assert amiss(shown=essence(seen), came=outlines) == amiss(shown=seen) != ""
    assert amiss(came=outlines[:1]) == amiss(came=LETTERS[:1]) != ""


def test_the_time_that_judging_takes_grows_with_the_letters_alone() -> None:
    many = range(5_000)
    names = [f"ENQ-{one:04}-0000" for one in many]
    entries = [
        Entry(f"m{one:05}x", "plain", OPENED, f"p{one}@patrons.example", accepted=True)
        for one in many
    ]
    replies = [
        Reply(f"r{one:05}r", name, f"p{one}@patrons.example", accepted=True)
        for one, name in enumerate(names)
    ]
    seen = [Sighting(one.code, "opened", name) for one, name in zip(entries, names, strict=True)]
    came = []
    for one, name in enumerate(names):
        for what, text in (("a", ""), ("b", f"r{one:05}r")):
            made = Message()
            made["Subject"], made["Message-ID"] = f"[{name}] {what}", f"<{what}{one}@x>"
            made.set_payload(text)
            came.append(Delivered("", f"p{one}@patrons.example", made))
    begun = time.process_time()
    verdict = judge(Books(entries, replies), seen, {}, came)
    assert time.process_time() - begun < 10
    assert verdict.account.lost == 0
    assert verdict.lost_replies == len(many), "no ticket was shown"


def test_what_was_waited_for_is_told() -> None:
    waits = Waits()
    with waits.on("letters"):
        waits.last["letters"] = "m00001x (plain)"
    with waits.on("what is left"):
        waits.last["what is left"] = "1 in outbox of tickets"
    waits.seconds |= {"letters": 20.04}
    assert waits.line() == "letters 20.0s: m00001x (plain)"


def test_the_runbook_says_what_is_noticed_of_each() -> None:
    told = (ROOT / "deploy/runbook.md").read_text(encoding="utf-8")
    assert [one.name for one in FAULTS if f"`{one.name}`" not in told] == []


def test_the_soak_times_first_letters_alone() -> None:
    """Who was known before has had letters: the first says nothing of this one."""
    house: Any = SimpleNamespace(sink=SimpleNamespace(came={"new": 105.0, "known": 50.0}))
    nobody: Any = None
    sampler = Sampler(house, nobody)
    sampler.latency({"new": 100.0, "known": 100.0, "untold": 100.0})
    [curve] = sampler.curves.values()
    assert [value for _, value in curve[""]] == [5.0]
