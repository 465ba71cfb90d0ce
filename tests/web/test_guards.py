"""Who is let in, how much may be sent, and what every answer carries."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from starlette.datastructures import Headers

from bot.web.guards import LONGEST_BODY, LONGEST_UPLOAD, is_own
from tests.web.conftest import WANG, Site

SAY = {"speaker": WANG, "text": "好"}


@pytest.mark.parametrize(
    ("method", "headers", "own"),
    [
        ("GET", {"host": "127.0.0.1:8000"}, True),
        ("GET", {"host": "localhost:8000"}, True),
        ("GET", {"host": "[::1]:8000"}, True),
        ("GET", {"host": "playground.example"}, False),
        ("GET", {"host": "127.0.0.1.evil.example"}, False),
        ("GET", {"host": "[::1"}, False),
        ("GET", {}, False),
        ("POST", {"host": "127.0.0.1:8000"}, True),  # no browser
        ("POST", {"host": "127.0.0.1:8000", "origin": "http://127.0.0.1:8000"}, True),
        ("POST", {"host": "127.0.0.1:8000", "origin": "http://127.0.0.1:9000"}, False),
        ("POST", {"host": "127.0.0.1:8000", "origin": "http://evil.example"}, False),
        ("POST", {"host": "127.0.0.1:8000", "origin": "null"}, False),
        ("POST", {"host": "127.0.0.1:8000", "origin": "null", "sec-fetch-site": "same-origin"}, True),
        ("POST", {"host": "127.0.0.1:8000", "origin": "null", "sec-fetch-site": "cross-site"}, False),
        ("POST", {"host": "127.0.0.1:8000", "sec-fetch-site": "cross-site"}, False),
    ],
)
def test_sample_mode_answers_its_own_pages_only(method: str, headers: dict[str, str], own: bool) -> None:
    assert is_own(method, Headers(headers)) is own


def test_a_foreign_name_or_page_is_refused_in_sample_mode(quick_site: Site) -> None:
    assert quick_site.client.get("/", headers={"host": "evil.example"}).status_code == 403
    refused = quick_site.client.post("/playground/say", json=SAY, headers={"origin": "http://evil.example"})
    assert refused.status_code == 403
    assert quick_site.screen(f"person:{WANG}") == []


def test_outside_sample_mode_any_name_is_answered(plain_site: Site) -> None:
    """A deployment stands behind a proxy and has a name of its own; nothing there lets anybody speak as another."""
    assert plain_site.client.get("/console", headers={"host": "menkou.example"}).status_code == 401
    assert plain_site.client.post("/playground/say", json=SAY).status_code == 404


def test_every_answer_carries_the_security_headers(quick_site: Site) -> None:
    for path in ("/", "/healthz", "/static/base.css", "/nothing/here", "/t/unknown", "/n/unknown"):
        headers = quick_site.client.get(path).headers
        assert headers["referrer-policy"] == "no-referrer", path
        assert headers["x-content-type-options"] == "nosniff", path
        assert "unsafe" not in headers["content-security-policy"], path
        assert "default-src 'none'" in headers["content-security-policy"], path


def test_no_page_needs_inline_script_or_style(quick_site: Site) -> None:
    page = quick_site.client.get("/").text
    assert "style=" not in page
    assert "onclick" not in page
    assert "<script>" not in page


def test_a_body_that_says_it_is_too_large_is_refused(quick_site: Site) -> None:
    answer = quick_site.client.post("/playground/say", content=b"x" * (LONGEST_BODY + 1))
    assert answer.status_code == 413


def test_a_body_that_does_not_say_its_length_is_counted(quick_site: Site) -> None:
    def stream() -> Iterator[bytes]:
        for _ in range(LONGEST_BODY // 65536 + 2):
            yield b"x" * 65536

    try:
        answer = quick_site.client.post("/playground/say", content=stream())
    except httpx.WriteError:
        return  # the server closed before we had said everything: refused all the same
    assert answer.status_code == 413


def test_a_photo_may_be_larger_than_a_callback(quick_site: Site) -> None:
    one_and_a_half = quick_site.client.post("/playground/pictures", files={"file": b"x" * (LONGEST_BODY * 3 // 2)})
    assert one_and_a_half.status_code == 422
    too_large = quick_site.client.post("/playground/pictures", files={"file": b"x" * (LONGEST_UPLOAD + 1)})
    assert too_large.status_code == 413


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b"\xff\xfe", b'{"speaker": 1}'])
def test_garbage_is_answered_politely(quick_site: Site, body: bytes) -> None:
    answer = quick_site.client.post("/playground/say", content=body, headers={"content-type": "application/json"})
    assert answer.status_code in {400, 422}
