"""微信客服 of the simulator over real HTTP: links, pulling, windows, codes, states, people who take over."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from typing import Any

import pytest

from bot.platforms.kf_api import Kf
from bot.platforms.kf_sessions import Account
from bot.platforms.wecom_media import picture
from bot.platforms.wecom_staff import CannotAct
from tests.platforms.wecom import KEY, SECRET, TOKEN, Client, Listener, World, listening, world

HOUR, DAY = 3600, 86400
KF_SECRET, DESK, OTHER, LIU = "kf-secret", "wkDesk", "wkOther", "wmLiu"


class Desk:
    """微信客服 with a client that has its token."""

    def __init__(self, corp: World, **options: Any) -> None:
        accounts = [Account(DESK, "阳光社区"), Account(OTHER, "街道")]
        self.kf = corp.simulator.add(
            Kf(
                corp.wecom,
                secret=KF_SECRET,
                token=TOKEN,
                aes_key=KEY,
                accounts=accounts,
                servicers=["lisi", "wangwu"],
                **options,
            )
        )
        self.corp, self.people, self.faults = corp, self.kf.people, corp.simulator.faults
        self.client = Client("")

    def pull(self, cursor: str = "", **more: Any) -> dict[str, Any]:
        """``sync_msg`` with a good token."""
        token = self.kf.sessions.issue_token()
        return self.client.post("kf/sync_msg", {"cursor": cursor, "token": token, "open_kfid": DESK, **more})

    def listed(self) -> list[dict[str, Any]]:
        """Everything that can be pulled now."""
        messages: list[dict[str, Any]] = self.pull()["msg_list"]
        return messages

    def send(self, content: str = "已受理", **more: Any) -> int:
        """``send_msg``; the errcode."""
        body = {"touser": LIU, "open_kfid": DESK, "msgtype": "text", "text": {"content": content}, **more}
        return int(self.client.post("kf/send_msg", body)["errcode"])

    def change(self, state: int, **more: Any) -> dict[str, Any]:
        """``service_state/trans``."""
        body = {"open_kfid": DESK, "external_userid": LIU, "service_state": state, **more}
        return self.client.post("kf/service_state/trans", body)

    def on_event(self, code: str, **more: Any) -> int:
        """``send_msg_on_event``; the errcode."""
        body = {"code": code, "msgtype": "text", "text": {"content": "您好"}, **more}
        return int(self.client.post("kf/send_msg_on_event", body)["errcode"])

    def state(self) -> tuple[int, str]:
        """``service_state/get``."""
        answer = self.client.post("kf/service_state/get", {"open_kfid": DESK, "external_userid": LIU})
        return answer["service_state"], answer["servicer_userid"]

    def texts(self) -> list[str]:
        """What the customer was told."""
        return self.corp.simulator.screens.texts("kf", LIU)

    def advance(self, seconds: float) -> None:
        """The clock moves on, with a token that lives."""
        self.corp.simulator.clock.advance(seconds)
        self.client.fetch_token(KF_SECRET)


def opened(**options: Any) -> Iterator[Desk]:
    made: list[Desk] = []

    def before(corp: World) -> None:
        made.append(Desk(corp, **options))

    with world(before=before) as corp:
        (desk,) = made
        desk.client.base = corp.client.base
        desk.client.fetch_token(KF_SECRET)
        yield desk


@pytest.fixture
def desk() -> Iterator[Desk]:
    yield from opened()


@pytest.fixture
def ours() -> Iterator[Listener]:
    with listening() as listener:
        yield listener


# --- tokens, accounts, links ---------------------------------------------------------------------------------------


def test_only_the_token_of_its_own_secret_is_good(desk: Desk) -> None:
    mine = desk.client.token
    desk.client.fetch_token(SECRET)
    assert desk.client.token != mine
    assert desk.client.post("kf/account/list", {})["errcode"] == 48002
    assert desk.client.post("kf/send_msg", {})["errcode"] == 48002
    desk.client.fetch_token(KF_SECRET)
    assert desk.client.post("message/send", {})["errcode"] == 48002


def test_accounts_are_listed_in_pages(desk: Desk) -> None:
    assert [one["open_kfid"] for one in desk.client.post("kf/account/list", {})["account_list"]] == [DESK, OTHER]
    page = desk.client.post("kf/account/list", {"offset": 1, "limit": 1})["account_list"]
    assert page == [{"open_kfid": OTHER, "name": "街道", "avatar": "", "manage_privilege": True}]
    assert desk.client.post("kf/account/list", {"limit": 101})["errcode"] == 40058


def test_a_link_carries_its_scene_and_a_parameter(desk: Desk) -> None:
    url = desk.client.post("kf/add_contact_way", {"open_kfid": DESK, "scene": "b3"})["url"]
    desk.people.enter_by_link(LIU, f"{url}&scene_param=a%3D1%26b%3D2")
    (event,) = desk.listed()
    assert event["event"].pop("welcome_code")
    assert event["event"] == {
        "event_type": "enter_session",
        "open_kfid": DESK,
        "external_userid": LIU,
        "scene": "b3",
        "scene_param": "a=1&b=2",
    }
    assert (event["origin"], "external_userid" in event, "open_kfid" in event) == (4, False, False)


def test_links_are_checked(desk: Desk) -> None:
    for scene in ("x" * 33, "三栋", "a b"):
        assert desk.client.post("kf/add_contact_way", {"open_kfid": DESK, "scene": scene})["errcode"] == 40058
    assert desk.client.post("kf/add_contact_way", {"open_kfid": "wkGone"})["errcode"] == 95000
    url = desk.client.post("kf/add_contact_way", {"open_kfid": DESK, "scene": "b3"})["url"]
    with pytest.raises(CannotAct):
        desk.people.enter_by_link(LIU, f"{url}&scene_param={'a' * 129}")
    desk.people.enter_by_link(LIU, url.replace(DESK, OTHER))
    (event,) = desk.pull(open_kfid=OTHER)["msg_list"]
    assert event["event"]["scene"] == ""


# --- pulling -------------------------------------------------------------------------------------------------------


def test_everything_that_is_said_is_listed(desk: Desk) -> None:
    people = desk.people
    people.say(LIU, "三栋停水")
    people.photo(LIU)
    people.voice(LIU)
    people.video(LIU)
    people.file(LIU)
    people.location(LIU, 31.2, 121.5, "3栋", "幸福路1号")
    people.link(LIU, "公告", "https://example.com")
    people.forward(LIU, "群聊的聊天记录", [["张三", "电梯坏了"], ["李四", "2单元的"]])
    messages = desk.listed()
    kinds = [message["msgtype"] for message in messages]
    assert kinds == ["text", "image", "voice", "video", "file", "location", "link", "merged_msg"]
    assert {(one["origin"], one["open_kfid"], one["external_userid"]) for one in messages} == {(3, DESK, LIU)}
    assert messages[0]["text"] == {"content": "三栋停水"}
    assert messages[5]["location"]["latitude"] == 31.2
    items = messages[7]["merged_msg"]["item"]
    assert [item["sender_name"] for item in items] == ["张三", "李四"]
    assert json.loads(items[1]["msg_content"]) == {"msgtype": "text", "text": {"content": "2单元的"}}
    media = messages[1]["image"]["media_id"]
    path = f"media/get?access_token={desk.client.token}&media_id={media}"
    assert desk.client.raw("GET", path)[2] == picture()


def test_pulling_goes_on_from_the_cursor_and_by_has_more(desk: Desk) -> None:
    for number in range(5):
        desk.people.say(LIU, str(number))
    desk.kf.acts["pages"](most=2, empty=1)
    said, cursor, pages = [], "", 0
    while True:
        page = desk.pull(cursor)
        said += [message["text"]["content"] for message in page["msg_list"]]
        cursor, pages = page["next_cursor"], pages + 1
        if not page["has_more"]:
            break
    assert (said, pages) == (["0", "1", "2", "3", "4"], 4)
    assert len(cursor) <= 64
    assert desk.pull(cursor)["msg_list"] == []
    desk.people.say(LIU, "5")
    assert [one["text"]["content"] for one in desk.pull(cursor)["msg_list"]] == ["5"]


@pytest.mark.parametrize(
    ("more", "errcode"),
    [
        ({"limit": 1001}, 40058),
        ({"limit": 0}, 40058),
        ({"voice_format": 2}, 40058),
        ({"cursor": "nonsense"}, 40058),
        ({"open_kfid": "wkGone"}, 95000),
        ({"token": "ENCnobody"}, 95007),
    ],
)
def test_pulls_the_documents_forbid_are_refused(desk: Desk, more: dict[str, Any], errcode: int) -> None:
    assert desk.pull(**more)["errcode"] == errcode


def test_a_token_pulls_for_ten_minutes_and_without_one_few_pulls_are_answered(desk: Desk) -> None:
    token = desk.kf.sessions.issue_token()
    desk.advance(599)
    assert desk.pull(token=token)["errcode"] == 0
    desk.advance(1)
    assert desk.pull(token=token)["errcode"] == 95007
    assert [desk.pull(token="")["errcode"] for _ in range(7)] == [0] * 6 + [45009]
    desk.advance(60)
    assert desk.pull(token="")["errcode"] == 0


def test_messages_can_be_pulled_for_three_days(desk: Desk) -> None:
    desk.people.say(LIU, "old")
    desk.advance(DAY)
    desk.people.say(LIU, "new")
    desk.advance(2 * DAY)
    assert [message["text"]["content"] for message in desk.listed()] == ["new"]


def test_the_bell_rings_with_a_token_and_without_content(ours: Listener) -> None:
    for desk in opened(address=ours.address):
        desk.people.say(LIU, "三栋停水")
        root = ElementTree.fromstring(ours.heard[0])
        names = [element.tag for element in root]
        assert names == ["ToUserName", "CreateTime", "MsgType", "Event", "Token", "OpenKfId"]
        assert (root.findtext("Event"), root.findtext("OpenKfId")) == ("kf_msg_or_event", DESK)
        assert desk.pull(token=root.findtext("Token"))["msg_list"][0]["text"] == {"content": "三栋停水"}
        desk.faults.on("lost", path="/kf/push/", times=1)
        desk.people.say(LIU, "nobody is told")
        assert len(ours.heard) == 1
        assert len(desk.listed()) == 2


# --- sending -------------------------------------------------------------------------------------------------------


def test_five_messages_within_48_hours_of_the_customers_last(desk: Desk) -> None:
    assert desk.send() == 40096  # never heard of
    desk.people.enter(LIU)
    assert desk.send() == 95018  # has said nothing: no conversation is open
    desk.people.say(LIU, "三栋停水")
    assert [desk.send(str(number)) for number in range(6)] == [0] * 5 + [95001]
    desk.people.say(LIU, "还没来水")
    desk.advance(48 * HOUR - 1)
    assert desk.send("late") == 0
    desk.advance(1)
    assert desk.send("too late") == 95002
    assert desk.texts() == ["0", "1", "2", "3", "4", "late"]
    desk.people.say(LIU, "喂")
    assert desk.send("again") == 0
    assert "已受理" not in json.dumps(desk.listed(), ensure_ascii=False)  # what we send is not pulled


def test_a_msgid_of_our_own_is_used_once(desk: Desk) -> None:
    desk.people.say(LIU, "三栋停水")
    assert desk.send(msgid="out_17-1") == 0
    assert desk.send(msgid="out_17-1") == 40058
    assert desk.send(msgid="x" * 33) == desk.send(msgid="编号") == 40058
    assert desk.texts() == ["已受理"]
    body = {"touser": LIU, "open_kfid": DESK, "msgid": "mine", "msgtype": "text", "text": {"content": "一"}}
    assert desk.client.post("kf/send_msg", body)["msgid"] == "mine"


@pytest.mark.parametrize(
    ("more", "errcode"),
    [
        ({"msgtype": "hologram"}, 40008),
        ({"open_kfid": "wkGone"}, 95000),
        ({"touser": ""}, 40058),
        ({"text": {"content": ""}}, 44004),
        ({"text": {"content": "水" * 683}}, 45002),
        ({"msgtype": "image", "image": {"media_id": "gone"}}, 40007),
        ({"msgtype": "location", "location": {"name": "3栋"}}, 40058),
        ({"msgtype": "link", "link": {"title": "一", "url": "https://example.com"}}, 40007),
        ({"msgtype": "miniprogram", "miniprogram": {"appid": "wx1"}}, 40058),
        ({"msgtype": "msgmenu", "msgmenu": {}}, 44004),
        ({"msgtype": "msgmenu", "msgmenu": {"list": [{"type": "hologram"}]}}, 95009),
        ({"msgtype": "msgmenu", "msgmenu": {"list": [{"type": "click", "click": {"content": "好"}}] * 11}}, 95008),
    ],
)
def test_what_is_refused_reaches_nobody_and_is_not_counted(desk: Desk, more: dict[str, Any], errcode: int) -> None:
    desk.people.say(LIU, "三栋停水")
    assert desk.send(**more) == errcode
    assert desk.texts() == []
    assert [desk.send() for _ in range(6)] == [0] * 5 + [95001]


def test_every_type_reaches_the_screen(desk: Desk) -> None:
    desk.people.say(LIU, "三栋停水")
    media = desk.client.upload("image", "a.png", picture())["media_id"]
    assert desk.send(msgtype="image", image={"media_id": media}) == 0
    link = {"title": "公告", "url": "https://example.com", "thumb_media_id": media}
    assert desk.send(msgtype="link", link=link) == 0
    page = {"appid": "wx1", "pagepath": "pages/a", "title": "小程序", "thumb_media_id": media}
    assert desk.send(msgtype="miniprogram", miniprogram=page) == 0
    assert desk.send(msgtype="location", location={"name": "3栋", "latitude": 31, "longitude": 121.5}) == 0
    kinds = [seen.kind for seen in desk.corp.simulator.screens.of("kf", LIU)]
    assert kinds == ["text", "image", "link", "miniprogram", "location"]


def test_a_menus_entry_comes_back_as_a_text_with_its_id(desk: Desk) -> None:
    desk.people.say(LIU, "三栋停水")
    entries = [
        {"type": "click", "click": {"id": "yes", "content": "满意"}},
        {"type": "text", "text": {"content": "或"}},
    ]
    assert desk.send(msgtype="msgmenu", msgmenu={"head_content": "办好了吗", "list": entries}) == 0
    assert desk.texts() == ["办好了吗\n满意\n或"]
    desk.people.choose(LIU, "yes")
    assert desk.listed()[-1]["text"] == {"content": "满意", "menu_id": "yes"}
    with pytest.raises(CannotAct):
        desk.people.choose(LIU, "no")


def test_a_customer_who_refuses_comes_back_as_an_event(ours: Listener) -> None:
    for desk in opened(address=ours.address):
        desk.people.say(LIU, "三栋停水")
        desk.people.refuse(LIU)
        assert desk.send(msgid="out_1") == 0
        assert desk.texts() == []
        event = desk.listed()[-1]["event"]
        assert (event["event_type"], event["fail_msgid"], event["fail_type"]) == ("msg_send_fail", "out_1", 10)
        assert desk.kf.bell.callback.pushes.settle()
        assert len(ours.heard) == 2


def test_a_message_is_taken_back(desk: Desk) -> None:
    msgid = desk.people.say(LIU, "错了")
    desk.people.recall(LIU, msgid)
    event = desk.listed()[-1]["event"]
    assert (event["event_type"], event["recall_msgid"]) == ("user_recall_msg", msgid)
    with pytest.raises(CannotAct):
        desk.people.recall("wmSomebody", msgid)


# --- greetings -----------------------------------------------------------------------------------------------------


def test_a_greeting_has_one_use_and_twenty_seconds(desk: Desk) -> None:
    desk.people.enter(LIU)
    code = desk.listed()[-1]["event"]["welcome_code"]
    assert desk.on_event("nonsense") == 40058
    assert desk.on_event(code, msgtype="image") == 40008
    assert desk.on_event(code) == 0
    assert desk.on_event(code) == 40058
    assert desk.texts() == ["您好"]
    desk.people.enter(LIU)
    assert "welcome_code" not in desk.listed()[-1]["event"]  # greeted within 48 hours
    desk.advance(48 * HOUR)
    desk.people.enter(LIU)
    late = desk.listed()[-1]["event"]["welcome_code"]
    desk.advance(20)
    assert desk.on_event(late) == 40058


def test_whoever_wrote_needs_no_greeting(desk: Desk) -> None:
    desk.people.say(LIU, "三栋停水")
    desk.people.enter(LIU)
    assert "welcome_code" not in desk.listed()[-1]["event"]


# --- people take over ----------------------------------------------------------------------------------------------


def test_a_conversation_is_handed_to_a_person_and_comes_back(desk: Desk) -> None:
    desk.people.say(LIU, "我要找人")
    assert desk.state() == (0, "")
    assert desk.change(3, servicer_userid="nobody")["errcode"] == 95014
    code = desk.change(2)["msg_code"]
    assert desk.send() == 95018
    assert desk.on_event(code, msgtype="msgmenu", msgmenu={"head_content": "一"}) == 40008
    assert desk.on_event(code) == 0
    desk.people.take_over("lisi", LIU)
    assert desk.state() == (3, "lisi")
    assert desk.send() == 95018
    desk.people.say(LIU, "在吗")
    assert [seen.text for seen in desk.corp.simulator.screens.of("kf", "lisi")] == ["在吗"]
    desk.people.answer("lisi", LIU, "在的")
    desk.people.answer_photo("lisi", LIU)
    desk.people.end("lisi", LIU)
    assert desk.state() == (4, "")
    assert desk.send() == 95018
    desk.people.say(LIU, "谢谢")
    assert desk.state() == (0, "")
    assert desk.send("不客气") == 0
    events = [message["event"] for message in desk.listed() if message["msgtype"] == "event"]
    assert [(one["change_type"], one.get("new_servicer_userid")) for one in events] == [(1, "lisi"), (3, None)]
    staff = [message for message in desk.listed() if message["origin"] == 5]
    assert [(one["servicer_userid"], one["msgtype"]) for one in staff] == [("lisi", "text"), ("lisi", "image")]
    assert desk.texts() == ["您好", "在的", "", "不客气"]


def test_codes_of_changes_are_good_in_their_state_only(desk: Desk) -> None:
    desk.people.say(LIU, "我要找人")
    waiting = desk.change(2)["msg_code"]
    desk.people.take_over("lisi", LIU)
    assert desk.on_event(waiting) == 95018
    farewell = desk.change(4)["msg_code"]
    assert desk.on_event(farewell, msgtype="msgmenu", msgmenu={"head_content": "满意吗"}) == 0
    assert desk.change(1)["errcode"] == 95016


def test_changes_follow_the_documents_table(desk: Desk) -> None:
    desk.people.say(LIU, "一")
    for state, errcode in ((7, 40058), (0, 95016), (4, 95016), (1, 0), (0, 95016), (2, 0), (1, 95016)):
        assert desk.change(state)["errcode"] == errcode
    assert "msg_code" in desk.change(3, servicer_userid="lisi")
    assert "msg_code" not in desk.change(3, servicer_userid="wangwu")
    assert desk.state() == (3, "wangwu")


def test_only_whoever_holds_it_answers(desk: Desk) -> None:
    desk.people.say(LIU, "一")
    with pytest.raises(CannotAct, match="handed over"):
        desk.people.take_over("lisi", LIU)
    desk.change(3, servicer_userid="lisi")
    with pytest.raises(CannotAct):
        desk.people.answer("wangwu", LIU, "二")
    with pytest.raises(CannotAct):
        desk.people.take_over("ZhangSan", LIU)
    desk.people.take_over("wangwu", LIU)
    event = desk.listed()[-1]["event"]
    assert (event["change_type"], event["old_servicer_userid"]) == (2, "lisi")


def test_customers_are_looked_up(desk: Desk) -> None:
    desk.people.enter(LIU, DESK, "b3", "a=1")
    body = {"external_userid_list": [LIU, "wmNobody"], "need_enter_session_context": 1}
    answer = desk.client.post("kf/customer/batchget", body)
    (one,) = answer["customer_list"]
    assert one["enter_session_context"] == {"scene": "b3", "scene_param": "a=1"}
    assert answer["invalid_external_userid"] == ["wmNobody"]
    assert desk.client.post("kf/customer/batchget", {"external_userid_list": []})["errcode"] == 40058


def test_faults_strike_sending(desk: Desk) -> None:
    desk.people.say(LIU, "三栋停水")
    desk.faults.on("silent_drop", path="kf/send_msg", times=1)
    assert desk.send("unseen") == 0
    desk.faults.on("reset_after_accept", path="kf/send_msg", times=1)
    with pytest.raises(ConnectionError):
        desk.send("seen", msgid="once")
    assert desk.send("seen", msgid="once") == 40058
    assert desk.texts() == ["seen"]


def test_acts_are_there_over_http(desk: Desk) -> None:
    desk.client.prefix = "/admin/"
    said = json.dumps({"act": "say", "person": LIU, "text": "三栋停水"}).encode()
    assert desk.client.request("POST", "act/kf", said)["result"]
    asked = json.dumps({"act": "take_over", "servicer": "lisi", "person": LIU}).encode()
    assert "not handed over" in desk.client.request("POST", "act/kf", asked)["error"]
    assert desk.client.request("GET", "state")["doors"]["kf"]["state"]["customers"] == {LIU: LIU}
