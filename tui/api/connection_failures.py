"""Our own words for connections that fail or break, by cause.

Exceptions of the network are no text for a user: several have none at all. So the
transport names the cause as a `Break`, and the sentence is made here.
"""

from __future__ import annotations

from enum import Enum, auto
from typing import TYPE_CHECKING

from tui.domain.failure import Failure, FailureKind

if TYPE_CHECKING:
    from tui.api.failures import Target


class Break(Enum):
    """What broke, as far as it can be told apart."""

    REFUSED = auto()
    DNS = auto()
    UNREACHABLE = auto()
    CONNECT_TIMEOUT = auto()
    TLS = auto()
    NOT_TLS = auto()
    TLS_ONLY = auto()
    PROXY = auto()
    SILENCE = auto()
    LOST = auto()
    LOST_SENDING = auto()
    SENDING_TIMEOUT = auto()
    NOT_HTTP = auto()
    CODING = auto()
    UNSENDABLE = auto()
    TOO_LARGE = auto()


class BrokenError(Exception):
    """A connection failed or broke; carries no foreign text.

    Attributes:
        cause: What broke.
        detail: A fact for the inspector in our own words, or "".
    """

    def __init__(self, cause: Break, detail: str = "") -> None:
        super().__init__(cause.name)
        self.cause = cause
        self.detail = detail


_TRANSIENT = frozenset(
    {
        Break.REFUSED,
        Break.DNS,
        Break.UNREACHABLE,
        Break.CONNECT_TIMEOUT,
        Break.LOST,
    }
)
"""After these nothing of the request can have been answered yet."""

_KINDS = {
    Break.REFUSED: FailureKind.CONNECTION,
    Break.DNS: FailureKind.DNS,
    Break.UNREACHABLE: FailureKind.CONNECTION,
    Break.CONNECT_TIMEOUT: FailureKind.CONNECTION,
    Break.TLS: FailureKind.TLS,
    Break.NOT_TLS: FailureKind.ADDRESS,
    Break.TLS_ONLY: FailureKind.ADDRESS,
    Break.PROXY: FailureKind.PROXY,
    Break.SILENCE: FailureKind.SILENCE,
    Break.LOST: FailureKind.CONNECTION,
    Break.LOST_SENDING: FailureKind.TOO_LARGE,
    Break.SENDING_TIMEOUT: FailureKind.CONNECTION,
    Break.NOT_HTTP: FailureKind.NOT_AN_API,
    Break.CODING: FailureKind.DECODE,
    Break.UNSENDABLE: FailureKind.REQUEST,
    Break.TOO_LARGE: FailureKind.TOO_LARGE,
}


def failure_of_break(
    target: Target, broken: BrokenError, *, token_arrived: bool
) -> Failure:
    """Return the failure for a connection that failed or broke.

    Args:
        target: What the request was for.
        broken: What broke.
        token_arrived: True when text or reasoning had arrived.
    """
    return Failure(
        _KINDS[broken.cause],
        _sentence(target, broken, token_arrived),
        detail=target.redact(broken.detail),
        transient=broken.cause in _TRANSIENT,
    )


def _sentence(target: Target, broken: BrokenError, token_arrived: bool) -> str:
    place = target.place
    match broken.cause:
        case Break.REFUSED:
            return f"Nothing listens at {place}. Is the server running?"
        case Break.DNS:
            return (
                f"The name {place} can't be resolved. Check base_url and the "
                "network connection."
            )
        case Break.UNREACHABLE:
            return f"{place} can't be reached. Check the network connection."
        case Break.CONNECT_TIMEOUT:
            return (
                f"{place} did not take the connection in time. Check the network, "
                "a firewall or VPN, and base_url."
            )
        case Break.TLS:
            return (
                f"The certificate of {place} can't be trusted. Behind a company "
                "proxy, name its CA file with ca_file or SSL_CERT_FILE."
            )
        case Break.NOT_TLS:
            plain = "http://" + target.base_url.removeprefix("https://")
            return (
                f"{place} does not speak https. If it is your own server, set "
                f"base_url to {plain}."
            )
        case Break.TLS_ONLY:
            secure = "https://" + target.base_url.removeprefix("http://")
            return f"{place} seems to speak https only. Set base_url to {secure}."
        case Break.PROXY:
            return (
                f"The proxy on the way to {place} can't be used. Check HTTPS_PROXY, "
                "ALL_PROXY or the endpoint's proxy setting."
            )
        case Break.SILENCE:
            return _silence_sentence(target, token_arrived)
        case Break.LOST:
            kept = " What had arrived is kept." if token_arrived else ""
            return f"The connection to {place} was lost.{kept} Try again."
        case Break.LOST_SENDING:
            return (
                f"{place} closed the connection while the request was being sent. "
                "It may be too large; shorten the conversation."
            )
        case Break.SENDING_TIMEOUT:
            return f"{place} does not take the request. Try again later."
        case Break.NOT_HTTP:
            if token_arrived:
                return (
                    f"{place} broke the answer off in a way that is no HTTP. What had "
                    "arrived is kept."
                )
            return (
                f"{place} does not answer in HTTP. Check base_url ({target.base_url})."
            )
        case Break.CODING:
            return (
                f"The answer of {place} could not be decoded ({broken.detail}). "
                "A proxy in between may be the cause."
            )
        case Break.UNSENDABLE:
            return (
                "The request can't be sent as it is: a header or a query parameter "
                "of this endpoint holds characters that HTTP can't carry."
            )
        case Break.TOO_LARGE:
            kept = "What had arrived is kept." if token_arrived else "It was stopped."
            return f"{place} sent more than can be an answer ({broken.detail}). {kept}"


def _silence_sentence(target: Target, token_arrived: bool) -> str:
    limit = f"{target.timeout:g} s" if target.timeout is not None else "long"
    if token_arrived:
        return (
            f"{target.place} stalled for {limit}. What had arrived is kept; raise the "
            "endpoint's timeout to wait longer."
        )
    return (
        f"No answer from {target.place} for {limit}. Try again, or raise the "
        "endpoint's timeout to wait longer."
    )
