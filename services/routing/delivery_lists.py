"""What a delivery's list is read from: pasted words, a file that the patron or the caller sent, or
what the catalogue's integration named. Nothing of it is kept, and none of it is an item before
somebody has looked it over."""

import asyncio
from collections.abc import Mapping
from typing import Any

from services.routing.attachments import check_state
from services.routing.changes import Counter
from services.routing.deliveries.item import Work
from services.routing.deliveries.office import Unreadable
from services.routing.deliveries.reading_list import (
    MOST_BYTES,
    works_in_file,
    works_in_text,
    works_named,
)
from services.routing.delivery_bodies import ListIn
from services.routing.draft_store import LIFE
from services.routing.ticket import Ticket
from shared.keys import Caller
from shared.problems import Problem


async def works_for(counter: Counter, ticket: Ticket, body: ListIn, caller: Caller) -> list[Work]:
    """What the list names. Raises: Problem 403, 409, 422."""
    if sum((body.text is not None, body.file is not None, body.catalogue)) != 1:
        raise Problem(422, "invalid", "Name one of text, file and catalogue", field="text")
    if body.text is not None:
        return await asyncio.to_thread(works_in_text, body.text)
    messages = await counter.messages_of(ticket.reference, caller)
    if body.file is None:
        named = [one.get("asked", {}).get("item") for one in messages]
        return works_named(one for one in named if one)
    row = await _row(counter, ticket, messages, body.file, caller)
    check_state(row["state"])
    content = await _content(counter, row)
    try:
        return await asyncio.to_thread(works_in_file, content, str(row["filename"]))
    except Unreadable as error:
        raise Problem(422, "invalid", f"The list can't be read: {error}", field="file") from error


async def _row(
    counter: Counter, ticket: Ticket, messages: list[Any], wanted: str, caller: Caller
) -> Mapping[str, Any]:
    """What is known of a file on the ticket, or of one that the caller uploaded for it."""
    here = {one["id"] for letter in messages for one in letter["attachments"]}
    row = None
    if wanted in here:
        letter_id, _, number = wanted.partition(".")
        row = await counter.tickets_of(caller).attachment(letter_id, int(number))
    else:
        now = counter.desk.clock()
        for one in await counter.every_ticket.drafts.find([wanted]):
            about = one["metadata"]
            is_theirs = (about["owner"], about["by"]) == (ticket.reference, caller.id)
            if about["draft"] and is_theirs and now < about["at"] + LIFE:
                row = about["row"]
    if row is None:
        raise Problem(422, "invalid", "There is no such file on this ticket", field="file")
    return row


async def _content(counter: Counter, row: Mapping[str, Any]) -> bytes:
    contents = counter.every_ticket.contents
    stored = await contents.find(row["file"])
    if stored is None:
        raise Problem(422, "invalid", "There is no such file on this ticket", field="file")
    if stored.size > MOST_BYTES:
        why = f"The list can't be read: it has more than {MOST_BYTES // 2**20} MB"
        raise Problem(422, "invalid", why, field="file")
    async with contents.room:
        return b"".join([piece async for piece in contents.pieces(stored)])
