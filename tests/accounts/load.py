"""A mixed load: patrons, machines, forgers and mail systems that write to every door, each as its
kind does, with a note in the books of what they sent and what ought to become of it."""

import asyncio
import hashlib
import time
from base64 import b64encode
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final

from shared.references import expand
from tests.accounts import letters
from tests.accounts.books import ADDED, NOTED, NOWHERE, OPENED, QUARANTINED, STORM, Entry
from tests.accounts.doors import Doors, Refused
from tests.accounts.letters import DESK
from tests.stage import Delivered, until

AT_ONCE: Final = 24
"""Senders that write at the same time."""
OF_A_STORM: Final = 12
_MAILBOX_SHARE: Final = 0.2
"""How much of the mail comes by IMAP."""
_SMTP_WAYS: Final = {
    0: ("unheard first",),
    1: ("twice at once",),
    2: ("again",),
    3: ("again by a relay",),
    4: ("mailbox after",),
}
_MAILBOX_WAYS: Final = {0: ("twice",), 1: ("SMTP after",)}
_HTTP_WAYS: Final = {0: ("three at once",), 1: ("unheard first",), 2: ("again",)}
_FORM_WAYS: Final = {0: ("two at once",), 1: ("again",)}
_PATIENCE: Final = 120.0
"""Seconds that a patron waits for an acknowledgement that he wants to answer."""


@dataclass
class Load:
    """Everybody who writes."""

    doors: Doors
    seed: int
    entries: list[Entry] = field(default_factory=list)
    patience: float = _PATIENCE
    first: int = 0
    """What the codes begin with."""
    faults: list[str] = field(default_factory=list)
    done: int = 0
    in_mailbox: list[Entry] = field(default_factory=list)
    kept_at: dict[str, float] = field(default_factory=dict)
    """By patron, on this process's clock."""
    posted: int = 0
    """Letters put into the mailbox, copies and all."""
    _asked: list[Entry] = field(default_factory=list)
    """Enquiries that are kept and will be acknowledged."""
    _letters: dict[str, Delivered] = field(default_factory=dict)
    _seen: int = 0

    async def run(self, count: int) -> None:
        """Have so many messages sent, in an order that the seed decides."""
        random = Random(self.seed)
        storms = max(1, count // 1000)
        singles = count - storms * OF_A_STORM
        kinds = random.choices(list(KINDS), list(KINDS.values()), k=singles) + [_storm] * storms
        random.shuffle(kinds)
        await self.do(kinds)

    async def do(self, errands: "Sequence[Kind]", seconds: float = 0) -> None:
        """Have these done, in this order; begun over so many seconds, if they can be."""
        waiting, loop = iter(enumerate(errands)), asyncio.get_running_loop()
        begun, pace = loop.time(), seconds / len(errands)

        async def work() -> None:
            for number, kind in waiting:
                await asyncio.sleep(begun + number * pace - loop.time())
                await self._errand(kind, Random(f"{self.seed}/{number}"))

        await asyncio.gather(*(work() for _ in range(AT_ONCE)))

    async def _errand(self, kind: "Kind", random: Random) -> None:
        before = len(self.faults)
        try:
            await kind(self, random)
        except Refused as error:
            self.faults.append(f"refused for good: {error}")
        except TimeoutError as error:
            self.faults.append(str(error) or f"nobody was accepted in {self.patience:.0f} s")
        self.done += OF_A_STORM if kind is _storm else 1
        assert len(self.faults) < before + 20, self.faults[-1]

    def note(
        self, kind: str, states: frozenset[str], *, patron: bool = False, joins: Entry | None = None
    ) -> Entry:
        """A new entry; `patron`: somebody new, who will be told of a ticket."""
        number = f"{self.first + len(self.entries):05}"
        code, address = f"m{number}x", f"patron{number}@patrons.example" if patron else None
        entry = Entry(code, kind, states, address, joins.code if joins else None)
        self.entries.append(entry)
        return entry

    def keeps(self, entry: Entry) -> None:
        """A door said so."""
        entry.accepted = True
        self.kept_at.setdefault(entry.patron or "", time.monotonic())
        is_new = entry.kind != "contact again" and entry not in self._asked[-AT_ONCE:]
        if entry.states == OPENED and entry.patron and is_new:
            self._asked.append(entry)

    async def acknowledged(self, random: Random, *, by_mail: bool = False) -> tuple[Entry, Any]:
        """An enquiry and its acknowledgement, that somebody may answer. Raises: TimeoutError."""
        await until(self._have_asked, self.patience)
        one = random.choice(self._asked)
        while by_mail and one.kind in {"enquiry", "contact", "form"}:
            one = random.choice(self._asked)
            await asyncio.sleep(0.01)
        whose = one.patron or ""

        return one, await self.letter_to(whose)

    async def letter_to(self, whose: str) -> Any:
        """The first one. Raises: TimeoutError."""

        async def is_told() -> bool:
            return self._letter(whose) is not None

        try:
            await until(is_told, self.patience)
        except TimeoutError:
            raise TimeoutError(f"no acknowledgement to {whose} in {self.patience:.0f} s") from None
        return self._letters[whose].message

    async def _have_asked(self) -> bool:
        return bool(self._asked)

    def _letter(self, address: str) -> Delivered | None:
        delivered = self.doors.stage.relay.delivered
        while self._seen < len(delivered):
            self._letters.setdefault(delivered[self._seen].to, delivered[self._seen])
            self._seen += 1
        return self._letters.get(address)

    async def send(
        self, entry: Entry, random: Random, raw: bytes, sender: str, to: str = DESK
    ) -> None:
        """By mail or into the mailbox, at times twice, at times without hearing the answer."""
        if self.has_mailbox and random.random() < _MAILBOX_SHARE and to == DESK:
            await self._post(entry, random, raw, sender)
            return
        doors, way = self.doors, random.randrange(14)
        entry.ways += ["SMTP", *_SMTP_WAYS.get(way, ())]
        if way == 0:
            await doors.mail_unheard(sender, to, raw)
        elif way == 1:
            await asyncio.gather(doors.mail(sender, to, raw), doors.mail(sender, to, raw))
        await doors.mail(sender, to, raw)
        self.keeps(entry)
        if way == 2:
            await doors.mail(sender, to, raw)
        elif way == 3:
            received = b"Received: from elsewhere by relay.example; Sun, 22 Nov 2026 10:00:05 +0000"
            await doors.mail(sender, to, received + b"\r\n" + raw)
        elif way == 4 and to == DESK and self.has_mailbox:
            await self.put(sender, raw)

    async def _post(self, entry: Entry, random: Random, raw: bytes, sender: str) -> None:
        way = random.randrange(8)
        entry.ways += ["mailbox", *_MAILBOX_WAYS.get(way, ())]
        copies = (_returned(sender) + raw,) * (2 if way == 0 else 1)
        self.in_mailbox.append(entry)
        await self._put(*copies)
        if way == 1:
            await self.doors.mail(sender, DESK, raw)
            self.keeps(entry)

    async def put(self, sender: str, raw: bytes) -> None:
        """Into the mailbox."""
        await self._put(_returned(sender) + raw)

    @property
    def has_mailbox(self) -> bool:
        """Whether there is one."""
        return self.doors.mailbox is not None

    async def _put(self, *copies: bytes) -> None:
        await self.doors.post(*copies)
        self.posted += len(copies)


Kind = Callable[[Load, Random], Awaitable[None]]


def _returned(sender: str) -> bytes:
    return f"Return-Path: <{sender}>\r\n".encode()


async def plain(load: Load, random: Random) -> None:
    """Somebody asks by mail."""
    entry = load.note("plain", OPENED, patron=True)
    await load.send(entry, random, letters.plain(_of(entry), entry.code), _of(entry))


async def _to_a_team(load: Load, random: Random) -> None:
    entry, team = load.note("to a team", OPENED, patron=True), random.choice(letters.TEAMS)
    raw = letters.plain(_of(entry), entry.code, to=team)
    await load.send(entry, random, raw, _of(entry), team)


async def _html(load: Load, random: Random) -> None:
    entry = load.note("html", OPENED, patron=True)
    await load.send(entry, random, letters.of_html(_of(entry), entry.code), _of(entry))


async def _charset(load: Load, random: Random) -> None:
    entry = load.note("charset", OPENED, patron=True)
    raw = letters.in_charset(_of(entry), entry.code, random.randrange(100))
    await load.send(entry, random, raw, _of(entry))


async def _with_files(load: Load, random: Random) -> None:
    entry = load.note("files", OPENED, patron=True)
    files = [random.randbytes(random.randrange(20_000)) for _ in range(random.randrange(1, 4))]
    await _send_files(load, random, entry, files)


async def _large(load: Load, random: Random) -> None:
    entry = load.note("large", OPENED, patron=True)
    await _send_files(load, random, entry, [random.randbytes(random.randrange(150_000, 2_200_000))])


async def _send_files(load: Load, random: Random, entry: Entry, files: list[bytes]) -> None:
    entry.files = tuple(hashlib.sha256(one).hexdigest() for one in files)
    raw = letters.with_files(_of(entry), entry.code, files)
    await load.send(entry, random, raw, _of(entry))


async def _without_sender(load: Load, random: Random) -> None:
    """Who can be answered nowhere."""
    entry = load.note("without sender", OPENED)
    raw = letters.without_sender(entry.code)
    # From one address there would be more of them than are taken for enquiries in an hour.
    await load.send(entry, random, raw, f"odd.{entry.code}@localhost")


async def _by_envelope(load: Load, random: Random) -> None:
    """Whom only the envelope names, by whatever door."""
    entry = load.note("by envelope", OPENED, patron=True)
    await load.send(entry, random, letters.without_sender(entry.code), _of(entry))


async def _unreadable(load: Load, random: Random) -> None:
    entry = load.note("unreadable", QUARANTINED)
    sender = f"{entry.code}@elsewhere.example"
    raw = letters.unreadable(sender, entry.code, random.randrange(2))
    await load.send(entry, random, raw, sender)


async def _reply(load: Load, random: Random) -> None:
    """By the reply address of the acknowledgement, from wherever."""
    asked, letter = await load.acknowledged(random)
    entry = load.note("reply", ADDED, joins=asked)
    sender = random.choice((_of(asked), f"{entry.code}@work.example"))
    raw = letters.plain(sender, entry.code, to=letter["Reply-To"])
    await load.send(entry, random, raw, sender, random.choice((DESK, letter["Reply-To"])))


async def _reply_in_thread(load: Load, random: Random) -> None:
    asked, letter = await load.acknowledged(random)
    entry = load.note("reply in thread", ADDED, joins=asked)
    raw = letters.plain(_of(asked), entry.code, In_Reply_To=letter["Message-ID"])
    await load.send(entry, random, raw, _of(asked))


async def _reply_to_himself(load: Load, random: Random) -> None:
    asked, _ = await load.acknowledged(random, by_mail=True)
    entry = load.note("reply to himself", ADDED, joins=asked)
    raw = letters.plain(_of(asked), entry.code, References=f"<{asked.code}@patrons.example>")
    await load.send(entry, random, raw, _of(asked))


async def _reply_by_subject(load: Load, random: Random) -> None:
    asked, letter = await load.acknowledged(random)
    entry = load.note("reply by subject", ADDED, joins=asked)
    raw = letters.plain(_of(asked), entry.code, subject=f"Re: {letter['Subject']} {entry.code}")
    await load.send(entry, random, raw, _of(asked))


async def _stranger(load: Load, random: Random) -> None:
    """Knows a reference, and no more."""
    _, letter = await load.acknowledged(random)
    entry = load.note("stranger", OPENED, patron=True)
    raw = letters.plain(_of(entry), entry.code, subject=f"{entry.code} {letter['Subject']}")
    await load.send(entry, random, raw, _of(entry))


async def _forger(load: Load, random: Random) -> None:
    """Knows what a reply address looks like."""
    _, letter = await load.acknowledged(random)
    entry = load.note("forger", OPENED, patron=True)
    tagged, _, domain = str(letter["Reply-To"]).partition("@")
    forged = f"{tagged[:-1]}{'a' if tagged[-1] != 'a' else 'b'}@{domain}"
    raw = letters.plain(_of(entry), entry.code, to=forged)
    await load.send(entry, random, raw, _of(entry), random.choice((DESK, forged)))


async def _machine(load: Load, random: Random) -> None:
    entry = load.note("machine", NOTED)
    robot = f"{entry.code}@elsewhere.example"
    raw = letters.automatic(robot, entry.code, random.randrange(100))
    await load.send(entry, random, raw, random.choice((robot, "")))


async def _absence(load: Load, random: Random) -> None:
    """Answers an acknowledgement by itself."""
    asked, letter = await load.acknowledged(random)
    entry = load.note("absence", NOTED, joins=asked)
    about = letter["Message-ID"]
    raw = letters.automatic(_of(asked), entry.code, random.randrange(100), In_Reply_To=about)
    await load.send(entry, random, raw, random.choice((_of(asked), "")))


async def _bounce(load: Load, random: Random) -> None:
    asked, letter = await load.acknowledged(random)
    entry = load.note("bounce", NOTED, joins=asked)
    raw = letters.bounce(entry.code, letter["Message-ID"], _of(asked))
    await load.send(entry, random, raw, "")


async def _bounce_of_nothing(load: Load, random: Random) -> None:
    entry = load.note("bounce of nothing", NOTED)
    raw = letters.bounce(entry.code, "<unknown@elsewhere.example>", "gwen@elsewhere.example")
    await load.send(entry, random, raw, "")


async def _wrong_address(load: Load, _: Random) -> None:
    entry = load.note("wrong address", NOWHERE)
    raw = letters.plain("odd@elsewhere.example", entry.code)
    await _is_refused(
        load, entry, load.doors.mail("odd@elsewhere.example", "nobody@llanfair.example", raw)
    )


async def _is_refused(load: Load, entry: Entry, attempt: Awaitable[object]) -> None:
    try:
        await attempt
    except Refused:
        return
    load.keeps(entry)


async def _enquiry(load: Load, random: Random) -> None:
    entry = load.note("enquiry", OPENED, patron=True)
    body: dict[str, Any] = {
        "patron": {"name": "Rhian Example", "email": _of(entry)},
        "subject": f"A question {entry.code}",
        "body": f"Is it in? {entry.code}",
    }
    if random.random() < 0.3:
        content = random.randbytes(random.randrange(50_000))
        entry.files = (hashlib.sha256(content).hexdigest(),)
        file = {"filename": "list.bin", "content_type": "application/octet-stream"}
        body["attachments"] = [file | {"content": b64encode(content).decode()}]
    await _by_http(load, random, entry, body, "enquiries")


async def _contact(load: Load, random: Random) -> None:
    entry = load.note("contact", OPENED, patron=random.random() < 0.6)
    who = {"email": entry.patron} if entry.patron else {"phone": "01632 960 000"}
    body = {"patron": who, "channel": "phone", "note": f"Cut off. {entry.code}"}
    await _by_http(load, random, entry, body, "contacts/lost")


async def _contact_again(load: Load, random: Random) -> None:
    asked, letter = await load.acknowledged(random)
    is_its_own = asked.kind in {"enquiry", "contact"}  # an integration joins no ticket of others
    states, joins = (ADDED, asked) if is_its_own else (OPENED, None)
    entry = load.note("contact again", states, joins=joins)
    # Whoever left an address that the integration had not is told of a ticket of its own.
    entry.patron = None if is_its_own else _of(asked)
    body = {
        "patron": {"email": _of(asked)},
        "channel": "chat",
        "reference": letter["Subject"].partition("]")[0].strip("["),
        "note": f"Cut off again. {entry.code}",
    }
    await _by_http(load, random, entry, body, "contacts/lost")


async def _by_http(
    load: Load, random: Random, entry: Entry, body: dict[str, Any], path: str
) -> None:
    async def posted() -> None:
        reference = await load.doors.enquiry(entry.code, body, path)
        if entry.reference not in {None, reference}:
            load.faults.append(f"{entry.code}: one Idempotency-Key, two references")
        entry.reference = reference

    way = random.randrange(10)
    entry.ways += ["HTTP", *_HTTP_WAYS.get(way, ())]
    if way == 0:
        await asyncio.gather(posted(), posted(), posted())
    elif way == 1:
        unheard = asyncio.create_task(posted())
        await asyncio.sleep(random.random() / 20)
        unheard.cancel()
        await asyncio.wait([unheard])
    await posted()
    load.keeps(entry)
    if way == 2:
        await posted()


async def _bad_enquiry(load: Load, _: Random) -> None:
    entry = load.note("bad enquiry", NOWHERE)
    body = {"patron": {"name": "Rhian", "email": "none"}, "subject": entry.code, "body": entry.code}
    await _is_refused(load, entry, load.doors.enquiry(entry.code, body))


async def form(load: Load, random: Random) -> None:
    """Somebody fills in the form."""
    entry = load.note("form", OPENED, patron=True)
    fields = {
        "token": await load.doors.form_token(),
        "question": f"Are you open? {entry.code}",
        "subject": f"Opening {entry.code}",
        "email": _of(entry),
        "name": "Rhian Example",
    }
    content = random.randbytes(random.randrange(1, 50_000))
    files = {"list.bin": content} if random.random() < 0.3 else {}
    entry.files = tuple(hashlib.sha256(one).hexdigest() for one in files.values())
    client = ".".join(["10", *(str(random.randrange(256)) for _ in range(3))])

    async def posted() -> None:
        entry.reference = expand(await load.doors.form(fields, files, client))

    way = random.randrange(6)
    entry.ways += ["form", *_FORM_WAYS.get(way, ())]
    if way == 0:
        await asyncio.gather(posted(), posted())
    await posted()
    load.keeps(entry)
    if way == 1:
        await posted()


async def _storm(load: Load, random: Random) -> None:
    """A program gone wild: one after the other, all in one name."""
    whose = f"storm{random.randrange(10**9)}@elsewhere.example"
    for _ in range(OF_A_STORM):
        entry = load.note("storm", STORM)
        entry.patron = whose
        await load.doors.mail(whose, DESK, letters.plain(whose, entry.code))
        load.keeps(entry)


def _of(entry: Entry) -> str:
    assert entry.patron is not None
    return entry.patron


KINDS: Final[dict[Kind, int]] = {
    plain: 24,
    _to_a_team: 2,
    _html: 6,
    _charset: 8,
    _with_files: 6,
    _large: 2,
    _without_sender: 1,
    _by_envelope: 1,
    _unreadable: 4,
    _reply: 10,
    _reply_in_thread: 3,
    _reply_to_himself: 2,
    _reply_by_subject: 3,
    _stranger: 2,
    _forger: 2,
    _machine: 6,
    _absence: 2,
    _bounce: 2,
    _bounce_of_nothing: 1,
    _wrong_address: 1,
    _enquiry: 7,
    _contact: 2,
    _contact_again: 1,
    _bad_enquiry: 1,
    form: 4,
}
"""Who writes how often."""
