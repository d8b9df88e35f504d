"""A loopback server that writes exactly the bytes it is told to, and nothing else.

Real servers misbehave in ways no HTTP library would let us write; this one speaks no
HTTP at all. Each request is answered by the next script; the last one is repeated.
"""

from __future__ import annotations

import asyncio
import json
import re
import socket
import struct
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    import ssl


@dataclass(frozen=True, slots=True)
class WireRequest:
    """A request as it came: method, path, headers (lower case) and body."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body as a JSON value."""
        return json.loads(self.body)


class Peer:
    """The client on the other end of one connection, after its request.

    Attributes:
        request: The request to answer.
    """

    def __init__(
        self,
        request: WireRequest,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        self.request = request
        self._reader = reader
        self._writer = writer

    async def send(self, *pieces: bytes) -> None:
        """Write each piece and let it reach the client on its own."""
        for piece in pieces:
            self._writer.write(piece)
            await self._writer.drain()
            if len(pieces) > 1:
                await asyncio.sleep(0.002)

    def reset(self) -> None:
        """Tear the connection with a TCP reset."""
        raw = self._writer.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._writer.transport.abort()

    def close(self) -> None:
        """Close the connection in an orderly way."""
        self._writer.close()

    async def gone(self) -> None:
        """Return once the client has closed the connection."""
        with suppress(ConnectionError):
            while await self._reader.read(65536):
                pass


Script = Callable[[Peer], Awaitable[None]]


class WireServer:
    """Use as an async context manager; `base_url` is then where it listens.

    Attributes:
        requests: What was asked, in order.
        connections: Connections that are open now.
    """

    def __init__(self, *scripts: Script, tls: ssl.SSLContext | None = None) -> None:
        self._scripts = scripts
        self._tls = tls
        self._server: asyncio.Server | None = None
        self._moved = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self.requests: list[WireRequest] = []
        self.connections = 0
        self.port = 0

    @property
    def base_url(self) -> str:
        """The base URL for a client, ending in /v1."""
        return f"http{'s' if self._tls else ''}://127.0.0.1:{self.port}/v1"

    async def connections_become(self, count: int, patience: float = 10.0) -> None:
        """Return as soon as this many connections are open."""
        async with asyncio.timeout(patience):
            while self.connections != count:
                self._moved.clear()
                await self._moved.wait()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(
            self._accept, "127.0.0.1", 0, ssl=self._tls, limit=2**20
        )
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._server.wait_closed()

    async def _accept(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        self.connections += 1
        self._moved.set()
        try:
            await self._serve(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            # The client has gone: between two requests, or in a script.
            pass
        except asyncio.CancelledError:
            # The stream protocol would report a cancelled handler as an error.
            pass
        finally:
            self.connections -= 1
            self._moved.set()
            writer.close()
            with suppress(ConnectionError, asyncio.CancelledError):
                await writer.wait_closed()

    async def _serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        while not writer.is_closing():
            request = await _read_request(reader)
            if request is None:
                # Not HTTP, such as the first bytes of TLS: what servers say then.
                writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
                return
            script = self._scripts[min(len(self.requests), len(self._scripts) - 1)]
            self.requests.append(request)
            await script(Peer(request, reader, writer))


async def _read_request(reader: asyncio.StreamReader) -> WireRequest | None:
    first = await reader.readexactly(1)
    if not first.isalpha():
        return None
    head = first + await reader.readuntil(b"\r\n\r\n")
    start, *lines = head.decode("latin-1").strip().split("\r\n")
    method, path, _ = start.split(" ")
    headers = dict(re.split(r":\s*", line.lower(), maxsplit=1)[:2] for line in lines)
    size = int(headers.get("content-length", "0"))
    return WireRequest(method, path, headers, await reader.readexactly(size))


def head(
    status: int = 200,
    content_type: str = "text/event-stream",
    *headers: str,
    version: str = "1.1",
) -> bytes:
    """Return a response head; `content_type` "" leaves that header out."""
    lines = [f"HTTP/{version} {status} X", *headers]
    if content_type:
        lines.append(f"Content-Type: {content_type}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def frame(piece: bytes) -> bytes:
    """Return a piece as one chunk of chunked transfer coding."""
    return b"%x\r\n%s\r\n" % (len(piece), piece)


def respond(
    status: int = 200,
    body: bytes | str = b"",
    content_type: str = "application/json",
    *headers: str,
) -> Script:
    """Answer with a whole body and its length."""
    data = body.encode() if isinstance(body, str) else body

    async def script(peer: Peer) -> None:
        size = f"Content-Length: {len(data)}"
        await peer.send(head(status, content_type, size, *headers) + data)

    return script


def respond_json(status: int, value: Any, *headers: str) -> Script:
    """Answer with a JSON value."""
    return respond(status, json.dumps(value), "application/json", *headers)


def stream(
    *pieces: bytes,
    status: int = 200,
    content_type: str = "text/event-stream",
    headers: Iterable[str] = (),
    end: str = "chunk",
) -> Script:
    """Answer chunk by chunk.

    Args:
        pieces: The body; each piece is written on its own.
        status: The status.
        content_type: The content type, or "".
        headers: Further header lines.
        end: "chunk" ends well; "cut" closes inside a chunk, "reset" tears the
            connection, "hang" sends nothing more.
    """

    async def script(peer: Peer) -> None:
        await peer.send(
            head(status, content_type, "Transfer-Encoding: chunked", *headers)
        )
        await peer.send(*[frame(piece) for piece in pieces])
        if end == "chunk":
            await peer.send(b"0\r\n\r\n")
        elif end == "cut":
            await peer.send(b"40\r\ndata: {")
            peer.close()
        elif end == "reset":
            await asyncio.sleep(0.03)
            peer.reset()
        else:
            await peer.gone()

    return script


def raw(*pieces: bytes, close: bool = True) -> Script:
    """Write these bytes, head and all, then close or keep silent."""

    async def script(peer: Peer) -> None:
        await peer.send(*pieces)
        if close:
            peer.close()
        else:
            await peer.gone()

    return script


def event(value: Any) -> bytes:
    """Return a JSON value as one server-sent event."""
    text = json.dumps(value, ensure_ascii=False)
    return b"data: " + text.encode("utf-8", "surrogatepass") + b"\n\n"


def delta(content: Any, finish: str | None = None, **fields: Any) -> bytes:
    """Return one chunk of an answer as an event."""
    return event(chunk({"content": content, **fields}, finish))


def chunk(delta: Any, finish: str | None = None, **fields: Any) -> dict[str, Any]:
    """Return one chunk of an answer as a JSON value."""
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion.chunk",
        "created": 1760704134,
        "model": "m-1",
        "choices": [choice],
        **fields,
    }


def completion(content: Any, finish: str | None = "stop", **message: Any) -> Any:
    """Return a whole answer as a JSON value."""
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1760704134,
        "model": "m-1",
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": content, **message},
                "finish_reason": finish,
            }
        ],
        "usage": {"prompt_tokens": 25, "completion_tokens": 50, "total_tokens": 75},
    }


ROLE = event(chunk({"role": "assistant", "content": ""}))
HE = delta("He")
LLO = delta("llo")
STOP = event(chunk({}, "stop"))
DONE = b"data: [DONE]\n\n"
HELLO = (ROLE, HE, LLO, STOP, DONE)
