"""Stopping: the socket closes at once in every state, and nothing is left behind."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

import pytest

from tests.faults.wire.case import KEY, ask, collect
from tests.support.waiting import until
from tests.support.wire_server import (
    HE,
    ROLE,
    STOP,
    Peer,
    WireServer,
    delta,
    frame,
    head,
    respond,
    stream,
)
from tui.api.client import ChatClient
from tui.domain.completion import (
    AttemptStarted,
    Ended,
    HeadersReceived,
    RequestSent,
    RetryScheduled,
    StreamEvent,
    TextArrived,
)
from tui.domain.message import Status
from tui.domain.settings import Endpoint

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.promises import Measured
    from tests.support.wire_server import Script
    from tui.api.exchange import Exchange

ROUNDS = 200
LONGEST_CLOSE = 0.1
"""Seconds from stop until the server has seen the close."""


async def silent(peer: Peer) -> None:
    await peer.gone()


async def flood(peer: Peer) -> None:
    await peer.send(head(200, "text/event-stream", "Transfer-Encoding: chunked"))
    piece = frame(delta("words ") * 500)
    while True:
        await peer.send(piece)


async def drip(peer: Peer) -> None:
    await peer.send(head(200, "text/event-stream", "Transfer-Encoding: chunked"))
    while True:
        await peer.send(frame(delta("w")))
        await asyncio.sleep(0.001)


async def slow_head(peer: Peer) -> None:
    for byte in head(200):
        await peer.send(bytes([byte]))
        await asyncio.sleep(0.005)


async def slow_error(peer: Peer) -> None:
    await peer.send(head(400, "text/plain"))
    while True:
        await peer.send(b"no ")
        await asyncio.sleep(0.005)


def after(kind: type[StreamEvent]) -> Callable[[StreamEvent], bool]:
    return lambda event: isinstance(event, kind)


STATES: list[tuple[str, Script, Callable[[StreamEvent], bool]]] = [
    ("connecting", stream(HE, end="hang"), after(AttemptStarted)),
    ("before headers", silent, after(RequestSent)),
    ("in the headers", slow_head, after(RequestSent)),
    ("after headers", stream(end="hang"), after(HeadersReceived)),
    ("after the role", stream(ROLE, end="hang"), after(HeadersReceived)),
    ("mid-stream", stream(HE, end="hang"), after(TextArrived)),
    ("in a drip", drip, after(TextArrived)),
    ("in a flood", flood, after(TextArrived)),
    ("in an error body", slow_error, after(HeadersReceived)),
    ("while retrying", respond(503, b""), after(RetryScheduled)),
]


async def stop_when(
    exchange: Exchange, wanted: Callable[[StreamEvent], bool], presses: int
) -> tuple[Ended, float]:
    """Stop at the wanted event; returns the ending and when stop was asked for."""
    stopped_at = 0.0
    async for event in exchange:
        if isinstance(event, Ended):
            return event, stopped_at
        if wanted(event) and not stopped_at:
            stopped_at = time.perf_counter()
            for _ in range(presses):
                exchange.stop()
                await asyncio.sleep(0)
    raise AssertionError("no ending")


@pytest.mark.promise
async def test_200_stops_leave_nothing_behind(
    note: Callable[[str, str], None], measured: Measured
) -> None:
    longest: dict[str, float] = {}
    before = asyncio.all_tasks()
    for number in range(ROUNDS):
        name, script, wanted = STATES[number % len(STATES)]
        presses = 1 + number // len(STATES) % 3
        async with WireServer(script) as server:
            endpoint = Endpoint("wire", server.base_url)
            client = ChatClient(endpoint, KEY)
            exchange = client.start(ask())
            ended, asked_at = await stop_when(exchange, wanted, presses)
            assert ended.status is Status.STOPPED, (name, ended)
            assert ended.failure is None
            await exchange.wait_closed()
            # After a whole answer the connection is kept for the next request.
            idle = 1 if name == "while retrying" else 0
            assert client.connections == idle, name
            await server.connections_become(idle)
            took = time.perf_counter() - asked_at
            longest[name] = max(longest.get(name, 0.0), took)
            await client.aclose()
            assert client.connections == 0
    own = asyncio.current_task()
    await until(lambda: asyncio.all_tasks() - before <= {own}, "tasks to end")
    for name, took in longest.items():
        note(f"60 stop {name}", f"closed within {took * 1000:.1f} ms")
    assert max(longest.values()) < LONGEST_CLOSE, longest
    worst = max(longest.values()) * 1000
    measured("P28", f"stops in every state, worst {worst:.0f} ms", ROUNDS)


async def test_stop_keeps_text_and_facts() -> None:
    async with WireServer(stream(ROLE, HE, end="hang")) as server:
        client = ChatClient(Endpoint("wire", server.base_url), KEY)
        exchange = client.start(ask())
        ended, _ = await stop_when(exchange, after(TextArrived), presses=2)
        await client.aclose()

    assert ended.response_id == "chatcmpl-1"
    assert ended.model == "m-1"
    assert exchange.record.ended == ended


async def test_stop_before_anything_has_happened() -> None:
    async with WireServer(silent) as server:
        client = ChatClient(Endpoint("wire", server.base_url), KEY)
        exchange = client.start(ask())
        exchange.stop()

        played = await collect(exchange)

        assert played.ended.status is Status.STOPPED
        assert not server.requests
        await client.aclose()


async def test_stop_after_the_finish_tells_the_finish() -> None:
    async with WireServer(stream(HE, STOP, end="hang")) as server:
        client = ChatClient(Endpoint("wire", server.base_url), KEY)
        exchange = client.start(ask())
        ended, _ = await stop_when(exchange, after(TextArrived), presses=0)
        exchange.stop()
        await client.aclose()

    assert ended.status is Status.COMPLETE


async def test_quitting_stops_what_runs() -> None:
    async with WireServer(flood) as server:
        client = ChatClient(Endpoint("wire", server.base_url), KEY)
        exchanges = [client.start(ask()) for _ in range(4)]
        await until(lambda: len(server.requests) == 4)
        exchanges[0].stop()

        await client.aclose()

        assert [exchange.running for exchange in exchanges] == [False] * 4
        for exchange in exchanges:
            assert (await collect(exchange)).ended.status is Status.STOPPED
        await until(lambda: server.connections == 0)


async def test_cancelled_reader_stops_the_exchange() -> None:
    async with WireServer(stream(HE, end="hang")) as server:
        client = ChatClient(Endpoint("wire", server.base_url), KEY)
        exchange = client.start(ask())
        reader = asyncio.create_task(collect(exchange))
        await until(lambda: server.connections == 1)

        reader.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reader

        await until(lambda: server.connections == 0)
        assert client.connections == 0
        await client.aclose()


async def test_slow_reader_slows_the_server_and_loses_nothing() -> None:
    async with WireServer(flood) as server:
        client = ChatClient(Endpoint("wire", server.base_url), KEY)
        exchange = client.start(ask())
        await until(lambda: exchange.unread >= 1000)
        await asyncio.sleep(0.2)

        # One piece of the socket holds some hundred events beyond the limit.
        assert exchange.unread < 4000
        exchange.stop()
        played = await collect(exchange)
        assert played.text.replace("words ", "") == ""
        assert played.ended.status is Status.STOPPED
        await client.aclose()


async def test_listing_models_may_be_cancelled_twice() -> None:
    async with WireServer(silent) as server:
        client = ChatClient(Endpoint("wire", server.base_url), KEY)
        for number in range(1, 21):
            listing = asyncio.create_task(client.models())
            await until(lambda number=number: len(server.requests) == number)  # type: ignore[misc] # a default binds the loop's value
            listing.cancel()
            await asyncio.sleep(0)
            listing.cancel()
            with pytest.raises(asyncio.CancelledError):
                await listing
        await until(lambda: client.connections == 0)
        await server.connections_become(0)
        await client.aclose()
