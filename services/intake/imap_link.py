"""One link to one mailbox, as blocking calls for one thread; the only file that knows IMAPClient.

Speaks in UIDs alone, marks nothing as read, and passes none of the server's words on: they may
have names in them. After `LinkLost` it is of no more use.
"""

import re
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from ssl import SSLWantReadError
from typing import Any, Final, TypeVar

from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError, LoginError

from shared.errors import Transient
from shared.imap_url import MailboxUrl

_CONNECT: Final = 5.0
_SOON: Final = 1.0
_MANY: Final = 500
_MOST_HEAD: Final = 256 * 1024
_FOR_NOW: Final = frozenset({"INUSE", "UNAVAILABLE", "OVERQUOTA"})
"""RFC 5530 §3: what has nothing to do with the letter; the last is how some limit a day's bytes."""
_CODE: Final = re.compile(r"\[([A-Z-]+)")
Found = TypeVar("Found")


class LinkLost(Transient):
    """The server is away, or does not let us in; the text says which."""


class LoginRefused(LinkLost):
    """The server knows no such user with this password."""


class Refused(Transient):
    """The server won't do this one thing now."""

    def __init__(self, doing: str, code: str) -> None:
        super().__init__(f"{doing}: {code}")
        self.code = code
        """As in RFC 3501 §7.1 and RFC 5530; `NO` where there is none."""

    @property
    def is_for_now(self) -> bool:
        """Whether it says itself that another time will do: it is no letter's doing."""
        return self.code in _FOR_NOW


@contextmanager
def _translated(doing: str) -> Iterator[None]:
    try:
        yield
    except LoginError as error:
        raise LoginRefused(f"{doing}: {_code(error)}") from error
    except UnicodeEncodeError as error:  # LOGIN knows ASCII only
        raise LoginRefused(f"{doing}: other characters than ASCII") from error
    except (IMAPClientAbortError, OSError, EOFError) as error:
        raise LinkLost(f"{doing}: {type(error).__name__}") from error
    except ValueError as error:
        if "closed file" not in str(error):
            raise
        # imaplib reads on while another thread ends the link.
        raise LinkLost(f"{doing}: closed") from error
    except IMAPClientError as error:
        raise Refused(doing, _code(error)) from error


def _code(error: Exception) -> str:
    code = _CODE.search(str(error))
    return code[1] if code else "NO"


class Link:
    """A mailbox, once it is open."""

    uid_validity = 0
    uid_next = 0
    """The UID that the next letter would have got when the mailbox was opened."""
    count = 0
    """Letters that lay there then."""

    def __init__(self, url: MailboxUrl, patience: float = 30.0, window: int = 50_000) -> None:
        """`patience`: seconds in which a server must say something, or the link is lost.
        `window`: UIDs asked for at once, for the library takes no answer of a million bytes."""
        self._url = url
        self._patience = patience
        self._window = window
        self._client: Any = None
        self._is_cut = False

    def open(self) -> None:
        """Connect, log in and open the folder. Raises: LinkLost, Refused."""
        url = self._url
        with _translated("connecting"):
            timeout: Any = SocketTimeout(_CONNECT, self._patience)
            client = IMAPClient(url.host, url.port, ssl=url.tls, timeout=timeout)
        self._client = client
        if self._is_cut:
            self.abort()
        client.normalise_times = False  # moments with their zone
        self._log_in(client)
        self._make_processed()
        with _translated("opening"):
            if not client.folder_exists(url.folder):
                raise Refused("opening", "there is no such folder")
            selected: dict[bytes, Any] = client.select_folder(url.folder)
        if b"UIDVALIDITY" not in selected or b"UIDNEXT" not in selected:
            raise Refused("opening", "no UIDVALIDITY")
        self.uid_validity = int(selected[b"UIDVALIDITY"])
        self.uid_next = int(selected[b"UIDNEXT"])
        self.count = int(selected[b"EXISTS"])

    def _log_in(self, client: Any) -> None:
        url = self._url
        if url.starttls:
            # RFC 3501 §6.2.1: what the server said before does not count; the library asks anew.
            with _translated("STARTTLS"):
                client.starttls()
        with _translated("login"):
            if client.has_capability("AUTH=PLAIN"):
                client.plain_login(url.user, url.password)  # any characters
            else:
                client.login(url.user, url.password)

    def _make_processed(self) -> None:
        """Where it can't be made, letters are kept all the same, and moving them fails."""
        with suppress(Refused), _translated("making a folder"):
            if not self._client.folder_exists(self._url.processed):
                self._client.create_folder(self._url.processed)
                self._client.subscribe_folder(self._url.processed)

    def refresh(self) -> None:
        """Have the server say what is new, as RFC 3501 §6.1.2 has it. Raises: LinkLost, Refused."""
        with _translated("looking"):
            self._client.noop()

    def above(self, uid: int) -> tuple[list[int], int | None]:
        """What lies above a UID, in order, as far as one answer may go: up to which UID that is, or
        None for the end. Raises: LinkLost, Refused."""
        until = uid + self._window if uid + self._window < self.uid_next else None
        return self._search(uid + 1, until), until

    def since(self, moment: datetime) -> list[int]:
        """What came at that moment or later, of what was there when the mailbox was opened.

        Raises: LinkLost, Refused.
        """
        # RFC 3501 §6.4.4: SINCE knows days only, and no zones.
        day = moment.date() - timedelta(days=1)
        found: list[int] = []
        for first in range(1, self.uid_next, self._window):
            last = min(first + self._window, self.uid_next) - 1
            some = self._search(first, last, "SINCE", day)
            found += [uid for uid, at in self._each(some, b"INTERNALDATE").items() if at >= moment]
        return sorted(found)

    def sizes(self, uids: Sequence[int]) -> dict[int, int]:
        """Bytes of each of these that is still there. Raises: LinkLost, Refused."""
        return self._each(uids, b"RFC822.SIZE")

    def letter(self, uid: int) -> bytes:
        """Raises: LinkLost, Refused."""
        return self._bytes(uid, "BODY.PEEK[]", b"BODY[]")

    def head(self, uid: int) -> bytes:
        """The header, or the beginning of a large one. Raises: LinkLost, Refused."""
        return self._bytes(uid, f"BODY.PEEK[HEADER]<0.{_MOST_HEAD}>", b"BODY[HEADER]<0>")

    def move(self, uid: int) -> None:
        """To the processed folder. Raises: LinkLost, Refused."""
        try:
            self._move(uid)
        except Refused as refusal:
            if refusal.code not in {"TRYCREATE", "NONEXISTENT"}:
                raise
            self._make_processed()  # somebody has taken it away
            self._move(uid)

    def _move(self, uid: int) -> None:
        client, folder = self._client, self._url.processed
        with _translated("moving"):
            if client.has_capability("MOVE"):  # RFC 6851
                client.move([uid], folder)
                return
            client.copy([uid], folder)
            client.delete_messages([uid], silent=True)
            # RFC 4315 §2.1. Without it the letter stays, marked as deleted: a plain EXPUNGE would
            # take away what others have marked.
            if client.has_capability("UIDPLUS"):
                client.uid_expunge([uid])

    def wait(self, seconds: float) -> bool:
        """Wait until something happens, or so long. False: the server has no IDLE, and nothing was
        waited for. Raises: LinkLost.

        Far below the 29 minutes of RFC 2177: so a dead link is noticed, and a server that says
        nothing is asked all the same. What came while others were taken was told with the answer
        to some other command (RFC 3501 §5.2), and IDLE does not tell it again; what came just now
        is told in one packet with IDLE's own answer, which the library has then read, and it waits
        for another. In both cases the wait is short, but not nothing: some servers tell how many
        there are with every answer.
        """
        try:
            with _translated("waiting"):
                if not self._client.has_capability("IDLE"):
                    return False
                self._client.idle()
                is_told = self._told() or self._has_come()
                self._client.idle_check(timeout=min(seconds, _SOON) if is_told else seconds)
                self._client.idle_done()
        except Refused as refusal:
            raise LinkLost(str(refusal)) from refusal  # who knows whether it is still waiting
        return True

    def abort(self) -> None:
        """Cut the link, from any thread: whatever waits for it fails at once."""
        self._is_cut = True
        if self._client is None:
            return  # still connecting: it is cut as soon as there is something to cut
        with suppress(OSError):  # it is cut already
            self._client.socket().shutdown(socket.SHUT_RDWR)
        with suppress(OSError):
            self._client.shutdown()

    def _told(self) -> bool:
        """Whether the server has said how many letters there are since this was last asked."""
        return bool(self._client._imap.response("EXISTS")[1] != [None])

    def _has_come(self) -> bool:
        """Whether the server has said more than was asked of the library."""
        self._client.socket().setblocking(False)
        with suppress(SSLWantReadError):
            return bool(self._client._imap.file.peek(1))
        return False

    def _search(self, first: int, last: int | None, *more: Any) -> list[int]:
        self._told()  # what was told before is among what is found
        with _translated("searching"):
            found = self._client.search(["UID", f"{first}:{last or '*'}", *more])
        # RFC 3501 §6.4.8: `*` is the last one, also where that is below `first`.
        return sorted(uid for uid in found if uid >= first)

    def _each(self, uids: Sequence[int], item: bytes) -> dict[int, Any]:
        found: dict[int, Any] = {}
        for place in range(0, len(uids), _MANY):
            with _translated("fetching"):
                answer = self._client.fetch(uids[place : place + _MANY], [item])
            found |= {uid: one[item] for uid, one in answer.items() if one.get(item) is not None}
        return found

    def _bytes(self, uid: int, item: str, name: bytes) -> bytes:
        with _translated("fetching"):
            found = self._client.fetch([uid], [item]).get(uid, {}).get(name)
        if not isinstance(found, bytes):
            raise Refused("fetching", "nothing came")  # as for a letter that was just deleted
        return found
