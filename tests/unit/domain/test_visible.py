from __future__ import annotations

import sys
import unicodedata

import pytest

from tui.domain.visible import visible_line, visible_text

CONTROLS = [
    chr(code)
    for code in (
        *range(0x20),
        0x7F,
        *range(0x80, 0xA0),
        *range(0x202A, 0x202F),
        *range(0x2066, 0x206A),
    )
]


@pytest.mark.parametrize("control", CONTROLS, ids=lambda c: f"U+{ord(c):04X}")
def test_no_control_character_gets_through(control: str) -> None:
    assert control not in visible_line(f"a{control}b")
    if control not in "\n\t":
        assert control not in visible_text(f"a{control}b")
    assert len(visible_line(f"a{control}b")) == 3


@pytest.mark.parametrize(
    "text", ["שלום", "مرحبا بالعالم", "👩‍👩‍👧‍👦", "é", "日本語", "a\u200dع", "plain"]
)
def test_living_scripts_stay_as_they_are(text: str) -> None:
    assert visible_line(text) == text
    assert visible_text(text) == text


def test_lone_surrogates_can_be_encoded_afterwards() -> None:
    assert visible_text("a\ud800b").encode() == "a\ufffdb".encode()


def test_every_control_category_is_covered() -> None:
    for code in range(sys.maxunicode + 1):
        character = chr(code)
        if unicodedata.category(character) == "Cc" and character not in "\n\t":
            assert visible_text(character) != character, hex(code)


def test_what_is_printable_needs_no_closer_look() -> None:
    printable = "".join(filter(str.isprintable, map(chr, range(sys.maxunicode + 1))))
    # The tab makes a text that is looked at closely.
    assert visible_line(printable + "\t") == printable + " "
