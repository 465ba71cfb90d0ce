"""A day at the desk, told from nine in the morning: two grid workers, a secretary, a property company, a street.

Each line is said through the real pipeline; what is heard is what people would read on their phones.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conversations.offices import LEADER, with_departments
from tests.conversations.stage import OFFICE, RESIDENTS, Stage, clock_time, to

FIREMAN = "马队"


@pytest.fixture
def town(tmp_path: Path, database_url: str) -> Iterator[Stage]:
    """The town with its departments, a leader of the street and a district above."""
    stage = with_departments(Stage(tmp_path, database_url), district=True)
    yield stage
    stage.app.close()


def test_a_day_at_the_desk(town: Stage) -> None:
    # Nine o'clock. The secretary writes the night's duty down, and the first report comes in.
    assert "小钱" in to(town.say("周书记", "值班 今晚 20:00-08:00 小钱"), "周书记")[0]
    said = town.say("王阿姨", "三号楼门口路灯坏了半个月了，晚上看不见", RESIDENTS)
    assert to(said, RESIDENTS) == ["收到，已登记，编号 1，最迟今天 17:00 有人接手。"]
    assert clock_time(town.ticket(1).accept_due) == "03-02 17:00"

    # A slip of the thumb is asked about, the real word is taken, and the company gets what is the company's.
    assert to(town.say("小赵", "接但 1"), "小赵") == ["您是不是要「接单 1」？是的话回「是」。"]
    assert "小赵" in to(town.say("小赵", "接单１"), "王阿姨")[0]
    said = town.say("小赵", "转派 1 物业")
    assert "时限不变（今天 17:00）" in to(said, "小赵")[0]
    assert to(said, "王阿姨") == []  # for a minute it may still be taken back
    assert to(town.wait(seconds=70), "王阿姨") == ["您报的 1 号已转给安居物业处理，接手后会告诉您。"]
    assert "王阿姨" not in "".join(text for _, text in town.say("小刘", "接1") if "小刘" in text)
    assert to(town.say("小刘", "进展 1 灯头要换，下午去买"), "王阿姨") == ["您报的 1 号正在处理：灯头要换，下午去买"]

    # Gas. Everybody who can run is called at once, one word takes it, and nobody verifies their own work.
    said = town.say("李婶", "5号楼2单元楼道里煤气味很重", RESIDENTS)
    assert "先离开现场" in to(said, RESIDENTS)[0]
    assert all(to(said, name) for name in ("小赵", "小钱", "值班老何"))
    assert "请马上赶到" in to(town.say("小赵", "收到，马上到"), "小赵")[0]
    assert town.wait(minutes=25) == []  # the ladder ended with the word
    assert "燃气公司已关阀" in to(town.say("小赵", "办结 2 燃气公司已关阀换管，检测正常"), "李婶")[0]
    assert "要由" in to(town.say("小赵", "核查 2 通过"), "小赵")[0]
    assert town.ticket(2).status == "resolved"
    town.say("周书记", "核查 2 通过")
    assert (town.ticket(2).status, town.ticket(2).closing) == ("closed", "solved")

    # Something that one department cannot do alone: returned in vain, whistled, answered, rated.
    said = town.say("老周", "东门口小贩占道摆摊，天天这样，路都走不了", RESIDENTS)
    town.say("孙队", "退单 3 非本单位职责，《消防法》第六十条，建议转消防救援站")
    assert to(town.say("派单员", "不同意 3 占道经营归城管"), "区里老郑")  # a street against a department: the district
    assert "同意" in to(town.say("区里老郑", "不同意 3 占道归城管"), "区里老郑")[0]
    town.say("孙队", "接单 3")
    town.say("派单员", "吹哨 3 城管 消防 问题：占道又堵了消防通道 需求：城管劝离，消防查通道")
    said = town.say(LEADER, "签哨 3")
    assert to(said, FIREMAN)[0].startswith("哨响：3 号")
    assert to(said, "老周") == ["您报的 3 号，正在协调几个部门一起办，有进展就告诉您。"]
    assert "老周" not in "".join(to(said, FIREMAN) + to(said, "孙队"))
    assert "已记下消防救援站报到" in to(town.say(FIREMAN, "报到 3 已到现场"), FIREMAN)[0]
    assert to(town.say("派单员", "评价 3 消防 5"), FIREMAN)

    # The lamp: done too early and taken back, done, and not well. It comes back under the same number.
    town.say("小刘", "办结 1 灯换好了")
    town.wait(seconds=20)
    assert to(town.say("小刘", "撤销"), "小刘") == ["1 号的「办结」撤销了，现在是处置中。居民还没听到。"]
    town.photo("小刘")
    town.say("小刘", "办结 1 灯头换了")
    assert to(town.wait(seconds=70), "王阿姨")[0].startswith("您报的 1 号说是弄好了：灯头换了，请您看看。")
    said = town.say("王阿姨", "不满意，还是不亮")
    assert to(said, "周书记")[0].startswith("1 号（梧桐里小区三号楼 道路设施）报事人不满意，第 1 次（没修好）。")
    assert (town.ticket(1).status, town.ticket(1).reopenings) == ("reported", 1)
    town.say("周书记", "退回重办 1")
    town.say("小刘", "接单 1")
    town.say("小刘", "延期 1 到周五 等配件")
    assert "等配件" in to(town.say("周书记", "同意 1"), "王阿姨")[0]

    # What nobody had to report, what somebody cannot report, and what comes again.
    said = town.say("周书记", "代报 5号楼陈奶奶家自来水龙头漏水，没人修")
    assert "替居民登记了，编号 4" in to(said, "周书记")[0]
    town.say("小钱", "巡查 4号楼下垃圾桶满了没人收")
    town.wait(minutes=3)
    town.photo("小钱")
    town.say("小钱", "办结 5 已清空")
    assert town.ticket(5).self_handled
    assert "在办 1 件" in to(town.say("周书记", "查 3号楼"), "周书记")[0]

    # The evening: what is open goes to a colleague with every promise as it was.
    town.say("小赵", "接单 4")
    due = town.ticket(4).resolve_due
    assert "交给小钱了，1 张" in to(town.say("小赵", "交班 给小钱"), "小赵")[0]
    assert town.ticket(4).resolve_due == due
    assert "4 " in to(town.say("小钱", "待办"), "小钱")[0]
    assert town.say("小钱", "好的收到", OFFICE) == []

    # Three days of silence close nothing that is still being done, and nothing is told twice.
    heard = [text for name, text in town.wait(days=3) if name == "王阿姨"]
    assert len(heard) == len(set(heard))
    assert town.ticket(1).status in ("accepted", "in_progress")
