"""The use case of every door, with a store that is only a dictionary."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from services.intake.accept import Desk, accept_mail, keep
from services.intake.letter import Bounce, Letter
from services.intake.reader import Reader
from services.intake.store import ReferenceTaken
from services.intake.understand import understand
from shared.errors import Permanent, Transient
from shared.messages import EnquiryReceived
from shared.references import Seal, expand
from tests.builders import desk_of, mail
from tests.fakes import Letters, Outbox
from tests.unit.examples import ADDRESS, NOW, REFERENCE, SECRET, kept_letter

SEAL = Seal(SECRET)
OWN = frozenset({ADDRESS})
PATRON = "rhian@patrons.example"
STRANGER = "stranger@elsewhere.example"
Understood = Callable[[bytes], Awaitable[Letter]]


@dataclass
class House:
    """A desk whose letters and events can be looked at."""

    letters: Letters = field(default_factory=Letters)
    outbox: Outbox = field(default_factory=Outbox)
    reader: Reader = field(default_factory=Reader)

    @property
    def desk(self) -> Desk:
        return desk_of(self.letters, self.outbox, SEAL, reader=self.reader)

    async def accept(
        self, raw: bytes, sender: str | None = PATRON, to: tuple[str, ...] = (ADDRESS,)
    ) -> str | None:
        return await accept_mail(raw, sender, to, NOW, desk=self.desk)

    @property
    def events(self) -> list[EnquiryReceived]:
        return [one for _, one in self.outbox.sent if isinstance(one, EnquiryReceived)]


@pytest.fixture
async def house() -> AsyncIterator[House]:
    house = House()
    yield house
    await house.reader.close()


async def test_a_letter_is_kept_with_its_event_and_the_event_is_sent(house: House) -> None:
    reference = await house.accept(mail(subject="Opening hours"))
    [letter] = house.letters.kept.values()
    [event] = house.events
    assert reference is not None
    assert expand(reference.replace("ENQ-", "").replace("-", "")) == reference
    assert (letter.subject, letter.address, letter.door) == ("Opening hours", PATRON, "smtp")
    assert (event.reference, event.opens, event.letter_id) == (reference, True, letter.id)
    assert house.letters.outbox.documents[letter.id][0]["message_id"] == event.message_id


async def test_the_envelope_is_kept_as_it_came(house: House) -> None:
    to = ("Local-History+x@llanfair.example", ADDRESS)
    await house.accept(mail(), "bounces@lists.example", to)
    [letter] = house.letters.kept.values()
    assert (letter.envelope_from, letter.recipients) == ("bounces@lists.example", to)


async def test_one_mail_to_two_of_our_addresses_in_two_deliveries_is_one_ticket(
    house: House,
) -> None:
    raw = mail(Message_ID="<one@patrons.example>")
    by_another_way = b"Received: from b.example by a.example; Mon, 23 Nov 2026 10:00:01 +0000\r\n"
    first = await house.accept(b"Delivered-To: " + ADDRESS.encode() + b"\r\n" + raw)
    second = await house.accept(by_another_way + raw, to=("local-history@llanfair.example",))
    assert first == second
    assert len(house.letters.kept) == len(house.events) == 1


async def test_no_event_is_sent_before_the_letter_is_kept(house: House) -> None:
    house.letters.fails_with = [Transient("MongoDB is away")]
    with pytest.raises(Transient):
        await house.accept(mail())
    assert house.events == []


async def test_a_letter_that_can_never_be_kept_is_told_so(house: House) -> None:
    house.letters.fails_with = [Permanent("too large")]
    with pytest.raises(Permanent):
        await house.accept(mail())


async def test_a_reference_that_is_taken_is_allotted_anew(house: House) -> None:
    house.letters.fails_with = [ReferenceTaken(), ReferenceTaken()]
    assert await house.accept(mail()) is not None
    assert len(house.letters.kept) == len(house.events) == 1


async def test_a_letter_that_can_not_be_read_is_kept_aside_and_opens_nothing(house: House) -> None:
    raw = b"From: " + b"(" * 5000 + b"\r\n\r\nwords"
    assert await house.accept(raw) is None
    [letter] = house.letters.kept.values()
    assert letter.unreadable is not None
    assert letter.raw == raw
    assert house.events == []


async def test_a_letter_that_can_not_be_read_joins_nothing_whatever_it_proves(house: House) -> None:
    raw = b"From: " + b"(" * 5000 + b"\r\n\r\nwords"
    assert await house.accept(raw, to=(SEAL.reply_address(ADDRESS, REFERENCE),)) is None
    assert house.events == []


async def test_a_letter_that_is_too_large_is_kept_aside_with_what_can_be_seen_of_it() -> None:
    house = House()
    desk = desk_of(house.letters, house.outbox, SEAL, most_bytes=1000)
    raw = mail(subject="A long story", text="x" * 1000)
    assert await accept_mail(raw, PATRON, (ADDRESS,), NOW, desk=desk) is None
    [letter] = house.letters.kept.values()
    assert (letter.unreadable, letter.raw) == ("it is too large", raw)
    assert (letter.address, letter.subject) == (PATRON, "A long story")
    assert house.events == []


@pytest.mark.parametrize(
    ("sender", "headers", "why"),
    [("", {}, "null sender"), (PATRON, {"Auto_Submitted": "auto-replied"}, "Auto-Submitted")],
)
async def test_automatic_mail_about_nothing_is_kept_and_opens_nothing(
    house: House, sender: str, headers: dict[str, str], why: str
) -> None:
    assert await house.accept(mail(**headers), sender) is None
    [letter] = house.letters.kept.values()
    assert letter.automatic == why
    assert house.events == []


async def test_automatic_mail_about_a_ticket_is_noted_there(house: House) -> None:
    to = (SEAL.reply_address(ADDRESS, REFERENCE),)
    assert await house.accept(mail(), "", to) == REFERENCE
    assert [(one.reference, one.opens) for one in house.events] == [(REFERENCE, False)]


def bounce_about(message_id: str) -> bytes:
    """A mail system's notice about a letter."""
    return mail(
        sender="MAILER-DAEMON@relay.example",
        name="Mail Delivery System",
        subject="Undelivered Mail Returned to Sender",
        text="Your message could not be delivered to:\n\n"
        "<gwen@patrons.example>: 550 5.1.1 unknown\n\n"
        f"--- Below this line is a copy of the message.\n\nMessage-ID: {message_id}\n",
    )


async def test_a_bounce_of_our_own_letter_joins_its_ticket_and_says_whom_it_missed(
    house: House,
) -> None:
    ours = SEAL.message_id("llanfair.example", REFERENCE, "0123456789abcdef")
    assert await house.accept(bounce_about(ours), "") == REFERENCE
    [letter] = house.letters.kept.values()
    assert letter.automatic == "bounce"
    assert letter.bounce == Bounce(("gwen@patrons.example",), True, "5.1.1", ours)
    assert [(one.reference, one.opens) for one in house.events] == [(REFERENCE, False)]


async def test_a_bounce_of_a_letter_that_is_not_ours_joins_and_opens_nothing(house: House) -> None:
    forged = Seal("another-secret-that-is-long-enough-0123456789")
    theirs = forged.message_id("llanfair.example", REFERENCE, "0123456789abcdef")
    assert await house.accept(bounce_about(theirs), "") is None
    assert house.events == []


async def test_a_null_sender_is_enough_to_look_for_a_bounce(house: House) -> None:
    raw = mail(
        sender="desk@relay.example",
        name="Relay",
        text="Your message could not be delivered to the following recipient:\n"
        "gwen@patrons.example\n"
        "--- Below this line is a copy of the message.\n",
    )
    await house.accept(raw, "")
    [letter] = house.letters.kept.values()
    assert letter.bounce == Bounce(("gwen@patrons.example",), True)


def abuse_about(message_id: str) -> bytes:
    """What a mail provider sends when somebody calls a letter of ours spam (RFC 5965)."""
    return (
        "From: abuse@relay.example\r\nSubject: Fw: complaint\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=feedback-report; boundary="b"\r\n\r\n'
        "--b\r\n\r\nThis is an abuse report.\r\n"
        "--b\r\nContent-Type: message/feedback-report\r\n\r\nFeedback-Type: abuse\r\n"
        "User-Agent: Relay/1.0\r\nVersion: 1\r\n\r\n"
        "--b\r\nContent-Type: message/rfc822\r\n\r\n"
        f"From: enquiries@llanfair.example\r\nMessage-ID: {message_id}\r\n\r\nDear\r\n--b--\r\n"
    ).encode()


async def test_an_abuse_report_is_noted_on_the_ticket_that_it_proves(house: House) -> None:
    ours = SEAL.message_id("llanfair.example", REFERENCE, "0123456789abcdef")
    assert await house.accept(abuse_about(ours), "abuse@relay.example") == REFERENCE
    [letter] = house.letters.kept.values()
    assert (letter.automatic, [one.opens for one in house.events]) == ("abuse report", [False])
    forged = Seal("another-secret-that-is-long-enough-0123456789")
    theirs = forged.message_id("llanfair.example", REFERENCE, "0123456789abcdef")
    assert await house.accept(abuse_about(theirs), "abuse@relay.example") is None


async def test_our_own_mail_that_comes_back_is_noted_on_its_ticket(house: House) -> None:
    ours = SEAL.message_id("llanfair.example", REFERENCE, "0123456789abcdef")
    raw = mail(sender="list@elsewhere.example", Message_ID=ours)
    assert await house.accept(raw, "list@elsewhere.example") == REFERENCE
    [letter] = house.letters.kept.values()
    assert letter.automatic == "our own mail came back"


async def test_a_persons_words_that_quote_an_id_of_ours_prove_nothing(house: House) -> None:
    ours = SEAL.message_id("llanfair.example", REFERENCE, "0123456789abcdef")
    raw = mail(sender=STRANGER, text=f"Somebody showed me this:\n{ours}\n")
    assert ours.encode() in raw
    assert await house.accept(raw, STRANGER) not in {REFERENCE, None}


async def test_a_letter_in_the_name_of_staff_is_a_patrons(house: House) -> None:
    raw = mail(
        sender="mair@llanfair.example",
        subject=f"[{REFERENCE}] resolve",
        text="#resolve\n@close",
        Reply_To="mallory@elsewhere.example",
    )
    assert await house.accept(raw, "mair@llanfair.example") not in {REFERENCE, None}
    [letter] = house.letters.kept.values()
    assert (letter.address, letter.reply_to) == (
        *("mair@llanfair.example", "mallory@elsewhere.example"),
    )
    assert (letter.text.split(), letter.automatic) == (["#resolve", "@close"], None)


async def test_a_letter_joins_by_the_token_of_our_reply_address(house: House) -> None:
    to = (SEAL.reply_address(ADDRESS, REFERENCE),)
    assert await house.accept(mail(sender=STRANGER), STRANGER, to) == REFERENCE
    assert [(one.reference, one.opens) for one in house.events] == [(REFERENCE, False)]


async def test_a_letter_joins_by_a_message_id_of_ours(house: House) -> None:
    ours = SEAL.message_id("llanfair.example", REFERENCE, "0123456789abcdef")
    assert await house.accept(mail(In_Reply_To=ours)) == REFERENCE
    other = SEAL.message_id("llanfair.example", REFERENCE, "another")
    assert await house.accept(mail(References=f"<a@x.example> {other}")) == REFERENCE


async def test_a_patron_joins_by_the_reference_in_the_subject(house: House) -> None:
    reference = await house.accept(mail())
    again = mail(subject=f"Re: {reference}", sender="Rhian@Patrons.Example")
    assert await house.accept(again) == reference
    assert [one.opens for one in house.events] == [True, False]


async def test_a_patron_joins_by_a_message_id_of_the_ticket(house: House) -> None:
    reference = await house.accept(mail(Message_ID="<first@patrons.example>"))
    assert await house.accept(mail(In_Reply_To="<first@patrons.example>")) == reference


async def test_a_stranger_with_a_good_reference_opens_a_ticket_of_his_own(house: House) -> None:
    reference = await house.accept(mail(Message_ID="<first@patrons.example>"))
    named = mail(sender=STRANGER, subject=f"Re: [{reference}] We have your enquiry")
    answering = mail(sender=STRANGER, In_Reply_To="<first@patrons.example>")
    others = {await house.accept(one, STRANGER) for one in (named, answering)}
    assert len(others) == 2
    assert reference not in others
    assert None not in others
    assert [one.opens for one in house.events] == [True, True, True]


async def test_a_stranger_with_a_forged_token_opens_a_ticket_of_his_own(house: House) -> None:
    forged = Seal("another-secret-that-is-long-enough-0123456789")
    to = (forged.reply_address(ADDRESS, REFERENCE),)
    assert await house.accept(mail(sender=STRANGER), STRANGER, to) not in {REFERENCE, None}


async def test_who_has_no_address_joins_nothing_by_a_claim(house: House) -> None:
    await house.letters.save(kept_letter(address=None), REFERENCE, None)
    raw = f"Subject: {REFERENCE}\r\n\r\nwords".encode()
    assert await house.accept(raw) not in {REFERENCE, None}


@pytest.mark.parametrize(
    "written", ["From: undisclosed:;", "From: Rhian Example <>", "X-Nobody: x"]
)
async def test_without_an_address_in_it_a_letter_is_from_whom_its_envelope_says(
    house: House, written: str
) -> None:
    assert await house.accept(f"{written}\r\nSubject: x\r\n\r\nwords".encode()) is not None
    [letter] = house.letters.kept.values()
    assert (letter.address, letter.sender) == (PATRON, PATRON)
    assert "sender_taken_from" in [one.code for one in letter.remarks]


@pytest.mark.parametrize("sender", [None, "odd@localhost", "a@b.example>,<c@d.example"])
async def test_where_no_usable_address_is_anywhere_there_is_a_ticket_and_nobody_to_write_to(
    house: House, sender: str | None
) -> None:
    assert await house.accept(b"From: undisclosed:;\r\n\r\nwords", sender) is not None
    [letter] = house.letters.kept.values()
    assert letter.address is None


async def test_an_address_that_stands_in_a_letter_is_not_replaced_by_its_envelope(
    house: House,
) -> None:
    await house.accept(b"From: rhian@localhost\r\n\r\nwords", STRANGER)
    [letter] = house.letters.kept.values()
    assert (letter.address, letter.sender) == (None, "rhian@localhost")


async def test_our_own_mail_is_known_by_its_envelope_too(house: House) -> None:
    assert await house.accept(b"From: undisclosed:;\r\n\r\nwords", ADDRESS) is None
    [letter] = house.letters.kept.values()
    assert letter.automatic == "our own mail came back"


async def test_the_same_letter_again_changes_nothing(house: House) -> None:
    raw = mail()
    for _ in range(3):
        await house.accept(raw)
    assert len(house.letters.kept) == len(house.events) == 1


async def test_the_same_letter_by_different_relays_is_the_same(house: House) -> None:
    raw = mail()
    await house.accept(raw)
    await house.accept(b"Received: from a.example by b.example; today\r\n" + raw)
    await house.accept(b"Received: from c.example\r\nDKIM-Signature: x\r\n" + raw, to=("x", "y"))
    assert len(house.letters.kept) == len(house.events) == 1


@pytest.mark.parametrize(
    "other",
    [
        {"text": "Another question"},
        {"subject": "Another subject"},
        {"sender": "another@patrons.example"},
        {"Message_ID": "<another@patrons.example>"},
    ],
)
async def test_another_letter_is_another_though_much_is_the_same(
    house: House, other: dict[str, str]
) -> None:
    same = {"Message_ID": "<first@patrons.example>"}
    await house.accept(mail(**same))
    await house.accept(mail(**(same | other)))
    assert len(house.letters.kept) == 2


async def test_letters_without_any_header_are_different_by_their_words(house: House) -> None:
    await house.accept(b"\r\n\r\none")
    await house.accept(b"\r\n\r\ntwo")
    assert len(house.letters.kept) == 2


async def test_letters_with_bare_line_feeds_are_different_by_their_words(house: House) -> None:
    await house.accept(b"Received: from a\nFrom: rhian@patrons.example\n\nOne question\n")
    await house.accept(b"Received: from b\nFrom: sian@patrons.example\n\nAnother\n")
    assert len(house.letters.kept) == 2


async def test_a_letter_without_a_message_id_is_known_by_its_date_whatever_way_it_came(
    house: House,
) -> None:
    raw = b"From: rhian@patrons.example\r\nDate: Sun, 22 Nov 2026 10:00:00 +0000\r\n"
    words = b"Subject: x\r\n\r\nwords\r\n"
    await house.accept(raw + words)
    await house.accept(b"Received: from a.example\r\n" + raw + b"X-Relay: b\r\n" + words)
    assert len(house.letters.kept) == 1
    for other in (raw + words.replace(b"words", b"others"), raw.replace(b"10:", b"11:") + words):
        await house.accept(other)
    assert len(house.letters.kept) == 3


async def test_a_letter_is_the_same_with_other_line_ends(house: House) -> None:
    raw = mail()
    await house.accept(raw)
    await house.accept(raw.replace(b"\r\n", b"\n"))
    await house.accept(raw + b"\r\n")
    assert len(house.letters.kept) == 1


async def test_letters_without_either_are_the_same_only_byte_for_byte(house: House) -> None:
    raw = b"From: rhian@patrons.example\r\nSubject: x\r\n\r\nwords\r\n"
    for one in (raw, raw, b"X-Number: 2\r\n" + raw):
        await house.accept(one)
    assert len(house.letters.kept) == 2


async def test_a_header_that_a_relay_folded_is_the_same_header(house: House) -> None:
    await house.accept(b"Message-ID: <1@x.example>\r\nSubject: one two\r\n\r\nwords")
    await house.accept(b"Subject: one\r\n\ttwo\r\nMessage-ID: <1@x.example>\r\n\r\nwords")
    assert len(house.letters.kept) == 1


async def test_the_same_letter_again_has_the_same_reference(house: House) -> None:
    raw = mail()
    assert await house.accept(raw) == await house.accept(raw)


async def test_a_large_letter_is_understood_as_a_small_one_is(house: House) -> None:
    raw = mail(text="words " * 100_000)
    letter = await understand(raw, PATRON, (ADDRESS,), NOW, clerk=house.desk.clerk)
    assert letter.text.startswith("words words")
    assert letter.subject == "A question"


async def test_the_nearest_letter_of_the_thread_is_claimed_first(house: House) -> None:
    raw = mail(In_Reply_To="<3@x.example>", References="<1@x.example> <2@x.example> <3@x.example>")
    letter = await understand(raw, PATRON, (ADDRESS,), NOW, clerk=house.desk.clerk)
    assert letter.replies_to == ("<3@x.example>", "<2@x.example>", "<1@x.example>")
    assert letter.references == ("<1@x.example>", "<2@x.example>", "<3@x.example>")


async def test_a_letter_of_another_door_is_kept_the_same_way(house: House) -> None:
    letter = kept_letter(at=NOW + timedelta(minutes=1))
    reference = await keep(letter, desk=house.desk)
    assert house.letters.references[letter.id] == reference
    assert house.events[0].at == NOW + timedelta(minutes=1)


@pytest.fixture
def understood(house: House) -> Understood:
    """The letter that these bytes are."""

    async def read(raw: bytes) -> Letter:
        return await understand(raw, PATRON, (ADDRESS,), NOW, clerk=house.desk.clerk)

    return read


@pytest.mark.parametrize(
    ("date", "is_kept"),
    [
        ("Sun, 22 Nov 2026 10:00:00 +0000", True),
        ("Tue, 24 Nov 2026 09:00:00 +0000", True),
        ("Wed, 25 Nov 2026 10:00:00 +0000", False),
        ("Mon, 23 Nov 2015 10:00:00 +0000", False),
    ],
)
async def test_a_date_that_can_not_be_true_is_remarked(
    understood: Understood, date: str, is_kept: bool
) -> None:
    raw = mail().replace(b"Date: Sun, 22 Nov 2026 10:00:00 +0000", f"Date: {date}".encode())
    letter = await understood(raw)
    assert (letter.sent_at is not None) == is_kept
    assert [one.code for one in letter.remarks] == ([] if is_kept else ["date_odd"])


async def test_html_is_kept_only_when_made_safe_with_the_letters_own_pictures(
    understood: Understood,
) -> None:
    raw = (Path(__file__).parents[2] / "mail/picture_in_html.eml").read_bytes()
    letter = await understood(
        raw.replace(b"</p>", b'<script>x</script><img src="//x.example"></p>')
    )
    shown = f'<p>This map: <img src="/v1/attachments/{letter.id}.0" alt="map"><img></p>'
    assert (letter.html, letter.blocked_loads) == (shown, 1)


async def test_html_that_is_too_much_to_show_is_remarked(understood: Understood) -> None:
    raw = b"From: a@b.example\r\nContent-Type: text/html\r\n\r\n" + b"<p>x</p>\r\n" * 400_000
    letter = await understood(raw)
    assert letter.html is None
    assert "html_too_large" in [one.code for one in letter.remarks]
    assert letter.text.startswith("x")


async def test_new_words_are_told_from_quoted_ones_and_a_signature(understood: Understood) -> None:
    text = "And on Sunday?\n\n> When are you open?\n> On Saturday.\n\n-- \nRhian"
    letter = await understood(mail(text=text))
    assert letter.new_text.strip() == "And on Sunday?"
    assert "When are you open?" in letter.quoted_text
    assert "Rhian" in letter.signature
