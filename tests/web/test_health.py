"""Whether the process lives and works, its figures, and a log without tokens."""

from __future__ import annotations

import logging
import threading

import pytest

from bot import watch
from bot.door_faults import FaultyDoors
from bot.web import health
from bot.web.traffic import Traffic
from tests.web.conftest import RESIDENTS, WANG, Site

TOKEN = {"authorization": "Bearer a-token-for-figures"}


def test_it_lives_and_is_ready(quick_site: Site) -> None:
    assert quick_site.client.get("/healthz").text == "ok"
    assert quick_site.client.get("/readyz").text == "ready"


def test_a_door_that_is_shut_is_said_without_naming_it(quick_site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "WITHIN", 30.0)
    quick_site.app.doors_down = FaultyDoors(quick_site.app.reading, quick_site.app.clock.wall)
    watch.note_fault(quick_site.app, "oa:wx1", "no token: errcode 40125")
    answer = quick_site.client.get("/healthz")
    assert (answer.status_code, answer.text) == (200, "degraded")


def test_it_lives_though_the_look_at_the_doors_hangs(quick_site: Site) -> None:
    over = threading.Event()
    quick_site.app.doors_down = lambda: frozenset({str(over.wait(60))})
    try:
        assert quick_site.client.get("/healthz").text == "ok"
    finally:
        over.set()


def test_it_is_not_ready_without_its_database(quick_site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    from sqlalchemy.exc import OperationalError

    def gone() -> None:
        raise OperationalError("SELECT 1", {}, Exception("the server is away"))

    monkeypatch.setattr(type(quick_site.app), "reading", lambda self: gone())
    answer = quick_site.client.get("/readyz")
    assert answer.status_code == 503
    assert answer.text == "database: OperationalError"


def test_figures_are_for_this_machine_or_the_token(quick_site: Site) -> None:
    assert quick_site.client.get("/metrics").status_code == 200
    from_outside = {"x-forwarded-for": "198.51.100.7"}
    assert quick_site.client.get("/metrics", headers=from_outside).status_code == 403
    wrong = from_outside | {"authorization": "Bearer guess"}
    assert quick_site.client.get("/metrics", headers=wrong).status_code == 403
    assert quick_site.client.get("/metrics", headers=from_outside | TOKEN).status_code == 200


def test_figures_count_what_is_owed_and_answered(quick_site: Site) -> None:
    quick_site.say(WANG, "三号楼门口路灯坏了半个月了", RESIDENTS)
    lines = quick_site.client.get("/metrics").text.splitlines()
    assert 'menkou_tickets{status="reported"} 1' in lines
    assert 'menkou_inbox{state="handled"} 1' in lines
    assert 'menkou_http_requests_total{method="POST",route="/playground/say",status="200"} 1' in lines
    assert any(line.startswith("menkou_outbox_late_seconds ") for line in lines)


def test_the_log_holds_templates_and_never_a_path(quick_site: Site, caplog: pytest.LogCaptureFixture) -> None:
    asked = ("/t/a-secret-token?who=wang", "/n/a-secret-token", "/secret-of-somebody", "/static/base.css?v=secret")
    with caplog.at_level(logging.INFO, "menkou.access"):
        for path in asked:
            quick_site.client.get(path)
        quick_site.stop()  # the line is written behind the answer
    lines = [record.getMessage() for record in caplog.records if record.name == "menkou.access"]
    assert [line.split()[:3] for line in lines] == [
        ["GET", "/t/{token}", "404"],
        ["GET", "/n/{token}", "404"],
        ["GET", "-", "404"],
        ["GET", "/static", "200"],
    ]
    assert "secret" not in caplog.text


def test_the_histogram_adds_up() -> None:
    traffic = Traffic()
    for seconds in (0.001, 0.03, 9.0):
        traffic.note("GET", "/", 200, seconds)
    lines = list(traffic.lines())
    assert 'menkou_http_request_seconds_bucket{le="0.005"} 1' in lines
    assert 'menkou_http_request_seconds_bucket{le="0.05"} 2' in lines
    assert 'menkou_http_request_seconds_bucket{le="+Inf"} 3' in lines
    assert "menkou_http_request_seconds_count 3" in lines
