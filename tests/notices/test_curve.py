"""The curve of a notice, and how often it is counted: points that never fall, on both engines."""

from __future__ import annotations

import itertools
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot import notice_account, notice_curve, notices
from bot.notice_account import Accounts
from storage import notice_curve as curve
from storage.notice_figures import Figures, Tally, figures
from storage.notices import Ledger
from storage.people import Role, UnitKind
from tests.notices.world import World

HOUSEHOLDS = 20


@pytest.fixture
def sent(world: World) -> World:
    """A notice that everybody who has a way was sent."""
    world.households(HOUSEHOLDS)
    world.confirmed(HOUSEHOLDS)
    while notices.run_due(world.app):
        pass
    return world


def read(world: World, households: int) -> None:
    """So many households have read it."""
    with world.app.writing() as db:
        ids = db.scalars(select(Ledger.id).where(Ledger.state == "sent").order_by(Ledger.id).limit(households)).all()
        db.execute(update(Ledger).where(Ledger.id.in_(ids)).values(seen_at=world.clock.at))


def drawn(world: World) -> list[tuple[int, int]]:
    """Minutes since the confirmation and who had read it then, for each point."""
    with world.app.reading() as db:
        rows = curve.points(db, 1)
    begun = world.notice().confirmed_at
    assert begun is not None
    return [(int((row.at - begun).total_seconds() // 60), row.figures["total"]["seen"]) for row in rows]


def minutes(world: World, count: int, apart: int = 1) -> None:
    for _ in range(count):
        world.pass_time(timedelta(minutes=apart))
        notice_curve.mark(world.app)


def test_a_point_a_minute_and_of_a_quiet_time_only_its_ends(sent: World) -> None:
    notice_curve.mark(sent.app)
    minutes(sent, 5)
    read(sent, 3)
    minutes(sent, 4)
    read(sent, 4)
    minutes(sent, 1)
    assert drawn(sent) == [(0, 0), (5, 0), (6, 3), (9, 3), (10, 4)]


def test_points_grow_fewer_and_end(sent: World) -> None:
    spans = [(30, 1), (120, 5), (60 * 10, 15), (60 * 48, 60)]
    for age, apart in spans:
        one = curve.Watched(1, sent.clock.at - timedelta(minutes=age), False, sent.clock.at)
        assert not notice_curve.is_due(one, sent.clock.at + timedelta(minutes=apart - 1))
        assert notice_curve.is_due(one, sent.clock.at + timedelta(minutes=apart))
    with sent.app.reading() as db:
        begun = sent.clock.at
        assert curve.watched(db, begun)
        assert curve.watched(db, begun + timedelta(days=4)) == []


def test_two_clocks_take_one_point(sent: World) -> None:
    assert notice_curve.mark(sent.app) == 1
    assert notice_curve.mark(sent.app) == 0
    sent.pass_time(timedelta(seconds=70))
    assert notice_curve.mark(sent.app) == 1
    assert notice_curve.mark(sent.app) == 0


def test_a_count_that_would_let_the_curve_fall_is_not_taken(sent: World) -> None:
    read(sent, 5)
    with sent.app.reading() as db:
        before = figures(db, 1)
    read(sent, 6)
    with sent.app.writing() as db:
        assert curve.add(db, 1, sent.clock.at, figures(db, 1))
        assert not curve.add(db, 1, sent.clock.at + timedelta(minutes=1), before), "it would fall"
        assert not curve.add(db, 1, sent.clock.at, figures(db, 1)), "there is one of this moment"
        assert not curve.add(db, 1, sent.clock.at - timedelta(minutes=1), figures(db, 1)), "there is a later one"
    assert [seen for _, seen in drawn(sent)] == [6]


def test_only_the_newest_point_keeps_places_and_reasons(sent: World) -> None:
    for nth in range(3):
        read(sent, nth + 1)
        minutes(sent, 1)
    with sent.app.reading() as db:
        rows = curve.points(db, 1)
    assert ["places" in row.figures for row in rows] == [False, False, True]
    assert rows[-1].figures["reasons"]["no_way"]


def test_a_large_notice_is_told_from_its_newest_point(sent: World, monkeypatch: pytest.MonkeyPatch) -> None:
    read(sent, 2)
    notice_curve.mark(sent.app)
    read(sent, 5)
    admin = sent.member(Role.STREET_LEADER, sent.unit(UnitKind.STREET), "方主任")
    assert "已看 5" in admin.says("通知进度 1")
    monkeypatch.setattr(curve, "LARGE", 10)
    heard = admin.says("通知进度 1")
    assert "已看 2" in heard
    assert "这是 3月5日 09:12 数的" in heard
    assert "杏花1社区" in heard


def test_pages_count_once_however_many_look(sent: World, monkeypatch: pytest.MonkeyPatch) -> None:
    accounts = Accounts()
    counts: list[int] = []

    def counted(db: Session, notice_id: int) -> Figures:
        counts.append(notice_id)
        return figures(db, notice_id)

    monkeypatch.setattr(notice_account, "figures", counted)
    first = accounts.of(sent.app, 1)
    read(sent, 4)
    assert accounts.of(sent.app, 1) is first
    assert len(counts) == 1
    accounts.forget(1)
    assert accounts.of(sent.app, 1).figures.total.seen == 4
    assert len(counts) == 2


def test_the_invariants_are_seen_to_break() -> None:
    """So that the tests above can fail."""
    whole = Tally(households=3, sent=2, failed=1, seen=1, confirmed=1, knocked=3)
    assert whole.adds_up
    assert not Tally(households=1, sent=1, delivered=2).adds_up
    falls = [Tally(households=3, sent=2, failed=1), Tally(households=3, sent=1, failed=2)]
    assert any(after.falls_behind(before) for before, after in itertools.pairwise(falls))
