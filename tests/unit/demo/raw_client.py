"""A client that writes and reads bytes, to see exactly what is on the wire."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from tui.demo.server import DemoServer

GUIDE = "fortytwo-guide"


def chat_body(prompt: str, *, stream: bool = True, **fields: Any) -> dict[str, Any]:
    """Return a request body with one message of the user."""
    messages = [{"role": "user", "content": prompt}]
    return {"model": GUIDE, "messages": messages, "stream": stream, **fields}


class RawClient:
    """One connection to a demo server."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.reader = reader
        self.writer = writer

    @classmethod
    async def connect(cls, server: DemoServer) -> Self:
        port = int(server.base_url.split(":")[2].split("/")[0])
        return cls(*await asyncio.open_connection("127.0.0.1", port))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self.writer.transport.abort()
        await asyncio.sleep(0)

    def send(self, data: bytes) -> None:
        self.writer.write(data)

    def request(
        self, method: str, path: str, body: bytes = b"", more: str = ""
    ) -> None:
        head = f"{method} {path} HTTP/1.1\r\nHost: demo\r\n{more}"
        self.send(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)

    def chat(self, prompt: str, *, stream: bool = True, **fields: Any) -> None:
        body = json.dumps(chat_body(prompt, stream=stream, **fields)).encode()
        self.request("POST", "/v1/chat/completions", body)

    async def head(self) -> tuple[int, dict[str, str]]:
        """Read a response's head; returns the status and the headers."""
        async with asyncio.timeout(10):
            text = (await self.reader.readuntil(b"\r\n\r\n")).decode()
        first, *lines = text.strip().split("\r\n")
        pairs = (line.split(": ", 1) for line in lines)
        return int(first.split()[1]), {name.lower(): value for name, value in pairs}

    async def response(self) -> tuple[int, dict[str, str], bytes]:
        """Read a whole response with a Content-Length."""
        status, headers = await self.head()
        async with asyncio.timeout(10):
            body = await self.reader.readexactly(int(headers["content-length"]))
        return status, headers, body

    async def chunk(self) -> bytes:
        """Read one chunk of a chunked body; b"" is the last one."""
        async with asyncio.timeout(10):
            size = int((await self.reader.readuntil(b"\r\n")).decode(), 16)
            data = await self.reader.readexactly(size)
            await self.reader.readexactly(2)
        return data

    async def chunks(self) -> list[bytes]:
        """Read the chunks of a body up to its regular end."""
        chunks = []
        while chunk := await self.chunk():
            chunks.append(chunk)
        return chunks

    async def rest(self) -> bytes:
        """Read everything until the server closes, or resets, the connection."""
        data = bytearray()
        async with asyncio.timeout(10):
            try:
                while piece := await self.reader.read(65536):
                    data += piece
            except ConnectionResetError:
                data += b"<RESET>"
        return bytes(data)

    async def read_until(self, mark: bytes) -> bytes:
        """Read until a mark was seen."""
        data = bytearray()
        async with asyncio.timeout(10):
            while mark not in data:
                piece = await self.reader.read(65536)
                assert piece, f"{mark!r} did not come: {bytes(data)!r}"
                data += piece
        return bytes(data)


def text_of(events: bytes) -> str:
    """Return the answer's text out of a stream of events, framed or not."""
    pieces = []
    for line in events.replace(b"\r\n", b"\n").split(b"\n"):
        data = line.removeprefix(b"data: ")
        if data.startswith(b'{"id"') and data.endswith(b"}"):
            for choice in json.loads(data)["choices"]:
                pieces.append(choice.get("delta", {}).get("content") or "")
    return "".join(pieces)
