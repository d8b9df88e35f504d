"""Names the cause behind an exception of the network.

Goes by the names of the exceptions' classes, so that only the transport needs the
HTTP library itself.
"""

from __future__ import annotations

import socket
import ssl
from typing import TYPE_CHECKING

from tui.api.connection_failures import Break, BrokenError
from tui.domain.visible import visible_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_BREAKS = {
    "ConnectTimeout": Break.CONNECT_TIMEOUT,
    "PoolTimeout": Break.CONNECT_TIMEOUT,
    "ReadTimeout": Break.SILENCE,
    "WriteTimeout": Break.SENDING_TIMEOUT,
    "ReadError": Break.LOST,
    "CloseError": Break.LOST,
    "WriteError": Break.LOST_SENDING,
    "LocalProtocolError": Break.UNSENDABLE,
    "InvalidURL": Break.UNSENDABLE,
    "UnsupportedProtocol": Break.UNSENDABLE,
    "UnicodeError": Break.UNSENDABLE,
    "TransportError": Break.LOST,
    "OSError": Break.LOST,
}
"""By class name; the most special class of an exception counts."""

_NO_TEXT = ("illegal request line", "\\x15\\x03", "\\x16\\x03")
"""What the HTTP parser says when a reply begins with a byte that is no text.

That is how a TLS alert begins, the answer of an https server to plain http.
"""

_LOST_WORDS = ("disconnected", "closed connection", "incomplete", "ConnectionClosed")

_NOT_TLS_REASONS = ("WRONG_VERSION_NUMBER", "HTTP_REQUEST", "PACKET_LENGTH_TOO_LONG")


def name_break(
    error: Exception, *, through_proxy: bool = False, cut_while_sending: bool = False
) -> Exception:
    """Return an exception as a `BrokenError`; what has no name stays what it is.

    Args:
        error: What was raised.
        through_proxy: True when the connection was to a proxy.
        cut_while_sending: True when the request could not be written to its end.
    """
    names = [kind.__name__ for kind in type(error).__mro__]
    causes = list(_causes(error))
    cause = next((_BREAKS[name] for name in names if name in _BREAKS), None)
    never_connected = "ConnectError" in names or "ConnectTimeout" in names
    if "ProxyError" in names or (through_proxy and never_connected):
        cause = Break.PROXY
    elif "ConnectError" in names:
        cause = _connect_break(causes)
    elif "RemoteProtocolError" in names:
        cause = _protocol_break(str(error))
    elif cut_while_sending and cause is Break.LOST:
        cause = Break.LOST_SENDING
    return error if cause is None else BrokenError(cause, _fact(causes))


def _connect_break(causes: Sequence[BaseException]) -> Break:
    for cause in causes:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return Break.TLS
        if isinstance(cause, ssl.SSLError):
            wrong = cause.reason in _NOT_TLS_REASONS or "RECORD" in (cause.reason or "")
            return Break.NOT_TLS if wrong else Break.TLS
        if isinstance(cause, socket.gaierror):
            return Break.DNS
        if isinstance(cause, ConnectionRefusedError):
            return Break.REFUSED
        if isinstance(cause, ConnectionResetError):
            return Break.LOST
    return Break.UNREACHABLE


def _protocol_break(words: str) -> Break:
    if any(mark in words for mark in _NO_TEXT):
        return Break.TLS_ONLY
    lost = any(word in words for word in _LOST_WORDS)
    return Break.LOST if lost else Break.NOT_HTTP


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield an exception and everything that led to it, groups opened."""
    seen: set[int] = set()
    waiting: list[BaseException | None] = [error]
    while waiting:
        current = waiting.pop(0)
        if current is None or id(current) in seen:
            continue
        seen.add(id(current))
        yield current
        if isinstance(current, BaseExceptionGroup):
            waiting.extend(current.exceptions)
        waiting += [current.__cause__, current.__context__]


def _fact(causes: Sequence[BaseException]) -> str:
    """Return the exceptions' names and system errors; never their own texts."""
    names = []
    for cause in causes[:6]:
        name = type(cause).__name__
        code = getattr(cause, "errno", None)
        reason = getattr(cause, "verify_message", None) or getattr(
            cause, "reason", None
        )
        if isinstance(cause, ssl.SSLError) and isinstance(reason, str):
            name += f" ({visible_line(reason)})"
        elif isinstance(code, int):
            name += f" (errno {code})"
        names.append(name)
    return " < ".join(dict.fromkeys(names))
