"""What an official account says unasked, judged by the platform: messages, pictures, cards, forms, and what fails."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from bot.channels.base import Attachment, Channel, Closed, Outgoing, TryLater, Unsure
from bot.channels.official_account import OfficialAccount
from handlers.message import Button, Card, Kind
from tests.channels.oa_speaking import FORM, PERSON, SUBSCRIPTION, TICKET_FORM, Speaking, speaking
from tests.channels.vectors import OA_APP_ID, OA_KEY, OA_TOKEN
from tests.platforms.oa_world import JPEG

PHOTO = Attachment("m1", "image/jpeg", JPEG)
CLOSING = Card("1043 号 · 路灯", buttons=(Button("好了", "answer:good"), Button("还没好", "answer:bad")), ticket=1043)
SEND = "/oa/cgi-bin/message/custom/send"
DESK = Card(
    "1043 号 · 路灯",
    fields=(("地点", "3号楼"), ("注意", "保密，不要透露报事人")),
    buttons=(Button("接单", "accept"), Button("转派", "reassign")),
    ticket=1043,
    link="https://menkou.example/c/1043",
)


@pytest.fixture
def oa() -> Iterator[Speaking]:
    with speaking() as found:
        yield found


def test_its_abilities() -> None:
    with speaking() as oa:
        port: Channel = oa.channel
        can = port.abilities
        assert (can.speaks, can.inline, can.media, can.batch, can.idempotent_for) == ("now", True, True, 1, None)
        assert can.ways == {"message", "template", "subscribe"}
        assert (can.windows["message"].span, can.windows["message"].messages) == (timedelta(hours=48), 5)
        assert {(can.windows[act].span, can.windows[act].messages) for act in ("subscribe", "scan", "click")} == {
            (timedelta(minutes=1), 3)
        }
        assert OfficialAccount(OA_APP_ID, OA_TOKEN, OA_KEY, api=oa.api).abilities.ways == {"message"}


# --- messages


def test_words_arrive_as_they_were_said(oa: Speaking) -> None:
    assert oa.says("已受理，编号 1043\n最迟 今天 16:00 “有人”答复 \\u4e00 😀").state == "sent"
    assert [seen.text for seen in oa.seen()] == ["已受理，编号 1043\n最迟 今天 16:00 “有人”答复 \\u4e00 😀"]


def test_the_request_is_wechatpys(oa: Speaking) -> None:
    oa.says("已受理")
    oa.wechatpy.message.send_text(PERSON, "已受理")
    oa.says("", media=PHOTO)
    media_id = oa.seen()[-1].media_id
    oa.wechatpy.message.send_image(PERSON, media_id)
    words, theirs, picture, their_picture = oa.requests("message/custom/send")
    assert (words, picture) == (theirs, their_picture)


def test_too_long_a_text_is_cut_where_the_platform_would_refuse_it(oa: Speaking) -> None:
    assert oa.says("字" * 3000).state == "sent"
    assert len(oa.seen()[0].text.encode()) <= 2048
    assert oa.seen()[0].text.endswith("字…")


def test_a_picture_comes_with_its_words_and_a_recording_alone(oa: Speaking) -> None:
    assert oa.says("新工单", media=PHOTO).state == "sent"
    assert oa.says("", media=Attachment("m2", "audio/amr", b"#!AMR\n123")).state == "sent"
    assert [seen.kind for seen in oa.seen()] == ["text", "image", "voice"]


@pytest.mark.parametrize(
    "attachment",
    [
        Attachment("m", "video/mp4", b"x"),
        Attachment("m", "image/jpeg", b""),
        Attachment("m", "audio/amr", bytes(2 * 1024 * 1024 + 1)),
        Attachment("m", "image/jpeg", b"no picture"),
    ],
    ids=["a film", "nothing", "too large", "not what it says"],
)
def test_words_go_without_what_the_platform_does_not_take(oa: Speaking, attachment: Attachment) -> None:
    assert oa.says("新工单", media=attachment).state == "sent"
    assert [seen.kind for seen in oa.seen()] == ["text"]


def test_nothing_is_said_while_the_picture_cannot_be_laid_ready(oa: Speaking) -> None:
    oa.faults.on("busy", path="/oa/cgi-bin/media/upload")
    with pytest.raises(TryLater):
        oa.says("新工单", media=PHOTO)
    assert oa.seen() == []


def test_a_picture_that_fails_takes_nothing_back(oa: Speaking) -> None:
    for number in range(4):
        oa.says(f"第 {number} 条")
    outcome = oa.says("第 5 条", media=PHOTO)  # the window has room for five
    assert (outcome.state, outcome.reason) == ("sent", "without its picture (PersonRefused)")
    assert oa.seen()[-1].text == "第 5 条"


def test_there_is_nothing_else_that_it_can_say(oa: Speaking) -> None:
    assert oa.says("x", person=None, chat="group").state == "dead"
    assert oa.says("x", way="stamp").state == "dead"
    assert oa.says("").state == "dead"
    assert oa.seen() == []


def test_two_messages_are_two_calls(oa: Speaking) -> None:
    two = [Outgoing("k1", "一", person=PERSON), Outgoing("k2", "二", person=PERSON)]
    with pytest.raises(ValueError, match="unpack"):
        oa.channel.send(two)
    assert oa.seen() == []


# --- cards


def test_a_question_is_a_menu_whose_taps_are_its_buttons(oa: Speaking) -> None:
    oa.says("您报的 1043 号说是弄好了，请您看看。", card=CLOSING)
    (menu,) = oa.seen()
    assert (menu.kind, menu.text) == ("msgmenu", "您报的 1043 号说是弄好了，请您看看。")
    assert [row["content"] for row in menu.buttons] == ["好了", "还没好"]
    oa.act.tap(PERSON, str(menu.buttons[1]["id"]))
    tapped = oa.came()[-1]
    assert (tapped.kind, tapped.event, tapped.data["ticket"]) == (Kind.PRESS, "answer:bad", "1043")
    assert (tapped.text, tapped.addressed) == ("还没好", True)


def test_a_desks_card_says_what_its_text_does_not(oa: Speaking) -> None:
    oa.says("新工单 1043：3号楼 路灯，今天 16:00 前接单。", card=DESK)
    (menu,) = oa.seen()
    assert menu.text.splitlines() == [
        "新工单 1043：3号楼 路灯，今天 16:00 前接单。",
        "注意：保密，不要透露报事人",
        "https://menkou.example/c/1043",
    ]
    oa.act.tap(PERSON, str(menu.buttons[0]["id"]))
    assert (oa.came()[-1].event, oa.came()[-1].data["ticket"]) == ("accept", "1043")


def test_a_long_card_is_text_with_the_words_to_type(oa: Speaking) -> None:
    oa.says("路灯" * 200, card=DESK)
    (said,) = oa.seen()
    assert said.kind == "text"
    assert said.text.endswith("回复「接单 1043」或「转派 1043」")


def test_a_menu_that_is_refused_is_said_as_text(oa: Speaking) -> None:
    oa.faults.on("minute_quota", path=SEND, errcode=40008, times=1)  # the platform knows no such type of message
    assert oa.says("新工单", card=DESK).state == "sent"
    (said,) = oa.seen()
    assert (said.kind, said.text.splitlines()[-1]) == ("text", "回复「接单 1043」或「转派 1043」")


def test_a_card_without_buttons_or_words(oa: Speaking) -> None:
    oa.says("", card=Card("1043 号 · 路灯", fields=(("地点", "3号楼"),)))
    assert oa.seen()[0].text == "1043 号 · 路灯\n地点：3号楼"


# --- what fails


def test_a_window_that_is_over_is_another_ways_turn(oa: Speaking) -> None:
    oa.world.clock.advance(49 * 3600)
    outcome = oa.says()
    assert (outcome.state, outcome.reason) == ("unreachable", "errcode 45015")


def test_a_window_that_is_used_up_is_another_ways_turn(oa: Speaking) -> None:
    states = [oa.says(f"第 {number} 条").state for number in range(9)]
    assert states == ["sent"] * 5 + ["unreachable"] * 4


def test_people_who_are_gone(oa: Speaking) -> None:
    assert oa.says(person="o_never_met").state == "gone"
    oa.act.blacklist(PERSON)
    assert oa.says().state == "gone"
    oa.act.blacklist(PERSON, False)
    oa.act.unfollow(PERSON)
    assert oa.says(way="template", form=FORM).state == "gone"


def test_what_the_platform_refuses_for_now_was_not_said(oa: Speaking) -> None:
    for fault in ("busy", "minute_quota", "http_500"):
        oa.faults.on(fault, path=SEND, times=1)
        with pytest.raises(TryLater):
            oa.says()
    oa.faults.on("day_quota", path=SEND, times=1)
    with pytest.raises(Closed) as closed:
        oa.says()
    assert not closed.value.fault
    oa.faults.on("banned", path=SEND, times=1)
    with pytest.raises(Closed) as closed:
        oa.says()
    assert closed.value.fault
    assert oa.seen() == []
    assert oa.says().state == "sent"


def test_a_cut_after_the_request_went_out_is_doubtful(oa: Speaking) -> None:
    oa.faults.on("reset_after_accept", path=SEND, times=1)
    with pytest.raises(Unsure):
        oa.says()
    assert len(oa.seen()) == 1


def test_a_dead_token_is_renewed_once(oa: Speaking) -> None:
    oa.says()
    oa.faults.on("token_dead", times=1)
    before = oa.tokens.fetched
    oa.world.clock.advance(40)  # a token may be forced every half minute
    assert oa.says("第二条").state == "sent"
    assert oa.tokens.fetched == before + 1
    assert len(oa.seen()) == 2


# --- forms


def test_a_template_is_filled_in_and_leads_to_the_ticket(oa: Speaking) -> None:
    oa.world.clock.advance(49 * 3600)  # it needs no window
    outcome = oa.says("不会被说出", key="row-ref", way="template", form=FORM)
    assert outcome.state == "sent"
    (request,) = oa.requests("message/template/send")
    oa.wechatpy.message.send_template(PERSON, TICKET_FORM, request["data"], url=FORM["link"])
    theirs = oa.requests("message/template/send")[1]
    assert request == {**theirs, "client_msg_id": "row-ref"}
    values = {key: value["value"] for key, value in request["data"].items()}
    assert values == {
        "character_string1": "1043",
        "thing2": "路灯不亮",
        "phrase3": "已接单",
        "time4": "2026年3月2日 16:05",
    }
    job = next(incoming for incoming in oa.came() if incoming.event == "templatesendjobfinish")
    assert (job.kind, job.data["job"], job.data["status"]) == (Kind.SYSTEM, outcome.platform_id, "success")


def test_a_subscription_message_goes_to_those_who_agreed(oa: Speaking) -> None:
    assert oa.says(way="subscribe", form=FORM).state == "unreachable"
    oa.act.accept(PERSON, SUBSCRIPTION)
    assert oa.says(way="subscribe", form=FORM).state == "sent"
    assert oa.says(way="subscribe", form=FORM).state == "unreachable"  # one for one agreement
    (request,) = oa.requests("message/subscribe/bizsend")
    oa.act.accept(PERSON, SUBSCRIPTION)
    oa.wechatpy.message.send_subscribe_message(PERSON, SUBSCRIPTION, request["data"], page=FORM["link"])
    assert oa.requests("message/subscribe/bizsend")[1] == request


def test_a_form_that_cannot_be_said_is_another_ways_turn() -> None:
    with speaking(templates={}) as oa:
        outcome = oa.says(way="template", form=FORM)  # the console no longer has this template
        assert (outcome.state, outcome.reason) == ("unreachable", "errcode 40037")
        missing = {**FORM, "due": "", "when": ""}
        assert oa.says(way="template", form=missing).reason == "no form says this"
        bare = OfficialAccount(OA_APP_ID, OA_TOKEN, OA_KEY, api=oa.api)
        assert bare.send([Outgoing("k", "x", person=PERSON, way="template", form=FORM)])[0].state == "unreachable"
