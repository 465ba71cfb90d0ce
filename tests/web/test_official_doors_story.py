"""One story through all official doors at once, over real HTTP on both engines: a resident of the official account,
staff with the WeCom app, cards that change for everybody, and what is said when a window is over.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from bot.settings import Settings
from storage.outbox import Outbox
from storage.people import Account, Post, Role, Staff, Unit, UnitKind
from storage.tickets import Ticket
from tests.web.conftest import RESIDENTS, WANG, ZHAO, Site
from tests.web.town import TEMPLATE, Town, town

LAMP = "三号楼门口路灯坏了半个月了"
FORMS = f"""
[[template]]
purpose = "ticket"
id = "{TEMPLATE}"
[template.fields]
character_string1 = "number"
thing2 = "what"
phrase3 = "state"
time4 = "when"
"""


@pytest.fixture
def here(make_settings: Callable[..., Settings], database_url: str, tmp_path: Path) -> Iterator[Town]:
    forms = tmp_path / "templates.toml"
    forms.write_text(FORMS, encoding="utf-8")
    with town(make_settings, database_url, templates=forms) as made:
        yield made


def reported(town: Town) -> tuple[Staff, Staff]:
    """A resident told of a lamp; it lies with a grid whose two workers carry the app. Answers them."""
    worker = town.worker()
    with town.app.writing() as db:
        units = [post.unit_id for post in worker.posts]
        unit = db.scalars(select(Unit).where(Unit.kind == UnitKind.GRID, Unit.id.in_(units))).first()
        assert unit is not None
        other = db.scalars(select(Staff).where(Staff.id != worker.id).order_by(Staff.id.desc())).first()
        assert other is not None
        other.posts[0].unit_id, other.posts[0].role = unit.id, Role.GRID_WORKER
        for extra in other.posts[1:]:
            db.delete(extra)
        unit_id = unit.id
    town.bind("zhao", worker)
    town.bind("qian", other)
    town.oa.act.follow("o_wang")
    assert "编号 1" in (town.oa.act.say("o_wang", LAMP) or "")
    dispatcher = town.worker(Role.DISPATCHER)
    town.bind("sun", dispatcher)
    with town.app.reading() as db:
        name = db.scalars(select(Unit.name).where(Unit.id == unit_id)).one()
    town.wecom.staff.say("sun", f"转派 1 {name}")
    town.deliver()
    return worker, other


def button(town: Town, person: str) -> str:
    """The first button of the newest card on a screen."""
    cards = [seen for seen in town.simulator.screens.of("wecom", person) if seen.buttons]
    return str(cards[-1].buttons[0].get("text", ""))


def test_one_accepts_with_a_tap_and_everybodys_card_says_so(here: Town) -> None:
    reported(here)
    assert button(here, "zhao") == button(here, "qian") == "接单"
    here.wecom.staff.click("zhao", "accept#1")
    assert button(here, "zhao") == "已接单"
    here.deliver()
    name = here.ticket().holder_id
    assert name is not None
    assert button(here, "qian").startswith("已由")
    assert here.ticket().status == "accepted"
    assert any("已接手" in said for said in here.heard("oa", "o_wang"))


def test_two_tap_at_once_and_one_has_it(here: Town) -> None:
    reported(here)
    here.wecom.staff.click("qian", "accept#1")
    here.wecom.staff.click("zhao", "accept#1")
    here.deliver()
    assert button(here, "qian") == "已接单"
    assert button(here, "zhao").startswith("已由")
    assert any("已经接了" in said for said in here.heard("wecom", "zhao"))


def test_when_the_48_hours_are_over_the_reporter_is_told_by_a_template(here: Town) -> None:
    reported(here)
    with here.app.writing() as db:
        past = here.app.clock.wall() - timedelta(minutes=1)
        db.execute(update(Account).where(Account.door.startswith("oa:")).values(window_until=past))
    here.wecom.staff.click("zhao", "accept#1")
    here.deliver()
    told = [row.state for row in here.outbox() if row.way == "template"]
    assert told == ["sent", "sent"]  # the 转派 just before, held until now, and the 接单
    here.oa.settle()
    assert any("路灯" in said for said in here.heard("oa", "o_wang"))


def test_a_template_that_the_reporter_refuses_leaves_no_way_that_is_shown(here: Town) -> None:
    reported(here)
    here.oa.act.refuse_templates("o_wang")
    with here.app.writing() as db:
        past = here.app.clock.wall() - timedelta(minutes=1)
        db.execute(update(Account).where(Account.door.startswith("oa:")).values(window_until=past))
    here.wecom.staff.click("zhao", "accept#1")
    here.deliver()
    assert here.oa.settle()
    assert [row.state for row in here.outbox() if row.way == "template"][-1] == "no_way"
    heard = here.oa.act.say("o_wang", "咋样了")
    assert "已接手" in (heard or "")


def test_five_messages_and_no_sixth(here: Town) -> None:
    reported(here)
    for number in range(7):
        with here.app.writing() as db:
            ticket = db.scalars(select(Ticket)).one()
            ticket.accepted_at = here.app.clock.wall()
        here.wecom.staff.say("zhao", f"进展 1 第{number}次去看")
        here.deliver()
    assert [entry for entry in here.simulator.record.entries("refused") if entry.door == "oa"] == []
    sent = [row for row in here.outbox() if row.state == "sent" and row.address == resident(here)]
    assert len([row for row in sent if row.way == "message"]) <= 5
    assert [row for row in sent if row.way == "template"]


def resident(town: Town) -> str:
    with town.app.reading() as db:
        account = db.scalars(select(Account).where(Account.door.startswith("oa:"))).one()
        return f"a:{account.id}"


def test_an_emergency_rings_the_duty_phone_too(here: Town) -> None:
    worker, _ = reported(here)
    here.phone_of(worker, "13800000001")
    here.oa.act.follow("o_li")
    here.oa.act.say("o_li", "燃气泄漏，楼道里味道很大")
    with here.app.reading() as db:
        leak = db.scalars(select(Ticket).order_by(Ticket.id.desc())).first()
        assert leak is not None
        assert leak.urgency == "emergency"
        unit = db.scalars(select(Unit.name).where(Unit.id == worker.posts[0].unit_id)).one()
    here.wecom.staff.say("sun", f"转派 {leak.number} {unit}")
    here.deliver()
    assert any("燃气" in said for said in here.phones.told("13800000001", "sms"))
    assert any("燃气" in said for said in here.phones.told("13800000001", "voice"))


def test_what_was_said_in_confidence_leaves_the_phones_of_those_it_is_taken_from(here: Town) -> None:
    """A tip-off that lies with the wrong department: once the street hands it on, they have it no more."""
    here.oa.act.follow("o_wu")
    here.oa.act.say("o_wu", "举报三号楼502天天聚众赌博")
    tipoff = here.ticket()
    assert tipoff.confidential
    with here.app.reading() as db:
        desk = select(Post.staff_id).where(Post.unit_id == tipoff.desk_id)
        person = db.scalars(select(Staff).where(Staff.id.in_(desk)).order_by(Staff.id)).first()
        other = db.scalars(select(Unit.name).where(Unit.kind == UnitKind.DEPARTMENT, Unit.id != tipoff.desk_id)).first()
        street = db.scalars(select(Staff).join(Post).where(Post.role == Role.DISPATCHER).order_by(Staff.id)).first()
        assert person is not None
        assert street is not None
    here.bind("sun", person)
    here.bind("qian", street)
    here.oa.act.say("o_wu", "还有四号楼也有人聚众赌博，也要举报")
    here.deliver()
    with here.app.reading() as db:
        number = db.scalars(select(Ticket.number).order_by(Ticket.id.desc())).first()
    assert any("赌博" in text for text in on_screen(here, "sun"))
    assert "已转给" in str(here.wecom.staff.say("qian", f"转派 {number} {other}"))
    here.deliver()
    assert [row.state for row in here.outbox() if row.way == "recall"] == ["sent"]
    assert not any("赌博" in text for text in on_screen(here, "sun"))


def on_screen(town: Town, person: str) -> list[str]:
    """Everything a member was sent, cards with all that stands on them."""
    seen = town.simulator.screens.of("wecom", person)
    return [f"{one.text} {one.card}" for one in seen if one.from_ != "me"]


def test_nothing_is_said_twice_over_all_of_it(here: Town) -> None:
    reported(here)
    here.wecom.staff.click("zhao", "accept#1")
    for _ in range(3):
        here.deliver()
    with here.app.reading() as db:
        assert not db.scalars(select(Outbox).where(Outbox.state.in_(("waiting", "leased")))).all()
    said = here.heard("wecom", "zhao") + here.heard("wecom", "qian")
    cards = [text for text in said if "新工单" in text]
    assert len(cards) <= 2


def test_the_console_shows_what_has_to_be_passed_on(site: Site) -> None:
    """In the sample neighbourhood: somebody reported, left, and the worker accepted."""
    site.say(WANG, LAMP, RESIDENTS)
    with site.app.writing() as db:
        ticket = db.scalars(select(Ticket)).one()
        number = ticket.number
        db.execute(update(Account).where(Account.id == ticket.reporter_id).values(follows=False))
    assert "要转告居民的" not in site.client.get("/console").text
    site.say(ZHAO, f"接单 {number}")
    assert "要转告居民的" in site.client.get("/console").text
