"""Keys that callers of the HTTP doors carry.

A key is 256 random bits, so one SHA-256 of it is enough to keep: nobody who reads the database
can use what stands there.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any


class Scope(StrEnum):
    """What a key may be used for."""

    ENQUIRIES_WRITE = "enquiries:write"
    TICKETS_READ = "tickets:read"
    TICKETS_WRITE = "tickets:write"
    DESK_ADMIN = "desk:admin"


@dataclass(frozen=True)
class Caller:
    """Who is asking, as their key tells."""

    id: str
    """The staff member's id, or the integration's name."""
    name: str
    scopes: frozenset[str]


def make_key() -> str:
    """A new secret key, shown once to whoever will carry it."""
    return "desk_" + secrets.token_urlsafe(32)


def digest(key: str) -> str:
    """What is stored of a key, as the document's `_id`."""
    return hashlib.sha256(key.encode("utf-8", "surrogateescape")).hexdigest()


def caller_of(document: dict[str, Any] | None, now: datetime) -> Caller | None:
    """The caller that a stored key stands for; None if unknown, expired or revoked."""
    if document is None or document.get("revoked_at") or document["expires_at"] <= now:
        return None
    return Caller(document["caller"], document["name"], frozenset(document["scopes"]))


def bearer(header: str | None) -> str | None:
    """The key in an Authorization header (RFC 6750 §2.1)."""
    kind, _, key = (header or "").partition(" ")
    return key.strip() if kind.lower() == "bearer" and key.strip() else None
