"""Inline Markdown as styled text: every character of the source stays readable.

A link shows its target, an image its address, HTML and comments are text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

from tui.domain.visible import visible_line, visible_text
from tui.ui.transcript.lines import PLAIN, Look

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from markdown_it.token import Token

_URL = re.compile(r"(?:https?://|mailto:)[^\s<>\"'`|\\^{}]+", re.IGNORECASE)
_BARE = re.compile(
    r"(?<![\w@./:+-])(?:www\.[\w-]+(?:\.[\w-]+)+(?:[/?#][^\s<>\"'`|\\^{}]*)?"
    r"|[A-Za-z0-9][\w.+-]*@[A-Za-z0-9][\w-]*(?:\.[\w-]+)*\.[A-Za-z]{2,}(?![\w@-]|:\S))"
)
"""Addresses that say no scheme: of a site, of a person."""

_MAY_STAND_OUT = ("://", "mailto:", "[^", "www.", "@")
_URL_TAIL = re.compile(r"[.,:;!?\"'*_~]+$")
_FOOTNOTE = re.compile(r"\[\^[^\]\s]{1,40}\]")
TASK_BOXES = MappingProxyType({"[ ] ": "☐ ", "[x] ": "☑ ", "[X] ": "☑ "})
"""What the beginning of a task is drawn as."""

TAB = "    "
"""What a tab is drawn as, in text."""

SAFE_LINK = re.compile(r"(?:https?://\S|mailto:\S)", re.IGNORECASE)
"""Targets that may be opened; all others are only text."""


@dataclass(slots=True)
class Inline:
    """Text with looks and links.

    Attributes:
        text: What is drawn; may hold newlines.
        runs: Start, end and look, in order and without gaps.
        links: Start, end and target of everything that can be opened.
        source: The Markdown that it was read from.
        task: True when it may begin with the box of a task.
        typed: True when the source is no Markdown but drawn as it is.
    """

    text: str = ""
    runs: list[tuple[int, int, Look]] = field(default_factory=list)
    links: list[tuple[int, int, str]] = field(default_factory=list)
    source: str = ""
    task: bool = False
    typed: bool = False


class _Writer:
    def __init__(self) -> None:
        self.parts: list[str] = []
        self.length = 0
        self.runs: list[tuple[int, int, Look]] = []
        self.links: list[tuple[int, int, str]] = []

    def write(self, text: str, look: Look) -> None:
        if not text:
            return
        # Character references can spell what the source did not hold literally.
        text = visible_text(text).replace("\t", TAB)
        start, end = self.length, self.length + len(text)
        if self.runs and self.runs[-1][2] == look:
            self.runs[-1] = (self.runs[-1][0], end, look)
        else:
            self.runs.append((start, end, look))
        self.parts.append(text)
        self.length = end

    def write_plain(self, text: str, look: Look, *, linked: bool) -> None:
        """Write ordinary text; bare addresses and footnote marks stand out."""
        if linked or not any(sign in text for sign in _MAY_STAND_OUT):
            self.write(text, look)
            return
        at = 0
        for start, end, target in _marks(text):
            self.write(text[at:start], look)
            if target:
                self.links.append((self.length, self.length + end - start, target))
                self.write(text[start:end], look._replace(fg="accent", underline=True))
            else:
                self.write(text[start:end], look._replace(fg="accent"))
            at = end
        self.write(text[at:], look)

    def done(self, source: str, *, task: bool = False, typed: bool = False) -> Inline:
        text = "".join(self.parts)
        # Ordinary words are kept once.
        source = text if text == source else source
        return Inline(text, self.runs, self.links, source, task, typed)


def _marks(text: str) -> list[tuple[int, int, str]]:
    """Return what stands out: start, end, and the target of an address or ""."""
    found: list[tuple[int, int, str]] = []
    for match in _URL.finditer(text):
        address = _trimmed(match.group())
        if SAFE_LINK.match(address):
            found.append((match.start(), match.start() + len(address), address))
    _add_free(found, _BARE.finditer(text))
    _add_free(found, _FOOTNOTE.finditer(text))
    return sorted(found)


def _add_free(
    found: list[tuple[int, int, str]], matches: Iterable[re.Match[str]]
) -> None:
    """Add what does not overlap with what was found before."""
    taken = [(start, end) for start, end, _ in found]
    for match in matches:
        begin = match.start()
        if any(start < match.end() and begin < end for start, end in taken):
            continue
        shown, target = match.group(), ""
        if shown.startswith("www."):
            shown = _trimmed(shown)
            target = "http://" + shown
        elif not shown.startswith("["):
            target = "mailto:" + shown
        found.append((begin, begin + len(shown), target))


def _trimmed(address: str) -> str:
    """Return an address without the punctuation of the sentence around it."""
    address = _URL_TAIL.sub("", address)
    while address.endswith(")") and address.count(")") > address.count("("):
        address = address[:-1]
    return address


def read_inline(
    children: Sequence[Token],
    look: Look = PLAIN,
    *,
    source: str = "",
    task: bool = False,
    places: list[tuple[int, int]] | None = None,
) -> Inline:
    """Return the inline tokens of a block as styled text.

    Args:
        children: The tokens that markdown-it made.
        look: The look that everything starts from.
        source: The Markdown that they were made from.
        task: True at the start of a list item: `[ ]` becomes a box.
        places: Takes where each token begins and ends in the text.
    """
    out = _Writer()
    stack: list[tuple[Look, str, int, str]] = []
    link_depth = 0
    for index, token in enumerate(children):
        kind = token.type
        before = out.length
        if kind == "text":
            text = token.content
            if task and index == 0 and text[:4] in TASK_BOXES:
                done = text[1] != " "
                out.write(
                    TASK_BOXES[text[:4]],
                    look._replace(fg="success" if done else "accent"),
                )
                text = text[4:]
            out.write_plain(text, look, linked=link_depth > 0)
        elif kind in ("softbreak", "hardbreak"):
            out.write("\n", look)
        elif kind == "code_inline":
            out.write(token.content, look._replace(fg="code", bg="surface"))
        elif kind == "html_inline":
            tag = look._replace(fg="muted")
            out.write_plain(token.content, tag, linked=link_depth > 0)
        elif kind == "math_inline":
            from tui.ui.transcript.math_layout import readable

            out.write(readable(token.content), look._replace(fg="type", italic=True))
        elif kind == "em_open":
            stack.append((look, "", 0, ""))
            look = look._replace(italic=True)
        elif kind == "strong_open":
            stack.append((look, "", 0, ""))
            look = look._replace(bold=True)
        elif kind == "s_open":
            stack.append((look, "", 0, ""))
            look = look._replace(strike=True, fg="muted")
        elif kind == "link_open":
            target = visible_line(str(token.attrs.get("href", "")))
            title = str(token.attrs.get("title", ""))
            stack.append((look, target, out.length, title))
            look = look._replace(fg="accent", underline=True)
            link_depth += 1
        elif kind == "link_close":
            look, target, start, title = stack.pop()
            link_depth -= 1
            _close_link(out, look, target, start, title)
        elif kind in ("em_close", "strong_close", "s_close"):
            look = stack.pop()[0]
        elif kind == "image":
            start = out.length
            alt = read_inline(token.children or ()).text
            out.write(
                "image: " + alt if alt else "image",
                look._replace(fg="accent", italic=True),
            )
            _close_link(
                out,
                look,
                visible_line(str(token.attrs.get("src", ""))),
                start,
                str(token.attrs.get("title", "")),
            )
        else:
            out.write(token.content, look)
        if places is not None:
            places.append((before, out.length))
    return out.done(source, task=task)


def _close_link(out: _Writer, look: Look, target: str, start: int, title: str) -> None:
    shown = "".join(out.parts)[start:] if start < out.length else ""
    if SAFE_LINK.match(target):
        out.links.append((start, out.length, target))
    extra = "" if shown in (target, target.removeprefix("mailto:")) else target
    if title:
        extra = f'{extra} "{title}"'.strip()
    if extra:
        out.write(f" ({extra})", look._replace(fg="muted"))
        if SAFE_LINK.match(target) and extra.startswith(target):
            at = out.length - len(extra) - 1
            out.links[-1] = (start, at + len(target), target)


def plain_inline(text: str, look: Look = PLAIN) -> Inline:
    """Return text exactly as it is, with its bare addresses as links."""
    out = _Writer()
    out.write_plain(text, look, linked=False)
    return out.done(text, typed=True)
