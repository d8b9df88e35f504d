"""Runs every examination and prints a line for each finding, as soon as it is made."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from tui.cli.configuration import check_user_keys, find_places, read_settings
from tui.cli.doctor.files import (
    examine_configuration,
    examine_library,
    examine_themes,
)
from tui.cli.doctor.finding import Finding, Verdict
from tui.cli.doctor.network import examine_endpoint, examine_surroundings
from tui.cli.doctor.terminal import (
    examine_clipboard,
    examine_locale,
    examine_terminal,
)
from tui.cli.output import BOLD, GREEN, RED, YELLOW, Output

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Iterator

_COLOURS = {Verdict.FINE: GREEN, Verdict.ODD: YELLOW, Verdict.BROKEN: RED}
_WIDTH = 13


def run_doctor(arguments: Namespace) -> int:
    """Print the report; 1 when something is broken.

    Raises:
        UsageError: A flag names a configuration or an endpoint that is not there.
    """
    if arguments.what == "keys":
        from tui.cli.doctor.keys import run_doctor_keys

        return run_doctor_keys(arguments)
    output = Output()
    broken = False
    for finding in examine(arguments):
        broken = broken or finding.verdict is Verdict.BROKEN
        mark = output.styled(f"{finding.verdict:2}", _COLOURS[finding.verdict])
        what = output.styled(f"{finding.what:{_WIDTH}}", BOLD)
        output.write_styled(f"{mark} {what} {output.line(finding.sentence)}\n")
        output.flush()
    return 1 if broken else 0


def examine(arguments: Namespace) -> Iterator[Finding]:
    """Look at everything, the quick things first."""
    environ = os.environ
    places = find_places(arguments, environ)
    settings, problems = read_settings(arguments, places, environ)
    endpoint = settings.endpoints[settings.endpoint]
    problems = [*problems, *check_user_keys(settings, places)]
    yield from examine_configuration(places, settings, problems)
    yield from examine_themes(places, settings.theme)
    yield from examine_terminal(environ)
    yield examine_clipboard(environ, places.state)
    yield examine_locale(environ)
    yield from examine_library(places)
    yield from examine_surroundings(endpoint, environ)
    yield from examine_endpoint(endpoint, settings.model, environ)
