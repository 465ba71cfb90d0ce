"""What somebody tells the bot alone: a report opens at once, what is most likely a story is asked about."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import select

from handlers.hearing import offering
from handlers.message import Incoming
from nlp.reading import Band, Reading, ReadingContext, read
from storage.people import Post, Role, Staff
from tests.conversations.stage import RESIDENTS, Stage, to

Hearing = Callable[..., None]
LEAK, FIRE = "楼上漏水了", "三楼着火了"
LIVED, FILM = "我以前住的地方也漏水", "电视里有个厂房整个着火了"
SHAKY = "那个东西好像又有点松了，大家走路都要绕一下"


@pytest.fixture
def hearing(town: Stage, monkeypatch: pytest.MonkeyPatch) -> Hearing:
    """Has words read as if they were others, as surely as this, whatever the reader has learned by now."""
    heard: dict[str, Reading] = {}
    known = town.intake.surroundings.read

    def by_door(incoming: Incoming) -> Reading:
        return heard.get(incoming.text) or known(incoming)

    def again(words: str, context: ReadingContext) -> Reading:
        return heard.get(words) or read(words, context)

    def as_if(words: str, other: str, confidence: float = 0.999) -> None:
        reading = read(other, ReadingContext(addressed=True))
        high = confidence >= 0.8
        band: Band = "high" if high else "middle"
        parts = tuple(replace(part, place=(), named=high) for part in reading.parts)
        heard[words] = replace(reading, confidence=confidence, band=band, is_report=high, place=(), parts=parts)

    monkeypatch.setattr(town.intake.surroundings, "read", by_door)
    monkeypatch.setattr(offering, "read", again)
    return as_if


def answer(town: Stage, words: str, who: str = "王阿姨") -> str:
    return "\n".join(to(town.say(who, words), who))


def opened(town: Stage) -> list[str]:
    return [ticket.category for ticket in town.tickets()]


@pytest.mark.parametrize("told", ["灯坏了", LEAK, "没热水", "有味道", "三号楼的路灯不亮了", "三号楼门口那个灯有点暗"])
def test_a_plain_report_opens_without_a_question(town: Stage, told: str) -> None:
    assert "立单" not in answer(town, told)
    assert len(opened(town)) == 1


@pytest.mark.parametrize(
    "told",
    [
        LIVED,
        "我妈从柳州发视频，讲柳江涨水了",
        "昨天梦到停电，灯一盏都不亮",
        "电视上说有个小区的水管爆了",
        "年轻的时候住平房，一下雨屋里就漏水",
        "我老家那边路灯坏了好几盏",
        "我在老城住的时候，天天半夜漏水，现在想想也过来了",
    ],
)
def test_a_story_is_asked_about_however_sure_the_reader_is(town: Stage, hearing: Hearing, told: str) -> None:
    hearing(told, LEAK)
    asked = answer(town, told)
    assert "要给您立单吗" in asked
    assert "119" not in asked
    assert opened(town) == []
    answer(town, "是")
    assert opened(town) == ["building"]


@pytest.mark.parametrize(
    "told", ["我以前住的地方也漏水，现在三号楼又漏", "梦里都是滴水声，我家又漏了", "小时候就住这楼，301一直漏水"]
)
def test_what_is_so_here_and_now_is_no_story(town: Stage, hearing: Hearing, told: str) -> None:
    hearing(told, LEAK)
    answer(town, told)
    assert opened(town) == ["building"]


def test_what_is_hardly_like_a_report_is_asked_about_and_may_be_declined(town: Stage, hearing: Hearing) -> None:
    hearing(SHAKY, LEAK, 0.6)
    assert "要给您立单吗" in answer(town, SHAKY)
    assert "不登记" in answer(town, "不用")
    answer(town, "是")
    assert opened(town) == []


def test_where_it_is_said_behind_the_question_is_a_yes(town: Stage, hearing: Hearing) -> None:
    hearing(SHAKY, LEAK, 0.6)
    answer(town, SHAKY)
    answer(town, "三号楼二单元")
    assert opened(town) == ["building"]
    assert "三号楼" in town.ticket(1).place[0]


@pytest.mark.parametrize("photo_first", [True, False])
def test_a_photo_beside_it_is_a_yes(town: Stage, hearing: Hearing, photo_first: bool) -> None:
    hearing(SHAKY, LEAK, 0.6)
    if photo_first:
        town.photo("王阿姨")
    answer(town, SHAKY)
    if not photo_first:
        town.photo("王阿姨")
    assert opened(town) == ["building"]


def test_told_again_plainly_a_good_behind_it_opens_nothing_more(town: Stage, hearing: Hearing) -> None:
    hearing(SHAKY, LEAK, 0.6)
    answer(town, SHAKY)
    answer(town, "三号楼二单元楼道的扶手松了")
    answer(town, "好的")
    assert len(opened(town)) == 1


@pytest.mark.parametrize("told", ["三楼着火了", "我妈那边着火了，她一个人在家", "老家那边煤气漏了，快叫人"])
def test_danger_opens_and_rings_also_for_somebody_far_away(town: Stage, hearing: Hearing, told: str) -> None:
    hearing(told, FIRE)
    assert "119" in answer(town, told)
    assert [ticket.urgency for ticket in town.tickets()] == ["emergency"]


@pytest.mark.parametrize("told", [FILM, "38度，我整个人着火"])
def test_danger_that_sounds_like_a_story_is_asked_with_the_number_first_and_told_to_whoever_is_on_duty(
    town: Stage, hearing: Hearing, told: str
) -> None:
    with town.app.writing() as db:
        staff = db.scalars(select(Staff).join(Post).where(Post.role == Role.COMMUNITY)).first()
        assert staff is not None
        db.add(Post(staff_id=staff.id, unit_id=staff.posts[0].unit_id, role=Role.DUTY))
    hearing(told, FIRE)
    heard = town.say("王阿姨", told)
    (asked,) = to(heard, "王阿姨")
    assert asked.startswith("要是正有危险，先打 119")
    assert "要给您立单吗" in asked
    assert any("可能紧急，还没立单" in text and told in text for text in to(heard, "周书记"))
    answer(town, "是")
    assert [ticket.urgency for ticket in town.tickets()] == ["emergency"]


def test_such_a_joke_rings_no_bell_in_a_quiet_group_either(town: Stage, hearing: Hearing) -> None:
    hearing("38度，我整个人着火", FIRE)
    heard = town.say("王阿姨", "38度，我整个人着火", RESIDENTS)
    assert opened(town) == []
    assert any("可能紧急，还没立单" in text for _, text in heard)
    assert any(text.startswith("要是正有危险，先打 119") for text in to(heard, "王阿姨"))


def test_what_is_said_to_it_in_a_group_is_asked_about_too(town: Stage, hearing: Hearing) -> None:
    hearing(LIVED, LEAK)
    heard = town.say("王阿姨", LIVED, RESIDENTS, addressed=True)
    assert opened(town) == []
    assert to(heard, "王阿姨")


def test_a_tip_off_is_never_asked_about(town: Stage, hearing: Hearing) -> None:
    told = "以前住我那栋的老板在出租屋里开赌局，我举报他"
    hearing(told, "举报3号楼201违建搭阳光房，楼板都打穿了")
    answer(town, told)
    assert [ticket.confidential for ticket in town.tickets()] == [True]


# --- days later


def test_the_same_lamp_a_day_later_is_that_lamp(town: Stage) -> None:
    answer(town, "三号楼门口的路灯不亮了")
    town.wait(hours=26)
    assert "补充到 1 号" in answer(town, "路灯还是不亮，走路都看不见")
    assert len(opened(town)) == 1


@pytest.mark.parametrize("told", ["五号楼门口的路灯不亮了", "另外一盏路灯也不亮了", "五号楼二单元电梯坏了"])
def test_another_place_or_matter_a_day_later_opens(town: Stage, told: str) -> None:
    answer(town, "三号楼门口的路灯不亮了")
    town.wait(hours=26)
    answer(town, told)
    assert len(opened(town)) == 2


def test_danger_that_comes_again_a_day_later_rings_again(town: Stage) -> None:
    answer(town, "三号楼有煤气味，好大")
    town.say("小赵", "接单 1")  # else the clock rings for a day
    town.wait(hours=26)
    assert "119" in answer(town, "三号楼又有煤气味了，好大")
    assert len(opened(town)) == 2


MOTHERS = "我妈家停水了，3号楼"


def test_a_yes_behind_something_else_is_asked_what_it_is_a_yes_to_once(town: Stage) -> None:
    town.say("王阿姨", MOTHERS, RESIDENTS)
    town.say("王阿姨", "哎呀我也说不清楚随便吧")
    assert to(town.say("王阿姨", "是"), "王阿姨") == [
        f"您是说要登记「{MOTHERS}」吗？要的话再回一次「是」，不要回「不用」。"
    ]
    assert town.tickets() == []
    town.say("王阿姨", "是")
    assert len(town.tickets()) == 1


@pytest.mark.parametrize(("between", "yes"), [("哎呀我也说不清楚随便吧", "要的，帮我登记"), ("", "是")])
def test_a_plain_yes_is_one(town: Stage, between: str, yes: str) -> None:
    town.say("王阿姨", MOTHERS, RESIDENTS)
    if between:
        town.say("王阿姨", between)
    town.say("王阿姨", yes)
    assert len(town.tickets()) == 1
