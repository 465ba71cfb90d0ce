"""A nervous administrator writes to every household for the first time: nothing goes before the last word, and once."""

from __future__ import annotations

import re

from bot import notices
from handlers.message import Kind
from storage.media import Media
from storage.notices import Notice
from tests.conversations.stage import OFFICE, RESIDENTS, Stage, to

ZHOU = "周书记"
HOUSEHOLD = re.compile(r"notice:\d+:\d+:\d+:")  # how a household's message is named


def heard(town: Stage, *said: str) -> str:
    """What the secretary hears in private to the last of these."""
    answers = [to(town.say(ZHOU, words), ZHOU) for words in said]
    return "\n".join(answers[-1])


def sent(town: Stage) -> list[str]:
    """Who got a notice by now."""
    while notices.run_due(town.app):
        pass
    said = [*town.heard, *town._ear.said]
    return sorted(message.person or "" for message in said if HOUSEHOLD.match(message.key))


def made(town: Stage) -> list[tuple[int, str]]:
    with town.app.reading() as db:
        return [(row.number, row.state) for row in db.query(Notice).order_by(Notice.id)]


def test_with_shaking_hands(town: Stage) -> None:
    town.say("王阿姨", "三号楼门口路灯不亮", RESIDENTS)
    assert "哪一种？回数字" in heard(town, "通知")
    assert "写内容" in heard(town, "1")
    # A resident's matter comes in between: what is plainly a command is one, and the draft waits.
    assert "已接单" in heard(town, "接单 1") or "接" in heard(town, "待办")
    town.say(ZHOU, "收到", OFFICE)
    assert "是哪个单位说的？" in heard(town, "明天九点到十七点停水，请提前备水。")
    assert "还缺电话" in heard(town, "自来水公司")
    assert "有图片、语音" in heard(town, "自来水公司 96110")
    with town.app.writing() as db:
        voice = Media(sha256="x", mime="audio/amr", bytes=b"x", created_at=town.app.clock.wall())
        db.add(voice)
        db.flush()
        ref = voice.ref
    assert "语音收到" in to(town.send(ZHOU, Kind.VOICE, media=f"media:{ref}"), ZHOU)[0]
    assert "有效期我看是：3月3日 09:00 到 17:00" in heard(town, "没有")
    assert "发给谁" in heard(town, "对")
    assert "没有找到「9号楼」" in heard(town, "9号楼")
    assert "有图片、语音" in heard(town, "上一步", "上一步"), "back twice"
    preview = heard(town, "没有", "对", "全体")
    line = preview.splitlines()[-1]
    assert line.startswith("确认发送 1 ")
    households = line.rpartition(" ")[2]
    assert heard(town, "确认发送").startswith("要确认哪一条")
    assert "户数对不上" in heard(town, "确认发送 1 9999户")
    assert "【试看】" in heard(town, "试发")
    assert "改好了，请再看一遍" in heard(town, "修改 1 明天九点到十七点停水，请提前备水，老人家里我们送水。")
    assert made(town) == [(1, "draft")]
    assert sent(town) == [], "a hundred looks send nothing"
    assert f"开始发给 {households[:-1]} 户" in heard(town, line)
    assert "不会重复发" in heard(town, line)
    first = sent(town)
    assert first
    assert len(first) == len(set(first)), "each once"
    assert "不会重复发" in heard(town, line)
    assert sent(town) == first
    assert made(town) == [(1, "done")]


def test_what_a_resident_or_a_grid_worker_says_starts_nothing(town: Stage) -> None:
    for who in ("王阿姨", "小赵"):
        town.say(who, "通知 明天停水")
        town.say(who, "确认发送 1 1户")
        town.say(who, "1")
    assert made(town) == []
    heard(town, "通知 周六清洗水箱")
    assert "要由" in to(town.say("小赵", "确认发送 1 1户"), "小赵")[0]
    assert made(town) == [(1, "draft")]
