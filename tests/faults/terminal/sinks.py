"""Every place where foreign text is shown, and how to get a text there."""

from __future__ import annotations

import importlib
import pkgutil
from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from textual.widget import Widget

import tui.ui
from tests.support.desk import settings_for
from tui.domain.completion import ModelInfo
from tui.domain.message import Message, Role, Status
from tui.domain.search import Found, Hit
from tui.domain.summary import Summary, Trashed
from tui.domain.turn import Turn
from tui.ui.screens.ask_line import AskLine
from tui.ui.screens.confirm import Confirm
from tui.ui.screens.inspector import Inspector
from tui.ui.screens.model_picker import ModelPicker
from tui.ui.screens.picker import Choice, Picker
from tui.ui.screens.prompt_editor import PromptEditor
from tui.ui.screens.queue import RequestQueue
from tui.ui.screens.search import SearchChats
from tui.ui.screens.setup import Setup
from tui.ui.screens.theme_picker import ThemePicker
from tui.ui.screens.trash import TrashPicker

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from textual.screen import Screen

    from tests.unit.ui.program import Program

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def _summary(number: int, text: str) -> Summary:
    return Summary(f"f{number}.toml", text, NOW, model=text)


def _list(program: Program, texts: Sequence[str]) -> None:
    program.main.conversations.show_summaries(
        [_summary(number, text) for number, text in enumerate(texts)]
    )


def _header(program: Program, texts: Sequence[str]) -> None:
    for text in texts:
        program.main.header.show(text, text, [text])


def _status(program: Program, texts: Sequence[str]) -> None:
    for text in texts:
        program.main.status.show_note(text, "error")


def _toast(program: Program, texts: Sequence[str]) -> None:
    for text in texts:
        program.app.tell(text, "error")


def _composer(program: Program, texts: Sequence[str]) -> None:
    for text in texts:
        program.main.composer.set_text(text)


def _transcript(program: Program, texts: Sequence[str]) -> None:
    program.main.chat.show_raw("f.toml", "\n\n".join(texts), texts[-1])


def _find(program: Program, texts: Sequence[str]) -> None:
    for text in texts:
        program.main.start("find.open", text)


def _turn(text: str) -> Turn:
    return Turn(file=text, message_id="m", model=text)


async def _models(texts: Sequence[str]) -> Sequence[ModelInfo]:
    return [ModelInfo(text, text) for text in texts]


async def _hits(texts: Sequence[str]) -> Found:
    hits = [
        Hit(f"f{number}", text, NOW, "m", "user", text, ((0, 1),), text)
        for number, text in enumerate(texts)
    ]
    return Found("x", tuple(hits), 1, 1, texts[-1])


def _answer(text: str) -> Message:
    return Message(
        "m",
        Role.ASSISTANT,
        text,
        NOW,
        model=text,
        status=Status.FAILED,
        reasoning=text,
        response_id=text,
        finish_reason=text,
        error=text,
        error_detail=text,
    )


def _themes(program: Program, texts: Sequence[str]) -> ThemePicker:
    spec = program.app.theme_spec
    themes = [replace(spec, name=str(at), label=text) for at, text in enumerate(texts)]
    return ThemePicker(themes, "0", lambda name: None)


def _place(text: str) -> Any:
    return SimpleNamespace(settings=settings_for(text), needs_setup=lambda: True)


def _trash(texts: Sequence[str]) -> TrashPicker:
    rows = [
        Trashed(str(at), replace(_summary(at, text), problem=text), NOW)
        for at, text in enumerate(texts)
    ]
    return TrashPicker(rows, SimpleNamespace(), NOW, 30)  # type: ignore[arg-type]  # not asked


DRAWN: dict[str, Callable[[Program, Sequence[str]], None]] = {
    "ConversationList": _list,
    "ListSurface": _list,
    "ChatHeader": _header,
    "StatusLine": _status,
    "Toast": _toast,
    "Composer": _composer,
    "PasteArea": _composer,
    "PromptArea": _composer,
    "Transcript": _transcript,
    "PaintedView": _transcript,
    "SearchedView": _transcript,
    "ReadingView": _transcript,
    "MainScreen": _transcript,
    "FindBar": _find,
}
"""Widgets of the main screen, by class."""

DIALOGS: dict[str, Callable[[Program, Sequence[str]], Screen[Any]]] = {
    "AskLine": lambda program, texts: AskLine(texts[-1], texts[-1], texts[-1]),
    "Confirm": lambda program, texts: Confirm(texts[-1], "\n".join(texts), texts[-1]),
    "PromptEditor": lambda program, texts: PromptEditor("\n".join(texts)),
    "SystemPromptArea": lambda program, texts: PromptEditor("\n".join(texts)),
    "Picker": lambda program, texts: Picker(
        texts[-1], [Choice(text, text, text, text) for text in texts]
    ),
    "ModelPicker": lambda program, texts: ModelPicker(
        lambda: _models(texts), texts[-1]
    ),
    "TrashPicker": lambda program, texts: _trash(texts),
    "ThemePicker": _themes,
    "RequestQueue": lambda program, texts: RequestQueue(
        SimpleNamespace(running=lambda: tuple(map(_turn, texts))),  # type: ignore[arg-type]  # all it asks
        lambda file: file,
    ),
    "SearchChats": lambda program, texts: SearchChats(
        lambda *_: _hits(texts), "x", UTC
    ),
    "Inspector": lambda program, texts: Inspector(_answer("\n".join(texts)), None),
    "Setup": lambda program, texts: Setup(_place(texts[-1])),
}
"""Dialogs, by class."""

NO_FOREIGN_TEXT = {
    "Dialog": "the base of dialogs",
    "EndMarker": "a number of our own",
    "Help": "our own manual and keys",
    "Palette": "our own labels",
    "PickLetter": "our own sentence",
    "TooSmall": "our own sentence",
    "Welcome": "our own sentences",
}
"""Widgets that show nothing from outside, and what they show."""


def widget_classes() -> Iterator[str]:
    """Yield the name of every widget class of the interface."""
    for module in pkgutil.walk_packages(tui.ui.__path__, "tui.ui."):
        importlib.import_module(module.name)
    waiting: list[type[Widget]] = [Widget]
    while waiting:
        for kind in waiting.pop().__subclasses__():
            waiting.append(kind)
            if kind.__module__.startswith("tui.ui."):
                yield kind.__name__
