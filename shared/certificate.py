"""The certificate of a door, from its files. It is read again when they change, so that a renewal
needs no restart; one that can't be read leaves the last good one in use."""

import ssl
from pathlib import Path

import structlog

log = structlog.get_logger()


class BadCertificate(Exception):
    """These files can't be used; the text says why."""


class Certificate:
    """A certificate with its chain, and its key, both PEM."""

    def __init__(self, certificate: Path, key: Path) -> None:
        """Raises: BadCertificate."""
        self._files = (certificate, key)
        self._seen = self._look()
        self._context = _opened(certificate, key)

    def context(self) -> ssl.SSLContext:
        """For the next connection."""
        try:
            seen = self._look()
            if seen != self._seen:
                self._context = _opened(*self._files)
                self._seen = seen
                log.info("certificate_read")
        except BadCertificate as error:  # perhaps only one of the two has been renewed so far
            log.error("certificate_refused", reason=str(error))
        return self._context

    def _look(self) -> list[tuple[int, int, int]]:
        """What changes when a file does."""
        try:
            found = [file.stat() for file in self._files]
        except OSError as error:
            raise BadCertificate(f"can't be read: {error.strerror}") from error
        return [(one.st_mtime_ns, one.st_ino, one.st_size) for one in found]


def _opened(certificate: Path, key: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2  # RFC 8996, RFC 8314 §4.1
    context.options |= ssl.OP_NO_RENEGOTIATION
    try:
        # Nobody is there to be asked for a password.
        context.load_cert_chain(certificate, key, password=lambda: b"")
    except ssl.SSLError as error:
        reason = error.reason or "no certificate with its key, both PEM"
        raise BadCertificate(f"can't be used: {reason}") from error
    except OSError as error:
        raise BadCertificate(f"can't be read: {error.strerror}") from error
    return context
