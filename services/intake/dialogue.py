"""What an SMTP conversation is: command lines in, answers out (RFC 5321). Pure.

It refuses to be a relay, to guess what a malformed command meant, and to talk to what is no mail
system. Each refusal has its code of RFC 3463, so that the sender's own system knows what to do.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Final

from shared.addresses import is_address, untagged

NAME: Final = "enquiry-desk"
"""What the door calls itself. Not the machine's name: a mail server on the same machine has that
one, and takes a door of its own name for a loop."""
GREETING: Final = f"220 {NAME} ESMTP"
_LONGEST: Final = 512
"""RFC 5321 §4.5.3.1.4, with its CRLF."""
_LONGEST_MAIL: Final = _LONGEST + 26 + 17 + 10
"""What SIZE (RFC 1870), BODY (RFC 6152) and SMTPUTF8 (RFC 6531) add to it."""
_LONGEST_PATH: Final = 254
"""RFC 5321 §4.5.3.1.3, without its angle brackets."""
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")
_PATH: Final = r'<((?:[^\s<>"\\]|"(?:[^"\\]|\\.)*")*)>(?: +(.*))?'
_FROM: Final = re.compile(rf"FROM: *{_PATH}", re.IGNORECASE)
_TO: Final = re.compile(rf"TO: *{_PATH}", re.IGNORECASE)
_SIZE: Final = re.compile(r"\d{1,20}", re.ASCII)


class Then(Enum):
    """What follows an answer."""

    NEXT = auto()
    """The next command."""
    LETTER = auto()
    TLS = auto()
    END = auto()


@dataclass(frozen=True)
class Answer:
    """What is said, without its last CRLF, and what follows."""

    text: str
    then: Then = Then.NEXT

    @property
    def is_refusal(self) -> bool:
        """Whether the command was not carried out."""
        return self.text[0] in "45"


@dataclass(frozen=True)
class Rules:
    """What a door allows."""

    own: frozenset[str]
    """The library's own addresses, in lower case and without tags."""
    most_bytes: int
    offers_tls: bool = False
    requires_tls: bool = False
    has_room: Callable[[int], bool] = lambda _: True
    """Whether a letter of so many bytes could be held now."""
    most_recipients: int = 100
    """RFC 5321 §4.5.3.1.8: a server must take as many."""
    most_errors: int = 20
    most_commands: int = 300
    """Without a letter between them; one to the most recipients takes a hundred and two."""


_BYE: Final = Answer("221 2.0.0 Bye", Then.END)
_OK: Final = Answer("250 2.0.0 OK")
_GO_ON: Final = Answer("354 End with a dot on a line of its own", Then.LETTER)
_START_TLS: Final = Answer("220 2.0.0 Go ahead", Then.TLS)
_UNVERIFIED: Final = Answer("252 2.0.0 Not told; write, and see")
_HELP: Final = Answer("214 2.0.0 RFC 5321")
_NOT_HERE: Final = Answer("550 5.1.1 No such address here")
_TOO_MANY_RECIPIENTS: Final = Answer("452 4.5.3 Too many recipients")
_TOO_LARGE: Final = Answer("552 5.3.4 This message is too large")
_NO_ROOM: Final = Answer("452 4.3.1 Too much mail at once, please try again")
_NOT_A_LINE: Final = Answer("500 5.5.2 Not a command line: text that ends with CRLF is wanted")
_TOO_LONG: Final = Answer("500 5.5.2 This line is too long")
_UNKNOWN: Final = Answer("500 5.5.1 Unknown command")
_NOT_OFFERED: Final = Answer("502 5.5.1 Not offered here")
_SYNTAX: Final = Answer("501 5.5.4 Syntax error")
_GREET_FIRST: Final = Answer("503 5.5.1 EHLO first")
_MAIL_FIRST: Final = Answer("503 5.5.1 MAIL first")
_RECIPIENT_FIRST: Final = Answer("503 5.5.1 RCPT first")
_MAIL_TWICE: Final = Answer("503 5.5.1 MAIL was said already")
_TLS_TWICE: Final = Answer("503 5.5.1 This is TLS already")
_TLS_FIRST: Final = Answer("530 5.7.0 STARTTLS first")
_LONG_SENDER: Final = Answer("501 5.1.7 The sender's address is too long")
_UTF8_SENDER: Final = Answer("553 5.6.7 Such an address needs SMTPUTF8")
_PARAMETER: Final = Answer("555 5.5.4 A parameter that is not known here")
_NO_MAIL_SYSTEM: Final = Answer("421 4.7.0 This is a mail server: goodbye", Then.END)
_ERRORS: Final = Answer("421 4.7.0 Too many errors: goodbye", Then.END)
_COMMANDS_ONLY: Final = Answer("421 4.7.0 Too many commands and no letter: goodbye", Then.END)

_FOREIGN: Final = frozenset(
    {"GET", "POST", "PUT", "HEAD", "DELETE", "OPTIONS", "PATCH", "CONNECT", "TRACE", "PRI", "BDAT"}
)
"""What a web browser says, that somebody has made to speak to this port; and BDAT, whose letter
would be taken for commands. What they send after it is not listened to."""
_BEFORE_TLS: Final = frozenset({"NOOP", "EHLO", "STARTTLS", "QUIT"})
"""RFC 3207 §4."""


@dataclass
class Dialogue:
    """One conversation, from the greeting to the end."""

    rules: Rules
    sender: str | None = None
    """As MAIL FROM has it; "" is the null sender, None that there is no letter yet."""
    recipients: list[str] = field(default_factory=list)
    _is_encrypted: bool = False
    _has_greeted: bool = False
    _errors: int = 0
    _commands: int = 0

    def hear(self, line: bytes) -> Answer:
        """The answer to a line, which comes without its CRLF."""
        answer = self._answer(line)
        self._commands += 1
        self._errors += answer.is_refusal
        if answer.then is Then.END:
            return answer
        if self._errors > self.rules.most_errors:
            return _ERRORS
        return _COMMANDS_ONLY if self._commands > self.rules.most_commands else answer

    def begin_anew(self) -> None:
        """RFC 3207 §4.2: what was said before TLS counts for nothing."""
        self._is_encrypted = True
        self._has_greeted = False
        self._forget_letter()

    def letter_ended(self, *, is_kept: bool) -> None:
        """The next command is about another letter."""
        self._forget_letter()
        if is_kept:
            self._errors = self._commands = 0
        else:
            self._errors += 1

    def _forget_letter(self) -> None:
        self.sender = None
        self.recipients = []

    def _answer(self, line: bytes) -> Answer:
        if len(line) + 2 > (_LONGEST_MAIL if line[:4].upper() == b"MAIL" else _LONGEST):
            return _TOO_LONG
        try:
            text = line.decode()
        except UnicodeDecodeError:
            return _NOT_A_LINE
        verb, _, argument = text.partition(" ")
        # Before all else: `İ` and `ſ` are other letters in another case.
        if not verb.isascii() or _CONTROL.search(text):
            return _NOT_A_LINE
        verb = verb.upper()
        if verb in _FOREIGN or verb.endswith(":"):
            return _NO_MAIL_SYSTEM
        if self.rules.requires_tls and not self._is_encrypted and verb not in _BEFORE_TLS:
            return _TLS_FIRST
        heard = _COMMANDS.get(verb)
        return heard(self, argument.strip(" ")) if heard else _UNKNOWN

    def _helo(self, name: str) -> Answer:
        return self._greeted(name, f"250 {NAME}")

    def _ehlo(self, name: str) -> Answer:
        offers = [NAME, "PIPELINING", f"SIZE {self.rules.most_bytes}", "8BITMIME", "SMTPUTF8"]
        if self.rules.offers_tls and not self._is_encrypted:
            offers.append("STARTTLS")
        offers.append("ENHANCEDSTATUSCODES")
        return self._greeted(name, "\r\n".join([*(f"250-{one}" for one in offers), "250 HELP"]))

    def _greeted(self, name: str, welcome: str) -> Answer:
        if not name:
            return _SYNTAX
        self._forget_letter()  # RFC 5321 §4.1.4
        self._has_greeted = True
        return Answer(welcome)

    def _mail(self, argument: str) -> Answer:
        said = _FROM.fullmatch(argument)
        parameters = _parameters(said[2] or "") if said else None
        if not self._has_greeted:
            return _GREET_FIRST
        if self.sender is not None:
            return _MAIL_TWICE
        if said is None or parameters is None:
            return _SYNTAX
        refusal = self._refusal_of(said[1], parameters)
        if refusal is not None:
            return refusal
        self.sender = said[1]
        return Answer("250 2.1.0 OK")

    def _refusal_of(self, sender: str, parameters: dict[str, str]) -> Answer | None:
        if len(sender.encode()) > _LONGEST_PATH:
            return _LONG_SENDER
        if parameters.keys() - {"SIZE", "BODY", "SMTPUTF8"}:
            return _PARAMETER
        size = parameters.get("SIZE", "0")
        body = parameters.get("BODY", "7BIT").upper()
        is_wrong = not _SIZE.fullmatch(size) or body not in {"7BIT", "8BITMIME"}
        if is_wrong or parameters.get("SMTPUTF8"):
            return _SYNTAX
        if not sender.isascii() and "SMTPUTF8" not in parameters:
            return _UTF8_SENDER  # RFC 6531 §3.5
        if int(size) > self.rules.most_bytes:
            return _TOO_LARGE  # RFC 1870 §6.1
        return None if self.rules.has_room(int(size)) else _NO_ROOM

    def _rcpt(self, argument: str) -> Answer:
        """Never a relay: the library's own addresses alone, with any tag after a plus sign."""
        said = _TO.fullmatch(argument)
        if self.sender is None:
            return _MAIL_FIRST
        if said is None:
            return _SYNTAX
        # One plain address and nothing else: no route, no quoting, no letter that only another
        # alphabet has. Their lower case might be one of ours.
        if not is_address(said[1]) or untagged(said[1]) not in self.rules.own:
            return _NOT_HERE
        if said[2]:
            return _PARAMETER
        if len(self.recipients) >= self.rules.most_recipients:
            return _TOO_MANY_RECIPIENTS
        self.recipients.append(said[1])
        return Answer("250 2.1.5 OK")

    def _data(self, argument: str) -> Answer:
        if argument:
            return _SYNTAX
        if self.sender is None:
            return _MAIL_FIRST
        return _GO_ON if self.recipients else _RECIPIENT_FIRST

    def _rset(self, argument: str) -> Answer:
        if argument:
            return _SYNTAX
        self._forget_letter()
        return _OK

    def _noop(self, _: str) -> Answer:
        return _OK

    def _quit(self, argument: str) -> Answer:
        return _SYNTAX if argument else _BYE

    def _vrfy(self, argument: str) -> Answer:
        # RFC 5321 §7.3: who has an address here is nobody's business.
        return _UNVERIFIED if argument else _SYNTAX

    def _help(self, _: str) -> Answer:
        return _HELP

    def _not_offered(self, _: str) -> Answer:
        return _NOT_OFFERED

    def _starttls(self, argument: str) -> Answer:
        if not self.rules.offers_tls:
            return _NOT_OFFERED
        if argument:
            return _SYNTAX
        return _TLS_TWICE if self._is_encrypted else _START_TLS


_COMMANDS: Final[dict[str, Callable[[Dialogue, str], Answer]]] = {
    "HELO": Dialogue._helo,
    "EHLO": Dialogue._ehlo,
    "MAIL": Dialogue._mail,
    "RCPT": Dialogue._rcpt,
    "DATA": Dialogue._data,
    "RSET": Dialogue._rset,
    "NOOP": Dialogue._noop,
    "QUIT": Dialogue._quit,
    "VRFY": Dialogue._vrfy,
    "HELP": Dialogue._help,
    "STARTTLS": Dialogue._starttls,
    **dict.fromkeys(
        ("EXPN", "AUTH", "ETRN", "TURN", "SEND", "SOML", "SAML"), Dialogue._not_offered
    ),
}


def _parameters(text: str) -> dict[str, str] | None:
    """`KEY=value` or `KEY`, by key in capitals; None if one stands there twice."""
    pairs = [one.partition("=") for one in text.split(" ") if one]
    found = {key.upper(): value for key, _, value in pairs}
    return found if len(found) == len(pairs) else None
