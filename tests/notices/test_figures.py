"""Whatever happens in whatever order, the figures add up and what should only rise rises."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy import create_engine, select
from sqlalchemy.pool import StaticPool

from bot import notice_curve, notice_cutting, notice_doors, notice_sending, notice_slices, notices
from bot.bell import SilentBell
from bot.channels.base import Outcome, TryLater, Unsure
from bot.moments import ManualClock
from bot.settings import Settings
from bot.wiring import App
from storage import notice_curve as curve
from storage import notice_ledger, notice_reading, tables
from storage import notice_slices as slices
from storage.notice_figures import Tally, figures, totals
from storage.notices import Ledger
from storage.people import Role
from storage.vault import Vault
from tests.notices.world import DOOR, START, Sink, World, channel

HOUSEHOLDS = 23
FAULTS = st.sampled_from([TryLater("busy"), Unsure("timeout"), None])
OUTCOMES = st.sampled_from([Outcome("sent"), Outcome("dead", reason="43004"), Outcome("unknown")])


class NoticeMachine(RuleBasedStateMachine):
    """Steps of workers, faults of a platform and taps of residents, in any order."""

    @initialize(knows_keys=st.sampled_from([None, timedelta(minutes=2), timedelta(days=9)]))
    def begin(self, knows_keys: timedelta | None) -> None:
        engine = create_engine("sqlite://", poolclass=StaticPool)
        tables.metadata.create_all(engine)
        vault = Vault([bytes(32)])
        app = App(settings=Settings(), engine=engine, vault=vault, clock=ManualClock(START), bell=SilentBell())
        clock = app.clock
        assert isinstance(clock, ManualClock)
        self.world = World(app, clock, Sink())
        app.channels[DOOR] = channel(self.world.sink, knows_keys=knows_keys, batch=4)
        admin = self.world.member(Role.ADMIN, self.world.households(HOUSEHOLDS))
        admin.says("通知 明天洗水箱")
        admin.says(f"确认发送 1 {HOUSEHOLDS}户")
        self.best = (0, 0, 0)

    @rule()
    def fan_out(self) -> None:
        notices.STEP, before = 5, notices.STEP
        notices.fan_out_step(self.world.app)
        notices.STEP = before

    @rule()
    def cut(self) -> None:
        notice_cutting.CUT_STEP, before = 6, notice_cutting.CUT_STEP
        notice_cutting.cut_step(self.world.app)
        notice_cutting.CUT_STEP = before

    @rule(fault=FAULTS, outcomes=st.lists(OUTCOMES, min_size=4, max_size=4))
    def send_one(self, fault: Exception | None, outcomes: list[Outcome]) -> None:
        self.world.sink.faults = [fault]
        self.world.sink.outcomes = [outcomes]
        notice_sending.send_due(self.world.app, 0.0)
        notices.finish(self.world.app)

    @rule()
    def die_holding_a_slice(self) -> None:
        with self.world.app.writing() as db:
            slices.claim(db, self.world.clock.wall(), notice_slices.LEASE, self.world.hour)

    @rule(minutes=st.integers(1, 15))
    def wait(self, minutes: int) -> None:
        self.world.pass_time(timedelta(minutes=minutes))

    @rule(nth=st.integers(0, HOUSEHOLDS - 1), confirm=st.booleans())
    def read(self, nth: int, confirm: bool) -> None:
        """Any household with a row may read: a neighbour may have shown it the link, or a worker at the door."""
        with self.world.app.writing() as db:
            ids = db.scalars(select(Ledger.household_id).order_by(Ledger.id)).all()
            if nth < len(ids):
                token = self.world.app.vault.link(notice_ledger.link_name(1, ids[nth]))
                act = notice_reading.note_confirmed if confirm else notice_reading.note_seen
                assert act(db, token, self.world.clock.at)

    @rule(minutes=st.integers(1, 3))
    def take_a_point(self, minutes: int) -> None:
        self.world.pass_time(timedelta(minutes=minutes))
        notice_curve.mark(self.world.app)

    @invariant()
    def adds_up(self) -> None:
        if not hasattr(self, "world"):
            return
        with self.world.app.reading() as db:
            found = figures(db, 1)
            whole = totals(db, 1)
            points = [Tally(**point.figures["total"]) for point in curve.points(db, 1)]
        assert found.total.adds_up
        assert whole == found.total
        assert all(point.adds_up and point.households == HOUSEHOLDS for point in points)
        assert not any(after.falls_behind(before) for before, after in itertools.pairwise([*points, found.total]))
        assert found.total.households == HOUSEHOLDS
        assert all(part.adds_up for part in found.places.values())
        risen = (found.total.sent, found.total.seen, found.total.confirmed)
        assert all(now >= before for now, before in zip(risen, self.best, strict=True))
        self.best = risen
        assert found.state != "done" or found.total.planned == 0

    def teardown(self) -> None:
        if hasattr(self, "world"):
            self.world.app.engine.dispose()


TestNoticeMachine = NoticeMachine.TestCase
TestNoticeMachine.settings = settings(
    max_examples=25,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


def test_a_tally_that_lies_is_recognised() -> None:
    honest = Tally(households=3, sent=2, failed=1, seen=1, confirmed=1)
    assert honest.adds_up
    assert not Tally(households=3, sent=2).adds_up
    assert not Tally(households=2, sent=2, seen=1, confirmed=2).adds_up
    assert not Tally(households=2, sent=1, failed=1, seen=2).adds_up


def test_while_the_ledger_grows_the_rest_counts_as_planned(world: World) -> None:
    admin = world.member(Role.ADMIN, world.households(30))
    admin.says("通知 明天洗水箱")
    admin.says("确认发送 1 30户")
    with world.app.writing() as db:
        notice = notice_ledger.by_number(db, 1, lock=True)
        assert notice is not None
        page = notice_ledger.read_page(db, world.app.vault, notice, notice_doors.doors_of(world.app), 0, 12)
        notice_ledger.fan_out_step(db, world.app.vault, notice, page)
    found = notices.progress(world.app, notice.id)
    assert (found.total.households, found.total.planned, found.total.no_way) == (30, 29, 1)
    assert found.total.adds_up
    assert found.confirmed_at == datetime(2026, 3, 5, 1, 12, tzinfo=UTC)
