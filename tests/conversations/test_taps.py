"""What a tap leads to, and that nobody who writes in private is left without an answer."""

from __future__ import annotations

import pytest

from bot.channels.plain_cards import in_words
from handlers.message import Kind
from handlers.wording import desk as desk_wording
from handlers.wording import help as help_wording
from tests.conversations.doors import Doors
from tests.conversations.stage import OFFICE, RESIDENTS, Stage, to

LAMP = "三号楼门口路灯坏了半个月了"


@pytest.fixture
def lamp(town: Stage) -> Stage:
    town.say("王阿姨", LAMP)
    return town


def test_a_tap_on_reassign_asks_to_whom_and_the_bare_name_does(lamp: Stage) -> None:
    assert "1 号转给谁" in to(lamp.press("小赵", "reassign", 1), "小赵")[0]
    assert "没找到「月球」" in to(lamp.say("小赵", "月球"), "小赵")[0], "the question stays"
    assert "已转给安居物业" in to(lamp.say("小赵", "物业"), "小赵")[0]
    lamp.say("小赵", "物业")
    assert lamp.ticket(1).handovers == 1, "asked once, answered once"


def test_whoever_thinks_better_of_it_says_so(lamp: Stage) -> None:
    lamp.press("小赵", "reassign", 1)
    assert to(lamp.say("小赵", "不用"), "小赵") == ["好的，1 号没有转。"]
    lamp.say("小赵", "接单 1")
    assert lamp.ticket(1).status == "accepted"


def test_a_command_in_between_is_a_command(lamp: Stage) -> None:
    lamp.press("小赵", "reassign", 1)
    lamp.say("小赵", "接单 1")
    assert lamp.ticket(1).status == "accepted"


def test_staff_are_never_left_without_an_answer_in_private(lamp: Stage) -> None:
    assert to(lamp.say("小赵", "灯泡换了一半"), "小赵") == [help_wording.STAFF_HINT]
    assert "「进展 1 下午再去一趟看看」" in to(lamp.say("小赵", "下午再去一趟看看"), "小赵")[0]
    assert to(lamp.send("小赵", Kind.VOICE, media="test:voice"), "小赵") == [help_wording.STAFF_VOICE]
    assert to(lamp.say("小赵", "下午再去一趟看看", OFFICE), OFFICE) == []


def test_which_ticket_was_passed_on_is_asked_with_the_word_that_works(lamp: Stage) -> None:
    assert "现在没有" in to(lamp.say("小赵", "已转告"), "小赵")[0]


def test_where_buttons_stand_nothing_is_to_be_typed(lamp: Stage) -> None:
    lamp.say("小赵", "接单 1")
    lamp.say("小赵", "办结 1 灯泡已换")
    lamp.wait(minutes=1)
    [asked] = [said for said in lamp.heard if said.card and said.card.buttons and said.person == "王阿姨"]
    assert desk_wording.ANSWER_IN_WORDS in in_words(asked)
    assert "回「" not in in_words(asked, hint=False)


def test_a_claim_is_told_with_words_only_where_there_are_no_buttons(town: Stage) -> None:
    doors = Doors(town)
    town.say("新来的", "绑定 3-2-501 王五")
    [claim] = [said for said in town.heard if said.person == "小赵" and said.card]
    assert "说「" not in claim.text
    assert "回复「确认绑定" in in_words(claim)
    assert doors.claims()


def test_not_good_by_a_tap_repeats_nothing(lamp: Stage) -> None:
    lamp.say("小赵", "接单 1")
    lamp.say("小赵", "办结 1 灯泡已换")
    said = lamp.press("王阿姨", "answer:bad", 1)
    assert to(said, "小赵") == ["1 号报事人说还没好，已请梧桐社区看，可能退回请您再办。"]


@pytest.mark.parametrize("nod", ["好", "好的", "嗯", "知道了。"])
def test_a_nod_is_no_addition(lamp: Stage, nod: str) -> None:
    assert lamp.say("王阿姨", nod) == []


def test_whoever_waits_reads_where_it_stands(lamp: Stage) -> None:
    said = lamp.say("王阿姨", "怎么还没人来啊！！")
    assert "等人接手，最迟" in to(said, "王阿姨")[0]
    assert any("怎么还没人来" in text for text in to(said, "小赵"))


def test_a_voice_that_nobody_understood_is_answered_and_staff_hear_of_it(lamp: Stage) -> None:
    said = lamp.send("王阿姨", Kind.VOICE, media="test:voice")
    assert to(said, "王阿姨") == ["语音补到 1 号了，工作人员会听。"]
    assert "1 号报事人补充了语音。" in to(said, "小赵")


def test_photos_after_the_card_are_one_piece_of_news(lamp: Stage) -> None:
    told = [text for _ in range(5) for text in to(lamp.photo("王阿姨"), "小赵")]
    assert told == ["1 号报事人补充了照片。"]


def test_hello_is_answered_each_time_in_private_only(town: Stage) -> None:
    town.say("老周", "你好")
    assert to(town.say("老周", "你好"), "老周") == [help_wording.HELLO]
    assert town.say("老周", "你好", RESIDENTS) == []


@pytest.mark.parametrize("words", ["我要绑定", "怎么绑定", "绑定"])
def test_whoever_wants_to_be_bound_reads_how(lamp: Stage, words: str) -> None:
    assert "绑定 3-2-501 张桂兰" in to(lamp.say("王阿姨", words), "王阿姨")[0]


def test_a_resident_who_says_register_is_bound(town: Stage) -> None:
    doors = Doors(town)
    assert "绑定好了" in to(town.say("新来的", "登记 3-2-501 张桂兰"), "新来的")[0]
    assert doors.home_of("新来的") == doors.zhang


def test_a_life_is_met_with_warmth(town: Stage) -> None:
    (answer,) = to(town.say("老周", "我不想活了"), "老周")
    assert answer.startswith("谢谢您说出来")
    assert "12356" in answer


def test_whoever_is_on_duty_hears_of_an_emergency_at_once(town: Stage) -> None:
    town.say("王阿姨", LAMP)
    said = town.say("老周", "3号楼煤气味好大")
    assert any("🔴紧急 2" in text for text in to(said, "值班老何"))
    assert not any("路灯" in one.text for one in town.heard if one.person == "值班老何")
    assert to(town.say("派单员", "转派 2 城管执法队"), "值班老何") == []
    town.press("值班老何", "accept", 2)
    assert town.ticket(2).status == "accepted"


def test_not_content_and_why_in_one_sentence(lamp: Stage) -> None:
    lamp.say("小赵", "接单 1")
    lamp.say("小赵", "办结 1 灯泡已换")
    said = lamp.say("王阿姨", "不满意，拖了三天")
    assert lamp.ticket(1).status == "reported"
    assert "拖了三天" in to(said, "周书记")[0]


def test_a_tap_on_an_old_question_is_answered_and_changes_nothing(lamp: Stage) -> None:
    lamp.say("小赵", "接单 1")
    lamp.say("小赵", "办结 1 灯泡已换")
    lamp.press("王阿姨", "answer:bad", 1)
    assert to(lamp.press("王阿姨", "answer:good", 1), "王阿姨") == ["1 号还在办，弄好了再请您看。"]
    assert lamp.ticket(1).status == "reported"
    lamp.say("周书记", "退回重办 1")
    lamp.say("小赵", "办结 1 又换了一个")
    lamp.press("王阿姨", "answer:good", 1)
    [again] = to(lamp.press("王阿姨", "answer:good", 1), "王阿姨")
    assert "已经结案" in again
