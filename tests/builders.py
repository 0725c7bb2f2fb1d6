"""Letters as patrons write them, and a desk that accepts them. Everybody in them is made up."""

from collections.abc import Mapping
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from itertools import count
from typing import Final

from services.intake.accept import Desk, Letters, Outbox, Scans
from services.intake.reader import Reader
from services.intake.understand import Clerk
from shared.references import Seal

_numbers: Final = count(1)


def mail(
    *,
    sender: str = "rhian@patrons.example",
    name: str = "Rhian Example",
    to: str = "enquiries@llanfair.example",
    subject: str = "A question",
    text: str = "When are you open on Saturday?",
    **headers: str,
) -> bytes:
    """A plain mail; `headers` with underscores for hyphens, such as `In_Reply_To`."""
    message = EmailMessage(policy=SMTP)
    message["From"] = f"{name} <{sender}>"
    message["To"] = to
    message["Subject"] = subject
    message["Date"] = "Sun, 22 Nov 2026 10:00:00 +0000"
    if "Message_ID" not in headers:
        message["Message-ID"] = f"<{next(_numbers)}.test@patrons.example>"
    for header, value in headers.items():
        message[header.replace("_", "-")] = value
    message.set_content(text)
    return message.as_bytes()


def with_files(raw: bytes, files: Mapping[str, bytes]) -> bytes:
    """That mail with files attached, of no declared type."""
    message = message_from_bytes(raw, policy=SMTP)
    assert isinstance(message, EmailMessage)
    for filename, content in files.items():
        message.add_attachment(
            content, maintype="application", subtype="octet-stream", filename=filename
        )
    return message.as_bytes()


def desk_of(
    letters: Letters,
    outbox: Outbox,
    seal: Seal,
    *,
    reader: Reader | None = None,
    most_bytes: int = 26_214_400,
    most_enquiries: int = 20,
    scans: Scans | None = None,
) -> Desk:
    """What accepting a letter takes, around a store and an outbox."""
    clerk = Clerk(reader or Reader(), seal, frozenset({"enquiries@llanfair.example"}), most_bytes)
    return Desk(letters, outbox, clerk, seal, scans, most_enquiries)
