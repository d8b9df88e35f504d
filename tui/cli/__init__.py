"""The command line: reads the arguments, builds the objects, runs the program.

Nothing slow is imported here: `fortytwo --help` loads no Textual and no HTTP client.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from tui.cli.arguments import parse_arguments
from tui.domain.errors import FortytwoError, UsageError
from tui.domain.visible import visible_text

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Sequence

DONE, FAILED, MISUSED, INTERRUPTED = 0, 1, 2, 130
"""Exit codes: done, the request failed, usage or configuration, interrupted."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run `fortytwo` and return its exit code.

    Args:
        argv: The arguments without the program's name; None takes the process's.
    """
    arguments = parse_arguments(sys.argv[1:] if argv is None else argv)
    try:
        return _dispatch(arguments)
    except UsageError as error:
        complain(error.sentence)
        return MISUSED
    except FortytwoError as error:
        complain(error.sentence)
        return FAILED
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # The reader of the pipe has seen enough; at exit Python would flush into it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE


def _dispatch(arguments: Namespace) -> int:
    match arguments.command:
        case "demo-server":
            from tui.cli.serve import run_demo_server

            return run_demo_server(arguments)
        case "themes":
            from tui.cli.tables import print_themes

            return print_themes(arguments)
        case "keys":
            from tui.cli.tables import print_keys

            return print_keys(arguments)
        case _:
            from tui.cli.chat import run_chat

            return run_chat(arguments)


def complain(sentence: str) -> None:
    """Print a sentence on stderr, foreign control characters made visible."""
    sys.stderr.write(f"fortytwo: {visible_text(sentence)}\n")
