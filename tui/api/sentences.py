"""Our own words for what servers answer: what happened, and what to do next."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from tui.domain.failure import FailureKind

if TYPE_CHECKING:
    from tui.api.failures import Target

_GATEWAY_NAMES = {
    520: "unknown error at the gateway",
    521: "the server behind the gateway is down",
    522: "the gateway can't connect",
    523: "the gateway can't find the server",
    524: "the gateway gave up waiting",
    525: "TLS trouble behind the gateway",
    526: "bad certificate behind the gateway",
    529: "overloaded",
    530: "the gateway can't find the server",
}


def status_words(status: int) -> str:
    """Return "HTTP 503 Service Unavailable" or what else is known of a status."""
    try:
        name = HTTPStatus(status).phrase
    except ValueError:
        name = _GATEWAY_NAMES.get(status, "")
    return f"HTTP {status} {name}".strip()


def sentence_for(
    kind: FailureKind,
    target: Target,
    *,
    status: int,
    said: str,
    page: str,
    sizes: tuple[int | None, int | None],
    when: str,
) -> str:
    """Return the sentence for a failure that a server's answer tells.

    Args:
        kind: The cause.
        target: What the request was for.
        status: The HTTP status, or 0 when the answer had begun well.
        said: The server's own words, short and clean, or ""; of a redirect its
            target.
        page: The title of the web page that it answered with, or "".
        sizes: Tokens sent and tokens that fit, where known.
        when: When to try again, such as "at 15:04", or "" for soon.
    """
    place = target.place
    words = said.rstrip(".")
    known = words.casefold() in status_words(status).casefold()
    quoted = "" if known else f" It says: “{words}”."
    again = f"Try again {when}." if when else "Try again in a moment."
    code = f" (HTTP {status})" if status else ""
    match kind:
        case FailureKind.KEY:
            return _key_sentence(target)
        case FailureKind.MODEL:
            named = f"“{target.model}”" if target.model else "that was asked for"
            return (
                f"{place} has no model {named}{code}. Choose one from its list of "
                "models; names change over time."
            )
        case FailureKind.QUOTA:
            return (
                f"The quota at {place} is used up.{quoted} Use another key or "
                f"endpoint, or wait. {again if when else ''}".rstrip()
            )
        case FailureKind.CREDIT:
            return (
                f"The account at {place} has no credit left{code}.{quoted} "
                "Top it up, or choose another endpoint."
            )
        case FailureKind.RATE_LIMIT:
            return f"{place} limits how many requests it takes{code}.{quoted} {again}"
        case FailureKind.CONCURRENCY:
            return f"Too many requests run at {place} at once{code}.{quoted} {again}"
        case FailureKind.CONTEXT:
            return (
                f"The conversation is too long for the model{_sizes(sizes)}. Start a "
                "new one, shorten it, or choose a model with a larger context."
            )
        case FailureKind.MODERATION:
            return f"{place} refused the request as harmful{code}.{quoted} Rephrase it."
        case FailureKind.REFUSED:
            return (
                f"{place} refuses this request{code}.{quoted} Check what your "
                "key, model and region are allowed."
            )
        case FailureKind.ADDRESS:
            return _address_sentence(target, status)
        case FailureKind.PROXY:
            return (
                f"The proxy on the way to {place} wants a login{code}. "
                "Check HTTPS_PROXY or the endpoint's proxy setting."
            )
        case FailureKind.NOT_AN_API:
            return (
                f"The network between here and {place} wants a login{code}. "
                "Open a web page in a browser to log in, then try again."
            )
        case FailureKind.REDIRECT:
            return (
                f"{place} redirects to {said or 'nowhere'}{code}. That is not "
                "followed, to keep your key here; set base_url to the new address."
            )
        case FailureKind.GATEWAY_TIMEOUT:
            return (
                f"The gateway before {place} gave up waiting{code}: the answer took "
                "too long for it. Try again later, with streaming on."
            )
        case FailureKind.REQUEST:
            if not said:
                return (
                    f"{place} refused the request without saying why{code}. "
                    "The conversation may be too long for it, or a parameter wrong."
                )
            return (
                f"{place} refused the request{code}.{quoted} Check the model and the "
                "parameters."
            )
        case _:
            return _server_sentence(target, status, quoted, page, again)


def _key_sentence(target: Target) -> str:
    if not target.has_key:
        return (
            f"{target.place} wants an API key and none is set. Set FORTYTWO_API_KEY "
            "or the endpoint's api_key_…; in the app, /setup asks for one."
        )
    source = f" from {target.key_source}" if target.key_source else ""
    return (
        f"{target.place} does not accept the API key{source}. "
        "Check that it is whole and not revoked, then set a new one."
    )


def _address_sentence(target: Target, status: int) -> str:
    if status == 400:
        secure = "https://" + target.base_url.removeprefix("http://")
        return (
            f"{target.place} speaks https, but base_url says http. Set it to {secure}."
        )
    hint = (
        f"Check base_url ({target.base_url})."
        if target.names_version
        else f"base_url lacks /v1: try {target.base_url}/v1."
    )
    return (
        f"{target.place} answers, but there is no chat API at this address "
        f"({status_words(status)}). {hint}"
    )


def _server_sentence(
    target: Target, status: int, quoted: str, page: str, again: str
) -> str:
    words = f": {status_words(status)}" if status else ""
    shown = f" It shows a web page, “{page}”." if page and not quoted else ""
    return (
        f"{target.place} reports an error{words}.{quoted}{shown} "
        f"The fault is on its side. {again}"
    )


def _sizes(sizes: tuple[int | None, int | None]) -> str:
    sent, limit = sizes
    if sent and limit:
        return f" ({sent:,} tokens, {limit:,} fit)"
    return f" ({limit:,} tokens fit)" if limit else ""
