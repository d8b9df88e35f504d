"""The honest guide: answers questions about this program out of its own manual.

It is no language model and says so. The same messages always give the same answer,
so that an answer that broke off can be continued where it ended.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from tui.demo import faults, small_talk
from tui.demo.fault import SPOKEN
from tui.demo.retrieval import (
    LEAST_KNOWN,
    Match,
    Ranking,
    content_words,
    cut_sections,
)
from tui.demo.script import Script, whole_answer
from tui.manual import read_pages

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui.demo.chat_request import ChatMessage, ChatRequest

_GO_ON = re.compile(
    r"(?:please )?(?:continue|go on|keep going|carry on|finish (?:it|that)|"
    r"continue (?:please|(?:exactly |from )?where you (?:stopped|left off)).*)"
)
_MORE = re.compile(
    r"(?:and )?(?:tell me |say |a bit |some )?(?:more|else|then|next|and then|"
    r"what else|anything else|more about (?:it|that|this))(?: please)?"
)
_FOLLOW_UP = re.compile(r"^(?:and|or|but|what about|how about|also|then)\b")


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer and how it came about.

    Attributes:
        text: The answer as Markdown.
        thoughts: What the guide looked at, true to the letter.
    """

    text: str
    thoughts: str = ""


def answer(request: ChatRequest, *, thinks: bool = False) -> Script:
    """Return the script of the answer to a request.

    Args:
        request: The request.
        thinks: True sends what the guide looked at as reasoning first.
    """
    messages = request.messages
    if messages[-1].role == "assistant":
        reply = Reply(_rest_of(messages) or small_talk.NOTHING_MORE)
    elif _GO_ON.fullmatch(_plain(messages[-1].content)):
        reply = _go_on(messages[:-1])
    else:
        reply = _compose(messages)
    return whole_answer(reply.text, reply.thoughts if thinks else "")


def _go_on(before: Sequence[ChatMessage]) -> Reply:
    if before and before[-1].role == "assistant" and (rest := _rest_of(before)):
        return Reply(rest, "The answer before was not whole, so this is its rest.")
    return _more(before)


def _rest_of(messages: Sequence[ChatMessage]) -> str:
    """Return what is missing of the last answer, or ""."""
    begun = messages[-1].content
    whole = _compose(messages[:-1]).text
    return whole[len(begun) :] if begun and whole.startswith(begun) else ""


def _compose(messages: Sequence[ChatMessage]) -> Reply:
    question = _last_question(messages)
    if faults.find_call(question) is not None:
        return Reply(SPOKEN)
    plain = _plain(question)
    if _MORE.fullmatch(plain):
        return _more(messages[:-1])
    if talk := small_talk.find(question, plain, messages):
        return Reply(talk, "This needs no look into the manual.")
    words = content_words(question)
    matches = _ranking().rank(words)
    if _FOLLOW_UP.match(plain) and not _answers(words, matches):
        words += content_words(_last_question(messages[:-1]))
        matches = _ranking().rank(words)
    if not _answers(words, matches):
        none = f"{_looked(words)} None of them fits well enough."
        return Reply(small_talk.UNKNOWN, none)
    return _tell(words, matches)


def _more(before: Sequence[ChatMessage]) -> Reply:
    """Tell the next best section that has not been told yet."""
    questions = [message.content for message in before if message.role == "user"]
    asked = next(
        (
            words
            for question in reversed(questions)
            if not _MORE.fullmatch(_plain(question))
            and (words := content_words(question))
        ),
        [],
    )
    told = "\n".join(m.content for m in before if m.role == "assistant")
    left = [
        match
        for match in _ranking().rank(asked)
        if f"## {match.section.heading}\n" not in told
    ]
    if not left:
        return Reply(small_talk.NOTHING_MORE)
    return _tell(asked, left)


def _tell(words: Sequence[str], matches: Sequence[Match]) -> Reply:
    """Tell the best section, or say that none fits."""
    best, *others = matches
    fitting = "; ".join(
        f"“{match.section.heading}” ({match.score:.1f})" for match in matches[:3]
    )
    text = f"## {best.section.heading}\n\n{best.section.body}"
    near = [m.section for m in others[:3] if m.score >= best.score / 3]
    if near:
        see = " · ".join(f"*{section.heading}*" for section in near)
        text += f"\n\nSee also: {see} (say `more`). The whole manual is under F1."
    return Reply(text, f"{_looked(words)} The best, by score: {fitting}.")


def _looked(words: Sequence[str]) -> str:
    return (
        f"The words that count: {', '.join(dict.fromkeys(words)) or 'none'}. "
        f"The manual has {len(_ranking().sections)} sections."
    )


def _answers(words: Sequence[str], matches: Sequence[Match]) -> bool:
    """Return whether the best section is about the question, not only near it."""
    if not matches or matches[0].known < LEAST_KNOWN:
        return False
    return matches[0].named or len(words) == 1


def _last_question(messages: Sequence[ChatMessage]) -> str:
    return next((m.content for m in reversed(messages) if m.role == "user"), "")


def _plain(text: str) -> str:
    """Return a short text without case and punctuation."""
    return " ".join(re.sub(r"[^\w\s'+-]", " ", text[:400].casefold()).split())


@cache
def _ranking() -> Ranking:
    return Ranking(cut_sections(read_pages()))
