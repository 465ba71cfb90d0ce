"""The WeCom app's interfaces of the simulator, over real HTTP: what the documents say is accepted, refused, dropped."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from bot.platforms.wecom_media import AMR, JPEG, picture, recording, seconds
from tests.platforms.wecom import AGENT, CONTACTS_SECRET, EVERYBODY, SECRET, World, world

HOUR, DAY = 3600, 86400


@pytest.fixture
def corp() -> Iterator[World]:
    with world() as made:
        yield made


def text(content: str = "停水通知", to: str = "lisi", **more: Any) -> dict[str, Any]:
    return {"touser": to, "agentid": AGENT, "msgtype": "text", "text": {"content": content}, **more}


def card(task_id: str | None = "ticket_1@1", to: str = EVERYBODY, **changes: Any) -> dict[str, Any]:
    whole = {
        "card_type": "button_interaction",
        "main_title": {"title": "电梯困人 · 3栋2单元"},
        "horizontal_content_list": [{"keyname": "编号", "value": "1"}],
        "card_action": {"type": 1, "url": "https://example.com/t/1"},
        "task_id": task_id,
        "button_selection": {
            "question_key": "eta",
            "title": "到场",
            "option_list": [{"id": "30m", "text": "30分钟"}, {"id": "1h", "text": "一小时"}],
        },
        "button_list": [{"text": "接单", "style": 1, "key": "accept"}, {"text": "转派", "style": 2, "key": "pass"}],
        **changes,
    }
    whole = {name: value for name, value in whole.items() if value is not None}
    return {"touser": to, "agentid": AGENT, "msgtype": "template_card", "template_card": whole}


def send(corp: World, body: dict[str, Any]) -> dict[str, Any]:
    return corp.client.post("message/send", body)


def texts(corp: World, person: str) -> list[str]:
    return corp.simulator.screens.texts("wecom", person)


# --- tokens --------------------------------------------------------------------------------------------------------


def test_a_token_is_the_same_until_it_expires(corp: World) -> None:
    first = corp.client.token
    corp.simulator.clock.advance(HOUR)
    assert corp.client.fetch_token()["expires_in"] == HOUR
    assert corp.client.token == first
    corp.simulator.clock.advance(HOUR)
    assert send(corp, text())["errcode"] == 42001
    assert corp.client.fetch_token()["access_token"] != first
    assert send(corp, text())["errcode"] == 0


def test_each_secret_has_its_own_token_and_interfaces(corp: World) -> None:
    mine = corp.client.token
    assert corp.client.fetch_token("wrong")["errcode"] == 40001
    assert corp.client.fetch_token(SECRET, "ww_other")["errcode"] == 40013
    assert corp.client.post("user/list_id", {})["errcode"] == 48002
    corp.client.fetch_token(CONTACTS_SECRET)
    assert corp.client.token != mine
    assert send(corp, text())["errcode"] == 48002
    assert len(corp.client.post("user/list_id", {"limit": 2})["dept_user"]) == 2


def test_tokens_are_missed_refused_and_killed_and_not_asked_for_too_often(corp: World) -> None:
    good, corp.client.token = corp.client.token, ""
    assert send(corp, text())["errcode"] == 41001
    corp.client.token = "nobody"
    assert send(corp, text())["errcode"] == 40014
    corp.client.token = good
    corp.simulator.faults.on("token_dead")
    assert send(corp, text())["errcode"] == 40014
    corp.simulator.faults.on("refuse_token", times=1)
    assert corp.client.fetch_token()["errcode"] == 40001
    assert corp.client.fetch_token()["access_token"] != good
    assert send(corp, text())["errcode"] == 0
    answers = [corp.client.fetch_token()["errcode"] for _ in range(60)]
    assert set(answers) == {0, 45009}
    assert "access_token" not in json.dumps([entry.fields for entry in corp.simulator.record.entries("gettoken")])


def test_only_allowed_addresses_may_call() -> None:
    with world(allowed=["10.0.0.1"]) as corp:
        assert send(corp, text())["errcode"] == 60020
        corp.wecom.allowed = {"127.0.0.1"}
        assert send(corp, text())["errcode"] == 0


# --- message/send --------------------------------------------------------------------------------------------------


def test_a_text_reaches_whom_it_names_and_names_whom_it_does_not(corp: World) -> None:
    answer = send(corp, text(to="zhangsan|LISI|Nobody|hidden|unpaid"))
    assert answer["errcode"] == 0
    assert answer["invaliduser"] == "nobody|hidden"
    assert answer["unlicenseduser"] == "unpaid"
    assert texts(corp, "ZhangSan") == texts(corp, "lisi") == ["停水通知"]
    assert texts(corp, "wangwu") == []
    assert "response_code" not in answer


def test_a_message_goes_to_all_to_departments_and_to_tags(corp: World) -> None:
    assert send(corp, text("一", "@all"))["errcode"] == 0
    answer = send(corp, {**text("二", ""), "toparty": "3|99", "totag": "7|8"})
    assert (answer["invalidparty"], answer["invalidtag"]) == ("99", "8")
    assert texts(corp, "wangwu") == texts(corp, "ZhangSan") == ["一", "二"]


@pytest.mark.parametrize(
    ("body", "errcode"),
    [
        (text(to="nobody|nothing"), 81013),
        (text(to=""), 40058),
        (text(to="|".join(f"u{number}" for number in range(1001))), 40032),
        ({**text(), "toparty": "|".join("2" * 101)}, 40066),
        ({**text(), "agentid": AGENT + 1}, 40056),
        ({**text(), "agentid": str(AGENT)}, 40056),
        ({**text(), "msgtype": "hologram"}, 40008),
        (text(""), 44004),
        ({**text(), "msgtype": "markdown", "markdown": {"content": "长" * 683}}, 45002),
        ({**text(), "msgtype": "image", "image": {"media_id": "gone"}}, 40007),
        ({**text(), "msgtype": "textcard", "textcard": {"title": "一", "description": "二"}}, 40058),
        ({**text(), "msgtype": "news", "news": {"articles": [{"title": "一"}] * 9}}, 40058),
    ],
)
def test_what_is_refused_reaches_nobody(corp: World, body: dict[str, Any], errcode: int) -> None:
    assert send(corp, body)["errcode"] == errcode
    assert texts(corp, "lisi") == []
    (refused,) = corp.simulator.record.entries("refused")
    assert refused.fields == {"path": "/cgi-bin/message/send", "errcode": errcode}


def test_malformed_requests_are_refused(corp: World) -> None:
    path = f"message/send?access_token={corp.client.token}"
    assert corp.client.request("POST", path, b"{")["errcode"] == 47001
    assert corp.client.request("POST", path, b'{"text": "\\u4e2d"}')["errcode"] == 40033
    assert corp.client.request("GET", path)["errcode"] == 43002


def test_a_text_is_cut_at_2048_bytes_without_half_a_character(corp: World) -> None:
    send(corp, text("水" * 1000))
    assert texts(corp, "lisi") == ["水" * 682]


def test_the_same_request_again_is_answered_and_not_delivered(corp: World) -> None:
    body = text(enable_duplicate_check=1, duplicate_check_interval=1800)
    first = send(corp, body)
    assert send(corp, body) == first
    assert texts(corp, "lisi") == ["停水通知"]
    (_, again) = corp.simulator.record.entries("message/send")
    assert again.fields["duplicate_of"] == first["msgid"]
    send(corp, {**body, "text": {"content": "来水了"}})
    corp.simulator.clock.advance(1800)
    assert send(corp, body)["msgid"] != first["msgid"]
    assert texts(corp, "lisi") == ["停水通知", "来水了", "停水通知"]
    send(corp, text())
    assert len(texts(corp, "lisi")) == 4  # nobody asked for the check


def test_more_than_30_a_minute_are_dropped_without_a_word(corp: World) -> None:
    answers = [send(corp, text(str(number)))["errcode"] for number in range(32)]
    assert answers == [0] * 32
    assert texts(corp, "lisi") == [str(number) for number in range(30)]
    assert corp.simulator.record.entries("message/send")[-1].fields["dropped"] == ["lisi"]
    corp.simulator.clock.advance(60)
    send(corp, text("later"))
    assert texts(corp, "lisi")[-1] == "later"


def test_more_than_1000_an_hour_are_dropped_and_the_days_quota_is_refused(corp: World) -> None:
    corp.wecom.messages._times["lisi"].extend([corp.simulator.clock.now() - 100] * 1000)
    send(corp, text())
    assert texts(corp, "lisi") == []
    corp.wecom.messages._person_times = 200 * 4
    assert send(corp, text())["errcode"] == 45009
    corp.advance(DAY)
    assert send(corp, text())["errcode"] == 0


def test_faults_strike_sending(corp: World) -> None:
    faults = corp.simulator.faults
    faults.on("partial", path="message/send", times=1, people=["LISI"])
    assert send(corp, text(to=EVERYBODY))["invaliduser"] == "lisi"
    faults.on("silent_drop", path="message/send", times=1)
    assert send(corp, text("unseen"))["errcode"] == 0
    assert texts(corp, "lisi") == []
    faults.on("busy", path="message/send", times=1)
    assert send(corp, text())["errcode"] == -1
    faults.on("minute_quota", path="message/send", times=1, errcode=45033)
    assert send(corp, text())["errcode"] == 45033
    faults.on("reset_after_accept", path="message/send", times=1)
    with pytest.raises(ConnectionError):
        send(corp, text("seen"))
    assert texts(corp, "lisi") == ["seen"]


# --- cards ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "errcode"),
    [
        ({"card_type": "hologram"}, 42031),
        ({"task_id": None}, 42014),
        ({"task_id": "编号"}, 42014),
        ({"task_id": "x" * 129}, 42014),
        ({"main_title": {"desc": "no title"}}, 40058),
        ({"button_list": []}, 40058),
        ({"button_list": [{"text": "一", "key": str(number)} for number in range(7)]}, 40058),
        ({"button_list": [{"key": "accept"}]}, 42038),
        ({"button_list": [{"text": "接单"}]}, 42039),
        ({"button_list": [{"text": "接单", "key": "a"}, {"text": "转派", "key": "a"}]}, 42039),
        ({"button_list": [{"text": "接单", "key": "a" * 1025}]}, 42039),
        ({"button_list": [{"text": "打开", "type": 1}]}, 40058),
        ({"card_action": {"type": 1}}, 42045),
        ({"card_action": {"type": 9}}, 42045),
        ({"horizontal_content_list": [{"keyname": "一"}] * 7}, 40058),
        ({"horizontal_content_list": [{"value": "一"}]}, 40058),
        ({"jump_list": [{"title": "一"}] * 4}, 40058),
        ({"button_selection": {"option_list": [{"id": "1", "text": "一"}]}}, 40058),
        ({"button_selection": {"question_key": "q", "option_list": [{"id": "1", "text": "一"}] * 11}}, 40058),
        ({"button_selection": {"question_key": "q", "option_list": [{"id": "1", "text": "一"}] * 2}}, 40058),
        ({"action_menu": {"desc": "more", "action_list": []}}, 40058),
        ({"card_type": "text_notice", "button_list": None, "card_action": None}, 42045),
    ],
)
def test_a_card_the_documents_forbid_is_refused(corp: World, changes: dict[str, Any], errcode: int) -> None:
    assert send(corp, card(**changes))["errcode"] == errcode
    assert corp.simulator.screens.of("wecom", "lisi") == []


def test_cards_of_other_types_are_taken(corp: World) -> None:
    answer = send(corp, card(card_type="text_notice", button_list=None, task_id=None))
    assert answer["errcode"] == 0
    assert "response_code" not in answer
    option = {"id": "1", "text": "一"}
    vote = {"question_key": "q", "option_list": [option]}
    sent = card("v@1", card_type="vote_interaction", checkbox=vote, submit_button={"text": "好", "key": "ok"})
    assert send(corp, sent)["response_code"]


def test_a_task_id_is_used_once(corp: World) -> None:
    assert send(corp, card())["errcode"] == 0
    assert send(corp, card())["errcode"] == 42014
    assert send(corp, card(to="nobody", task_id="ticket_2@1"))["errcode"] == 81013
    assert send(corp, card(task_id="ticket_2@1"))["errcode"] == 0  # what was refused has used nothing


@pytest.mark.parametrize(("card_resend", "errcode"), [("duplicate", 0), ("task_id", 42014)])
def test_a_card_sent_again_is_a_duplicate_or_a_used_task_id(card_resend: str, errcode: int) -> None:
    with world(card_resend=card_resend) as corp:
        body = {**card(), "enable_duplicate_check": 1}
        first = send(corp, body)
        again = send(corp, body)
        assert again["errcode"] == errcode
        assert again == first or errcode
        assert len(corp.simulator.screens.of("wecom", "lisi")) == 1


def update(corp: World, code: str, **more: Any) -> dict[str, Any]:
    body = {"userids": ["lisi", "wangwu", "nobody"], "agentid": AGENT, "response_code": code, **more}
    return corp.client.post("message/update_template_card", body)


def test_a_card_is_updated_for_those_named_and_with_its_code_once(corp: World) -> None:
    code = send(corp, card())["response_code"]
    change = {"button": {"replace_name": "已被张三接单"}}
    assert update(corp, "wrong", **change)["errcode"] == 60140
    assert update(corp, code, button={})["errcode"] == 42038
    assert update(corp, code, **change) == {"errcode": 0, "errmsg": "ok", "invaliduser": ["nobody"]}
    assert corp.card("lisi").buttons == [{"text": "已被张三接单", "disabled": True}]
    assert [button["text"] for button in corp.card("ZhangSan").buttons] == ["接单", "转派"]
    assert update(corp, code, **change)["errcode"] == 60140


def test_a_code_is_good_for_72_hours(corp: World) -> None:
    early, late = (send(corp, card(f"t{number}@1"))["response_code"] for number in range(2))
    corp.advance(72 * HOUR - 1)
    assert update(corp, early, button={"replace_name": "一"})["errcode"] == 0
    corp.advance(1)
    assert update(corp, late, button={"replace_name": "一"})["errcode"] == 60140


def test_a_whole_card_is_put_in_place_of_the_old_one(corp: World) -> None:
    code = send(corp, card())["response_code"]
    new = card(task_id=None)["template_card"]
    assert update(corp, code, template_card={**new, "button_list": []})["errcode"] == 40058
    changed = {**new, "main_title": {"title": "已接单"}, "replace_text": "已提交"}
    assert update(corp, code, atall=1, template_card=changed)["errcode"] == 0
    for person in EVERYBODY.split("|"):
        seen = corp.card(person)
        assert (seen.text, seen.buttons) == ("已接单", [{"text": "已提交", "disabled": True}])
        assert seen.card["task_id"] == "ticket_1@1"


def test_updates_have_limits(corp: World) -> None:
    code = send(corp, card())["response_code"]
    change = {"button": {"replace_name": "一"}}
    assert update(corp, code, userids=[f"u{number}" for number in range(1001)], **change)["errcode"] == 40032
    assert update(corp, code, userids=[], **change)["errcode"] == 40058
    assert update(corp, code, agentid=1, **change)["errcode"] == 40056
    assert update(corp, code, userids=[], partyids=[2], **change)["errcode"] == 0


def test_a_message_is_recalled_within_24_hours(corp: World) -> None:
    first, second = send(corp, text("一"))["msgid"], send(corp, text("二"))["msgid"]
    assert corp.client.post("message/recall", {"msgid": first})["errcode"] == 0
    assert texts(corp, "lisi") == ["二"]
    assert corp.client.post("message/recall", {"msgid": "nothing"})["errcode"] == 40058
    corp.advance(DAY)
    assert corp.client.post("message/recall", {"msgid": second})["errcode"] == 42052
    assert texts(corp, "lisi") == ["二"]


# --- media ---------------------------------------------------------------------------------------------------------


def test_media_live_three_days_and_fit_their_type(corp: World) -> None:
    made = corp.client.upload("image", "楼道.png", picture())
    assert isinstance(made["created_at"], str)
    media_id = made["media_id"]
    body = {**text(), "msgtype": "image", "image": {"media_id": media_id}}
    assert send(corp, body)["errcode"] == 0
    assert send(corp, {**text(), "msgtype": "voice", "voice": {"media_id": media_id}})["errcode"] == 40007
    status, headers, data = corp.client.raw("GET", f"media/get?access_token={corp.client.token}&media_id={media_id}")
    assert (status, headers["Content-Type"], data) == (200, "image/png", picture())
    assert "filename" in headers["Content-Disposition"]
    corp.advance(3 * DAY)
    assert send(corp, body)["errcode"] == 40007
    assert corp.client.get("media/get", media_id=media_id)["errcode"] == 40007


@pytest.mark.parametrize(
    ("kind", "data", "errcode"),
    [
        ("image", JPEG + b"abc", 0),
        ("image", b"GIF89a...", 40004),
        ("image", b"abcde", 40006),
        ("image", picture() + bytes(10 * 1024 * 1024), 40009),
        ("voice", recording(60), 0),
        ("voice", recording(61), 45007),
        ("voice", b"ID3 this is mp3", 40004),
        ("voice", AMR + bytes(2 * 1024 * 1024), 40010),
        ("video", b"\0\0\0\x18ftypmp42", 0),
        ("file", b"anything", 0),
        ("hologram", b"anything", 40005),
    ],
)
def test_uploads_are_judged(corp: World, kind: str, data: bytes, errcode: int) -> None:
    assert corp.client.upload(kind, "x", data)["errcode"] == errcode


def test_a_recording_is_as_long_as_it_says() -> None:
    assert seconds(recording(2.5)) == 2.5


# --- contacts ------------------------------------------------------------------------------------------------------


def test_contacts_are_read_as_documented(corp: World) -> None:
    member = corp.client.get("user/get", userid="zhangsan")
    assert (member["userid"], member["name"], member["department"]) == ("ZhangSan", "张三", [2])
    assert not {"mobile", "email", "avatar", "gender"} & set(member)
    assert corp.client.get("user/get", userid="hidden")["errcode"] == 60111
    listed = corp.client.get("user/simplelist", department_id="2", fetch_child="1")["userlist"]
    assert {one["userid"] for one in listed} == {"ZhangSan", "lisi", "wangwu", "unpaid"}
    assert len(corp.client.get("user/simplelist", department_id="2")["userlist"]) == 2
    assert corp.client.get("user/simplelist", department_id="9")["errcode"] == 60123
    assert [one["id"] for one in corp.client.get("department/list", id="2")["department"]] == [2, 3]
    assert corp.client.get("department/list", id="9")["errcode"] == 60003


def test_ids_come_in_pages(corp: World) -> None:
    corp.client.fetch_token(CONTACTS_SECRET)
    found, cursor = [], ""
    for _ in range(3):
        page = corp.client.post("user/list_id", {"cursor": cursor, "limit": 2})
        found += [(one["userid"], one["department"]) for one in page["dept_user"]]
        cursor = page["next_cursor"]
    assert cursor == ""
    assert found == [("ZhangSan", 2), ("lisi", 2), ("lisi", 3), ("wangwu", 3), ("unpaid", 3)]
    assert corp.client.post("user/list_id", {"limit": 10_001})["errcode"] == 40058
