"""Which ticket a letter belongs to, if any. Pure.

A letter joins a ticket by proof (a token or a Message-ID that only this desk can have made, and
has sent to that patron), or because its sender belongs to the ticket that it names. A stranger's
letter never joins, whatever it says: it opens a ticket of its own.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from shared.references import Seal, expand, in_text

_MOST: Final = 5
_TAGGED: Final = re.compile(
    r"[^\s<>()\[\],;:\"+@]{1,64}\+[^\s<>()\[\],;:\"@]{1,128}@[^\s<>()\[\],;:\"@]{1,253}"
)
_SEALED: Final = re.compile(rb"<([0-9a-z]{8}\.[0-9a-z]{1,32}\.[a-z2-7]{26})@", re.IGNORECASE)
_LOOKED_AT: Final = 512 * 1024
"""Bytes of automatic mail in which a letter of ours is looked for."""


@dataclass(frozen=True)
class Claims:
    """What a letter says that it is about."""

    proven: str | None
    """A reference that it proves by a seal of ours."""
    named: tuple[str, ...]
    """References in its subject: believed only of someone who belongs to the ticket."""
    answered: tuple[str, ...]
    """Message-IDs that it answers and that are not ours: believed likewise."""
    tried: tuple[str, ...] = ()
    """References that it names by a false seal: believed of nobody, and told to staff."""
    ask: tuple[str, str] | None = None
    """The ticket, and the letter to a publisher about it, that it proves to answer. Whoever does so
    is not the patron, whatever else the letter proves."""


def claims(
    subject: str, recipients: Iterable[str], replies_to: Iterable[str], seal: Seal
) -> Claims:
    """What can be read off the letter itself."""
    recipients, replies_to = tuple(recipients), tuple(replies_to)
    asks = [seal.ask_of_address(one) for one in recipients]
    asks += [seal.ask_of_id(one) for one in replies_to]
    ask = next(filter(None, asks), None)
    seals = [seal.reference_of_address(one) for one in recipients]
    seals += [seal.reference_of_message_id(one) for one in replies_to]
    proven = next((reference for reference in seals if reference), None)
    codes = [_code_of_address(one) for one in recipients] + [_code_of_id(one) for one in replies_to]
    tried = dict.fromkeys(one for one in map(expand, filter(None, codes)) if one)
    named, answered = in_text(subject)[:_MOST], replies_to[:50]
    return Claims(proven, named, answered, tuple(tried)[:_MOST], ask)


def tagged(headers: Iterable[str]) -> tuple[str, ...]:
    """Every address with a tag in To and Cc: mail servers on the way rewrite the envelope."""
    return tuple(_TAGGED.findall(" ".join(headers)[:20_000]))[:50]


def sealed_in(raw: bytes, seal: Seal) -> str | None:
    """The reference that a Message-ID of ours proves, wherever in the mail it stands.

    For automatic mail, which returns or quotes our letter in any place it likes.
    """
    for found in _SEALED.findall(raw[:_LOOKED_AT])[:50]:
        if reference := seal.reference_of_message_id(f"<{found.decode('ascii')}@>"):
            return reference
    return None


def ask_in(raw: bytes, seal: Seal) -> tuple[str, str] | None:
    """The same of a letter to a publisher."""
    for found in _SEALED.findall(raw[:_LOOKED_AT])[:50]:
        if ask := seal.ask_of_id(f"<{found.decode('ascii')}@>"):
            return ask
    return None


def _code_of_address(address: str) -> str | None:
    code, dot, _ = address.partition("@")[0].partition("+")[2].partition(".")
    return code if dot else None


def _code_of_id(message_id: str) -> str | None:
    parts = message_id.strip("<>").partition("@")[0].split(".")
    return parts[0] if len(parts) == 3 else None
