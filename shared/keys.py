"""Keys that callers of the HTTP doors carry.

A key is 256 random bits, so one SHA-256 of it is enough to keep: nobody who reads the database
can use what stands there.
"""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from shared.staff import Role


class Scope(StrEnum):
    """What a key may be used for."""

    ENQUIRIES_WRITE = "enquiries:write"
    TICKETS_READ = "tickets:read"
    TICKETS_WRITE = "tickets:write"
    DESK_ADMIN = "desk:admin"
    AUDIT_READ = "audit:read"


_STAFF: Final = frozenset({Scope.TICKETS_READ, Scope.TICKETS_WRITE})
SCOPES: Final[Mapping[str, frozenset[Scope]]] = {
    Role.STAFF: _STAFF,
    Role.LEAD: _STAFF,
    Role.ADMIN: _STAFF | {Scope.DESK_ADMIN, Scope.AUDIT_READ},
    Role.AUDITOR: frozenset({Scope.TICKETS_READ, Scope.AUDIT_READ}),
}
"""What a role may do at most, whatever its tokens say."""


@dataclass(frozen=True)
class Caller:
    """Who is asking, as their key tells."""

    id: str
    """The staff member's id, or the integration's name."""
    name: str
    scopes: frozenset[str]
    role: str = Role.STAFF
    team: str | None = None
    token: str = field(default="", compare=False, repr=False)
    """A digest of what they showed; empty if they are known in another way."""


def make_key() -> str:
    """A new secret key, shown once to whoever will carry it."""
    return "desk_" + secrets.token_urlsafe(32)


def digest(key: str) -> str:
    """What is stored of a key, as the document's `_id`."""
    return hashlib.sha256(key.encode("utf-8", "surrogateescape")).hexdigest()


def caller_of(document: dict[str, Any] | None, now: datetime) -> Caller | None:
    """The caller that a stored key stands for; None if unknown, expired or revoked.

    With what is known of them among the staff (`role`, `team`): a token may do no more than its
    owner's role, as it is now.
    """
    if document is None or document.get("revoked_at") or document["expires_at"] <= now:
        return None
    scopes = frozenset(document["scopes"])
    role = document.get("role", Role.STAFF)
    if "role" in document:
        scopes &= SCOPES.get(role, frozenset())
    team, token = document.get("team"), document.get("_id", "")
    return Caller(document["caller"], document["name"], scopes, role, team, token)


def bearer(header: str | None) -> str | None:
    """The key in an Authorization header (RFC 6750 §2.1)."""
    kind, _, key = (header or "").partition(" ")
    return key.strip() if kind.lower() == "bearer" and key.strip() else None
