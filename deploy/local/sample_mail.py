"""`make mail`: one plausible enquiry, sent to the running intake by SMTP."""

import os
import random
import smtplib
import sys
import tomllib
import unicodedata
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, localtime, make_msgid
from pathlib import Path
from typing import Final

from deploy.local.plan import port_in_use
from deploy.local.servers import ROOT


@dataclass(frozen=True)
class Enquiry:
    """Who asks, and what."""

    name: str
    subject: str
    text: str

    @property
    def address(self) -> Address:
        """The patron's, in a domain that can't exist."""
        # NFKD takes the accents off: most mail systems want plain letters there.
        plain = unicodedata.normalize("NFKD", self.name).encode("ascii", "ignore").decode()
        return Address(self.name, plain.lower().replace(" ", "."), "mail.example")


ENQUIRIES: Final = (
    Enquiry(
        "Rhian Morgan",
        "The ferry before the bridge",
        "Hello,\n\nMy grandmother said that she took a ferry to school, before the bridge was\n"
        "built. Do you have a photograph of it, or an old map that shows where it landed?\n\n"
        "Thank you,\nRhian Morgan\n",
    ),
    Enquiry(
        "Idris Cole",
        "Large print, please",
        "Good morning,\n\nI can no longer read ordinary print. Could I have the leaflet about\n"
        "the coastal path in large print? I have no hurry.\n\nIdris Cole\n",
    ),
    Enquiry(
        "Nia Haddad",
        "Renewing a book that someone has reserved",
        "Hi,\n\nMy book is due on Friday and the catalogue says that I can't renew it because\n"
        "of a reservation. I am two chapters from the end! What can I do?\n\nNia\n",
    ),
    Enquiry(
        "Gwilym Ferris",
        "Parish registers, about 1840",
        "Dear library,\n\nI am working on my family tree. Which parish registers do you hold\n"
        "for the years around 1840, and may I see them on a Saturday?\n\n"
        "With thanks,\nGwilym Ferris\n",
    ),
    Enquiry(
        "Siân Pritchard",
        "Llyfrau Cymraeg i blant",
        "Bore da,\n\nOes gennych chi lyfrau Cymraeg am y môr, i blentyn saith oed?\n\n"
        "Diolch yn fawr,\nSiân Pritchard\n",
    ),
)


def main() -> int:
    """Send one, print what the door answered. Answers 1 if the door did not take it."""
    port = port_in_use("INTAKE_SMTP_PORT")
    enquiry = random.choice(ENQUIRIES)  # noqa: S311 - no secret
    try:
        code, reply = send(compose(enquiry, enquiry_address()), port)
    except OSError as error:
        print(f"The door on port {port} did not answer ({error}); start it with `make run`.")
        return 1
    print(f"{enquiry.name} asks: {enquiry.subject}")
    print(f"The door answers: {code} {reply}")
    if code != 250:
        return 1
    page = port_in_use("MAIL_PAGE_PORT")
    print(f"In a moment the acknowledgement is on http://127.0.0.1:{page}")
    print("and the ticket in the queue: use the staff API's line that `make run` printed.")
    return 0


def enquiry_address() -> str:
    """The library's, from the file that the services read."""
    file = Path(os.environ.get("LIBRARY_FILE") or ROOT / "deploy" / "library.toml")
    return str(tomllib.loads(file.read_text())["library"]["enquiry_address"])


def compose(enquiry: Enquiry, to: str) -> EmailMessage:
    """The letter, as a mail program would send it."""
    letter = EmailMessage()
    letter["From"] = enquiry.address
    letter["To"] = to
    letter["Subject"] = enquiry.subject
    letter["Date"] = format_datetime(localtime())
    letter["Message-ID"] = make_msgid(domain="mail.example")
    letter.set_content(enquiry.text)
    return letter


def send(letter: EmailMessage, port: int) -> tuple[int, str]:
    """The door's last answer. Raises: OSError (smtplib's errors are)."""
    sender = letter["From"].addresses[0].addr_spec
    with smtplib.SMTP("127.0.0.1", port, timeout=30) as door:
        door.ehlo_or_helo_if_needed()
        for code, reply in (door.mail(sender), door.rcpt(letter["To"])):
            if code != 250:
                return code, reply.decode(errors="replace")
        code, reply = door.data(letter.as_bytes())
        return code, reply.decode(errors="replace")


if __name__ == "__main__":
    sys.exit(main())
