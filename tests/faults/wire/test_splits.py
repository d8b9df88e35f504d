"""However the network cuts a stream into pieces, its text is the same."""

from __future__ import annotations

import zlib
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.faults.wire.answer_cases import BIG, HELLO_BYTES
from tests.support.wire_server import (
    DONE,
    HE,
    LLO,
    STOP,
    chunk,
    completion,
    delta,
    event,
)
from tui.api.answer import Answer
from tui.api.content_coding import decoder_for
from tui.api.event_stream import EventStreamNormalizer
from tui.api.failures import Target
from tui.api.transport import parse_events
from tui.domain.completion import Ended, ReasoningArrived, TextArrived

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

FOX = b'data: {"choices":[{"delta":{"content":"\\ud83e"}}]}\n\n' + (
    b'data: {"choices":[{"delta":{"content":"\\udd8a\xf0\x9f\xa6\x8a\xff"}}]}\r\n\r\n'
)
THINK = b"".join(
    delta(piece) for piece in ("\n<thi", "nk> a", " b ", "</think", ">", "\n \nHe")
)

STREAMS = {
    "plain": HELLO_BYTES,
    "CRLF": HELLO_BYTES.replace(b"\n", b"\r\n"),
    "CR": HELLO_BYTES.replace(b"\n", b"\r"),
    "mark": b"\xef\xbb\xbf" + HELLO_BYTES,
    "comments": b": hi\n\nid: 1\n\nretry: 3\n"
    + HELLO_BYTES.replace(b"\n\n", b"\n:\n\n"),
    "glued": HE + LLO.rstrip() + b"\n" + DONE,
    "no blank lines": HE.rstrip() + b"\n" + LLO.rstrip() + b"\n" + STOP.rstrip(),
    "two lines": b'data: {"choices": [{"delta":\ndata: {"content": "x"}}]}\n\n' + STOP,
    "surrogates": FOX + STOP + DONE,
    "think": THINK + LLO + STOP + DONE,
    "think, never closed": delta("<think>a </thin") + STOP,
    "lines": b"".join(line[6:-1] for line in HELLO_BYTES.splitlines(True) if line[6:]),
    "document": b'\n\n{"choices":\n [{"message":\n{"content": "He\\u2028"}}]}\n',
    "whole": event(completion("Hello"))[6:],
    "error": HE + event({"error": {"message": "no", "code": 502}}) + DONE,
    "error field": HE + b'error: {"message": "no"}\n\n',
    "cut": HE + LLO[:20],
    "page": b"<html><title>x</title>",
    "usage": HE + event(chunk({}, "stop", usage={"total_tokens": 3})) + DONE,
}


async def read(pieces: list[bytes]) -> tuple[str, str, Ended]:
    """Return text, reasoning and ending of a body that comes in these pieces."""
    answer = Answer(Target("host", "https://host/v1"))
    text: list[str] = []
    reasoning: list[str] = []

    async def normalized() -> AsyncIterator[bytes]:
        normalizer = EventStreamNormalizer()
        for piece in pieces:
            lines = normalizer.feed(piece)
            if lines:
                yield lines
        yield normalizer.close()

    def take(deltas: list[TextArrived | ReasoningArrived]) -> None:
        for found in deltas:
            (text if isinstance(found, TextArrived) else reasoning).append(found.text)

    async for name, data in parse_events(normalized()):
        take(answer.take_event(name, data))
    take(answer.close())
    return "".join(text), "".join(reasoning), answer.outcome()


def split(body: bytes, cuts: list[int]) -> list[bytes]:
    """Return a body cut at these places."""
    places = sorted({0, len(body), *(cut % (len(body) + 1) for cut in cuts)})
    return [body[start:end] for start, end in pairwise(places)]


@pytest.mark.parametrize("name", STREAMS)
async def test_single_bytes_give_the_same(name: str) -> None:
    body = STREAMS[name]

    assert await read([bytes([byte]) for byte in body]) == await read([body])


@pytest.mark.parametrize("name", STREAMS)
async def test_every_single_cut_gives_the_same(name: str) -> None:
    body = STREAMS[name]
    whole = await read([body])

    for cut in range(len(body)):
        assert await read([body[:cut], body[cut:]]) == whole, cut


@given(
    name=st.sampled_from(sorted(STREAMS)),
    cuts=st.lists(st.integers(0, 10_000), max_size=30),
)
@settings(max_examples=300, deadline=None)
async def test_any_split_gives_the_same(name: str, cuts: list[int]) -> None:
    body = STREAMS[name]

    assert await read(split(body, cuts)) == await read([body])


@given(
    text=st.text(max_size=200),
    sizes=st.lists(st.integers(1, 20), min_size=1, max_size=20),
    cuts=st.lists(st.integers(0, 10_000), max_size=20),
    ending=st.sampled_from(["\n", "\r\n", "\r"]),
)
@settings(max_examples=300, deadline=None)
async def test_any_text_arrives_exactly(
    text: str, sizes: list[int], cuts: list[int], ending: str
) -> None:
    deltas: list[bytes] = []
    rest = text
    while rest:
        size = sizes[len(deltas) % len(sizes)]
        deltas.append(delta(rest[:size]))
        rest = rest[size:]
    body = b"".join([*deltas, STOP, DONE]).replace(b"\n", ending.encode())

    arrived, reasoning, _ = await read(split(body, cuts))

    if "<think" not in text:
        assert (arrived, reasoning) == (text, "")


@given(cuts=st.lists(st.integers(0, 100_000), max_size=20))
@settings(max_examples=100, deadline=None)
def test_any_split_of_gzip_gives_the_same(cuts: list[int]) -> None:
    body = HELLO_BYTES * 50 + BIG[:100_000].encode()
    packer = zlib.compressobj(wbits=31)
    packed = packer.compress(body) + packer.flush()
    decoder = decoder_for("gzip")

    unpacked = [out for piece in split(packed, cuts) for out in decoder.feed(piece)]

    assert b"".join(unpacked) == body
