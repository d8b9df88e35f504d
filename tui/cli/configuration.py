"""What flags, environment and configuration file come to: flags win, then the rest."""

from __future__ import annotations

import sys
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from tui.domain.errors import UsageError
from tui.domain.network_location import network_location
from tui.domain.settings import Endpoint, Problem, Settings
from tui.domain.visible import visible_line
from tui.storage.locations import Locations, find_locations
from tui.storage.settings_file import load_settings, located

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Iterable, Mapping, Sequence

    from tui.storage.library import Library


def find_places(arguments: Namespace, environ: Mapping[str, str]) -> Locations:
    """Return where the files are, by flags and environment. Creates nothing."""
    return find_locations(environ, arguments.data_dir, arguments.config)


def open_library(places: Locations) -> Library:
    """Return the library there, with what the search index knows of its files."""
    # The app needs it only after its first frame.
    from tui.storage.library import Library

    return Library(places.data, cache=places.cache)


def read_settings(
    arguments: Namespace, places: Locations, environ: Mapping[str, str]
) -> tuple[Settings, list[Problem]]:
    """Return the settings in force and what is wrong in the configuration.

    Raises:
        UsageError: A flag names an endpoint that does not exist.
    """
    if arguments.config is not None and not arguments.config.exists():
        raise UsageError(f"There is no configuration file {arguments.config}.")
    settings, problems = load_settings(places.config_file, environ)
    named = getattr(arguments, "endpoint", None)
    if named:
        if named not in settings.endpoints:
            known = ", ".join(settings.endpoints)
            raise UsageError(f"There is no endpoint “{named}”; there are: {known}.")
        settings = replace(settings, endpoint=named, model="")
    by_hand = "" if named else environ.get("FORTYTWO_BASE_URL", "").strip()
    if base_url := getattr(arguments, "base_url", None) or by_hand:
        configured = settings.endpoints[settings.endpoint]
        by_address = _at_address(configured, base_url, environ)
        settings = settings.using_endpoint(by_address)
    settings = _with_stored_keys(settings, places)
    if model := getattr(arguments, "model", None):
        settings = replace(settings, model=model)
    if theme := getattr(arguments, "theme", None):
        settings = replace(settings, theme=theme)
    return settings, problems


def check_user_keys(
    settings: Settings, places: Locations, prefixes: Sequence[str] = ()
) -> list[Problem]:
    """Return what is wrong with the keys of `[keys]`, each with file and line.

    Args:
        settings: The settings in force.
        places: Where the configuration is.
        prefixes: The prefix keys of the tmux around the program.
    """
    from tui.ui.key_checks import check_keys

    return located(places.config_file, check_keys(settings.keys, prefixes))


def report_problems(problems: Iterable[Problem]) -> None:
    """Say on stderr what is wrong in the user's files, a line for each."""
    for problem in problems:
        sys.stderr.write(f"fortytwo: {visible_line(str(problem))}\n")


def _at_address(
    endpoint: Endpoint, base_url: str, environ: Mapping[str, str]
) -> Endpoint:
    """Return the endpoint for `--base-url`, named by its host.

    A key goes along only by environment: one from a file or a command belongs to the
    server it was configured for, and a server that was named by hand may need none.
    """
    variable = endpoint.api_key_env
    return Endpoint(
        name=network_location(base_url) or base_url,
        base_url=base_url,
        ad_hoc=True,
        api_key_env=variable if environ.get(variable) else "",
        timeout=endpoint.timeout,
        proxy=endpoint.proxy,
        ca_file=endpoint.ca_file,
        stream=endpoint.stream,
    )


def _with_stored_keys(settings: Settings, places: Locations) -> Settings:
    """Point endpoints at the key that setup stored, unless they name one."""
    endpoints = dict(settings.endpoints)
    for name, endpoint in settings.endpoints.items():
        stored = places.key_file(name)
        if not (endpoint.api_key_command or endpoint.api_key_file) and stored.exists():
            endpoints[name] = replace(endpoint, api_key_file=str(stored))
    return replace(settings, endpoints=MappingProxyType(endpoints))
