"""A report that says how to reach its speaker is a report like any other; an advert keeps its number."""

from __future__ import annotations

import pytest

from nlp import contacts
from nlp.reading import ReadingContext, read

TO_THE_BOT = ReadingContext(addressed=True)
REPORTS = [
    "我叫李梅，住3号楼，电话13800000000，门口路灯坏了",
    "您好，我是5号楼的老王，我家厕所漏水，电话13800001111",
    "我家厕所漏水，我电话13800001111",
    "我家厕所漏水，老王 13800001111",
    "5号楼301漏水，联系人王芳，电话13800001111",
    "反映人：李四，电话：13900002222，内容：地下车库积水",
    "姓名：李四\n电话：13900002222\n地址：3号楼201\n问题：下水道堵了",
    "楼上漏水，我手机号是138 0000 2222，随时打",
    "7号楼单元门打不开了，电话0571-88001234",
    "张大爷，5号楼502，灯不亮，86521234",
]
TALK = [
    "疏通下水道，电话13800001111",
    "专业疏通马桶 防水补漏 13800001111 王师傅",
    "楼上漏水找王师傅13800001111，修得好",
    "有漏水的可以打这个电话13800001111",
    "家里水管漏水的可以联系我，13800001111",
    "谁家漏水要修的，打我电话13800001111",
    "马桶堵了打13800001111",
    "捡到一串钥匙，联系13800001111",
    "订单号13800001111，快递到了",
    "通知：明天停水，咨询电话88001234",
    "社区：社工小张，电话88001234，有事打",
]


@pytest.mark.parametrize("text", REPORTS)
def test_a_report_in_due_form_is_heard(text: str) -> None:
    assert read(text, TO_THE_BOT).band == "high"


@pytest.mark.parametrize("text", TALK)
def test_a_tradesmans_number_makes_no_report(text: str) -> None:
    assert read(text).band == "low"


def test_whoever_offers_or_gives_notice_means_the_number() -> None:
    text = "漏水的打电话，13800001111"
    assert contacts.are_told(text, {})
    assert not any(
        contacts.are_told(text, {cue: ""}) for cue in ("trade", "tradesman", "notice", "staff", "found_item")
    )


def test_an_emergency_with_a_number_behind_it_rings() -> None:
    assert read("六栋二单元电梯困人了，快，13700002222").urgency == "emergency"


def test_places_keep_the_words_they_were_typed_in() -> None:
    assert read("电话１３８００００１１１１，３号楼２单元，门口路灯坏了").place[:2] == ("３号楼", "２单元")


@pytest.mark.parametrize(
    "text", ["13800001111", "我叫李梅，电话13800001111", "电表读数1234567", "物业电话0571-88001234没人接"]
)
def test_what_else_is_said_stays(text: str) -> None:
    assert contacts.without(text, None) == (text, None)
