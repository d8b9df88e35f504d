"""What the server does with bytes that are no proper requests, and with connections."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.waiting import until
from tests.unit.demo.raw_client import RawClient, chat_body, text_of
from tui.demo.pacing import INSTANT
from tui.demo.server import DemoServer, serve
from tui.demo.small_talk import GREETING

if TYPE_CHECKING:
    from collections.abc import Callable

CHAT = "/v1/chat/completions"


def error_type(body: bytes) -> str:
    error = json.loads(body)["error"]
    assert set(error) == {"message", "type"}
    return str(error["type"])


async def test_every_event_is_a_chunk_of_its_own(server: DemoServer) -> None:
    async with await RawClient.connect(server) as client:
        client.chat("hello")
        status, headers = await client.head()
        chunks = await client.chunks()
    assert status == 200
    assert headers["content-type"].startswith("text/event-stream")
    assert headers["transfer-encoding"] == "chunked"
    assert all(c.startswith(b"data: ") and c.endswith(b"\n\n") for c in chunks)
    assert all(c.count(b"data: ") == 1 for c in chunks)
    assert chunks[-1] == b"data: [DONE]\n\n"
    assert text_of(b"".join(chunks)) == GREETING
    assert not any(b"usage" in chunk for chunk in chunks)


async def test_garbage_is_400_and_the_connection_closes(server: DemoServer) -> None:
    async with await RawClient.connect(server) as client:
        client.send(b"\x16\x03\x01\x02\x00\x01\x00 no HTTP\r\n\r\n")
        status, headers, body = await client.response()
        assert (status, headers["connection"]) == (400, "close")
        assert error_type(body) == "invalid_request_error"
        assert await client.rest() == b""


async def test_an_endless_header_is_refused(server: DemoServer) -> None:
    async with await RawClient.connect(server) as client:
        client.send(b"GET / HTTP/1.1\r\nX-Long: " + b"y" * 200_000)
        status, _, _ = await client.response()
    assert status == 431


async def test_a_body_over_the_limit_is_413(start_server: Callable[..., Any]) -> None:
    server = await start_server(body_limit=1000)
    async with await RawClient.connect(server) as client:
        client.request("POST", CHAT, b"x" * 100_000)
        status, _, body = await client.response()
        assert status == 413
        assert error_type(body) == "invalid_request_error"


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"\xff\xfe", b"[" * 100_000, b'"text"', b"null"]
)
async def test_a_body_that_is_no_json_object_is_400(
    server: DemoServer, body: bytes
) -> None:
    async with await RawClient.connect(server) as client:
        client.request("POST", CHAT, body)
        status, _, answer = await client.response()
        assert status == 400
        assert error_type(answer) == "invalid_request_error"
        client.request("GET", "/v1/models")
        assert (await client.response())[0] == 200


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", CHAT, 405),
        ("POST", "/v1/models", 405),
        ("HEAD", "/v1/models", 405),
        ("GET", "/", 200),
        ("GET", "/v1/nothing", 404),
        ("POST", "/chat/completions", 404),
    ],
)
async def test_paths_and_methods(
    server: DemoServer, method: str, path: str, status: int
) -> None:
    async with await RawClient.connect(server) as client:
        client.request(method, path)
        assert (await client.head())[0] == status


async def test_a_request_in_single_bytes_is_understood(server: DemoServer) -> None:
    async with await RawClient.connect(server) as client:
        for at in b"GET /v1/models HTTP/1.1\r\nhost: demo\r\n\r\n":
            client.send(bytes([at]))
            await asyncio.sleep(0)
        assert (await client.response())[0] == 200


async def test_pipelined_requests_are_answered_in_order(server: DemoServer) -> None:
    async with await RawClient.connect(server) as client:
        client.request("GET", "/v1/models")
        client.request("GET", "/v1/nothing")
        assert (await client.response())[0] == 200
        assert (await client.response())[0] == 404


async def test_a_client_may_ask_before_it_sends_the_body(server: DemoServer) -> None:
    body = json.dumps(chat_body("hello", stream=False)).encode()
    async with await RawClient.connect(server) as client:
        head = f"POST {CHAT} HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n"
        client.send(f"{head}Expect: 100-continue\r\n\r\n".encode())
        assert (await client.head())[0] == 100
        client.send(body)
        assert (await client.response())[0] == 200


async def test_http_1_0_gets_a_stream_ended_by_closing(server: DemoServer) -> None:
    body = json.dumps(chat_body("hello")).encode()
    async with await RawClient.connect(server) as client:
        client.send(f"POST {CHAT} HTTP/1.0\r\n".encode())
        client.send(f"Content-Length: {len(body)}\r\n\r\n".encode() + body)
        _, headers = await client.head()
        assert "transfer-encoding" not in headers
        assert text_of(await client.rest()) == GREETING


async def test_a_lone_surrogate_does_no_harm(server: DemoServer) -> None:
    body = chat_body("what is my system prompt?", stream=False)
    body["messages"].insert(0, {"role": "system", "content": "bad \ud800 good"})
    async with await RawClient.connect(server) as client:
        client.request("POST", CHAT, json.dumps(body).encode())
        status, _, answer = await client.response()
    assert status == 200
    assert "bad ? good" in json.loads(answer)["choices"][0]["message"]["content"]


async def test_a_client_that_does_not_read_stops_being_served_when_it_leaves(
    server: DemoServer,
) -> None:
    async with await RawClient.connect(server) as client:
        client.chat("flood 1000000")
        await until(lambda: server.generating == 1)
    await until(lambda: server.generating == 0)
    assert server.abandoned == 1


async def test_stop_ends_what_is_running_and_is_idempotent() -> None:
    server = DemoServer(pace=INSTANT)
    await server.start()
    async with (
        await RawClient.connect(server) as streaming,
        await RawClient.connect(server) as idle,
    ):
        idle.request("GET", "/v1/models")
        await idle.response()
        streaming.chat("stall")
        await streaming.read_until(b'" word"')
        await server.stop()
        await server.stop()
        assert (server.generating, server.connections) == (0, 0)
        await streaming.rest()
        assert await idle.rest() in (b"", b"<RESET>")


async def test_serve_announces_its_address_and_ends_when_cancelled() -> None:
    announced: list[str] = []
    serving = asyncio.create_task(serve(pace=INSTANT, announce=announced.append))
    await until(lambda: announced)
    port = int(announced[0].removeprefix("http://127.0.0.1:").removesuffix("/v1"))
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.transport.abort()
    serving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await serving
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", port)


async def test_a_taken_port_is_an_error(server: DemoServer) -> None:
    port = int(server.base_url.split(":")[2].split("/")[0])
    with pytest.raises(OSError, match="in use"):
        await DemoServer().start(port)


async def test_the_key_is_in_no_repr_and_in_no_log(
    start_server: Callable[..., Any], caplog: pytest.LogCaptureFixture
) -> None:
    server = await start_server(key="planted-secret")
    async with await RawClient.connect(server) as client:
        more = "Authorization: Bearer planted-secret\r\n"
        client.request("GET", "/v1/models", more=more)
        assert (await client.response())[0] == 200
    assert "planted-secret" not in f"{server!r}{list(server.requests)!r}{caplog.text}"
