"""Cases 61, 62 and 80 to 82: the network, the environment, keys, lists of models."""

from __future__ import annotations

import asyncio
import json
import re
import socket
import ssl
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpcore
import httpx
import pytest

from tests.faults.wire.answer_cases import hello
from tests.faults.wire.case import KEY, Played, ask, check_sentence, collect
from tests.support.wire_server import WireServer, respond, respond_json
from tui.api.client import ChatClient
from tui.api.redaction import Key
from tui.domain.completion import CompletionRequest, ModelInfo, NoticeGiven
from tui.domain.errors import RequestError
from tui.domain.failure import Failure, FailureKind
from tui.domain.message import Role, Status
from tui.domain.settings import Endpoint

if TYPE_CHECKING:
    from collections.abc import Callable

CERTIFICATE = Path(__file__).with_name("self_signed.pem")


async def ask_at(
    base_url: str,
    key: str = KEY,
    request: CompletionRequest | None = None,
    **settings: Any,
) -> Played:
    client = ChatClient(Endpoint("wire", base_url, **settings), key)
    try:
        return await collect(client.start(request or ask()))
    finally:
        await client.aclose()


def failure_of(played: Played) -> Failure:
    failure = played.ended.failure
    assert failure is not None
    check_sentence(failure.sentence)
    assert played.ended.status is Status.FAILED
    return failure


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def tls_server() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    return context


async def test_refused(note: Callable[[str, str], None]) -> None:
    port = free_port()
    failure = failure_of(await ask_at(f"http://127.0.0.1:{port}/v1"))

    note("61 refused", f"failed     ''       {failure.sentence}")
    assert failure.kind is FailureKind.CONNECTION
    assert f"127.0.0.1:{port}" in failure.sentence
    assert "server running" in failure.sentence
    assert "Tried 3 times" in failure.sentence


async def test_unknown_host(note: Callable[[str, str], None]) -> None:
    failure = failure_of(await ask_at("https://no-such-host.invalid/v1"))

    note("61 unknown host", f"failed     ''       {failure.sentence}")
    assert failure.kind is FailureKind.DNS
    assert "no-such-host.invalid" in failure.sentence


async def test_self_signed(note: Callable[[str, str], None]) -> None:
    async with WireServer(hello(), tls=tls_server()) as server:
        failure = failure_of(await ask_at(server.base_url))
        assert not server.requests

    note("62 self-signed", f"failed     ''       {failure.sentence}")
    assert failure.kind is FailureKind.TLS
    assert "SSL_CERT_FILE" in failure.sentence


async def test_own_authority() -> None:
    async with WireServer(hello(), tls=tls_server()) as server:
        played = await ask_at(server.base_url, ca_file=str(CERTIFICATE))

    assert played.text == "Hello"


async def test_http_server_asked_in_https(note: Callable[[str, str], None]) -> None:
    async with WireServer(hello()) as server:
        address = server.base_url.replace("http:", "https:")
        failure = failure_of(await ask_at(address))

    note("63 http server asked in https", f"failed     ''       {failure.sentence}")
    assert failure.kind is FailureKind.ADDRESS
    assert f"to {server.base_url}." in failure.sentence


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("HTTP_PROXY", "http://127.0.0.1:9"),
        ("ALL_PROXY", "socks://127.0.0.1:9"),
        ("ALL_PROXY", "socks5://127.0.0.1:9"),
        ("HTTPS_PROXY", "http://127.0.0.1:notaport"),
        ("NO_PROXY", "[::1]"),
        ("SSL_CERT_FILE", "/nowhere/certificates.pem"),
    ],
)
async def test_loopback_needs_no_environment(
    variable: str,
    value: str,
    monkeypatch: pytest.MonkeyPatch,
    note: Callable[[str, str], None],
) -> None:
    monkeypatch.setenv(variable, value)
    async with WireServer(hello()) as server:
        played = await ask_at(server.base_url)

    note(f"80 {variable}={value[:22]}", f"{played.ended.status}   {played.text!r}")
    assert played.text == "Hello"
    assert not played.of(NoticeGiven)


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("ALL_PROXY", "socks://127.0.0.1:9"),
        ("HTTPS_PROXY", "http://127.0.0.1:notaport"),
        ("SSL_CERT_FILE", "/nowhere/certificates.pem"),
    ],
)
async def test_broken_environment_is_told(
    variable: str,
    value: str,
    monkeypatch: pytest.MonkeyPatch,
    note: Callable[[str, str], None],
) -> None:
    monkeypatch.setenv(variable, value)
    played = await ask_at("https://no-such-host.invalid/v1")

    [notice] = played.of(NoticeGiven)
    note(f"80 {variable}, far host", f"notice: {notice.sentence}")
    check_sentence(notice.sentence)
    assert variable in notice.sentence
    assert failure_of(played).kind is FailureKind.DNS


async def test_dead_proxy_is_named(
    monkeypatch: pytest.MonkeyPatch, note: Callable[[str, str], None]
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{free_port()}")
    failure = failure_of(await ask_at("https://no-such-host.invalid/v1"))

    note("80 dead proxy, far host", f"failed     ''       {failure.sentence}")
    assert failure.kind is FailureKind.PROXY


async def test_endpoint_proxy_is_used() -> None:
    async with WireServer(hello()) as proxy:
        played = await ask_at(
            "http://nowhere.internal/v1", proxy=f"http://127.0.0.1:{proxy.port}"
        )
        [request] = proxy.requests

    assert played.text == "Hello"
    assert request.path == "http://nowhere.internal/v1/chat/completions"


@pytest.mark.parametrize(
    "settings", [{"proxy": "nonsense://x"}, {"ca_file": "/nowhere.pem"}]
)
async def test_unusable_setting_of_the_endpoint(settings: dict[str, Any]) -> None:
    failure = failure_of(await ask_at("https://no-such-host.invalid/v1", **settings))

    assert failure.kind in (FailureKind.PROXY, FailureKind.TLS)
    assert "“wire”" in failure.sentence


@pytest.mark.parametrize("key", ["ab\ncdefgh", "ключ-ключ", "ab cdefgh", "ab“cdefgh”"])
async def test_unsendable_key(key: str, note: Callable[[str, str], None]) -> None:
    async with WireServer(hello()) as server:
        played = await ask_at(server.base_url, key)

        assert not server.requests
    failure = failure_of(played)
    note(f"81 key {key!a:.24}", f"failed     ''       {failure.sentence}")
    assert failure.kind is FailureKind.KEY
    assert "cannot be sent" in failure.sentence
    assert key not in repr(failure)


async def test_lone_surrogate_is_sent_as_a_question_mark(
    note: Callable[[str, str], None],
) -> None:
    async with WireServer(hello()) as server:
        request = CompletionRequest("m", ((Role.USER, "a\ud83eb"),))
        played = await ask_at(server.base_url, request=request)
        [seen] = server.requests

    note("81 lone surrogate", f"{played.ended.status}   {played.text!r}")
    assert seen.json["messages"] == [{"role": "user", "content": "a?b"}]
    assert played.text == "Hello"


async def test_key_over_plain_http_to_a_public_host() -> None:
    failure = failure_of(await ask_at("http://api.example.com/v1"))

    assert failure.kind is FailureKind.ADDRESS
    assert "allow_plain_http" in failure.sentence


async def test_request_as_the_vendor_describes_it() -> None:
    async with WireServer(hello()) as server:
        request = CompletionRequest(
            "m-1",
            ((Role.SYSTEM, "Be brief."), (Role.USER, "Hi"), (Role.ASSISTANT, "Yes?")),
            parameters={"temperature": 0.5, "model": "not this one", "seed": None},
        )
        await ask_at(server.base_url, request=request, query={"api-version": "1"})
        [seen] = server.requests

    assert (seen.method, seen.path) == ("POST", "/v1/chat/completions?api-version=1")
    assert seen.headers["authorization"] == f"bearer {KEY}"
    assert seen.headers["content-type"] == "application/json"
    assert seen.headers["accept-encoding"] == "identity"
    assert seen.json == {
        "model": "m-1",
        "messages": [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": "Hi"},
            {"role": "assistant", "content": "Yes?"},
        ],
        "stream": True,
        "stream_options": {"include_usage": True},
        "temperature": 0.5,
    }


async def test_refused_field_is_remembered() -> None:
    refusal = respond_json(422, {"detail": "stream_options: extra_forbidden"})
    async with WireServer(refusal, hello()) as server:
        client = ChatClient(Endpoint("wire", server.base_url), KEY)
        for _ in range(2):
            assert (await collect(client.start(ask()))).text == "Hello"
        await client.aclose()
        sent = ["stream_options" in request.json for request in server.requests]

    assert sent == [True, False, False]


async def test_headers_of_the_endpoint_win() -> None:
    async with WireServer(hello()) as server:
        headers = {"api-key": "other-secret", "User-Agent": "mine"}
        client = ChatClient(Endpoint("w", server.base_url, headers=headers), "")
        exchange = client.start(ask())
        await collect(exchange)
        await client.aclose()
        [seen] = server.requests

    assert seen.headers["api-key"] == "other-secret"
    assert seen.headers["user-agent"] == "mine"
    assert "authorization" not in seen.headers
    assert "other-secret" not in exchange.record.as_curl()


async def test_refused_key_is_named_by_its_source() -> None:
    refusal = respond_json(401, {"error": {"message": "no"}})
    async with WireServer(refusal) as server:
        told = failure_of(await ask_at(server.base_url, Key(KEY, "MY_KEY")))
        pasted = failure_of(await ask_at(server.base_url, KEY))
        missing = failure_of(await ask_at(server.base_url, ""))

    assert "from MY_KEY" in told.sentence
    assert "does not accept the API key." in pasted.sentence
    assert "none is set" in missing.sentence


async def test_request_too_large_for_the_server() -> None:
    server = await asyncio.start_server(early_413, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server:
        played = await ask_at(
            f"http://127.0.0.1:{port}/v1", request=ask("x" * 16_000_000)
        )

    assert failure_of(played).kind in (FailureKind.CONTEXT, FailureKind.TOO_LARGE)


async def early_413(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Refuse a request before it has been read."""
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"HTTP/1.1 413 X\r\nContent-Length: 0\r\n\r\n")
    writer.close()


async def test_tcp_keepalive_is_on() -> None:
    # The only way to an open socket leads through private parts of the HTTP library.
    async with WireServer(hello()) as server:
        client = ChatClient(Endpoint("wire", server.base_url), KEY)
        await collect(client.start(ask()))
        assert client._transport is not None
        [mounted] = client._transport._client._mounts.values()
        assert isinstance(mounted, httpx.AsyncHTTPTransport)
        [connection] = mounted._pool.connections
        assert isinstance(connection, httpcore._async.connection.AsyncHTTPConnection)
        assert isinstance(connection._connection, httpcore.AsyncHTTP11Connection)
        opened = connection._connection._network_stream.get_extra_info("socket")
        option = opened.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
        await client.aclose()

    assert option == 1


async def test_connection_is_reused() -> None:
    async with WireServer(hello()) as server:
        client = ChatClient(Endpoint("wire", server.base_url), KEY)
        for _ in range(3):
            await collect(client.start(ask()))
        assert server.connections == client.connections == 1
        assert len(server.requests) == 3
        await client.aclose()


LISTED = [ModelInfo("a", "me", 4096), ModelInfo("b/c")]
ENTRIES: list[dict[str, Any]] = [
    {"id": "a", "object": "model", "owned_by": "me", "context_length": 4096},
    {"id": "b/c"},
    {"id": 7},
    {"id": "a"},
]


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("list of OpenAI", {"object": "list", "data": ENTRIES}),
        ("bare list", ENTRIES),
        ("under models", {"models": ENTRIES}),
        ("named models", {"models": [{**e, "name": e["id"]} for e in ENTRIES]}),
    ],
)
async def test_models(
    name: str, body: object, note: Callable[[str, str], None]
) -> None:
    async with WireServer(respond_json(200, body)) as server:
        client = ChatClient(Endpoint("wire", server.base_url), KEY)
        models = await client.models()
        await client.check()
        await client.aclose()
        assert server.requests[0].path == "/v1/models"

    note(f"82 models, {name}", f"{[model.id for model in models]}")
    assert models == LISTED


@pytest.mark.parametrize(
    ("name", "status", "body", "kind"),
    [
        ("404", 404, "{}", FailureKind.ADDRESS),
        ("401", 401, json.dumps({"error": {"message": "x"}}), FailureKind.KEY),
        ("web page", 200, "<html><title>Hi</title>", FailureKind.NOT_AN_API),
        ("something else", 200, '{"ok": true}', FailureKind.NOT_AN_API),
        ("empty", 200, "", FailureKind.NOT_AN_API),
    ],
)
async def test_no_models(
    name: str,
    status: int,
    body: str,
    kind: FailureKind,
    note: Callable[[str, str], None],
) -> None:
    async with WireServer(respond(status, body), hello()) as server:
        client = ChatClient(Endpoint("wire", server.base_url), KEY)
        with pytest.raises(RequestError) as caught:
            await client.models()
        played = await collect(client.start(ask()))
        await client.aclose()

    note(f"82 models, {name}", f"{caught.value.sentence}")
    check_sentence(caught.value.sentence)
    assert caught.value.failure.kind is kind
    assert played.text == "Hello"


async def test_importing_the_client_does_not_import_http() -> None:
    code = (
        "import sys; import tui.api.client; "
        "print([m for m in sys.modules if re.match('httpx|httpcore|anyio|h11', m)])"
    )
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        "import re; " + code,
        stdout=asyncio.subprocess.PIPE,
    )
    out, _ = await process.communicate()

    assert re.sub(rb"\s", b"", out) == b"[]"
