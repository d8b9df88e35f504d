"""One connection of a client: requests in, responses out, over HTTP/1.1."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

import h11

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from tui.demo.script import Headers

HEAD_LIMIT = 64 * 1024
"""The longest request head, in bytes."""

BODY_LIMIT = 16 * 1024 * 1024
"""The longest request body, in bytes."""

EARLY_LIMIT = 1024 * 1024
"""The most bytes a client may send ahead while it is being answered."""

READ_SIZE = 64 * 1024
LINGER = 1.0


class TooLargeError(Exception):
    """The request body is longer than the limit."""


class HungUpError(Exception):
    """The client has left; nobody is listening any more."""


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """A request with its whole body. Header names are in lower case."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes


class Connection:
    """Speaks HTTP/1.1 with one client, one exchange after the other."""

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        body_limit: int = BODY_LIMIT,
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._body_limit = body_limit
        self._http = h11.Connection(h11.SERVER, max_incomplete_event_size=HEAD_LIMIT)
        self._hung_up = False
        self._bodiless = False

    async def next_request(self, idle: float) -> HttpRequest | None:
        """Read the next request.

        Args:
            idle: How long to wait for it, in seconds.

        Returns:
            The request, or None when the client has gone or stays silent.

        Raises:
            TooLargeError: The body is longer than the limit.
            h11.RemoteProtocolError: What came is no HTTP.
        """
        if self._http.our_state is h11.DONE:
            if self._http.their_state is not h11.DONE:
                return None
            self._http.start_next_cycle()
        elif self._http.our_state is not h11.IDLE:
            return None
        try:
            async with asyncio.timeout(idle):
                return await self._read_request()
        except (TimeoutError, ConnectionError):
            return None

    async def _read_request(self) -> HttpRequest | None:
        head: h11.Request | None = None
        body = bytearray()
        while True:
            event = self._http.next_event()
            if event is h11.NEED_DATA:
                if self._http.they_are_waiting_for_100_continue:
                    await self._write(
                        h11.InformationalResponse(status_code=100, headers=[])
                    )
                self._http.receive_data(await self._reader.read(READ_SIZE))
            elif isinstance(event, h11.Request):
                head = event
                self._bodiless = event.method == b"HEAD"
            elif isinstance(event, h11.Data):
                body += event.data
                if len(body) > self._body_limit:
                    raise TooLargeError
            elif isinstance(event, h11.EndOfMessage) and head is not None:
                return HttpRequest(
                    method=head.method.decode("ascii"),
                    target=head.target.decode("latin-1"),
                    headers={
                        name.decode("ascii"): value.decode("latin-1")
                        for name, value in head.headers
                    },
                    body=bytes(body),
                )
            else:
                return None

    async def respond(self, status: int, headers: Headers, body: bytes) -> None:
        """Send one whole response."""
        bodiless = status in (204, 304)
        length = () if bodiless else (("Content-Length", str(len(body))),)
        await self._write(h11.Response(status_code=status, headers=[*headers, *length]))
        if body and not bodiless and not self._bodiless:
            await self._write(h11.Data(data=body))
        await self._write(h11.EndOfMessage())

    async def begin(self, status: int, headers: Headers) -> None:
        """Send the head of a response whose length is not known yet."""
        await self._write(h11.Response(status_code=status, headers=[*headers]))

    async def send(self, data: bytes) -> None:
        """Send a piece of the body at once, as one chunk."""
        await self._write(h11.Data(data=data))

    async def end(self) -> None:
        """End the body."""
        await self._write(h11.EndOfMessage())

    async def write_raw(self, data: bytes) -> None:
        """Write bytes past HTTP; the connection can't be used again."""
        self._hung_up = True
        self._writer.write(data)
        await self._drain()

    def hang_up(self) -> None:
        """Make the exchange the last one, whatever was sent of it."""
        self._hung_up = True

    def reset(self) -> None:
        """Reset the connection: the client gets a TCP RST and no FIN."""
        self._hung_up = True
        raw: socket.socket | None = self._writer.get_extra_info("socket")
        if raw is not None:
            linger = struct.pack("ii", 1, 0)
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self._writer.transport.abort()

    async def while_listening(self, answering: Awaitable[None]) -> None:
        """Answer for as long as the client is there.

        Args:
            answering: Sends the response; cancelled as soon as the client leaves.

        Raises:
            HungUpError: The client left before the response was whole.
        """
        answer = asyncio.ensure_future(answering)
        leaving = asyncio.ensure_future(self._wait_until_left())
        try:
            await asyncio.wait((answer, leaving), return_when=asyncio.FIRST_COMPLETED)
            if not answer.done():
                raise HungUpError
            await answer
        finally:
            answer.cancel()
            leaving.cancel()
            await asyncio.gather(answer, leaving, return_exceptions=True)

    async def _wait_until_left(self) -> None:
        early = 0
        try:
            while early < EARLY_LIMIT:
                data = await self._reader.read(READ_SIZE)
                if not data:
                    return
                early += len(data)
                self._http.receive_data(data)
        except ConnectionError:
            return

    async def close(self) -> None:
        """Close, letting the client read what it was sent last."""
        if self._hung_up or self._writer.transport.is_closing():
            self._writer.close()
        else:
            await self._close_gently()
        with contextlib.suppress(ConnectionError):
            await self._writer.wait_closed()

    async def _close_gently(self) -> None:
        # Closing with unread bytes would reset the connection and could take the
        # response with it.
        try:
            self._writer.write_eof()
            async with asyncio.timeout(LINGER):
                while await self._reader.read(READ_SIZE):
                    pass
        except (TimeoutError, OSError):
            pass
        finally:
            self._writer.close()

    def abort(self) -> None:
        """Close at once."""
        self._writer.transport.abort()

    async def _write(self, event: h11.Event) -> None:
        data = self._http.send(event)
        if data:
            self._writer.write(data)
            await self._drain()

    async def _drain(self) -> None:
        try:
            await self._writer.drain()
        except ConnectionError:
            raise HungUpError from None
