"""What people do reaches our callback, and what is answered there reaches their screens; also on a bad day."""

from __future__ import annotations

import base64
import json
import threading
from urllib.parse import urlsplit

import pytest

from bot.platforms.clock import PlatformClock
from bot.platforms.oa_account import OaAccount
from bot.platforms.oa_api import SimulatedOfficialAccount
from bot.platforms.simulator import Simulator, running
from handlers.message import Incoming, Kind
from tests.platforms.callback import AES_KEY, APP_ID, NOON, SECRET, TOKEN, callback
from tests.platforms.oa_world import JPEG, OaWorld


def echo(incoming: Incoming) -> str:
    return f"收到：{incoming.text or incoming.event}"


def test_our_address_is_checked(oa: OaWorld) -> None:
    assert oa.act.check_callback()


def test_what_is_answered_at_once_is_on_the_screen(oa: OaWorld) -> None:
    oa.ours.answer = echo
    assert oa.act.follow("o1") == "收到：subscribe"
    assert oa.act.say("o1", "楼道灯坏了") == "收到：楼道灯坏了"
    seen = oa.simulator.screens.of("oa", "o1")
    assert [(one.from_ == "me", one.text) for one in seen] == [
        (False, "收到：subscribe"),
        (True, "楼道灯坏了"),
        (False, "收到：楼道灯坏了"),
    ]


def test_a_photo_is_served_by_its_address_and_by_its_media_id(oa: OaWorld) -> None:
    oa.act.follow("o1")
    oa.act.photo("o1", base64.b64encode(JPEG).decode())
    came = oa.ours.came[-1]
    assert came.kind is Kind.IMAGE
    address = urlsplit(came.data["picurl"])
    assert oa.raw("GET", f"{address.path}?{address.query}")[2] == JPEG
    media_id = oa.simulator.screens.of("oa", "o1")[0].media_id or ""
    assert oa.raw("GET", oa.path("media/get", media_id=media_id))[2] == JPEG
    with pytest.raises(ValueError, match="no image"):
        oa.act.photo("o1", b"nothing like it")


def test_voice_with_and_without_recognition(oa: OaWorld) -> None:
    oa.act.follow("o1")
    oa.act.voice("o1")
    oa.act.voice("o1", b"#!AMR\n" + bytes(20), recognition="电梯停了")
    assert [(one.kind, one.text) for one in oa.ours.came[-2:]] == [(Kind.VOICE, ""), (Kind.VOICE, "电梯停了")]
    assert ["<Recognition>" in raw for raw in oa.ours.raw[-2:]] == [False, True]


def test_a_location(oa: OaWorld) -> None:
    oa.act.follow("o1")
    oa.act.location("o1", 31.2304, 121.4737, "三号楼")
    assert (oa.ours.came[-1].kind, oa.ours.came[-1].text) == (Kind.LOCATION, "三号楼")


def test_who_left_cannot_speak(oa: OaWorld) -> None:
    oa.act.follow("o1")
    oa.act.unfollow("o1")
    assert oa.ours.kinds() == ["subscribe", "unsubscribe"]
    with pytest.raises(ValueError, match="does not follow"):
        oa.act.say("o1", "喂")


def test_a_callback_that_fails_is_tried_three_times_and_the_person_sees_it(oa: OaWorld) -> None:
    oa.act.follow("o1")
    oa.ours.broken = True
    assert oa.act.say("o1", "喂") is None
    assert [one.kind for one in oa.simulator.screens.of("oa", "o1")] == ["text", "out_of_service"]
    outcomes = [entry.fields["outcome"] for entry in oa.simulator.record.entries("push")]
    assert outcomes == ["accepted", "unacceptable"]


@pytest.mark.parametrize("fault", ["duplicate", "concurrent"])
def test_a_push_made_several_times_is_the_same_message_and_is_read_once(oa: OaWorld, fault: str) -> None:
    oa.ours.answer = echo
    oa.act.follow("o1")
    oa.faults.on(fault, path="push/text", times=1, count=4)
    assert oa.act.say("o1", "楼道灯坏了") == "收到：楼道灯坏了"
    assert len({one.key for one in oa.ours.came}) == 2
    assert len(oa.ours.came) == 5
    assert oa.texts("o1") == ["收到：subscribe", "收到：楼道灯坏了"]


def test_concurrent_pushes_are_in_the_callback_at_the_same_time(oa: OaWorld) -> None:
    oa.act.follow("o1")
    meet = threading.Barrier(2)

    def wait(incoming: Incoming) -> None:
        meet.wait(30)

    oa.ours.answer = wait
    oa.faults.on("concurrent", times=1)
    oa.act.say("o1", "楼道灯坏了")
    assert not meet.broken


def test_a_push_held_back_comes_after_the_next_one(oa: OaWorld) -> None:
    oa.ours.answer = echo
    oa.act.follow("o1")
    oa.faults.on("reordered", times=1)
    assert oa.act.say("o1", "一") is None
    assert oa.act.say("o1", "二") == "收到：二"
    assert [one.text for one in oa.ours.came[1:]] == ["二", "一"]
    assert oa.texts("o1")[1:] == ["收到：二", "收到：一"]


def test_the_last_push_held_back_comes_when_all_is_settled(oa: OaWorld) -> None:
    oa.act.follow("o1")
    oa.faults.on("reordered", path="push/text", times=1)
    oa.act.say("o1", "一")
    assert len(oa.ours.came) == 1
    assert oa.account.settle()
    assert [one.text for one in oa.ours.came[1:]] == ["一"]


def test_a_push_may_be_lost(oa: OaWorld) -> None:
    oa.act.follow("o1")
    oa.faults.on("lost", path="push/text", times=1)
    oa.act.say("o1", "一")
    oa.act.say("o1", "二")
    assert [one.text for one in oa.ours.came[1:]] == ["二"]


def test_our_server_may_call_an_interface_before_it_answers(oa: OaWorld) -> None:
    def answer(incoming: Incoming) -> None:
        if incoming.kind is Kind.TEXT:
            assert oa.tell(incoming.sender, "马上看") == 0

    oa.ours.answer = answer
    oa.act.follow("o1")
    answered = oa.json("POST", "/admin/act/oa", {"act": "say", "person": "o1", "text": "楼道灯坏了"})
    assert answered == {"result": None}
    assert oa.texts("o1") == ["马上看"]


def test_acts_of_the_admin_interface(oa: OaWorld) -> None:
    oa.ours.answer = echo
    assert oa.json("POST", "/admin/act/oa", {"act": "follow", "person": "o1"}) == {"result": "收到：subscribe"}
    photo = {"act": "photo", "person": "o1", "data": base64.b64encode(JPEG).decode()}
    assert oa.json("POST", "/admin/act/oa", photo) == {"result": "收到："}
    for wrong in ({"act": "dance"}, {"act": "say", "person": "o1"}, {"act": "scan", "person": "o1", "code": "gone"}):
        assert oa.raw("POST", "/admin/act/oa", str(wrong).replace("'", '"').encode())[0] == 400
    assert oa.raw("POST", "/admin/act/nowhere", b'{"act": "say"}')[0] == 400
    state = oa.json("GET", "/admin/state")["doors"]["oa"]["state"]
    assert (state["followers"], state["callback"]) == (1, oa.ours.address)
    assert [window["action"] for window in state["people"][0]["windows"]] == ["follow", "message"]
    switched = {"act": "set_option", "name": "mass_protected", "value": True}
    assert oa.json("POST", "/admin/act/oa", switched) == {"result": None}
    assert oa.json("GET", "/admin/state")["doors"]["oa"]["state"]["options"]["mass_protected"] is True
    assert oa.raw("POST", "/admin/act/oa", b'{"act": "set_option", "name": "poem", "value": 1}')[0] == 400
    assert SECRET not in str(state)


def test_without_a_callback_nothing_is_pushed() -> None:
    simulator = Simulator(clock=PlatformClock(0))
    account = SimulatedOfficialAccount(simulator.ground, OaAccount(APP_ID, SECRET, TOKEN, AES_KEY))
    account.act.follow("o1")
    assert [entry.fields["outcome"] for entry in simulator.record.entries("push")] == ["no callback"]
    account.close()


def test_on_a_real_clock_what_falls_due_is_done_without_being_asked() -> None:
    simulator = Simulator()
    account = SimulatedOfficialAccount(simulator.ground, OaAccount(APP_ID, SECRET, TOKEN, AES_KEY))
    simulator.add(account)
    account.options.mass_seconds = 0.1
    with callback() as ours, running(simulator) as address:
        account.act.set_callback(ours.address)
        arrived = threading.Event()
        ours.answer = lambda incoming: arrived.set()
        account.act.followers(2)
        OaWorld(simulator, account, ours, address).mass(account.people.followers())
        assert arrived.wait(30)
        assert ours.field("MASSSENDJOBFINISH", "Status") == ["send success"]


def test_pushes_in_json() -> None:
    """A single template is an object beside the event's other fields, and not a list."""
    simulator = Simulator(clock=PlatformClock(NOON))
    account = simulator.add(SimulatedOfficialAccount(simulator.ground, OaAccount(APP_ID, SECRET, TOKEN, AES_KEY)))
    account.platform.data_format = "json"
    account.options.subscriptions["s"] = ["thing1"]
    with callback() as ours:
        account.act.set_callback(ours.address)
        account.act.accept("o1", "s")
        account.close()
    listed = {"TemplateId": "s", "SubscribeStatusString": "accept", "PopupScene": "1"}
    assert json.loads(ours.raw[0])["List"] == listed
