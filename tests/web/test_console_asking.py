"""延期, 定期, 挂账 and 说明不到 by the console's own forms: what the next page says, and what chats hear afterwards.

Sabotage that must turn these red: let the words of a form decide over what was chosen in it; tell whoever pressed in
their chat as well; keep the line ends that browsers send.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import httpx
import pytest
from sqlalchemy import select

from bot import deliver
from handlers.rules.deadlines import LOCAL
from storage.decisions import Decision
from storage.deployment import Screen
from storage.tickets import Ticket
from storage.whistles import WhistleCall
from tests.web.conftest import WANG, ZHAO, Site
from tests.web.test_ticket_page import DECISIONS, facts, forms, pressed, refused, signed_in, ticket, told

OFFICE, LEADER, FIREMAN = "zhou-wenjing", "chen-weidong", "zhu-mingliang"
Who = dict[str, str]


class Desk:
    """A lamp in the hands of the grid's worker, and everybody who has a say in it."""

    def __init__(self, site: Site) -> None:
        self.site, self.number = site, told(site)
        self.path = f"/console/tickets/{self.number}"
        self.worker = signed_in(site, "grid_worker", "梧桐里网格")
        self.office = signed_in(site, "community", "梧桐社区")
        self.leader = signed_in(site, "street_leader", "柳桥街道")
        self._heard = 0
        self.fill("accept", self.worker)
        self.news()

    def shown(self, who: Who) -> httpx.Response:
        return self.site.client.get(self.path, headers=who)

    def offered(self, who: Who) -> set[str]:
        return set(forms(self.shown(who)))

    def fill(self, command: str, who: Who, **typed: str) -> str:
        """Fills in the form of a command on the ticket's page; what the next page says of it."""
        return pressed(self.site, forms(self.shown(who))[command], who, **typed)

    def refused(self, command: str, who: Who, **typed: str) -> str:
        """The same; why it is not done."""
        return refused(self.site, forms(self.shown(who))[command], who, **typed)

    def decide(self, command: str, who: Who, **typed: str) -> str:
        """The same on the page of what waits to be decided."""
        return pressed(self.site, forms(self.site.client.get(DECISIONS, headers=who))[command], who, **typed)

    def news(self) -> dict[str, str]:
        """What was heard in private chats since the last look, by whoever heard it."""
        deliver.run(self.site.app)
        with self.site.app.reading() as db:
            rows = db.scalars(select(Screen).where(Screen.id > self._heard).order_by(Screen.id)).all()
        self._heard = max([self._heard, *(row.id for row in rows)])
        heard: dict[str, str] = {}
        for row in rows:
            kind, _, who = row.address.partition(":")
            if kind == "person":
                heard[who] = "\n".join(filter(None, (heard.get(who), row.text)))
        return heard

    def ticket(self) -> Ticket:
        return ticket(self.site, self.number)

    def due(self) -> datetime | None:
        moment = self.ticket().resolve_due
        return moment.astimezone(LOCAL) if moment is not None else None

    def asked(self) -> list[tuple[str, str, str | None]]:
        with self.site.app.reading() as db:
            rows = db.scalars(select(Decision).order_by(Decision.id)).all()
            return [(row.kind, row.state, row.code) for row in rows]

    def change(self, **fields: object) -> None:
        with self.site.app.writing() as db:
            row = db.scalars(select(Ticket)).one()
            for name, value in fields.items():
                setattr(row, name, value)


@pytest.fixture
def desk(quick_site: Site) -> Desk:
    return Desk(quick_site)


def in_words(day: datetime) -> str:
    return f"{day.month}月{day.day}日"


def test_more_time_is_asked_for_granted_and_told(desk: Desk) -> None:
    before = desk.due()
    assert before is not None
    day = in_words(before + timedelta(days=1))
    for typed, said in (("等配件", "延到什么时候"), (day, "要写原因"), (f"{in_words(before)}0点 等配件", "本来就到")):
        assert said in desk.refused("extend", desk.worker, words=typed), typed
    assert desk.asked() == []
    assert "extend" not in desk.offered(desk.office), "whose desk it is not"
    old = forms(desk.shown(desk.worker))["extend"]
    assert "已报给梧桐社区" in desk.fill("extend", desk.worker, words=f"到{day}\r\n等配件")
    again = refused(desk.site, old, desk.worker, words=f"到{day} 等师傅")
    assert "还在等梧桐社区定" in again, "a form that was opened before asks for nothing more"
    assert "延期：等梧桐社区定" in desk.shown(desk.worker).text
    assert not {"extend", "suspend", "return"} & desk.offered(desk.worker), "one thing at a time"
    heard = desk.news()
    assert "申请延期" in heard[OFFICE]
    assert "等配件" in heard[OFFICE]
    assert {ZHAO, WANG} & set(heard) == set(), "whoever pressed has read it on the page"
    assert day in desk.site.client.get(DECISIONS, headers=desk.office).text
    assert f"延到 {day} 17:30" in desk.decide("agree", desk.office)
    after = desk.due()
    assert after is not None
    assert (in_words(after), desk.asked()) == (day, [("extension", "granted", None)])
    heard = desk.news()
    assert f"延期同意了，请在 {day} 17:30 前办结" in heard[ZHAO]
    assert f"要晚几天办好：等配件。现在说好 {day} 17:30 前办完" in heard[WANG]
    assert OFFICE not in heard
    page = desk.shown(desk.worker).text
    assert "<dt>延期</dt><dd>1 次</dd>" in page
    assert day in page


def test_more_time_that_is_refused_leaves_everything(desk: Desk) -> None:
    before = desk.due()
    assert before is not None
    desk.fill("extend", desk.worker, words="1天 等配件")
    assert "不同意" in desk.decide("disagree", desk.office, words="库房里有")
    assert (desk.due(), desk.asked()) == (before, [("extension", "refused", None)])
    heard = desk.news()
    assert "不同意：库房里有" in heard[ZHAO]
    assert WANG not in heard
    assert "extend" in desk.offered(desk.worker)


def test_a_complex_case_gets_its_day(desk: Desk) -> None:
    due = desk.due()
    assert due is not None
    desk.change(urgency="complex", resolve_due=None)
    assert "extend" not in desk.offered(desk.worker), "there is nothing to extend yet"
    assert "什么时候能办完" in desk.refused("set_date", desk.worker, words="尽快")
    day = in_words(due + timedelta(days=10))
    assert f"{day} 17:30 前办完，已经告诉报事人" in desk.fill("set_date", desk.worker, words=day)
    assert f"现在说好 {day} 17:30 前办完" in desk.news()[WANG]
    assert day in desk.shown(desk.worker).text
    assert "set_date" not in desk.offered(desk.worker)
    assert len(facts(desk.site, "dated")) == 1


def test_a_day_far_away_is_the_street_leaders_to_grant(desk: Desk) -> None:
    due = desk.due()
    assert due is not None
    desk.change(urgency="complex", resolve_due=None)
    far = due + timedelta(days=200)
    assert "已报给柳桥街道" in desk.fill("set_date", desk.worker, words=f"{far:%Y}年{in_words(far)} 要等改造")
    assert desk.due() is None
    assert "等改造" in desk.news()[LEADER]
    assert in_words(far) in desk.decide("agree", desk.leader)
    after = desk.due()
    assert after is not None
    assert after.date() == far.date()
    heard = desk.news()
    assert "日期同意了" in heard[ZHAO]
    assert in_words(far) in heard[WANG]


@pytest.mark.parametrize(
    ("choice", "words", "code", "told_why"),
    [
        ("等资金", "", "funding", "等一笔钱落实"),
        ("等天气", "上级说等雨季过了、经费也要等", "season", "等天气合适"),
        ("等外单位", "供电所说要等项目", "outside", "等上级或别的单位"),
    ],
)
def test_what_was_chosen_is_why_it_is_suspended(desk: Desk, choice: str, words: str, code: str, told_why: str) -> None:
    assert "已报给柳桥街道" in desk.fill("suspend", desk.worker, choice=choice, words=words)
    assert desk.asked() == [("suspension", "waiting", code)]
    assert "申请挂账" in desk.news()[LEADER]
    assert "挂账不算办好" in desk.decide("agree", desk.leader)
    assert desk.ticket().status == "suspended"
    heard = desk.news()
    assert told_why in heard[WANG]
    assert "挂账同意了" in heard[ZHAO]
    assert {"look_back", "resume"} <= desk.offered(desk.worker)
    assert "下次" in desk.fill("look_back", desk.worker, choice="仍不能办")
    assert "又看过一次" in desk.news()[WANG]
    assert "恢复办理了" in desk.fill("look_back", desk.worker, choice="可以办了")
    assert desk.ticket().status == "accepted"
    assert "可以办了" in desk.news()[WANG]


def test_what_was_chosen_is_why_it_is_returned(desk: Desk) -> None:
    """复议 and 重复 in the words are not the reason that was chosen."""
    why = "不用复议、不是重复，《城市照明管理规定》第五条，建议转区市政养护处"
    assert "已报给" in desk.fill("return", desk.worker, choice="非本单位职责", words=why)
    assert desk.asked() == [("return", "waiting", "not_ours")]


@pytest.fixture
def called(desk: Desk) -> Who:
    """The lamp's whistle is signed; somebody of the firemen, who were called."""
    words = "综合执法 城管 消防 问题：占道又堵了通道 需求：城管劝离，消防查通道"
    assert "请陈卫东签发" in desk.fill("whistle", desk.office, words=words)
    desk.decide("whistle_sign", desk.leader)
    assert "哨响" in desk.news()[FIREMAN]
    return signed_in(desk.site, "handler", "柳桥消防救援站")


@pytest.mark.parametrize(
    ("verdict", "decided", "heard_of_it"),
    [("whistle_excuse", "excused", "：可以不到。"), ("whistle_must", "must_come", "一定要来")],
)
def test_who_cannot_come_says_why_and_the_street_decides(
    desk: Desk, called: Who, verdict: str, decided: str, heard_of_it: str
) -> None:
    assert "为什么到不了" in desk.refused("decline", called, words=" ")
    assert facts(desk.site, "declined") == []
    opened_before = forms(desk.shown(called))
    for _ in range(2):
        said = pressed(desk.site, opened_before["decline"], called, words="两台车\r\n都在火场")
        assert "的说明已报柳桥街道" in said
    assert len(facts(desk.site, "declined")) == 1
    assert not {"decline", "respond"} & desk.offered(called)
    assert "已经说明不到了，等答复" in refused(desk.site, opened_before["respond"], called)
    heard = desk.news()
    assert "两台车\n都在火场" in heard[LEADER]
    assert "说明不到" in heard[OFFICE]
    assert {FIREMAN, WANG} & set(heard) == set(), "one read it on the page, the other never hears who quarrels"
    assert "都在火场" in desk.site.client.get(DECISIONS, headers=desk.leader).text
    assert "柳桥消防救援站：" in desk.decide(verdict, desk.leader)
    with desk.site.app.reading() as db:
        verdicts = db.scalars(select(WhistleCall.decided).order_by(WhistleCall.id)).all()
    assert verdicts == [None, decided]
    heard = desk.news()
    assert heard_of_it in heard[FIREMAN]
    assert LEADER not in heard
    assert verdict not in forms(desk.site.client.get(DECISIONS, headers=desk.leader))
    assert ("respond" in desk.offered(called)) == (decided == "must_come")
