"""A group that nobody knew, where it belongs, and who may change how it is listened to."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from bot.scratch import Neighbourhood
from storage.listening import Candidate, Change
from storage.people import Building, Group, Post, Unit
from tests.conversations.stage import OFFICE, RESIDENTS, Stage, to

LAMP = "三号楼门口路灯坏了半个月了"
NEW = "wr-new-group"


def group(town: Stage, chat: str = RESIDENTS) -> Group:
    with town.app.reading() as db:
        return db.scalars(select(Group).where(Group.chat == chat)).one()


def changed(town: Stage) -> list[Change]:
    with town.app.reading() as db:
        return list(db.scalars(select(Change).order_by(Change.id)))


def states(town: Stage) -> list[tuple[str, str]]:
    with town.app.reading() as db:
        return [(row.mode, row.state) for row in db.scalars(select(Candidate).order_by(Candidate.id))]


def test_a_group_that_nobody_knew_waits_for_a_person_and_is_told_of_once(town: Stage) -> None:
    said = town.say("新邻居", "大家好", NEW)
    assert group(town, NEW).mode == "review"
    assert group(town, NEW).unit_id is None
    assert ["一个新群" in text for who, text in said] == [True]
    assert town.say("新邻居", "在吗", NEW) == []
    said = town.say("新邻居", LAMP, NEW)
    assert to(said, NEW) == []
    assert town.tickets() == []


def test_a_group_whose_platform_tells_its_name_has_it(town: Stage) -> None:
    [(_, text)] = town.say("新邻居", "大家好", NEW, data={"chat_name": "金桂苑业主群"})
    assert "金桂苑业主群" in text
    assert NEW not in text


def test_staff_of_the_place_bind_it_in_the_group(town: Stage) -> None:
    town.say("新邻居", "大家好", NEW)
    assert "您管的有：" in to(town.say("小赵", "绑定本群", NEW), "小赵")[0]
    assert "没有「月亮湾」" in to(town.say("小赵", "绑定本群 月亮湾", NEW), "小赵")[0]
    said = town.say("小赵", "绑定本群 梧桐里小区", NEW)
    assert to(said, NEW) == []
    assert "先审后说" in to(said, "小赵")[0]
    assert len(to(said, "周书记")) == 1
    assert group(town, NEW).place == "梧桐里小区"
    town.say("新邻居", LAMP, NEW)
    town.say("小赵", "立单")
    assert [ticket.unit_id for ticket in town.tickets()] == [group(town).unit_id]
    assert [change.kind for change in changed(town)] == ["bound"]


def test_a_buildings_group_is_bound_to_the_building(town: Stage) -> None:
    with town.app.writing() as db:
        estate = db.scalars(select(Unit).where(Unit.kind == "estate")).one()
        db.add(Building(estate_id=estate.id, name="3号楼"))
    town.say("小赵", "绑定本群 梧桐里小区 3号楼", NEW)
    assert group(town, NEW).place == "梧桐里小区3号楼"
    assert group(town, NEW).building_id is not None
    assert "本来就绑定在" in to(town.say("小赵", "绑定本群 梧桐里小区3号楼", NEW), "小赵")[0]


@pytest.mark.parametrize("who", ["小刘", "孙队", "老周"])
def test_others_bind_and_switch_nothing(town: Stage, who: str) -> None:
    town.say("新邻居", "大家好", NEW)
    said = town.say(who, "绑定本群 梧桐里小区", NEW) + town.say(who, "本群 直接", RESIDENTS)
    said += town.say(who, "本群 影子 梧桐里业主群")
    assert group(town, NEW).unit_id is None
    assert group(town).mode == "direct"
    assert to(said, NEW) == to(said, RESIDENTS) == []
    assert changed(town) == []


def test_the_secretary_of_another_community_switches_and_binds_nothing(town: Stage) -> None:
    with town.app.writing() as db:
        street = db.scalars(select(Unit).where(Unit.kind == "street")).one()
        other = Unit(kind="community", name="金桂社区", parent_id=street.id)
        db.add(other)
        db.flush()
        other.path = f"{street.path}{other.id}/"
        secretary = db.scalars(select(Post).where(Post.role == "community")).first()
        assert secretary is not None
        secretary.unit_id = other.id
    said = town.say("周书记", "本群 影子", RESIDENTS) + town.say("周书记", "绑定本群 金桂社区", RESIDENTS)
    assert ["不在您的范围" in text for text in to(said, "周书记")] == [True, True]
    assert (group(town).mode, changed(town)) == ("direct", [])


def test_the_grid_worker_may_bind_but_not_switch(town: Stage) -> None:
    assert "要由网格长、社区" in to(town.say("小赵", "本群 影子", RESIDENTS), "小赵")[0]
    assert group(town).mode == "direct"


def test_a_switch_is_answered_in_private_noted_and_told(town: Stage) -> None:
    said = town.say("周书记", "本群 影子", RESIDENTS)
    assert to(said, RESIDENTS) == []
    assert "直接 → 影子" in to(said, "周书记")[0]
    assert {who for who, _ in said} == {"周书记", "小赵", "小钱"}
    assert town.say("王阿姨", LAMP, RESIDENTS) == []
    [change] = changed(town)
    assert (change.kind, change.about, change.data["before"], change.data["after"]) == (
        "mode", f"group:{group(town).id}", "direct", "shadow",
    )  # fmt: skip
    assert change.staff_id is not None
    assert "本来就是「影子」" in to(town.say("周书记", "本群 影子模式", RESIDENTS), "周书记")[0]
    assert len(changed(town)) == 1


def test_in_private_the_group_is_named(town: Stage) -> None:
    with town.app.writing() as db:
        home = db.scalars(select(Unit).where(Unit.kind == "estate")).one()
        db.add(Group(door="memory:replay", chat="二群", name="梧桐里二群", unit_id=home.id, place="梧桐里小区"))
    assert "是哪个群" in to(town.say("周书记", "本群 影子"), "周书记")[0]
    town.say("周书记", "本群 影子 梧桐里二群")
    assert group(town, "二群").mode == "shadow"
    assert group(town).mode == "direct"
    assert "没有这个群" in to(town.say("周书记", "本群 直接 月亮湾群"), "周书记")[0]
    assert "改成哪一种" in to(town.say("周书记", "本群模式 梧桐里二群"), "周书记")[0]


@pytest.mark.parametrize(
    "words",
    [
        "本群模式 先审后说",
        "本群模式：先审后说",
        "本群改成先审后说",
        "这个群改成先审后说吧",
        "把本群模式调成先审后说",
        "咱们群切换到先审后说模式",
        "群模式 先审后说",
    ],
)
@pytest.mark.parametrize("addressed", [False, True])
@pytest.mark.parametrize("before", ["direct", "shadow"])
def test_a_mode_is_asked_for_in_many_words(town: Stage, words: str, addressed: bool, before: str) -> None:
    if before == "shadow":
        town.say("周书记", "本群 影子", RESIDENTS)
    said = town.say("周书记", f"@bot {words}" if addressed else words, RESIDENTS, addressed=addressed)
    assert "→ 先审后说" in to(said, "周书记")[0]
    assert (to(said, RESIDENTS), group(town).mode) == ([], "review")


@pytest.mark.parametrize("words", ["改成先审后说", "切到先审后说模式", "先审后说", "回到先审后说吧"])
def test_to_the_bot_no_word_of_the_group_is_needed(town: Stage, words: str) -> None:
    town.say("周书记", words, RESIDENTS)
    assert group(town).mode == "direct"
    town.say("周书记", words, RESIDENTS, addressed=True)
    assert group(town).mode == "review"


def test_the_mode_is_told_and_a_group_named_among_colleagues(town: Stage) -> None:
    assert "现在是「直接」" in to(town.say("周书记", "这个群现在是什么模式", RESIDENTS), "周书记")[0]
    assert "现在是「直接」" in to(town.say("周书记", "本群 电梯坏了", RESIDENTS, addressed=True), "周书记")[0]
    town.say("周书记", "把梧桐里业主群改成影子", OFFICE)
    assert group(town).mode == "shadow"
    town.say("周书记", "梧桐里业主群 直接")
    assert group(town).mode == "direct"
    assert "要由网格长、社区" in to(town.say("小赵", "本群模式 影子", RESIDENTS), "小赵")[0]


def test_what_waits_keeps_waiting_on_the_way_to_direct(town: Stage) -> None:
    town.say("周书记", "本群 先审后说", RESIDENTS)
    town.say("王阿姨", LAMP, RESIDENTS)
    said = town.say("周书记", "本群 直接", RESIDENTS)
    assert "还有 1 条等人定的" in to(said, "周书记")[0]
    assert town.tickets() == []
    assert len(to(town.say("小赵", "立单"), RESIDENTS)) == 1


def test_what_waits_goes_to_the_nights_list_on_the_way_to_shadow(town: Stage) -> None:
    town.say("周书记", "本群 先审后说", RESIDENTS)
    town.say("王阿姨", LAMP, RESIDENTS)
    said = town.say("周书记", "本群 影子", RESIDENTS)
    assert "转到今晚的影子清单" in to(said, "周书记")[0]
    assert states(town) == [("shadow", "waiting")]
    assert "影子模式里听到的" in to(town.say("小赵", "立单 1"), "小赵")[0]
    said = town.wait(hours=13)
    assert [who for who, _ in said] == ["周书记"], "nobody is reminded of it"
    assert "会立 1 件" in said[0][1]
    assert town.tickets() == []


@pytest.mark.parametrize(
    "words",
    ["本群不许发广告", "本群直接发广告的都踢了", "本群影子 都没有", "这个群直接散了吧", "群里直接说", "改成直接"],
)
def test_talk_of_a_group_is_talk(town: Stage, words: str) -> None:
    town.say("周书记", words, RESIDENTS)
    assert (group(town).mode, changed(town)) == ("direct", [])


def test_a_work_group_has_no_mode_and_is_not_bound_by_word(town: Stage) -> None:
    said = town.say("周书记", "本群 影子", OFFICE) + town.say("周书记", "绑定本群 梧桐里小区", OFFICE)
    assert ["工作群" in text for text in to(said, "周书记")] == [True, True]
    assert group(town, OFFICE).mode == "direct"
    assert group(town, OFFICE).kind == "staff"


def test_the_scratch_neighbourhood_of_a_replay_is_direct(town: Stage) -> None:
    with town.app.writing() as db:
        assert Neighbourhood(db, town.app.vault, "新里").group("新里群").mode == "direct"
