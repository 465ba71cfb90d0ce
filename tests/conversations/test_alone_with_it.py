"""An old or frightened person alone with the bot: second thoughts, doubts, goodbyes, numbers, and a heavy heart."""

from __future__ import annotations

import pytest

from tests.conversations.stage import OFFICE, RESIDENTS, Stage, to


def answer(town: Stage, words: str, who: str = "李婶") -> str:
    return "\n".join(to(town.say(who, words), who))


# --- second thoughts


@pytest.mark.parametrize("words", ["不用了，我儿子修好了", "算了不麻烦你们了", "算了，别麻烦大家了", "不用了 来水了"])
def test_who_needs_nobody_any_more_takes_it_back(town: Stage, words: str) -> None:
    answer(town, "我家马桶堵了 5号楼301")
    assert "撤" in answer(town, words)
    assert town.ticket(1).status == "withdrawn"


@pytest.mark.parametrize("words", ["半个月不亮了", "都好几天不亮了", "一直不亮了啊", "还是不亮"])
def test_a_lamp_that_burns_no_more_is_not_well_again(town: Stage, words: str) -> None:
    answer(town, "三号楼门口路灯坏了")
    lines = town.say("李婶", words)
    assert town.ticket(1).status == "reported"
    assert "这句没听懂" not in "".join(to(lines, "李婶"))


@pytest.mark.parametrize("words", ["没来过人", "没人来过", "没有人来啊", "一个人影都没有"])
def test_who_says_that_nobody_came_is_heard(town: Stage, words: str) -> None:
    answer(town, "三号楼门口路灯坏了")
    town.wait(hours=3)
    lines = town.say("李婶", words)
    assert "话已转给经办的人" in "".join(to(lines, "李婶"))
    assert any(words in text for text in to(lines, "小赵"))


# --- an emergency that is taken back


@pytest.mark.parametrize("chat", [RESIDENTS, None])
def test_whoever_was_rung_hears_that_an_emergency_is_taken_back(town: Stage, chat: str | None) -> None:
    town.say("老周", "着火了 5号楼", chat)
    lines = town.say("老周", "虚惊一场，是熏腊肉", chat)
    for who in ("小赵", "值班老何"):
        assert any("撤回了" in text and "熏腊肉" in text for text in to(lines, who))
    (line,) = to(lines, OFFICE)
    assert "撤回了" in line
    assert "熏腊肉" not in line


def test_so_does_whoever_holds_it_and_who_was_rung_where_no_desk_is_known(town: Stage) -> None:
    town.say("张大爷", "救命")
    lines = town.say("张大爷", "误会 按错了")
    assert any("撤回了" in text for text in to(lines, "值班老何"))


def test_nobody_is_sent_to_fence_somebody_who_fell(town: Stage) -> None:
    lines = town.say("张大爷", "救命")
    (card,) = to(lines, "值班老何")
    assert card.startswith("🔴紧急")
    assert "围起来" not in card


# --- who is there


@pytest.mark.parametrize(
    "words",
    ["你到底是人还是机器", "你是骗子吧", "是真人吗", "你是不是机器人啊", "这是机器人吧", "你们是诈骗吧", "你是客服吗"],
)
def test_who_asks_what_it_is_is_told_also_in_the_middle_of_a_report(town: Stage, words: str) -> None:
    answer(town, "三号楼门口路灯坏了")
    lines = town.say("李婶", words)
    assert "是个机器人" in "".join(to(lines, "李婶"))
    assert to(lines, "小赵") == []


@pytest.mark.parametrize("words", ["再见", "好 就这样 再见", "拜拜", "谢谢您再见", "行，先这样，回头见"])
def test_a_goodbye_is_no_addition(town: Stage, words: str) -> None:
    answer(town, "三号楼门口路灯坏了")
    lines = town.say("李婶", words)
    assert [who for who, _ in lines] == ["李婶"]


@pytest.mark.parametrize("words", ["我要找人", "找个人帮帮我", "找小赵", "我想找周书记", "联系一下小赵"])
def test_who_wants_a_person_gets_one(town: Stage, words: str) -> None:
    assert "电话 0571-0001" in answer(town, words)


@pytest.mark.parametrize(
    ("words", "number"),
    [
        ("急救电话是多少", "120"),
        ("派出所电话是多少", "110"),
        ("供电局电话", "95598"),
        ("消防队电话多少", "119"),
        ("燃气公司电话", "0571-0001"),
        ("物业电话", "0571-0001"),
        ("投诉电话多少", "0571-0001"),
        ("国庆几号上班", "0571-0001"),
        ("春节什么时候收假", "0571-0001"),
        ("国庆你们社区有人值班吗", "0571-0001"),
    ],
)
def test_a_number_that_is_asked_for_is_named_first_and_opens_nothing(town: Stage, words: str, number: str) -> None:
    said = answer(town, words)
    assert number in said.splitlines()[0] + said.splitlines()[1]
    assert town.tickets() == []


@pytest.mark.parametrize("words", ["孩子给我买了个新手机", "我在打电话", "电梯里的电话坏了"])
def test_talk_of_telephones_asks_for_none(town: Stage, words: str) -> None:
    assert "可以找" not in answer(town, words)


# --- a heavy heart


@pytest.mark.parametrize(
    "words", ["我心里难受", "孩子都不管我", "一个人好孤单", "没人陪我说话", "老伴走了以后心里空落落的", "我好怕"]
)
def test_a_heavy_heart_is_answered_by_whoever_listens(town: Stage, words: str) -> None:
    answer(town, "你好")
    lines = town.say("李婶", words)
    (said,) = to(lines, "李婶")
    assert "12356" in said
    assert [who for who, _ in lines] == ["李婶"]
    assert town.tickets() == []


def test_what_follows_a_place_within_the_breath_is_no_wrong_word(town: Stage) -> None:
    assert "那里怎么了" in answer(town, "3号楼")
    assert answer(town, "四单元") == ""


# --- a child on its parents' telephone


@pytest.mark.parametrize(
    "words",
    [
        "我找不到回家的路了",
        "阿姨我迷路了，我在公园这里",
        "叔叔我跟奶奶走散了",
        "我是小朋友，我被锁在家里了",
        "我弟弟被锁在房间里了",
        "爸爸妈妈在打架",
        "我爸妈打起来了",
        "妈妈打我打得好疼",
        "爸妈吵架了我好害怕",
        "我一个人在家 有人敲门",
        "有个叔叔要带我走",
    ],
)
def test_a_child_in_need_is_heard(town: Stage, words: str) -> None:
    lines = town.say("李婶", words)
    assert "110" in "".join(to(lines, "李婶"))
    assert any(words in text for text in to(lines, "值班老何"))
    assert town.ticket(1).urgency == "emergency"


@pytest.mark.parametrize(
    "words",
    [
        "我找不到物业的电话",
        "找不到停车位了",
        "我被锁在门外了",
        "我不认识路 3号楼在哪",
        "我爸妈在打麻将",
        "我妈打我电话没接到",
        "爸妈当年也打架",
        "晚上走楼道没灯我害怕",
        "有人敲门收物业费",
    ],
)
def test_what_only_sounds_like_it_rings_nobody(town: Stage, words: str) -> None:
    assert to(town.say("李婶", words), "值班老何") == []


@pytest.mark.parametrize("said", ["我头晕", "身上不舒服", "我有点不舒服", "老头子发烧了"])
def test_whoever_is_unwell_is_told_whom_to_call_and_not_how_to_report_a_lamp(town: Stage, said: str) -> None:
    [answer] = to(town.say("李婶", said), "李婶")
    assert answer.startswith("身上不舒服别硬撑，先打 120")
    assert town.tickets() == []
