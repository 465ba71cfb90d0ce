"""The secretary whose hand shakes after the last word: stops it, lets it go on, is too late, corrects, reminds."""

from __future__ import annotations

from storage.notices import Notice
from tests.conversations.stage import Stage, to
from tests.conversations.test_composing import ZHOU, heard, made, sent


def begun(town: Stage, words: str = "通知 周六上午 9 点清洗水箱") -> str:
    """Confirmed, and not sent yet; what was answered."""
    return heard(town, heard(town, words).splitlines()[-1])


def numbers(town: Stage) -> list[tuple[str, str]]:
    """Each notice by what it is for, and how it stands."""
    with town.app.reading() as db:
        return [(row.purpose, row.state) for row in db.query(Notice).order_by(Notice.id)]


def test_stops_goes_on_is_too_late_corrects_and_reminds(town: Stage) -> None:
    begun(town)
    assert "1 号通知暂停了" in heard(town, "暂停通知")
    assert sent(town) == []
    assert "已经是暂停的" in heard(town, "暂停通知１")
    assert "接着发" in heard(town, "继续通知 1")
    assert "没有暂停" in heard(town, "继续通知 1")
    first = sent(town)
    assert first
    assert len(first) == len(set(first)), "each once"
    assert "已经发完了，取消不了" in heard(town, "取消通知 1")
    correction = heard(town, "更正通知 1 周日上午 9 点清洗水箱")
    assert f"只发给可能收到过 1 号的 {len(first)} 户" in correction
    heard(town, correction.splitlines()[-1])
    assert sent(town) == sorted(first * 2)
    assert "排好了" in heard(town, "催看通知 1 每天9点 共2次", "确认催看 1")
    said = town.wait(days=1, hours=1)
    assert f"这次发给还没看的 {len(first)} 户" in to(said, ZHOU)[-1]
    assert sent(town) == sorted(first * 3)
    assert "后面不再催了" in heard(town, "取消催看 1")
    town.wait(days=2)
    assert sent(town) == sorted(first * 3)
    assert numbers(town) == [("first", "done"), ("correct", "done"), ("remind", "done")]


def test_at_night_nothing_goes_and_what_is_called_off_stays_off(town: Stage) -> None:
    town.wait(hours=13)
    assert "3月3日 07:30" in begun(town)
    assert sent(town) == []
    assert "先停下了" in heard(town, "取消通知 1")
    assert "没发的不再发" in heard(town, "确认取消 1")
    assert "已经取消了" in heard(town, "确认取消 1")
    town.wait(hours=12)
    assert sent(town) == []
    assert made(town) == [(1, "cancelled")]


def test_whoever_wants_no_notices_gets_none_but_the_grave_ones(town: Stage) -> None:
    begun(town)
    everybody = sent(town)
    one = everybody[0]
    assert "普通通知以后不发到您这里" in to(town.say(one, "不收通知"), one)[-1]
    begun(town)
    spared = sent(town)
    assert spared.count(one) == 1
    assert len(spared) == 2 * len(everybody) - 1
    begun(town, "发重要通知 周日全天检修电梯")
    assert sent(town).count(one) == 2


def test_residents_and_other_staff_cannot_stop_it(town: Stage) -> None:
    begun(town)
    for who in ("王阿姨", "小赵"):
        town.say(who, "暂停通知 1")
        town.say(who, "确认取消 1")
    assert sent(town)
    assert made(town) == [(1, "done")]
