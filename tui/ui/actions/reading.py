"""Actions that move in the transcript, fold, and find."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.domain.errors import UsageError
from tui.ui.transcript import Landmark

if TYPE_CHECKING:
    from tui.ui.screens.main import MainScreen


async def find(screen: MainScreen, text: str) -> None:
    """Open the line to search by, or search for `text` at once."""
    await screen.open_find_bar(text)


def find_next(screen: MainScreen, _: str) -> None:
    """Go to the next match."""
    if screen.find_bar is not None:
        screen.find_bar.step(1)


def find_previous(screen: MainScreen, _: str) -> None:
    """Go to the previous match."""
    if screen.find_bar is not None:
        screen.find_bar.step(-1)


def page_up(screen: MainScreen, _: str) -> None:
    """Scroll a page up."""
    screen.transcript.page(-1)


def page_down(screen: MainScreen, _: str) -> None:
    """Scroll a page down."""
    screen.transcript.page(1)


def half_page_up(screen: MainScreen, _: str) -> None:
    """Scroll half a page up."""
    screen.transcript.half_page(-1)


def half_page_down(screen: MainScreen, _: str) -> None:
    """Scroll half a page down."""
    screen.transcript.half_page(1)


def next_message(screen: MainScreen, _: str) -> None:
    """Go to the next message."""
    screen.transcript.move_message(1)


def previous_message(screen: MainScreen, _: str) -> None:
    """Go to the previous message."""
    screen.transcript.move_message(-1)


def first_message(screen: MainScreen, _: str) -> None:
    """Go to the top."""
    screen.transcript.go_home()


def last_message(screen: MainScreen, _: str) -> None:
    """Go to the end and follow the answer."""
    screen.transcript.go_to_end()


_LANDMARKS = {
    Landmark.PROMPT: "prompt of yours",
    Landmark.CODE: "block of code",
    Landmark.FAILURE: "answer that failed",
}


def _jump(screen: MainScreen, landmark: Landmark, direction: int) -> None:
    if not screen.transcript.jump_to_kind(landmark, direction):
        where = "below" if direction > 0 else "above"
        screen.fortytwo.tell(f"There is no {_LANDMARKS[landmark]} {where}.")


def next_prompt(screen: MainScreen, _: str) -> None:
    """Go to the next prompt."""
    _jump(screen, Landmark.PROMPT, 1)


def previous_prompt(screen: MainScreen, _: str) -> None:
    """Go to the previous prompt."""
    _jump(screen, Landmark.PROMPT, -1)


def next_code(screen: MainScreen, _: str) -> None:
    """Go to the next block of code."""
    _jump(screen, Landmark.CODE, 1)


def previous_code(screen: MainScreen, _: str) -> None:
    """Go to the previous block of code."""
    _jump(screen, Landmark.CODE, -1)


def next_failure(screen: MainScreen, _: str) -> None:
    """Go to the next answer that failed."""
    _jump(screen, Landmark.FAILURE, 1)


def previous_failure(screen: MainScreen, _: str) -> None:
    """Go to the previous answer that failed."""
    _jump(screen, Landmark.FAILURE, -1)


def fold(screen: MainScreen, _: str) -> None:
    """Fold or unfold the long parts of the message."""
    if not screen.transcript.toggle_fold():
        screen.fortytwo.tell("Nothing folds here; long texts, code and reasoning do.")


def fold_all(screen: MainScreen, _: str) -> None:
    """Fold or unfold everything."""
    screen.transcript.toggle_all_folds()


def source(screen: MainScreen, _: str) -> None:
    """Show the message as it was written."""
    message_id = screen.target()
    if message_id is None:
        raise UsageError("There is no message here yet.")
    screen.transcript.show_source(message_id)


def formatted(screen: MainScreen, _: str) -> None:
    """Lay out what is shown plainly because it is very big."""
    message_id = screen.target()
    if message_id is None:
        raise UsageError("There is no message here yet.")
    problem = screen.transcript.toggle_formatted(message_id)
    if problem:
        screen.fortytwo.tell(problem)


ACTIONS = {
    "find.open": find,
    "find.next": find_next,
    "find.previous": find_previous,
    "read.page_up": page_up,
    "read.page_down": page_down,
    "read.half_up": half_page_up,
    "read.half_down": half_page_down,
    "read.next": next_message,
    "read.previous": previous_message,
    "read.first": first_message,
    "read.last": last_message,
    "read.next_prompt": next_prompt,
    "read.previous_prompt": previous_prompt,
    "read.next_code": next_code,
    "read.previous_code": previous_code,
    "read.next_failure": next_failure,
    "read.previous_failure": previous_failure,
    "read.fold": fold,
    "read.fold_all": fold_all,
    "read.source": source,
    "read.formatted": formatted,
}
