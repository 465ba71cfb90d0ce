"""What a resident expects though nobody wrote it down."""

from __future__ import annotations

from handlers.message import Kind
from tests.conversations.stage import OFFICE, RESIDENTS, Stage, to

LAMP = "三号楼门口路灯坏了半个月了"


def test_photo_then_words_are_one_report_also_while_others_talk(town: Stage) -> None:
    town.photo("王阿姨", RESIDENTS)
    town.say("老周", "今晚吃什么", RESIDENTS)
    town.wait(minutes=2)
    said = town.say("王阿姨", LAMP, RESIDENTS)
    assert len(to(said, RESIDENTS)) == 1
    town.wait(minutes=1)
    assert town.photo("王阿姨", RESIDENTS) == []
    assert len(town.tickets()) == 1
    assert town.facts(1).count("added") == 2


def test_five_photos_in_private_get_one_question(town: Stage) -> None:
    heard = [line for _ in range(5) for line in town.photo("王阿姨")]
    assert heard == [("王阿姨", "照片收到了。再说一句：在哪儿、怎么了？")]
    town.say("王阿姨", LAMP)
    assert town.facts(1).count("added") == 5


def test_two_problems_in_one_message_are_two_tickets(town: Stage) -> None:
    said = town.say("王阿姨", "三号楼门口路灯坏了，另外五号楼的垃圾三天没人收", RESIDENTS)
    assert to(said, RESIDENTS) == ["收到，记成两件：1、2，最迟今天 17:00 有人接手。"]
    assert {row.category for row in town.tickets()} == {"road_facility", "sanitation"}


def test_talk_opens_nothing_and_is_answered_by_nothing(town: Stage) -> None:
    for text in (
        "今晚吃什么",
        "电梯修好了，谢谢师傅",
        "通知：明天上午九点到十二点停水检修",
        "谁有疏通下水道的电话",
        "出一张沙发，九成新，自提",
        "我老家也停电了",
        "手机没电了",
    ):
        assert town.say("老周", text, RESIDENTS) == [], text
    assert town.tickets() == []


def test_me_too_joins_and_hears_the_result(town: Stage) -> None:
    town.say("王阿姨", "三号楼又停水了，一滴都没有", RESIDENTS)
    said = town.say("李婶", "我家也是", RESIDENTS)
    assert to(said, RESIDENTS) == []
    assert to(said, "李婶") == ["已并入 1 号，同样会通知您。"]
    assert town.say("李婶", "+1", RESIDENTS) == []
    town.say("小赵", "接单 1")
    town.say("小赵", "办结 1 水厂已恢复")
    said = town.wait(minutes=1)
    assert to(said, "李婶")
    assert to(said, "王阿姨")
    assert len(town.tickets()) == 1


def test_nothing_private_is_repeated_in_a_group(town: Stage) -> None:
    said = town.say("王阿姨", "3-2-501家里漏水到楼下了，打我电话13812345678，我是王桂兰", RESIDENTS)
    everything_in_groups = "".join(to(said, RESIDENTS) + to(said, OFFICE))
    for secret in ("13812345678", "501"):
        assert secret not in everything_in_groups
    said = town.say("小赵", "进展 1 已打13812345678联系", OFFICE)
    assert "13812345678" not in "".join(to(said, OFFICE))


def test_progress_by_number_answers_only_those_it_concerns(town: Stage) -> None:
    town.say("王阿姨", LAMP, RESIDENTS)
    refusal = to(town.say("老周", "进度 1"), "老周")
    assert refusal == ["1 号只有报事人和经办人员能查。您报的事说「进度」就能看。"]
    assert to(town.say("老周", "进度 999"), "老周") == [refusal[0].replace("1 号", "999 号")]
    assert "等人接手" in to(town.say("王阿姨", "进度1"), "王阿姨")[0]
    assert "等人接手" in to(town.say("小赵", "进度 １"), "小赵")[0]
    said = town.say("王阿姨", "进度 1", RESIDENTS)
    assert to(said, RESIDENTS) == ["1 号已登记，等人接手，细节私下发您了。"]
    assert to(said, "王阿姨")


def test_everyday_questions_find_the_report(town: Stage) -> None:
    town.say("王阿姨", LAMP, RESIDENTS)
    assert "等人接手" in to(town.say("王阿姨", "咋样了"), "王阿姨")[0]
    assert "等人接手" in to(town.say("王阿姨", "有人管没"), "王阿姨")[0]
    assert town.say("老周", "有人管没", RESIDENTS) == []


def test_further_words_are_added_and_told_to_whoever_works_on_it(town: Stage) -> None:
    town.say("王阿姨", LAMP)
    town.say("小赵", "接单 1")
    said = town.say("王阿姨", "就在健身器材旁边那盏")
    assert to(said, "王阿姨") == ["补充到 1 号了。"]
    assert to(said, "小赵") == ["1 号报事人补充：就在健身器材旁边那盏"]


def test_a_correction_changes_the_place(town: Stage) -> None:
    town.say("王阿姨", LAMP, RESIDENTS)
    said = town.say("王阿姨", "说错了，是5号楼", RESIDENTS)
    assert to(said, RESIDENTS) == []
    assert town.ticket(1).place == ["5号楼"]
    assert "corrected" in town.facts(1)


def test_withdrawing(town: Stage) -> None:
    town.say("王阿姨", LAMP, RESIDENTS)
    town.say("小赵", "接单 1")
    said = town.say("王阿姨", "没事了，弄错了", RESIDENTS)
    assert to(said, "王阿姨") == ["好的，1 号已撤回。"]
    assert to(said, "小赵") == ["1 号报事人已撤回，不用去了。"]
    assert (town.ticket(1).status, town.ticket(1).closing) == ("withdrawn", "withdrawn")
    assert town.wait(hours=30) == []


def test_recalling_the_only_message_withdraws_an_untouched_report(town: Stage) -> None:
    town.say("王阿姨", LAMP, RESIDENTS)
    key = town.last_key
    town.send("王阿姨", Kind.RECALL, RESIDENTS, quoted=key)
    assert town.ticket(1).status == "withdrawn"


def test_nobody_else_can_recall_or_withdraw_it(town: Stage) -> None:
    town.say("王阿姨", LAMP, RESIDENTS)
    key = town.last_key
    town.send("老周", Kind.RECALL, RESIDENTS, quoted=key)
    town.say("老周", "撤回 1")
    assert town.ticket(1).status == "reported"


def test_thanks_neither_opens_nor_reopens_anything(town: Stage) -> None:
    town.say("王阿姨", LAMP, RESIDENTS)
    town.say("小赵", "接单 1")
    town.say("小赵", "办结 1 灯泡已换")
    town.say("王阿姨", "👍")
    assert town.ticket(1).status == "closed"
    town.say("王阿姨", "谢谢", RESIDENTS)
    town.say("王阿姨", "谢谢")
    assert (town.ticket(1).status, len(town.tickets())) == ("closed", 1)


def test_human_names_a_person_a_phone_and_hours(town: Stage) -> None:
    for words in ("人工", "找网格员"):
        heard = to(town.say("王阿姨", words), "王阿姨")[0]
        assert "梧桐一网格：小赵，电话 0571-0001" in heard or "0571-0003" in heard
        assert len(set(heard.splitlines())) == len(heard.splitlines())
        assert "12345" in heard
    in_group = town.say("王阿姨", "找网格员", RESIDENTS)
    assert to(in_group, RESIDENTS) == []
    assert "小赵" in to(in_group, "王阿姨")[0]


def test_a_voice_without_words_is_kept_and_flagged(town: Stage) -> None:
    said = town.send("王阿姨", Kind.VOICE, media="test:voice")
    assert "编号 1" in to(said, "王阿姨")[0]
    assert town.ticket(1).flagged == "unheard_voice"
    said = town.send("老周", Kind.VOICE, text="五号楼电梯又坏了老人下不来", media="test:voice")
    assert town.ticket(2).category == "building"


def test_a_tipoff_leaves_no_trace_in_the_group(town: Stage) -> None:
    said = town.say("老周", "我要举报，六号楼顶楼有人在违法搭建房子，天天施工", RESIDENTS)
    assert to(said, RESIDENTS) == []
    if town.tickets():
        assert town.ticket(1).confidential
        assert "老周" not in "".join(text for _, text in said if _ != "老周")


def test_the_bot_says_that_it_is_one_and_does_not_scold(town: Stage) -> None:
    assert "机器人" in to(town.say("王阿姨", "你好"), "王阿姨")[0]
    assert town.say("王阿姨", "今天天气真好啊出去走走吧") == []
    assert town.send("工单助手", Kind.SYSTEM, RESIDENTS, text=LAMP) == []
    assert town.tickets() == []


def test_the_same_platform_message_twice_is_one_ticket(town: Stage) -> None:
    first = town.say("王阿姨", LAMP, RESIDENTS, key="in:test:same")
    assert first
    assert town.say("王阿姨", LAMP, RESIDENTS, key="in:test:same") == []
    assert len(town.tickets()) == 1
