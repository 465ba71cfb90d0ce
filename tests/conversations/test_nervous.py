"""People who press twice, mistype, try what is not theirs: nothing opens, is refused or is read by it."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from bot import purge
from handlers.message import Kind
from storage import households, listening
from storage.inbox import Inbox
from storage.listening import Candidate
from storage.outbox import Outbox
from storage.people import Account, Group, Post
from tests.conversations.stage import OFFICE, RESIDENTS, Stage, to

LAMP = "五号楼楼道的声控灯不亮，老人上楼看不见"
DRAIN = "我家厨房下水道堵了，往上冒脏水"


@pytest.fixture
def town(town: Stage) -> Stage:
    town.say("小赵", "你好")  # whoever was heard last is asked
    with town.app.writing() as db:
        db.execute(update(Group).where(Group.chat == RESIDENTS).values(mode="review"))
    return town


def rows(town: Stage) -> list[Candidate]:
    with town.app.reading() as db:
        return list(db.scalars(select(Candidate).order_by(Candidate.id)))


@pytest.mark.parametrize("words", ["不是 99999999999999999999", "不是9999999999", "立单 99999999999999999999"])
def test_a_number_that_is_none_decides_nothing_else(town: Stage, words: str) -> None:
    town.say("李婶", LAMP, RESIDENTS)
    [line] = to(town.say("小赵", words), "小赵")
    assert line.startswith("没有 9999999999")
    assert [row.state for row in rows(town)] == ["waiting"]


@pytest.mark.parametrize("words", ["本群 直接 梧桐里业主群", "本群 影子", "绑定本群 梧桐里小区", "审核清单 开"])
def test_a_resident_who_says_what_is_staffs_hears_so(town: Stage, words: str) -> None:
    [line] = to(town.say("老周", words), "老周")
    assert "要由" in line
    assert town.tickets() == []


def test_what_only_begins_like_it_is_a_report(town: Stage) -> None:
    assert "已登记" in to(town.say("老周", "本群 5号楼电梯坏了，停在三楼"), "老周")[0]


def test_the_category_that_was_asked_for_opens_nothing_in_shadow(town: Stage) -> None:
    town.say("李婶", LAMP, RESIDENTS)
    town.press("小赵", "candidate_recast", 1)
    town.say("周书记", "本群 影子")
    assert "影子模式" in to(town.say("小赵", "道路设施"), "小赵")[0]
    assert town.tickets() == []
    assert [row.state for row in rows(town)] == ["waiting"]


def test_whoever_took_it_back_is_not_opened_by_the_answer_to_an_older_question(town: Stage) -> None:
    town.say("李婶", LAMP, RESIDENTS)
    key = town.last_key
    town.press("小赵", "candidate_recast", 1)
    town.send("李婶", Kind.RECALL, RESIDENTS, quoted=key)
    assert "撤回" in to(town.say("小赵", "道路设施"), "小赵")[0]
    assert town.tickets() == []


def test_before_the_evening_the_list_is_not_said_to_be_empty(town: Stage) -> None:
    town.say("周书记", "审核清单 开")
    town.say("周书记", "本群 影子")
    town.say("李婶", LAMP, RESIDENTS)
    assert to(town.say("周书记", "审核清单"), "周书记") == ["梧桐社区的影子群，又听到会立的事 1 件，21:00 发清单。"]
    town.wait(hours=13)
    town.say("老周", "三号楼门口的垃圾三天没人收", RESIDENTS)
    [text] = to(town.say("周书记", "审核清单"), "周书记")
    assert "声控灯" in text
    assert text.endswith("又听到会立的事 1 件，21:00 发清单。")


def test_another_communitys_secretary_ticks_nothing(town: Stage) -> None:
    town.say("周书记", "审核清单 开")
    town.say("周书记", "本群 影子")
    town.say("李婶", LAMP, RESIDENTS)
    town.say("孙队", "你好")
    town.wait(hours=13)
    elsewhere(town, "孙队")
    for words in ("对 1", "全对", "审核清单"):
        assert all("声控灯" not in text for _, text in town.say("孙队", words))
    assert [row.state for row in rows(town)] == ["waiting"]


# --- a person is erased


def test_whoever_moves_away_takes_along_what_waits_and_what_was_learnt(town: Stage) -> None:
    town.say("老周", LAMP, RESIDENTS)
    town.wait(hours=1)
    town.say("老周", DRAIN, RESIDENTS)
    town.wait(hours=1)
    town.say("李婶", "三号楼门口的垃圾三天没人收", RESIDENTS)
    town.say("小赵", "不是 1")
    before = [row.words is not None for row in rows(town)]
    assert before == [True, True, True]
    with town.app.reading() as db:
        assert len(listening.examples(db, town.app.vault)) == 1
        said = db.get_one(Inbox, rows(town)[0].inbox_id)
        home = households.home_of(db, db.get_one(Account, said.sender_id))
        assert home is not None
    town.say("小赵", f"解绑 1-{home.room} 老周")
    assert [(row.state, row.words is not None) for row in rows(town)] == [
        ("wrong", False),
        ("lapsed", False),
        ("waiting", True),
    ]
    with town.app.reading() as db:
        assert listening.examples(db, town.app.vault) == []
    assert "作罢" in to(town.say("小赵", "立单 2"), "小赵")[0]
    assert town.tickets() == []
    purge.purge(town.app)
    with town.app.reading() as db:
        kept = {row.id: row.text for row in db.scalars(select(Inbox))}
        assert [kept[row.inbox_id] is not None for row in rows(town)] == [False, False, True]
        cards = {row.inbox_id: row.text for row in db.scalars(select(Outbox)) if row.name.startswith("candidate:")}
        assert [cards[row.inbox_id] is not None for row in rows(town)] == [False, False, True]
    asked = [text for _, text in town.wait(hours=4)]
    assert any("「立单 3」" in text for text in asked)
    assert not any("「立单 2」" in text for text in asked)


# --- whose words they are


def elsewhere(town: Stage, who: str) -> None:
    """Lets somebody be the secretary of a place that has nothing to do with this one."""
    with town.app.writing() as db:
        known = db.scalars(select(Account).where(Account.staff_id.is_not(None))).all()
        shown = {town.app.vault.open(row.shown_name or "", "accounts.shown_name", row.ref): row for row in known}
        db.execute(update(Post).where(Post.staff_id == shown[who].staff_id).values(role="community"))


def test_the_words_of_another_group_are_not_to_be_quoted_elsewhere(town: Stage) -> None:
    town.say("李婶", "晚上谁去打牌呀，三缺一", RESIDENTS)
    key = town.last_key
    assert "请引用那句话" in to(town.say("小赵", "是报事", OFFICE, quoted=key), "小赵")[0]
    assert "请引用那句话" in to(town.say("小赵", "是报事", quoted=key), "小赵")[0]
    assert town.tickets() == []


def test_the_staff_of_another_place_open_nothing_here(town: Stage) -> None:
    town.say("李婶", "晚上谁去打牌呀，三缺一", RESIDENTS)
    key = town.last_key
    town.say("孙队", "你好")
    elsewhere(town, "孙队")
    town.say("孙队", "是报事", RESIDENTS, quoted=key)
    assert town.tickets() == []


def test_the_speakers_own_name_is_not_learnt(town: Stage) -> None:
    town.say("老周", "老周家楼道的声控灯又不亮了，上楼看不见", RESIDENTS)
    town.say("小赵", "不是 1")
    with town.app.reading() as db:
        [label] = listening.examples(db, town.app.vault)
    assert "声控灯" in label.text
    assert "老周" not in label.text
    [row] = rows(town)
    assert "老周" not in town.app.vault.open(row.words or "", "candidates.words", row.ref)


def test_on_the_way_to_shadow_the_words_are_forgotten_where_no_list_keeps_them(town: Stage) -> None:
    town.say("李婶", LAMP, RESIDENTS)
    town.say("周书记", "本群 影子")
    [row] = rows(town)
    assert (row.mode, row.words) == ("shadow", None)
    purge.purge(town.app)
    with town.app.reading() as db:
        assert db.get_one(Inbox, row.inbox_id).text is None


def test_whoever_only_joined_takes_nothing_of_the_others_back(town: Stage) -> None:
    town.say("李婶", LAMP, RESIDENTS)
    town.say("老周", "我家也是", RESIDENTS)
    town.say("老周", "没事了，不用来了", RESIDENTS)
    assert [row.state for row in rows(town)] == ["waiting"]
    town.say("李婶", "没事了，不用来了", RESIDENTS)
    assert [row.state for row in rows(town)] == ["recalled"]
