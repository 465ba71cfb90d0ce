"""What is said while a draft waits, and is neither a change nor the line that sends it: the draft is kept."""

from __future__ import annotations

import pytest

from tests.conversations.stage import Stage, to

ASIDES = ["有点长", "这样行不行啊", "领导还没看", "字太多了", "会不会打扰大家", "天气怎么样", "几点开始停还没定", "嗯"]
ASIDES += ["语气客气点", "老人看得懂吗", "好像不对", "我问下领导", "收到的人多不多", "换个说法"]


def answer(town: Stage, words: str) -> str:
    return "\n".join(to(town.say("周书记", words), "周书记"))


@pytest.mark.parametrize("words", ASIDES)
def test_where_a_source_is_asked_for_talk_is_none(town: Stage, words: str) -> None:
    answer(town, "通知 明天下午停水，请提前储水")
    heard = answer(town, words)
    assert heard.startswith("1 号先留着，还没有发。")
    assert "来源「" not in heard
    assert "共 3 户" in answer(town, "自来水公司 96110")


@pytest.mark.parametrize("words", ["自来水公司", "水务集团", "区供水所", "街道办"])
def test_an_office_without_its_telephone_is_asked_for_that(town: Stage, words: str) -> None:
    answer(town, "通知 明天下午停水，请提前储水")
    assert f"来源「{words}」还缺电话" in answer(town, words)


def test_what_is_broken_is_registered_and_the_draft_waits(town: Stage) -> None:
    answer(town, "通知 明天下午停水，请提前储水")
    assert "已登记，编号 1" in answer(town, "三号楼路灯坏了")
    assert "共 3 户" in answer(town, "自来水公司 96110")


@pytest.mark.parametrize("words", ASIDES)
def test_where_the_line_is_awaited_it_is_said_again(town: Stage, words: str) -> None:
    answer(town, "通知 周六上午九点清洗楼道，请挪开杂物")
    heard = answer(town, words)
    assert "1 号通知还没有发" in heard
    assert "确认发送 1 3户" in heard


@pytest.mark.parametrize(
    "words", ["能不能只发三号楼", "只发给三号楼的住户", "发给三号楼就行", "还是只发三号楼吧", "改成发三号楼"]
)
def test_whom_it_goes_to_is_said_in_everyday_words(town: Stage, words: str) -> None:
    answer(town, "通知 周六上午九点清洗楼道，请挪开杂物")
    heard = answer(town, words)
    assert "没有找到「三号楼」" in heard  # nobody is on the register there
    assert not town.tickets()


@pytest.mark.parametrize("words", ["只发给梧桐里小区", "发给全体就行", "能不能只发梧桐里小区"])
def test_and_counted_anew(town: Stage, words: str) -> None:
    answer(town, "通知 周六上午九点清洗楼道，请挪开杂物")
    assert "改好了，请再看一遍。" in answer(town, words)


@pytest.mark.parametrize("words", ["加一句带好钥匙", "再加一句：带好钥匙", "后面补一句，带好钥匙", "帮我加上带好钥匙"])
def test_a_sentence_is_added(town: Stage, words: str) -> None:
    answer(town, "通知 周六上午九点清洗楼道，请挪开杂物。")
    assert "周六上午九点清洗楼道，请挪开杂物。带好钥匙" in answer(town, words)
