"""A notice in the residents' groups: who hears one line, who counts there, and what nobody can make of its link."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from bot import deliver
from bot.notices import progress
from bot.receive import Intake
from handlers.message import Incoming, Kind
from storage import notice_groups
from storage.candidates import SHADOW
from storage.notice_people import GroupPost, NoticeReader
from storage.notices import Ledger, NoticeKind, NoticeState, Purpose
from storage.outbox import Outbox
from storage.people import Building, Group, Household, Role, UnitKind
from storage.vault import Vault
from tests.conftest import SECRET_KEY
from tests.notices.pages import Browser, browser_of, change, everything, known_as, work
from tests.notices.world import DOOR, World, add_account

HOTLINE = "洗水箱请打 0571-8888 1234，三号楼 301 室先停"


class Town:
    """Twenty households in three estates, each with a group; and the streets' administrator."""

    def __init__(self, world: World) -> None:
        self.world = world
        street = world.households(20)
        self.admin = world.member(Role.ADMIN, street)
        with world.app.writing() as db:
            db.execute(update(Building).values(name="1号楼"))
        self.groups = [self.group(f"{nth} 区业主群", world.unit(UnitKind.ESTATE, nth).id) for nth in (1, 2, 3)]

    def group(self, name: str, unit_id: int | None, **more: object) -> int:
        with self.world.app.writing() as db:
            row = Group(door=DOOR, chat=name, name=name, unit_id=unit_id)
            for field, value in more.items():
                setattr(row, field, value)
            db.add(row)
            db.flush()
            return row.id

    def groups_named(self) -> list[str]:
        return [f"{nth} 区业主群" for nth in (1, 2, 3)]

    def issue(self, number: int = 1, text: str = HOTLINE, **values: object) -> None:
        """A notice with these values, up to everything that it has due now."""
        self.admin.says(f"通知 {text}")
        self.admin.says(f"确认发送 {number} 20户")
        change(self.world, number, **values)
        work(self.world)

    def heard(self) -> dict[str, list[str]]:
        """What each group, and whoever else was asked, was told since."""
        self.world.sink.calls.clear()
        deliver.run(self.world.app)
        found: dict[str, list[str]] = {}
        for message in self.world.sink.messages:
            found.setdefault(message.chat or message.person or "", []).append(message.text)
        return found

    def posts(self) -> list[tuple[str, str | None]]:
        with self.world.app.reading() as db:
            rows = db.execute(select(GroupPost.state, GroupPost.reason).order_by(GroupPost.notice_id, GroupPost.id))
            return [(row.state, row.reason) for row in rows]

    def link(self, number: int = 1, nth: int = 0) -> str:
        with self.world.app.reading() as db:
            mine = GroupPost.notice_id == self.world.notice(number).id, GroupPost.group_id == self.groups[nth]
            return f"/n/{notice_groups.link_of(self.world.app.vault, db.scalars(select(GroupPost).where(*mine)).one())}"

    def say(self, who: str, text: str, nth: int = 0, **more: object) -> list[str]:
        """Somebody says something in the nth group; what the group hears then."""
        now = self.world.app.clock.wall()
        fields: dict[str, object] = {"said_at": now, "received_at": now, "text": text, **more}
        key = f"in:test:{who}:{text}:{len(everything(self.world)['inbox'])}"
        name = f"{nth + 1} 区业主群"
        Intake(self.world.app).take_now(Incoming(key, DOOR, who, name, Kind.TEXT, **fields))  # type: ignore[arg-type]
        return self.heard().get(name, [])

    def counted(self, number: int = 1) -> tuple[int, int]:
        total = progress(self.world.app, self.world.notice(number).id).total
        assert total.adds_up
        return total.seen, total.confirmed

    def people(self, number: int = 1) -> list[tuple[int, int, int]]:
        """Seen, confirmed and named doors of each group."""
        with self.world.app.reading() as db:
            rows = notice_groups.people(db, self.world.notice(number).id)
            return [(row.seen, row.confirmed, row.doors) for row in rows]


@pytest.fixture
def town(world: World) -> Town:
    return Town(world)


class TestTheLine:
    def test_each_group_of_the_place_hears_one_with_a_link_of_its_own(self, town: Town) -> None:
        elsewhere = town.world.households(1, street="桃源街道").id
        town.group("别处", elsewhere)
        town.group("没绑定", None)
        town.group("工作群", town.world.unit(UnitKind.ESTATE).id, kind="staff")
        town.issue()
        said = town.heard()
        assert sorted(said) == ["1 区业主群", "2 区业主群", "3 区业主群"]
        assert all(len(lines) == 1 for lines in said.values())
        links = {re.findall(r"/n/[\w-]{22}$", lines[0])[0] for lines in said.values()}
        assert links == {town.link(nth=nth) for nth in range(3)}
        assert town.posts() == [("owed", None)] * 3

    def test_an_offices_word_is_not_masked_there(self, town: Town) -> None:
        """It was previewed and confirmed: a number to ring, and where the water is off first, are meant to be read."""
        town.issue()
        assert HOTLINE in town.heard()["1 区业主群"][0]

    def test_it_is_said_once_however_often_it_is_looked_for(self, town: Town) -> None:
        town.issue()
        with town.world.app.writing() as db:  # as when somebody died between the line and the note of it
            db.execute(update(GroupPost).values(state="waiting", at=None))
        work(town.world)
        assert all(len(lines) == 1 for lines in town.heard().values())
        with town.world.app.reading() as db:
            assert len(db.scalars(select(Outbox.id).where(Outbox.group_id.is_not(None))).all()) == 3

    @pytest.mark.parametrize(
        ("kind", "begins"),
        [
            (NoticeKind.ORDINARY, "【杏花街道】通知："),
            (NoticeKind.IMPORTANT, "【杏花街道】重要通知："),
            (NoticeKind.EMERGENCY, "【紧急】杏花街道："),
            (NoticeKind.DRILL, "【演练】【杏花街道】通知："),
        ],
    )
    def test_it_begins_as_its_kind_does(self, town: Town, kind: NoticeKind, begins: str) -> None:
        town.issue(kind=kind)
        assert town.heard()["1 区业主群"][0].startswith(begins)

    def test_to_some_estates_or_buildings_only_theirs_hear_it(self, town: Town) -> None:
        with town.world.app.reading() as db:
            second, third = town.world.unit(UnitKind.ESTATE, 2).id, town.world.unit(UnitKind.ESTATE, 3).id
            building = db.scalars(select(Building.id).where(Building.estate_id == third)).one()
        town.group("1 栋邻里群", third, building_id=building)
        town.issue(1, audience={"units": [second]}, in_groups=True)
        assert sorted(town.heard()) == ["2 区业主群"]
        town.issue(2, audience={"buildings": [building]})
        assert sorted(town.heard()) == ["1 栋邻里群"]

    @pytest.mark.parametrize("audience", [{"tags": ["elderly"]}, {"households": [1]}])
    def test_what_concerns_single_households_is_not_said_aloud(
        self, town: Town, audience: dict[str, list[object]]
    ) -> None:
        town.issue(audience=audience)
        assert town.posts() == []

    def test_a_correction_is_said_where_the_wrong_word_was(self, town: Town) -> None:
        second = town.world.unit(UnitKind.ESTATE, 2).id
        town.issue(1, audience={"units": [second]})
        town.heard()
        first = town.world.notice(1).id
        town.issue(2, purpose=Purpose.CORRECT, of_id=first, audience={"sent_of": first})
        said = town.heard()
        assert list(said) == ["2 区业主群"]
        assert said["2 区业主群"][0].startswith("【更正】")
        page = browser_of(town.world).get(town.link(1, nth=1)).text
        assert f'href="{town.link(2, nth=1).removeprefix("/n/")}"' in page

    def test_so_it_is_after_the_word_for_it_in_the_chat(self, town: Town) -> None:
        town.issue(1)
        town.heard()
        preview = town.admin.says("更正通知 1 通知里写错了，洗水箱改到 10 点开始")
        town.admin.says(preview.splitlines()[-1])
        work(town.world)
        groups = [lines for who, lines in town.heard().items() if "业主群" in who]
        assert [line.startswith("【更正】") for [line] in groups] == [True] * 3

    def test_its_author_may_keep_it_out_of_the_groups(self, town: Town) -> None:
        town.issue(in_groups=False)
        assert town.posts() == []

    def test_a_group_that_is_only_listened_to_hears_nothing(self, town: Town) -> None:
        with town.world.app.writing() as db:
            db.get_one(Group, town.groups[0]).mode = SHADOW
        town.issue(kind=NoticeKind.EMERGENCY)
        assert sorted(town.heard()) == ["2 区业主群", "3 区业主群"]
        assert town.posts()[0] == ("skipped", "shadow")

    def test_a_group_that_wants_silence_is_waited_for_but_not_with_an_emergency(self, town: Town) -> None:
        until = town.world.clock.at + timedelta(hours=2)
        with town.world.app.writing() as db:
            db.get_one(Group, town.groups[0]).muted_until = until
            db.get_one(Group, town.groups[1]).muted_until = until + timedelta(days=3)
        town.issue(1)
        assert sorted(town.heard()) == ["3 区业主群"]
        town.issue(2, kind=NoticeKind.EMERGENCY)
        assert len(town.heard()) == 3
        town.world.pass_time(timedelta(hours=3))
        work(town.world)
        assert sorted(town.heard()) == ["1 区业主群"]
        town.world.pass_time(timedelta(days=1))
        work(town.world)
        assert town.posts()[:3] == [("owed", None), ("skipped", "muted"), ("owed", None)]

    def test_nothing_is_said_of_what_is_paused_cancelled_or_over(self, town: Town) -> None:
        now = town.world.clock.at
        town.issue(1, paused_at=now)
        town.issue(2, valid_until=now)
        assert not any("业主群" in who for who in town.heard())  # the author hears that it was over
        change(town.world, 1, paused_at=None, state=NoticeState.CANCELLED)
        work(town.world)
        assert town.posts() == [("skipped", "cancelled")] * 3 + [("skipped", "expired")] * 3
        town.issue(3, paused_at=now)
        change(town.world, 3, paused_at=None)
        work(town.world)
        assert len(town.heard()) == 3

    def test_where_no_bot_may_speak_the_grid_worker_is_asked_to_pass_it_on(self, town: Town) -> None:
        town.world.member(Role.GRID_WORKER, town.world.unit(UnitKind.ESTATE, 1), "小赵")
        with town.world.app.writing() as db:
            for group_id in town.groups[:2]:
                db.get_one(Group, group_id).door = "archive:1"
        town.issue()
        said = town.heard()
        asked = next(lines for who, lines in said.items() if who.startswith("staff-"))
        assert asked[0] == "1 区业主群里机器人说不了话，请把下一条转发到群里："
        assert asked[1].startswith("【杏花街道】通知：")
        assert asked[1].endswith(town.link())
        assert town.posts() == [("owed", "by_worker"), ("skipped", "no_way"), ("owed", None)]


class TestTheGroupsPage:
    """Its link is everybody's there: it counts for a household only where the platform says whose phone it is."""

    @pytest.fixture
    def told(self, town: Town) -> Town:
        town.issue()
        town.heard()
        return town

    @pytest.fixture
    def phone(self, told: Town) -> Browser:
        return browser_of(told.world)

    def test_whoever_is_not_known_counts_as_one_person(self, told: Town, phone: Browser) -> None:
        page = phone.get(told.link())
        assert HOTLINE in page.text
        assert "收到</button>" in page.text
        for _ in range(2):
            phone.post(f"{told.link()}/seen")
        assert (told.counted(), told.people()) == ((0, 0), [(1, 0, 0), (0, 0, 0), (0, 0, 0)])
        assert "谢谢您" in phone.post(f"{told.link()}/confirm").text
        other = browser_of(told.world)
        other.get(told.link())
        other.post(f"{told.link()}/seen")
        assert (told.counted(), told.people()[0]) == ((0, 0), (2, 1, 0))

    def test_looking_writes_nothing_but_a_cookie(self, told: Town, phone: Browser) -> None:
        before = everything(told.world)
        phone.get(told.link())
        assert everything(told.world) == before
        assert len(phone.cookies) == 1

    def test_without_a_cookie_nobody_is_counted(self, told: Town) -> None:
        blocked = browser_of(told.world)
        blocked.post(f"{told.link()}/seen")
        blocked.post(f"{told.link()}/confirm", follow=False)
        assert told.people()[0] == (0, 0, 0)

    def test_a_forged_cookie_is_nobody(self, told: Town, phone: Browser) -> None:
        phone.get(told.link())
        [cookie] = phone.cookies.jar
        assert cookie.value is not None
        own = cookie.value
        for wrong in ("x", own[:-2], own.swapcase(), f"{own}A", "k0.AAAA"):
            told.world.sink.calls.clear()
            forged = browser_of(told.world, cookie=f"{cookie.name}={wrong}")
            assert forged.post(f"{told.link()}/seen").status_code == 204
        assert told.people()[0] == (0, 0, 0)

    def test_whom_the_platform_knows_counts_for_their_household(self, told: Town, phone: Browser) -> None:
        phone.get(told.link())
        name, _, value = known_as(told.world, 3)["cookie"].partition("=")
        phone.cookies.set(name, value, domain="127.0.0.1")
        assert 'name="said"' not in phone.get(told.link()).text
        with told.world.app.writing() as db:
            db.get_one(Household, 1).room = "501"
        phone.post(f"{told.link()}/door", data={"said": "1-1-501"})
        assert told.counted() == (0, 0)
        phone.post(f"{told.link()}/confirm", follow=False)
        assert (told.counted(), told.people()[0]) == ((1, 1), (0, 0, 0))
        with told.world.app.reading() as db:
            assert db.scalars(select(Ledger.household_id).where(Ledger.confirmed_at.is_not(None))).all() == [3]

    def test_whom_the_platform_knows_and_no_book_counts_as_a_person(self, told: Town, phone: Browser) -> None:
        with told.world.app.writing() as db:
            add_account(db, told.world.app.vault, "stranger").resident_id = None
            ref = db.scalars(select(Household.id)).first()
        assert ref is not None
        told.say("stranger", "收到")
        assert told.people()[0] == (1, 1, 0)

    def test_a_door_is_said_once_and_marks_no_household(self, told: Town, phone: Browser) -> None:
        page = phone.get(told.link())
        assert 'name="said"' in page.text
        assert "没找到这个门牌" in phone.post(f"{told.link()}/door", data={"said": "我是 9 栋 9 单元 909"}).text
        assert "没找到这个门牌" in phone.post(f"{told.link()}/door", data={"said": "1-1-501 " * 9}).text
        assert told.people()[0] == (0, 0, 0)
        with told.world.app.writing() as db:
            db.get_one(Household, 1).room = "501"
        page = phone.post(f"{told.link()}/door", data={"said": "我是一栋 1 单元 501"})
        assert "自报" in page.text
        assert 'name="said"' not in page.text
        phone.post(f"{told.link()}/confirm")
        assert (told.counted(), told.people()[0]) == ((0, 0), (1, 1, 1))
        with told.world.app.reading() as db:
            assert notice_groups.said_to_be_read(db, told.world.notice().id) == {1}
        told.issue(2)
        page = phone.get(told.link(2))
        assert 'name="said"' not in page.text
        phone.post(f"{told.link(2)}/seen")
        assert told.people(2)[0] == (1, 0, 1)

    def test_a_door_of_another_place_is_none(self, told: Town, phone: Browser) -> None:
        with told.world.app.writing() as db:
            db.get_one(Household, 2).room = "502"  # of the second estate
        phone.get(told.link())
        for wrong in ("1-1-502", "这里", "", "3-2-501 张桂兰"):
            assert "没找到这个门牌" in phone.post(f"{told.link()}/door", data={"said": wrong}).text, wrong
        with told.world.app.writing() as db:
            db.get_one(Household, 1).room = db.get_one(Household, 4).room = "503"
            db.get_one(Household, 4).entrance = "2"
        assert "写全" in phone.post(f"{told.link()}/door", data={"said": "1-503"}).text
        assert told.people()[0] == (0, 0, 0)

    def test_the_groups_token_opens_no_households_page_and_knows_no_door(self, told: Town, phone: Browser) -> None:
        """Whatever is sent with it: an id, a form of another page, the cookie of somebody who said a door."""
        phone.get(told.link())
        for path in ("/seen?household=1", "/confirm?household_id=1", "/door?said=1-1-1"):
            phone.post(f"{told.link()}{path}", data={"household": "1", "household_id": "1", "token": "1"})
        assert told.counted() == (0, 0)

    def test_a_household_page_names_no_door(self, told: Town, phone: Browser) -> None:
        with told.world.app.reading() as db:
            vault = told.world.app.vault
            own = f"/n/{vault.link(f'notice:{told.world.notice().id}:1')}"
        assert 'name="said"' not in phone.get(own).text
        phone.post(f"{own}/door", data={"said": "1-1-2"})
        with told.world.app.reading() as db:
            assert db.scalars(select(NoticeReader.id)).all() == []
        assert len(phone.cookies) == 0

    def test_a_reader_stays_one_after_the_keys_were_rotated(self, told: Town, phone: Browser) -> None:
        phone.get(told.link())
        phone.post(f"{told.link()}/seen")
        told.world.app.vault = Vault([bytes(32), SECRET_KEY])
        with told.world.app.reading() as db:
            post = db.scalars(select(GroupPost).order_by(GroupPost.id)).first()
            assert post is not None
            link = f"/n/{notice_groups.link_of(told.world.app.vault, post)}"
        phone.post(f"{link}/confirm")
        assert told.people()[0] == (1, 1, 0)

    def test_a_published_link_fills_no_database(self, told: Town, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("storage.notice_readers.MOST", 2)
        for _ in range(4):
            somebody = browser_of(told.world)
            somebody.get(told.link())
            assert somebody.post(f"{told.link()}/seen").status_code == 204
        assert told.people()[0] == (2, 0, 0)


class TestAWordInTheGroup:
    """收到 under the line. Nobody is answered: a whole group may say it."""

    @pytest.fixture
    def told(self, town: Town) -> Town:
        town.issue()
        town.heard()
        return town

    def member(self, town: Town, resident: int) -> str:
        """Somebody of the nth household with an account in the groups' door."""
        with town.world.app.writing() as db:
            add_account(db, town.world.app.vault, f"member-{resident}", resident_id=resident)
        return f"member-{resident}"

    def test_of_somebody_who_is_bound_it_counts_for_their_household(self, told: Town) -> None:
        assert told.say(self.member(told, 1), "收到") == []
        assert told.say(self.member(told, 2), "收到，谢谢") == []
        assert told.say("member-1", "收到") == []
        assert (told.counted(), told.people()[0]) == ((2, 2), (0, 0, 0))

    def test_of_anybody_else_for_a_person(self, told: Town) -> None:
        for _ in range(2):
            assert told.say("somebody", "收到") == []
        told.say("another", "收到")
        assert (told.counted(), told.people()[0]) == ((0, 0), (2, 2, 0))

    def test_it_is_for_the_line_that_was_quoted(self, told: Town) -> None:
        told.issue(2, text="明天也洗水箱")
        told.heard()
        with told.world.app.writing() as db:
            named = Outbox.name.startswith(f"notice:{told.world.notice(1).id}:group:{told.groups[0]}>")
            db.execute(update(Outbox).where(named).values(platform_id="line-1"))
        told.say("somebody", "收到", quoted="line-1")
        told.say("another", "收到", quoted="something else")
        told.say("third", "收到")
        assert (told.people(1)[0], told.people(2)[0]) == ((1, 1, 0), (1, 1, 0))

    def test_to_somebody_by_name_or_half_a_day_later_it_is_talk(self, told: Town) -> None:
        told.say("somebody", "收到", mentions=("李婶",))
        told.world.pass_time(timedelta(hours=7))
        told.say("another", "收到")
        assert told.people()[0] == (0, 0, 0)

    def test_in_another_group_it_is_for_what_was_said_there(self, told: Town) -> None:
        told.say("somebody", "收到", nth=1)
        assert told.people() == [(0, 0, 0), (1, 1, 0), (0, 0, 0)]


class TestAWordInPrivate:
    def test_a_number_means_that_one_and_is_answered_again(self, town: Town) -> None:
        for number in (1, 2):
            town.issue(number)
        one = town.world.resident(1)
        assert [reply.text for reply in one.receives("收到 1") or []] == ["记下了，谢谢您看过 1 号通知。"]
        assert [reply.text for reply in one.receives("收到1号通知") or []] == ["1 号通知您已经说过收到了，谢谢。"]
        assert (town.counted(1), town.counted(2)) == ((1, 1), (0, 0))
        assert one.receives("收到 9") is None

    def test_after_it_was_cancelled_it_still_counts_and_is_said(self, town: Town) -> None:
        town.issue()
        change(town.world, state=NoticeState.CANCELLED)
        assert ["取消" in reply.text for reply in town.world.resident(1).receives("收到") or []] == [True]
        assert town.counted() == (1, 1)


def test_groups_that_were_told_hear_that_it_is_cancelled(world: World) -> None:
    """Once each; who was told nothing hears nothing, and at night nobody does."""
    town = Town(world)
    town.issue()
    told = town.heard()
    change(world, 1, state=NoticeState.SENDING)  # some doors are still to come
    town.admin.says("取消通知 1")
    town.admin.says("确认取消 1")
    late = timedelta(hours=13)
    world.clock.at += late  # 22:12
    work(world)
    assert not [line for group in town.groups_named() for line in town.heard().get(group, [])]
    world.clock.at += timedelta(hours=10)
    work(world)
    work(world)
    heard = town.heard()
    for name in town.groups_named():
        assert [name in told, heard[name]] == [
            True,
            ["【杏花街道】通知取消了，请不要照着做：洗水箱请打 0571-8888 1234，三号楼 301 室……"],
        ]


def test_a_group_that_no_bot_speaks_in_hears_of_the_cancelling_as_it_heard_of_the_notice(world: World) -> None:
    town = Town(world)
    world.member(Role.GRID_WORKER, world.unit(UnitKind.ESTATE, 1), "小赵")
    silent = world.app.channels[DOOR]
    silent.abilities = replace(silent.abilities, groups=False)  # type: ignore[misc]
    town.issue()
    assert any("请把下一条转发到群里" in text for texts in town.heard().values() for text in texts)
    change(world, 1, state=NoticeState.SENDING)
    town.admin.says("确认取消 1")
    work(world)
    lines = [text for texts in town.heard().values() for text in texts]
    assert sum("通知取消了，请不要照着做" in text for text in lines) == 1, lines
