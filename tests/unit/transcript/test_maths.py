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


def drawn(source: str, width: int = 60) -> str:
    return "\n".join(line[2:].rstrip() for line in texts(f"$$\n{source}\n$$", width))


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (
            r"\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}"
            r" \begin{vmatrix} a & b \\ c & d \end{vmatrix}",
            "⎛1  2⎞ │a  b│\n⎝3  4⎠ │c  d│",
        ),
        (
            "f(x) = \\begin{cases} 1 & x > 0 \\\\\n0 & \\text{otherwise} \\end{cases}",
            "f(x) = ⎧ 1   x > 0\n       ⎩ 0   otherwise",
        ),
        (
            r"A = \left[\begin{array}{c|c} 1 & 2 \\ \hline 3 & 4 \\ 5 & 6 \end{array}"
            r"\right]^T x.",
            "    ⎡1  2⎤ᵀ\nA = ⎢3  4⎥  x.\n    ⎣5  6⎦",
        ),
        (
            r"\begin{aligned} a + b &= c \\ d &= \begin{bmatrix} 1 \\ 2 \end{bmatrix}"
            r" \end{aligned}",
            "a + b = c\n    d = ⎡1⎤\n        ⎣2⎦",
        ),
        (
            "\\begin{pmatrix*}\na_{11} & \\cdots \\\\[2pt]\n\\end{pmatrix*}",
            "(a₁₁  ⋯)",
        ),
        (r"a = b \\ c = d", "a = b\nc = d"),
        ("a = b\nc = d", "a = b\nc = d"),
    ],
)
def test_rows_keep_their_brackets(source: str, expected: str) -> None:
    assert drawn(source) == expected


def test_what_has_no_room_or_stands_in_a_line_is_on_one_line() -> None:
    matrix = r"\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}"
    cases = r"f = \begin{cases} a + b & x \\ 0 & y \end{cases}"
    assert texts(f"so ${matrix}$ and ${cases}$ end") == [
        "so (1 2; 3 4) and f = { a + b, x; 0, y end"
    ]
    assert drawn(" + ".join([matrix] * 3), 16).split("\n")[0] == "(1 2; 3 4) +"
    assert drawn(rf"\boxed{{{matrix}}}") == r"\boxed{(1 2; 3 4)}"


@pytest.mark.parametrize("begin", ["align", "align*", "equation", "gather", "cases"])
def test_a_bare_environment_is_a_formula(begin: str) -> None:
    source = (
        f"Text:\n\\begin{{{begin}}}\na &= b_1 \\\\\nc &= *d*\n\\end{{{begin}}}\nafter"
    )
    lines = [line.rstrip() for line in texts(source)]
    assert "\\" not in "".join(lines)
    assert any(line.endswith("b₁") for line in lines)
    assert any(line.endswith("*d*") for line in lines)
    assert lines[-1] == "after"


@pytest.mark.parametrize(
    "source",
    [
        "\\begin{tikzpicture} \\draw (0,0) -- (1,1) \\\\ b & c; \\end{tikzpicture}",
        "\\begin{pmatrix} 1 & 2 \\\\ 3",
        "\\begin{pmatrix} 1 & 2 \\\\ 3 \\end{bmatrix}",
        "1 \\end{pmatrix}",
        "\\begin{cases} 1 \ue000 \\\\ 2 \\end{cases}",
    ],
)
def test_what_is_not_understood_stays_as_it_is(source: str) -> None:
    assert drawn(source, 90) == source


def test_an_environment_that_never_ends_is_its_source() -> None:
    source = "\\begin{align}\na &= b \\\\\nc"
    assert texts(source) == source.split("\n")


def test_a_giant_matrix_costs_no_more_than_its_text() -> None:
    rows = " \\\\ ".join(["a & b"] * 2_000) + " \\\\ " + "c" * 9_000
    shown = drawn(f"\\begin{{pmatrix}} {rows} \\end{{pmatrix}}")
    assert len(shown) < 40_000
