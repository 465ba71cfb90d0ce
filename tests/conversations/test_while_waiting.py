"""What one resident and the bot say after a report: who comes and when, anger, no more, well again, where."""

from __future__ import annotations

import pytest

from tests.conversations.stage import OFFICE, RESIDENTS, Stage, to

LAMP = "5号楼路灯坏了"
STANDS = "1（道路设施）：已登记，等人接手，最迟今天 17:00。"


# --- questions and impatience


@pytest.mark.parametrize(
    "words",
    ["什么时候来人", "谁来修啊", "大概要多久", "师傅几点到", "那个灯啥时候能弄", "听得到吗", "弄好没", "到了没"],
)
def test_a_question_is_answered_with_how_it_stands(town: Stage, words: str) -> None:
    town.say("王阿姨", LAMP)
    assert town.say("王阿姨", words) == [("王阿姨", STANDS)]


@pytest.mark.parametrize(
    "words",
    ["能不能快点", "怎么还没人来", "都两天了", "怎么还不派人来啊", "怎么没来", "给个准话", "快一点吧", "还黑着呢"],
)
def test_impatience_is_answered_and_passed_on(town: Stage, words: str) -> None:
    town.say("王阿姨", LAMP)
    town.wait(hours=1)
    said = town.say("王阿姨", words)
    assert to(said, "王阿姨") == [f"让您久等了，话已转给经办的人。{STANDS}"]
    assert to(said, "小赵") == [f"1 号报事人补充：{words}"]
    assert [row.number for row in town.tickets()] == [1]


def test_a_day_later_impatience_is_no_report_of_its_own(town: Stage) -> None:
    town.say("王阿姨", LAMP)
    town.wait(hours=30)
    for words in ("怎么还没人来", "都三天了还没人来"):
        town.wait(hours=1)
        assert "晚了，正在催" in to(town.say("王阿姨", words), "王阿姨")[0]
    assert [row.number for row in town.tickets()] == [1]


@pytest.mark.parametrize("words", ["怎么还没人来", "物业怎么还不派人来", "都三天了还没人来修", "昨天报的怎么还没人来"])
@pytest.mark.parametrize("where", [None, RESIDENTS])
def test_that_nobody_comes_is_no_report_where_nobody_knows_of_what(town: Stage, words: str, where: str | None) -> None:
    said = town.say("李婶", words, where)
    assert said == [("李婶", "还没有您报的事在办。是什么事、在哪儿？在这儿说一句，我来登记。")]
    town.say("李婶", "3号楼下水道堵了", where)
    assert [row.category for row in town.tickets()] == ["drainage"]


@pytest.mark.parametrize("words", ["怎么还没人来", "物业怎么还不来人", "都三天了还没人来修"])
@pytest.mark.parametrize("later", [1, 6])
def test_in_the_group_it_is_of_what_was_told_in_private_or_long_before(town: Stage, words: str, later: int) -> None:
    town.say("王阿姨", LAMP, None if later == 1 else RESIDENTS)
    town.wait(days=later)
    said = town.say("王阿姨", words, RESIDENTS)
    assert "话已转给经办的人。1（道路设施）" in to(said, "王阿姨")[0]
    assert to(said, RESIDENTS) == []
    assert [row.number for row in town.tickets()] == [1]


@pytest.mark.parametrize("words", ["打了三个电话物业都没人来", "电梯怎么还没人来修", "保安怎么还没来"])
def test_whoever_says_what_or_whom_reports_all_the_same(town: Stage, words: str) -> None:
    town.say("李婶", words)
    assert len(town.tickets()) == 1


def test_anger_is_answered_kindly_and_not_ten_times(town: Stage) -> None:
    town.say("王阿姨", LAMP)
    first = town.say("王阿姨", "你们是干什么吃的！")
    assert to(first, "王阿姨") == [f"对不住，让您着急了，话已转给经办的人。{STANDS}"]
    assert town.say("王阿姨", "气死我了") == []  # of one breath
    town.wait(minutes=6)
    second = town.say("王阿姨", "糊弄老百姓")
    assert to(second, "王阿姨") == [f"知道您急，话已经转到了。想打电话说「人工」。{STANDS}"]
    assert to(second, "小赵") == []
    town.wait(minutes=10)
    assert len(to(town.say("王阿姨", "到底管不管"), "王阿姨")) == 1
    assert [row.number for row in town.tickets()] == [1]


def test_whoever_wants_a_person_gets_one_however_angry(town: Stage) -> None:
    town.say("王阿姨", LAMP)
    assert "0571-0002" in to(town.say("王阿姨", "什么态度，我要找人工"), "王阿姨")[0]


def test_its_number_alone_asks_for_it(town: Stage) -> None:
    town.say("王阿姨", LAMP)
    assert town.say("王阿姨", "1") == [("王阿姨", STANDS)]


def test_impatience_that_says_where_it_is_fills_that_in(town: Stage) -> None:
    town.say("王阿姨", "楼道里脏得没法走")
    town.say("王阿姨", "8号楼，好久没人扫了")
    assert town.ticket(1).place == ["8号楼"]


def test_of_two_the_one_that_is_named_is_meant(town: Stage) -> None:
    town.say("老周", "3号楼电梯按钮坏了")
    town.say("老周", "4号楼垃圾桶满了")
    (stands,) = to(town.say("老周", "电梯那个什么时候弄"), "老周")
    assert stands.startswith("1（房屋电梯）：已登记")
    (both,) = to(town.say("老周", "什么时候来人"), "老周")
    assert [line[0] for line in both.split("\n")] == ["2", "1"]


def test_news_beside_a_question_is_passed_on(town: Stage) -> None:
    town.say("王阿姨", "3号楼水还在漏")
    said = town.say("王阿姨", "水还在漏，都漏到一楼了，什么时候来")
    assert to(said, "小赵") == ["1 号报事人补充：水还在漏，都漏到一楼了，什么时候来"]
    assert to(said, "王阿姨")[0].startswith("补充到 1 号了。\n1（")


def test_what_is_asked_of_something_else_is_not_answered_with_the_report(town: Stage) -> None:
    town.say("老周", "9号楼有人养鸡")
    town.wait(hours=1)
    for words in ("什么时候供暖", "医保怎么办", "社区几点上班"):
        assert "这个我没有准话" in to(town.say("老周", words), "老周")[0]


def test_another_trouble_told_impatiently_is_a_report(town: Stage) -> None:
    town.say("王阿姨", LAMP)
    town.say("王阿姨", "7号楼垃圾也没人收，臭死了，到底管不管")
    town.say("王阿姨", "楼上老人没人管饭都吃不上")
    assert [row.category for row in town.tickets()] == ["road_facility", "sanitation", "welfare"]


def test_whoever_joined_may_be_impatient_and_is_told_of_as_a_neighbour(town: Stage) -> None:
    town.say("王阿姨", "3号楼电梯坏了", RESIDENTS)
    town.say("老周", "我家也是", RESIDENTS)
    said = town.say("老周", "快点吧我腿不好")
    assert to(said, "小赵") == ["1 号有邻居说：快点吧我腿不好"]
    assert to(said, OFFICE) == ["1 号有邻居说了几句，已私下发给经办的人，也可以私下对我说「查 1」。"]
    assert "等人接手" in to(said, "老周")[0]


# --- arrangements, nods, thanks, no


@pytest.mark.parametrize(
    "words", ["明天我不在家，后天来吧", "来之前给我打个电话", "钥匙放在门卫那里", "好的谢谢，上午家里没人", "清了一半"]
)
def test_what_whoever_comes_has_to_know_is_passed_on_however_late(town: Stage, words: str) -> None:
    town.say("王阿姨", "5号楼301暖气不热")
    town.wait(hours=3)
    said = town.say("王阿姨", words)
    assert to(said, "王阿姨") == ["补充到 1 号了。"]
    assert to(said, "小赵") == [f"1 号报事人补充：{words}"]


@pytest.mark.parametrize(
    "words",
    ["好", "OK", "没问题", "那我等着", "算了就这样吧", "等你们电话", "👍", "🌹🌹", "是", "不好意思", "嗯嗯知道了"],
)
def test_a_nod_is_nothing_for_anybody(town: Stage, words: str) -> None:
    town.say("王阿姨", LAMP)
    assert town.say("王阿姨", words) == []


@pytest.mark.parametrize("words", ["吃饭了吗", "你吃了没有啊", "今天天气真好", "祝你们中秋节快乐", "新年好"])
def test_small_talk_is_no_news_of_the_lamp(town: Stage, words: str) -> None:
    town.say("王阿姨", LAMP)
    assert town.say("王阿姨", words) == [("王阿姨", "您好，我在。哪儿坏了、怎么了，说一句就行；找人说「人工」。")]


@pytest.mark.parametrize("words", ["吃饭了", "我先去吃饭了", "那我去睡了"])
def test_nor_is_what_they_are_about_to_do(town: Stage, words: str) -> None:
    town.say("王阿姨", LAMP)
    assert town.say("王阿姨", words) == []


@pytest.mark.parametrize("words", ["有半年了", "今天特别暗", "吃饭都看不见", "睡觉都睡不着", "晚上好黑啊"])
def test_what_says_more_of_it_is_passed_on(town: Stage, words: str) -> None:
    town.say("王阿姨", LAMP)
    assert to(town.say("王阿姨", words), "小赵") == [f"1 号报事人补充：{words}"]


@pytest.mark.parametrize("words", ["你真好", "麻烦你们了", "辛苦师傅"])
def test_kind_words_get_one(town: Stage, words: str) -> None:
    town.say("王阿姨", LAMP)
    assert town.say("王阿姨", words) == [("王阿姨", "不客气，有事随时说。")]


@pytest.mark.parametrize("words", ["不用", "没", "都不是", "算了"])
def test_a_bare_no_is_asked_back_and_ends_nothing(town: Stage, words: str) -> None:
    town.say("王阿姨", LAMP)
    (heard,) = to(town.say("王阿姨", words), "王阿姨")
    assert heard.startswith("1 号照常在办。不用管了就回「撤回」")
    assert town.ticket(1).status == "reported"


# --- taken back


@pytest.mark.parametrize("words", ["算了不用登记", "别登记了", "不报了", "取消吧"])
def test_a_change_of_mind_after_yes_takes_it_back(town: Stage, words: str) -> None:
    asked = to(town.say("老周", "这灯怎么忽明忽暗的", RESIDENTS), "老周")
    assert len(asked) == 1
    town.say("老周", "是")
    assert to(town.say("老周", words), "老周") == ["好的，1 号已撤回。"]


@pytest.mark.parametrize("words", ["门禁那个", "2", "2号"])
def test_which_of_several_is_asked_and_the_answer_counts(town: Stage, words: str) -> None:
    town.say("老周", "3号楼电梯坏了")
    town.say("老周", "5号楼门禁坏了")
    town.wait(hours=3)
    assert "要撤哪件" in to(town.say("老周", "撤回"), "老周")[0]
    assert to(town.say("老周", words), "老周") == ["好的，2 号已撤回。"]
    assert town.ticket(1).status == "reported"


def test_of_several_it_is_said_what_was_taken_back(town: Stage) -> None:
    town.say("老周", "3号楼电梯坏了")
    town.say("老周", "4号楼垃圾桶满了")
    (heard,) = to(town.say("老周", "撤回"), "老周")
    assert "2 号（环境卫生）撤回了，其余的照办" in heard


# --- well again


@pytest.mark.parametrize("words", ["算了，灯又亮了", "灯亮了", "亮了亮了", "好了，已经亮了"])
def test_the_reporter_says_in_the_group_that_it_is_over(town: Stage, words: str) -> None:
    town.say("王阿姨", "三号楼门口路灯坏了", RESIDENTS)
    said = town.say("王阿姨", words, RESIDENTS)
    assert to(said, RESIDENTS) == []
    assert to(said, "王阿姨") == ["好了就好，1 号先撤了，不用来人了。又不行了再说一声，我们接着办。"]
    assert town.ticket(1).status == "withdrawn"


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ("5号楼门口一辆白色SUV把消防通道堵死了", "挪走了"),
        ("5号楼门口一辆白色SUV把消防通道堵死了", "嗯，车开走了"),
        ("9号楼门口下水道堵了，脏水往外冒", "通了通了"),
        ("门口垃圾三天没收了", "已经清走了"),
        ("楼上装修天天砸墙吵死了", "不吵了"),
    ],
)
def test_what_ends_like_that_is_meant_though_nobody_names_it(town: Stage, told: str, words: str) -> None:
    town.say("王阿姨", told, RESIDENTS)
    town.wait(minutes=15)
    assert f"1 号有邻居说：{words}" in to(town.say("老周", words, RESIDENTS), "小赵")
    assert town.ticket(1).status == "reported"
    town.say("王阿姨", words, RESIDENTS)
    assert town.ticket(1).status == "withdrawn"


@pytest.mark.parametrize("words", ["挪走了没", "亮了", "搬走了好几户", "通了电话了"])
def test_what_ends_otherwise_is_not_meant(town: Stage, words: str) -> None:
    town.say("王阿姨", "5号楼门口一辆白色SUV把消防通道堵死了", RESIDENTS)
    town.wait(minutes=15)
    assert to(town.say("老周", words, RESIDENTS), "小赵") == []
    town.say("王阿姨", words, RESIDENTS)
    assert town.ticket(1).status == "reported"


def test_something_of_their_own_ends_nothing(town: Stage) -> None:
    town.say("王阿姨", "门口垃圾三天没收了", RESIDENTS)
    town.wait(minutes=15)
    town.say("王阿姨", "我快递拉走了", RESIDENTS)
    assert town.ticket(1).status == "reported"


def test_of_two_cars_nobody_knows_which_was_moved(town: Stage) -> None:
    town.say("王阿姨", "5号楼门口一辆白色SUV把消防通道堵死了", RESIDENTS)
    town.say("李婶", "8号楼前面一辆货车停在人行道上，轮椅过不去", RESIDENTS)
    town.wait(minutes=15)
    assert to(town.say("老周", "挪走了", RESIDENTS), "小赵") == []


def test_a_neighbour_who_says_so_brings_news_and_ends_nothing(town: Stage) -> None:
    town.say("王阿姨", "三号楼门口路灯坏了", RESIDENTS)
    said = town.say("老周", "灯亮了哎", RESIDENTS)
    assert to(said, "小赵") == ["1 号有邻居说：灯亮了哎"]
    assert to(said, OFFICE) == ["1 号有邻居说好了，去之前先问一声。"]
    assert to(said, RESIDENTS) == []
    assert town.say("李婶", "真的灯亮了", RESIDENTS) == []  # told once
    assert town.ticket(1).status == "reported"


@pytest.mark.parametrize(
    "words", ["灯亮了吗", "希望灯早点好了就行", "灯亮了但是又灭了", "5号楼灯亮了", "要是灯亮了就好了", "来电了"]
)
def test_a_question_a_hope_and_another_lamp_are_no_news(town: Stage, words: str) -> None:
    town.say("王阿姨", "三号楼门口路灯坏了", RESIDENTS)
    assert to(town.say("老周", words, RESIDENTS), "小赵") == []
    assert town.ticket(1).status == "reported"


def test_in_private_the_one_that_is_named_is_over(town: Stage) -> None:
    town.say("老周", "3号楼电梯按钮坏了")
    town.say("老周", "4号楼垃圾桶满了")
    assert to(town.say("老周", "那个垃圾的清了"), "老周")[0].startswith("好了就好，2 号先撤了")
    town.wait(hours=4)
    assert to(town.say("老周", "好了好了"), "老周")[0].startswith("好了就好，1 号先撤了")


def test_what_somebody_mended_is_theirs_to_close_and_to_be_counted(town: Stage) -> None:
    town.say("老周", "2号楼三楼楼道灯坏了", RESIDENTS)
    said = town.say("老周", "灯换好了啊小赵，做事快的", RESIDENTS)
    assert to(said, "小赵") == ["1 号报事人说好了：灯换好了啊小赵，做事快的"]
    assert town.ticket(1).status == "reported"


def test_what_somebody_took_on_stays_theirs_to_end(town: Stage) -> None:
    town.say("老周", "9号楼停电了")
    town.say("小赵", "接单 1")
    said = town.say("老周", "来电了")
    assert to(said, "老周") == ["好，1 号您说好了，这就告诉经办的人。还没全好就再说一声。"]
    assert to(said, "小赵") == ["1 号报事人说好了：来电了"]
    assert town.ticket(1).status == "accepted"


def test_after_blows_a_word_that_all_is_well_ends_nothing_and_tells_nothing(town: Stage) -> None:
    town.say("王阿姨", "他又打我了，3号楼401")
    assert town.ticket(1).confidential
    said = town.say("王阿姨", "没事了")
    assert to(said, "王阿姨") == ["好的，知道了。"]
    assert "1 号本人说没事了。请照样私下问一声" in to(said, "小赵")[0]
    assert town.ticket(1).status == "reported"


def test_thanks_beside_it_do_not_hide_that_it_is_over(town: Stage) -> None:
    town.say("王阿姨", "8号楼2单元墙上小广告太多了")
    town.say("小赵", "接单 1")
    town.wait(hours=20)
    assert to(town.say("王阿姨", "都清干净了，谢谢小赵"), "小赵") == ["1 号报事人说好了：都清干净了，谢谢小赵"]


@pytest.mark.parametrize("words", ["辛苦了，不过隔壁那盏也坏了", "谢谢，但有点暗"])
def test_kind_words_with_a_however_close_nothing_and_are_passed_on(town: Stage, words: str) -> None:
    town.say("王阿姨", "9栋路灯坏了")
    town.say("小赵", "接单 1")
    town.say("小赵", "办结 1 换了灯泡")
    town.wait(minutes=5)
    said = town.say("王阿姨", words)
    assert to(said, "小赵") == [f"1 号报事人补充：{words}"]
    assert "没好回「还是没修」" in to(said, "王阿姨")[0]
    assert town.ticket(1).status == "resolved"


def test_an_emergency_and_what_others_suffer_too_is_looked_at_all_the_same(town: Stage) -> None:
    town.say("王阿姨", "3号楼水管爆了水哗哗的", RESIDENTS)
    town.say("王阿姨", "好了不漏了", RESIDENTS)
    town.say("李婶", "5号楼电梯坏了", RESIDENTS)
    town.say("老周", "我家也是", RESIDENTS)
    town.say("李婶", "电梯好了", RESIDENTS)
    assert [row.status for row in town.tickets()] == ["reported", "reported"]
    assert to(town.say("老周", "好了"), "老周") == ["好，您家好了，记下了，这就告诉经办 2 号的人。"]


def test_again_in_few_words(town: Stage) -> None:
    town.say("王阿姨", "电梯里一股味道", RESIDENTS)
    town.say("王阿姨", "味道散了", RESIDENTS)
    assert town.say("王阿姨", "又好了一阵", RESIDENTS) == []
    town.say("王阿姨", "又有了", RESIDENTS)
    assert [row.category for row in town.tickets()] == ["fumes", "fumes"]


@pytest.mark.parametrize("group", [None, RESIDENTS])
def test_again_behind_that_is_told_as_it_was_told_before(town: Stage, group: str | None) -> None:
    town.say("李婶", "3号楼下水道堵了", group)
    town.say("李婶", "通了", group)
    town.say("李婶", "又堵了", group)
    second = town.ticket(2)
    assert (second.category, second.place, second.status) == ("drainage", ["3号楼"], "reported")


@pytest.mark.parametrize(
    ("words", "status", "rating"),
    [("没有啊还是有水", "reported", "dissatisfied"), ("嗯好了", "closed", "satisfied")],
)
def test_said_to_be_done_and_well_or_not(town: Stage, words: str, status: str, rating: str) -> None:
    town.say("李婶", "8号楼地下室有积水")
    town.say("小赵", "接单 1")
    town.say("小赵", "办结 1 抽干了")
    town.say("李婶", words)
    assert (town.ticket(1).status, town.ticket(1).rating) == (status, rating)


# --- kinds that are no one matter


def test_a_complaint_is_no_part_of_an_advice(town: Stage) -> None:
    town.say("王阿姨", "建议小区门口加个减速带")
    said = town.say("王阿姨", "我要投诉物业，电话从来不接")
    assert all("补充到" not in text for text in to(said, "王阿姨"))
    assert town.facts(1) == ["opened"]
    town.say("王阿姨", "小区门口路灯也坏了")
    assert town.facts(1) == ["opened"]
    assert [row.kind for row in town.tickets() if row.category == "road_facility"] == ["fault"]


def test_a_complaint_of_something_else_is_no_part_of_a_tip_off(town: Stage) -> None:
    town.say("王阿姨", "举报楼上302开麻将馆")
    town.say("王阿姨", "我要投诉物业，打电话从来没人接，态度恶劣")
    assert town.facts(1) == ["opened"]
    assert to(town.say("王阿姨", "麻将声太吵了他们"), "王阿姨")[0].startswith("补充到 1 号了")


# --- where


def test_where_it_is_was_said_a_minute_ago(town: Stage) -> None:
    town.say("王阿姨", "家里暖气不热")
    town.say("王阿姨", "5号楼301")
    (heard,) = to(town.say("王阿姨", "对了楼道灯也坏了"), "王阿姨")
    assert "编号 2（房屋电梯，地点：5号楼）" in heard
    assert "地点是照您前面说的记的，不对就说一句对的。" in heard
    assert "是在哪儿" not in heard
    town.say("王阿姨", "不对是6号楼的")
    assert (town.ticket(1).place, town.ticket(2).place) == (["5号楼", "301"], ["6号楼"])


def test_the_door_goes_along_only_for_what_is_wrong_in_the_flat(town: Stage) -> None:
    town.say("王阿姨", "3-2-501水管漏了")
    town.say("王阿姨", "另外电梯有异响")
    town.say("王阿姨", "还有我家厨房下水也堵了")
    town.say("王阿姨", "还有路灯坏了")
    assert [row.place for row in town.tickets()] == [["3-2-501"], ["3号楼", "2单元"], ["3-2-501"], []]


def test_where_somebody_is_may_be_said_first(town: Stage) -> None:
    assert to(town.say("王阿姨", "我是5号楼302的"), "王阿姨") == ["好，5号楼302。那里怎么了？说一句就行，拍张照也行。"]
    (heard,) = to(town.say("王阿姨", "水龙头一直滴水"), "王阿姨")
    assert "地点：5号楼" in heard
    assert "是照您前面说的记的" in heard


def test_whose_house_it_is_not_is_not_taken_for_theirs(town: Stage) -> None:
    town.say("王阿姨", "我妈住5号楼302")
    town.say("王阿姨", "水龙头一直滴水")
    assert town.ticket(1).place == []


def test_where_is_answered_when_there_is_time_for_it(town: Stage) -> None:
    town.say("老周", "水表好像不走了")
    town.wait(minutes=70)
    assert to(town.say("老周", "就在我家啊，6栋"), "老周") == ["补充到 1 号了。"]
    assert town.ticket(1).place == ["6栋"]


# --- nobody speaks into the void


def test_whoever_asks_for_a_telephone_complains_of_nobody(town: Stage) -> None:
    assert "0571-0002" in to(town.say("王阿姨", "有没有物业电话"), "王阿姨")[0]
    assert town.tickets() == []
    town.say("王阿姨", "物业从来不接电话")
    assert [row.category for row in town.tickets()] == ["property_service"]


@pytest.mark.parametrize("words", ["我想反映个事", "跟你说个事", "有个问题想问一下", "喂", "人呢", "你好，我想报修"])
def test_whoever_knocks_is_asked_in(town: Stage, words: str) -> None:
    town.say("王阿姨", "你好")
    assert to(town.say("王阿姨", words), "王阿姨")[0].startswith("在的，您说。")


def test_another_word_gets_another_answer(town: Stage) -> None:
    town.say("王阿姨", "你好")
    for words in ("你们能管点啥", "随便看看", "这机器"):
        town.wait(minutes=2)
        assert to(town.say("王阿姨", words), "王阿姨")[0].startswith("我是机器人，只会帮着报事")
    assert town.say("王阿姨", "唉") == []  # of one breath


def test_a_photo_with_half_a_sentence(town: Stage) -> None:
    town.photo("李婶", addressed=True)
    assert to(town.say("李婶", "这个"), "李婶") == ["照片在我这儿，就差一句：在哪儿、怎么了？"]
    assert town.say("李婶", "你看嘛") == []
    (heard,) = to(town.say("李婶", "在5号楼后面"), "李婶")
    assert "编号 1（其他，地点：5号楼）" in heard
    assert heard.endswith("照片里是怎么了？再说一句，好派对人。")
    town.say("李婶", "井盖破了")
    assert (town.ticket(1).category, town.ticket(1).flagged) == ("road_facility", None)


def test_of_two_troubles_told_in_one_message_the_named_one_is_over(town: Stage) -> None:
    town.say("王阿姨", "3号楼2单元门口路灯坏了，另外5号楼的垃圾桶满了没人收", RESIDENTS)
    town.photo("王阿姨", RESIDENTS)  # goes to the last
    town.say("王阿姨", "算了，灯又亮了", RESIDENTS)
    assert {one.category: one.status for one in town.tickets()} == {
        "road_facility": "withdrawn",
        "sanitation": "reported",
    }


@pytest.mark.parametrize("words", ["师傅来了没", "怎么还没人来"])
def test_in_the_group_a_question_after_an_emergency_is_news_for_whoever_goes_there(town: Stage, words: str) -> None:
    town.say("王阿姨", "3号楼电梯困人了", RESIDENTS)
    heard = town.say("王阿姨", words, RESIDENTS)
    assert to(heard, "小赵") == [f"1 号报事人补充：{words}"]
    assert to(heard, "王阿姨") == []


def test_in_the_group_nobody_is_told_how_it_stands_with_what_was_said_in_confidence(town: Stage) -> None:
    town.say("王阿姨", "我要举报6号楼有人群租，隔成八间", RESIDENTS)
    assert town.ticket(1).confidential
    heard = town.say("王阿姨", "怎么还没人管", RESIDENTS)
    assert to(heard, RESIDENTS) == to(heard, "王阿姨") == []
