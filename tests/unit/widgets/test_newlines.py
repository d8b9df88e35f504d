from __future__ import annotations

import string
import subprocess
import sys

import pytest
from textual._ansi_sequences import ANSI_SEQUENCES_KEYS
from textual._xterm_parser import XTermParser
from textual.events import Key

from tui.ui.widgets.newlines import normalize_key, teach_sequences, types_nothing


def keys_of(raw: str) -> list[tuple[str, str | None]]:
    teach_sequences()
    parser = XTermParser()
    events = [*parser.feed(raw), *parser.feed("")]
    return [
        (normalize_key(event.key), event.character)
        for event in events
        if isinstance(event, Key)
    ]


@pytest.mark.parametrize(
    ("raw", "key"),
    [
        ("\r", "enter"),
        ("\n", "ctrl+j"),
        ("\x1b\r", "alt+enter"),
        ("\x1b[13;2u", "shift+enter"),
        ("\x1b[13;3u", "alt+enter"),
        ("\x1b[13;5u", "ctrl+enter"),
        ("\x1b[27;2;13~", "shift+enter"),
        ("\x1b[27;3;13~", "alt+enter"),
        ("\x1b[27;5;13~", "ctrl+enter"),
        ("\x1b[57414u", "enter"),
    ],
)
def test_every_form_of_enter_has_one_name(raw: str, key: str) -> None:
    assert [name for name, _ in keys_of(raw)] == [key]


WITHOUT_KITTY = """
import os
os.environ["TEXTUAL_DISABLE_KITTY_KEY"] = "1"
from textual._xterm_parser import XTermParser
from tui.ui.widgets.newlines import normalize_key, teach_sequences
teach_sequences()
for raw in ("\\x1b[13;2u", "\\x1b[27;2;13~", "\\x1b[27;5;13~", "\\x1b\\r"):
    print(*[normalize_key(event.key) for event in XTermParser().feed(raw)])
"""


def test_the_forms_are_known_with_the_kitty_protocol_off() -> None:
    ran = subprocess.run(
        [sys.executable, "-c", WITHOUT_KITTY],
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout.split() == [
        "shift+enter",
        "shift+enter",
        "ctrl+enter",
        "alt+enter",
    ]


@pytest.mark.parametrize("character", string.digits + ".,;:!?'\"/\\-=+*&%$#@<>~` ")
def test_alt_and_a_sign_types_nothing(character: str) -> None:
    ((key, typed),) = keys_of(f"\x1b{character}")
    assert key.startswith("alt+")
    assert typed is None


@pytest.mark.parametrize(
    ("raw", "key"), [("\x1bx", "alt+x"), ("\x1bX", None), ("\x1bD", "alt+shift+d")]
)
def test_alt_and_a_letter_is_a_chord(raw: str, key: str | None) -> None:
    if key is None:  # ESC X begins a string of the terminal's
        assert raw not in ANSI_SEQUENCES_KEYS
    else:
        assert keys_of(raw) == [(key, None)]


def test_what_textual_knew_of_words_and_arrows_stays() -> None:
    assert keys_of("\x1bf")[0][0] == "ctrl+right"
    assert keys_of("\x1bb")[0][0] == "ctrl+left"
    assert keys_of("\x1b[1;3A")[0][0] == "alt+up"
    assert keys_of("\x1bOP")[0][0] == "f1"
    assert keys_of("\x1b[200~a\rb\x1b[201~") == []


def test_teaching_twice_changes_nothing() -> None:
    teach_sequences()
    before = dict(ANSI_SEQUENCES_KEYS)
    teach_sequences()
    assert before == ANSI_SEQUENCES_KEYS


def test_the_library_still_needs_to_be_taught() -> None:
    """When this fails, Textual has learnt it: take it out of `teach_sequences`."""
    code = (
        "from textual._xterm_parser import XTermParser as P\n"
        "print([e.key for e in P()._sequence_to_key_events('\\x1b\\r')],"
        "[e.key for e in P()._sequence_to_key_events('\\x1b1')],"
        "[e.key for e in P()._sequence_to_key_events('\\x1b[27;2;13~')])"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert ran.stdout.strip() == "[] ['inverted_exclamation_mark'] ['shift+\\r']"


@pytest.mark.parametrize("key", ["alt+x", "ctrl+full_stop", "super+v", "meta+a"])
def test_chords_type_nothing(key: str) -> None:
    assert types_nothing(key)
    assert not types_nothing("x")
    assert not types_nothing("plus")
