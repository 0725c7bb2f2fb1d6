"""A lean SMTP server that takes every mail and keeps none.

It speaks just enough ESMTP for pooled and for new connections, costs as little
CPU as it can, and serves loopback only.
"""

import asyncio
from collections.abc import Callable
from typing import Final, cast

OnMail = Callable[[list[str], bytes], None]

OK: Final = b"250 OK\r\n"
END_OF_DATA: Final = b"\r\n.\r\n"
# RFC 5321 §4.1.1; RFC 2920 (PIPELINING); RFC 6152 (8BITMIME); RFC 1870 (SIZE).
REPLIES: Final = {
    b"EHLO": b"250-sink\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 SIZE 33554432\r\n",
    b"HELO": b"250 sink\r\n",
    b"MAIL": OK,
    b"RCPT": OK,
    b"RSET": OK,
    b"NOOP": OK,
    b"DATA": b"354 Go on\r\n",
    b"QUIT": b"221 Bye\r\n",
}


class Sink(asyncio.Protocol):
    """One connection: answers commands, hands every whole mail to `on_mail`."""

    def __init__(self, on_mail: OnMail) -> None:
        self._on_mail = on_mail
        self._buffer = bytearray()
        self._searched = 0
        self._in_data = False
        self._recipients: list[str] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Greet."""
        self._transport = cast(asyncio.Transport, transport)
        self._transport.write(b"220 sink\r\n")

    def data_received(self, data: bytes) -> None:
        """Answer every whole command and every whole mail in the buffer with one write."""
        self._buffer += data
        replies = bytearray()
        while (reply := self._next_reply()) is not None:
            replies += reply
        if replies:
            self._transport.write(bytes(replies))
        if replies.endswith(REPLIES[b"QUIT"]):
            self._transport.close()

    def _next_reply(self) -> bytes | None:
        return self._finish_mail() if self._in_data else self._answer_command()

    def _finish_mail(self) -> bytes | None:
        end = self._buffer.find(END_OF_DATA, max(0, self._searched - len(END_OF_DATA)))
        if end < 0:
            self._searched = len(self._buffer)
            return None
        mail = bytes(self._buffer[: end + 2])
        del self._buffer[: end + len(END_OF_DATA)]
        self._in_data, self._searched = False, 0
        self._on_mail(self._recipients, mail)
        return OK

    def _answer_command(self) -> bytes | None:
        end = self._buffer.find(b"\r\n")
        if end < 0:
            return None
        line = bytes(self._buffer[:end])
        del self._buffer[: end + 2]
        verb = line[:4].upper()
        if verb in (b"MAIL", b"RSET"):
            self._recipients = []
        elif verb == b"RCPT":
            self._recipients.append(_address(line))
        self._in_data = verb == b"DATA"
        return REPLIES.get(verb, b"502 Not here\r\n")


async def open_sink(on_mail: OnMail) -> tuple[asyncio.Server, int]:
    """Listen on loopback; the server and its port."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Sink(on_mail), "127.0.0.1", 0, backlog=1024)
    return server, int(server.sockets[0].getsockname()[1])


def _address(line: bytes) -> str:
    """The address between the angle brackets of a RCPT command."""
    return line.partition(b"<")[2].partition(b">")[0].decode("utf-8", "replace")
