"""In which order the letters of a ticket go: a patron never hears that somebody will answer after
somebody has."""

from datetime import timedelta

import pytest

from services.notify.compose import AUTOMATIC
from services.notify.order import Turn, turn
from services.notify.rows import Other
from shared.messages import Notice
from tests.unit.examples import NOW, request

LATER = NOW + timedelta(minutes=5)


def other(notice: Notice, state: str, *, minutes: float = 0, name: str = "0" * 32) -> Other:
    return Other(name, NOW + timedelta(minutes=minutes), notice, state)


REPLY = request(Notice.REPLY, at=LATER)
ASKED = request(Notice.NEED_MORE, at=LATER)


@pytest.mark.parametrize("notice", sorted(AUTOMATIC))
@pytest.mark.parametrize("state", ["queued", "deferred"])
def test_a_reply_goes_in_place_of_an_automatic_letter_that_waits(
    notice: Notice, state: str
) -> None:
    assert turn(REPLY, [other(notice, state)]) == Turn(overtakes=("0" * 32,))


def test_a_question_that_staff_wrote_is_as_good_as_a_reply() -> None:
    assert turn(ASKED, [other(Notice.ACKNOWLEDGEMENT, "queued")]) == Turn(overtakes=("0" * 32,))
    later = other(Notice.NEED_MORE, "sent", minutes=5)
    assert turn(request(Notice.ADDED), [later]) == Turn(is_overtaken=True)


def test_a_reply_waits_for_what_is_being_sent() -> None:
    assert turn(REPLY, [other(Notice.ACKNOWLEDGEMENT, "sending")]) == Turn(waits=True)


@pytest.mark.parametrize("state", ["queued", "sending", "deferred"])
def test_a_reply_waits_for_the_reply_before_it(state: str) -> None:
    assert turn(REPLY, [other(Notice.REPLY, state)]).waits
    assert not turn(REPLY, [other(Notice.REPLY, state, minutes=6)]).waits


@pytest.mark.parametrize("state", ["sent", "refused", "suppressed", "bounced"])
def test_what_has_ended_is_waited_for_by_nobody(state: str) -> None:
    ended = [other(Notice.ACKNOWLEDGEMENT, state), other(Notice.REPLY, state, name="1" * 32)]
    assert turn(REPLY, ended) == Turn()


@pytest.mark.parametrize("notice", sorted(AUTOMATIC))
@pytest.mark.parametrize("state", ["queued", "sending", "deferred", "sent", "bounced"])
def test_an_automatic_letter_that_was_overtaken_by_a_reply_is_not_sent(
    notice: Notice, state: str
) -> None:
    assert turn(request(notice), [other(Notice.REPLY, state, minutes=5)]) == Turn(is_overtaken=True)


@pytest.mark.parametrize("state", ["refused", "suppressed"])
def test_a_reply_that_will_never_come_overtakes_nothing(state: str) -> None:
    assert turn(request(), [other(Notice.REPLY, state, minutes=5)]) == Turn()


def test_a_reply_of_before_overtakes_no_later_letter() -> None:
    changed = request(Notice.PROMISE_CHANGED, at=LATER)
    assert turn(changed, [other(Notice.REPLY, "sent")]) == Turn()
    assert turn(changed, [other(Notice.REPLY, "deferred")]) == Turn(waits=True)


def test_automatic_letters_go_in_their_order() -> None:
    handed_over = request(Notice.HANDED_OVER, at=LATER)
    assert turn(handed_over, [other(Notice.ACKNOWLEDGEMENT, "deferred")]).waits
    assert turn(request(), [other(Notice.HANDED_OVER, "deferred", minutes=5)]) == Turn()


def test_of_letters_of_one_moment_one_goes_first() -> None:
    first, second = request(message_id="1" * 32), request(message_id="2" * 32)
    as_others = [other(Notice.ACKNOWLEDGEMENT, "sending", name=one * 32) for one in "12"]
    assert not turn(first, as_others[1:]).waits
    assert turn(second, as_others[:1]).waits


def test_moments_are_held_against_each_other_as_the_database_keeps_them() -> None:
    reply = request(Notice.REPLY, at=NOW + timedelta(microseconds=999), message_id="f" * 32)
    assert turn(reply, [other(Notice.REPLY, "deferred")]).waits
    earlier = request(Notice.REPLY, at=NOW + timedelta(microseconds=999), message_id="0" * 31 + "a")
    assert not turn(earlier, [other(Notice.REPLY, "deferred", name="b" * 32)]).waits
