"""MongoDB as the stores use it: opened safely, written to in groups, its errors translated.

Only this file and the `store.py` files import the driver. Motor is past its end of life; what a
move to PyMongo's own asynchronous client would touch is here and in those files.
"""

import asyncio
import os
import secrets
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from datetime import datetime
from typing import Any, Final

# Motor runs every call in a thread: with its default of ten, twelve slow reads would hold up an
# unrelated one for seconds. It reads this variable when it is imported.
os.environ.setdefault("MOTOR_MAX_WORKERS", "40")

from bson import ObjectId
from bson.errors import InvalidDocument
from gridfs.errors import NoFile
from motor.motor_asyncio import (
    AsyncIOMotorClient,
    AsyncIOMotorCollection,
    AsyncIOMotorDatabase,
    AsyncIOMotorGridFSBucket,
)
from pymongo import InsertOne, UpdateOne, WriteConcern, timeout
from pymongo.errors import (
    BulkWriteError,
    DocumentTooLarge,
    OperationFailure,
    PyMongoError,
)
from pymongo.read_concern import ReadConcern

from shared.batch import Batch
from shared.errors import Permanent, Transient

Document = dict[str, Any]
Client = AsyncIOMotorClient[Document]
Database = AsyncIOMotorDatabase[Document]
Collection = AsyncIOMotorCollection[Document]

DUPLICATE_KEY: Final = 11000
# What the server says of a document over 16 MB, by the way in which it comes.
_TOO_LARGE: Final = frozenset({2, 10334, 17419, 17420})
# What is lost when a hint is lost is only work done twice, which the guards make harmless.
HINT: Final = WriteConcern(w=1, j=False)

_BUILDING: Final = 3600.0
"""Seconds."""


def open_client(uri: str) -> Client:
    """A client that answers or fails within five seconds, and writes so that nothing is lost."""
    return AsyncIOMotorClient(
        uri,
        tz_aware=True,
        w="majority",
        journal=True,
        timeoutMS=4000,
        serverSelectionTimeoutMS=3000,
        connectTimeoutMS=3000,
        maxPoolSize=64,
        appname="enquiry-desk",
    )


async def close(client: Client) -> None:
    """Let go of it. The driver waits for a farewell: not in the loop, and not for long."""
    with timeout(2):
        await asyncio.to_thread(client.close)


@contextmanager
def translated() -> Iterator[None]:
    """The driver's errors as ours.

    Raises:
        Permanent: this document can never be stored.
        Transient: anything else; whether the write was done is unknown, and every write here may
            be repeated.
    """
    try:
        yield
    except (InvalidDocument, DocumentTooLarge, OverflowError, UnicodeError) as error:
        # The driver's own words may quote the document.
        raise Permanent(f"MongoDB can't hold this document: {type(error).__name__}") from error
    except OperationFailure as error:
        kind = Permanent if error.code in _TOO_LARGE else Transient
        raise kind(f"MongoDB refused: code {error.code}") from error
    except NoFile:
        raise  # an answer, not a failure
    except PyMongoError as error:
        raise Transient(f"MongoDB: {type(error).__name__}") from error


@asynccontextmanager
async def building(collection: Collection) -> AsyncIterator[None]:
    """The same for what makes indexes, once the server has answered: in a full store that takes
    minutes, and a build that is broken off after seconds begins anew each time."""
    with translated():
        await collection.database.command("ping")
        with timeout(_BUILDING):
            yield


async def is_there(client: Client) -> bool:
    """Whether the database answers, for /readyz."""
    try:
        await client.admin.command("ping")
    except PyMongoError:
        return False
    return True


def lasting(collection: Collection) -> Collection:
    """Reads that no failover takes back: where work is called done on the strength of one."""
    return collection.with_options(read_concern=ReadConcern("majority"))


class Inserts:
    """Inserts that arrive together are committed together, each told its own result."""

    def __init__(self, collection: Collection) -> None:
        self._collection = collection
        self._batch: Batch[Document, str | None] = Batch(self._carry_out)

    async def __call__(self, document: Document) -> str | None:
        """None once it is durable; else the name of the unique index that already has it.

        Raises: Transient, Permanent.
        """
        return await self._batch(document)

    async def _carry_out(self, documents: Sequence[Document]) -> Sequence[str | Exception | None]:
        try:
            with translated():
                return await self._in_one_write(documents)
        except Permanent as error:
            if len(documents) == 1:
                return [error]
        # One document that can't be stored must not take its neighbours with it.
        return [(await self._carry_out([document]))[0] for document in documents]

    async def _in_one_write(self, documents: Sequence[Document]) -> list[str | Exception | None]:
        answers: list[str | Exception | None] = [None] * len(documents)
        try:
            await self._collection.bulk_write([InsertOne(one) for one in documents], ordered=False)
        except BulkWriteError as error:
            if error.details.get("writeConcernErrors"):
                raise
            for failure in error.details["writeErrors"]:
                answers[failure["index"]] = _insert_failure(failure)
        return answers


def _insert_failure(failure: Mapping[str, Any]) -> str | Exception:
    if failure["code"] == DUPLICATE_KEY:
        return str(next(iter(failure.get("keyPattern", {"_id": 1}))))
    kind = Permanent if failure["code"] in _TOO_LARGE else Transient
    return kind(f"MongoDB refused: code {failure['code']}")


class Updates:
    """Updates that arrive together are written together.

    The answer tells whether the update made a new document (an upsert that found none). It can't
    tell whether a filter matched: an update whose caller must know that is written alone.
    """

    def __init__(
        self, collection: Collection, *, hint_only: bool = False, linger: float = 0
    ) -> None:
        self._collection = collection.with_options(write_concern=HINT) if hint_only else collection
        self._batch: Batch[UpdateOne, bool] = Batch(self._carry_out, linger=linger)

    async def __call__(self, where: Document, change: Any, *, upsert: bool = False) -> bool:
        """Whether a document was made by this call. Raises: Transient, Permanent."""
        return await self._batch(UpdateOne(where, change, upsert=upsert))

    async def _carry_out(self, updates: Sequence[UpdateOne]) -> Sequence[bool | Exception]:
        try:
            with translated():
                return await self._in_one_write(updates)
        except Permanent as error:
            if len(updates) == 1:
                return [error]
        return [(await self._carry_out([update]))[0] for update in updates]

    async def _in_one_write(self, updates: Sequence[UpdateOne]) -> list[bool | Exception]:
        result = await self._collection.bulk_write(list(updates), ordered=False)
        made = result.upserted_ids or {}
        return [index in made for index in range(len(updates))]


class Reads:
    """Reads by `_id` that arrive together are one query."""

    def __init__(self, collection: Collection, fields: Sequence[str]) -> None:
        self._collection = collection
        self._fields = dict.fromkeys(fields, 1)
        self._batch: Batch[str, Document | None] = Batch(self._carry_out)

    async def __call__(self, document_id: str) -> Document | None:
        """The document, or None if there is none. Raises: Transient."""
        return await self._batch(document_id)

    async def _carry_out(self, ids: Sequence[str]) -> Sequence[Document | None]:
        with translated():
            cursor = self._collection.find({"_id": {"$in": list(set(ids))}}, self._fields)
            found = {document["_id"]: document for document in await cursor.to_list(None)}
        return [found.get(one) for one in ids]


class SavedOutbox:
    """The `outbox` array that each deciding document carries: what others must still be told."""

    def __init__(self, collection: Collection) -> None:
        self._collection = collection
        self._marked = collection.with_options(write_concern=HINT)
        # Nobody waits for a mark: a tenth of a second's worth is one update.
        self._mark: Batch[tuple[str, Sequence[str]], None] = Batch(
            self._mark_many, most=500, lanes=1, linger=0.1
        )

    async def make_index(self) -> None:
        """Sparse: only documents that still have something to send stand in it."""
        async with building(self._collection):
            await self._collection.create_index("outbox.message_id", sparse=True)

    async def unsent(self, most: int) -> dict[str, list[Document]]:
        """By document, what no broker has confirmed yet. Raises: Transient."""
        with translated():
            cursor = self._collection.find(
                {"outbox.message_id": {"$exists": True}}, {"outbox": 1}, limit=most
            )
            return {found["_id"]: found["outbox"] for found in await cursor.to_list(None)}

    async def mark_sent(self, document_id: str, message_ids: Sequence[str]) -> None:
        """Take out exactly what was confirmed: another message may have joined meanwhile."""
        await self._mark((document_id, message_ids))

    async def _mark_many(self, sent: Sequence[tuple[str, Sequence[str]]]) -> Sequence[None]:
        message_ids = [one for _, ids in sent for one in ids]
        with translated():
            await self._marked.update_many(
                {"_id": {"$in": [document_id for document_id, _ in sent]}},
                {"$pull": {"outbox": {"message_id": {"$in": message_ids}}}},
            )
        return [None] * len(sent)


class Files:
    """Contents beside the documents, each under a random id (GridFS, `documents`). One counts only
    once a document names it; `owner` is the id of the one that shall."""

    def __init__(self, database: Database) -> None:
        # Each chunk is a durable write of its own: few of them, for a sender waits.
        self._bucket = AsyncIOMotorGridFSBucket(database, "documents", 4 * 1024 * 1024)
        self._files = database["documents.files"]
        self._chunks = database["documents.chunks"]

    async def make_index(self) -> None:
        """Of those that no look has found named yet. Raises: Transient."""
        async with building(self._files):
            await self._files.create_index(
                "uploadDate", partialFilterExpression={"metadata.named": False}
            )

    async def store(self, content: bytes, owner: str) -> str:
        """The id of a new file. Raises: Transient."""
        file_id = secrets.token_hex(16)
        stream = self._bucket.open_upload_stream_with_id(
            file_id, owner, metadata={"owner": owner, "named": False}
        )
        with translated():
            try:
                await stream.write(content)
                await stream.close()
            except Exception:
                with suppress(PyMongoError):  # what is left then is swept
                    await stream.abort()
                raise
        return file_id

    async def read(self, file_id: str) -> bytes | None:
        """What is in a file; None if there is none. Raises: Transient."""
        try:
            with translated():
                opened = await self._bucket.open_download_stream(file_id)
                content: bytes = await opened.read()
        except NoFile:
            return None
        return content

    async def unnamed(self, before: datetime, most: int) -> list[tuple[str, str]]:
        """Files older than that which no look has found named, each with its owner's id.

        Raises: Transient.
        """
        where = {"metadata.named": False, "uploadDate": {"$lt": before}}
        with translated():
            found = await self._files.find(where, {"metadata": 1}, limit=most).to_list(None)
        return [(one["_id"], one["metadata"]["owner"]) for one in found]

    async def sweep_chunks(self, after: str, before: datetime, most: int) -> str | None:
        """Take away pieces older than that of files which were never finished, or not wholly
        deleted: some of them, by id. After which id to go on; None at the end. Raises: Transient.
        """
        with translated():
            cursor = self._chunks.find({"files_id": {"$gt": after}}, {"_id": 0, "files_id": 1})
            found = await cursor.sort([("files_id", 1), ("n", 1)]).limit(most).to_list(None)
            ids = list(dict.fromkeys(one["files_id"] for one in found))
            rows = await self._files.find({"_id": {"$in": ids}}, {"_id": 1}).to_list(None)
            whole = {one["_id"] for one in rows}
            lost = [one for one in ids if one not in whole]
            if lost:
                old = {"$lt": ObjectId.from_datetime(before)}
                await self._chunks.delete_many({"files_id": {"$in": lost}, "_id": old})
        return ids[-1] if ids else None

    async def settle(self, file_id: str, *, is_named: bool) -> None:
        """A document names it, so that it stays; or none does, and it goes. Raises: Transient."""
        with translated():
            if is_named:
                await self._files.update_one({"_id": file_id}, {"$set": {"metadata.named": True}})
                return
            with suppress(NoFile):  # another copy was quicker
                await self._bucket.delete(file_id)


__all__ = [
    "Client",
    "Collection",
    "Database",
    "Document",
    "Files",
    "Inserts",
    "Reads",
    "SavedOutbox",
    "Updates",
    "building",
    "close",
    "is_there",
    "lasting",
    "open_client",
    "translated",
]
