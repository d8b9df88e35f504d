"""Whatever shape an error has, its message comes out clean and bounded."""

from __future__ import annotations

import json
import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.api.error_bodies import LONGEST_DETAIL, read_error_text, read_error_value
from tui.api.failures import Target, context_sizes, failure_of_response
from tui.domain.failure import FailureKind

UNFIT = {"Cc", "Cs", "Zl", "Zp"}
TARGET = Target("host", "https://host/v1", model="m")


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"error": {"message": "a", "type": "t"}}, "a"),
        ({"error": {"message": {"x": 1}}}, '{"x": 1}'),
        ({"error": "a"}, "a"),
        ({"message": "a"}, "a"),
        ({"detail": "a"}, "a"),
        ({"detail": [{"loc": ["body", "n"], "msg": "b"}, {"msg": "c"}]}, "n: b; c"),
        ({"message": ["a", "b"]}, "a; b"),
        ({"title": "a", "status": 524}, "a"),
        ({"error": {"error": {"message": "a"}}}, "a"),
        ([{"error": {"message": "a"}}], "a"),
        ({"detail": '{"error": {"message": "a"}}'}, "a"),
        ("just words", "just words"),
        ({"unknown": 1}, '{"unknown": 1}'),
        (7, "7"),
    ],
)
def test_messages(body: Any, message: str) -> None:
    assert read_error_value(body).message == message
    assert read_error_text(json.dumps(body)).message == message


@pytest.mark.parametrize(
    ("text", "message", "html"),
    [
        ("", "", False),
        ("  \n", "", False),
        ("plain words", "plain words", False),
        ("<html><title>A &amp;\n B</title>x", "A & B", True),
        ("<p>no <b>title</b></p>", "no title", True),
        ('data: {"error": {"message": "a"}}\n\n', "a", False),
        ("{broken", "{broken", False),
        ("a\x1b[31mb\x07c", "ab␇c", False),
    ],
)
def test_texts(text: str, message: str, html: bool) -> None:
    found = read_error_text(text)

    assert (found.message, found.is_html) == (message, html)


def test_status_in_the_body() -> None:
    assert read_error_value({"error": {"code": 402}}).status == 402
    assert read_error_value({"error": {"code": "503"}}).status == 503
    assert read_error_value({"error": {"code": "rate_limit"}}).status is None


@given(st.text(max_size=5000))
def test_any_text_is_clean_and_bounded(text: str) -> None:
    failure = failure_of_response(TARGET, 400, text)

    for shown in (failure.detail, failure.sentence):
        assert not {unicodedata.category(letter) for letter in shown} & UNFIT
    assert len(failure.detail) <= LONGEST_DETAIL
    assert len(failure.sentence) <= 260


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["error", "message", "detail", "code", "msg", "loc", "x"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=20,
)


@given(JSON, st.integers(300, 599))
def test_any_json_makes_a_failure(value: Any, status: int) -> None:
    failure = failure_of_response(TARGET, status, json.dumps(value))

    assert failure.status == status
    assert failure.sentence.endswith((".", "?"))


@pytest.mark.parametrize(
    ("message", "sizes"),
    [
        (
            "This model's maximum context length is 8192 tokens. However, your "
            "messages resulted in 9000 tokens.",
            (9000, 8192),
        ),
        ("prompt is too long: 210000 tokens > 200000 maximum", (210000, 200000)),
        (
            "Requested tokens (5000) exceed context window of 4096",
            (None, 4096),
        ),
        ("nothing about sizes", (None, None)),
    ],
)
def test_context_sizes(message: str, sizes: tuple[int | None, int | None]) -> None:
    assert context_sizes(read_error_value({"message": message})) == sizes


@pytest.mark.parametrize("status", range(300, 600))
def test_every_status_has_a_sentence(status: int) -> None:
    for body in ("", "<html>x</html>", '{"error": {"message": "words"}}'):
        failure = failure_of_response(TARGET, status, body)
        assert 20 < len(failure.sentence) <= 200
        assert failure.kind is not FailureKind.UNFORESEEN
        if failure.transient:
            assert status in {408, 409, 425, 429, 500, 502, 503, 504, 529} | set(
                range(520, 524)
            )
