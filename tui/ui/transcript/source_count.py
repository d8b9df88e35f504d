"""How often words occur in a message, told by its source where that is sure.

Reading Markdown is dear, and most words stand on the screen just as in the source. This
module knows where they may not: everything else is counted without reading.
"""

from __future__ import annotations

import re
from types import MappingProxyType

_WORDS = re.compile(r"[^\W_][\w .,;:?!'\"%@/]*")
"""What Markdown only makes of other signs where the source has some that tell it."""

_BARE = MappingProxyType(
    {ord(sign): None for sign in "*_~`\\{}"} | {ord("\n"): " ", ord("\t"): " "}
)
_BARE_SIGNS = re.compile(r"[*_~`\\{}]")
_NO_LETTERS = re.compile(r"[\W_]+")
_CHANGED = re.compile(r"[&\\$]|\]\(|\[[xX]\]|\[\^")
"""What changes the letters beside it: references, maths, links, tasks, footnotes."""

_REFERENCE = re.compile(r"&#?\w+;")
_MARKERS = re.compile(r"[\s>]*(?:[-+]|\d+[.)]|=+|-+)(?:\s|$)")
"""What begins a line and is drawn as another sign or as decoration."""


class Query:
    """Words that are looked for; capitals in them make it mind the case.

    Args:
        words: Not empty.

    Attributes:
        words: As they were given.
        pattern: Finds them.
    """

    def __init__(self, words: str) -> None:
        self.words = words
        minds = words != words.lower()
        # What is drawn for one tab, or between two cells, may be several blanks.
        spaced = re.sub(r"(?:\\ )+", " +", re.escape(words))
        self.pattern = re.compile(spaced, 0 if minds else re.IGNORECASE)
        self._minds = minds
        self._plain = " " not in words
        self._ascii = words.isascii()
        self._lower = words.lower()
        self._letters = _NO_LETTERS.sub("", self._lower)
        self._safe = self._ascii and "_" not in words and _WORDS.fullmatch(words)
        self._simple = words.isalnum()
        self._numbers = words[0].isdigit()

    def count(self, text: str) -> int:
        """Return how often the words occur in a text, one behind the other."""
        if self._minds and self._plain:
            return text.count(self.words)
        if self._plain and self._ascii and text.isascii():
            return text.lower().count(self._lower)
        return sum(1 for _ in self.pattern.finditer(text))

    def count_typed(self, source: str) -> int | None:
        """Return how often they occur in a prompt, or None where that is not sure."""
        if "`" in self.words or "~" in self.words:
            return None if self.count(source) else 0
        if not self._plain and "\t" in source:
            return None
        return self.count(source)

    def count_shown(self, source: str) -> int | None:
        """Return how often they occur in what Markdown shows, or None.

        Args:
            source: The Markdown.

        Returns:
            None where the source alone does not tell.
        """
        if not self._safe:
            return None if self._may_show(source) else 0
        count = self.count(source)
        if "![" in source or self._bare_count(source, count) != count:
            return None
        if (count or not self._simple or "&#" in source) and _REFERENCE.search(source):
            return None
        if not self._simple and _may_be_maths(source):
            return None
        if not count:
            return 0
        if self._numbers or _CHANGED.search(source):
            return None if self._is_doubtful(source) else count
        return count

    def _bare_count(self, source: str, count: int) -> int:
        """Return how often they occur without the signs of Markdown within them."""
        if self._plain and not _BARE_SIGNS.search(source):
            return count
        if source.isascii():
            return self.count(source.translate(_BARE))
        bare = _BARE_SIGNS.sub("", source)
        return self.count(bare.replace("\n", " ").replace("\t", " "))

    def _is_doubtful(self, source: str) -> bool:
        """Return whether a line with a match may show it otherwise, or not at all."""
        end = -1
        for found in self.pattern.finditer(source):
            if found.start() < end:
                continue
            start = source.rfind("\n", 0, found.start()) + 1
            end = source.find("\n", found.end())
            end = len(source) if end < 0 else end
            if _CHANGED.search(source, start, end):
                return True
            marker = _MARKERS.match(source, start, end) if self._numbers else None
            if marker is not None and found.start() < marker.end():
                return True
        return False

    def _may_show(self, source: str) -> bool:
        """Return whether what Markdown makes of a source may hold the words."""
        if self.count(source) or "![" in source or _REFERENCE.search(source):
            return True
        if _may_be_maths(source):
            return True
        if self._letters:
            return self._letters in _NO_LETTERS.sub("", source).lower()
        return set(self.words) - {" "} <= set(source)


def _may_be_maths(source: str) -> bool:
    return "$" in source or (
        "\\" in source and any(sign in source for sign in ("\\(", "\\[", "\\begin"))
    )
