from __future__ import annotations

from tui.ui.widgets.paste_guard import (
    BURST_KEYS,
    BURST_QUIET,
    PASTE_QUIET,
    PasteGuard,
)


def press(guard: PasteGuard, start: float, gap: float, count: int) -> list[bool]:
    return [guard.press(start + at * gap) for at in range(count)]


def test_a_fast_typist_is_no_paste() -> None:
    assert not any(press(PasteGuard(), 100, 0.03, 50))


def test_keys_of_one_read_are_a_paste_from_the_fifth_on() -> None:
    assert press(PasteGuard(), 0, 0.0001, BURST_KEYS + 2) == [
        *[False] * (BURST_KEYS - 1),
        True,
        True,
        True,
    ]


def test_a_paste_goes_on_over_a_short_pause_and_ends_with_a_longer_one() -> None:
    guard = PasteGuard()
    press(guard, 0, 0.0001, 10)
    assert guard.press(0.025)
    assert not guard.press(0.025 + BURST_QUIET + 0.001)


def test_what_follows_a_bracketed_paste_at_once_belongs_to_it() -> None:
    guard = PasteGuard()
    guard.paste(10.0)
    assert guard.press(10.0 + PASTE_QUIET * 0.9)
    assert not guard.press(10.2)


def test_two_rolled_keys_and_enter_are_typing() -> None:
    assert not any(press(PasteGuard(), 0, 0.005, 3))


def test_a_key_right_after_enter_makes_a_paste() -> None:
    guard = PasteGuard()
    guard.press(0)
    guard.press(0.0001)
    guard.join()
    assert guard.press(0.0002)
