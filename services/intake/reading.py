"""All that is read off a mail before anybody decides about it. Pure, and safe to do elsewhere:
`reader.py` does it in a process of its own for large letters."""

from dataclasses import dataclass
from typing import Final

from services.intake.bounce import bounce_of, has_signs
from services.intake.letter import Bounce
from services.intake.mail import Mail, read
from services.intake.reply_text import Words, split, split_html
from services.intake.safe_html import SafeHtml, pictures, safe_html

_MOST_HTML: Final = 1_000_000
"""Characters of HTML in which quotations are looked for; beyond, in its text."""


@dataclass(frozen=True)
class Reading:
    """What a mail says."""

    mail: Mail
    words: Words
    html: SafeHtml | None
    """None if it has none."""
    bounce: Bounce | None
    """What it says of another mail that did not arrive."""


def read_letter(raw: bytes, letter_id: str, has_null_sender: bool) -> Reading:
    """`letter_id` is what its pictures will be found under. Raises: Unreadable."""
    mail = read(raw)
    by_html = mail.is_html_alone and len(mail.html) <= _MOST_HTML
    is_suspect = has_signs(mail, has_null_sender=has_null_sender)
    return Reading(
        mail,
        words=split_html(mail.html) if by_html else split(mail.text),
        html=safe_html(mail.html, pictures(letter_id, mail.attachments)) if mail.html else None,
        bounce=bounce_of(raw, has_null_sender=has_null_sender) if is_suspect else None,
    )
