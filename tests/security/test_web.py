"""Attacks through the browser and the wire."""

from __future__ import annotations

import socket
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select

from bot.web import guards
from bot.web.tickets import _history
from storage.facts import Fact
from tests.conversations.stage import RESIDENTS, Stage
from tests.web.conftest import WANG, Site, quick_site

__all__ = ["quick_site"]

SAY = {"speaker": WANG, "text": "好"}
MISSHAPEN = ("http://[::1", "http://[", "//", "http://127.0.0.1:99999", "\u00ff", "javascript:alert(1)", "file://")


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guards, "BODY_WITHIN", 0.5)


@pytest.mark.parametrize("origin", MISSHAPEN)
def test_a_misshapen_origin_is_refused_and_no_fault(quick_site: Site, origin: str) -> None:
    answer = quick_site.client.post("/playground/say", json=SAY, headers={b"origin": origin.encode("latin-1")})
    assert answer.status_code == 403
    assert quick_site.screen(f"person:{WANG}") == []


@pytest.mark.parametrize("host", ["[::1", "localhost.evil.example", "127.0.0.1.", "0.0.0.0", "localhost@evil.example"])
def test_a_host_that_only_looks_like_this_machine_is_refused(quick_site: Site, host: str) -> None:
    assert quick_site.client.get("/", headers={"host": host}).status_code == 403


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("path", ["/playground/say", "/t/unknown/answer"])
def test_a_body_that_drips_is_hung_up_on(quick_site: Site, path: str) -> None:
    address = urlsplit(str(quick_site.client.base_url))
    kind = "application/json" if path.endswith("say") else "application/x-www-form-urlencoded"
    head = f"POST {path} HTTP/1.1\r\nhost: {address.netloc}\r\ncontent-type: {kind}\r\ncontent-length: 500\r\n\r\n"
    with socket.create_connection((str(address.hostname), address.port or 80), timeout=30) as line:
        line.sendall(head.encode() + b"{")
        assert line.recv(200).startswith(b"HTTP/1.1 408")


@pytest.mark.parametrize(
    "path",
    ["/static/../guards.py", "/static/%2e%2e/guards.py", "/static/..%2fguards.py", "/static//etc/passwd",
     "/playground/media/..%2f..%2fetc%2fpasswd", "/t/%00", "/t/%ff", "/n/%ff", "/n/%00", "/t/a/photo/..%2f..%2fx"],
)  # fmt: skip
def test_no_path_leads_out(quick_site: Site, path: str) -> None:
    assert quick_site.client.get(path).status_code in (400, 404)


def test_what_is_said_is_text_on_every_page(town: Stage) -> None:
    """Names of templates, tags and braces are words like others."""
    from bot.web import pages

    evil = "三号楼路灯坏了<script>alert(1)</script>{{7*7}}{% raw %}</blockquote>"
    town.say("王阿姨", evil)
    ticket = town.ticket(1)
    values = {"ticket": ticket, "token": "t", "now": town.now, "what": evil, "where": evil, "words": evil,
              "desk": None, "holder": evil, "steps": [], "asks": "resolved", "reasons": [evil],
              "waited": 0, "shelved": evil}  # fmt: skip
    page = bytes(pages.page("ticket.html", values).body).decode()
    assert "<script>alert" not in page
    assert "49" not in page.replace(str(ticket.number), "")
    assert page.count("</blockquote>") == 1


def test_the_reporters_page_shows_no_neighbours_words(town: Stage, tmp_path: Path) -> None:
    town.say("王阿姨", "二单元燃气味特别大，快来人", RESIDENTS)
    town.say("李婶", "二单元我也闻到了，我家1203，电话13812345678", RESIDENTS)
    town.say("王阿姨", "味道越来越大了，还在漏", RESIDENTS)
    with town.app.reading() as db:
        ticket = town.ticket(1)
        others = select(Fact).where(Fact.account_id != ticket.reporter_id, Fact.body_id.is_not(None))
        assert db.scalars(others).first() is not None, "nothing to hide"
        shown = "".join(step.words for step in _history(db, town.app.vault, ticket))
    assert "13812345678" not in shown
    assert "1203" not in shown
