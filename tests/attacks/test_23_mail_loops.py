"""Class 23: machines that answer machines. Each loop ends, what is automatic gets no answer, and no
letter in it is lost."""

import json
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path
from typing import Final

import pytest

from services.intake.accept import Desk, accept_mail
from services.notify.compose import Composer, Facts
from services.notify.letters import Outgoing
from shared.messages import EnquiryReceived, Notice
from shared.references import Seal
from tests.builders import desk_of, mail
from tests.fakes import Letters, Outbox
from tests.stage import Stage, until
from tests.unit.examples import ADDRESS, LIBRARY, NOW, SECRET, document

ROBOT: Final = "robot@elsewhere.example"
MAIL: Final = Path(__file__).parents[1] / "mail"
SAMPLES: Final = [
    one.with_suffix(".eml")
    for one in sorted(MAIL.glob("*.json"))
    if (told := json.loads(one.read_text(encoding="utf-8"))).get("bounce") or told.get("automatic")
]


@dataclass
class Side:
    """A desk that acknowledges every letter that opens a ticket, as ours does."""

    secret: str
    letters: Letters = field(default_factory=Letters)
    outbox: Outbox = field(default_factory=Outbox)

    @property
    def desk(self) -> Desk:
        return desk_of(self.letters, self.outbox, Seal(self.secret))

    async def take(self, raw: bytes, sender: str) -> Outgoing | None:
        """What it answers."""
        before = len(self.outbox.sent)
        await accept_mail(raw, sender, (ADDRESS,), NOW, desk=self.desk)
        for letter_id, event in self.outbox.sent[before:]:
            letter = self.letters.kept[letter_id]
            if isinstance(event, EnquiryReceived) and not letter.automatic and letter.address:
                return self._acknowledgement(event, letter.address)
        return None

    def _acknowledgement(self, event: EnquiryReceived, to: str) -> Outgoing:
        ticket = document(_id=event.reference, patron={"name": "A desk", "address": to})
        facts = Facts(
            notice_id=event.message_id[:32],
            notice=Notice.ACKNOWLEDGEMENT,
            reference=event.reference,
            ticket=ticket,
            about=event.letter_id,
            words=None,
            author=None,
        )
        return Composer(LIBRARY, Seal(self.secret)).compose(facts, NOW)


SIGNS: Final = ("envelope", "Auto-Submitted: auto-replied", "X-Auto-Response-Suppress: All")


@pytest.mark.parametrize("lost", [(), *combinations(SIGNS, 1), *combinations(SIGNS, 2)])
async def test_two_desks_that_face_each_other_exchange_two_letters_at_most(
    lost: tuple[str, ...],
) -> None:
    """Someone writes to one in the name of the other; the way between them loses what says that a
    letter is automatic, but for one sign."""
    sides = Side(SECRET), Side(f"{SECRET}-of-another")
    raw, sender, count = mail(sender="desk@elsewhere.example"), "desk@elsewhere.example", 0
    for turn in range(10):
        answer = await sides[turn % 2].take(raw, sender)
        if answer is None:
            break
        count += 1
        ours = f"<{ADDRESS}>".encode()
        raw = answer.content.replace(b"From: ", b"X-From: ", 1).replace(b"Reply-To: ", b"X-To: ", 1)
        assert ours in raw
        raw = b"From: A desk <desk@elsewhere.example>\r\n" + raw
        for line in lost:
            raw = raw.replace(f"{line}\r\n".encode(), b"")
        sender = "desk@elsewhere.example" if "envelope" in lost else answer.envelope_from
    assert count <= 2
    assert sum(len(one.letters.kept) for one in sides) == count + 1, "every one of them is kept"


def test_there_are_enough_samples() -> None:
    assert len(SAMPLES) >= 50


@pytest.mark.parametrize("file", SAMPLES, ids=lambda one: one.stem)
async def test_what_a_machine_wrote_gets_no_answer(file: Path) -> None:
    side = Side(SECRET)
    assert await side.take(file.read_bytes(), "") is None
    told = json.loads(file.with_suffix(".json").read_text(encoding="utf-8"))
    if told.get("automatic") != "null sender":
        side = Side(SECRET)
        assert await side.take(file.read_bytes(), ROBOT) is None
    assert len(side.letters.kept) == 1


async def test_a_person_is_answered() -> None:
    assert await Side(SECRET).take(mail(), "rhian@patrons.example") is not None


async def test_a_responder_that_strips_every_header_is_not_answered_for_ever(stage: Stage) -> None:
    """It answers each letter of ours with a new one: no thread, no token, no sign of a machine."""
    await stage.open()
    await stage.mail(mail(sender=ROBOT, subject="Hello 0"), ROBOT)
    answered = 0
    for _ in range(30):
        try:
            await stage.letter(ROBOT, answered + 1, 3)
        except TimeoutError:
            break
        answered += 1
        await stage.mail(mail(sender=ROBOT, subject=f"Hello {answered}"), ROBOT)
    assert answered == 3
    assert len(await stage.tickets()) == 4
    assert len(await stage.stored("messages")) == 4


async def test_an_acknowledgement_that_comes_back_is_noted_and_not_answered(stage: Stage) -> None:
    """Our acknowledgement, sent back to us as it is, from our own address and from others."""
    await stage.open()
    await stage.mail(mail(subject="Once"))
    ours = (await stage.letter("rhian@patrons.example")).message.as_bytes()
    sender = b"From: Llanfair-on-Sea Public Library <enquiries@llanfair.example>"
    assert sender in ours
    await stage.mail(ours, "")
    await stage.mail(
        ours.replace(sender, b"From: list@elsewhere.example"), "list@elsewhere.example"
    )

    async def all_noted() -> bool:
        [ticket] = await stage.tickets()
        _, whole, _ = await stage.api("GET", f"/v1/tickets/{ticket['reference']}")
        told = [one["event"] for one in whole["timeline"]]
        return told.count("automatic_mail_noted") == 2

    await until(all_noted)
    assert len(stage.relay.delivered) == 1
