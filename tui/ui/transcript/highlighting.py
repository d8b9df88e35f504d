"""Colours of code: pygments tokens as looks, lexers loaded away from the event loop.

The first use of a lexer compiles its regular expressions (65 ms for Python, measured),
so a lexer is loaded and tried in a thread; until it is there the code is plain.
"""

from __future__ import annotations

import threading
from functools import lru_cache
from typing import TYPE_CHECKING

from tui.ui.transcript.lines import Look

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from pygments.lexer import Lexer
    from pygments.token import _TokenType

    from tui.ui.transcript.lexer_state import LexerState

CODE = Look(fg="foreground", bg="surface")

_LOOKS: tuple[tuple[str, Look], ...] = (
    ("Comment.Preproc", CODE._replace(fg="keyword")),
    ("Comment", CODE._replace(fg="comment", italic=True)),
    ("Keyword.Type", CODE._replace(fg="type")),
    ("Keyword", CODE._replace(fg="keyword")),
    ("Operator.Word", CODE._replace(fg="keyword")),
    ("Name.Function", CODE._replace(fg="function")),
    ("Name.Builtin", CODE._replace(fg="type")),
    ("Name.Class", CODE._replace(fg="type", bold=True)),
    ("Name.Decorator", CODE._replace(fg="function")),
    ("Name.Exception", CODE._replace(fg="type")),
    ("Name.Tag", CODE._replace(fg="keyword")),
    ("Name.Attribute", CODE._replace(fg="function")),
    ("Name.Constant", CODE._replace(fg="number")),
    ("Literal.String", CODE._replace(fg="string")),
    ("Literal.Number", CODE._replace(fg="number")),
    ("Literal", CODE._replace(fg="number")),
    ("Generic.Deleted", CODE._replace(fg="removed")),
    ("Generic.Inserted", CODE._replace(fg="added")),
    ("Generic.Heading", CODE._replace(bold=True)),
    ("Generic.Subheading", CODE._replace(fg="function")),
    ("Generic.Prompt", CODE._replace(fg="comment")),
    ("Generic.Strong", CODE._replace(bold=True)),
    ("Generic.Emph", CODE._replace(italic=True)),
)


@lru_cache(512)
def _token_look(kind: _TokenType) -> Look:
    name = ".".join(kind)
    for prefix, look in _LOOKS:
        if name == prefix or name.startswith(prefix + "."):
            return look
    return CODE


class Highlighter:
    """Lexers by name, loaded in the background.

    Args:
        background: False loads a lexer at once, where it is asked for.
        loaded: Called from the loading thread when a lexer has become ready.
    """

    LIMIT = 200
    """How many language names are remembered; answers can name any."""

    def __init__(
        self,
        *,
        background: bool = True,
        loaded: Callable[[str], None] | None = None,
    ) -> None:
        self._background = background
        self._loaded = loaded
        self._lexers: dict[str, tuple[Lexer, str] | None] = {}
        self._loading: set[str] = set()
        self._lock = threading.Lock()
        self._queue: list[str] = []
        self._thread: threading.Thread | None = None

    def is_loading(self, name: str) -> bool:
        """Return whether code in this language will be coloured a little later."""
        return name in self._loading

    def warm(self, names: Iterable[str]) -> None:
        """Start to load lexers that will be needed."""
        for name in names:
            self._find(name.lower())

    def _find(self, name: str) -> tuple[Lexer, str] | None:
        if not name or name in self._loading:
            return None
        if name in self._lexers:
            return self._lexers[name]
        if len(self._lexers) + len(self._loading) >= self.LIMIT or len(name) > 40:
            return None
        if not self._background:
            self._lexers[name] = _load(name)
            return self._lexers[name]
        with self._lock:
            self._loading.add(name)
            self._queue.append(name)
            if self._thread is None:
                self._thread = threading.Thread(
                    target=self._work, name="lexers", daemon=True
                )
                self._thread.start()
        return None

    def _work(self) -> None:
        while True:
            with self._lock:
                if not self._queue:
                    self._thread = None
                    return
                name = self._queue.pop(0)
            found = self._lexers[name] = _load(name)
            self._loading.discard(name)
            if found is not None and self._loaded is not None:
                self._loaded(name)

    def color(
        self, code: str, name: str, state: LexerState | None = None
    ) -> list[list[tuple[str, Look]]] | None:
        """Return the pieces of every line of code.

        Args:
            code: Lines ending in a newline each.
            name: The language's name.
            state: Where the lexer stands above the code; None at its beginning.

        Returns:
            One list of pieces a line, or None when there is no lexer (yet) or when
            it did not give back the same text.
        """
        found = self._find(name.lower())
        if found is None:
            return None
        from tui.ui.transcript.lexer_state import BEGINNING, tokens_of

        lexer, closers = found
        lines: list[list[tuple[str, Look]]] = []
        line: list[tuple[str, Look]] = []
        for kind, text in tokens_of(lexer, code, state or BEGINNING, closers):
            look = _token_look(kind)
            if "\n" in text:
                *complete, rest = text.split("\n")
                for part in complete:
                    if part:
                        line.append((part, look))
                    lines.append(line)
                    line = []
                text = rest
            if text:
                line.append((text, look))
        if line:
            lines.append(line)
        shown = "\n".join("".join(part for part, _ in one) for one in lines) + "\n"
        return lines if shown == code else None

    def state_after(
        self, code: str, name: str, state: LexerState | None
    ) -> LexerState | None:
        """Return where the lexer stands at the end of code; None without a lexer.

        Args:
            code: Lines ending in a newline each.
            name: The language's name.
            state: Where it stands above the code; None at its beginning.
        """
        found = self._find(name.lower())
        if found is None:
            return None
        from tui.ui.transcript.lexer_state import BEGINNING, state_after

        lexer, closers = found
        return state_after(lexer, code, state or BEGINNING, closers)


def _load(name: str) -> tuple[Lexer, str] | None:
    """Return a lexer and what closes all that it knows only when it is closed."""
    from pygments.lexers import get_lexer_by_name
    from pygments.util import ClassNotFound

    from tui.ui.transcript.lexer_state import closers_of

    try:
        lexer = get_lexer_by_name(
            name, stripnl=False, stripall=False, ensurenl=True, tabsize=0
        )
    except ClassNotFound:
        return None
    list(lexer.get_tokens("x = 1\n"))
    return lexer, closers_of(lexer)
