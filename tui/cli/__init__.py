"""The command line: reads the arguments, builds the objects, runs the program.

Nothing slow is imported here: `fortytwo --help` loads no Textual and no HTTP client.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module
from typing import TYPE_CHECKING

from tui.cli.arguments import parse_arguments
from tui.domain.errors import FortytwoError, UsageError
from tui.domain.visible import visible_text

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Callable, Sequence

DONE, FAILED, MISUSED, INTERRUPTED = 0, 1, 2, 130
"""Exit codes: done, the request failed, usage or configuration, interrupted."""

RUNNERS = {
    "chat": ("tui.cli.chat", "run_chat"),
    "ask": ("tui.cli.ask", "run_ask"),
    "list": ("tui.cli.listing", "run_list"),
    "show": ("tui.cli.show", "run_show"),
    "grep": ("tui.cli.grep", "run_grep"),
    "export": ("tui.cli.export", "run_export"),
    "import": ("tui.cli.take_over", "run_import"),
    "trash": ("tui.cli.trash", "run_trash"),
    "models": ("tui.cli.models", "run_models"),
    "themes": ("tui.cli.tables", "print_themes"),
    "keys": ("tui.cli.tables", "print_keys"),
    "doctor": ("tui.cli.doctor.report", "run_doctor"),
    "demo-server": ("tui.cli.serve", "run_demo_server"),
}
"""Which function runs each command. By name, so that only one of them is imported."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run `fortytwo` and return its exit code.

    Args:
        argv: The arguments without the program's name; None takes the process's.
    """
    _open_closed_streams()
    arguments = parse_arguments(sys.argv[1:] if argv is None else argv)
    try:
        code = _dispatch(arguments)
        # Here, and not at exit, a pipe without a reader can still be told quietly.
        sys.stdout.flush()
        return code
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
        close_quietly()
        return DONE
    except OSError as error:
        # Every other file is somebody's who turns this into a sentence of its own.
        close_quietly()
        complain(f"The output can't be written: {error.strerror or error}.")
        return FAILED


def _dispatch(arguments: Namespace) -> int:
    module, function = RUNNERS[arguments.command]
    run: Callable[[Namespace], int] = getattr(import_module(module), function)
    return run(arguments)


def _open_closed_streams() -> None:
    """Give a program that was started without stdout or stderr somewhere to write.

    Without them Python has None there, and a file opened later may get their number.
    """
    for name, number in (("stdout", 1), ("stderr", 2)):
        if getattr(sys, name) is None:
            fd = os.open(os.devnull, os.O_WRONLY)
            if fd != number:
                os.dup2(fd, number)
            setattr(sys, name, os.fdopen(number, "w", encoding="utf-8"))


def close_quietly() -> None:
    """Let what is still to be written to stdout go nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def complain(sentence: str) -> None:
    """Print a sentence on stderr, foreign control characters made visible."""
    sys.stderr.write(f"fortytwo: {visible_text(sentence)}\n")
