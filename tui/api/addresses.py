"""Repairs and checks base URLs, and knows which of them are near and which are far."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, quote, urlencode, urljoin, urlsplit

from tui.domain.errors import RequestError
from tui.domain.failure import Failure, FailureKind
from tui.domain.network_location import network_location
from tui.domain.visible import visible_line

if TYPE_CHECKING:
    from collections.abc import Mapping

DEFAULT_PORTS = {"http": 80, "https": 443}
_PASTED_ENDINGS = ("/chat/completions", "/completions", "/models")
_VERSION_PART = re.compile(r"/v\d+\w*(/|$)")
_SPOILED = re.compile(r"[\x00-\x20\x7f-\xa0\u2000-\u200f\u2028-\u202f\ufeff\\<>\"]")
_PRIVATE_NAMES = (".local", ".lan", ".internal", ".home.arpa", ".localhost", ".test")


@dataclass(frozen=True, slots=True)
class Address:
    """A base URL, repaired and taken apart.

    Attributes:
        scheme: "http" or "https".
        host: The host name or IP address, lower case, IPv6 without brackets.
        port: The port, also when the URL names none.
        path: The path above `/chat/completions`, without a slash at its end.
        query: Query parameters that the URL itself carried.
    """

    scheme: str
    host: str
    port: int
    path: str
    query: tuple[tuple[str, str], ...] = ()

    @property
    def origin(self) -> str:
        """Scheme, host and port as a URL, the port only when it is unusual."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        if self.port == DEFAULT_PORTS[self.scheme]:
            return f"{self.scheme}://{host}"
        return f"{self.scheme}://{host}:{self.port}"

    @property
    def place(self) -> str:
        """Host and port as a person would name them."""
        return self.origin.partition("://")[2]

    @property
    def base_url(self) -> str:
        """The whole base URL."""
        return self.origin + self.path

    @property
    def names_version(self) -> bool:
        """True when the path holds a version such as `/v1`, as most servers want."""
        return _VERSION_PART.search(self.path) is not None

    def url(self, ending: str, query: Mapping[str, str]) -> str:
        """Return the URL of an API call.

        Args:
            ending: The path below the base URL, with its slash.
            query: The endpoint's own query parameters.
        """
        pairs = [*self.query, *query.items()]
        return self.base_url + ending + ("?" + urlencode(pairs) if pairs else "")


def parse_base_url(text: str) -> Address:
    """Return a base URL repaired: blanks, missing scheme, slashes, pasted endings.

    Raises:
        RequestError: It can't be understood.
    """
    url = text.strip().strip("\"'").strip()
    if not url:
        raise _refuse("The base URL is empty. Set base_url, e.g. https://host/v1.")
    if _SPOILED.search(url):
        raise _refuse(
            f"The base URL “{_shown(url)}” holds a blank or a character that no URL "
            "may hold. Type it again."
        )
    if "://" not in url:
        url = _guess_scheme(url) + "://" + url.lstrip("/")
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").rstrip(".")
        port = parts.port
    except ValueError:
        raise _refuse(
            f"The base URL “{_shown(url)}” is not a URL. "
            "It looks like https://host:port/v1."
        ) from None
    scheme = parts.scheme.lower()
    if scheme not in DEFAULT_PORTS:
        raise _refuse(
            f"The base URL starts with “{_shown(scheme)}://”; only http:// and "
            "https:// can be used."
        )
    if parts.username is not None or parts.password is not None:
        raise _refuse(
            "The base URL holds a user name or password. Take them out and name the "
            "key with api_key_env, api_key_command or api_key_file."
        )
    if port == 0:
        raise _refuse("The base URL names port 0, where nothing can listen.")
    return Address(
        scheme,
        _ascii_host(host, url),
        port or DEFAULT_PORTS[scheme],
        _repair_path(parts.path),
        tuple(parse_qsl(parts.query, keep_blank_values=True)),
    )


def _ascii_host(host: str, url: str) -> str:
    try:
        name = host if host.isascii() else host.encode("idna").decode("ascii")
    except UnicodeError:
        name = ""
    if not name or not re.fullmatch(r"[\w.\-:%]+", name):
        raise _refuse(
            f"The base URL “{_shown(url)}” names no host. "
            "It looks like https://host:port/v1."
        )
    return name.lower()


def _repair_path(path: str) -> str:
    path = re.sub(r"/{2,}", "/", path).rstrip("/")
    for ending in _PASTED_ENDINGS:
        if path.endswith(ending):
            path = path[: -len(ending)].rstrip("/")
            break
    return quote(path, safe="/:@!$&'()*+,;=~%-._")


def _guess_scheme(url: str) -> str:
    host = network_location("//" + url.lstrip("/"))
    name = host.rpartition(":")[0] if re.search(r":\d+$", host) else host
    return "http" if is_private(name.strip("[]").lower()) else "https"


def is_loopback(host: str) -> bool:
    """Return whether a host is this machine, so that no proxy may stand between."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    address = _ip(host)
    return address is not None and address.is_loopback


def is_private(host: str) -> bool:
    """Return whether a host is in the user's own network, where http is usual.

    Loopback, private and link-local addresses, names without a dot and names under
    endings that are reserved for local use (RFC 6762, RFC 8375) count as private.
    """
    address = _ip(host)
    if address is not None:
        return address.is_private or address.is_link_local or address.is_loopback
    return "." not in host or host.endswith(_PRIVATE_NAMES)


def _ip(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return None


def is_open(address: Address, confirmed: str) -> bool:
    """Return whether a key would be readable on its way through the internet.

    Args:
        address: Where it would go.
        confirmed: The host for which the user has allowed that, or "".
    """
    if address.scheme != "http" or is_private(address.host):
        return False
    return address.host != confirmed.strip().rstrip(".").lower()


def check_plain_http(address: Address, key: str, confirmed: str) -> None:
    """Refuse to send a key unencrypted through the public internet.

    Args:
        address: Where it would go.
        key: The key, or "".
        confirmed: The host for which the user has allowed that, or "".

    Raises:
        RequestError: The key would be readable on its way.
    """
    if key and is_open(address, confirmed):
        raise _refuse(
            f"Over plain http everyone on the way to {address.place} could read your "
            f'key. Use https://, or set allow_plain_http = "{address.host}".'
        )


def same_origin_target(url: str, location: str) -> str | None:
    """Return where a redirect leads when it stays on the same origin, else None.

    Args:
        url: The URL that was asked.
        location: The `Location` header.
    """
    try:
        target = urljoin(url, location)
        before, after = urlsplit(url), urlsplit(target)
        same = (
            before.scheme == after.scheme
            and before.hostname == after.hostname
            and (before.port or DEFAULT_PORTS.get(before.scheme))
            == (after.port or DEFAULT_PORTS.get(after.scheme))
            and after.username is None
            and not _SPOILED.search(target)
        )
    except ValueError:
        return None
    return target if same and target != url else None


def _shown(text: str) -> str:
    cleaned = visible_line(re.sub(r"//[^/@]*@", "//***@", text))
    return cleaned if len(cleaned) <= 80 else cleaned[:79] + "…"


def _refuse(sentence: str) -> RequestError:
    return RequestError(Failure(FailureKind.ADDRESS, sentence))
