"""What IMAP_URL and IMAP_SINCE say: which mailboxes are read, and from when on.

`imaps://user:password@host[:port][/Folder][?processed=Folder&tls=no]`, several with spaces or
commas between them. Whatever is not a letter, a digit or one of `-._~` is percent-encoded. Refuses
what it does not know, without ever repeating it: it may be a password.
"""

import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Final
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

NOW: Final = "now"
ALL: Final = "all"
_BETWEEN: Final = re.compile(r"[\s,]+")
_PORTS: Final = {"imaps": 993, "imap": 143}
_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_WANTED: Final = "wanted: imaps://user:password@host/Folder, with all but letters and digits as %XX"


@dataclass(frozen=True)
class MailboxUrl:
    """One mailbox, and how to get at it."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    folder: str
    processed: str
    """The folder that letters are moved to once they are kept."""
    tls: bool
    """TLS from the first byte."""
    starttls: bool
    """Plain at first, and nothing said before TLS is on."""

    @property
    def id(self) -> str:
        """The same for the same mailbox, however it is reached."""
        return f"{self.user}@{self.host}/{self.folder}"


def mailboxes(text: str) -> tuple[MailboxUrl, ...]:
    """Every mailbox of an IMAP_URL. Raises: ValueError, which names the bad one by its place."""
    found = []
    for place, url in enumerate((one for one in _BETWEEN.split(text) if one), start=1):
        try:
            found.append(_mailbox(url))
        except ValueError as error:
            raise ValueError(f"mailbox {place}: {error}") from None
    _agree(found)
    return tuple(found)


def _mailbox(url: str) -> MailboxUrl:
    parts, port = _split(url)
    more = _more(parts.query)
    host = (parts.hostname or "").lower()
    folder = _folder(unquote(parts.path[1:], errors="strict") or "INBOX")
    processed = _folder(more.get("processed", "Processed"))
    if processed == folder:
        raise ValueError("the processed folder is the one that is read")
    return MailboxUrl(
        host=host,
        port=port or _PORTS[parts.scheme],
        user=unquote(parts.username or "", errors="strict"),
        password=unquote(parts.password or "", errors="strict"),
        folder=folder,
        processed=processed,
        tls=parts.scheme == "imaps",
        starttls=parts.scheme == "imap" and host not in _LOOPBACK and more.get("tls") != "no",
    )


def _split(url: str) -> tuple[SplitResult, int | None]:
    """The parts of a URL that has all it needs and nothing else."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:  # its words quote the URL
        raise ValueError(_WANTED) from None
    is_whole = parts.scheme in _PORTS and parts.hostname and parts.username and parts.password
    if not is_whole or parts.netloc.count("@") != 1 or port == 0 or "#" in url:
        raise ValueError(_WANTED)
    return parts, port


def _more(query: str) -> dict[str, str]:
    try:
        given = parse_qsl(query, keep_blank_values=True, strict_parsing=bool(query))
    except ValueError:
        raise ValueError(_WANTED) from None
    more = dict(given)
    if len(more) < len(given) or more.keys() - {"processed", "tls"}:
        raise ValueError("after the ? may stand processed=Folder and tls=no")
    if more.get("tls", "no") != "no":
        raise ValueError("tls may be no; else imap:// uses STARTTLS")
    return more


def _folder(name: str) -> str:
    """RFC 3501 §5.1: INBOX in any case is INBOX."""
    if not name or any(ord(one) < 32 for one in name):
        raise ValueError("a folder has no name")
    return "INBOX" if name.upper() == "INBOX" else name


def _agree(found: list[MailboxUrl]) -> None:
    """Letters must not go round in a circle, or be looked at in two places."""
    read = [one.id for one in found]
    if len(set(read)) < len(read):
        raise ValueError("the same mailbox stands there twice")
    if {f"{one.user}@{one.host}/{one.processed}" for one in found} & set(read):
        raise ValueError("the processed folder of one mailbox is another one that is read")


def since(text: str) -> datetime | None:
    """The moment that an IMAP_SINCE names; None for `now` and `all`. A date begins in UTC.

    Raises: ValueError.
    """
    if text in {NOW, ALL}:
        return None
    try:
        if len(text) == len("2026-11-22"):
            day = date.fromisoformat(text)
            return datetime(day.year, day.month, day.day, tzinfo=UTC)
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise ValueError("wanted: now, all, a date (2026-11-22) or a moment (2026-11-22T09:00:00Z)")
    return moment.astimezone(UTC)
