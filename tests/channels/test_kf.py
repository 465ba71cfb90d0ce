"""微信客服 as a door: its callbacks, what its messages mean, and how it speaks, against the simulator over HTTP."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.channels import kf_links
from bot.channels.base import Attachment, Closed, NotGenuine, Refused, TryLater, Unsure
from bot.channels.kf import HELD, Kf
from bot.channels.kf_messages import MEDIA
from bot.platforms.clock import PlatformClock
from bot.platforms.wecom_media import picture
from handlers.message import Button, Card, Incoming, Kind
from tests.channels.kf import CLERK, CORP, DESK, DOOR, KEY, LIU, NOW, SECOND, TOKEN, Desk, desk

silent = Kf(CORP, TOKEN, KEY)


@pytest.fixture
def office() -> Iterator[Desk]:
    with desk() as made:
        yield made


def message(kind: str = "text", content: Any = None, **more: Any) -> dict[str, Any]:
    """An entry of msg_list."""
    whose = {"msgid": "m1", "open_kfid": DESK, "external_userid": LIU, "send_time": SECOND, "origin": 3}
    return {**whose, "msgtype": kind, kind: content if content is not None else {"content": "电梯坏了"}, **more}


def event(name: str, **fields: Any) -> dict[str, Any]:
    """An event of msg_list: whom it is about stands inside."""
    inside = {"event_type": name, "open_kfid": DESK, "external_userid": LIU, **fields}
    return {"msgid": "e1", "send_time": SECOND, "origin": 4, "msgtype": "event", "event": inside}


def understood(given: dict[str, Any]) -> Incoming:
    incoming = silent.understand(given, NOW)
    assert incoming is not None
    return incoming


# --- callbacks -----------------------------------------------------------------------------------------------------


def test_a_callback_names_an_account_and_a_token(office: Desk) -> None:
    assert office.channel.hint(office.pushed("ENCabc")) == (DESK, "ENCabc")
    told = office.channel.verify_and_parse(office.pushed("ENCabc"))
    assert (told.kind, told.text, told.data) == (Kind.SYSTEM, "", {})


def test_a_forged_callback_is_refused(office: Desk) -> None:
    good = office.pushed()
    with pytest.raises(NotGenuine):
        office.channel.hint(replace(good, query={**good.query, "nonce": "other"}))
    with pytest.raises(NotGenuine):
        office.channel.verify_and_parse(replace(good, query={}))
    with pytest.raises(Refused):
        office.channel.hint(replace(good, body=b"<xml></xml>"))
    callback = office.platform.bell.callback
    stranger = callback.callback(callback.event("x", "change_contact"))
    with pytest.raises(Refused):
        office.channel.hint(replace(good, body=stranger.body, query=stranger.query))


def test_what_was_pulled_is_kept_under_our_own_seal() -> None:
    kept = silent.pulled(message(), NOW)
    assert silent.verify_and_parse(kept) == understood(message())
    with pytest.raises(NotGenuine):
        silent.verify_and_parse(replace(kept, body=kept.body.replace(b"m1", b"m2")))
    with pytest.raises(NotGenuine):
        silent.verify_and_parse(replace(kept, query={"pulled": "\u00e9"}))
    with pytest.raises(NotGenuine):
        Kf(CORP, "another", KEY).verify_and_parse(kept)


# --- what messages mean --------------------------------------------------------------------------------------------


def test_words_are_private_and_meant_for_the_bot() -> None:
    said = understood(message())
    assert (said.key, said.door, said.sender) == (f"in:kf:{CORP}:m1", DOOR, f"{DESK}/{LIU}")
    assert (said.kind, said.text, said.private, said.addressed) == (Kind.TEXT, "电梯坏了", True, True)
    assert said.said_at == NOW


def test_a_tapped_line_of_a_menu_is_the_button_of_a_card() -> None:
    tapped = understood(message("text", {"content": "好了", "menu_id": "answer:good#1043"}))
    assert (tapped.kind, tapped.event, tapped.data) == (Kind.PRESS, "answer:good", {"ticket": "1043"})
    other = understood(message("text", {"content": "好了", "menu_id": "something else"}))
    assert (other.kind, other.text) == (Kind.TEXT, "好了")


@pytest.mark.parametrize(
    ("kind", "expected"), [("image", Kind.IMAGE), ("voice", Kind.VOICE), ("video", Kind.VIDEO), ("file", Kind.FILE)]
)
def test_files_bring_their_handle(kind: str, expected: Kind) -> None:
    said = understood(message(kind, {"media_id": "MID_1"}))
    assert (said.kind, said.media, said.text) == (expected, f"{MEDIA}MID_1", "")
    assert understood(message(kind, {"media_id": "a b"})).media is None


def test_places_links_and_programs() -> None:
    place = {"latitude": 30.25, "longitude": 120.16, "name": "梧桐里", "address": "梧桐路 8 号"}
    said = understood(message("location", place))
    assert (said.text, said.data) == ("梧桐路 8 号 梧桐里", {"latitude": "30.250000", "longitude": "120.160000"})
    assert understood(message("location", {"latitude": "x"})).data == {}
    link = understood(message("link", {"title": "停水通知", "desc": "", "url": "https://example.org/1"}))
    assert (link.kind, link.data) == (Kind.LINK, {"title": "停水通知", "url": "https://example.org/1"})
    program = understood(message("miniprogram", {"title": "报修", "appid": "wx1", "pagepath": "p"}))
    assert program.data == {"title": "报修", "app": "wx1", "page": "p"}


def test_a_forwarded_record_is_a_list_of_lines() -> None:
    items = [
        {
            "send_time": 5,
            "sender_name": "王",
            "msg_content": json.dumps({"msgtype": "text", "text": {"content": "停水了"}}),
        },
        {"send_time": 6, "sender_name": "李", "msgtype": "image", "msg_content": '{"image":{"media_id":"x"}}'},
        "what is this",
    ]
    said = understood(message("merged_msg", {"title": "群聊的聊天记录", "item": items}))
    assert said.data["title"] == "群聊的聊天记录"
    assert json.loads(said.data["forwarded"]) == [
        {"name": "王", "text": "停水了", "time": "5"},
        {"name": "李", "text": "", "time": "6"},
    ]
    assert "forwarded" not in understood(message("merged_msg", {"item": 7})).data


def test_events() -> None:
    entered = understood(event("enter_session", scene="b3", scene_param="", welcome_code="CODE"))
    assert (entered.kind, entered.event, entered.sender) == (Kind.EVENT, "enter", f"{DESK}/{LIU}")
    assert entered.data == {"scene": "b3", "welcome": "CODE"}
    assert understood(event("enter_session", scene="b3", scene_param="door-7")).data == {"scene": "door-7"}
    failed = understood(event("msg_send_fail", fail_msgid="r1", fail_type=10))
    assert (failed.event, failed.data) == ("send_failed", {"message": "r1", "reason": "10"})
    recalled = understood(event("user_recall_msg", recall_msgid="m1"))
    assert (recalled.kind, recalled.quoted) == (Kind.RECALL, f"in:kf:{CORP}:m1")
    ended = understood(event("session_status_change", change_type=3))
    assert (ended.event, ended.data) == ("session", {"change": "ended"})


def test_staff_are_noticed_and_never_quoted() -> None:
    said = understood(message(origin=5, servicer_userid=CLERK))
    assert (said.kind, said.event, said.text, said.data) == (Kind.EVENT, "staff_said", "", {})
    assert silent.understand(message(origin=4), NOW) is None
    assert silent.understand(event("servicer_status_change", status=1), NOW) is None


def test_an_unknown_type_is_understood_as_one() -> None:
    assert understood(message("hologram", {"x": 1})).kind is Kind.UNKNOWN
    assert understood(message("business_card", 7)).kind is Kind.UNKNOWN


@pytest.mark.parametrize(
    "wrong",
    [
        {"open_kfid": None},
        {"external_userid": ""},
        {"external_userid": "a/b"},
        {"send_time": "soon"},
        {"send_time": True},
        {"msgtype": None},
    ],
)
def test_what_lacks_a_person_a_time_or_a_type_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(Refused):
        silent.understand({**message(), **wrong}, NOW)


def test_times_are_clamped_and_names_are_stable() -> None:
    assert understood(message(send_time=SECOND + 10**6)).said_at == NOW + timedelta(minutes=2)
    assert understood(message(send_time=-5)).said_at == NOW - timedelta(days=5)
    nameless = {**message(), "msgid": "x" * 200}
    assert silent.name(nameless) == silent.name(dict(reversed(nameless.items()))) != silent.name(message(msgid=""))
    assert LIU not in silent.name(nameless)


# --- speaking ------------------------------------------------------------------------------------------------------


def test_a_text_arrives_once_however_often_it_is_tried(office: Desk) -> None:
    office.people.say(LIU, "在吗")
    assert office.send().state == "sent"
    assert office.send().state == "dead", "a key used for something else is no repeat"
    again = office.send(doubtful=True)
    assert (again.state, again.reason) == ("sent", "said before: errcode 40058")
    assert office.texts() == ["已受理"]


def test_an_answer_that_was_cut_is_doubtful_and_its_repeat_is_recognised(office: Desk) -> None:
    office.people.say(LIU, "在吗")
    office.simulator.faults.on("reset_after_accept", path="/wecom/cgi-bin/kf/send_msg", times=1)
    with pytest.raises(Unsure):
        office.send()
    assert office.send(doubtful=True).state == "sent"
    assert office.texts() == ["已受理"]


def test_an_overlong_text_is_cut_to_what_the_platform_takes(office: Desk) -> None:
    office.people.say(LIU, "在吗")
    assert office.send("长" * 3000).state == "sent"
    (text,) = office.texts()
    assert len(text.encode()) <= 2048
    assert text.endswith("…")


def test_a_card_is_a_menu_whose_lines_come_back_as_presses(office: Desk) -> None:
    office.people.say(LIU, "在吗")
    card = Card("1043 号", buttons=(Button("好了", "answer:good"), Button("没好", "answer:bad")), ticket=1043)
    assert office.send("请您看看", card=card).state == "sent"
    office.people.choose(LIU, "answer:bad#1043")
    page = office.channel.pull(DESK, "", office.platform.sessions.issue_token())
    pressed = office.channel.understand(page.messages[-1], NOW)
    assert pressed is not None
    assert (pressed.kind, pressed.event, pressed.data) == (Kind.PRESS, "answer:bad", {"ticket": "1043"})


def test_a_picture_follows_its_words_and_can_be_fetched_back(office: Desk) -> None:
    office.people.say(LIU, "在吗")
    photo = Attachment("ref", "image/png", picture())
    assert office.send("修好了", media=photo).state == "sent"
    assert [seen.kind for seen in office.simulator.screens.of("kf", LIU)] == ["text", "text", "image"]
    office.people.photo(LIU, picture())
    page = office.channel.pull(DESK, "", office.platform.sessions.issue_token())
    incoming = office.channel.understand(page.messages[-1], NOW)
    assert incoming is not None
    assert incoming.media is not None
    fetched = office.channel.fetch(incoming.media)
    assert (fetched.mime, fetched.content) == ("image/png", picture())


def test_the_sixth_message_and_the_third_day_are_out_of_reach() -> None:
    clock = PlatformClock(SECOND)
    with desk(clock) as office:
        office.people.say(LIU, "在吗")
        states = [office.send(key=f"{number:032d}").state for number in range(6)]
        assert states == ["sent"] * 5 + ["unreachable"]
        office.people.say(LIU, "还在吗")
        clock.advance(49 * 3600)
        assert office.send(key="b" * 32).reason == "errcode 95002"
        assert office.send(key="f" * 32, person=f"{DESK}/wmNobody").state == "dead"


def test_somebody_with_a_person_is_out_of_reach_until_the_person_leaves(office: Desk) -> None:
    office.people.say(LIU, "人工")
    handed = office.send("已请工作人员来", way="handover")
    assert handed.state == "sent"
    assert office.texts() == ["已请工作人员来"], "the platform lets one thing be said about it"
    held = office.send(key="c" * 32)
    assert (held.state, held.reason) == ("unreachable", HELD)
    office.people.take_over(CLERK, LIU)
    office.people.end(CLERK, LIU)
    office.people.say(LIU, "谢谢")
    assert office.send(key="d" * 32).state == "sent"


def test_a_hand_over_that_the_platform_does_not_allow_is_no_hand_over(office: Desk) -> None:
    office.people.enter(LIU)
    assert office.send("已请工作人员来", way="handover").reason == "errcode 95016"


def test_a_welcome_goes_by_its_code_once_and_in_time() -> None:
    clock = PlatformClock(SECOND)
    with desk(clock) as office:
        office.people.enter(LIU, DESK)
        page = office.channel.pull(DESK, "", office.platform.sessions.issue_token())
        entered = office.channel.understand(page.messages[-1], NOW)
        assert entered is not None
        code = entered.data["welcome"]
        assert office.send("您好", way="welcome", code=code).state == "sent"
        assert office.texts() == ["您好"]
        assert office.send("您好", key="e" * 32, way="welcome", code=code).state == "dead"


def test_faults_are_told_apart(office: Desk) -> None:
    office.people.say(LIU, "在吗")
    faults = office.simulator.faults
    faults.on("busy", path="/wecom/cgi-bin/kf/send_msg", times=1)
    with pytest.raises(TryLater):
        office.send()
    faults.on("token_dead", times=1)
    assert office.send().state == "sent", "one new token, and the message goes out"
    with pytest.raises(Closed):
        silent.send([])


# --- links ---------------------------------------------------------------------------------------------------------


def test_whoever_comes_by_a_link_says_where_from(office: Desk) -> None:
    api = office.channel.connected()
    assert [one.open_kfid for one in kf_links.accounts(api)] == [DESK, "wkOther"]
    url = kf_links.link(api, DESK, "estate-7")
    office.people.enter_by_link(LIU, url)
    office.people.enter_by_link(LIU, kf_links.with_param(url, "3栋 1&2"))
    page = office.channel.pull(DESK, "", office.platform.sessions.issue_token())
    entered = [office.channel.understand(one, NOW) for one in page.messages]
    assert [one.data["scene"] for one in entered if one is not None] == ["estate-7", "3栋 1&2"]
    with pytest.raises(ValueError, match="scene"):
        kf_links.link(api, DESK, "三号楼")
    with pytest.raises(ValueError, match="parameter"):
        kf_links.with_param(url, "长" * 43)
