"""Tells reasoning from answer when a model marks it with tags inside its text.

Several servers pass on `<think>…</think>` at the start of the content as the model
wrote it. The tags may be split anywhere between two pieces.
"""

from __future__ import annotations

from enum import Enum, auto
from typing import NamedTuple

_TAGS = {"<think>": "</think>", "<thinking>": "</thinking>"}

MOST_HELD = 4096
"""Characters held back at most; a longer run of blanks is passed on as it is."""


class Split(NamedTuple):
    """A piece of content, told apart."""

    reasoning: str
    text: str


class _Place(Enum):
    START = auto()
    REASONING = auto()
    GAP = auto()
    ANSWER = auto()


class ThinkTagSplitter:
    """Splits content into reasoning and answer.

    Only a tag that opens the content counts, so that an answer may speak about the
    tags. Blank space around the reasoning is left out.
    """

    def __init__(self) -> None:
        self._place = _Place.START
        self._held = ""
        self._closing = ""
        self._begun = False

    def feed(self, piece: str) -> Split:
        """Return what is certain after this piece; the rest is held back."""
        if self._place is _Place.ANSWER:
            return Split("", piece)
        content, self._held = self._held + piece, ""
        if self._place is _Place.START:
            content = self._open(content)
        return self._tell_apart(content)

    def _tell_apart(self, content: str) -> Split:
        """Return the content after the opening tag, or after none, told apart."""
        if self._place is _Place.ANSWER:
            return Split("", content)
        reasoning = text = ""
        if self._place is _Place.REASONING:
            reasoning, content = self._close(content)
        if self._place is _Place.GAP:
            text = content.lstrip()
            if text:
                self._place = _Place.ANSWER
        return Split(reasoning, text)

    def flush(self) -> Split:
        """Return what is still held back when the content is over."""
        held, self._held = self._held, ""
        if self._place is _Place.REASONING:
            return Split(held, "")
        return Split("", held if self._place is _Place.START else "")

    def _open(self, content: str) -> str:
        """Leave START when it is certain; return the content that is left."""
        begun = content.lstrip()
        for opening, closing in _TAGS.items():
            if begun.startswith(opening):
                self._place, self._closing = _Place.REASONING, closing
                return begun[len(opening) :]
        undecided = any(opening.startswith(begun) for opening in _TAGS)
        if undecided and len(content) <= MOST_HELD:
            self._held = content
            return ""
        self._place = _Place.ANSWER
        return content

    def _close(self, content: str) -> tuple[str, str]:
        """Return the reasoning that is certain and the content after its end."""
        if not self._begun:
            content = content.lstrip()
            self._begun = bool(content)
        reasoning, closing, rest = content.partition(self._closing)
        if closing:
            self._place = _Place.GAP
            return reasoning.rstrip(), rest
        keep = len(content.rstrip())
        for length in range(min(len(self._closing) - 1, len(content)), 0, -1):
            if content.endswith(self._closing[:length]):
                keep = len(content[:-length].rstrip())
                break
        if len(content) - keep > MOST_HELD:
            keep = len(content)
        self._held = content[keep:]
        return content[:keep], ""
