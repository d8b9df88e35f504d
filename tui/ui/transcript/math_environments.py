r"""TeX's environments (`\begin{…}` to `\end{…}`) as rows of cells.

Only the ones that can be drawn are read; a formula with any other is not read at all,
because it is better shown as its source than wrong.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

MATRICES: Final = MappingProxyType(
    {
        "matrix": ("", ""),
        "smallmatrix": ("", ""),
        "array": ("", ""),
        "pmatrix": ("(", ")"),
        "bmatrix": ("[", "]"),
        "Bmatrix": ("{", "}"),
        "vmatrix": ("|", "|"),
        "Vmatrix": ("‖", "‖"),
    }
)
"""Matrices, with the brackets around them."""

CASES: Final = MappingProxyType(
    {"cases": ("{", ""), "dcases": ("{", ""), "rcases": ("", "}")}
)
"""Distinctions of cases, with the braces beside them."""

_ALIGNED: Final = (
    *("align", "alignat", "aligned", "alignedat", "displaymath", "eqnarray"),
    *("equation", "flalign", "gather", "gathered", "math", "multline", "split"),
)
KNOWN: Final = frozenset([*MATRICES, *CASES, *_ALIGNED])
"""All that can be drawn; a star behind the name changes nothing."""

_ARGUMENTS = re.compile(r"(?:\[[tbc]\])?(?:\{[lcr|@:!.\d\s]*\})?")
_WITH_ARGUMENTS = frozenset(["alignat", "alignedat", "array"])
_TOKEN = re.compile(
    r"\\begin\{(?P<begin>[A-Za-z]+)\*?\}"
    r"|\\end\{(?P<end>[A-Za-z]+)\*?\}"
    r"|(?P<row>\\\\(?:\[[^\]\n]*\])?)"
    r"|(?P<rule>\\hline\b)"
    r"|(?P<escaped>\\.)"
    r"|(?P<sign>[{}&\n])"
    r"|(?P<text>[^\\{}&\n]+|\\)",
    re.DOTALL,
)
_PRIVATE = re.compile("[\ue000-\uf8ff]")
DEEPEST = 6
"""Environments nested deeper are not read."""


class NotReadable(Exception):
    """The formula holds what can't be drawn; its source is shown instead."""


@dataclass(slots=True)
class Environment:
    """An environment.

    Attributes:
        name: Its name, without a star.
        rows: Its rows, each a list of cells.
        depth: In how many groups in braces it stands.
    """

    name: str
    rows: list[list[Cell]] = field(default_factory=list)
    depth: int = 0


Cell = list["str | Environment"]
"""What stands between two `&`: TeX and environments, in order."""


def read_rows(source: str) -> list[list[Cell]]:
    """Return a formula as rows of cells; outside of environments, `&` parts no cells.

    Raises:
        NotReadable: It holds an environment that is not known or not complete, or
            a character for private use.
    """
    if _PRIVATE.search(source):
        raise NotReadable
    reader = _Reader(source)
    rows = reader.rows("", 0)
    if reader.at < len(source):
        raise NotReadable
    return rows


class _Reader:
    def __init__(self, source: str) -> None:
        self.source = source
        self.at = 0
        self.minds_groups = _is_balanced(source)

    def rows(self, name: str, level: int) -> list[list[Cell]]:
        if level > DEEPEST:
            raise NotReadable
        cell: Cell = []
        rows: list[list[Cell]] = [[cell]]
        depth = 0
        while match := _TOKEN.match(self.source, self.at):
            self.at = match.end()
            token = match.group()
            if opened := match.group("begin"):
                inner = self._environment(opened, level)
                inner.depth = depth
                cell.append(inner)
            elif closed := match.group("end"):
                if closed != name:
                    raise NotReadable
                return [row for row in rows if any(any(cell) for cell in row)]
            elif depth == 0 and (match.group("row") or (token == "\n" and not name)):
                cell = []
                rows.append([cell])
            elif depth == 0 and token == "&" and name:
                cell = []
                rows[-1].append(cell)
            elif not match.group("rule"):
                if self.minds_groups and token in "{}":
                    depth += 1 if token == "{" else -1
                _add(cell, " " if token == "\n" else token)
        if name:
            raise NotReadable
        return rows

    def _environment(self, name: str, level: int) -> Environment:
        if name not in KNOWN:
            raise NotReadable
        if name in _WITH_ARGUMENTS:
            match = _ARGUMENTS.match(self.source, self.at)
            self.at = match.end() if match else self.at
        return Environment(name, self.rows(name, level + 1))


def _add(cell: Cell, text: str) -> None:
    last = cell[-1] if cell else None
    if isinstance(last, str):
        cell[-1] = last + text
    elif text.strip():
        cell.append(text)


def _is_balanced(source: str) -> bool:
    depth = 0
    for match in re.finditer(r"\\.|[{}]", source, re.DOTALL):
        if match.group() == "{":
            depth += 1
        elif match.group() == "}":
            depth -= 1
            if depth < 0:
                return False
    return depth == 0
