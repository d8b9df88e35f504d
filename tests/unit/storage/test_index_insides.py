"""What stands inside of words is found by the index, and only what is there."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.unit.storage.test_index import file_of
from tui.storage import index_insides
from tui.storage.index import Index
from tui.storage.index_query import fold, parse_query
from tui.storage.index_schema import index_file
from tui.storage.index_search import IndexReader
from tui.storage.index_vocabulary import Vocabulary
from tui.storage.index_words import spell

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from tui.domain.search import Hit

PIECES = [
    *("swarm", "inference", "Inferenz", "getUserName", "config_file", "foo.bar", "x"),
    *("Größe", "café", "naïve", "Ærø", "İstanbul", "Å", "ñandú", "Привет", "привёт"),
    *("東京", "東京都に住む", "カタカナ", "かな", "漢字tower", "서울대학교", "학교"),
    *("ภาษาไทย", "မြန်မာ", "हिन्दी", "עברית", "case1234x7", "3.14159", "0xDEADBEEF"),
    *("_", "__init__", "->", "(", ")", ", ", ". ", " ", " ", " ", "\n", "-", "/", "😀"),
]
TEXTS = st.lists(st.sampled_from(PIECES), min_size=1, max_size=12).map("".join)


def write(path: Path, texts: Iterable[str]) -> None:
    index = Index(path)
    index.put_files(
        [
            file_of(f"f{at}", text, title="~", age=60 * at)
            for at, text in enumerate(texts)
        ]
    )
    index.close()


def hits(path: Path, text: str) -> list[Hit]:
    reader = IndexReader(path)
    try:
        answer = reader.search(text)
    finally:
        reader.close()
    assert answer is not None
    return [hit for hit in answer.hits if hit.message_id]


def found(path: Path, text: str) -> set[str]:
    return {hit.message_id for hit in hits(path, text)}


def holds(text: str, typed: str) -> bool:
    """Return whether a text holds all terms: the definition, as slow as it is."""
    words = f" {' '.join(spell(fold(text)).split())} "
    terms = parse_query(typed).terms
    return all(
        (" " * (not term.open_start))
        + " ".join(term.words)
        + (" " * (not term.open_end))
        in words
        for term in terms
        if term.words
    )


def without_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no text be read that the index does not name."""
    monkeypatch.setattr(index_insides, "_READING", -1.0)
    monkeypatch.setattr(index_insides, "_STEPS", 1)


def vocabulary(path: Path) -> list[str]:
    with sqlite3.connect(path) as connection:
        words = [word for (word,) in connection.execute("SELECT word FROM words")]
    connection.close()
    return words


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return index_file(tmp_path / "cache", tmp_path / "conversations")


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a busy machine take its time: no test is about that."""
    for name in ("_ASKING", "_CHECKING", "_READING"):
        monkeypatch.setattr(index_insides, name, 60.0)


@settings(
    deadline=None,
    max_examples=300,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(TEXTS, min_size=1, max_size=8), st.data(), st.booleans())
def test_every_piece_of_a_message_finds_it_and_nothing_else(
    tmp_path_factory: pytest.TempPathFactory,
    texts: list[str],
    data: st.DataObject,
    quoted: bool,
) -> None:
    text = data.draw(st.sampled_from(texts))
    start = data.draw(st.integers(0, len(text)))
    piece = text[start : start + data.draw(st.integers(2, 16))]
    typed = f'"{piece}"' if quoted else piece
    terms = [term for term in parse_query(typed).terms if term.words]
    assume(any(len(term.text) > 1 for term in terms))
    path = tmp_path_factory.mktemp("index") / "index.sqlite3"
    write(path, texts)
    expected = {f"f{at}0" for at, one in enumerate(texts) if holds(one, typed)}
    assert f"f{texts.index(text)}0" in expected
    assert found(path, typed) == expected


@pytest.mark.parametrize(
    ("text", "typed"),
    [
        ("swarm inference", "war"),
        ("swarm inference", "arm feren"),
        ("swarm inference", '"rm infer"'),
        ("swarm inference", '"rm i'),
        ("a swarm,\ninference", '"rm infer"'),
        ("see xfoo.bar()", "foo.ba"),
        ("see xfoo.bar()", "o.bar("),
        ("the_config_file", "config_fi"),
        ("getUserName", "username"),
        ("case 1234567", "3456"),
        ("Größenwahn", "OSSENW".replace("SS", "ß")),
        ("buffeté", "FETE"),
        ("buffete\u0301s", "fetés"),
        ("我住在東京都", "京都"),
        ("我住在東京tower", "京tow"),
        ("カタカナガ", "タカナカ"),
        ("ｶﾀｶﾅ", "タカ"),
        ("서울대학교에서", "대학"),
        ("ฉันชอบภาษาไทยมาก", "ภาษาไทย"),
        ("if a => b", "=>"),
        ("x" * 50 + "needle" + "y" * 50, "needle"),
    ],
)
def test_a_piece_is_found(path: Path, text: str, typed: str) -> None:
    write(path, ["something else", text])
    assert found(path, typed) == {"f10"}


@pytest.mark.parametrize(
    ("text", "typed"),
    [
        ("swarm inference", "warm"),
        ("swarm inference", "arm feren"),
        ("swarm inference", '"warm infer"'),
        ("swarm inference", '"rm infer"'),
        ("the_config_file", "onfig_fi"),
        ("我住在東京都", "京都"),
        ("サーバーカタカナ", "カタ"),
        ("서울대학교에서", "대학"),
        ("ฉันชอบภาษาไทยมาก", "ไท"),
        ("ຂ້ອຍມັກພາສາລາວ", "ພາສາ"),
        ("ខ្ញុំចូលចិត្តភាសាខ្មែរ", "ភាសា"),
        ("မြန်မာဘာသာ", "ဘာသာ"),
    ],
)
def test_the_index_alone_answers(
    path: Path, text: str, typed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(path, ["something else", text])
    without_reading(monkeypatch)
    assert found(path, typed) == {"f10"}


@pytest.mark.parametrize(
    ("text", "typed"),
    [
        ("swarm inference", '"rm  nfer"'),
        ("swarm inference", '"warm ference"'),
        ("xfoo bar", "foo.baz"),
        ("foobar", "foo.bar"),
        ("하교", "학교"),
        ("東 京", "京東"),
    ],
)
def test_what_is_not_there_is_not_found(path: Path, text: str, typed: str) -> None:
    write(path, [text])
    assert found(path, typed) == set()


@pytest.mark.parametrize(
    ("text", "typed", "marked"),
    [
        ("the\nswarm goes", "war", "warm"),
        ("the swarm goes", "war ", "war"),
        ("of swarm\ninference", '"rm infer"', "rm infer"),
        ("see xfoo.bar()", "foo.ba", "foo.bar"),
        ("of swarm, **inference**", '"rm infer"', "rm, **infer"),
        ("see xfoo foo, bar", "(foo", "foo"),
        ("我住在東京都", "京都", "京都"),
        ("我住在東京tower上", "京tow", "京tower"),
        ("w" * 900 + "in ÄÖÜ", "ou", "ÖÜ"),
    ],
)
def test_the_place_inside_of_a_word_is_marked(
    path: Path, text: str, typed: str, marked: str
) -> None:
    write(path, [text])
    (hit,) = hits(path, typed)
    ((start, end),) = hit.marks
    assert hit.snippet[start:end] == marked
    assert hit.needle in text.lower()


def test_insides_come_below_words_and_beginnings_however_old(path: Path) -> None:
    texts = [*(f"trust {at}" for at in range(100)), "rusty", "rust"]
    write(path, texts)
    order = [hit.message_id for hit in hits(path, "rust")]
    assert set(order[:2]) == {"f1000", "f1010"}
    assert len(order) == 60


def test_of_very_many_words_the_first_and_the_last_are_found(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(path, [f"xcase{at:04}" for at in range(500)])
    index = Index(path)
    index.put_files([file_of("new", "xcase9999", title="~", age=-60)])
    index.close()
    with monkeypatch.context() as patched:
        without_reading(patched)
        order = [hit.message_id for hit in hits(path, "case")]
        assert order[:3] == ["new0", "f00", "f10"]
        assert found(path, "case0499") == {"f4990"}
    # Too many words for each; only the texts themselves can tell.
    assert found(path, "ase ase0 ase04 se049") == {f"f{at}0" for at in range(490, 500)}


def test_a_signs_texts_are_read_until_there_is_no_time(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(path, [f"a {at}" for at in range(50)] + ["=>"])
    reader = IndexReader(path)
    answer = reader.search("=>")
    assert answer is not None
    assert len(answer.hits) == 1
    assert not answer.partial
    without_reading(monkeypatch)
    answer = reader.search("=>")
    reader.close()
    assert answer is not None
    assert answer.hits == ()
    assert answer.partial


def test_what_is_gone_leaves_no_words_behind(path: Path) -> None:
    texts = [
        "swarm honey",
        "honey Größe e\u0301 _x_",
        "我住在東京tower",
        "ภาษา हिन्दी ｶﾞ 대학",
    ]
    write(path, texts)
    index = Index(path)
    index.put_files([file_of("f0", "warmth", title="~", state=2)])
    assert found(path, "arm") == {"f00"}
    assert found(path, "swa") == set()
    assert "swarm" not in vocabulary(path)
    assert "honey" in vocabulary(path)
    index.remove([f"f{at}.toml" for at in range(len(texts))])
    index.close()
    assert found(path, "arm") == found(path, "京") == set()
    assert vocabulary(path) == []
    with sqlite3.connect(path) as connection:
        for table in ("bodies", "parts"):
            connection.execute(
                f"CREATE VIRTUAL TABLE temp.left USING fts5vocab(main, {table}, row)"
            )
            assert connection.execute("SELECT term FROM temp.left").fetchall() == []
            connection.execute("DROP TABLE temp.left")
    connection.close()


def test_words_of_a_batch_that_failed_are_taken_the_next_time(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = Index(path)
    with monkeypatch.context() as patched:
        patched.setattr(Vocabulary, "drop", fail)
        with pytest.raises(OSError, match="now"):
            index.put_files([file_of("a", "swarm")])
    index.put_files([file_of("a", "swarm")])
    index.close()
    assert vocabulary(path) == ["swarm"]


def fail(*_: object) -> None:
    raise OSError("not now")
