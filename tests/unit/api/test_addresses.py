"""Base URLs are repaired or refused with a sentence, and never send a key astray."""

from __future__ import annotations

import pytest

from tui.api.addresses import (
    check_plain_http,
    is_loopback,
    is_private,
    parse_base_url,
    same_origin_target,
)
from tui.domain.errors import RequestError
from tui.domain.failure import FailureKind


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("https://host/v1", "https://host/v1"),
        ("  'https://host/v1/' ", "https://host/v1"),
        ("https://host/v1//chat/completions", "https://host/v1"),
        ("https://host/v1/chat/completions/", "https://host/v1"),
        ("https://host/v1/models", "https://host/v1"),
        ("HTTPS://Host.Example:443/V1", "https://host.example/V1"),
        ("http://host:80", "http://host"),
        ("host.example/v1", "https://host.example/v1"),
        ("localhost:11434/v1", "http://localhost:11434/v1"),
        ("192.168.1.7:8080", "http://192.168.1.7:8080"),
        ("ollama:11434/v1", "http://ollama:11434/v1"),
        ("http://[::1]:8080/v1", "http://[::1]:8080/v1"),
        ("[::1]:8080/v1", "http://[::1]:8080/v1"),
        ("https://bücher.example/v1", "https://xn--bcher-kva.example/v1"),
        ("https://host/v1#part", "https://host/v1"),
        ("https://host/pfäd", "https://host/pf%C3%A4d"),
    ],
)
def test_repairs(typed: str, meant: str) -> None:
    assert parse_base_url(typed).base_url == meant


def test_query_of_the_url_is_kept() -> None:
    address = parse_base_url("https://host/openai?api-version=2024-02-01")

    url = address.url("/chat/completions", {"x": "a b"})

    assert url == "https://host/openai/chat/completions?api-version=2024-02-01&x=a+b"


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "   ",
        "https://",
        "https:///v1",
        "ftp://host/v1",
        "file:///etc/passwd",
        "https://ho st/v1",
        "https://host/\x1b[31m",
        "https://host:99999/v1",
        "https://host:0/v1",
        "https://host:port/v1",
        "https://user:pass@host/v1",
        "https://[::1/v1",
        "https://ho\u202est/v1",
        "https://host\\evil/v1",
        "https://..../v1",
        "https://" + "ä" * 300 + "/v1",
    ],
)
def test_refuses_with_a_sentence(typed: str) -> None:
    with pytest.raises(RequestError) as caught:
        parse_base_url(typed)

    assert caught.value.failure.kind is FailureKind.ADDRESS
    assert caught.value.sentence.isprintable()
    assert "pass" not in caught.value.sentence.replace("password", "")


def test_version_is_noticed() -> None:
    assert parse_base_url("https://host/v1").names_version
    assert parse_base_url("https://host/api/v1beta").names_version
    assert not parse_base_url("https://host").names_version


@pytest.mark.parametrize(
    ("host", "loopback", "private"),
    [
        ("localhost", True, True),
        ("api.localhost", True, True),
        ("127.0.0.1", True, True),
        ("127.8.8.8", True, True),
        ("::1", True, True),
        ("10.0.0.1", False, True),
        ("172.20.1.1", False, True),
        ("fe80::1%eth0", False, True),
        ("nas", False, True),
        ("nas.local", False, True),
        ("8.8.8.8", False, False),
        ("api.fortytwo.network", False, False),
        ("localhost.example.com", False, False),
        ("2606:4700::1", False, False),
    ],
)
def test_near_and_far(host: str, loopback: bool, private: bool) -> None:
    assert (is_loopback(host), is_private(host)) == (loopback, private)


def test_plain_http() -> None:
    far = parse_base_url("http://api.example.com/v1")
    near = parse_base_url("http://192.168.0.2/v1")
    safe = parse_base_url("https://api.example.com/v1")

    check_plain_http(near, "key", "")
    check_plain_http(safe, "key", "")
    check_plain_http(far, "", "")
    check_plain_http(far, "key", "API.example.com.")
    for confirmed in ("", "example.com", "other.example.com", "true"):
        with pytest.raises(RequestError):
            check_plain_http(far, "key", confirmed)


@pytest.mark.parametrize(
    ("location", "target"),
    [
        ("/v2/x", "https://host/v2/x"),
        ("https://host:443/x", "https://host:443/x"),
        ("https://host:444/x", None),
        ("http://host/x", None),
        ("//other/x", None),
        ("https://host.evil/x", None),
        ("https://u@host/x", None),
        ("https://host:bad/x", None),
        ("/v1/chat", None),
        ("", None),
        ("/a\r\nX: y", None),
    ],
)
def test_redirect_targets(location: str, target: str | None) -> None:
    assert same_origin_target("https://host/v1/chat", location) == target
