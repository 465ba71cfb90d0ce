"""A life in danger, blows at home, accusations, petitions, quarrels: said to people, never to a group."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from storage.inbox import Inbox
from storage.listening import Change
from storage.outbox import Outbox
from storage.people import Group, Role, Unit, UnitKind
from storage.tickets import Desk
from tests.conversations.offices import employ
from tests.conversations.stage import OFFICE, RESIDENTS, Stage, to

BAD = "村支书把征地款装进自己口袋，吃拿卡要"


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("活着真没意思，我不想活了", "12356"),
        ("我男人喝了酒又打我，脸都肿了", "12338"),
        ("三楼后妈天天用皮带抽孩子，孩子叫得撕心裂肺", "12355"),
    ],
)
@pytest.mark.parametrize("chat", [RESIDENTS, None], ids=["group", "private"])
def test_an_alarm_reaches_people_at_once_and_no_group(town: Stage, said: str, number: str, chat: str | None) -> None:
    town.wait(hours=14)  # eleven at night
    heard = town.say("李婶", said, chat)
    assert to(heard, RESIDENTS) == to(heard, OFFICE) == to(heard, "小刘") == []
    [warm] = to(heard, "李婶")
    assert number in warm
    assert len(warm.splitlines()) == 2
    assert any(said in text for text in to(heard, "值班老何"))
    assert town.ticket(1).confidential
    heard = town.wait(minutes=25)
    assert to(heard, RESIDENTS) == to(heard, OFFICE) == to(heard, "小刘") == []
    assert to(heard, "周书记"), "nobody took it: the level above hears"


def test_whatever_the_table_of_desks_says_the_property_company_hears_nothing_of_it(town: Stage) -> None:
    with town.app.writing() as db:
        street = db.scalars(select(Unit).where(Unit.kind == UnitKind.STREET)).one()
        db.add(Desk(unit_id=street.id, area="*", category="welfare", desk_kind=UnitKind.PROPERTY))
    heard = town.say("李婶", "我不想活了", RESIDENTS) + town.wait(minutes=25)
    assert to(heard, "小刘") == []
    assert to(heard, "小赵")


def test_who_goes_on_speaking_is_answered_warmly(town: Stage) -> None:
    town.say("李婶", "我不想活了")
    heard = town.say("李婶", "真的活不下去了")
    assert to(heard, "李婶") == ["我在，您说的都转给值班的人了，他们会尽快联系您。等不及就打 110、120 或 12356。"]
    assert len(town.tickets()) == 1


@pytest.mark.parametrize(
    "said",
    ["笑死我了", "想死你了，快回来", "这电视剧看得我想跳楼", "谁家杀鸡，叫得真惨", "跳楼价甩卖", "这局游戏里自杀算了"],
)
def test_false_friends_ring_for_nobody(town: Stage, said: str) -> None:
    assert town.say("李婶", said, RESIDENTS) == []
    assert town.tickets() == []


def test_what_accuses_an_official_is_not_kept(town: Stage) -> None:
    heard = town.say("老周", BAD, RESIDENTS)
    assert [who for who, _ in heard] == ["老周"]
    assert "12388" in heard[0][1]
    heard = town.say("老周", "举报社区王主任收黑钱")
    assert [who for who, _ in heard] == ["老周"]
    assert town.tickets() == []
    with town.app.reading() as db:
        assert set(db.scalars(select(Inbox.text))) == {None}
        assert db.scalars(select(Inbox.forget_at)).all() != []


def test_a_tipoff_about_the_property_company_goes_to_the_community(town: Stage) -> None:
    heard = town.say("老周", "我要举报物业乱收停车费，还不给发票，我叫周大民", RESIDENTS)
    assert to(heard, RESIDENTS) == to(heard, OFFICE) == to(heard, "小刘") == to(heard, "小赵") == []
    card = to(heard, "周书记")[0]
    assert "周大民" not in card
    assert to(town.say("周书记", "转派 1 安居物业"), "周书记")[0].startswith("1 号是保密的")


def test_a_tipoff_about_the_communitys_people_goes_to_the_street_and_they_never_see_it(town: Stage) -> None:
    heard = town.say("老周", "举报社区工作人员不作为，楼道违规停电动车没人管", RESIDENTS)
    assert town.ticket(1).accused == "community"
    assert {who for who, _ in heard} == {"老周", "派单员", "值班老何"}
    assert to(town.say("周书记", "查 1"), "周书记") == ["没有 1 号工单。"]
    assert to(town.say("小赵", "接单 1"), "小赵") == ["没有 1 号工单。"]
    assert "1 号是保密的" in to(town.say("派单员", "转派 1 梧桐社区"), "派单员")[0]


def test_a_tipoff_is_no_companys_though_it_keeps_what_no_department_does(town: Stage) -> None:
    with town.app.writing() as db:
        street = db.scalars(select(Unit).where(Unit.kind == UnitKind.STREET)).one()
        firm = Unit(parent_id=street.id, kind=UnitKind.ENTERPRISE, name="洁美保洁公司", function="sanitation")
        db.add(firm)
        db.flush()
        firm.path = f"{street.path}{firm.id}/"
        employ(town, db, "保洁老方", firm, Role.HANDLER)
    heard = town.say("老周", "举报8号楼101把装修垃圾堆在楼道")
    assert town.ticket(1).category == "sanitation"
    assert {who for who, _ in heard} == {"老周", "派单员", "值班老何"}


OF_OWN_PEOPLE = [
    "我想投诉你们网格员",
    "我要投诉网格员小赵",
    "我要投诉小赵，态度太差了",
    "我要投诉小赵",
    "投诉一下小钱",
    "网格员小赵骂人，我要投诉",
    "您好，我想投诉一下我们小区的网格员",
    "投诉网格员从来不接电话",
    "报了这么久没人来，我要投诉你们网格员",
    "我要投诉社区周书记，推来推去",
    "我要投诉周书记",
    "社区办事的人太凶了，我要投诉",
    "投诉社区工作人员上班玩手机",
    "我要投诉居委会，低保申请拖了两个月不给办",
    "反映网格员态度不好",
    "我想反映一下网格员的态度问题，爱理不理的",
    "反映小赵态度不好",
    "投诉小赵，3号楼路灯坏了他不管",
    "我要投诉小赵，我家漏水报了他不来看",
    "我家漏水，报了三回，小赵都不来，我要投诉小赵",
]


@pytest.mark.parametrize("said", OF_OWN_PEOPLE)
def test_a_complaint_of_whoever_works_here_lies_with_those_above_them(town: Stage, said: str) -> None:
    heard = town.say("王阿姨", said)
    assert {who for who, _ in heard} == {"王阿姨", "派单员", "值班老何"}
    assert "保密" in to(heard, "王阿姨")[0]
    assert to(town.say("周书记", "查 1"), "周书记") == to(town.say("小赵", "查 1"), "小赵") == ["没有 1 号工单。"]
    assert "被反映的一方" in to(town.say("派单员", "转派 1 梧桐社区"), "派单员")[0]


def test_told_in_a_group_it_is_kept_from_them_too(town: Stage) -> None:
    heard = town.say("王阿姨", "投诉小赵，3号楼路灯坏了他不管", RESIDENTS)
    assert {who for who, _ in heard} == {"王阿姨", "派单员", "值班老何"}


def test_a_complaint_of_the_companys_man_lies_with_the_community(town: Stage) -> None:
    assert {who for who, _ in town.say("王阿姨", "投诉小刘，垃圾不清还骂人")} == {"王阿姨", "周书记"}
    assert to(town.say("小刘", "查 1"), "小刘") == ["没有 1 号工单。"]


@pytest.mark.parametrize("said", ["我要投诉城管，打人", "投诉城管打人", "投诉网格员态度差", "反映居委会的人推诿"])
def test_how_somebody_behaves_is_no_broken_pipe(town: Stage, said: str) -> None:
    town.say("王阿姨", said)
    assert town.ticket(1).category == "other"


@pytest.mark.parametrize(
    "said", ["投诉网格员，3号楼有煤气味他不管", "我要投诉，3号楼着火了", "我要投诉物业，煤气泄漏了不管"]
)
def test_whoever_complains_of_a_danger_is_in_danger_first(town: Stage, said: str) -> None:
    heard = town.say("王阿姨", said)
    assert "🔴紧急 1" in to(heard, "小赵")[0]
    assert town.ticket(1).urgency == "emergency"


@pytest.mark.parametrize("named", ["网格员", "小赵"])
def test_what_is_broken_beside_such_a_complaint_is_mended_by_those_who_mend(town: Stage, named: str) -> None:
    heard = town.say("王阿姨", f"我要投诉{named}，3号楼路灯坏了半个月，报了三次都没人管")
    assert [ticket.confidential for ticket in town.tickets()] == [True, False]
    assert "路灯坏了" in to(heard, "小赵")[0]
    assert "投诉" not in to(heard, "小赵")[0]


def test_a_complaint_of_the_enforcers_is_not_theirs_to_look_into(town: Stage) -> None:
    town.say("王阿姨", "我要投诉城管，占道执法态度恶劣")
    assert town.ticket(1).accused == "department"
    assert to(town.say("孙队", "查 1"), "孙队") == ["没有 1 号工单。"]


@pytest.mark.parametrize(
    "said",
    [
        "三号楼路灯坏了，再不修我就投诉网格员",
        "我要投诉小赵家的狗天天叫",
        "投诉五楼装修不分早晚",
        "我投诉过网格员没用",
        "门口小贩占道，城管不管，我要投诉",
        "3号楼电梯坏了三天，我要投诉物业",
        "网格员说没人投诉就不管",
        "小赵说没人投诉",
        "小赵人很好，别投诉他",
        "上次投诉小赵的不是我",
        "要是今天还不来，我就投诉小赵",
        "跟小赵反映过，3号楼路灯坏了他没管",
        "投诉楼下烧烤店，烟大得像着火",
    ],
)
def test_what_only_mentions_them_is_kept_from_nobody(town: Stage, said: str) -> None:
    town.say("王阿姨", said)
    town.say("王阿姨", "是")
    assert not any(ticket.confidential for ticket in town.tickets())


def test_of_those_who_enforce_not_even_what_they_enforce_lies_with_them(town: Stage) -> None:
    town.say("王阿姨", "我要投诉城管，3号楼门口小贩占道他们不管，还骂人")
    ticket = town.ticket(1)
    assert (ticket.accused, ticket.category, ticket.confidential) == ("department", "encroachment", True)
    assert to(town.say("孙队", "查 1"), "孙队") == ["没有 1 号工单。"]


@pytest.mark.parametrize("said", ["怎么投诉网格员", "去哪投诉你们啊", "投诉网格员打哪个电话"])
def test_whoever_asks_where_to_complain_is_told_whom_to_ring(town: Stage, said: str) -> None:
    [answer] = to(town.say("王阿姨", said), "王阿姨")
    assert "0571-0003" in answer
    assert "12345" in answer
    assert town.tickets() == []


@pytest.mark.parametrize("said", ["我要投诉你们", "我要投诉你们物业", "我要投诉"])
def test_a_complaint_without_a_word_of_what_is_asked_for_it(town: Stage, said: str) -> None:
    assert to(town.say("王阿姨", said), "王阿姨")[0].startswith("在的，您说")
    assert town.tickets() == []


@pytest.mark.parametrize(
    "said",
    [
        "大家明天一起去区政府上访，人多力量大",
        "业委会就是物业的走狗，必须罢免",
        "举报6号楼老王是老赖，欠我五万不还",
    ],
)
def test_what_is_kept_apart_is_told_to_the_secretary_once(town: Stage, said: str) -> None:
    heard = town.say("老周", said, RESIDENTS)
    assert [who for who, _ in heard] == ["周书记"]
    assert said not in heard[0][1]
    assert town.say("王阿姨", said, RESIDENTS) == []
    assert town.tickets() == []
    town.wait(hours=6, minutes=1)
    assert [who for who, _ in town.say("李婶", said, RESIDENTS)] == ["周书记"]


def test_a_trouble_told_beside_it_is_still_a_ticket(town: Stage) -> None:
    heard = town.say("老周", "三号楼电梯坏了三天没人修，再不修大家联名信递上去", RESIDENTS)
    assert len(town.tickets()) == 1
    assert to(heard, "周书记")


def test_asked_of_the_bot_it_names_a_person(town: Stage) -> None:
    heard = town.say("老周", "我们要罢免业委会，你们管不管")
    assert any("0571-0002" in text for text in to(heard, "老周"))
    assert town.tickets() == []


def quarrel(town: Stage) -> list[tuple[str, str]]:
    assert town.say("老周", "你算老几，轮得到你说话", RESIDENTS) == []
    return town.say("李婶", "滚，你脑子有病吧", RESIDENTS)


def test_where_people_quarrel_the_bot_keeps_quiet(town: Stage) -> None:
    heard = quarrel(town)
    assert [who for who, _ in heard] == ["周书记"]
    heard = town.say("王阿姨", "三号楼门口路灯坏了", RESIDENTS)
    assert to(heard, RESIDENTS) == []
    assert to(heard, "王阿姨")[0].startswith("收到，已登记，编号 1")
    heard = town.say("王阿姨", "二单元燃气味特别大，快来人", RESIDENTS)
    assert to(heard, RESIDENTS), "an emergency passes"
    town.wait(minutes=31)
    assert to(town.say("老周", "五号楼下水道堵了，污水都溢出来了", RESIDENTS), RESIDENTS)


def test_one_angry_word_is_no_quarrel(town: Stage) -> None:
    assert town.say("老周", "你算老几啊", RESIDENTS) == []
    town.wait(minutes=11)
    assert town.say("李婶", "你才有病吧", RESIDENTS) == []
    assert to(town.say("王阿姨", "三号楼门口路灯坏了", RESIDENTS), RESIDENTS)


def test_what_is_told_to_the_secretary_holds_no_door_and_no_number(town: Stage) -> None:
    heard = town.say("老周", "13812345678 联系我，明天去区政府上访", RESIDENTS)
    assert "138" not in heard[0][1]
    with town.app.reading() as db:
        assert db.scalars(select(Outbox.name).where(Outbox.name.startswith("delicate:"))).one()


# --- 静音


def test_staff_mute_a_group_and_it_speaks_again(town: Stage) -> None:
    heard = town.say("小赵", "机器人 静音 2小时", RESIDENTS)
    assert [who for who, _ in heard] == ["小赵"]
    assert "今天 11:00" in heard[0][1]
    assert to(town.say("王阿姨", "三号楼门口路灯坏了", RESIDENTS), RESIDENTS) == []
    assert to(town.say("王阿姨", "二单元燃气味特别大，快来人", RESIDENTS), RESIDENTS)
    heard = town.say("周书记", "机器人 取消静音", RESIDENTS)
    assert "恢复" in to(heard, "周书记")[0]
    town.wait(minutes=45)
    assert to(town.say("老周", "五号楼下水道堵了，污水都溢出来了", RESIDENTS), RESIDENTS)
    with town.app.reading() as db:
        assert list(db.scalars(select(Change.kind).order_by(Change.id))) == ["muted", "unmuted"]


@pytest.mark.parametrize(
    ("who", "said", "answer"),
    [
        ("王阿姨", "机器人 静音", "「静音」要由群主"),
        ("小刘", "机器人 静音", "「静音」要由群主"),
        ("小赵", "机器人 静音 到下辈子", "静音多久没看懂"),
        ("小赵", "机器人 静音 90天", "静音多久没看懂"),
        ("小赵", "机器人 取消静音", "我在这个群里没有静音"),
    ],
)
def test_who_may_not_mute_is_told_why_in_private(town: Stage, who: str, said: str, answer: str) -> None:
    heard = town.say(who, said, RESIDENTS)
    assert [name for name, _ in heard] == [who]
    assert heard[0][1].startswith(answer)
    with town.app.reading() as db:
        assert db.scalars(select(Group.muted_until).where(Group.chat == RESIDENTS)).one() is None


def test_the_groups_owner_may_mute(town: Stage) -> None:
    heard = town.say("王阿姨", "机器人 静音", RESIDENTS, data={"member_role": "owner"})
    assert to(heard, "王阿姨")[0].startswith("好的，明天 09:00 前")


def test_talk_of_telephones_mutes_nothing(town: Stage) -> None:
    assert town.say("王阿姨", "静音了，没听见电话", RESIDENTS) == []
    assert town.say("小赵", "静音", RESIDENTS) == []


# --- a few lines an hour

TROUBLES = (
    "三号楼门口路灯坏了",
    "五号楼下水道堵了，污水都溢出来了",
    "东门有人乱停车，把路口堵了",
    "八号楼的垃圾三天没收了",
    "二号楼电梯坏了，上不去",
    "西门的绿化带全枯死了",
    "儿童乐园的滑梯断了",
)


def test_after_a_few_lines_an_hour_the_rest_is_one_line(town: Stage) -> None:
    for number, trouble in enumerate(TROUBLES):
        heard = town.say(f"邻居{number}", trouble, RESIDENTS)
        aloud = bool(to(heard, RESIDENTS))
        assert aloud == (number < town.app.policy.group_lines), trouble
        assert aloud or to(heard, f"邻居{number}"), "said in private instead"
        town.wait(minutes=6)
    lines = to(town.wait(hours=1), RESIDENTS)
    assert len(lines) == 1
    assert "登记了 2 件" in lines[0]


def test_at_night_a_group_reads_one_summary_in_the_morning(town: Stage) -> None:
    town.wait(hours=14)
    assert to(town.say("王阿姨", TROUBLES[0], RESIDENTS), RESIDENTS) == []
    heard = town.say("老周", TROUBLES[3], RESIDENTS)
    assert to(heard, RESIDENTS) == []
    assert to(heard, "老周")
    lines = to(town.wait(hours=10), RESIDENTS)
    assert len(lines) == 1
    assert "登记了 2 件：1" in lines[0]


def test_what_was_withdrawn_is_not_summed_up(town: Stage) -> None:
    town.wait(hours=14)
    town.say("王阿姨", TROUBLES[0], RESIDENTS)
    town.say("王阿姨", "没事了", RESIDENTS)
    assert to(town.wait(hours=10), RESIDENTS) == []


def test_whoever_spoke_of_it_in_a_group_goes_on_in_private(town: Stage) -> None:
    town.say("王阿姨", "活着真没意思，不想活了", RESIDENTS)
    said = town.say("王阿姨", "我就是心里难受")
    assert to(said, "王阿姨")[0].startswith("我在")
    assert to(said, "小赵") == ["1 号报事人补充：我就是心里难受"]


@pytest.mark.parametrize("words", ["不想活了", "我老公又打我了"])
def test_nobody_in_danger_is_asked_whether_they_are_content(town: Stage, words: str) -> None:
    town.say("王阿姨", words)
    town.say("小赵", "接单 1")
    said = town.say("小赵", "办结 1 已上门，人安顿好了")
    assert to(said, "王阿姨") == []
    assert "请核查" in to(said, "周书记")[0]
    assert to(said, OFFICE) == []
    assert "已办结" in to(town.say("周书记", "核查 1 通过"), "王阿姨")[0]


def test_a_complaint_of_the_company_is_not_asked_where_it_stands(town: Stage) -> None:
    [answer, *_] = to(town.say("王阿姨", "我要投诉物业，电话没人接"), "王阿姨")
    assert "是在哪儿" not in answer


@pytest.mark.parametrize("words", ["举报物业侵占公共收益，停车费几十万不公开", "举报物业把公共收益私分了"])
def test_whoever_tells_on_the_company_is_heard_by_the_community(town: Stage, words: str) -> None:
    said = town.say("王阿姨", words)
    assert to(said, "王阿姨")[0].startswith("收到，已保密登记")
    assert "物业服务" in to(said, "周书记")[0]


def test_whoever_tells_on_another_house_is_no_addition_to_the_first(town: Stage) -> None:
    town.say("王阿姨", "举报3号楼201群租")
    town.say("王阿姨", "再举报5号楼302群租")
    assert [one.place for one in town.tickets()] == [["3号楼", "201"], ["5号楼", "302"]]


def test_whoever_means_to_petition_is_told_whom_to_turn_to(town: Stage) -> None:
    said = town.say("王阿姨", "我要去信访局告他们")
    assert to(said, "王阿姨")[0].startswith("这件事不适合由我立单")
    assert len(to(said, "周书记")) == 1
    assert town.tickets() == []
