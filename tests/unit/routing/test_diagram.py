"""The picture of the statuses is made of the table, and the README has the newest one."""

from itertools import product

import pytest

from services.routing.diagram import BEGIN, END, README, placed, render
from services.routing.status import TRANSITIONS, Event, Status


def test_the_readme_has_the_diagram_of_the_table() -> None:
    text = README.read_text(encoding="utf-8")
    assert placed(text) == text, "`make diagram` puts it there"


def test_every_transition_is_drawn_and_no_other() -> None:
    drawn = set()
    for line in render().splitlines()[1:]:
        arrow, _, events = line.strip().partition(": ")
        source, _, target = arrow.partition(" --> ")
        drawn |= {(source, event, target) for event in events.split(", ")}
    wanted = {
        (status, event, TRANSITIONS[status][event])
        for status, event in product(Status, Event)
        if event in TRANSITIONS[status]
    }
    assert drawn == wanted


@pytest.mark.parametrize("text", ["", BEGIN, END, f"{END} {BEGIN}"])
def test_a_text_without_its_marks_is_left_alone(text: str) -> None:
    with pytest.raises(ValueError, match="wanted"):
        placed(text)
