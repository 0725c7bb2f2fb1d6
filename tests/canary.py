"""A made-up patron whose every word can be found again, wherever it is stored: in any document of
any collection, and in any file."""

import hashlib
from typing import Any, Final

from bson import encode
from motor.motor_asyncio import AsyncIOMotorClient

from shared.personal import allowances_of
from tests.stage import Stage

NAME: Final = "Zefyrina Quillfeather"
ADDRESS: Final = "zefyrina@canary.example"
TAGGED: Final = "Zefyrina+books@canary.example"
PHONE: Final = "01632 960555"
CANARIES: Final = {
    "address": ADDRESS,
    "tagged address": TAGGED,
    "name": NAME,
    "family name": "quillfeather",
    "phone": PHONE,
    "subject": "Ozymandrel lantern",
    "words": "glimmerwick at the weir",
    "quoted words": "brindlemoss",
    "html": "thistlepane",
    "file name": "fernleaf-tracing",
    "content of a file": "umberquartz",
    "large file": "saffronloom",
    "item": "A Ledger of Wexcombe",
    "reply": "hollowmere shelf",
    "note": "juniperglass",
    "reason": "pebblenook",
    "cause": "Lost slip of Quillfeather",
    "what was done": "quarrystone",
    "quarantined": "larkspurvein",
    "automatic": "mothdusk",
    "returned": "cindervale",
    "words on the telephone": "wrenhollow",
    "said of how it was": "fennelcrown",
    "tag": "quillfeather papers",
    "subject of a part": "marrowfen",
    "noted name": "Marigoldwyn",
    "Message-ID": "<weir.1@canary.example>",
    **{
        f"digest: {one[:8]}": hashlib.sha256(one.encode()).hexdigest()
        for one in allowances_of(ADDRESS)[:1]
    },
}
"""What must be found before, and nowhere after."""


class Store:
    """Every byte that a desk has stored."""

    def __init__(self, stage: Stage) -> None:
        self._client: Any = AsyncIOMotorClient(stage.servers.mongodb_uri)
        self.database = self._client[stage.database]

    def close(self) -> None:
        self._client.close()

    async def documents(self, where: dict[str, Any] | None = None) -> dict[str, list[Any]]:
        """Those of every collection."""
        names = await self.database.list_collection_names(
            filter={"name": {"$not": {"$regex": "^system"}}}
        )
        return {one: await self.database[one].find(where or {}).to_list(None) for one in names}

    async def found(self, words: dict[str, str] = CANARIES) -> dict[str, set[str]]:
        """Where each of these stands, in whatever case, of those that stand anywhere."""
        places: dict[str, set[str]] = {}
        for collection, documents in (await self.documents()).items():
            for document in documents:
                stored = encode(document).lower()
                for name, word in words.items():
                    if word.lower().encode() in stored:
                        places.setdefault(name, set()).add(collection)
        return places

    async def about(self, reference: str) -> bytes:
        """All that is stored of one ticket, byte for byte."""
        either = [{"_id": reference}, {"reference": reference}]
        everything = await self.documents({"$or": either})
        return encode({name: rows for name, rows in sorted(everything.items()) if rows})
