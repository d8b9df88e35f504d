"""Endless and exploding answers end soon, keep their text, and need little memory."""

from __future__ import annotations

import asyncio
import json
import sys
import zlib
from typing import TYPE_CHECKING, Any

import brotli
import pytest

from tests.support.wire_server import HE, Peer, Script, WireServer, delta, frame, head

if TYPE_CHECKING:
    from collections.abc import Callable

LONGEST = 10.0
"""Seconds of processor time until the request has ended."""

MOST_MEMORY = 300 * 1024 * 1024
"""Bytes of the whole process, the interpreter included."""

PIECE = 64 * 1024


def endless(
    piece: bytes, *, status: int = 200, first: bytes = HE, kind: str = "event-stream"
) -> Script:
    """Send the same piece for ever."""

    async def script(peer: Peer) -> None:
        framing = "Transfer-Encoding: chunked"
        await peer.send(head(status, f"text/{kind}", framing))
        if first:
            await peer.send(frame(first))
        framed = frame(piece * (PIECE // len(piece) or 1))
        while True:
            await peer.send(framed)

    return script


async def endless_headers(peer: Peer) -> None:
    await peer.send(b"HTTP/1.1 200 OK\r\n")
    while True:
        await peer.send(b"X-More: " + b"x" * 1000 + b"\r\n")


async def endless_trailers(peer: Peer) -> None:
    await peer.send(head(200, "text/event-stream", "Transfer-Encoding: chunked"))
    await peer.send(frame(HE), b"0\r\n")
    while True:
        await peer.send(b"X-More: " + b"x" * 1000 + b"\r\n")


async def brotli_bomb(peer: Peer) -> None:
    block = delta("x" * 1000) * 100_000
    packed = brotli.compress(HE + block, quality=5)
    size = f"Content-Length: {len(packed)}"
    await peer.send(head(200, "text/event-stream", size, "Content-Encoding: br"))
    await peer.send(packed)


async def newline_bomb(peer: Peer) -> None:
    packer = zlib.compressobj(9, wbits=31)
    packed = packer.compress(HE) + packer.flush(zlib.Z_SYNC_FLUSH)
    block = b"\n" * 1_000_000
    for _ in range(300):
        packed += packer.compress(block)
    packed += packer.flush()
    size = f"Content-Length: {len(packed)}"
    await peer.send(head(200, "text/event-stream", size, "Content-Encoding: gzip"))
    await peer.send(packed)


def bomb(coding: str, layers: int = 1) -> Script:
    """Send gigabytes of text packed into few bytes."""

    async def script(peer: Peer) -> None:
        packer = zlib.compressobj(9, wbits=31)
        packed = packer.compress(HE) + packer.flush(zlib.Z_SYNC_FLUSH)
        block = delta("x" * 1000) * 1000
        for _ in range(300):
            packed += packer.compress(block)
        packed += packer.flush()
        for _ in range(layers - 1):
            packed = zlib.compress(packed, 9, wbits=31)
        size = f"Content-Length: {len(packed)}"
        encoding = f"Content-Encoding: {coding}"
        await peer.send(head(200, "text/event-stream", size, encoding) + packed)

    return script


CASES: list[tuple[str, Script, str, str | None, int]] = [
    ("endless line", endless(b"x"), "incomplete", "too_large", 2),
    ("endless text", endless(delta("words ")), "incomplete", "too_large", 1_000_000),
    (
        "endless large events",
        endless(delta("x" * 1_000_000)),
        "incomplete",
        "too_large",
        10_000_000,
    ),
    ("endless comments", endless(b": ping\n"), "incomplete", "too_large", 2),
    ("endless comments, parted", endless(b":\n\n"), "incomplete", "too_large", 2),
    ("endless blank lines", endless(b"\n"), "incomplete", "too_large", 2),
    ("endless empty events", endless(b"data:\n\n"), "incomplete", "too_large", 2),
    ("endless empty data", endless(b"data:\n"), "incomplete", "too_large", 2),
    ("endless names", endless(b"event: x\n\n"), "incomplete", "too_large", 2),
    ("endless document", endless(b"{\n", first=b""), "failed", "too_large", 0),
    ("endless brackets", endless(b"[", first=b""), "failed", "too_large", 0),
    ("endless JSON lines", endless(b"{}\n", first=b""), "failed", "too_large", 0),
    ("endless spaces", endless(b" ", first=b""), "failed", "too_large", 0),
    (
        "endless page",
        endless(b"<p>", first=b"", kind="html"),
        "failed",
        "not_an_api",
        0,
    ),
    ("endless error body", endless(b"no ", status=400), "failed", "request", 0),
    ("endless headers", endless_headers, "failed", "not_an_api", 0),
    ("endless trailers", endless_trailers, "incomplete", "not_an_api", 2),
    ("gzip bomb", bomb("gzip"), "incomplete", "too_large", 10_000_000),
    ("gzip bomb of blank lines", newline_bomb, "incomplete", "too_large", 2),
    ("brotli bomb", brotli_bomb, "incomplete", "too_large", 10_000_000),
    ("gzip bomb, twice packed", bomb("gzip, gzip", 2), "failed", "decode", 0),
]


async def probe(base_url: str) -> dict[str, Any]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.faults.wire.memory_probe",
        base_url,
        stdout=asyncio.subprocess.PIPE,
    )
    out, _ = await process.communicate()
    found: dict[str, Any] = json.loads(out)
    return found


@pytest.mark.parametrize(
    ("name", "script", "status", "kind", "text"), CASES, ids=[case[0] for case in CASES]
)
async def test_hostile_answer(
    name: str,
    script: Script,
    status: str,
    kind: str | None,
    text: int,
    note: Callable[[str, str], None],
) -> None:
    async with WireServer(script) as server:
        found = await probe(server.base_url)

    megabytes = found["peak"] / 2**20
    note(
        f"bounds: {name}",
        f"{found['status']} ({found['kind']}) in {found['seconds']} s, "
        f"{found['text']:,} characters kept, peak {megabytes:.0f} MB",
    )
    assert (found["status"], found["kind"]) == (status, kind), found
    assert found["text"] >= text
    assert found["seconds"] <= LONGEST
    assert found["peak"] <= MOST_MEMORY
