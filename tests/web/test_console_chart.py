"""The drawing of a notice's curve: steps that never go down, within the frame."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from bot.web.notice_chart import BOTTOM, HEIGHT, LEFT, RIGHT, TOP, WIDTH, draw
from handlers.rules.deadlines import LOCAL

BEGUN = datetime(2026, 3, 5, 22, 40, tzinfo=LOCAL)


def figures(sent: int, seen: int = 0, confirmed: int = 0, knocked: int = 0) -> dict[str, int]:
    return {"sent": sent, "seen": seen, "confirmed": confirmed, "knocked": knocked}


def test_lines_are_steps_within_the_frame() -> None:
    moments = [
        (BEGUN, figures(0)),
        (BEGUN + timedelta(minutes=1), figures(600)),
        (BEGUN + timedelta(hours=3), figures(900, 500, 20)),
    ]
    chart = draw(moments, 900)
    assert [line.name for line in chart.lines] == ["sent", "seen", "confirmed"], "nobody stood at a door"
    sent = chart.lines[0]
    assert (sent.path[0], sent.last) == ("M", 900)
    heights = [float(up) for up in re.findall(r"V([\d.]+)", sent.path)]
    assert heights == sorted(heights, reverse=True)
    assert heights[-1] == TOP
    widths = [float(across) for across in re.findall(r"H([\d.]+)", sent.path)]
    assert widths[-1] == WIDTH - RIGHT
    assert all(LEFT <= across <= WIDTH - RIGHT for across, _ in chart.across)
    assert [at.strftime("%H:%M") for _, at in chart.across] == ["23:00", "23:30", "00:00", "00:30", "01:00", "01:30"]
    assert [count for _, count in chart.up] == [0, 450, 900]


def test_a_notice_of_this_moment_and_one_to_nobody() -> None:
    for households in (0, 1, 900):
        chart = draw([(BEGUN, figures(0)), (BEGUN, figures(0))], households)
        assert chart.lines[0].path == f"M{float(LEFT)} {float(HEIGHT - BOTTOM)}H{float(LEFT)}V{float(HEIGHT - BOTTOM)}"
        assert chart.across


def test_three_days_have_days_below_them() -> None:
    chart = draw([(BEGUN, figures(0)), (BEGUN + timedelta(days=3), figures(5))], 5)
    assert {at.hour for _, at in chart.across} <= {0, 12}
    assert len(chart.across) >= 3
