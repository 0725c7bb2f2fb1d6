"""Settings from the environment. A bad value refuses to start, in one line that names it."""

import sys
from pathlib import Path
from typing import Annotated, Literal, TypeVar
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, PrivateAttr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from shared.library import Library, LibraryFileError, read_library
from shared.peer import Network, networks


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


def _networks(value: str) -> str:
    try:
        networks(value)
    except ValueError as error:
        raise ValueError("wanted: addresses or networks, such as 127.0.0.1,10.0.0.0/8") from error
    return value


Port = Annotated[int, Field(ge=1, le=65535)]


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
    trusted_proxies: Annotated[str, AfterValidator(_networks)] = ""

    @property
    def proxies(self) -> tuple[Network, ...]:
        """Who may say whose request it is."""
        return networks(self.trusted_proxies)


class RoutingSettings(Settings):
    """What routing is told besides."""

    routing_http_port: Port = 8082


class NotifySettings(Settings):
    """What notify is told besides."""

    notify_http_port: Port = 8083
    smtp_relay_url: Annotated[str, _url("smtp", "smtps")] = "smtp://127.0.0.1:1025"


Kind = TypeVar("Kind", bound=Settings)


def load(kind: type[Kind]) -> Kind:
    """The settings, or the end of the process (status 78, EX_CONFIG) with a line for each fault."""
    try:
        return kind()
    except ValidationError as error:
        for fault in error.errors():
            name = str(fault["loc"][0]).upper() if fault["loc"] else "settings"
            print(f"{name}: {_wanted(name, fault['msg'])}", file=sys.stderr)
    except LibraryFileError as error:
        print(f"LIBRARY_FILE: {error}", file=sys.stderr)
    raise SystemExit(78)


def _wanted(name: str, message: str) -> str:
    """In plain words; the value itself is never shown: it may be a secret."""
    if message == "Field required":
        hint = " (at least 32 characters; `openssl rand -hex 32` makes one)"
        return "must be set" + (hint if name == "DESK_SECRET" else "")
    return message.removeprefix("Value error, ")
