"""References that can be read over the telephone, and the seals that prove a letter is about one.

A reference is `ENQ-` and eight characters of Crockford's base 32, the last a check character
(Luhn mod 32), so that a misheard or transposed character is noticed. It is random: it can't be
guessed from another, and nobody can count enquiries by it.
"""

import base64
import hashlib
import hmac
import re
import secrets
from typing import Final

from stdnum import luhn

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_AS_WRITTEN: Final = re.compile(r"\bENQ[-\s]?([0-9A-Z]{4})[-\s]?([0-9A-Z]{4})\b", re.IGNORECASE)
_MISREAD: Final = str.maketrans("OIL", "011")
_OUR_MESSAGE_ID: Final = re.compile(
    r"<([0-9a-z]{8})\.([0-9a-f]{16})\.[a-z2-7]{26}@[^<>@\s]{1,255}>"
)


def allot() -> str:
    """A new random reference, such as `ENQ-7K3M-92Q2`: 35 random bits and a check character."""
    return _from_data("".join(secrets.choice(ALPHABET) for _ in range(7)))


def _from_data(data: str) -> str:
    code = data + luhn.calc_check_digit(data, alphabet=ALPHABET)
    return f"ENQ-{code[:4]}-{code[4:]}"


def compact(reference: str) -> str:
    """The eight characters alone, in lower case, as addresses carry them."""
    return reference.removeprefix("ENQ-").replace("-", "").lower()


def expand(code: str) -> str | None:
    """The reference that eight characters stand for; None if they are none (the check fails)."""
    code = code.upper().translate(_MISREAD)
    if (
        len(code) != 8
        or not set(code) <= set(ALPHABET)
        or not luhn.is_valid(code, alphabet=ALPHABET)
    ):
        return None
    return f"ENQ-{code[:4]}-{code[4:]}"


def in_text(text: str) -> tuple[str, ...]:
    """Every valid reference in a line that a person wrote, in order, O read as 0 and I, L as 1."""
    found = (expand("".join(match.groups())) for match in _AS_WRITTEN.finditer(text))
    return tuple(dict.fromkeys(reference for reference in found if reference))


def names_in(message_id: str) -> tuple[str, str] | None:
    """What a Message-ID of ours names: the reference, and how the letter's own id begins. It proves
    nothing, but that the names are there; None for any other Message-ID."""
    found = _OUR_MESSAGE_ID.fullmatch(message_id.strip().lower())
    reference = expand(found[1]) if found else None
    return (reference, found[2]) if found and reference else None


class Seal:
    """Makes and checks the proofs that outgoing mail carries. Each is 128 bits of HMAC-SHA256."""

    def __init__(self, secret: str) -> None:
        self._secret = secret.encode()

    def reply_address(self, enquiry_address: str, reference: str) -> str:
        """The address that a patron's answer goes to: `name+code.token@domain`."""
        local, _, domain = enquiry_address.partition("@")
        return f"{local}+{compact(reference)}.{self._mark('reply', compact(reference))}@{domain}"

    def reference_of_address(self, address: str) -> str | None:
        """The reference that a reply address of ours proves; None for any other address."""
        code, _, token = address.partition("@")[0].partition("+")[2].partition(".")
        return self._proven(code, token, "reply", code)

    def message_id(self, domain: str, reference: str, notice_id: str) -> str:
        """The Message-ID of an outgoing letter: the same letter always bears the same one."""
        code, name = compact(reference), notice_id[:16]
        return f"<{code}.{name}.{self._mark('letter', code, name)}@{domain}>"

    def reference_of_message_id(self, message_id: str) -> str | None:
        """The reference that a Message-ID of ours proves; None for any other Message-ID."""
        parts = message_id.strip("<>").partition("@")[0].split(".")
        if len(parts) != 3:
            return None
        code, name, token = parts
        return self._proven(code, token, "letter", code, name)

    def ask_address(self, enquiry_address: str, reference: str, ask: str) -> str:
        """The address that a publisher's answer goes to: `name+code-ask.token@domain`. It proves
        nothing but that: the ticket's own address can't be made of it. `ask`: the letter's id."""
        # RFC 5321 §4.5.3.1.1: 64 octets before the @, of which this leaves the library 19.
        local, _, domain = enquiry_address.partition("@")
        code, name = compact(reference), ask[:8]
        return f"{local}+{code}-{name}.{self._mark('ask', code, name)}@{domain}"

    def ask_id(self, domain: str, reference: str, ask: str) -> str:
        """The Message-ID of a letter to a publisher: it is no proof that one is the patron."""
        code, name = compact(reference), ask[:16]
        return f"<{code}.{name}.{self._mark('ask', code, name)}@{domain}>"

    def ask_of_address(self, address: str) -> tuple[str, str] | None:
        """Reference and ask that such an address proves; None for any other address."""
        tag, _, token = address.partition("@")[0].partition("+")[2].partition(".")
        code, dash, name = tag.partition("-")
        return self._asked(code, name, token) if dash else None

    def ask_of_id(self, message_id: str) -> tuple[str, str] | None:
        """Reference and ask that such a Message-ID proves; None for any other Message-ID."""
        parts = message_id.strip("<>").partition("@")[0].split(".")
        return self._asked(*parts) if len(parts) == 3 else None

    def _asked(self, code: str, name: str, token: str) -> tuple[str, str] | None:
        reference = self._proven(code, token, "ask", code, name)
        return (reference, name.lower()) if reference else None

    def mark(self, *parts: str) -> str:
        """A proof that we wrote these parts; the first one says what for."""
        return self._mark("page", *parts)

    def is_mark(self, mark: str, *parts: str) -> bool:
        """Whether this is the proof of these parts."""
        return hmac.compare_digest(self.mark(*parts).encode(), mark.encode())

    def _proven(self, code: str, token: str, *marked: str) -> str | None:
        """Reading is forgiving of case: some mail systems change it in addresses."""
        expected = self._mark(*(part.lower() for part in marked))
        if not hmac.compare_digest(expected.encode(), token.lower().encode()):
            return None
        return expand(code)

    def _mark(self, *parts: str) -> str:
        digest = hmac.new(self._secret, "\0".join(parts).encode(), hashlib.sha256).digest()
        return base64.b32encode(digest[:16]).decode().rstrip("=").lower()
