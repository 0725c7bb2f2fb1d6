"""Puts the files of a letter into it, just before it goes, and lets go of it after: one at a time,
so that however many letters with files are waiting, the memory of one is taken."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from services.notify.enclosing import BOUNDARY, Encoder, head_of
from services.notify.letters import Outgoing
from shared.contents import Contents
from shared.errors import Permanent, Transient

PATIENCE: Final = 1.0
"""Seconds that a letter waits for another to be gone: its lease runs meanwhile."""


class NotNow(Transient):
    """It can't be put together at the moment; neither the relay nor a domain has to do with it."""


@asynccontextmanager
async def unpacked(letter: Outgoing) -> AsyncIterator[bytes]:
    """For where there are no files. Raises: Permanent."""
    if letter.enclosed:
        raise Permanent("its files can't be read here")
    yield letter.content


class Packer:
    """Reads files."""

    def __init__(self, contents: Contents, patience: float = PATIENCE) -> None:
        self._contents = contents
        self._patience = patience
        self._room = asyncio.Lock()

    @asynccontextmanager
    async def packed(self, letter: Outgoing) -> AsyncIterator[bytes]:
        """The whole letter. Raises: NotNow; Permanent: a file of it is gone."""
        if not letter.enclosed:
            yield letter.content
            return
        try:
            async with asyncio.timeout(self._patience):
                await self._room.acquire()
        except TimeoutError as error:
            raise NotNow("another letter with files is on its way") from error
        try:
            yield await self._read(letter)
        finally:
            self._room.release()

    async def _read(self, letter: Outgoing) -> bytes:
        content = bytearray(letter.content)
        for one in letter.enclosed:
            try:
                stored = await self._contents.find(one.file)
                if stored is None:
                    raise Permanent("a file of it is not there")
                content += head_of(one)
                encoder = Encoder()
                async for piece in self._contents.pieces(stored):
                    content += encoder.add(piece)
                content += encoder.end()
            except Transient as error:
                raise NotNow(str(error)) from error
        content += f"--{BOUNDARY}--\r\n".encode("ascii")
        return bytes(content)
