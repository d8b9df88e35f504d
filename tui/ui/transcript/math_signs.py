r"""Whether what stands between delimiters is a formula.

`\(` and `\[` are TeX's delimiters and Markdown's escaped brackets. Where it may be
either, the brackets are shown: no character of an answer may disappear by a guess.
"""

from __future__ import annotations

import re
import unicodedata

_OPERATOR = re.compile(r"[\\^_=<>+*/|]")
_VARIABLE = re.compile(r"\s*-?[^\W\d_](?:\([\w, ]+\))?['′]*\s*")
_COMMAND = re.compile(r"\\([A-Za-z]{2,})(\{)?")
_SCRIPT = re.compile(r"[\w}\])|]\s*\^\s*\S|(?<![^\W\d_])[^\W\d_]_[\w{\\]|[\w}\])]_\{")
_WORD = re.compile(r"[^\W\d_]{3,}")
_FUNCTION = re.compile(
    r"\b(?:a?(?:sin|cos|tan)h?|log|exp|max|min|lim|gcd|lcm|mod|det)\b"
)
_BETWEEN = re.compile(r"[\w)\]}|'′]\s*[=<>≤≥≠≈+*/·×-]\s*[\w(\[{|√.-]")
_COMPARED = re.compile(r"\S\s+[=<>≤≥≠≈]\s+\S|[=<>+*≤≥≠≈]")
_SPACED_EQUALS = re.compile(r"\S\s+[=≈]\s+\S")
_PROSE = re.compile(r"`|\*\*|\]\(|[^\W\d_][.?!:;]\s")


def stands_in_dollars(content: str) -> bool:
    """Return whether the inside of `$…$` is a formula and no amount of money."""
    return bool(_OPERATOR.search(content) or _VARIABLE.fullmatch(content))


def stands_in_round(content: str) -> bool:
    r"""Return whether the inside of `\(…\)` is a formula."""
    if _is_certain(content):
        return True
    if not content.strip() or _PROSE.search(content):
        return False
    spaced = content[0].isspace() and content[-1].isspace()
    if _has_words(content):
        return spaced and bool(_SPACED_EQUALS.search(content))
    return spaced or bool(_VARIABLE.fullmatch(content)) or _has_operators(content)


def stands_in_square(content: str, *, alone: bool) -> bool:
    r"""Return whether the inside of `\[…\]` is a formula.

    Args:
        content: The inside, or its first line.
        alone: True when nothing else stands on the line.
    """
    if _is_certain(content):
        return True
    if not content.strip() or _PROSE.search(content):
        return False
    spaced = content[0].isspace()
    if _has_words(content):
        return spaced and bool(_SPACED_EQUALS.search(content))
    return (spaced and alone) or ((spaced or alone) and _has_operators(content))


def follows_word(text: str, at: int) -> bool:
    """Return whether a place stands directly behind a word or a closing bracket.

    Scripts that are written without blanks between words don't count.
    """
    before = text[at - 1] if at else ""
    if not before or not (before.isalnum() or before in "_)]"):
        return False
    return unicodedata.east_asian_width(before) not in "WF"


def _is_certain(content: str) -> bool:
    """Return whether a formula shows by a TeX command or by a script."""
    from tui.ui.transcript.maths import is_command

    if _SCRIPT.search(content):
        return True
    return any(
        match.group(2) or is_command(match.group(1))
        for match in _COMMAND.finditer(content)
    )


def _has_words(content: str) -> bool:
    return bool(_WORD.search(_FUNCTION.sub("", content)))


def _has_operators(content: str) -> bool:
    if not _BETWEEN.search(content):
        return False
    # Digits with a dash or a slash between them are a range or a date as well.
    has_letters = any(character.isalpha() for character in content)
    return has_letters or bool(_COMPARED.search(content))
