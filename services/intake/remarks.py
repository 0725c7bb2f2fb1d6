"""What staff are told about a letter that could not be read as it should be. Pure.

A remark has a lasting code, for programs, and a sentence, for people. What a sender wrote stands
in it only shortened and on one line.
"""

import re
from collections.abc import Mapping
from typing import Final

from services.intake.letter import Remark

_MOST: Final = 30
_LONGEST_VALUE: Final = 200
_ODD: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]+")

SENTENCES: Final[Mapping[str, str]] = {
    "address_not_usable": "The sender's address, {it}, is not one that an answer can be sent to.",
    "sender_taken_from": "It has no usable From; the sender was taken from {it}.",
    "sender_ambiguous": "Its From can be read in several ways; it may not be from {it}.",
    "sender_mixes_alphabets": "The sender's name or address mixes alphabets that look alike.",
    "sender_named_as_another": "The sender's name is another address; it came from {it}.",
    "header_doubled": "It has more than one {it}; the first was taken.",
    "message_id_odd": "Its Message-ID is not as mail programs write them; it was ignored.",
    "date_unreadable": "The date it bears can't be read.",
    "date_odd": "The date it bears can't be true; it was ignored.",
    "charset_unknown": "Its character set, “{it}”, is not known; it was read as {read_as}.",
    "charset_false": "It is not written in “{it}”, as it says; it was read as {read_as}.",
    "charset_guessed": "It does not say what it is written in; it was read as {read_as}.",
    "letters_lost": "Some letters could not be read; they are shown as “\ufffd”.",
    "letters_restored": "Letters garbled on the way (such as “Ã©” for “é”) were restored.",
    "type_doubled": "A part says twice, and differently, what it is; it is shown as it stands.",
    "multipart_without_boundary": "It says that it has parts, but where they begin is not marked.",
    "multipart_truncated": "Its end is missing: it may have been cut off on the way.",
    "base64_broken": "A part (“{it}”) can't be decoded wholly; what could be is kept.",
    "text_shortened": "Its text is too long to show; the rest is in the message as it came.",
    "html_too_large": "Its HTML is too large to show; it is in the message as it came.",
    "encrypted": "This message is encrypted: the library can't read it.",
    "encrypted_in_part": "A part of this message is encrypted: the library can't read it.",
    "signed": "This message bears an electronic signature ({it}), which is not checked here.",
    "signed_and_wrapped": "Its signature wraps it up so that the library can't read it.",
    "winmail": "It came wrapped by Outlook (winmail.dat); what was in it is shown.",
    "winmail_unreadable": "It came wrapped by Outlook (winmail.dat), and can't be unwrapped.",
    "winmail_words": "Its words are only in winmail.dat, in Outlook's own format.",
    "invitation": "It has a calendar entry: {it}.",
    "invitation_unreadable": "It has a calendar entry that can't be read.",
    "forwarded": "It brings another message along: {it}.",
    "forwarded_unreadable": "It brings another message along that can't be read.",
    "partial": "It is only a piece of a message that was sent in several pieces.",
    "external_body": "It names a file that lies elsewhere; it is not fetched.",
    "attachment_unscannable": "The virus scanner has no verdict on an attachment: it is withheld.",
    "attachments_too_many": "It has more than {it} attachments; the rest is in the message.",
}


def remark(code: str, it: str = "", read_as: str = "") -> Remark:
    """One, with its sentence; `it` is what that is about."""
    return Remark(code, SENTENCES[code].format(it=_shown(it), read_as=read_as))


class Remarks:
    """Collects what is to be remarked about one letter: each thing once, in order."""

    def __init__(self) -> None:
        self._found: dict[Remark, None] = {}

    def add(self, code: str, it: str = "", read_as: str = "") -> None:
        """Note one; `it` is what the sentence is about. Beyond thirty nothing is noted."""
        if len(self._found) < _MOST:
            self._found[remark(code, it, read_as)] = None

    def all(self) -> tuple[Remark, ...]:
        """In the order in which they were noted."""
        return tuple(self._found)


def _shown(value: str) -> str:
    value = " ".join(_ODD.sub(" ", value).split()).encode("utf-8", "replace").decode("utf-8")
    return value if len(value) <= _LONGEST_VALUE else f"{value[:_LONGEST_VALUE]}…"
