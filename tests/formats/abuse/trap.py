"""A port of this machine that nobody has a reason to call. What would fetch something is converted
with a network, so that it could: nothing may."""

import asyncio
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from services.notify.formats.convert import convert
from services.notify.formats.findings import Refused
from services.notify.formats.options import Options
from tests.formats.abuse.documents import ALL
from tests.formats.abuse.files import TRAP
from tests.formats.abuse.run import LIMITS

SPIES = tuple(one for one in ALL if one.name.startswith(("spy.", "stranger.", "busy.")))


async def caught(forms: Iterable[str]) -> int:
    """How often anything called."""
    calls = 0

    async def called(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal calls
        calls += 1
        writer.close()

    limits = LIMITS.model_copy(update={"convert_unconfined": True})
    server = await asyncio.start_server(called, "127.0.0.1", 0)
    trap = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/trap"
    async with server:
        for one in SPIES:
            for form in forms:
                with tempfile.TemporaryDirectory() as folder, suppress(Refused):
                    source, work = Path(folder) / "source", Path(folder) / "work"
                    raw = one.make().replace(TRAP.encode(), trap.encode())
                    await asyncio.to_thread(source.write_bytes, raw)
                    options = Options.model_validate({"format": form})
                    await convert(source, options, work, limits=limits, name=one.name)
    return calls
