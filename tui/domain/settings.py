"""The settings: what the configuration, the environment and the flags come to."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from tui.domain.message import nothing

if TYPE_CHECKING:
    from collections.abc import Mapping

DEFAULT_BASE_URL = "https://api.fortytwo.network/v1"
"""Source: the vendor's page on chat completions."""

DEFAULT_SILENCE = 600.0
"""Seconds without a byte before a request is given up.

Source: the network's own client waits ten minutes for an answer to begin.
"""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A server to talk to.

    Attributes:
        name: Its name in the configuration (`[endpoints.NAME]`).
        base_url: The URL above `/chat/completions`, usually ending in `/v1`.
        api_key_env: The environment variable that holds the key, or "".
        api_key_command: A shell command that prints the key, or "".
        api_key_file: A file that holds the key, or "".
        headers: Further request headers.
        query: Further query parameters.
        timeout: The longest silence in seconds; None waits without limit.
        proxy: A proxy URL, or "" for the environment's.
        ca_file: A PEM file of certificate authorities, or "" for the default ones.
        concurrency: How many requests may run at once with this key.
        stream: False asks in standard mode.
        model: The default model here, or "" for the first of `/v1/models`.
        allow_plain_http: The one public host that gets the key over http://, or "".
        ad_hoc: True when a flag made it up: no conversation may name it, because no
            later start would know it.
    """

    name: str
    base_url: str = DEFAULT_BASE_URL
    api_key_env: str = ""
    api_key_command: str = ""
    api_key_file: str = ""
    headers: Mapping[str, str] = field(default_factory=nothing)
    query: Mapping[str, str] = field(default_factory=nothing)
    timeout: float | None = DEFAULT_SILENCE
    proxy: str = ""
    ca_file: str = ""
    concurrency: int = 1
    stream: bool = True
    model: str = ""
    allow_plain_http: str = ""
    ad_hoc: bool = False


DEFAULT_ENDPOINT = Endpoint(name="fortytwo", api_key_env="FORTYTWO_API_KEY")


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that can be set.

    Attributes:
        endpoints: By name, in the order of the file; never empty.
        endpoint: The name of the endpoint that new conversations use.
        model: The model that new conversations use, or "" for the endpoint's.
        system_prompt: The system prompt of new conversations.
        parameters: The request fields of new conversations.
        theme: The name of the theme.
        enter: "send" or "newline": what Enter does in the composer.
        keys: The user's keys by action id, each a tuple of key names.
        mouse: False leaves the mouse to the terminal.
        kitty_keys: "auto", "on" or "off": whether the terminal is asked for the kitty
            keyboard protocol, which tells all keys apart.
        notices: How it is told that an answer is there while nobody looks: "auto",
            "bell", "osc9", "osc777", "desktop" or "off".
        notice_after: Seconds that an answer must have taken for that.
        trash_days: Days of use after which a deleted conversation is removed for good;
            0 keeps all of them.
    """

    endpoints: Mapping[str, Endpoint] = field(
        default_factory=lambda: MappingProxyType({"fortytwo": DEFAULT_ENDPOINT})
    )
    endpoint: str = "fortytwo"
    model: str = ""
    system_prompt: str = ""
    parameters: Mapping[str, Any] = field(default_factory=nothing)
    theme: str = "fortytwo-dark"
    enter: str = "send"
    keys: Mapping[str, tuple[str, ...]] = field(default_factory=nothing)
    mouse: bool = True
    kitty_keys: str = "auto"
    notices: str = "auto"
    notice_after: float = 10.0
    trash_days: int = 30

    def with_endpoint(self, endpoint: Endpoint) -> Settings:
        """Return the settings with a new endpoint, or another state of one."""
        endpoints = {**self.endpoints, endpoint.name: endpoint}
        return replace(self, endpoints=MappingProxyType(endpoints))

    def using_endpoint(self, endpoint: Endpoint) -> Settings:
        """Return the same with that endpoint as the default."""
        return replace(self.with_endpoint(endpoint), endpoint=endpoint.name)

    @property
    def private_names(self) -> frozenset[str]:
        """The environment variables that hold keys: no other program gets them."""
        names = {endpoint.api_key_env for endpoint in self.endpoints.values()}
        return frozenset(names | {DEFAULT_ENDPOINT.api_key_env}) - {""}

    def without_keys(self, environ: Mapping[str, str]) -> dict[str, str]:
        """Return the environment that other programs get."""
        private = self.private_names
        return {name: environ[name] for name in environ if name not in private}


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong in a file of the user's; the program goes on without it.

    Attributes:
        sentence: What was found, what was expected, what is used instead.
        file: The file's path as the user knows it.
        line: The line, counted from 1, or None.
        key: The dotted key, or "".
    """

    sentence: str
    file: str = ""
    line: int | None = None
    key: str = ""

    def __str__(self) -> str:
        """Return `file:line: key: sentence`, leaving out what is not known."""
        place = self.file
        if place and self.line is not None:
            place += f":{self.line}"
        return ": ".join(part for part in (place, self.key, self.sentence) if part)
