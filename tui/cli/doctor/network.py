"""What the doctor finds on the way to the server: address, key, models, proxy, TLS."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

from tui.cli.doctor.finding import Finding, Verdict
from tui.domain.errors import RequestError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from tui.domain.settings import Endpoint

PROXY_VARIABLES = ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY")
"""Those that the HTTP client obeys, in either case."""

TLS_VARIABLES = ("SSL_CERT_FILE", "SSL_CERT_DIR")
"""Those that name other certificate authorities. Source: OpenSSL's manual."""


def examine_endpoint(
    endpoint: Endpoint, model: str, environ: Mapping[str, str]
) -> Iterator[Finding]:
    """Report an endpoint, its key's place and what it answers; never the key."""
    from tui.api.keys import read_key

    chosen = model or endpoint.model
    wanted = f"model {chosen}" if chosen else "the first model it lists"
    yield Finding(
        "endpoint", f"{endpoint.name}: {without_secret(endpoint.base_url)}, {wanted}"
    )
    try:
        key = read_key(endpoint, environ)
    except RequestError as error:
        yield Finding("key", error.sentence, Verdict.BROKEN)
        return
    yield from _examine_key_file(endpoint)
    if key:
        yield Finding("key", f"from {key.source} ({len(key)} characters)")
    else:
        yield Finding("key", "none is configured; requests carry none")
    ignored: list[str] = []
    found = _examine_models(endpoint, key, chosen, ignored.append)
    for sentence in ignored:
        yield Finding("network", sentence, Verdict.BROKEN)
    yield found


def examine_surroundings(
    endpoint: Endpoint, environ: Mapping[str, str]
) -> Iterator[Finding]:
    """Report the proxy and TLS settings in effect."""
    proxies = [
        f"{name}={without_secret(value)}"
        for wanted in PROXY_VARIABLES
        for name in (wanted, wanted.lower())
        if (value := environ.get(name, ""))
    ]
    if endpoint.proxy:
        yield Finding("proxy", f"{without_secret(endpoint.proxy)} (configuration)")
    elif proxies:
        yield Finding("proxy", ", ".join(proxies))
    else:
        yield Finding("proxy", "none")
    named = {name: environ[name] for name in TLS_VARIABLES if environ.get(name)}
    if endpoint.ca_file:
        named = {"ca_file": endpoint.ca_file}
    for name, value in named.items():
        if Path(value).expanduser().exists():
            yield Finding("TLS", f"{name}={value}")
        else:
            sentence = f"{name} names {value}, which is not there; correct or unset it."
            yield Finding("TLS", sentence, Verdict.BROKEN)
    if not named:
        yield Finding("TLS", "the default certificate authorities")


def without_secret(url: str) -> str:
    """Return a URL without the user name and the password in it."""
    try:
        parts = urlsplit(url)
        if "@" not in parts.netloc:
            return url
        host = parts.netloc.rpartition("@")[2]
        return urlunsplit(parts._replace(netloc=f"***@{host}"))
    except ValueError:
        return "(no URL)" if "@" in url else url


def _examine_key_file(endpoint: Endpoint) -> Iterator[Finding]:
    from tui.storage.key_file import check_mode

    if endpoint.api_key_file:
        problem = check_mode(Path(endpoint.api_key_file).expanduser())
        if problem is not None:
            yield Finding("key", str(problem), Verdict.ODD)


def _examine_models(
    endpoint: Endpoint, key: str, chosen: str, ignored: Callable[[str], None]
) -> Finding:
    from tui.services.connections import try_endpoint

    begun = time.monotonic()
    try:
        models = asyncio.run(try_endpoint(endpoint, key, ignored))
    except RequestError as error:
        return Finding("models", error.sentence, Verdict.BROKEN)
    took = time.monotonic() - begun
    sentence = f"{len(models):,} listed in {took:.1f} s"
    if not models and not chosen:
        sentence = "The server lists none; name one with `model` or --model."
        return Finding("models", sentence, Verdict.BROKEN)
    if chosen and models and chosen not in {model.id for model in models}:
        sentence += (
            f", but not {chosen}; `fortytwo models` shows them, --model names another."
        )
        return Finding("models", sentence, Verdict.ODD)
    return Finding("models", sentence)
