"""What the staff are called now. A ticket and a letter keep by which name somebody was known when
they were written; a patron is told one name, the present one."""

from shared.mongo import Database, Document, Reads


class NamesNow:
    """The names in the collection `staff`."""

    def __init__(self, database: Database) -> None:
        self._read = Reads(database.staff, ["name"])

    async def within(self, found: Document | None, field: str) -> Document | None:
        """A document in whose field somebody (`id`, `name`) stands, with their present name there;
        as it is, if nobody does or they are no longer of the staff. Raises: Transient."""
        who = (found or {}).get(field)
        member = await self._read(who["id"]) if who else None
        if found is None or who is None or member is None:
            return found
        return {**found, field: {**who, "name": member["name"]}}
