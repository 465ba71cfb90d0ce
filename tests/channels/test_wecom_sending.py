"""What our WeCom app sends, over real HTTP, against a platform that refuses what the real one refuses."""

from __future__ import annotations

import itertools
import logging
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from bot.channels.base import Attachment, Closed, Outcome, Outgoing, TryLater, Unsure, Way
from bot.channels.http import Http
from bot.channels.wechat_api import ApiError, WechatApi
from bot.channels.wechat_errors import WECOM
from bot.channels.wecom import WecomApp
from bot.channels.wecom_pace import KNOWN, PER_MINUTE, Pace
from bot.channels.wecom_sending import check_interval
from bot.platforms.wecom_contacts import Member
from bot.platforms.wecom_media import picture, recording
from handlers.message import Button, Card
from tests.channels.vectors import WECOM_KEY, WECOM_TOKEN
from tests.channels.wecom import Fetched, Office, office
from tests.channels.wire import Wire, says, wire
from tests.platforms.wecom import AGENT, CORP, Client

TWO = (Button("接单", "accept"), Button("转派", "reassign"))
CARD = Card("1043 · 路灯不亮", (("位置", "三号楼"), ("时限", "今天 16:00")), TWO, 1043)
SEND = "/cgi-bin/message/send"
numbers = itertools.count(1)


@pytest.fixture
def here() -> Iterator[Office]:
    with office() as made:
        yield made


def to(person: str | None, text: str = "路灯修好了", **more: Any) -> Outgoing:
    """A message with a key of its own."""
    return Outgoing(f"key{next(numbers)}", text, person=person, **more)


def card_for(*people: str, task: str = "ab12@lease", **more: Any) -> list[Outgoing]:
    return [to(person, "三号楼门口路灯不亮", card=CARD, together=task, **more) for person in people]


def done(here: Office, *rows: Outgoing) -> list[str]:
    """The states of the outcomes."""
    return [outcome.state for outcome in here.app.send(rows)]


# --- words -----------------------------------------------------------------------------------------------------------


def test_words_reach_a_member(here: Office) -> None:
    [outcome] = here.app.send([to("ZhangSan", "7 号归您了 ]]> &\n第二行")])
    assert outcome.state == "sent"
    assert outcome.platform_id
    assert here.screen("ZhangSan") == ["7 号归您了 ]]> &\n第二行"]


def test_too_long_a_text_ends_in_an_ellipsis(here: Office) -> None:
    assert done(here, to("lisi", "字" * 1000)) == ["sent"]
    assert here.screen("lisi") == ["字" * 681 + "…"]


def test_the_same_words_twice_are_two_messages_and_a_repeat_is_none(here: Office) -> None:
    first, second = to("lisi", "好的"), to("lisi", "好的")
    assert done(here, first) == done(here, second) == done(here, first) == ["sent"]
    assert here.screen("lisi") == ["好的", "好的"]
    assert len(here.requests()) == 3


def test_a_repeat_is_recognised_whatever_the_order_of_its_people(here: Office) -> None:
    rows = card_for("lisi", "wangwu", "ZhangSan")
    once, again = here.app.send(rows), here.app.send(rows[::-1])
    assert once == again[::-1]
    assert here.screen("wangwu") == ["1043 · 路灯不亮"]


def test_the_interval_that_is_asked_for_covers_what_we_rely_on(here: Office) -> None:
    window = here.app.abilities.idempotent_for
    assert window is not None
    intervals = {check_interval(f"key{number}") for number in range(2000)}
    assert window.total_seconds() < min(intervals) <= max(intervals) <= 4 * 3600
    assert len(intervals) > 1700


@pytest.mark.parametrize("person", [None, "@all", "", "a|b", "x" * 65])
def test_nobody_is_no_way(here: Office, person: str | None) -> None:
    assert here.app.send([to(person)]) == [Outcome("dead", reason="no_way")]
    assert here.requests() == []


def test_nothing_to_say_and_ways_that_this_door_has_not(here: Office) -> None:
    assert done(here, to("lisi", " ")) == ["dead"]
    ways: tuple[Way, ...] = ("template", "subscribe", "handover")
    assert [done(here, to("lisi", way=way)) for way in ways] == [["dead"]] * 3
    assert here.app.abilities.ways.isdisjoint(ways)
    assert here.requests() == []


# --- who is not reached ----------------------------------------------------------------------------------------------


def test_a_part_of_the_people_is_not_reached(here: Office) -> None:
    outcomes = here.app.send(card_for("ZhangSan", "Nobody", "unpaid", "lisi", "hidden"))
    assert [outcome.state for outcome in outcomes] == ["sent", "unreachable", "unreachable", "sent", "unreachable"]
    assert [outcome.reason for outcome in outcomes[1:3]] == ["not in the range of the app", "no licence"]
    assert outcomes[0].code == outcomes[3].code != outcomes[1].code
    assert here.screen("lisi") == here.screen("ZhangSan") == ["1043 · 路灯不亮"]


def test_ids_come_back_in_small_letters(here: Office) -> None:
    here.on("partial", people=["ZhangSan"], times=1)
    assert done(here, *card_for("ZhangSan", "lisi")) == ["unreachable", "sent"]


def test_nobody_of_them_is_reached(here: Office) -> None:
    outcomes = here.app.send(card_for("nobody", "no-one"))
    assert outcomes == [Outcome("unreachable", reason="errcode 81013")] * 2


@pytest.mark.parametrize("code", [40003, 60111])
def test_one_who_is_no_member_any_more_is_gone(code: int) -> None:
    with answering({"errcode": code, "errmsg": "userid not found"}) as (app, _):
        assert app.send([to("lisi")]) == [Outcome("gone", reason=f"errcode {code}")]
    with answering({"errcode": code, "errmsg": "userid not found"}) as (app, _):
        # Of several nobody knows who it is: each is tried by another way, and none is written off.
        assert {one.state for one in app.send(card_for("lisi", "wangwu"))} == {"unreachable"}


# --- cards -----------------------------------------------------------------------------------------------------------


def test_one_call_for_everybody_and_one_code(here: Office) -> None:
    outcomes = here.app.send(card_for("lisi", "ZhangSan", "wangwu"))
    [request] = here.requests()
    assert request["touser"] == "ZhangSan|lisi|wangwu"
    assert request["template_card"]["task_id"] == "ab12@lease"
    assert len({(one.platform_id, one.code) for one in outcomes}) == 1
    assert [button["text"] for button in here.corp.card("wangwu").buttons] == ["接单", "转派"]


@pytest.mark.parametrize("resend", ["duplicate", "task_id"])
def test_a_card_sent_again_is_there_once(resend: str) -> None:
    with office(card_resend=resend) as here:
        rows = card_for("lisi", "wangwu")
        assert done(here, *rows) == done(here, *rows) == ["sent", "sent"]
        assert here.screen("lisi") == ["1043 · 路灯不亮"]


def test_a_card_that_the_platform_refuses_is_said_in_words(caplog: pytest.LogCaptureFixture) -> None:
    with answering({"errcode": 42045, "errmsg": "x"}, {"errcode": 0, "msgid": "m"}) as (app, server):
        assert [one.platform_id for one in app.send(card_for("lisi"))] == ["m"]
        said = server.asked[1].body.decode()
    assert "三号楼门口路灯不亮" in said
    assert "接单 1043" in said
    assert "42045" in caplog.text
    assert "lisi" not in caplog.text


def test_a_refusal_that_is_not_about_the_card_is_no_reason_to_try_words() -> None:
    with answering({"errcode": 40063, "errmsg": "x"}) as (app, server):
        assert app.send(card_for("lisi")) == [Outcome("dead", reason="errcode 40063")]
        assert len(server.asked) == 1


def test_a_card_without_buttons_or_link_is_said_in_words(here: Office) -> None:
    assert done(here, to("lisi", "明天停水", card=Card("停水通知", (("时间", "9:00"),)))) == ["sent"]
    [said] = here.screen("lisi")
    assert said.startswith("明天停水")
    assert "9:00" in said


def test_a_mixed_batch_goes_out_in_calls_of_its_own(here: Office) -> None:
    rows = [*card_for("lisi", task="a@1"), to("lisi", "甲"), *card_for("wangwu", task="a@1"), to("nobody", "乙")]
    assert done(here, *rows) == ["sent", "sent", "sent", "unreachable"]
    assert [request["touser"] for request in here.requests()] == ["lisi|wangwu", "lisi"]


def test_a_batch_that_broke_in_the_middle_doubles_nothing(here: Office) -> None:
    rows = [to("lisi", "甲"), to("lisi", "乙"), to("lisi", "丙")]
    here.app.send(rows[:1])
    here.on("busy", times=1)
    with pytest.raises(TryLater):
        here.app.send(rows[1:])
    here.corp.simulator.faults.on("minute_quota", path=SEND)
    with pytest.raises(TryLater):
        here.app.send(rows)
    here.corp.simulator.faults.clear()
    with answering({"errcode": 0, "msgid": "m"}, {"errcode": -1}) as (app, _), pytest.raises(Unsure):
        app.send(rows)
    assert done(here, *rows) == ["sent"] * 3
    assert here.screen("lisi") == ["甲", "乙", "丙"]


# --- pictures and recordings -----------------------------------------------------------------------------------------


def file(content: bytes, mime: str = "image/png") -> Attachment:
    return Attachment("ref", mime, content)


def kinds(here: Office, person: str) -> list[str]:
    return [seen.kind for seen in here.corp.simulator.screens.of("wecom", person)]


def test_a_picture_follows_its_words(here: Office) -> None:
    outcomes = here.app.send(card_for("lisi", "nobody", media=file(picture())))
    assert [one.state for one in outcomes] == ["sent", "unreachable"]
    assert outcomes[0].code  # the card's, not the picture's
    assert outcomes[0].reason is None
    assert kinds(here, "lisi") == ["template_card", "image"]
    assert here.requests()[1]["touser"] == "lisi"


def test_a_recording_and_nothing_else(here: Office) -> None:
    assert done(here, to("lisi", "", media=file(recording(), "audio/amr"))) == ["sent"]
    assert kinds(here, "lisi") == ["voice"]


@pytest.mark.parametrize(
    "attached", [file(b"ID3" + bytes(100), "audio/mpeg"), file(b"x" * 100, "image/webp"), file(b"", "image/png")]
)
def test_a_file_that_the_platform_does_not_take_is_left_out(here: Office, attached: Attachment) -> None:
    [outcome] = here.app.send([to("lisi", "看照片", media=attached)])
    assert outcome.state == "sent"
    assert outcome.reason == "without its file, which the platform does not take"
    assert kinds(here, "lisi") == ["text"]
    assert done(here, to("lisi", "", media=attached)) == ["dead"]


def test_a_picture_that_fails_does_not_take_its_words_along(here: Office, caplog: pytest.LogCaptureFixture) -> None:
    here.on("busy", path="/cgi-bin/media/upload")
    [outcome] = here.app.send([to("lisi", "看照片", media=file(picture()))])
    assert (outcome.state, outcome.reason) == ("sent", "without its image (TryLater)")
    assert kinds(here, "lisi") == ["text"]
    assert "TryLater" in caplog.text
    with pytest.raises(TryLater):
        here.app.send([to("lisi", "", media=file(picture()))])


def test_what_staff_send_is_fetched(here: Office) -> None:
    medium = here.corp.wecom.media.keep("image", picture(), "photo.png")
    fetched = here.app.fetch(f"wecom-media:{medium.media_id}")
    assert fetched.content == picture()
    assert fetched.mime.startswith("image/")
    with pytest.raises(ApiError, match="40007"):
        here.app.fetch("wecom-media:nothing")
    with pytest.raises(LookupError):
        here.app.fetch("oa-media:x")


# --- stamps and recalls ----------------------------------------------------------------------------------------------


def stamp(code: str | None, people: str = "lisi|wangwu", text: str = "小张已接单") -> Outgoing:
    return to("lisi|wangwu", text, way="stamp", code=code, together="ab12@lease", form={"people": people})


def test_everybody_elses_card_says_who_took_it(here: Office) -> None:
    [first, *_] = here.app.send(card_for("lisi", "wangwu", "ZhangSan"))
    assert done(here, stamp(first.code)) == ["sent"]
    for person in ("lisi", "wangwu"):
        assert [button["text"] for button in here.corp.card(person).buttons] == ["小张已接单"]
    assert len(here.corp.card("ZhangSan").buttons) == 2
    assert here.app.send([stamp(first.code)]) == [Outcome("dead", reason="code_used")]


def test_a_long_stamp_is_cut(here: Office) -> None:
    [first] = here.app.send(card_for("lisi"))
    assert done(here, stamp(first.code, "lisi", "字" * 30)) == ["sent"]
    assert here.corp.card("lisi").buttons[0]["text"] == "字" * 19 + "…"


@pytest.mark.parametrize("row", [stamp(None), stamp("c", ""), stamp("c", "@all"), stamp("c", text="")])
def test_a_stamp_without_code_people_or_words(here: Office, row: Outgoing) -> None:
    assert here.app.send([row]) == [Outcome("dead", reason="no_way")]


def test_a_recall_takes_it_off_the_screens_within_a_day(here: Office) -> None:
    [sent, *_] = here.app.send(card_for("lisi", "wangwu"))
    assert done(here, to(None, "", way="recall", code=sent.platform_id)) == ["sent"]
    assert here.screen("lisi") == here.screen("wangwu") == []
    [late] = here.app.send([to("lisi")])
    here.corp.advance(24 * 3600)
    assert here.app.send([to(None, "", way="recall", code=late.platform_id)]) == [Outcome("dead", reason="too_late")]
    assert here.app.send([to(None, "", way="recall")]) == [Outcome("dead", reason="no_way")]


# --- when the platform has a bad day ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "raised"),
    [
        ("busy", TryLater),
        ("minute_quota", TryLater),
        ("http_500", TryLater),
        ("reset_before", (TryLater, Unsure)),  # it may have got out or not
        ("reset_after_accept", Unsure),
        ("not_json", Unsure),
    ],
)
def test_what_failed_is_sent_again_and_is_there_once(here: Office, fault: str, raised: Any) -> None:
    rows = card_for("lisi", "wangwu")
    here.on(fault, path=SEND, times=1)
    with pytest.raises(raised):
        here.app.send(rows)
    assert done(here, *rows) == ["sent", "sent"]
    assert here.screen("lisi") == here.screen("wangwu") == ["1043 · 路灯不亮"]


def test_a_dead_token_is_replaced_once(here: Office) -> None:
    assert done(here, to("lisi", "甲")) == ["sent"]
    here.on("token_dead")
    assert done(here, to("lisi", "乙")) == ["sent"]
    here.on("refuse_token", errcode=40001)
    here.on("token_dead")
    with pytest.raises(Closed):
        here.app.send([to("lisi", "丙")])
    assert here.screen("lisi") == ["甲", "乙"]


def test_a_platform_that_does_not_answer() -> None:
    with office() as here:
        api = WechatApi(f"{here.corp.client.base}/wecom", Fetched(here.corp.client), WECOM, http=Http(read=0.3))
        app = WecomApp(CORP, str(AGENT), WECOM_TOKEN, WECOM_KEY, api)
        row = to("lisi", "甲")
        here.on("hung", path=SEND, after=True, times=1)
        with pytest.raises(Unsure):
            app.send([row])
        here.corp.simulator.faults.clear()
        assert [one.state for one in app.send([row])] == ["sent"]
        assert here.screen("lisi") == ["甲"]


def test_nobodys_name_or_words_get_into_a_log(here: Office, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    here.on("reset_after_accept", path=SEND, times=1)
    with pytest.raises(Unsure) as raised:
        here.app.send([to("lisi", "张三的隐私", media=file(picture()))])
    assert done(here, *card_for("lisi", "nobody")) == ["sent", "unreachable"]
    for secret in ("lisi", "隐私", here.corp.client.token):
        assert secret not in caplog.text
        assert secret not in repr(raised.value)


# --- the pace of one member ------------------------------------------------------------------------------------------


def test_a_member_is_not_told_more_than_the_platform_lets_through() -> None:
    now = [0.0]
    with office(tick=lambda: now[0]) as here:
        for number in range(PER_MINUTE):
            now[0] = number
            assert done(here, to("lisi", f"第 {number} 条")) == ["sent"]
        with pytest.raises(TryLater) as much:
            here.app.send(card_for("lisi", "wangwu"))
        assert much.value.after is not None
        assert much.value.after.total_seconds() == 60 - now[0]
        assert done(here, *card_for("wangwu", task="b@2")) == ["sent"]  # of others nothing was taken off
        now[0] = 60.0
        assert done(here, *card_for("lisi", "wangwu")) == ["sent", "sent"]
        assert len(here.screen("lisi")) == PER_MINUTE + 1


def test_the_pace_forgets_whoever_was_told_nothing_for_a_minute() -> None:
    now = [0.0]
    pace = Pace(lambda: now[0])
    pace.take(["a", "b"], PER_MINUTE)
    now[0] = 60.0
    pace.take(["c"], 1)
    assert set(pace._times) == {"c"}


def test_of_a_crowd_little_is_kept_and_nobody_is_told_too_much() -> None:
    now = [0.0]
    pace = Pace(lambda: now[0])
    for first in range(0, KNOWN, 1000):
        pace.take([f"known-{number}" for number in range(first, first + 1000)], 1)
    crowd = [f"crowd-{number}" for number in range(3000)]
    for now[0] in range(PER_MINUTE):
        pace.take(crowd, 1)
    assert len(pace._times) == KNOWN  # of the crowd only how much, in a megabyte
    for number in (0, 2999):
        with pytest.raises(TryLater) as much:
            pace.take([crowd[number]], 1)
        assert much.value.after == timedelta(seconds=60)
    pace.take(["somebody else"], PER_MINUTE - 1)
    now[0] = 60.0 + PER_MINUTE - 1
    pace.take(crowd, 1)
    assert len(pace._crowds) <= 1


def test_a_thousand_members_in_one_call() -> None:
    people = [f"member{number:04}" for number in range(1000)]
    with office(members=[Member(person, person) for person in people]) as here:
        assert set(done(here, *card_for(*people))) == {"sent"}
        assert len(here.requests()) == 1
        assert here.app.abilities.batch == 1000
        assert here.screen("member0999") == ["1043 · 路灯不亮"]


class answering:  # noqa: N801 - it reads as a sentence
    """Our app before a server that answers these one by one."""

    def __init__(self, *answers: dict[str, Any]) -> None:
        self._answers = answers
        self._wire = wire()

    def __enter__(self) -> tuple[WecomApp, Wire]:
        server = self._wire.__enter__()
        server.acts.extend(says(answer) for answer in self._answers)
        tokens = Fetched(Client("http://127.0.0.1:1", "token"))
        return WecomApp(CORP, str(AGENT), WECOM_TOKEN, WECOM_KEY, WechatApi(server.base, tokens, WECOM)), server

    def __exit__(self, *error: Any) -> None:
        self._wire.__exit__(*error)
