"""What an exchange tells on the way, and that nothing escapes from it."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

import pytest

from tests.faults.wire.answer_cases import hello, keep_alive
from tests.faults.wire.case import KEY, alive_marks, ask, check_sentence, collect
from tests.support.wire_server import (
    HE,
    HELLO,
    WireServer,
    completion,
    respond,
    respond_json,
    stream,
)
from tui.api.attempt import Attempt
from tui.api.client import ChatClient
from tui.domain.completion import (
    AttemptStarted,
    Ended,
    HeadersReceived,
    RequestSent,
    RetryScheduled,
    SignOfLife,
    TextArrived,
)
from tui.domain.failure import FailureKind
from tui.domain.message import Status
from tui.domain.settings import Endpoint

if TYPE_CHECKING:
    from tui.api.transport import Transport
    from tui.domain.completion import Ended as Ending


async def test_events_come_in_the_order_of_the_wire() -> None:
    async with WireServer(hello()) as server:
        client = ChatClient(Endpoint("wire", server.base_url), KEY)
        played = await collect(client.start(ask()))
        await client.aclose()

    kinds = [
        type(event) for event in played.events if not isinstance(event, SignOfLife)
    ]
    assert kinds == [
        AttemptStarted,
        RequestSent,
        HeadersReceived,
        TextArrived,
        TextArrived,
        Ended,
    ]
    assert played.of(HeadersReceived) == [HeadersReceived(200)]


async def test_keep_alives_are_signs_of_life() -> None:
    async with WireServer(keep_alive) as server:
        client = ChatClient(Endpoint("wire", server.base_url, timeout=0.6), KEY)
        played = await collect(client.start(ask()))
        await client.aclose()

    assert played.text == "Hello"
    assert alive_marks(played) >= 4


async def test_retry_is_announced_with_its_wait() -> None:
    refusal = respond(429, b"{}", "application/json", "Retry-After-Ms: 120")
    async with WireServer(refusal, hello()) as server:
        client = ChatClient(Endpoint("wire", server.base_url), KEY)
        played = await collect(client.start(ask()))
        await client.aclose()

    [retry] = played.of(RetryScheduled)
    assert (retry.wait, retry.attempt, retry.attempts) == (0.12, 1, 3)
    assert retry.failure.kind is FailureKind.RATE_LIMIT
    assert played.of(AttemptStarted) == [AttemptStarted(1, 3), AttemptStarted(2, 3)]


async def test_no_limit_for_silence() -> None:
    async with WireServer(stream(*HELLO)) as server:
        client = ChatClient(Endpoint("wire", server.base_url, timeout=None), KEY)
        played = await collect(client.start(ask()))
        await client.aclose()

    assert played.ended.status is Status.COMPLETE


async def test_record_tells_what_happened() -> None:
    async with WireServer(respond_json(200, completion("Hello"))) as server:
        client = ChatClient(
            Endpoint("wire", server.base_url, api_key_env="MY_KEY"), KEY
        )
        exchange = client.start(ask(stream=False))
        played = await collect(exchange)
        await client.aclose()

    record = exchange.record
    assert record.status == 200
    assert record.response_headers["content-type"] == "application/json"
    assert record.request["messages"] == [{"role": "user", "content": "Say hello."}]
    assert list(record.moments) == [
        "sent",
        "headers",
        "first byte",
        "first token",
        "ended",
    ]
    assert list(record.moments.values()) == sorted(record.moments.values())
    assert '"Hello"' in record.raw
    assert record.ended == played.ended
    assert record.attempts == 1
    assert "$MY_KEY" in record.as_curl()


async def test_the_key_is_in_no_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    words = {"error": {"message": f"no such key: {KEY}"}}
    echo = respond_json(401, words, f"X-Echo: {KEY}")
    async with WireServer(echo) as server:
        endpoint = Endpoint("wire", server.base_url)
        client = ChatClient(endpoint, KEY)
        played = await collect(client.start(ask()))
        await client.aclose()

    assert KEY not in repr(played.events)
    assert KEY not in repr(vars(client))
    assert KEY not in "\n".join(
        record.getMessage()
        for record in caplog.records
        # Our own test server's loop may log; the client's libraries must not.
        if record.name.partition(".")[0] in ("httpx", "httpcore", "tui")
    )


@pytest.mark.parametrize("after_text", [False, True])
async def test_the_unforeseen_is_an_ending(
    after_text: bool, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    run = Attempt.run

    async def break_down(self: Attempt, transport: Transport) -> Ending:
        if after_text:
            await run(self, transport)
        raise ZeroDivisionError(KEY)

    monkeypatch.setattr(Attempt, "run", break_down)
    async with WireServer(stream(HE, end="cut")) as server:
        client = ChatClient(Endpoint("wire", server.base_url), KEY)
        played = await collect(client.start(ask()))
        await client.aclose()

    failure = played.ended.failure
    assert failure is not None
    check_sentence(failure.sentence.replace("ZeroDivisionError", ""))
    assert failure.kind is FailureKind.UNFORESEEN
    expected = Status.INCOMPLETE if after_text else Status.FAILED
    assert played.ended.status is expected
    assert played.text == ("He" if after_text else "")
    assert "unforeseen" in caplog.text
    assert "ZeroDivisionError: ***" in caplog.text
    assert KEY not in caplog.text


async def test_four_at_once() -> None:
    async with WireServer(hello()) as server:
        client = ChatClient(Endpoint("wire", server.base_url), KEY)
        played = await asyncio.gather(*(collect(client.start(ask())) for _ in range(8)))
        await client.aclose()

    assert [one.text for one in played] == ["Hello"] * 8


def test_a_client_is_cheap_and_never_fails() -> None:
    for base_url in ("", "nonsense://", "https://x y", "http://127.0.0.1:1/v1"):
        ChatClient(Endpoint("wire", base_url), "bad key\n\x00")


async def test_a_bad_address_is_an_ending() -> None:
    client = ChatClient(Endpoint("wire", "ftp://host"), KEY)
    exchange = client.start(ask())
    played = await collect(exchange)
    await client.aclose()

    failure = played.ended.failure
    assert failure is not None
    assert failure.kind is FailureKind.ADDRESS
    assert played.events == [played.ended]
