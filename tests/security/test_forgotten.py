"""Rule 8 from the outside: after talk and tickets, the tables are searched for every sentence that was said."""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import LargeBinary, String, cast, select

from bot import purge
from storage.outbox import Outbox
from storage.tables import metadata
from tests.conversations.stage import OFFICE, RESIDENTS, Stage, to

TALK = ("晚上谁一起跳广场舞", "我儿子在一中读书", "谁家的猫丢了，橘色的")
UNSURE = "楼道灯暗了点"
NAMES = ("王阿姨", "老周", "李婶", "小赵")


def everything(town: Stage) -> str:
    """Every text, JSON and binary column of every table but the memory channel's screens."""
    found: list[str] = []
    with town.app.reading() as db:
        for table in metadata.tables.values():
            if table.name in ("screens", "units", "groups"):
                continue
            columns = [c if isinstance(c.type, LargeBinary) else cast(c, String) for c in table.columns]
            found += [repr(tuple(row)) for row in db.execute(select(*columns))]
    return "\n".join(found)


def a_day_in_the_neighbourhood(town: Stage) -> list[str]:
    spoken = [
        "三号楼门口路灯坏了半个月了，我叫王秀英，电话13812345678",
        "举报：安居物业乱收费，保洁费私吞，我叫周大民",
        "补充一下，灯杆也歪了",
        "说错了，是四号楼",
    ]
    for text in TALK:
        town.say("老周", text, RESIDENTS)
    for text in spoken:
        town.say("王阿姨", text)
    staff = ["接单 1", "进展 1 师傅下午到，约了王秀英", "求助 1 要登高车，联系王秀英", "办结 1 灯泡已换"]
    for text in staff:
        town.say("小赵", text, OFFICE)
    answers = ["还是没修，晚上黑得很", "人工", "进度", "帮助", "别记我"]
    for text in answers:
        town.say("王阿姨", text)
    town.say("李婶", UNSURE, RESIDENTS)
    return [*TALK, *spoken, *staff[1:], *answers[:1], UNSURE, "王秀英", "周大民", "13812345678", *NAMES]


def test_no_table_no_log_and_no_file_has_it_in_clear(
    town: Stage, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    spoken = a_day_in_the_neighbourhood(town)
    town.say("王阿姨", "{number} {0} {said!r} %s %(x)s {{", RESIDENTS, addressed=True)
    left = everything(town)
    files = b"".join(file.read_bytes() for file in tmp_path.glob("*.db*"))
    names = " ".join(str(path) for path in tmp_path.rglob("*"))
    for sentence in spoken:
        assert sentence not in left, sentence
        assert sentence not in caplog.text, sentence
        assert sentence not in names, sentence
        assert sentence.encode() not in files, sentence


def open_texts(town: Stage) -> str:
    """What a thief with the keys would read."""
    opened = []
    with town.app.reading() as db:
        for name, columns in (("inbox", ("text",)), ("outbox", ("text",)), ("bodies", ("text",))):
            table = metadata.tables[name]
            for column in columns:
                rows = db.execute(select(table.c[column], table.c.ref).where(table.c[column].is_not(None)))
                opened += [town.app.vault.open(sealed, f"{name}.{column}", ref) for sealed, ref in rows]
    return "\n".join(opened)


def ask_about_talk(town: Stage, monkeypatch: pytest.MonkeyPatch) -> str:
    """Talk that was read as unsure, which the bot asks about, and nobody answers."""
    read = town.intake.surroundings.read
    with monkeypatch.context() as unsure:
        unsure.setattr(town.intake.surroundings, "read", lambda incoming: replace(read(incoming), band="middle"))
        said = town.say("李婶", UNSURE, RESIDENTS)
    assert any(UNSURE in line for line in to(said, "李婶"))
    return UNSURE


def test_a_question_that_quotes_talk_is_forgotten_with_it(town: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    said = ask_about_talk(town, monkeypatch)
    assert open_texts(town).count(said) == 2
    town.wait(hours=25)
    purge.purge(town.app)
    assert said not in open_texts(town)
    assert "还" not in "".join(to(town.say("李婶", "是"), "李婶"))  # and answers to it, however late, break nothing


def test_what_had_no_way_is_forgotten_too_and_not_told_later(town: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    said = ask_about_talk(town, monkeypatch)
    with town.app.writing() as db:
        for row in db.scalars(select(Outbox)):
            row.state, row.reason = "no_way", "the channel cannot speak unasked"
    town.wait(hours=25)
    purge.purge(town.app)
    assert said not in open_texts(town)
    with town.app.reading() as db:
        assert set(db.scalars(select(Outbox.state))) == {"dead"}


def test_talk_and_what_was_taken_back_are_gone_for_whoever_has_the_keys(town: Stage) -> None:
    for text in TALK:
        town.say("老周", text, RESIDENTS)
    town.say("李婶", "三号楼的事我就说到这里", RESIDENTS)
    town.say("王阿姨", "三号楼门口路灯坏了半个月了", RESIDENTS)
    town.say("小赵", "周大民这人难缠得很", OFFICE)
    town.wait(hours=25)
    purge.purge(town.app)
    kept = open_texts(town)
    assert "路灯坏了半个月" in kept
    for text in (*TALK, "我就说到这里", "难缠得很"):
        assert text not in kept


def test_a_question_lives_until_its_answer_however_short_talk_is_kept(
    town: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    object.__setattr__(town.app.settings, "keep_talk_hours", 0)
    said = ask_about_talk(town, monkeypatch)
    purge.purge(town.app)
    assert said in open_texts(town)
    town.wait(minutes=11)
    purge.purge(town.app)
    assert said not in open_texts(town)
