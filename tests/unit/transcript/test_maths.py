r"""Formulas are read; what may be Markdown's escaped brackets keeps them."""

from __future__ import annotations

import pytest

from tests.unit.transcript.laying_out import read, shown, texts


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (r"vec\[0\] = map\(x\) and \[x\]", "vec[0] = map(x) and [x]"),
        (r"As in \[1\] and \[2, 3\].", "As in [1] and [2, 3]."),
        (r"\[1\] Author, *Title*", "[1] Author, Title"),
        (r"\[1\]", "[1]"),
        (r"\[x\]", "[x]"),
        (r"\[citation needed\]", "[citation needed]"),
        (r"So it is \[*citation needed*\]", "So it is [citation needed]"),
        (r"\[link\](http://x.example)", "[link](http://x.example)"),
        (r"\[a = b\](http://x.example)", "[a = b](http://x.example)"),
        (r"\[x\] Unchecked box", "[x] Unchecked box"),
        (r"\[ \] \( \)", "[ ] ( )"),
        (r"\[ note that this", "[ note that this"),
        (r"\[a-z\]+ \[key=value\] \[--flag=NAME\]", "[a-z]+ [key=value] [--flag=NAME]"),
        (r"\[^1\]: not a formula", "[^1]: not a formula"),
        (
            r"\(see below\), \(5\), \(2-3\), \(e.g. a/b\)",
            "(see below), (5), (2-3), (e.g. a/b)",
        ),
        (r"in C:\temp \(C:\temp\)", r"in C:\temp (C:\temp)"),
        (r"f\(x\)\(y\)", "f(x)(y)"),
        (r"\(a \(b = c\)", "(a b = c"),
    ],
)
def test_escaped_brackets_stay(source: str, expected: str) -> None:
    assert texts(source) == [expected]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (r"\(n\) items, the \(n\)th, \( x \), (\(y\))", "n items, the nth, x, (y)"),
        (r"\(O(n \log n)\) and \(f(x)\) and \(f'\)", "O(n log n) and f(x) and f'"),
        (r"\(0 < x < 1\), \(n-1\), \(2^n\), \(a_1\)", "0 < x < 1, n-1, 2ⁿ, a₁"),
        (r"\(\alpha\), \(x \in S\), \( 5 \)", "α, x ∈ S, 5"),
        (r"\( speed = distance / time \)", "speed = distance / time"),
        (r"其中\(x\)是", "其中x是"),
        (r"where \[ E = mc^2 \] holds", "where E = mc² holds"),
        (r"\[ E = mc^2 \]", "  E = mc²"),
        (r"\[ x \]", "  x"),
        (r"\[\frac{a}{b}\]", "  a/b"),
        ("\\[\nE = mc^2\n\\]", "  E = mc²"),
        ("\\[ a\n= b \\]", "  a\n  = b"),
    ],
)
def test_formulas_are_read(source: str, expected: str) -> None:
    assert "\n".join(texts(source)) == expected


def test_a_formula_that_streams_in_is_the_same() -> None:
    source = "Text \\(x\\) and\n\\[\nE = mc^2\n\\]\nthen \\[1\\]\n\\[x\\]\n\nmap\\(x\\)"
    assert shown(read(source, [1]).blocks) == shown(read(source).blocks)
