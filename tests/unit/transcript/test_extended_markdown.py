"""What is beyond CommonMark: footnotes, definitions, bare addresses, single tildes."""

from __future__ import annotations

import pytest

from tests.unit.transcript.laying_out import lay_out, read, shown, texts


def test_a_footnote_holds_all_that_is_indented_below_it() -> None:
    source = (
        "[^1]: One *two*.\n\n    Three *four*.\n\n    - item\n\n[^b]: Five\n\nAfter."
    )
    assert [line.rstrip() for line in texts(source)] == [
        "[^1]: One two.",
        "",
        "      Three four.",
        "",
        "      • item",
        "",
        "[^b]: Five",
        "",
        "After.",
    ]
    lines = lay_out(read(source).blocks, 60)
    assert any(look.italic for _, look in lines[2].pieces)


def test_terms_stand_above_their_definitions() -> None:
    source = (
        "*Term*\n:   one\n    more\n\n    > quoted\n\nOther\n\n: two\n: three\n\nAfter."
    )
    assert [line.rstrip() for line in texts(source)] == [
        "Term",
        ": one",
        "  more",
        "",
        "  ▌ quoted",
        "",
        "Other",
        "",
        ": two",
        ": three",
        "",
        "After.",
    ]
    lines = lay_out(read(source).blocks, 60)
    assert lines[0].pieces[0][1].bold


def test_footnotes_and_definitions_are_finished_one_by_one() -> None:
    source = "".join(
        f"Term {at}\n: meaning {at}\n\n[^{at}]: note {at}\n\n" for at in range(40)
    )
    document = read(source, [3])
    assert shown(document.blocks) == shown(read(source).blocks)
    from tests.unit.transcript.laying_out import PARSER
    from tui.ui.transcript.document import Document

    terms = Document(PARSER, "".join(f"T{at}\n: m\n\n" for at in range(100)))
    while terms.step():
        pass
    assert len(terms.blocks) > 150


@pytest.mark.parametrize(
    ("source", "addresses"),
    [
        ("see www.example.org.", ["http://www.example.org"]),
        ("(www.example.org/a_(b))", ["http://www.example.org/a_(b)"]),
        ("mail me.too+x@example.co.uk!", ["mailto:me.too+x@example.co.uk"]),
        ("https://a.example/?m=me@b.example", ["https://a.example/?m=me@b.example"]),
        ("https://www.example.org", ["https://www.example.org"]),
        ("www. and www.x and a@b and @name and a@b.c1", []),
        ("git clone git@github.com:a/b.git", []),
        ("`www.example.org` and xwww.example.org", []),
        ("[www.a.example](http://b.example)", ["http://b.example"]),
    ],
)
def test_bare_addresses_are_links(source: str, addresses: list[str]) -> None:
    links = [link for block in read(source).blocks for link in block.links()]
    assert [target for _, _, target in links] == addresses
    assert source.strip("`").split()[0][:4].strip("`[(") in "".join(texts(source))


@pytest.mark.parametrize(
    ("source", "struck"),
    [
        ("a ~one two~ b", "one two"),
        ("~~two~~", "two"),
        ("~a *b*~", "ab"),
        ("3~5 and 7~9", ""),
        ("~5 to ~10", ""),
        ("~~~no", ""),
    ],
)
def test_single_tildes_strike(source: str, struck: str) -> None:
    pieces = [
        text
        for line in lay_out(read(f"- {source}").blocks, 60)
        for text, look in line.pieces
        if look.strike
    ]
    assert "".join(pieces).replace("a b", "ab") == struck
