"""Seeded enquiries by mail, in the sizes and kinds that a library receives.

Letters are composed once and stamped with a tag for each phase, so that the
floor and the product get the same letters from addresses that never meet. It
refuses to let one address write more often than the library would answer it.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from email import policy
from email.message import EmailMessage
from typing import Final

# The product sends at most three automatic letters an hour to one address.
LETTERS_PER_SENDER: Final = 3
RETURNING_SHARE: Final = 0.30
PLAIN_SHARE: Final = 0.60
ALTERNATIVE_SHARE: Final = 0.30
PDF_BYTES: Final = 50 * 1024
BASE64_GROWTH: Final = 78 / 57
"""RFC 2045 §6.8: 57 bytes make a line of 76 characters and its end."""
DOMAIN: Final = "patrons.example.net"
TAG: Final = "xtagx"  # what stamping replaces; no word below contains it
MAIL_POLICY: Final = policy.SMTP.clone(max_line_length=200)

NAMES: Final = (
    "Rhian Example",
    "Tomos Example",
    "Mair Example",
    "Gareth Example",
    "Anwen Example",
    "Ifor Example",
    "Catrin Example",
    "Dylan Example",
)
SUBJECTS: Final = (
    "Renewing two novels",
    "When is the reading room open",
    "A book from another library",
    "Database will not let me in",
    "I may have lost an atlas",
    "My grandmother's village",
    "Copy of a journal article",
    "Could you buy this title",
    "Fine on a returned book",
    "Scan of a parish map",
)
WORDS: Final = tuple(
    """a about after all an and any are archive at author been before book borrowed branch by
    can card catalogue chapter children church click could copy county date day did edition
    evening farm find for found from grandfather had has have help history i in index is it
    journal know large last letter librarian library like local long look map me mine my name
    newspaper not of old on online or page parish photograph please print published quarry
    question railway read renew reserve room school see shelf should story street thank that
    the their there they this title to until valley village volume was week were what when
    where which who will with would year you your""".split()  # noqa: SIM905  a hundred quoted words would be a page
)
ACCENTED: Final = {
    "utf-8": ("café", "Gŵyl", "Siân", "Łukasz", "Ελένη", "книга", "図書"),
    "iso-8859-1": ("café", "Siân", "Müller", "señora", "forêt"),
    "us-ascii": (),
}


@dataclass(frozen=True, slots=True)
class Letter:
    """One enquiry: its envelope sender, its Message-ID with brackets, its bytes."""

    sender: str
    message_id: str
    data: bytes

    def stamped(self, tag: str) -> "Letter":
        """The same letter in the name of one phase: other address, subject and Message-ID."""
        return Letter(
            sender=self.sender.replace(TAG, tag),
            message_id=self.message_id.replace(TAG, tag),
            data=self.data.replace(TAG.encode(), tag.encode()),
        )


def compose(
    count: int, *, to: str, at: datetime, seed: int = 1, returning: float = RETURNING_SHARE
) -> list[Letter]:
    """`count` letters to one address, dated `at`, the same for the same seed."""
    chance = random.Random(seed)
    senders = _senders(chance, returning)
    return [_letter(number, next(senders), to=to, at=at, chance=chance) for number in range(count)]


def of_size(size: int, *, to: str, at: datetime) -> Letter:
    """One letter of about so many bytes: short text, and for what is left a PDF in base64."""
    chance, key = random.Random(size), f"{TAG}size"
    mail, letter = _headed(key, (NAMES[0], f"{key}@{DOMAIN}"), to=to, at=at, chance=chance)
    mail.set_content(_prose(1_000, "us-ascii", chance))
    left = size - len(mail.as_bytes())
    if left > 1_000:
        mail.add_attachment(
            _pdf(chance, int((left - 400) / BASE64_GROWTH)),
            maintype="application",
            subtype="pdf",
            filename=f"scan-{key}.pdf",
        )
        mail.set_boundary(f"=_{key}_boundary")
    return replace(letter, data=mail.as_bytes())


def _senders(chance: random.Random, returning: float) -> Iterator[tuple[str, str]]:
    """Names and addresses without end: new ones, and some who write again."""
    may_return: list[tuple[str, str]] = []
    written: dict[str, int] = {}
    while True:
        if may_return and chance.random() < returning:
            sender = chance.choice(may_return)
        else:
            name = chance.choice(NAMES)
            sender = (name, f"{name.split()[0].lower()}.{TAG}{len(written):06d}@{DOMAIN}")
            may_return.append(sender)
        written[sender[1]] = written.get(sender[1], 0) + 1
        if written[sender[1]] == LETTERS_PER_SENDER:
            may_return.remove(sender)
        yield sender


def _letter(
    number: int, sender: tuple[str, str], *, to: str, at: datetime, chance: random.Random
) -> Letter:
    key = f"{TAG}{number:06d}"
    mail, letter = _headed(key, sender, to=to, at=at, chance=chance)
    _fill(mail, key, chance)
    return replace(letter, data=mail.as_bytes())


def _headed(
    key: str, sender: tuple[str, str], *, to: str, at: datetime, chance: random.Random
) -> tuple[EmailMessage, Letter]:
    """A mail that has no body yet, and the letter that it will be."""
    name, address = sender
    message_id = f"<{key}.{chance.getrandbits(64):016x}@{DOMAIN}>"
    mail = EmailMessage(policy=MAIL_POLICY)
    mail["From"] = f"{name} <{address}>"
    mail["To"] = to
    mail["Subject"] = f"{chance.choice(SUBJECTS)} {key}"
    mail["Date"] = at
    mail["Message-ID"] = message_id
    return mail, Letter(sender=address, message_id=message_id, data=b"")


def _fill(mail: EmailMessage, key: str, chance: random.Random) -> None:
    """Give the mail its body: plain, plain and HTML, or plain with a PDF."""
    kind, size = chance.random(), chance.randint(3_000, 9_000)
    if kind < PLAIN_SHARE:
        _set_plain(mail, size, chance)
    elif kind < PLAIN_SHARE + ALTERNATIVE_SHARE:
        text = _prose(size * 2 // 5, "us-ascii", chance)
        mail.set_content(text)
        mail.add_alternative(_as_html(text), subtype="html")
    else:
        mail.set_content(_prose(size, "us-ascii", chance))
        mail.add_attachment(
            _pdf(chance, PDF_BYTES),
            maintype="application",
            subtype="pdf",
            filename=f"scan-{key}.pdf",
        )
    if mail.is_multipart():
        mail.set_boundary(f"=_{key}_{chance.getrandbits(64):016x}")


def _set_plain(mail: EmailMessage, size: int, chance: random.Random) -> None:
    charset, encoding = chance.choices(
        (("us-ascii", "7bit"), ("utf-8", "8bit"), ("iso-8859-1", "quoted-printable")),
        weights=(67, 20, 13),
    )[0]
    mail.set_content(_prose(size, charset, chance), charset=charset, cte=encoding)


def _prose(size: int, charset: str, chance: random.Random) -> str:
    """Paragraphs of at least `size` characters that the charset can carry."""
    vocabulary = WORDS + ACCENTED[charset] * 2
    paragraphs, length = ["Dear library,"], 0
    while length < size:
        lines = (" ".join(chance.choices(vocabulary, k=12)) for _ in range(chance.randint(3, 8)))
        paragraphs.append("\n".join(lines).capitalize() + ".")
        length += len(paragraphs[-1]) + 2
    return "\n\n".join([*paragraphs, "With kind regards"]) + "\n"


def _as_html(text: str) -> str:
    paragraphs = (f'<p style="margin:0">{part}</p>' for part in text.split("\n\n"))
    return "<html><body>" + "\n".join(paragraphs) + "</body></html>"


def _pdf(chance: random.Random, size: int) -> bytes:
    """Something with a PDF's first and last bytes, which does not compress."""
    head = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<<>>stream\n"
    tail = b"\nendstream endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
    return head + chance.randbytes(max(0, size - len(head) - len(tail))) + tail
