"""Whoever sends to the desk, behaving as real systems do: what is not accepted is sent again, the
same to the byte, until it is; some hang up before they hear the answer, some don't believe it."""

import asyncio
import re
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final

import aiohttp

from tests.accounts.outside import code_in
from tests.imap_server import Account
from tests.stage import Stage

_PATIENCE: Final = 60.0
"""Seconds that anybody waits for an answer."""
_TOKEN: Final = re.compile(r'name="token" value="([^"]+)"')
_THANKS: Final = re.compile(r"/ask/thanks/([0-9a-z]{8})\.")
_TOO_QUICK: Final = 2.2
"""Seconds in which no person fills in a form."""


class Refused(Exception):
    """For good: sending it again would not help."""


class Later(Exception):
    """Not now."""


@dataclass
class Doors:
    """The doors of all copies of intake."""

    stage: Stage
    session: aiohttp.ClientSession
    mailbox: Account | None
    random: Random
    retries: Counter[str] = field(default_factory=Counter)
    """By what was answered, or befell whoever waited for an answer."""

    def _port(self, name: str) -> int:
        copy = self.random.choice(self.stage.services["intake"])
        return int(copy.process.env[name])

    def _url(self, path: str) -> str:
        return f"http://127.0.0.1:{self._port('INTAKE_HTTP_PORT')}{path}"

    async def _until_accepted(self, once: Callable[[], Awaitable[Any]]) -> Any:
        """Raises: Refused."""
        while True:
            try:
                async with asyncio.timeout(_PATIENCE):
                    return await once()
            except Later as error:
                self.retries[str(error)] += 1
            except (OSError, EOFError, TimeoutError, aiohttp.ClientError) as error:
                self.retries[type(error).__name__] += 1
            await asyncio.sleep(0.1 + self.random.random() / 5)

    async def mail(self, sender: str, to: str, raw: bytes) -> None:
        """Until it is answered `250`. Raises: Refused."""

        async def once() -> None:
            code = await self._smtp(sender, to, raw)
            if code >= 500:
                raise Refused(f"{code_in(raw.decode('latin-1'))}: SMTP {code}")
            if code != 250:
                raise Later(f"SMTP {code}")

        await self._until_accepted(once)

    async def mail_unheard(self, sender: str, to: str, raw: bytes) -> None:
        """Once, hanging up right after the last byte: nobody knows what became of it."""
        with suppress(OSError, EOFError, TimeoutError):
            await self._smtp(sender, to, raw, hangs_up=True)

    async def _smtp(self, sender: str, to: str, raw: bytes, *, hangs_up: bool = False) -> int:
        async with asyncio.timeout(_PATIENCE):
            reader, writer = await asyncio.open_connection(
                "127.0.0.1", self._port("INTAKE_SMTP_PORT")
            )
            try:
                return await _conversation(reader, writer, (sender, to, raw), hangs_up=hangs_up)
            finally:
                writer.close()

    async def enquiry(self, key: str, body: Mapping[str, Any], path: str = "enquiries") -> str:
        """Until it is answered `202`; the reference. Raises: Refused."""

        async def once() -> str:
            async with self.session.post(
                self._url(f"/v1/{path}"),
                json=body,
                headers={"Authorization": f"Bearer {self.stage.key}", "Idempotency-Key": key},
            ) as answer:
                if answer.status == 202:
                    return str((await answer.json())["reference"])
                raise _refusal(key, answer.status)

        return str(await self._until_accepted(once))

    async def form_token(self) -> str:
        """A form, and the time that a person looks at it."""

        async def once() -> str:
            async with self.session.get(self._url("/ask")) as answer:
                found = _TOKEN.search(await answer.text())
                if found is None:
                    raise Later(f"no form, HTTP {answer.status}")
                return found[1]

        token = str(await self._until_accepted(once))
        await asyncio.sleep(_TOO_QUICK)
        return token

    async def form(self, fields: Mapping[str, str], files: Mapping[str, bytes], client: str) -> str:
        """Until it is answered `303`; the reference, compact. Raises: Refused."""

        async def once() -> str:
            data = aiohttp.FormData(dict(fields), default_to_multipart=True)
            for name, content in files.items():
                data.add_field("files", content, filename=name)
            async with self.session.post(
                self._url("/ask"),
                data=data,
                headers={"X-Forwarded-For": client},
                allow_redirects=False,
            ) as answer:
                if answer.status == 303:
                    found = _THANKS.search(answer.headers["Location"])
                    return found[1] if found else ""
                raise _refusal(fields["subject"], answer.status)

        return str(await self._until_accepted(once))

    async def post(self, *letters: bytes) -> None:
        """Into the mailbox."""
        assert self.mailbox is not None
        await asyncio.to_thread(self.mailbox.deliver, *letters)


def _refusal(what: str, status: int) -> Refused | Later:
    if status >= 500 or status in {408, 429}:
        return Later(f"HTTP {status}")
    return Refused(f"{what}: HTTP {status}")


async def _conversation(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    letter: tuple[str, str, bytes],
    *,
    hangs_up: bool,
) -> int:
    """RFC 5321 §3.3: the code of the answer that counts. Raises: OSError, EOFError."""
    sender, to, raw = letter
    said = [await _answer(reader)]
    for line in ("EHLO elsewhere.example", f"MAIL FROM:<{sender}>", f"RCPT TO:<{to}>", "DATA"):
        if said[-1] >= 400:
            return said[-1]
        writer.write(f"{line}\r\n".encode())
        said.append(await _answer(reader))
    if said[-1] != 354:
        return said[-1]
    # RFC 5321 §4.5.2.
    stuffed = raw.replace(b"\r\n.", b"\r\n..")
    writer.write(stuffed + (b"" if raw.endswith(b"\r\n") else b"\r\n") + b".\r\n")
    await writer.drain()
    return 0 if hangs_up else await _answer(reader)


async def _answer(reader: asyncio.StreamReader) -> int:
    while True:
        line = await reader.readline()
        if not line.endswith(b"\r\n"):
            raise EOFError
        if line[3:4] != b"-":
            return int(line[:3])
