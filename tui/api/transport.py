"""The only module that knows the HTTP client: opens requests, names what broke.

Importing it is slow, so `tui.api.client` does that off the event loop, on first use.
What is known about httpx 0.28 and closed here: its constructor raises on odd proxy
variables and a missing SSL_CERT_FILE; `transport=` makes it ignore proxy variables
(`mounts=` does not); it has no TCP keepalive; several of its errors have no text; some
are no `HTTPError` at all.
"""

from __future__ import annotations

import logging
import socket
import ssl
from contextlib import aclosing, asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
from httpx_sse import EventSource

from tui.api.addresses import Address, is_loopback
from tui.api.break_names import name_break
from tui.domain.errors import RequestError
from tui.domain.failure import Failure, FailureKind
from tui.domain.visible import visible_line

if TYPE_CHECKING:
    from collections.abc import (
        AsyncGenerator,
        AsyncIterator,
        Callable,
        Iterator,
        Mapping,
        Sequence,
    )

    from tui.domain.settings import Endpoint

CONNECT_TIMEOUT = 10.0
WRITE_TIMEOUT = 60.0
POOL_TIMEOUT = 10.0
KEEPALIVE = 60
"""Seconds of silence before TCP asks whether the other side still lives.

NAT boxes forget a silent connection after 60 to 350 s; swarm answers are slower.
"""

_LIMITS = httpx.Limits(
    max_connections=None, max_keepalive_connections=4, keepalive_expiry=30
)


class Response:
    """A response whose head has arrived.

    Attributes:
        status: The HTTP status.
        headers: Names in lower case, repeated ones joined by ", ".
    """

    def __init__(self, response: httpx.Response) -> None:
        self._response = response
        self.status = response.status_code
        self.headers = {name.lower(): value for name, value in response.headers.items()}

    async def pieces(self) -> AsyncGenerator[bytes, None]:
        """Yield the body as it came, still compressed.

        Raises:
            BrokenError: The connection broke.
        """
        try:
            async with aclosing(self._response.aiter_raw()) as pieces:  # type: ignore[type-var] # an async generator by its code, an iterator by its type
                async for piece in pieces:
                    yield piece
        except Exception as error:  # noqa: BLE001 - every one gets its name
            raise name_break(error) from None


class _Progress:
    """How far a request got, by the HTTP library's documented trace extension."""

    def __init__(
        self,
        place: tuple[str, int] | None = None,
        sent: Callable[[], None] | None = None,
    ) -> None:
        self.stage = "start"
        self.peer = place
        self._place = place
        self._sent = sent
        self._in_tunnel_request = False

    @property
    def through_proxy(self) -> bool:
        return self.peer != self._place

    async def __call__(self, event: str, info: Mapping[str, Any]) -> None:
        if event == "connection.connect_tcp.started":
            host = info.get("host", "")
            self.peer = (host if isinstance(host, str) else "", info.get("port", 0))
            self.stage = "connecting"
        elif event.endswith("send_request_headers.started"):
            request = info.get("request")
            self._in_tunnel_request = getattr(request, "method", b"") == b"CONNECT"
            self.stage = "sending"
        elif event.endswith("send_request_body.complete"):
            if not self._in_tunnel_request:
                self.stage = "sent"
                if self._sent is not None:
                    self._sent()
        elif event.endswith("send_request_body.failed"):
            self.stage = "cut"


class Transport:
    """Connections to one endpoint, kept for reuse.

    Attributes:
        notices: Sentences about settings that had to be ignored.
    """

    def __init__(self, client: httpx.AsyncClient, notices: Sequence[str]) -> None:
        self._client = client
        self.notices = tuple(notices)

    @asynccontextmanager
    async def open(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: bytes | None,
        *,
        silence: float | None,
        sent: Callable[[], None],
    ) -> AsyncIterator[Response]:
        """Send a request; yields when the response's head is there.

        Leaving the block closes the connection unless the body was read to its end.

        Args:
            method: "GET" or "POST".
            url: The whole URL.
            headers: The request headers.
            body: The request body, or None.
            silence: The longest silence of the server in seconds, or None.
            sent: Called when the whole request has been written.

        Raises:
            BrokenError: The connection failed or broke.
        """
        progress = _Progress(sent=sent)
        timeout = httpx.Timeout(
            connect=CONNECT_TIMEOUT,
            read=silence,
            write=WRITE_TIMEOUT,
            pool=POOL_TIMEOUT,
        )
        try:
            request = self._client.build_request(
                method, url, headers=dict(headers), content=body, timeout=timeout
            )
            progress = _Progress((request.url.host, _port(request.url)), sent)
            request.extensions["trace"] = progress
            response = await self._client.send(
                request, stream=True, follow_redirects=False
            )
        except Exception as error:  # noqa: BLE001 - every one gets its name
            raise name_break(
                error,
                through_proxy=progress.through_proxy,
                cut_while_sending=progress.stage == "cut",
            ) from None
        try:
            yield Response(response)
        finally:
            try:
                await response.aclose()
            except Exception as error:  # noqa: BLE001 - closing can't fail the answer
                logging.getLogger(__name__).info(
                    "closing a connection failed: %s", type(error).__name__
                )

    def connection_count(self) -> int:
        """Return how many connections are open, idle ones included."""
        return sum(len(pool.connections) for pool in _pools(self._client))

    async def aclose(self) -> None:
        """Close all connections."""
        await self._client.aclose()


def _pools(client: httpx.AsyncClient) -> Iterator[Any]:
    # No public way leads to the pools; a test fails when this one is gone.
    for transport in (client._transport, *client._mounts.values()):
        pool = getattr(transport, "_pool", None)
        if pool is not None:
            yield pool


def _port(url: httpx.URL) -> int:
    return url.port or {"http": 80, "https": 443}.get(url.scheme, 0)


def open_transport(endpoint: Endpoint, address: Address) -> Transport:
    """Return the transport for an endpoint; reads certificates, so it is slow.

    Proxies of the environment are used, except for this machine itself. Settings of
    the environment that can't be used are left out with a notice.

    Raises:
        RequestError: The endpoint's own `ca_file` or `proxy` can't be used.
    """
    # They write URLs and headers into the log, and either may hold a key.
    for name in ("httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.WARNING)
    context, notices = _tls_context(endpoint, address)
    proxy = endpoint.proxy.strip()
    if proxy:
        try:
            return Transport(_client(context, proxy, trust_env=False), notices)
        except (ImportError, ValueError, httpx.InvalidURL):
            raise _refuse(
                FailureKind.PROXY,
                f"The proxy setting of “{visible_line(endpoint.name)}” can't be used. "
                "It looks like http://host:port; socks proxies need more.",
            ) from None
    trust_env = not is_loopback(address.host)
    try:
        client = _client(context, None, trust_env=trust_env)
    except Exception:  # noqa: BLE001 - the environment can break this in many ways
        client = _client(context, None, trust_env=False)
        notices.append(
            "The proxy variables of the environment can't be used and are ignored; "
            "check HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY."
        )
    return Transport(client, notices)


def _client(
    context: ssl.SSLContext | bool, proxy: str | None, *, trust_env: bool
) -> httpx.AsyncClient:
    direct = httpx.AsyncHTTPTransport(
        verify=context,
        limits=_LIMITS,
        proxy=proxy,
        trust_env=False,
        socket_options=_keepalive_options(),
    )
    return httpx.AsyncClient(
        verify=context,
        limits=_LIMITS,
        trust_env=trust_env,
        # "all://*" is weaker than what the proxy variables name, "all://" is not.
        mounts={"all://*": direct},
        follow_redirects=False,
    )


def _keepalive_options() -> list[tuple[int, int, int]]:
    options = [(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)]
    for name, value in (
        ("TCP_KEEPIDLE", KEEPALIVE),
        ("TCP_KEEPALIVE", KEEPALIVE),
        ("TCP_KEEPINTVL", KEEPALIVE),
        ("TCP_KEEPCNT", 5),
    ):
        option = getattr(socket, name, None)
        if option is not None:
            options.append((socket.IPPROTO_TCP, option, value))
    return options


def _tls_context(
    endpoint: Endpoint, address: Address
) -> tuple[ssl.SSLContext | bool, list[str]]:
    if endpoint.ca_file:
        try:
            path = Path(endpoint.ca_file).expanduser()
            return ssl.create_default_context(cafile=str(path)), []
        except (OSError, ValueError):
            raise _refuse(
                FailureKind.TLS,
                f"The ca_file of “{visible_line(endpoint.name)}” can't be read as "
                f"certificates: {visible_line(endpoint.ca_file)}. Check the path.",
            ) from None
    if address.scheme == "http" and is_loopback(address.host):
        # Nothing of this endpoint is ever encrypted; reading certificates is slow.
        return False, []
    try:
        return _trusted(httpx.create_ssl_context(trust_env=True)), []
    except (OSError, ValueError):
        return _trusted(httpx.create_ssl_context(trust_env=False)), [
            "SSL_CERT_FILE or SSL_CERT_DIR names certificates that can't be read; "
            "the built-in ones are used instead."
        ]


def _trusted(context: ssl.SSLContext) -> ssl.SSLContext:
    # The system's store knows the company's own authority, the packaged one does not.
    context.load_default_certs()
    return context


def _refuse(kind: FailureKind, sentence: str) -> RequestError:
    return RequestError(Failure(kind, sentence))


async def parse_events(
    normalized: AsyncIterator[bytes],
) -> AsyncIterator[tuple[str, str]]:
    """Yield name and data of the events in clean event stream bytes.

    The source must be read to its end, so that no generator is left half-way.
    """
    response = httpx.Response(
        200,
        headers={"content-type": "text/event-stream; charset=utf-8"},
        content=normalized,
    )
    async for event in EventSource(response).aiter_sse():
        yield event.event, event.data
