"""The sample neighbourhood with real doors: its time is moved, the platform's is not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import select

from bot.settings import Settings
from storage.people import Account
from storage.tickets import Ticket
from tests.web.town import Town, town


def test_what_a_real_platform_brings_is_promised_in_business_time(
    make_settings: Callable[..., Settings], database_url: str
) -> None:
    def sample(**given: object) -> Settings:
        return make_settings(sample=True, sample_channels=True, **given)

    with town(sample, database_url) as here:
        assert _is_ahead(here) > timedelta(0)
        here.oa.act.follow("o_wang")
        said = here.oa.act.say("o_wang", "三号楼门口路灯坏了半个月了") or ""
        assert "最迟今天" in said or "最迟明天" in said
        with here.app.reading() as db:
            now, wall = here.app.clock.now(db), here.app.clock.wall()
            ticket = db.scalars(select(Ticket)).one()
            assert abs(ticket.opened_at - now) < timedelta(minutes=1)
            account = db.scalars(select(Account).where(Account.door.startswith("oa:"))).one()
            assert account.window_until is not None
            assert account.window_until < wall + timedelta(hours=48)


def _is_ahead(here: Town) -> timedelta:
    """Moves the sample's time well ahead."""
    with here.app.writing() as db:
        here.app.clock.advance(db, here.app.clock.now(db) + timedelta(days=3))
    with here.app.reading() as db:
        return here.app.clock.now(db) - here.app.clock.wall()
