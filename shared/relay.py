"""The library's mail relay as its settings name it: where it is, who we are there, and how far TLS
is insisted on. Opens nothing but the file of authorities; it sends nothing."""

import ssl
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Any, Final, Literal
from urllib.parse import unquote, urlsplit

Tls = Literal["required", "opportunistic", "off"]
"""`required`: nothing is said but under TLS with a certificate that is good for the relay's name.
`opportunistic`: TLS where it is offered, whoever has the certificate (RFC 7435). `off`: none."""
_SUBMISSIONS: Final = 465
_SMTP: Final = 25


@dataclass(frozen=True)
class Relay:
    """One relay."""

    host: str
    port: int
    has_tls_at_once: bool
    """RFC 8314 §3.3: `smtps`, no STARTTLS."""
    user: str | None
    password: str | None = field(repr=False)
    context: ssl.SSLContext | None = field(repr=False)
    """None: no TLS."""
    tls: Tls

    def link(self, seconds: float) -> dict[str, Any]:
        """What aiosmtplib's client is made with."""
        starts = {"required": True, "opportunistic": None, "off": False}[self.tls]
        return {
            "hostname": self.host,
            "port": self.port,
            "use_tls": self.has_tls_at_once,
            "start_tls": False if self.has_tls_at_once else starts,
            "tls_context": self.context,
            "timeout": seconds,
        }


def relay_of(url: str, tls: Tls = "opportunistic", authorities: str = "") -> Relay:
    """The relay that these settings name. `authorities`: a file of certificates (PEM) to believe
    instead of the system's.

    Raises: ValueError: they contradict each other, or would show a password to anybody.
    """
    parts = urlsplit(url)
    at_once = parts.scheme == "smtps"
    host = parts.hostname or ""
    if at_once and tls == "off":
        raise ValueError("smtps:// is TLS: wanted: required, or smtp://")
    if at_once:
        tls = "required"
    if parts.username and tls != "required" and not _is_here(host):
        raise ValueError("a password in SMTP_RELAY_URL wants: required")
    return Relay(
        host=host,
        port=parts.port or (_SUBMISSIONS if at_once else _SMTP),
        has_tls_at_once=at_once,
        user=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
        context=None if tls == "off" else _context(tls, authorities),
        tls=tls,
    )


def _is_here(host: str) -> bool:
    """Whether nobody can stand between: this machine itself."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _context(tls: Tls, authorities: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2  # RFC 8314 §4.1
    if tls == "opportunistic":
        # RFC 7435 §3: a certificate that nobody vouches for is still better than none.
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        return context
    try:
        if authorities:
            context.load_verify_locations(cafile=authorities)
        else:
            context.load_default_certs()
    except ssl.SSLError as error:
        raise ValueError("SMTP_RELAY_CA holds no certificates (PEM)") from error
    return context
