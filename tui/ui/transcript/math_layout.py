r"""Formulas on lines: matrices with their brackets, cases with their brace.

Where a formula has room it is drawn over several lines; on one line, rows are parted
by semicolons.
"""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from rich.cells import cell_len

from tui.ui.transcript.math_environments import (
    CASES,
    MATRICES,
    Environment,
    NotReadable,
    read_rows,
)
from tui.ui.transcript.maths import read_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui.ui.transcript.math_environments import Cell

_LEFT = re.compile(r"\\left\s*(\\[{|]|\\lbrace|\\langle|\\lvert|\\lVert|[(\[|.])\s*$")
_RIGHT = re.compile(r"\s*\\right\s*(\\[}|]|\\rbrace|\\rangle|\\rvert|\\rVert|[)\]|.])")
_BRACKETS = MappingProxyType(
    {
        ".": "",
        "\\{": "{",
        "\\}": "}",
        "\\lbrace": "{",
        "\\rbrace": "}",
        "\\|": "‖",
        "\\lVert": "‖",
        "\\rVert": "‖",
        "\\lvert": "|",
        "\\rvert": "|",
        "\\langle": "⟨",
        "\\rangle": "⟩",
    }
)
_TALL = MappingProxyType(
    {
        # The top, the middle, the bottom, and what is between them.
        "(": "⎛⎜⎝⎜",
        ")": "⎞⎟⎠⎟",
        "[": "⎡⎢⎣⎢",
        "]": "⎤⎥⎦⎥",
        "{": "⎧⎨⎩⎪",
        "}": "⎫⎬⎭⎪",
        "|": "││││",
        "‖": "‖‖‖‖",
    }
)
_HELD = 0xE000
"""The first of the characters that stand for what is already drawn: no formula that is
read holds them."""

_SCRIPT = re.compile(r"\s*([_^](?:\{[^{}]*\}|\\[A-Za-z]+|[^\s\\{]))+")
_CLOSE_BY = (",", ".", ";", ":")
LONGEST = 4_096
"""A formula with more characters is not drawn over several lines."""


class Box(NamedTuple):
    """Lines that are equally wide.

    Attributes:
        lines: The lines.
        axis: The line that stands beside the text around it.
    """

    lines: list[str]
    axis: int = 0

    @property
    def cells(self) -> int:
        """How wide it is, in cells."""
        return cell_len(self.lines[0])


def readable(source: str) -> str:
    """Return LaTeX maths as Unicode text, one line for each row outside environments.

    Args:
        source: What stands between the delimiters.
    """
    try:
        lines = [_flat_cell(row[0]) for row in read_rows(source)]
    except NotReadable:
        lines = source.split("\n")
    return "\n".join(line.strip() for line in lines if line.strip())


def displayed(source: str) -> str:
    """Return LaTeX maths as Unicode text, matrices and cases over several lines.

    Args:
        source: What stands between the delimiters.
    """
    if len(source) > LONGEST:
        return readable(source)
    try:
        boxes = [_box(row[0]) for row in read_rows(source)]
    except NotReadable:
        return readable(source)
    lines = [line.rstrip() for box in boxes for line in box.lines]
    shift = min((len(line) - len(line.lstrip()) for line in lines if line), default=0)
    return "\n".join(line[shift:] for line in lines if line)


# On one line


def _flat_cell(cell: Cell) -> str:
    held: list[str] = []
    source = ""
    for item in cell:
        if isinstance(item, Environment):
            source += chr(_HELD + len(held))
            held.append(_flat(item))
        else:
            source += item
    text = read_line(source).strip()
    for index, drawn in enumerate(held):
        text = text.replace(chr(_HELD + index), drawn)
    return text


def _flat(environment: Environment) -> str:
    rows = [[_flat_cell(cell) for cell in row] for row in environment.rows]
    left, right = _brackets(environment)
    if environment.name in CASES or environment.name in MATRICES:
        spaced = any(" " in cell for row in rows for cell in row)
        between = ", " if spaced or environment.name in CASES else " "
        inside = "; ".join(between.join(row) for row in rows)
        if environment.name in CASES:
            return f"{left} {inside} {right}".strip()
        return left + inside + right
    return "; ".join(" ".join(cell for cell in row if cell) for row in rows)


def _brackets(environment: Environment) -> tuple[str, str]:
    name = environment.name
    return MATRICES.get(name) or CASES.get(name) or ("", "")


# Over several lines


def _box(cell: Cell) -> Box:
    """Return a cell with its environments drawn over several lines."""
    if any(isinstance(item, Environment) and item.depth for item in cell):
        return Box([_flat_cell(cell)])
    boxes: list[tuple[int, Box]] = []
    for index, item in enumerate(cell):
        brackets = _beside(cell, index)
        if not isinstance(item, str):
            boxes.append((1, _drawn(item, *brackets)))
            continue
        if index + 1 < len(cell) and any(_beside(cell, index + 1)):
            item = _LEFT.sub("", item)
        if index and any(_beside(cell, index - 1)):
            item = _RIGHT.sub("", item, count=1)
        if boxes and (script := _SCRIPT.match(item)):
            boxes.append((0, _script(script.group().strip(), boxes[-1][1])))
            item = item[script.end() :]
        text = _flat_cell([item])
        if text:
            boxes.append((int(not text.startswith(_CLOSE_BY)), Box([text])))
    return _side_by_side(boxes) if boxes else Box([""])


def _script(source: str, beside: Box) -> Box:
    """Return a script at the upper or the lower end of what it belongs to."""
    text = _flat_cell([source])
    lines = [" " * cell_len(text)] * len(beside.lines)
    lines[0 if source.startswith("^") else -1] = text
    return Box(lines, beside.axis)


def _beside(cell: Cell, index: int) -> tuple[str, str]:
    r"""Return the `\left` and `\right` brackets around an environment."""
    before = cell[index - 1] if index else ""
    after = cell[index + 1] if index + 1 < len(cell) else ""
    left = _LEFT.search(before) if isinstance(before, str) else None
    right = _RIGHT.match(after) if isinstance(after, str) else None
    if left is None or right is None:
        return "", ""
    return left.group(1), right.group(1)


def _drawn(environment: Environment, before: str, after: str) -> Box:
    name = environment.name
    boxes = [[_box(cell) for cell in row] for row in environment.rows]
    if name in MATRICES:
        inner = _table(boxes, "center", 2)
    elif name in CASES:
        inner = _table(boxes, "left", 3)
    else:
        inner = _table(boxes, "pairs", 1)
    left, right = _brackets(environment)
    inner = _enclosed(inner, left, right)
    return _enclosed(inner, _BRACKETS.get(before, before), _BRACKETS.get(after, after))


def _table(rows: Sequence[Sequence[Box]], align: str, gap: int) -> Box:
    count = max(map(len, rows), default=0)
    widths = [
        max((row[at].cells for row in rows if at < len(row)), default=0)
        for at in range(count)
    ]
    lines: list[str] = []
    for row in rows:
        cells: list[Box] = []
        for at, width in enumerate(widths):
            box = row[at] if at < len(row) else Box([""])
            how = align
            if align == "pairs":
                how = "left" if at % 2 or count == 1 else "right"
            cells.append(
                Box([_aligned(line, width, how) for line in box.lines], box.axis)
            )
        lines += _side_by_side([(gap, cell) for cell in cells]).lines
    return Box(lines or [""], (len(lines) - 1) // 2 if lines else 0)


def _aligned(text: str, width: int, how: str) -> str:
    blank = width - cell_len(text)
    left = blank if how == "right" else blank // 2 if how == "center" else 0
    return " " * left + text + " " * (blank - left)


def _side_by_side(boxes: Sequence[tuple[int, Box]]) -> Box:
    """Return boxes in a row, each with the blanks before it."""
    above = max(box.axis for _, box in boxes)
    below = max(len(box.lines) - box.axis for _, box in boxes)
    lines = [""] * (above + below)
    for index, (gap, box) in enumerate(boxes):
        width = box.cells
        for at in range(above + below):
            inside = at - above + box.axis
            text = box.lines[inside] if 0 <= inside < len(box.lines) else " " * width
            lines[at] += (" " * gap if index else "") + text
    return Box(lines, above)


def _enclosed(box: Box, left: str, right: str) -> Box:
    if not left and not right:
        return box
    count = len(box.lines)
    before, after = _tall(left, count), _tall(right, count)
    lines = [
        f"{before[at]}{' ' if left == '{' else ''}{line}{after[at]}"
        for at, line in enumerate(box.lines)
    ]
    return Box(lines, box.axis)


def _tall(bracket: str, count: int) -> list[str]:
    if not bracket or count == 1 or bracket not in _TALL:
        return [bracket] * count
    top, middle, bottom, between = tuple(_TALL[bracket])
    signs = [top, *[between] * (count - 2), bottom]
    if count > 2:
        signs[(count - 1) // 2] = middle
    return signs
