"""Sizes of many things one after the other: from a place to a thing and back.

The heights of messages on top of each other, the matches in each of them. A Fenwick
tree (binary indexed tree; P. Fenwick, 1994): changing a size, the sum of the sizes
before a thing, and the thing at a place all cost O(log n).
"""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


class PrefixSums:
    """A list of sizes (at least 0) with the sums of all that stand before each."""

    def __init__(self, values: Iterable[int] = ()) -> None:
        self._values = list(values)
        sums = list(accumulate(self._values, initial=0))
        # Each node holds the sum of as many sizes as its lowest bit says.
        self._tree = [
            total - sums[at & (at - 1)] if at else 0 for at, total in enumerate(sums)
        ]
        self.total = sums[-1]

    def __len__(self) -> int:
        return len(self._values)

    def __getitem__(self, index: int) -> int:
        return self._values[index]

    def __iter__(self) -> Iterator[int]:
        return iter(self._values)

    def set(self, index: int, value: int) -> int:
        """Change one size and return by how much it grew."""
        change = value - self._values[index]
        if change:
            self._values[index] = value
            self.total += change
            at, tree, count = index + 1, self._tree, len(self._values)
            while at <= count:
                tree[at] += change
                at += at & -at
        return change

    def append(self, value: int) -> None:
        """Add one at the end."""
        self._values.append(value)
        count = len(self._values)
        total, at, low = value, count - 1, count - (count & -count)
        while at > low:
            total += self._tree[at]
            at -= at & -at
        self._tree.append(total)
        self.total += value

    def before(self, index: int) -> int:
        """Return the sum of all sizes before `index`."""
        total, tree = 0, self._tree
        while index > 0:
            total += tree[index]
            index -= index & -index
        return total

    def find(self, place: int) -> tuple[int, int]:
        """Return which one covers a place, and the place it begins at.

        A place before the first gives the first, one after the last gives the last.

        Raises:
            IndexError: There are none.
        """
        tree, count = self._tree, len(self._values)
        if not count:
            raise IndexError(place)
        at, total = 0, 0
        step = 1 << (count.bit_length() - 1)
        place = max(0, place)
        while step:
            following = at + step
            if following <= count and total + tree[following] <= place:
                at = following
                total += tree[following]
            step >>= 1
        if at >= count:
            at = count - 1
            total = self.total - self._values[at]
        return at, total
