"""Questions are answered from the deployment's own list, advice and praise within five working days; else silence."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from sqlalchemy import select

from handlers.rules.deadlines import LOCAL, Policy
from storage.listening import Answer
from storage.office import Entry, write_answers
from storage.people import Unit
from tests.conversations.stage import ESTATE, OFFICE, RESIDENTS, Stage, to

CARD = "老年卡怎么办"


def tell(town: Stage, *entries: tuple[str | None, str, str, date | None]) -> None:
    """Writes answers: unit's name, question, answer, last day."""
    with town.app.writing() as db:
        named = {unit.name: unit.id for unit in db.query(Unit)}
        rows = [
            Entry(named[unit] if unit else None, question, (), answer, "民政办，电话 000-5550217", until)
            for unit, question, answer, until in entries
        ]
        write_answers(db, rows, town.app.clock.now(db))


def test_a_question_is_answered_with_source_and_date(town: Stage) -> None:
    tell(town, (None, CARD, "满 60 岁带身份证到社区办。", date(2027, 12, 31)))
    [said] = to(town.say("王阿姨", "我妈满六十了，老年卡去哪办？"), "王阿姨")
    assert said.startswith("满 60 岁带身份证到社区办。")
    assert "民政办" in said
    assert "2026年3月2日更新，2027年12月31日前有效" in said
    assert to(town.say("王阿姨", "老年证怎么申请", RESIDENTS, addressed=True), RESIDENTS) == [said]
    assert town.say("王阿姨", "老年卡怎么办", RESIDENTS) == []
    assert town.tickets() == []


def test_the_nearest_unit_has_the_word_and_what_is_over_is_not_said(town: Stage) -> None:
    tell(town, (None, "停车月卡多少钱", "一般 300 元。", None), (ESTATE, "停车月卡多少钱", "本小区 260 元。", None))
    tell(town, (None, CARD, "旧办法。", date(2026, 3, 1)))
    assert "260" in to(town.say("王阿姨", "停车包月多少钱"), "王阿姨")[0]
    [said] = to(town.say("王阿姨", "请问老年卡怎么办"), "王阿姨")
    assert "旧办法" not in said


def test_what_was_written_anew_is_said_from_then_on(town: Stage) -> None:
    tell(town, (None, CARD, "满 60 岁办。", None))
    assert to(town.say("王阿姨", "老年卡怎么办"), "王阿姨")[0].startswith("满 60 岁办。")
    tell(town, (None, CARD, "满 65 岁办。", date(2026, 3, 2)))
    assert to(town.say("老周", "老年卡怎么办"), "老周")[0].startswith("满 65 岁办。")
    town.wait(days=1)
    assert "满 65 岁" not in to(town.say("李婶", "请问老年卡怎么办"), "李婶")[0]
    with town.app.writing() as db:
        write_answers(db, [], town.app.clock.now(db), replace=True)
        assert not db.scalars(select(Answer)).all()
    assert "满 65 岁" not in to(town.say("刘姐", "请问老年卡怎么办"), "刘姐")[0]


def test_nothing_fits_then_people_phones_and_hours(town: Stage) -> None:
    [said] = to(town.say("王阿姨", "请问护照在哪里办"), "王阿姨")
    assert said.startswith("这个我没有准话")
    assert all(part in said for part in ("0571-0001", "0571-0002", "12345", "每天 8:30–17:30"))
    assert town.tickets() == []


def test_of_two_that_fit_one_is_chosen_by_number(town: Stage) -> None:
    tell(town, (None, "老年卡怎么办", "带身份证。", None), (None, "老年卡怎么补办", "带旧卡。", None))
    [said] = to(town.say("王阿姨", "老年卡"), "王阿姨")
    assert said.splitlines()[0] == "您想问的是："
    number = next(line[0] for line in said.splitlines() if "补办" in line)
    assert to(town.say("王阿姨", "9"), "王阿姨") != ["带旧卡。"]
    assert to(town.say("王阿姨", number), "王阿姨")[0].startswith("带旧卡。")


@pytest.mark.parametrize("said", ["三号楼电梯坏了怎么办", "二单元燃气味特别大，怎么办啊", "路灯不亮了，谁来管"])
def test_a_trouble_that_asks_is_a_report(town: Stage, said: str) -> None:
    tell(town, (None, "老小区加装电梯怎么办", "找社区。", None), (None, "燃气怎么开通", "找燃气公司。", None))
    town.say("王阿姨", said)
    assert len(town.tickets()) == 1


def test_advice_has_no_lights_and_its_answer_is_heard(town: Stage) -> None:
    heard = town.say("王阿姨", "我建议把快递柜挪到东门，大家拿着方便")
    due = datetime(2026, 3, 9, 17, 30, tzinfo=LOCAL)
    ticket = town.ticket(1)
    assert (ticket.kind, ticket.accept_due, ticket.policy) == ("advice", due, Policy().mark)
    assert "编号 1" in to(heard, "王阿姨")[0]
    assert "新建议 1" in to(heard, "小赵")[0]
    assert town.wait(days=4) == []
    assert "1 建议" in to(town.say("小赵", "待办"), "小赵")[0]
    town.say("小赵", "接单 1")
    assert town.wait(hours=20) == []
    assert to(town.say("小赵", "答复 1 已和物业商量，下月就挪"), "王阿姨") == []
    assert to(town.wait(minutes=1), "王阿姨") == ["您的建议 1 号有答复了：已和物业商量，下月就挪"]
    assert (town.ticket(1).status, town.ticket(1).closing) == ("closed", "explained")
    assert to(town.say("小赵", "答复 1 再说一遍"), "小赵")[0] == "1 号已经办结过了，现在是已结案。"


def test_praise_is_passed_on_and_an_empty_answer_is_asked_back(town: Stage) -> None:
    town.say("老周", "我要表扬保洁王师傅，楼道天天拖得干干净净")
    assert town.ticket(1).kind == "praise"
    assert "请写一句答复" in to(town.say("小赵", "答复 1"), "小赵")[0]
    town.say("小赵", "答复 1 已转告王师傅，谢谢您")
    assert to(town.wait(minutes=1), "老周") == ["您的表扬 1 号有回话了：已转告王师傅，谢谢您"]


@pytest.mark.parametrize("said", ["我建议把快递柜挪到东门", "表扬一下保洁王师傅", "医保怎么交啊", "谁知道居住证去哪办"])
def test_unaddressed_in_a_group_it_is_nothing(town: Stage, said: str) -> None:
    assert town.say("王阿姨", said, RESIDENTS) == []
    assert town.tickets() == []


def test_a_proposal_without_words_is_asked_for_them(town: Stage) -> None:
    assert to(town.say("王阿姨", "提个建议"), "王阿姨") == ["好的，您说：建议改什么、在哪儿？一句话就行。"]
    assert town.tickets() == []
    assert to(town.say("小赵", "收到", OFFICE), OFFICE) == []
