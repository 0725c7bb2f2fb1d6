"""Letters that try to join somebody's ticket, in every combination of false marks."""

from collections.abc import Callable, Iterator
from itertools import product
from random import Random
from typing import Final

from shared.references import Seal, compact
from tests.builders import mail
from tests.unit.examples import ADDRESS, SECRET

SEAL: Final = Seal(SECRET)
FORGER: Final = Seal("another-secret-that-is-long-enough-0123456789")
PATRON: Final = "rhian@patrons.example"
STRANGER: Final = "mallory@elsewhere.example"
FIRST: Final = "<first@patrons.example>"


def forgeries(reference: str, first: str) -> Iterator[tuple[str, str, bytes, tuple[str, ...]]]:
    """Sender, kind, mail and envelope, of somebody who has seen everything but our seals: he knows
    the patron's address, the reference and every Message-ID of the patron's."""
    chance = Random(3)
    code = compact(reference)
    good = SEAL.reply_address(ADDRESS, reference)
    letters = "abcdefghijklmnopqrstuvwxyz234567"

    def guess(length: int = 26) -> str:
        return "".join(chance.choice(letters) for _ in range(length))

    def bent() -> str:
        """A real token with one character changed."""
        local, _, domain = good.partition("@")
        at = chance.randrange(len(local) - 26, len(local))
        other = chance.choice(letters.replace(local[at], ""))
        return f"{local[:at]}{other}{local[at + 1 :]}@{domain}"

    tokens: tuple[Callable[[], str], ...] = (
        lambda: ADDRESS,
        lambda: FORGER.reply_address(ADDRESS, reference),
        lambda: f"enquiries+{code}.{guess()}@llanfair.example",
        lambda: f"enquiries+{code}.{good.partition('.')[2][:13]}@llanfair.example",
        lambda: f"enquiries+{code}.@llanfair.example",
        lambda: f"enquiries+{code}@llanfair.example",
        bent,
    )
    ids: tuple[Callable[[], str], ...] = (
        lambda: "",
        lambda: FORGER.message_id("llanfair.example", reference, guess(16)),
        lambda: f"<{code}.{guess(16)}.{guess()}@llanfair.example>",
        lambda: f"<{code}.0123456789abcdef@llanfair.example>",
        lambda: first,
    )
    subjects = ("Re: x", f"Re: [{reference}] x", f"{reference.lower()}", f"[{reference}]" * 9)
    senders = (
        STRANGER,
        f"{PATRON}.elsewhere.example",
        "rhian@patrons.example.com",
        "rhian+a@patrons.example",
        "rhiań@patrons.example",
        PATRON,
    )
    while True:
        for sender, token, parent, thread, subject in product(senders, tokens, ids, ids, subjects):
            to, replied, referred = token(), parent(), thread()
            # The one thing that a forged From may do is what its owner may by name alone: that is
            # the rule. With nothing but false seals it may do nothing.
            if sender == PATRON and (reference.lower() in subject.lower()):
                continue
            if sender == PATRON and first in (replied, referred):
                continue
            headers = {"In_Reply_To": replied, "References": referred, "Reply_To": PATRON}
            raw = mail(
                sender="x@x.example",
                subject=subject,
                to=to,
                **{name: value for name, value in headers.items() if value},
            ).replace(b"x@x.example", sender.encode())
            yield sender, subject, raw, (to,)
