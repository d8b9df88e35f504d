"""What can be said on the command line."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from tui import __version__
from tui.cli.command_arguments import (
    COMMANDS,
    add_places,
    add_server,
    command_parser,
    overview,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["COMMANDS", "parse_arguments"]

EPILOG = f"""\
commands (fortytwo COMMAND --help says more):
{overview()}

environment: FORTYTWO_API_KEY, FORTYTWO_BASE_URL, FORTYTWO_MODEL, NO_COLOR,
ACCESSIBLE
exit codes: 0 done, 1 it failed (a sentence on stderr), 2 usage or configuration,
130 interrupted
"""


def parse_arguments(argv: Sequence[str]) -> argparse.Namespace:
    """Return the parsed arguments; `command` is "chat" or one of `COMMANDS`.

    A command comes first, its flags behind it.

    Args:
        argv: The arguments without the program's name.

    Raises:
        SystemExit: The arguments make no sense (2), or help was asked for (0).
    """
    if argv and argv[0] in COMMANDS:
        return command_parser(argv[0]).parse_args(argv[1:])
    parser = _chat_parser()
    arguments, unknown = parser.parse_known_args(argv)
    if arguments.conversation in COMMANDS:
        # The files' names begin with a date: nobody means a conversation by this.
        word = arguments.conversation
        parser.error(f"the command comes first: fortytwo {word} ... (flags behind it)")
    if unknown:
        parser.error(f"unrecognized arguments: {' '.join(unknown)}")
    return arguments


def _chat_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="fortytwo",
        description="Chat in the terminal with the Fortytwo network and every "
        "OpenAI-compatible server.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.set_defaults(command="chat")
    parser.add_argument(
        "conversation",
        nargs="?",
        metavar="CONVERSATION",
        help="open this conversation: its file's name, or the start of it",
    )
    parser.add_argument(
        "--demo",
        action="store_true",
        help="try everything without a key or a network, on a library of its own",
    )
    parser.add_argument(
        "--plain",
        action="store_true",
        help="line by line: no full screen, no repaint, for screen readers and simple "
        "terminals; ACCESSIBLE=1 does it too",
    )
    add_server(parser)
    add_places(parser)
    parser.add_argument("--theme", metavar="NAME", help="use this theme")
    parser.add_argument(
        "--version", action="version", version=f"%(prog)s {__version__}"
    )
    return parser
