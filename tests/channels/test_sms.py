"""Our side of the SMS and voice port, over real HTTP, against a simulated adapter that does each id once."""

from __future__ import annotations

import itertools
import logging
import threading
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from bot.channels.base import Closed, NotGenuine, Outgoing, RawRequest, TryLater, Unsure
from bot.channels.http import Http
from bot.channels.sms import Kind, NotWell, PhoneChannel, Port
from bot.platforms.clock import PlatformClock
from bot.platforms.phones import Phones
from bot.platforms.simulator import Simulator, running
from handlers.message import Button, Card

NOON = 1_763_697_600.0  # 2025-11-21 12:00 in Shanghai
TOKEN = "a-secret-token"
NUMBER = "13800000001"
numbers = itertools.count(1)


class Line:
    """Both sides."""

    def __init__(self, simulator: Simulator, phones: Phones, address: str) -> None:
        self.simulator, self.phones, self.faults, self.address = simulator, phones, simulator.faults, address
        self.http, self.impatient = Http(), Http(read=0.3)
        self.sms, self.voice = self.channel("sms"), self.channel("voice")

    def channel(self, kind: Kind, token: str = TOKEN, http: Http | None = None) -> PhoneChannel:
        return PhoneChannel(kind, Port(f"{self.address}/sms", token, http or self.http))

    def accepted(self) -> list[str]:
        """The ids of everything that was taken, in order."""
        entries = self.simulator.record.entries(door="sms")
        return [entry.fields["request"]["id"] for entry in entries if entry.what != "refused"]


@pytest.fixture
def line() -> Iterator[Line]:
    simulator = Simulator(clock=PlatformClock(NOON))
    phones = simulator.add(Phones(simulator.ground, token=TOKEN))
    with running(simulator) as address:
        made = Line(simulator, phones, address)
        yield made
        made.http.close()
        made.impatient.close()


def to(person: str | None, text: str = "1043 号办好了", **more: object) -> Outgoing:
    return Outgoing(f"key{next(numbers)}", text, person=person, **more)  # type: ignore[arg-type]


def test_words_arrive_as_a_message_or_as_a_call(line: Line) -> None:
    told, called = to(NUMBER), to(NUMBER, "请马上接单")
    [sent], [spoken] = line.sms.send([told]), line.voice.send([called])
    assert (sent.state, sent.platform_id) == ("sent", told.key)
    assert (spoken.state, spoken.platform_id) == ("sent", called.key)
    assert (line.phones.told(NUMBER), line.phones.told(NUMBER, "voice")) == (["1043 号办好了"], ["请马上接单"])


def test_of_a_card_only_the_words_are_told(line: Line) -> None:
    card = Card("1043 · 路灯不亮", (("位置", "三号楼"),), (Button("接单", "accept"),), 1043)
    line.sms.send([to(NUMBER, "三号楼路灯不亮", card=card)])
    assert line.phones.told(NUMBER) == ["三号楼路灯不亮"]


@pytest.mark.parametrize(("kind", "most"), [("sms", 1050), ("voice", 450)])
@pytest.mark.parametrize("text", ["路灯" * 400, "lamp " * 400, "𠮷灯" * 400])
def test_what_is_too_long_is_cut_to_what_the_port_takes(line: Line, kind: Kind, most: int, text: str) -> None:
    [outcome] = line.channel(kind).send([to(NUMBER, text)])
    assert outcome.state == "sent"
    [told] = line.phones.told(NUMBER, kind)
    assert told.endswith("…")
    assert most - 7 <= len(told.encode()) <= most
    assert text.startswith(told[:-1])


def test_pictures_reach_no_telephone_and_rare_names_do(line: Line) -> None:
    line.sms.send([to(NUMBER, "🔴紧急 1：3号楼⚠️ 𠮷祥家 20㎡ 36℃")])
    assert line.phones.told(NUMBER) == ["紧急 1：3号楼 𠮷祥家 20㎡ 36℃"]


def test_a_call_is_said_so_that_it_can_be_listened_to(line: Line) -> None:
    text = "🔴紧急 1043：3号楼2单元501 · 燃气，请马上接单！\n居民说：电话13812345678\n看这里：\nhttp://x.cn/t/a1\n说「接单」"
    line.voice.send([to(NUMBER, text)])
    assert line.phones.told(NUMBER, "voice") == [
        "紧急 1 0 4 3：3号楼2单元501，燃气，请马上接单！居民说：电话1 3 8 1 2 3 4 5 6 7 8。看这里：。说接单"
    ]


def test_an_id_that_is_known_counts_as_sent_and_reaches_nobody_again(line: Line) -> None:
    message = to(NUMBER)
    assert [line.sms.send([message])[0].state for _ in range(2)] == ["sent", "sent"]
    assert line.phones.told(NUMBER) == ["1043 号办好了"]


@pytest.mark.parametrize("person", [None, "", "o_wang", "138-0000-0001"])
def test_what_is_no_number_is_not_even_asked(line: Line, person: str | None) -> None:
    assert line.sms.send([to(person)])[0].state == "gone"
    assert line.simulator.record.entries() == []


def test_a_number_that_the_port_refuses(line: Line) -> None:
    line.phones.disconnect(NUMBER)
    [outcome] = line.sms.send([to(NUMBER)])
    assert outcome.state == "unreachable"
    assert NUMBER not in (outcome.reason or "")


@pytest.mark.parametrize("fault", ["busy", "http_500", "minute_quota"])
def test_busy_is_tried_later(line: Line, fault: str) -> None:
    message = to(NUMBER)
    line.faults.on(fault, path="/sms", times=1)
    with pytest.raises(TryLater):
        line.sms.send([message])
    assert line.sms.send([message])[0].state == "sent"
    assert line.accepted() == [message.key]


def test_the_limit_of_a_minute_is_waited_for(line: Line) -> None:
    line.phones.per_minute = 2
    assert [line.sms.send([to(NUMBER)])[0].state for _ in range(2)] == ["sent", "sent"]
    late = to(NUMBER, "第三条")
    with pytest.raises(TryLater):
        line.sms.send([late])
    line.simulator.clock.advance(60)
    assert line.sms.send([late])[0].state == "sent"


def test_a_wrong_token_closes_the_door_and_is_not_told(line: Line, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    wrong = line.channel("sms", "wrong-secret")
    with pytest.raises(Closed) as refused:
        wrong.send([to(NUMBER)])
    assert refused.value.fault
    with pytest.raises(NotWell, match="401"):
        wrong.port.check()
    assert "wrong-secret" not in f"{refused.value!r}{caplog.text}"
    assert NUMBER not in f"{refused.value!r}{caplog.text}"


def test_banned_closes_the_door(line: Line) -> None:
    line.faults.on("banned", path="/sms")
    with pytest.raises(Closed):
        line.voice.send([to(NUMBER)])


def test_cut_before_or_after_leaves_us_unsure_and_the_same_id_gives_one_message(line: Line) -> None:
    message = to(NUMBER)
    for fault in ("reset_before", "reset_after_accept"):
        line.faults.on(fault, path="/sms", times=1)
        with pytest.raises(Unsure) as unsure:
            line.sms.send([message])
        assert NUMBER not in str(unsure.value)
    assert line.sms.send([message])[0].state == "sent"
    assert line.phones.told(NUMBER) == ["1043 号办好了"]
    assert line.accepted() == [message.key]


@pytest.mark.parametrize("after", [False, True])
def test_a_port_that_hangs_is_left_and_asked_again(line: Line, after: bool) -> None:
    message = to(NUMBER)
    line.faults.on("hung", path="/sms", times=1, after=after)
    with pytest.raises(Unsure):
        line.channel("sms", http=line.impatient).send([message])
    line.faults.clear()
    assert line.sms.send([message])[0].state == "sent"
    assert line.phones.told(NUMBER) == ["1043 号办好了"]


def test_a_port_that_is_not_there_was_told_nothing() -> None:
    channel = PhoneChannel("sms", Port("http://127.0.0.1:9/sms", TOKEN, Http(connect=0.3)))
    with pytest.raises(TryLater):
        channel.send([to(NUMBER)])
    with pytest.raises(NotWell):
        channel.port.check()


def test_what_the_port_cannot_take_is_never_tried_again(line: Line) -> None:
    line.phones.status = 400
    assert line.sms.send([to(NUMBER)])[0].state == "dead"


def test_the_same_id_from_many_threads_is_one_message(line: Line) -> None:
    message, states = to(NUMBER), []
    threads = [threading.Thread(target=lambda: states.append(line.sms.send([message])[0].state)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert states == ["sent"] * 8
    assert line.phones.told(NUMBER) == ["1043 号办好了"]


def test_it_takes_nothing_in(line: Line) -> None:
    request = RawRequest(b"<xml/>", {}, datetime.fromtimestamp(NOON, UTC))
    for take in (line.sms.check_url, line.sms.verify_and_parse):
        with pytest.raises(NotGenuine):
            take(request)


def test_what_it_can_do(line: Line) -> None:
    line.sms.port.check()
    assert (line.sms.door, line.voice.door) == ("sms:main", "voice:main")
    assert line.sms.abilities.costs
    assert (line.sms.abilities.aloud, line.voice.abilities.aloud) == (False, True)
