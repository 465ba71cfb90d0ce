"""A notice through the official doors, over real HTTP on both engines: drafted in the WeCom app, sent as a mass message
of the official account and as an SMS, confirmed in the chat, and watched until the platform has reported.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import select

from bot import notices
from bot.settings import Settings
from storage.base import new_ref
from storage.people import Account, Household, Role
from tests.web.town import Town, town

FOLLOWERS = ("o_wang", "o_li", "o_zhang")
PHONE = "13800000009"


@pytest.fixture
def here(make_settings: Callable[..., Settings], database_url: str) -> Iterator[Town]:
    with town(make_settings, database_url) as made:
        yield made


def contacts(here: Town) -> list[int]:
    with here.app.reading() as db:
        rows = db.scalars(select(Household.contact_id).where(Household.contact_id.is_not(None)).order_by(Household.id))
        return [row for row in rows.all() if row is not None]


def follow(here: Town) -> None:
    """Three contacts follow the official account, one is known by telephone only."""
    people = contacts(here)
    for person in FOLLOWERS:
        here.oa.act.follow(person)
    with here.app.writing() as db:
        rows = db.scalars(select(Account).where(Account.door.startswith("oa:")).order_by(Account.id)).all()
        for resident, account in zip(people, rows, strict=False):
            account.resident_id = resident
        ref = new_ref()
        sealed = here.app.vault.seal(PHONE, "accounts.address", ref)
        hashed = here.app.vault.lookup(f"sms:main:{PHONE}")
        db.add(
            Account(ref=ref, door="sms:main", address=sealed, address_hash=hashed, resident_id=people[len(FOLLOWERS)])
        )


def says(here: Town, text: str) -> str:
    """What the administrator hears in the app."""
    here.wecom.staff.say("zhao", text)
    here.deliver()
    return here.heard("wecom", "zhao")[-1]


def work(here: Town) -> None:
    while notices.run_due(here.app):
        pass


def test_from_the_draft_to_the_last_word(here: Town) -> None:
    here.bind("zhao", here.worker(Role.ADMIN))
    follow(here)
    preview = says(here, "通知 明天 9 点到 17 点停水，请提前备水。来源：区自来水公司 000-5550207")
    assert "公众号 3" in preview
    assert "短信 1" in preview
    assert "开始发给" in says(here, preview.splitlines()[-1])
    work(here)
    assert here.oa.settle()
    progress = says(here, "通知进度")
    assert "已提交平台 3 户" in progress or "已发 4" in progress  # the report may have come already
    work(here)
    assert "已发 4，已看 0，收到 0" in says(here, "通知进度")
    for person in FOLLOWERS:
        assert sum("停水" in said for said in here.heard("oa", person)) == 1
    assert sum("停水" in said for said in here.phones.told(PHONE)) == 1
    assert "记下了" in (here.oa.act.say("o_wang", "收到") or "")
    assert "已发 4，已看 1，收到 1" in says(here, "通知进度")
