"""What can be said to each command: `fortytwo COMMAND --help` prints this."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

MOST_DAYS = 99_999
"""More days than anything was kept for."""

CONVERSATION_HELP = "a file's name, the start of it, or the start of a title"


def command_parser(command: str) -> argparse.ArgumentParser:
    """Return the parser of a command.

    Args:
        command: One of `COMMANDS`.
    """
    describe, _, description, epilog = COMMANDS[command]
    parser = argparse.ArgumentParser(
        prog=f"fortytwo {command}",
        description=description,
        epilog=epilog,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.set_defaults(command=command)
    describe(parser)
    return parser


def add_places(parser: argparse.ArgumentParser) -> None:
    """Add the flags that say where the files are."""
    parser.add_argument(
        "--data-dir", metavar="DIR", type=Path, help="keep conversations here"
    )
    parser.add_argument(
        "--config", metavar="FILE", type=Path, help="read this configuration"
    )


def add_server(parser: argparse.ArgumentParser) -> None:
    """Add the flags that say who is asked."""
    parser.add_argument("--endpoint", metavar="NAME", help="use this endpoint")
    parser.add_argument("--base-url", metavar="URL", help="talk to this server")
    parser.add_argument("--model", metavar="ID", help="ask this model")


def _whole_number(most: int) -> Callable[[str], int]:
    """Return what reads a number from 0 to `most`, and refuses every other."""

    def read(text: str) -> int:
        number = int(text) if text.isdecimal() else -1
        if not 0 <= number <= most:
            raise argparse.ArgumentTypeError(
                f"“{text}” is no whole number from 0 to {most}"
            )
        return number

    return read


def _ask(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "prompt", nargs="?", metavar="PROMPT", help="the prompt; stdin is appended"
    )
    parser.add_argument("--system", metavar="TEXT", help="the system prompt")
    parser.add_argument(
        "--continue",
        dest="conversation",
        metavar="CONV",
        help=f"go on with a conversation: {CONVERSATION_HELP}",
    )
    parser.add_argument(
        "--no-stream", action="store_true", help="ask for the answer in one piece"
    )
    parser.add_argument(
        "--json",
        action="store_true",
        help="print one JSON object when the answer is over, instead of its text",
    )
    add_server(parser)
    add_places(parser)


def _models(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print a JSON array")
    add_server(parser)
    add_places(parser)


def _list(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print a JSON array")
    add_places(parser)


def _show(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("conversation", metavar="CONV", help=CONVERSATION_HELP)
    parser.add_argument(
        "--last", action="store_true", help="only the text of the last answer"
    )
    parser.add_argument("--code", action="store_true", help="only the blocks of code")
    parser.add_argument(
        "--follow",
        action="store_true",
        help="go on until the answer that is under way has ended",
    )
    add_places(parser)


def _grep(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("pattern", metavar="PATTERN", help="a regular expression")
    parser.add_argument(
        "-i", "--ignore-case", action="store_true", help="upper and lower case alike"
    )
    parser.add_argument(
        "-F", "--fixed-strings", action="store_true", help="PATTERN is plain text"
    )
    parser.add_argument(
        "-l", "--files", action="store_true", help="print only the files' names"
    )
    parser.add_argument(
        "--json", action="store_true", help="print a JSON object for each line"
    )
    add_places(parser)


def _export(parser: argparse.ArgumentParser) -> None:
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("conversation", nargs="?", metavar="CONV", help=CONVERSATION_HELP)
    what.add_argument("--all", action="store_true", help="every conversation")
    parser.add_argument(
        "--to", choices=("md", "html", "json"), default="md", help="default: md"
    )
    parser.add_argument(
        "--output",
        metavar="FILE|DIR",
        type=Path,
        help="write here instead of stdout; a folder gets a file for each",
    )
    add_places(parser)


def _import(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", nargs="+", metavar="FILE", type=Path)
    add_places(parser)


def _trash(parser: argparse.ArgumentParser) -> None:
    what = parser.add_mutually_exclusive_group()
    what.add_argument(
        "--restore",
        metavar="NAME",
        help="bring one back: the start of its file's name or title",
    )
    what.add_argument(
        "--empty",
        metavar="DAYS",
        type=_whole_number(MOST_DAYS),
        help="remove for good what was deleted that long ago; 0 removes everything",
    )
    what.add_argument("--json", action="store_true", help="print a JSON array")
    add_places(parser)


def _doctor(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "what",
        nargs="?",
        choices=("keys",),
        help="keys: listen, and say what arrives and what it does here",
    )
    add_server(parser)
    add_places(parser)


def _demo_server(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--port",
        type=_whole_number(65535),
        default=0,
        metavar="N",
        help="0 takes a free one",
    )
    parser.add_argument(
        "--key", default="", help="refuse requests that don't carry this made-up key"
    )


ASK_NOTES = """\
The answer streams to stdout and is kept in the library like every other. Waiting and
retries are told on stderr when that is a terminal. ctrl+c stops and keeps the text.

exit codes: 0 the whole answer came; 1 it failed or broke off, one sentence on stderr;
2 usage, configuration or key; 130 interrupted

  fortytwo ask "What is a monad?"
  git diff | fortytwo ask "Write a commit message for this." > message.txt
  fortytwo ask --continue "What is a mon" "Shorter, please."
"""

SHOW_NOTES = """\
Without flags: the whole conversation as Markdown. With --follow, an answer that the
app is streaming in another terminal is shown as it grows; the exit code is 1 when it
did not end well.

  fortytwo show 2026-11-23-rust --last --code > main.rs
  fortytwo show "What is a mon" --follow
"""

GREP_NOTES = """\
Titles and messages are searched, the newest conversation first. Each line names the
file, the message (or "title") and what stands around the match.

exit codes: 0 something matched; 1 nothing did; 2 the pattern is no pattern
"""

EXPORT_NOTES = """\
md    Markdown; `fortytwo import` reads it back
html  one self-contained page with highlighted code; it loads nothing from anywhere
json  title, model and messages (role and content) as the Chat Completions API has them

  fortytwo export 2026-11-23-rust --to html --output rust.html
  fortytwo export --all --to md --output archive/
"""

IMPORT_NOTES = """\
  ChatGPT   the zip that it sends you, or conversations.json out of it
  Claude    the same
  elia      its database: ~/.local/share/elia/elia.sqlite
  oterm     its database: ~/.local/share/oterm/store.db
  Markdown  headings such as "## User" and "## Assistant" before each message
  JSON      {"messages": [...]} as the Chat Completions API has them

A second run adds nothing but messages that are new since. What can't be taken is
named with its reason, and the exit code is then 1.
"""

COMMANDS: dict[
    str, tuple[Callable[[argparse.ArgumentParser], None], str, str, str | None]
] = {
    "ask": (
        _ask,
        "[PROMPT]",
        "Ask one question; the answer goes to stdout.",
        ASK_NOTES,
    ),
    "list": (
        _list,
        "",
        "List the conversations, the newest first: file, last change, title.",
        None,
    ),
    "show": (_show, "CONV", "Print a conversation.", SHOW_NOTES),
    "grep": (_grep, "PATTERN", "Search all conversations.", GREP_NOTES),
    "export": (
        _export,
        "CONV|--all",
        "Write conversations as Markdown, HTML or JSON.",
        EXPORT_NOTES,
    ),
    "import": (
        _import,
        "FILE…",
        "Take over conversations from other programs.",
        IMPORT_NOTES,
    ),
    "trash": (
        _trash,
        "",
        "List the deleted conversations, bring one back, or empty the trash.",
        None,
    ),
    "models": (_models, "", "List the models that the server offers.", None),
    "themes": (add_places, "", "List the themes that can be chosen.", None),
    "keys": (add_places, "", "List every key and what it does.", None),
    "doctor": (
        _doctor,
        "",
        "Check configuration, library, key, network and terminal.",
        "Each line begins with ok, ! (odd) or ✗ (broken); the exit code is 1 when\n"
        "something is broken. The key itself is never shown.",
    ),
    "demo-server": (
        _demo_server,
        "",
        "Run the embedded server alone and print its URL.",
        None,
    ),
}
"""By name: who describes it, its main argument, what it does, and notes below."""


def overview() -> str:
    """Return one line for each command."""
    rows = [
        (f"{name} {usage}".strip(), description)
        for name, (_, usage, description, _) in COMMANDS.items()
    ]
    width = max(len(name) for name, _ in rows)
    return "\n".join(f"  {name:{width}}  {description}" for name, description in rows)
