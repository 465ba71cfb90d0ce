"""A ticket's card in the shape that the platform takes, judged by the simulator's own rules."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.wecom_cards import cut, template_card
from bot.platforms import wecom_cards as platform
from handlers.message import Button, Card

TASK = "0123456789abcdef0123456789abcdef@0123456789ab"
TWO = (Button("接单", "accept"), Button("转派", "reassign"))


def test_a_ticket_with_two_buttons() -> None:
    card = Card(
        "1043 · 路灯不亮", (("位置", "三号楼"), ("最迟接手时间", "今天 16:00")), TWO, 1043, "https://m.cn/console/1043"
    )
    made = template_card(card, "三号楼门口路灯不亮", TASK)
    assert made == {
        "card_type": "button_interaction",
        "main_title": {"title": "1043 · 路灯不亮"},
        "sub_title_text": "三号楼门口路灯不亮",
        "horizontal_content_list": [
            {"keyname": "位置", "value": "三号楼"},
            {"keyname": "最迟接手…", "value": "今天 16:00"},
        ],
        "card_action": {"type": 1, "url": "https://m.cn/console/1043"},
        "task_id": TASK,
        "button_list": [
            {"text": "接单", "style": 1, "key": "accept#1043"},
            {"text": "转派", "style": 2, "key": "reassign#1043"},
        ],
    }
    assert platform.check(made) == made


def test_a_card_without_buttons_is_a_notice_where_it_leads_somewhere() -> None:
    made = template_card(Card("停水通知", link="https://m.cn/n/x"), "明天 9 点停水", TASK)
    assert made is not None
    assert made["card_type"] == "text_notice"
    assert platform.check(made) == made


@pytest.mark.parametrize(
    ("card", "task"),
    [
        (None, TASK),
        (Card("停水通知"), TASK),
        (Card("停水通知", link="javascript:alert(1)"), TASK),
        (Card(" ", buttons=TWO), TASK),
        (Card("路灯", buttons=TWO), "no task"),
        (Card("路灯", buttons=TWO, link="https://m.cn"), ""),
    ],
)
def test_what_is_said_in_plain_words(card: Card | None, task: str) -> None:
    assert template_card(card, "x", task) is None


def test_too_much_is_cut() -> None:
    fields = tuple((f"第{number}项", "值") for number in range(9))
    buttons = tuple(Button(f"第 {number} 个按钮，名字很长", f"act{number}") for number in range(9))
    made = template_card(Card("题" * 50, fields, (*buttons, buttons[0]), 7), "字" * 500, TASK)
    assert made is not None
    assert platform.check(made) == made
    assert made["main_title"]["title"] == "题" * 35 + "…"
    assert made["sub_title_text"] == "字" * 159 + "…"
    assert (len(made["horizontal_content_list"]), len(made["button_list"])) == (6, 6)
    assert {len(button["text"]) for button in made["button_list"]} == {10}


@given(text=st.text(max_size=60), most=st.integers(min_value=1, max_value=40))
@settings(max_examples=200, deadline=None)
def test_cut(text: str, most: int) -> None:
    made = cut(text, most)
    assert len(made) <= most
    assert "\0" not in made


words = st.text(max_size=50)


@given(
    title=words,
    fields=st.lists(st.tuples(words, words), max_size=8),
    buttons=st.lists(st.tuples(words, st.sampled_from(["accept", "reassign", "answer:good", "look"])), max_size=8),
    ticket=st.none() | st.integers(min_value=1, max_value=10**9),
    link=st.none() | st.just("https://m.cn/t/x") | words,
    text=words,
)
@settings(max_examples=300, deadline=None)
def test_the_platform_takes_whatever_card_is_made(
    title: str,
    fields: list[tuple[str, str]],
    buttons: list[tuple[str, str]],
    ticket: int | None,
    link: str | None,
    text: str,
) -> None:
    card = Card(title, tuple(fields), tuple(Button(*button) for button in buttons), ticket, link)
    made = template_card(card, text, TASK)
    if made is not None:
        assert platform.check(made) == made
