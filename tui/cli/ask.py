"""`fortytwo ask`: one question, its answer on stdout, both kept in the library."""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING, Any

from tui.cli.answer_thread import AnswerThread
from tui.cli.configuration import (
    find_places,
    open_library,
    read_settings,
    report_problems,
)
from tui.cli.interruption import Interrupted, interruptible
from tui.cli.output import Output
from tui.cli.waiting_line import WaitingLine
from tui.domain.errors import UsageError
from tui.domain.message import Status
from tui.domain.visible import visible_line
from tui.services.asking import Question
from tui.services.lookup import find_conversation

if TYPE_CHECKING:
    from argparse import Namespace

    from tui.domain.settings import Settings
    from tui.services.asking import Answer

_SENTENCES = {
    Status.TRUNCATED: "The answer was cut off at the token limit.",
    Status.FILTERED: "The server's content filter stopped the answer.",
    Status.STOPPED: "The answer was stopped; what had arrived is kept.",
}


def run_ask(arguments: Namespace) -> int:
    """Ask, print the answer while it comes, and return how it ended.

    Raises:
        UsageError: There is no prompt, or the endpoint or its key can't be used.
        StorageError: The prompt or the answer can't be saved.
    """
    prompt = _read_prompt(arguments.prompt)
    places = find_places(arguments, os.environ)
    settings, problems = read_settings(arguments, places, os.environ)
    report_problems(problems)
    file = ""
    if arguments.conversation is not None:
        file = find_conversation(open_library(places), arguments.conversation)
    question = _question(arguments, settings, prompt, file)
    thread = AnswerThread(settings, problems, places.data, os.environ, question)
    with interruptible():
        return _print_answer(thread, new=not file, as_json=arguments.json)


def _read_prompt(typed: str | None) -> str:
    parts = [typed] if typed else []
    if sys.stdin is not None and not sys.stdin.isatty():
        try:
            parts.append(sys.stdin.buffer.read().decode("utf-8-sig"))
        except UnicodeDecodeError as error:
            raise UsageError(
                f"What comes in on stdin is no UTF-8 text (byte {error.start}); "
                "convert it first."
            ) from error
    prompt = "\n\n".join(part.strip("\n") for part in parts if part.strip())
    if not prompt:
        raise UsageError(
            'There is nothing to ask: `fortytwo ask "…"`, or send it text on stdin.'
        )
    return prompt


def _question(
    arguments: Namespace, settings: Settings, prompt: str, file: str
) -> Question:
    by_flag = bool(arguments.endpoint or arguments.base_url)
    return Question(
        prompt=prompt,
        file=file,
        system_prompt=arguments.system,
        endpoint=settings.endpoint if by_flag else "",
        model=arguments.model or "",
        stream=False if arguments.no_stream else None,
        nameless=settings.endpoints[settings.endpoint].ad_hoc,
    )


def _print_answer(thread: AnswerThread, *, new: bool, as_json: bool) -> int:
    """Print the answer while it comes and return the exit code."""
    output = Output()
    waiting = WaitingLine()
    try:
        for text in thread.texts(waiting.show):
            if as_json:
                continue
            waiting.clear()
            waiting.rest = True
            output.write(text)
            output.flush()
        answer = thread.answer()
        waiting.clear()
        _finish(answer, output, as_json=as_json)
    except BrokenPipeError:
        # Nobody reads on, so the server need not go on either.
        thread.stop()
        thread.wait()
        raise
    except Interrupted as interruption:
        waiting.clear()
        thread.stop()
        if (kept := thread.wait()) is not None:
            _finish(kept, output, as_json=as_json)
            waiting.tell(f"stopped; what had arrived is kept in {kept.file}")
        return interruption.exit_code
    if new:
        waiting.tell(f"kept as {answer.file}")
    return _judge(answer)


def _finish(answer: Answer, output: Output, *, as_json: bool) -> None:
    if as_json:
        output.write_styled(json.dumps(_as_json(answer), ensure_ascii=output.terminal))
        output.end_line()
    elif answer.message.content and not answer.message.content.endswith("\n"):
        output.end_line()
    output.flush()


def _judge(answer: Answer) -> int:
    message = answer.message
    if message.status is Status.COMPLETE:
        return 0
    known = _SENTENCES.get(message.status) if message.status else None
    sentence = message.error or known or "The answer is not whole."
    sys.stderr.write(f"fortytwo: {visible_line(sentence)}\n")
    return 1


def _as_json(answer: Answer) -> dict[str, Any]:
    message = answer.message
    usage = message.usage
    return {
        "file": answer.file,
        "id": message.id,
        "model": message.model,
        "status": message.status,
        "content": message.content,
        "reasoning": message.reasoning,
        "finish_reason": message.finish_reason,
        "response_id": message.response_id,
        "error": message.error,
        "usage": usage
        and {
            "prompt_tokens": usage.prompt_tokens,
            "completion_tokens": usage.completion_tokens,
            "total_tokens": usage.total_tokens,
            "estimated": usage.estimated,
        },
    }
