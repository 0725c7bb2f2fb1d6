"""The keys in MongoDB, as the HTTP doors look them up: anew for each request, so that a withdrawn
key is good for nothing from the next one on.

When a key was last used is noted beside the request, at most once a minute from each process: no
answer waits for it, and nothing but `desk token list` depends on it.
"""

import asyncio
from collections.abc import Callable
from typing import Final

import structlog

from shared.errors import Permanent, Transient
from shared.mongo import Database, Document, Reads, Updates, translated
from shared.staff import Role

log = structlog.get_logger()

CALLED: Final = ("name", "role", "team")
"""What has to be known of the staff member whose key it is."""
_EVERY: Final = 60.0
"""Seconds between two notes about one key."""


class Keyring:
    """The collection `keys`."""

    def __init__(self, database: Database, seconds: Callable[[], float] | None = None) -> None:
        """`seconds`: a clock that only goes forward; the event loop's unless a test has one."""
        self._keys = database.keys
        self._note = Updates(database.keys, hint_only=True)
        self._seconds = seconds or (lambda: asyncio.get_running_loop().time())
        self._noted: dict[str, float] = {}
        self._under_way: set[asyncio.Task[None]] = set()

    async def find(self, key_digest: str) -> Document | None:
        """A caller's key, as it stands. Raises: Transient."""
        with translated():
            found = await self._keys.find_one({"_id": key_digest})
        if found is not None and not found.get("revoked_at"):
            self._use(key_digest)
        return found

    def _use(self, key_digest: str) -> None:
        now = self._seconds()
        if now - self._noted.get(key_digest, -_EVERY) < _EVERY:
            return
        self._noted[key_digest] = now
        task = asyncio.create_task(self._write(key_digest))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _write(self, key_digest: str) -> None:
        try:
            await self._note({"_id": key_digest}, {"$currentDate": {"last_used_at": True}})
        except (Transient, Permanent) as error:
            log.warning("key_use_unnoted", reason=str(error))


class Watched:
    """The keys of those who stay: all of them are looked up together, now and then, and no use is
    noted."""

    def __init__(self, database: Database) -> None:
        fields = ["caller", "name", "scopes", "expires_at", "revoked_at"]
        self._key = Reads(database.keys, fields)
        self._member = Reads(database.staff, CALLED)

    async def key(self, key_digest: str) -> Document | None:
        """A key, with its owner's present name, role and team. Raises: Transient."""
        found = await self._key(key_digest)
        member = await self._member(found["caller"]) if found else None
        return with_member(found, member)


def with_member(key: Document | None, member: Document | None) -> Document | None:
    """A caller's key with what is known of them among the staff; integrations are not there. The
    name that stands with the key is that of when it was made."""
    if key is None or member is None:
        return key
    known = {"role": member.get("role", Role.STAFF), "team": member.get("team")}
    return {**key, **known, "name": member["name"]}
