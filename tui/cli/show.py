"""`fortytwo show`: a conversation, its last answer or its code, on stdout."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from tui.cli.configuration import find_places, open_library
from tui.cli.interruption import Interrupted, interruptible
from tui.cli.output import BOLD, Output
from tui.cli.waiting_line import WaitingLine
from tui.domain.errors import UsageError
from tui.domain.message import Role, Status
from tui.domain.visible import visible_line
from tui.services.blocks_of_code import blocks_of_code
from tui.services.exporting import export_markdown, export_message, speaker
from tui.services.following import Following
from tui.services.lookup import find_conversation
from tui.services.whole_conversation import load_whole

if TYPE_CHECKING:
    from argparse import Namespace

    from tui.domain.conversation import Conversation
    from tui.domain.message import Message
    from tui.storage.library import Library


def run_show(arguments: Namespace) -> int:
    """Print what of a conversation was asked for.

    Raises:
        UsageError: No conversation is meant, or it has no answer yet.
        StorageError: It can't be read.
    """
    library = open_library(find_places(arguments, os.environ))
    file = find_conversation(library, arguments.conversation)
    output = Output()
    if arguments.follow:
        with interruptible():
            try:
                return _follow(library, file, arguments, output)
            except Interrupted as interruption:
                return interruption.exit_code
    conversation = load_whole(library, file)
    if arguments.last:
        _print(_last_answer(conversation).content, arguments, output)
    elif arguments.code:
        _print(_all_text(conversation), arguments, output)
    elif output.terminal:
        _print_for_people(conversation, output)
    else:
        output.write(export_markdown(conversation))
    return 0


def _last_answer(conversation: Conversation) -> Message:
    for message in reversed(conversation.path):
        if message.role is Role.ASSISTANT and message.content:
            return message
    raise UsageError(f"“{conversation.title}” has no answer yet.")


def _all_text(conversation: Conversation) -> str:
    return "\n\n".join(message.content for message in conversation.path)


def _print(text: str, arguments: Namespace, output: Output) -> None:
    if arguments.code:
        text = "\n".join(blocks_of_code(text))
    output.write(text)
    if text and not text.endswith("\n"):
        output.end_line()


def _print_for_people(conversation: Conversation, output: Output) -> None:
    output.write_styled(output.styled(output.line(conversation.title), BOLD) + "\n\n")
    if conversation.system_prompt.strip():
        _print_message("System prompt", conversation.system_prompt, output)
    for message in conversation.path:
        _print_message(speaker(message), export_message(message, ""), output)


def _print_message(who: str, text: str, output: Output) -> None:
    output.write_styled(output.styled(f"── {output.line(who)} ──", BOLD) + "\n")
    output.write_line(text.strip("\n"))
    output.write_styled("\n")


def _follow(library: Library, file: str, arguments: Namespace, output: Output) -> int:
    conversation = library.load(file).conversation
    following = Following(library, file)
    waiting = WaitingLine()
    whole = not (arguments.last or arguments.code)
    if whole:
        _print_for_people(conversation, output)
        output.flush()
    pieces: list[str] = []
    for piece in following.pieces(
        lambda seconds: waiting.progress(f"waiting for the answer · {seconds} s")
    ):
        waiting.clear()
        if whole and not pieces:
            heading = f"── {output.line(following.model or 'Assistant')} ──"
            output.write_styled(output.styled(heading, BOLD) + "\n")
        pieces.append(piece)
        if not arguments.code:
            output.write(piece)
            output.flush()
    waiting.clear()
    if following.answer is None:
        sys.stderr.write("fortytwo: No answer is under way in this conversation.\n")
        return 0
    if arguments.code:
        _print("".join(pieces), arguments, output)
    elif pieces and not pieces[-1].endswith("\n"):
        output.end_line()
    return _judge(following.answer)


def _judge(answer: Message) -> int:
    if answer.status is Status.COMPLETE:
        return 0
    sentence = answer.error or f"The answer ended: {answer.status}."
    sys.stderr.write(f"fortytwo: {visible_line(sentence)}\n")
    return 1
