"""`fortytwo models`: what the server offers."""

from __future__ import annotations

import asyncio
import json
import os
from typing import TYPE_CHECKING

from tui.cli.configuration import find_places, read_settings, report_problems
from tui.cli.output import Output
from tui.domain.errors import RequestError, UsageError
from tui.domain.failure import FailureKind

if TYPE_CHECKING:
    from argparse import Namespace

    from tui.domain.completion import ModelInfo
    from tui.domain.settings import Endpoint


def run_models(arguments: Namespace) -> int:
    """Print the models of the endpoint, in the server's order.

    Raises:
        UsageError: The endpoint or its key can't be used.
        RequestError: The list can't be had.
    """
    places = find_places(arguments, os.environ)
    settings, problems = read_settings(arguments, places, os.environ)
    report_problems(problems)
    models = _list_models(settings.endpoints[settings.endpoint])
    output = Output()
    if arguments.json:
        listed = [
            {
                "id": model.id,
                "owned_by": model.owned_by,
                "context_tokens": model.context_tokens,
            }
            for model in models
        ]
        output.write_styled(json.dumps(listed, indent=1) + "\n")
        return 0
    width = max((len(output.line(model.id)) for model in models), default=0)
    for model in models:
        notes = [model.owned_by] if model.owned_by else []
        if model.context_tokens:
            notes.append(f"{model.context_tokens:,} tokens")
        line = f"{output.line(model.id):{width}}  {output.line(', '.join(notes))}"
        output.write_styled(line.rstrip() + "\n")
    return 0


def _list_models(endpoint: Endpoint) -> tuple[ModelInfo, ...]:
    from tui.api.keys import read_key
    from tui.services.connections import try_endpoint

    try:
        key = read_key(endpoint, os.environ)
    except RequestError as error:
        raise UsageError(error.sentence) from error
    models = asyncio.run(try_endpoint(endpoint, key))
    if not models:
        raise _nothing_listed(endpoint)
    return models


def _nothing_listed(endpoint: Endpoint) -> RequestError:
    from tui.domain.failure import Failure

    return RequestError(
        Failure(
            FailureKind.MODEL,
            f"The server of “{endpoint.name}” lists no models; name one with --model.",
        )
    )
