"""No JSON value of any shape breaks the reading, and requests are what was asked."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.api.answer import Answer
from tui.api.failures import Target
from tui.api.models import read_models
from tui.api.optional_fields import OptionalFields
from tui.api.wire import encode_request, merge_usage, parse_json, read_chunk
from tui.domain.errors import RequestError
from tui.domain.failure import Failure, FailureKind
from tui.domain.message import Status, Usage

NAMES = [
    "choices", "delta", "message", "content", "text", "type", "thinking", "reasoning",
    "reasoning_content", "finish_reason", "usage", "prompt_tokens", "error", "index",
    "id", "model", "created", "data", "models", "tool_calls",
]  # fmt: skip
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(NAMES), inner, max_size=5)
    ),
    max_leaves=30,
)


@given(st.lists(JSON, max_size=5), st.sampled_from(["", "error", "message"]))
def test_any_json_ends_with_an_outcome(values: list[Any], name: str) -> None:
    answer = Answer(Target("host", "https://host"))
    for value in values:
        answer.take_event(name, json.dumps(value))
    answer.close()

    ended = answer.outcome()

    assert ended.status in Status
    assert (ended.failure is not None) == (
        ended.status in (Status.FAILED, Status.INCOMPLETE)
    )


@given(JSON)
def test_any_json_may_be_a_listing(value: Any) -> None:
    models = read_models(json.dumps(value))

    assert models is None or all(model.id for model in models)


def test_hostile_json_is_no_json() -> None:
    for text in ("[" * 100_000, "1" * 10_000, "", "{", "\x00"):
        assert parse_json(text) is None


def test_token_counts_are_checked() -> None:
    def usage(**counts: Any) -> Usage | None:
        chunk = read_chunk({"usage": counts})
        return chunk.usage if chunk else None

    assert usage(prompt_tokens=1, completion_tokens=2) == Usage(1, 2, 3)
    assert usage(input_tokens=1, output_tokens=2.0) == Usage(1, 2, 3)
    assert usage(prompt_tokens=-1) is None
    assert usage(prompt_tokens=True, total_tokens="7") is None
    assert usage(total_tokens=float("nan")) is None
    assert usage(total_tokens=10**30) is None


def test_usage_is_merged_field_by_field() -> None:
    assert merge_usage(None, None) is None
    assert merge_usage(Usage(1, 2, 3), Usage(None, 5, None)) == Usage(1, 5, 3)


def test_only_the_first_choice_counts() -> None:
    chunk = read_chunk(
        {
            "choices": [
                {"index": 1, "delta": {"content": "no"}},
                {"index": 0, "delta": {"content": "yes"}},
            ]
        }
    )

    assert chunk is not None
    assert chunk.text == "yes"


@pytest.mark.parametrize("value", [float("nan"), float("inf"), object(), {1, 2}])
def test_unsendable_parameters_are_told(value: object) -> None:
    with pytest.raises(RequestError) as caught:
        encode_request({"temperature": value})

    assert "JSON" in caught.value.sentence


def refusal(body: str, status: int = 400) -> Failure:
    return Failure(FailureKind.REQUEST, "x", status=status, wire=body)


def test_optional_fields_are_learnt_one_by_one() -> None:
    optional = OptionalFields()
    sent = ("model", "messages", "stream", "stream_options", "max_tokens", "top_p")

    assert optional.learn(refusal("extra_forbidden: stream_options"), sent) == ""
    assert optional.learn(refusal("unsupported: max_tokens"), sent) == ""
    assert optional.renamed["max_tokens"] == "max_completion_tokens"
    told = optional.learn(
        refusal("unsupported: max_completion_tokens"), ("max_completion_tokens",)
    )
    assert told is not None
    assert "“max_tokens”" in told
    assert optional.renamed == {"stream_options": "", "max_tokens": ""}
    assert "“top_p”" in str(optional.learn(refusal("Unknown argument top_p"), sent))


@pytest.mark.parametrize(
    "failure",
    [
        refusal("messages: field required"),
        refusal("unsupported model"),
        refusal("temperature must be between 0 and 2"),
        refusal("unsupported: temperature", status=500),
        Failure(FailureKind.CONTEXT, "x", status=400, wire="max_tokens not supported"),
    ],
)
def test_nothing_is_learnt_from_other_failures(failure: Failure) -> None:
    optional = OptionalFields()
    sent = ("model", "messages", "stream", "temperature", "max_tokens")

    assert optional.learn(failure, sent) is None
    assert not optional.renamed
