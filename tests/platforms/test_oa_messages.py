"""Messages to one person: windows, templates, subscriptions, as the documents limit them."""

from __future__ import annotations

from typing import Any

import pytest

from bot.platforms.oa_account import OaOptions
from tests.platforms.oa_world import JPEG, SUBSCRIPTION, TEMPLATES, TICKET, OaWorld, oa_world

HOUR = 3600


def test_five_messages_in_48_hours_after_a_message(oa: OaWorld) -> None:
    oa.act.follow("o1")
    oa.clock.advance(61)
    assert oa.tell("o1") == 45015
    oa.act.say("o1", "楼道灯坏了")
    assert [oa.tell("o1") for _ in range(6)] == [0, 0, 0, 0, 0, 45047]
    oa.act.say("o1", "还在吗")
    oa.clock.advance(48 * HOUR - 1)
    assert oa.tell("o1") == 0
    oa.clock.advance(1)
    assert oa.tell("o1") == 45015


def test_three_messages_in_a_minute_after_following_scanning_and_the_menu(oa: OaWorld) -> None:
    oa.post("menu/create", {"button": [{"type": "click", "name": "报修", "key": "report"}]})
    oa.act.follow("o1")
    assert [oa.tell("o1") for _ in range(4)] == [0, 0, 0, 45047]
    oa.act.click("o1", "report")
    oa.act.scan("o1", "scene:7-2")
    assert [oa.tell("o1") for _ in range(7)] == [0, 0, 0, 0, 0, 0, 45047]
    oa.act.click("o1", "report")
    oa.clock.advance(60)
    assert oa.tell("o1") == 45015


def test_a_menu_click_does_not_open_the_48_hours_and_uses_its_own_messages_first(oa: OaWorld) -> None:
    oa.act.follow("o1")
    oa.act.say("o1", "你好")
    assert [oa.tell("o1") for _ in range(3)] == [0, 0, 0]
    oa.clock.advance(61)
    assert [oa.tell("o1") for _ in range(6)] == [0, 0, 0, 0, 0, 45047]


def test_who_cannot_be_written_to(oa: OaWorld) -> None:
    oa.act.follow("o1")
    oa.act.say("o1", "你好")
    assert oa.tell("nobody") == 40003
    oa.act.blacklist("o1")
    assert oa.tell("o1") == 43019
    oa.act.blacklist("o1", listed=False)
    oa.act.unfollow("o1")
    assert oa.tell("o1") == 45015


@pytest.mark.parametrize(
    ("message", "errcode"),
    [
        ({"msgtype": "text", "text": {"content": "好" * 682}}, 0),
        ({"msgtype": "text", "text": {"content": "好" * 683}}, 45002),
        ({"msgtype": "text", "text": {"content": ""}}, 44004),
        ({"msgtype": "text", "text": "好"}, 47001),
        ({"msgtype": "poem", "poem": {}}, 40008),
        ({"msgtype": "image", "image": {"media_id": "never uploaded"}}, 40007),
        ({"msgtype": "msgmenu", "msgmenu": {"list": [{"id": "1"}]}}, 47001),
        ({"msgtype": "news", "news": {"articles": [{}, {}]}}, 45008),
    ],
)
def test_what_may_be_in_a_message(oa: OaWorld, message: dict[str, Any], errcode: int) -> None:
    oa.act.follow("o1")
    assert oa.errcode("message/custom/send", {"touser": "o1", **message}) == errcode
    assert len(oa.simulator.screens.of("oa", "o1")) == (errcode == 0)


def test_an_image_needs_a_live_media_id(oa: OaWorld) -> None:
    media_id = oa.upload("image", JPEG)["media_id"]
    oa.act.follow("o1")
    asked = {"touser": "o1", "msgtype": "image", "image": {"media_id": media_id}}
    assert oa.errcode("message/custom/send", asked) == 0
    assert oa.simulator.screens.of("oa", "o1")[0].media_id == media_id
    oa.clock.advance(72 * HOUR)
    oa.act.say("o1", "再发一次")
    assert oa.errcode("message/custom/send", asked) == 40007


def test_a_choice_of_a_menu_message_is_said_with_its_id(oa: OaWorld) -> None:
    oa.act.follow("o1")
    rows = [{"id": "101", "content": "满意"}, {"id": "102", "content": "不满意"}]
    menu = {"head_content": "修好了吗", "list": rows, "tail_content": ""}
    assert oa.errcode("message/custom/send", {"touser": "o1", "msgtype": "msgmenu", "msgmenu": menu}) == 0
    oa.act.tap("o1", "102")
    assert (oa.ours.came[-1].text, oa.ours.came[-1].data["choice"]) == ("不满意", "102")
    with pytest.raises(ValueError, match="103"):
        oa.act.tap("o1", "103")


def test_a_template_message_reaches_a_follower_without_a_window(oa: OaWorld) -> None:
    oa.act.follow("o1")
    oa.clock.advance(HOUR * 24 * 30)
    answer = oa.template("o1")
    assert answer["errcode"] == 0
    assert oa.texts("o1") == ["电梯停了\n2025-11-21 12:00\n已受理"]
    oa.account.settle()
    assert oa.ours.field("TEMPLATESENDJOBFINISH", "MsgID") == [str(answer["msgid"])]
    assert oa.ours.field("TEMPLATESENDJOBFINISH", "Status") == ["success"]


def test_who_refuses_templates_is_told_of_by_the_event(oa: OaWorld) -> None:
    oa.act.follow("o1")
    oa.act.refuse_templates("o1")
    assert oa.template("o1")["errcode"] == 0
    oa.faults.on("partial", people=["o1"], times=1)
    assert oa.template("o1")["errcode"] == 0
    oa.account.settle()
    assert oa.ours.field("TEMPLATESENDJOBFINISH", "Status") == ["failed:user block", "failed: system failed"]
    assert oa.texts("o1") == []


def test_what_a_template_message_is_refused_for(oa: OaWorld) -> None:
    oa.act.follow("o1")
    oa.act.follow("o2")
    oa.act.unfollow("o2")
    assert oa.template("nobody")["errcode"] == 40003
    assert oa.template("o2")["errcode"] == 43004
    assert oa.template("o1", template="another")["errcode"] == 40037
    assert oa.template("o1", thing1="")["errcode"] == 47003
    assert oa.template("o1", thing1="十" * 21)["errcode"] == 47003
    assert oa.template("o1", phrase3="已经受理了")["errcode"] == 0
    assert oa.template("o1", phrase3="已经受理了吗")["errcode"] == 47003
    assert oa.template("o1", thing9="不在模板里")["errcode"] == 47003


def test_the_rules_of_keys_are_an_option() -> None:
    with oa_world(OaOptions(templates=dict(TEMPLATES), key_rules=False)) as oa:
        oa.act.follow("o1")
        assert oa.template("o1", thing1="十" * 200)["errcode"] == 0


def test_a_client_msg_id_is_recognised_where_the_option_says_so() -> None:
    options = OaOptions(templates={TICKET: ["thing1"]}, template_window=600)
    asked = {"touser": "o1", "template_id": TICKET, "data": {"thing1": {"value": "好"}}, "client_msg_id": "ticket:1"}
    with oa_world(options) as oa:
        oa.act.follow("o1")
        first, again = oa.post("message/template/send", asked), oa.post("message/template/send", asked)
        assert first == again
        oa.clock.advance(600)
        assert oa.post("message/template/send", asked)["msgid"] != first["msgid"]
        assert oa.texts("o1") == ["好", "好"]


def test_a_subscription_message_uses_an_acceptance_up(oa: OaWorld) -> None:
    asked = {"touser": "o1", "template_id": SUBSCRIPTION, "data": {"thing1": {"value": "已办结"}}}
    oa.act.follow("o1")
    assert oa.errcode("message/subscribe/bizsend", asked) == 43101
    oa.act.reject("o1", SUBSCRIPTION)
    assert oa.errcode("message/subscribe/bizsend", asked) == 43101
    oa.act.accept("o1", SUBSCRIPTION)
    assert [oa.errcode("message/subscribe/bizsend", asked) for _ in range(2)] == [0, 43101]
    oa.act.accept("o1", SUBSCRIPTION)
    oa.act.withdraw("o1", SUBSCRIPTION)
    assert oa.errcode("message/subscribe/bizsend", asked) == 43101
    oa.account.settle()
    popup = ("SubscribeMsgPopupEvent", "List", "SubscribeStatusString")
    assert oa.ours.field("subscribe_msg_popup_event", *popup) == ["reject", "accept", "accept"]
    change = ("SubscribeMsgChangeEvent", "List", "SubscribeStatusString")
    assert oa.ours.field("subscribe_msg_change_event", *change) == ["reject"]
    assert oa.ours.field("subscribe_msg_sent_event", "SubscribeMsgSentEvent", "List", "ErrorStatus") == ["success"]


def test_a_long_term_subscription_lasts() -> None:
    options = OaOptions(subscriptions={SUBSCRIPTION: ["thing1"]}, long_term={SUBSCRIPTION}, subscription_ids=True)
    asked = {"touser": "o1", "template_id": SUBSCRIPTION, "data": {"thing1": {"value": "已办结"}}}
    with oa_world(options) as oa:
        oa.act.follow("o1")
        oa.act.accept("o1", SUBSCRIPTION)
        assert [oa.post("message/subscribe/bizsend", asked)["errcode"] for _ in range(7)] == [0] * 7
        assert oa.post("message/subscribe/bizsend", asked)["msgid"] > 0
