"""Letters that are not to be sent any more: of who was erased, of what has changed since."""

from services.notify.handlers import send_due
from shared.messages import Notice
from tests.unit.examples import NOW, REFERENCE, document, request
from tests.unit.notify.sending_house import BUSY, House


async def test_nothing_is_sent_to_a_patron_who_was_erased_and_nobody_is_told(house: House) -> None:
    house.notices.tickets[REFERENCE] = document(
        erased_at=NOW, patron={"name": "", "address": None}, thread=[]
    )
    await house.hear(request())
    await house.hear(request(Notice.REPLY, letter_id="words-1"))
    assert house.courier.carried == []
    assert house.notices.rows == {}
    assert house.told() == []


async def test_a_reply_whose_words_were_erased_since_is_not_sent(house: House) -> None:
    house.notices.written["words-1"] |= {"text": "", "erased_at": NOW}
    await house.hear(request(Notice.REPLY, letter_id="words-1"))
    assert house.courier.carried == []


async def test_a_letter_that_waited_is_given_up_when_its_patron_was_erased(house: House) -> None:
    house.courier.answers = [BUSY]
    await house.hear(request())
    house.notices.tickets[REFERENCE] = document(
        erased_at=NOW, patron={"name": "", "address": None}, thread=[]
    )
    house.pass_time(60)
    assert await send_due(house.desk)
    assert (house.row().state, house.row().due_at) == ("suppressed", None)
    assert house.courier.carried == []
    assert house.told() == []
    assert not await send_due(house.desk)


async def test_whether_it_was_solved_is_not_asked_of_what_is_open_again(house: House) -> None:
    house.notices.tickets[REFERENCE] = document(status="resolved")
    await house.hear(request(Notice.RESOLVED))
    assert len(house.courier.carried) == 1
    house.notices.tickets[REFERENCE] = document(status="assigned")
    await house.hear(request(Notice.RESOLVED, message_id="2" * 32))
    assert len(house.courier.carried) == 1
    assert house.told() == []


async def test_nor_is_it_of_what_was_opened_again_while_the_letter_waited(house: House) -> None:
    house.notices.tickets[REFERENCE] = document(status="resolved")
    house.courier.answers = [BUSY]
    await house.hear(request(Notice.RESOLVED))
    house.notices.tickets[REFERENCE] = document(status="assigned")
    house.pass_time(60)
    assert await send_due(house.desk)
    assert (house.row().state, house.row().reason) == ("suppressed", "it was opened again")
    assert house.told() == []
