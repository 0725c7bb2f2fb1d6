"""Which ticket a letter belongs to, if any. Pure.

A letter joins a ticket by proof (a token or a Message-ID that only this desk can have made, and
has sent to that patron), or because its sender belongs to the ticket that it names. A stranger's
letter never joins, whatever it says: it opens a ticket of its own.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from shared.references import Seal, in_text


@dataclass(frozen=True)
class Claims:
    """What a letter says that it is about."""

    proven: str | None
    """A reference that it proves by a seal of ours."""
    named: tuple[str, ...]
    """References in its subject: believed only of someone who belongs to the ticket."""
    answered: tuple[str, ...]
    """Message-IDs that it answers and that are not ours: believed likewise."""

    @property
    def must_be_checked(self) -> bool:
        """Whether it takes a look at the database to decide."""
        return self.proven is None and bool(self.named or self.answered)


def claims(
    subject: str, recipients: Iterable[str], replies_to: Iterable[str], seal: Seal
) -> Claims:
    """What can be read off the letter itself."""
    replies_to = tuple(replies_to)
    seals = [seal.reference_of_address(one) for one in recipients]
    seals += [seal.reference_of_message_id(one) for one in replies_to]
    proven = next((reference for reference in seals if reference), None)
    return Claims(proven, in_text(subject)[:5], replies_to[:50])
