"""All that is read off a mail before anybody decides about it. Pure, and safe to do elsewhere:
`reader.py` does it in a process of its own for large letters."""

from dataclasses import dataclass

from services.intake.bounce import bounce_of, has_signs
from services.intake.letter import Bounce
from services.intake.mail import Mail, read


@dataclass(frozen=True)
class Reading:
    """What a mail says, and what it says of another mail that did not arrive."""

    mail: Mail
    bounce: Bounce | None


def read_letter(raw: bytes, has_null_sender: bool) -> Reading:
    """Raises: Unreadable."""
    mail = read(raw)
    is_suspect = has_signs(mail, has_null_sender=has_null_sender)
    bounce = bounce_of(raw, has_null_sender=has_null_sender) if is_suspect else None
    return Reading(mail, bounce)
