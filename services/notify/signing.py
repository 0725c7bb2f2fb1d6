"""Signs letters (DKIM, RFC 6376), so that who receives one can prove that it is the library's.

It decides nothing about a letter and changes none: a header is put before it.
"""

import logging
from typing import Any, Final

_ONCE_MORE: Final = (
    *(b"from", b"sender", b"reply-to", b"to", b"cc", b"subject", b"date"),
    *(b"message-id", b"in-reply-to", b"references", b"auto-submitted"),
    *(b"mime-version", b"content-type", b"content-transfer-encoding"),
)
"""RFC 6376 §5.4: what a reader sees or acts on. Each is signed once more than it stands there
(§8.15), so that nobody can add one; what is not there is thereby said not to be there."""
_SILENT: Final = logging.getLogger("dkimpy")


class Signer:
    """Has the key."""

    def __init__(self, key: bytes, selector: str, domain: str) -> None:
        import dkim  # noqa: PLC0415  where it is configured

        self._dkim: Any = dkim
        self._key = key
        self._selector = selector.encode("ascii")
        self._domain = domain.lower().encode("ascii")

    def signed(self, content: bytes) -> bytes:
        """The letter with its signature. The words are quoted-printable, whose line ends no relay
        changes: they are signed as they stand, the headers so that they may be folded anew.

        The body is not given to the library to be read: that would cut it into lines, in one step
        during which no other thread goes on.
        """
        head, _, body = content.partition(b"\r\n\r\n")
        letter = self._dkim.DKIM(head + b"\r\n\r\n", logger=_SILENT)
        letter.body = body
        present = [name.lower() for name, _ in letter.headers]
        headers = [name for one in _ONCE_MORE for name in [one] * (present.count(one) + 1)]
        signature: bytes = letter.sign(
            self._selector,
            self._domain,
            self._key,
            canonicalize=(b"relaxed", b"simple"),
            include_headers=headers,
        )
        return signature + content
