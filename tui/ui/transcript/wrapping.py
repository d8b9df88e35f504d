"""Where text breaks so that it fits: words, wide characters, whole graphemes.

Widths are those of Rich's cell table, because Textual pads and crops by them.
"""

from __future__ import annotations

from rich.cells import cell_len, split_graphemes

NO_START = frozenset(
    "、。，．・：；？！゛゜ヽヾゝゞ々ー’”）〕］｝〉》」』】％‰,.:;?!)]}%"
)
"""Characters that don't begin a line where the text could break anywhere (JLREQ)."""

NO_END = frozenset("‘“（〔［｛〈《「『【([{")
"""Characters that don't end a line where the text could break anywhere (JLREQ)."""

Slice = tuple[int, int, int]
"""Start, end, and the start of the next slice: what lies between is swallowed."""


def wrap(text: str, width: int) -> list[Slice]:
    """Break one line of text into lines that fit.

    Args:
        text: Text without newlines and tabs.
        width: The room, in cells; at least 2.

    Returns:
        Slices in order; together with the swallowed blanks they are the text.
        An empty text gives one empty slice.
    """
    if text.isascii():
        if len(text) <= width:
            return [(0, len(text), len(text))]
        return _wrap_narrow(text, width)
    if len(text) * 2 <= width or cell_len(text) <= width:
        return [(0, len(text), len(text))]
    return _wrap_wide(text, width)


def _wrap_narrow(text: str, width: int) -> list[Slice]:
    slices: list[Slice] = []
    at, length = 0, len(text)
    first_word = length - len(text.lstrip(" "))
    while length - at > width:
        gap = text.rfind(" ", at, at + width + 1)
        if gap <= max(at, first_word - 1):
            slices.append((at, at + width, at + width))
            at += width
            continue
        end, following = gap, gap + 1
        while end > at and text[end - 1] == " ":
            end -= 1
        while following < length and text[following] == " ":
            following += 1
        slices.append((at, end, following))
        at = following
    if at < length or not slices:
        slices.append((at, length, length))
    return slices


def _wrap_wide(text: str, width: int) -> list[Slice]:
    slices: list[Slice] = []
    at = 0
    used = 0
    gap = -1
    gap_end = -1
    used_after_gap = 0
    previous_wide = False
    previous = ""
    seen_word = False
    for start, end, cells in split_graphemes(text)[0]:
        character = text[start:end]
        if character == " ":
            if seen_word:
                if gap_end != start or gap < 0:
                    gap = start
                gap_end = end
                used_after_gap = 0
            used += 1
            previous_wide, previous = False, " "
            if not seen_word and used > width:
                slices.append((at, start, start))
                at, used = start, 1
            continue
        wide = cells > 1
        if (
            (wide or previous_wide)
            and start > at
            and previous != " "
            and character[0] not in NO_START
            and previous not in NO_END
        ):
            gap = gap_end = start
            used_after_gap = 0
        if used + cells > width and start > at:
            if gap > at:
                slices.append((at, gap, gap_end))
                at, used = gap_end, used_after_gap
            if used + cells > width and start > at:
                slices.append((at, start, start))
                at, used = start, 0
            gap = -1
        seen_word = True
        used += cells
        used_after_gap += cells
        previous_wide, previous = wide, character[-1]
    trimmed = len(text.rstrip(" "))
    if trimmed <= at and slices:
        first, last, _ = slices[-1]
        slices[-1] = (first, last, len(text))
    else:
        slices.append((at, len(text), len(text)))
    return slices


def chop(text: str, width: int) -> list[Slice]:
    """Break one line of code into lines that fit, wherever the room ends.

    Args:
        text: Text without newlines and tabs.
        width: The room, in cells; at least 2.
    """
    length = len(text)
    if text.isascii():
        if length <= width:
            return [(0, length, length)]
        return [
            (at, min(at + width, length), min(at + width, length))
            for at in range(0, length, width)
        ]
    if cell_len(text) <= width:
        return [(0, length, length)]
    slices: list[Slice] = []
    at = used = 0
    for start, _end, cells in split_graphemes(text)[0]:
        if used + cells > width and start > at:
            slices.append((at, start, start))
            at, used = start, 0
        used += cells
    slices.append((at, length, length))
    return slices
