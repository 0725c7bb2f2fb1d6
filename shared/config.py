"""Settings from the environment. A bad value refuses to start, in one line that names it."""

import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Literal, TypeVar
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    Field,
    PrivateAttr,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from pydantic_settings import BaseSettings, SettingsConfigDict

from shared.certificate import BadCertificate, Certificate
from shared.conversion_limits import ConversionSettings
from shared.dkim_key import SELECTOR, is_aligned, read_key
from shared.imap_url import MailboxUrl, mailboxes, since
from shared.library import Library, LibraryFileError, read_library
from shared.peer import Network, networks
from shared.relay import Relay, Tls, relay_of


def _url(*schemes: str) -> AfterValidator:
    def check(value: str) -> str:
        scheme, _, rest = value.partition("://")
        if scheme not in schemes or not _has_hosts(rest):
            raise ValueError(f"wanted: {' or '.join(f'{one}://…' for one in schemes)}")
        return value

    return AfterValidator(check)


def _has_hosts(rest: str) -> bool:
    """Whether after the scheme stands `[name[:password]@]host[:port][,host…][/…]`; what a name or
    a password has of @ : and / must be percent-encoded."""
    user, _, hosts = rest.partition("/")[0].partition("?")[0].rpartition("@")
    try:
        parts = [urlsplit(f"//{host}") for host in hosts.split(",")]
        return "@" not in user and all(part.hostname and part.port != 0 for part in parts)
    except ValueError:
        return False


def _scanner(value: str) -> str:
    """`tcp://host:port` or `unix:///path`; empty for none."""
    scheme, _, rest = value.partition("://")
    is_path = scheme == "unix" and rest.startswith("/")
    if value and not is_path and not (scheme == "tcp" and _has_hosts(rest) and "," not in rest):
        raise ValueError("wanted: tcp://host:port or unix:///path")
    return value


def _server_id(value: str) -> str:
    """RFC 8601 §2.5: a token, most often a host's name; empty for none."""
    if value and not re.fullmatch(r"[A-Za-z0-9._-]{1,255}", value):
        raise ValueError("wanted: a name such as mx.library.example")
    return value


def _file(value: str) -> str:
    try:
        if value:
            Path(value).open("rb").close()
    except OSError as error:
        raise ValueError(f"can't be read: {error.strerror}") from error
    return value


def _folder(value: str) -> str:
    if value and not Path(value).is_dir():
        raise ValueError("there is no such folder")
    return value


def _networks(value: str) -> str:
    try:
        networks(value)
    except ValueError as error:
        raise ValueError("wanted: addresses or networks, as 127.0.0.1,2001:db8::/64") from error
    return value


def _checked_by(reading: Callable[[str], object]) -> AfterValidator:
    """Text that this can read."""

    def check(value: str) -> str:
        reading(value)
        return value

    return AfterValidator(check)


def _dkim_key(value: str) -> str:
    if value:
        read_key(value)
    return value


def _dkim_name(value: str) -> str:
    if value and not SELECTOR.fullmatch(value):
        raise ValueError("wanted: a name in DNS such as desk2026 or library.example")
    return value


Port = Annotated[int, Field(ge=1, le=65535)]
File = Annotated[str, AfterValidator(_file)]
"""A path; empty where there is none."""
Networks = Annotated[str, AfterValidator(_networks)]
"""Addresses and networks, with commas or spaces between them."""


class Settings(BaseSettings):
    """What all services are told. DESIGN names: the variables are these fields in capitals."""

    model_config = SettingsConfigDict(frozen=True)

    mongodb_uri: Annotated[str, _url("mongodb", "mongodb+srv")] = (
        "mongodb://127.0.0.1:27017/?replicaSet=rs0"
    )
    mongodb_database: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,60}$")] = "enquiries"
    amqp_url: Annotated[str, _url("amqp", "amqps")] = "amqp://guest:guest@127.0.0.1:5672/"
    library_file: Path = Path("deploy/library.toml")
    desk_secret: Annotated[str, Field(min_length=32)]
    http_host: Annotated[str, Field(min_length=1)] = "127.0.0.1"
    log_level: Literal["debug", "info", "warning", "error"] = "info"

    _library: Library = PrivateAttr()

    def model_post_init(self, context: object) -> None:
        self._library = read_library(self.library_file)

    @property
    def library(self) -> Library:
        """The library that LIBRARY_FILE describes."""
        return self._library


class IntakeSettings(Settings):
    """What intake is told besides."""

    intake_smtp_host: Annotated[str, Field(min_length=1)] = "127.0.0.1"
    intake_smtp_port: Port = 2525
    intake_http_port: Port = 8081
    max_message_bytes: Annotated[int, Field(ge=64 * 1024, le=64 * 1024 * 1024)] = 26_214_400
    imap_url: Annotated[str, _checked_by(mailboxes)] = ""
    imap_since: Annotated[str, _checked_by(since)] = "now"
    clamd_url: Annotated[str, AfterValidator(_scanner)] = ""
    authserv_id: Annotated[str, AfterValidator(_server_id)] = ""
    verify_dkim: bool = False
    most_enquiries_an_hour: Annotated[int, Field(ge=1, le=100_000)] = 20
    intake_smtp_certificate: File = ""
    intake_smtp_key: File = Field("", validate_default=True)
    intake_smtp_require_tls: bool = False
    intake_smtp_connections: Annotated[int, Field(ge=1, le=10_000)] = 200
    intake_smtp_connections_per_address: Annotated[int, Field(ge=1, le=10_000)] = 20
    intake_smtp_letter_bytes: Annotated[int, Field(le=16 * 1024**3)] = 134_217_728
    intake_smtp_trusted: Networks = ""

    @field_validator("intake_smtp_key")
    @classmethod
    def _opens_the_certificate(cls, key: str, info: ValidationInfo) -> str:
        certificate = info.data.get("intake_smtp_certificate")
        if certificate is not None and bool(certificate) != bool(key):
            raise ValueError("INTAKE_SMTP_CERTIFICATE and INTAKE_SMTP_KEY are wanted both, or none")
        try:
            if certificate and key:
                Certificate(Path(certificate), Path(key))
        except BadCertificate as error:
            raise ValueError(f"with INTAKE_SMTP_CERTIFICATE: {error}") from error
        return key

    @field_validator("intake_smtp_require_tls")
    @classmethod
    def _can_be_had(cls, required: bool, info: ValidationInfo) -> bool:
        if required and not info.data.get("intake_smtp_certificate", "unknown"):
            raise ValueError("needs INTAKE_SMTP_CERTIFICATE and INTAKE_SMTP_KEY")
        return required

    @field_validator("intake_smtp_letter_bytes")
    @classmethod
    def _holds_a_letter(cls, size: int, info: ValidationInfo) -> int:
        if size < info.data.get("max_message_bytes", 0):
            raise ValueError("wanted: at least MAX_MESSAGE_BYTES")
        return size

    @property
    def certificate(self) -> Certificate | None:
        """That of the SMTP door."""
        if not self.intake_smtp_certificate:
            return None
        return Certificate(Path(self.intake_smtp_certificate), Path(self.intake_smtp_key))

    trusted_proxies: Networks = ""

    @property
    def proxies(self) -> tuple[Network, ...]:
        """Who may say whose request it is."""
        return networks(self.trusted_proxies)

    @property
    def mailboxes(self) -> tuple[MailboxUrl, ...]:
        """The mailboxes that IMAP_URL names."""
        return mailboxes(self.imap_url)


class RoutingSettings(Settings):
    """What routing is told besides."""

    routing_http_port: Port = 8082
    most_reads_a_minute: Annotated[int, Field(ge=1, le=1_000_000)] = 600
    most_changes_a_minute: Annotated[int, Field(ge=1, le=1_000_000)] = 300
    clamd_url: Annotated[str, AfterValidator(_scanner)] = ""


class NotifySettings(Settings, ConversionSettings):
    """What notify is told besides."""

    notify_http_port: Port = 8083
    smtp_relay_url: Annotated[str, _url("smtp", "smtps")] = "smtp://127.0.0.1:1025"
    automatic_letters_a_day: Annotated[int, Field(ge=1, le=1000)] = 20
    smtp_relay_ca: File = ""
    smtp_relay_tls: Tls = Field("opportunistic", validate_default=True)
    templates_dir: Annotated[str, AfterValidator(_folder)] = ""
    dkim_key_file: Annotated[str, AfterValidator(_dkim_key)] = ""
    dkim_selector: Annotated[str, AfterValidator(_dkim_name)] = ""
    dkim_domain: Annotated[str, AfterValidator(_dkim_name)] = Field("", validate_default=True)

    @field_validator("smtp_relay_tls")
    @classmethod
    def _goes_with_the_relay(cls, tls: Tls, info: ValidationInfo) -> Tls:
        if (url := info.data.get("smtp_relay_url")) is not None:
            relay_of(url, tls, info.data.get("smtp_relay_ca", ""))
        return tls

    @field_validator("dkim_domain")
    @classmethod
    def _signs_wholly(cls, domain: str, info: ValidationInfo) -> str:
        names = (info.data.get("dkim_key_file"), info.data.get("dkim_selector"), domain)
        if None not in names and any(names) and not all(names):
            raise ValueError("wanted: DKIM_KEY_FILE, DKIM_SELECTOR and DKIM_DOMAIN, or none")
        return domain

    def model_post_init(self, context: object) -> None:
        super().model_post_init(context)
        address = self.library.library.enquiry_address
        if self.dkim_domain and not is_aligned(self.dkim_domain, address):
            raise BadSettings("DKIM_DOMAIN: wanted: the enquiry address's domain or one above it")

    @property
    def own_templates(self) -> Path | None:
        """The library's own letters, if it has any."""
        return Path(self.templates_dir) if self.templates_dir else None

    @property
    def relay(self) -> Relay:
        """The relay, with how far TLS is insisted on."""
        return relay_of(self.smtp_relay_url, self.smtp_relay_tls, self.smtp_relay_ca)


Kind = TypeVar("Kind", bound=Settings)


class BadSettings(Exception):
    """A service can't start with these; the text has a line for each fault."""


def load(kind: type[Kind]) -> Kind:
    """The settings, or the end of the process (status 78, EX_CONFIG) with a line for each fault."""
    try:
        return read(kind)
    except BadSettings as error:
        raise refused(str(error)) from error


def refused(faults: str) -> SystemExit:
    """Print why a service can't start, a line for each fault; what is to be raised."""
    print(faults, file=sys.stderr)
    return SystemExit(78)


def read(kind: type[Kind]) -> Kind:
    """The settings. Raises: BadSettings."""
    try:
        return kind()
    except ValidationError as error:
        faults = []
        for fault in error.errors():
            name = str(fault["loc"][0]).upper() if fault["loc"] else "settings"
            faults.append(f"{name}: {_wanted(name, fault['msg'])}")
        raise BadSettings("\n".join(faults)) from error
    except LibraryFileError as error:
        faults = [f"LIBRARY_FILE: {line}" for line in str(error).splitlines()]
        raise BadSettings("\n".join(faults)) from error


def _wanted(name: str, message: str) -> str:
    """In plain words; the value itself is never shown: it may be a secret."""
    if message == "Field required":
        hint = " (at least 32 characters; `openssl rand -hex 32` makes one)"
        return "must be set" + (hint if name == "DESK_SECRET" else "")
    return message.removeprefix("Value error, ")
