"""The program's manual: one text for F1, the embedded guide and the reader of files."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import resources

ORDER = (
    "start",
    "chatting",
    "keys",
    "conversations",
    "system-prompts",
    "reading",
    "themes",
    "files",
    "configuration",
    "endpoints",
    "command-line",
    "troubleshooting",
    "privacy",
    "demo",
)
"""The names of the pages in reading order."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the manual.

    Attributes:
        name: Its file name without the ending: "system-prompts".
        title: Its first heading: "System prompts".
        text: The whole page as Markdown, heading included.
    """

    name: str
    title: str
    text: str


def read_pages() -> tuple[Page, ...]:
    """Read the manual from the package.

    Returns:
        All pages in reading order.
    """
    folder = resources.files(__package__)
    return tuple(
        _page(name, (folder / f"{name}.md").read_text(encoding="utf-8"))
        for name in ORDER
    )


def _page(name: str, text: str) -> Page:
    heading = text.split("\n", 1)[0]
    return Page(name, heading.lstrip("# ").strip(), text)
