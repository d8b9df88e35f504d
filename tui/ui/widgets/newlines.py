"""Every way a terminal says Enter with a modifier, as one name each.

Terminals disagree: alt+enter is `ESC CR`, shift+enter is a bare CR, `CSI 13;2u`
(kitty, and tmux with csi-u) or `CSI 27;2;13~` (xterm's modifyOtherKeys, and tmux with
extended keys). Textual 8.2 knows the second of these; the others are taught here.
"""

from __future__ import annotations

from dataclasses import dataclass
from string import ascii_letters, digits, punctuation
from typing import TYPE_CHECKING, cast

from textual._ansi_sequences import ANSI_SEQUENCES_KEYS
from textual.keys import KEY_NAME_REPLACEMENTS, _character_to_key

if TYPE_CHECKING:
    from collections.abc import MutableMapping

NEWLINE_KEYS = frozenset({"shift+enter", "alt+enter", "ctrl+j"})
"""Always a newline when Enter sends. When Enter is a newline, ctrl+j sends."""

SEND_KEYS = frozenset({"ctrl+j", "ctrl+s", "ctrl+enter"})
"""Send when Enter is a newline."""

_MODIFIED_ENTERS = {
    f"\x1b[{form}": key
    for code, key in (
        (2, "shift+enter"),
        (3, "alt+enter"),
        (5, "ctrl+enter"),
    )
    for form in (f"27;{code};13~", f"13;{code}u")
}
_BEGIN_LONGER_SEQUENCES = frozenset("[]OPNX^_")
"""After ESC these begin CSI, OSC, SS3, DCS, SS2, SOS, PM and APC."""


@dataclass(frozen=True, slots=True)
class _Taught:
    """A key of the table; the parser asks a key for nothing but its value."""

    value: str


_MODIFIERS = ("alt+", "ctrl+", "super+", "hyper+", "meta+")


def normalize_key(key: str) -> str:
    r"""Return Textual's name of a key with Enter in its usual spelling.

    With the kitty protocol on, Textual names xterm's `CSI 27;2;13~` by its character,
    `shift+\r` instead of `shift+enter`, and drops the alt of `CSI 27;3;13~`.
    """
    if key == "\r":
        return "alt+enter"
    return key[:-1] + "enter" if key.endswith("+\r") else key


def types_nothing(key: str) -> bool:
    """Return whether a key with a character is a chord, not text.

    An unbound alt+x must not type an x.
    """
    return key.startswith(_MODIFIERS)


def teach_sequences() -> None:
    """Teach Textual's parser the sequences that it takes for something else.

    `ESC CR` becomes alt+enter (upstream issue 6663: the alt is dropped, so the prompt
    is sent). ESC and a printable character become the alt chord at once and without a
    character: alt+. would type a full stop, alt+1 an inverted exclamation mark.

    The table is the library's own and not public; there is no other hook between the
    terminal's bytes and the key events. `tests/unit/widgets/test_newlines.py` fails
    when the table moves or changes its meaning. Calling this twice changes nothing.
    """
    table = cast("MutableMapping[str, object]", ANSI_SEQUENCES_KEYS)
    taught = {"\x1b\r": "alt+enter", **_MODIFIED_ENTERS}
    for character in ascii_letters + digits + punctuation + " ":
        if character not in _BEGIN_LONGER_SEQUENCES and character not in "fb":
            taught[f"\x1b{character}"] = _alt_name(character)
    for sequence, key in taught.items():
        table[sequence] = (_Taught(key),)


def _alt_name(character: str) -> str:
    if character.isalnum():
        shift = "shift+" if character.isupper() else ""
        return f"alt+{shift}{character.lower()}"
    name = _character_to_key(character)
    return f"alt+{KEY_NAME_REPLACEMENTS.get(name, name)}"
