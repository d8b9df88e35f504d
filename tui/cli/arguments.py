"""What can be said on the command line."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from tui import __version__

if TYPE_CHECKING:
    from collections.abc import Sequence

COMMANDS = ("demo-server", "themes", "keys")
"""Words that name a command when they come first; else it is a conversation."""

OVERVIEW = """\
commands:
  demo-server [--port N] [--key KEY]   the embedded server alone; prints its URL
  themes                               the themes that can be chosen
  keys                                 every key and what it does

environment: FORTYTWO_API_KEY, FORTYTWO_BASE_URL, FORTYTWO_MODEL
"""


def parse_arguments(argv: Sequence[str]) -> argparse.Namespace:
    """Return the parsed arguments; `command` is "chat" or one of `COMMANDS`.

    Args:
        argv: The arguments without the program's name.

    Raises:
        SystemExit: The arguments make no sense (2), or help was asked for (0).
    """
    if argv and argv[0] in COMMANDS:
        return _command_parser(argv[0]).parse_args(argv[1:])
    return _chat_parser().parse_args(argv)


def _chat_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="fortytwo",
        description="Chat in the terminal with the Fortytwo network and every "
        "OpenAI-compatible server.",
        epilog=OVERVIEW,
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
    parser.add_argument("--endpoint", metavar="NAME", help="use this endpoint")
    parser.add_argument("--base-url", metavar="URL", help="talk to this server")
    parser.add_argument("--model", metavar="ID", help="ask this model")
    _add_places(parser)
    parser.add_argument("--theme", metavar="NAME", help="use this theme")
    parser.add_argument(
        "--version", action="version", version=f"%(prog)s {__version__}"
    )
    return parser


def _add_places(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--data-dir", metavar="DIR", type=Path, help="keep conversations here"
    )
    parser.add_argument(
        "--config", metavar="FILE", type=Path, help="read this configuration"
    )


def _command_parser(command: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=f"fortytwo {command}")
    parser.set_defaults(command=command)
    if command == "demo-server":
        parser.description = "Run the embedded server alone and print its URL."
        parser.add_argument(
            "--port", type=int, default=0, metavar="N", help="0 takes a free one"
        )
        parser.add_argument(
            "--key",
            default="",
            help="refuse requests that don't carry this made-up key",
        )
        return parser
    if command == "themes":
        parser.description = "List the themes that can be chosen."
    else:
        parser.description = "List every key and what it does."
    _add_places(parser)
    return parser
