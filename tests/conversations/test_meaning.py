"""Near misses, voice, colleagues called by name; and what looks like a command without being anybody's."""

from __future__ import annotations

import pytest

from handlers.message import Kind
from tests.conversations.stage import OFFICE, RESIDENTS, Stage, to

LAMP = "三号楼门口路灯坏了半个月了"


@pytest.fixture
def lamp(town: Stage) -> Stage:
    town.say("王阿姨", LAMP, RESIDENTS)
    return town


def test_a_near_miss_is_asked_back_with_a_button_and_yes_does_it(lamp: Stage) -> None:
    assert to(lamp.say("小赵", "接但1"), "小赵")[0].startswith("您是不是要「接单 1」？")
    card = lamp.heard[-1].card
    assert card is not None
    assert (card.buttons[0].action, card.ticket) == ("accept", 1)
    assert lamp.ticket(1).status == "reported"
    lamp.say("小赵", "是")
    assert lamp.ticket(1).status == "accepted"
    lamp.say("小赵", "办洁 1 灯泡已换")
    lamp.say("小赵", "对")
    assert "灯泡已换" in to(lamp.wait(minutes=1), "王阿姨")[0]


def test_no_leaves_it(lamp: Stage) -> None:
    lamp.say("小赵", "接但1")
    lamp.say("小赵", "不是")
    lamp.say("小赵", "是")
    assert lamp.ticket(1).status == "reported"


def test_in_the_group_only_with_a_number_and_to_the_person(lamp: Stage) -> None:
    said = lamp.say("小赵", "接但1", OFFICE)
    assert to(said, OFFICE) == []
    assert "接单 1" in to(said, "小赵")[0]
    assert lamp.say("小赵", "代办", OFFICE) == []


@pytest.mark.parametrize("group", [None, RESIDENTS])
def test_residents_are_never_asked_whether_they_meant_a_command(lamp: Stage, group: str | None) -> None:
    assert not any("您是不是要" in text for _, text in lamp.say("老周", "接但1", group))


def test_a_voice_message_of_staff_is_a_command(lamp: Stage) -> None:
    lamp.send("小赵", Kind.VOICE, media="test:voice", text="接单，一号。")
    assert lamp.ticket(1).status == "accepted"
    lamp.send("小赵", Kind.VOICE, media="test:voice", text="进展 1 已联系师傅，下午到。")
    assert lamp.ticket(1).status == "in_progress"
    lamp.send("老周", Kind.VOICE, media="test:voice", text="办结一号。")
    assert lamp.ticket(1).status == "in_progress"


# --- a colleague by name


@pytest.mark.parametrize(
    ("said", "who"),
    [
        ("@物业小刘 1 看一下", "小刘"),
        ("@小刘 1号麻烦处理下", "小刘"),
        ("@小钱 接单 1", "小钱"),
        ("@小刘 @小赵 1 看一下", "小刘"),
    ],
)
def test_a_ticket_goes_to_the_colleague_who_is_called(lamp: Stage, said: str, who: str) -> None:
    heard = lamp.say("小赵", said, OFFICE)
    assert any("已转给" in text and who in text for text in to(heard, OFFICE)), heard
    assert "reassigned" in lamp.facts(1)


def test_beside_a_quoted_card_no_number_is_needed(lamp: Stage) -> None:
    lamp.say("小赵", "@小刘 这个看一下", OFFICE, quoted=lamp.card(1, OFFICE))
    assert "reassigned" in lamp.facts(1)


def test_a_name_that_is_nobodys_is_asked_back(lamp: Stage) -> None:
    assert "没找到「张三丰」" in to(lamp.say("小赵", "@张三丰 1 看一下", OFFICE), OFFICE)[0]
    assert lamp.facts(1).count("reassigned") == 0


@pytest.mark.parametrize(
    "said",
    [
        "@小刘 1 分钟后开会",
        "@小刘 1 点去看看",
        "@小刘 办结 1 了吗",
        "@小刘 撤销 1 吧",
        "@所有人 1 看一下",
        "@小刘 77 看一下",
        "@小刘 今天几点下班",
    ],
)
def test_other_words_to_a_colleague_change_nothing(lamp: Stage, said: str) -> None:
    lamp.say("小赵", "接单 1")
    before = lamp.facts(1)
    lamp.say("小赵", said, OFFICE)
    assert lamp.facts(1) == before


def test_a_resident_calls_nobody_to_a_ticket(lamp: Stage) -> None:
    lamp.say("老周", "@小刘 1 看一下", RESIDENTS)
    assert lamp.facts(1).count("reassigned") == 0


# --- whose words a command is


@pytest.mark.parametrize(
    "said",
    [
        "「小赵：接单 1」\n- - - - - - - - - -\n这个接了吗",
        "小赵：接单 1",
        "转发：接单 1",
        "“接单 1”",
        "> 接单 1",
        "[转发] 办结 1 弄好了",
        "他说接单 1 了",
    ],
)
@pytest.mark.parametrize("group", [None, OFFICE])
def test_what_is_quoted_or_passed_on_is_no_command(lamp: Stage, said: str, group: str | None) -> None:
    before = lamp.facts(1)
    lamp.say("小钱", said, group)
    assert lamp.facts(1) == before


def test_a_passed_on_record_and_a_nickname_are_no_commands(lamp: Stage) -> None:
    before = lamp.facts(1)
    lamp.say("小钱", "小赵 3月2日 09:00\n接单 1\n老周 3月2日 09:01\n办结 1 好了")
    lamp.say("接单 1", "早上好", OFFICE)  # it is what they are called
    lamp.say("小钱", "@接单 1", OFFICE)
    lamp.say("小钱", "@小赵 接单 早", OFFICE, mentions=("小赵 接单 早",))
    lamp.say("小钱", "@阿东 接单 早", OFFICE, mentions=("阿东 接单 早",))
    lamp.send("小钱", Kind.LINK, OFFICE, text="接单 1")
    lamp.send("小钱", Kind.FILE, text="办结 1 弄好了")
    assert lamp.facts(1) == before


def test_what_a_quoted_message_says_is_not_read_as_the_speakers_word(lamp: Stage) -> None:
    lamp.say("老周", "接单 1", RESIDENTS)
    key = lamp.last_key
    lamp.say("小赵", "这个谁来看看", OFFICE, quoted=key)
    assert lamp.ticket(1).status == "reported"
