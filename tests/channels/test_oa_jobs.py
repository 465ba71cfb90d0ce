"""Mass sending: jobs, their names, what comes of them; and the events that report on what was sent."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from bot.channels.base import Channel, Closed, NotGenuine, Outgoing, RawRequest, TryLater, Unsure
from bot.channels.oa_jobs import OfficialAccountMass
from bot.platforms.oa_events import subscriptions
from bot.platforms.official_account import OfficialAccountPlatform, Value
from handlers.message import Incoming, Kind
from tests.channels.oa import ACCOUNT, NOW, RESIDENT, in_json, safe, taken_in
from tests.channels.oa_speaking import SUBSCRIPTION, Speaking, speaking

NOTICE = "明天 9 点到 17 点停水，请提前备水"
PEOPLE = [f"o_follower_{number}" for number in range(3)]
SEND = "/oa/cgi-bin/message/mass/send"


@pytest.fixture
def oa() -> Iterator[Speaking]:
    with speaking() as found:
        found.act.followers(3)
        yield found


def batch(*people: str, together: str | None = "slice-key", text: str = NOTICE) -> list[Outgoing]:
    return [Outgoing(f"key-{person}", text, person=person, together=together) for person in people]


def finished(oa: Speaking) -> Incoming:
    return next(incoming for incoming in oa.came() if incoming.event == "masssendjobfinish")


def test_its_abilities(oa: Speaking) -> None:
    port: Channel = oa.mass
    can = port.abilities
    assert port.door == oa.channel.door
    assert (can.speaks, can.batch, can.alike, can.windows) == ("now", 10_000, True, {})
    assert can.idempotent_for == timedelta(hours=20)
    assert {(limit.most, limit.per) for limit in can.limits} == {(60, timedelta(minutes=1)), (100, "day")}
    with pytest.raises(NotGenuine):
        port.verify_and_parse(RawRequest(b"", {}, NOW))
    with pytest.raises(NotGenuine):
        port.check_url(RawRequest(b"", {}, NOW))


def test_a_notice_is_one_job_for_all(oa: Speaking) -> None:
    outcomes = oa.mass.send(batch(*PEOPLE))
    (job,) = {outcome.platform_id for outcome in outcomes}
    assert [outcome.state for outcome in outcomes] == ["submitted"] * 3
    event = finished(oa)
    assert (event.kind, event.data["job"]) == (Kind.SYSTEM, job)
    told = {name: event.data[name] for name in ("status", "total", "filtered", "sent", "errors")}
    assert told == {"status": "send success", "total": "3", "filtered": "3", "sent": "3", "errors": "0"}
    assert [seen.text for person in PEOPLE for seen in oa.seen(person)] == [NOTICE] * 3
    assert job is not None
    assert oa.mass.job(job) == "done"


def test_the_request_is_wechatpys(oa: Speaking) -> None:
    oa.mass.send(batch(*PEOPLE))
    oa.wechatpy.message.send_mass_text(PEOPLE, NOTICE, client_msg_id="another")
    ours, theirs = oa.requests("message/mass/send")
    assert ours == {**theirs, "clientmsgid": "slice-key"}


def test_a_repeat_finds_the_job_that_was_taken(oa: Speaking) -> None:
    first = oa.mass.send(batch(*PEOPLE))
    assert oa.mass.send(batch(*PEOPLE)) == first
    assert finished(oa).data["sent"] == "3"
    assert [len(oa.seen(person)) for person in PEOPLE] == [1, 1, 1]


def test_a_cut_after_the_job_was_taken_is_mended_by_the_repeat(oa: Speaking) -> None:
    oa.faults.on("reset_after_accept", path=SEND, times=1)
    with pytest.raises(Unsure):
        oa.mass.send(batch(*PEOPLE))
    assert [outcome.state for outcome in oa.mass.send(batch(*PEOPLE))] == ["submitted"] * 3
    assert finished(oa).data["sent"] == "3"
    assert [len(oa.seen(person)) for person in PEOPLE] == [1, 1, 1]


def test_a_batch_without_a_mark_is_named_by_its_messages(oa: Speaking) -> None:
    first = oa.mass.send(batch(*PEOPLE, together=None))
    assert oa.mass.send(batch(*PEOPLE, together=None)) == first
    assert oa.mass.send(batch(*PEOPLE[:2], together=None)) != first[:2]
    assert oa.mass.send(batch(*PEOPLE, together="k" * 65)) == first  # a mark too long for the platform


def test_one_person_alone_is_no_job(oa: Speaking) -> None:
    for alone in (batch(PEOPLE[0]), batch(PEOPLE[0], PEOPLE[0])):
        assert {outcome.state for outcome in oa.mass.send(alone)} == {"unreachable"}
    assert oa.requests("message/mass/send") == []


def test_what_is_no_job_is_the_callers_mistake(oa: Speaking) -> None:
    with pytest.raises(ValueError, match="one text"):
        oa.mass.send([*batch(PEOPLE[0]), *batch(PEOPLE[1], text="另一条")])
    with pytest.raises(ValueError, match="ten thousand"):
        oa.mass.send(batch(*(f"o{number}" for number in range(10_001))))


def test_a_job_that_is_refused_leaves_the_other_ways(oa: Speaking) -> None:
    outcomes = oa.mass.send(batch("o_stranger_1", "o_stranger_2"))
    assert {(outcome.state, outcome.reason) for outcome in outcomes} == {("unreachable", "errcode 40003")}


def test_the_months_quota_is_used_up_until_the_next() -> None:
    with speaking(mass_left=0) as oa:
        oa.act.followers(3)
        for day, hours in ((21, 9 * 24 + 16), (31, 16)):  # it is eight o'clock in Shanghai
            wall = datetime(2026, 10 if day == 31 else 11, day, tzinfo=UTC)
            mass = OfficialAccountMass(oa.channel.door, oa.api, wall=lambda wall=wall: wall)  # type: ignore[misc]
            with pytest.raises(Closed) as closed:
                mass.send(batch(*PEOPLE))
            assert not closed.value.fault
            assert closed.value.after == timedelta(hours=hours)


def test_the_quota_of_the_minute_is_waited_for(oa: Speaking) -> None:
    oa.faults.on("minute_quota", path=SEND, times=1)
    with pytest.raises(TryLater) as later:
        oa.mass.send(batch(*PEOPLE))
    assert later.value.after == timedelta(minutes=1)
    oa.faults.on("day_quota", path=SEND, times=1)
    with pytest.raises(Closed) as closed:
        oa.mass.send(batch(*PEOPLE))
    assert closed.value.after is not None
    assert closed.value.after <= timedelta(days=1)


def test_a_protected_account_waits_for_its_administrator() -> None:
    with speaking(mass_protected=True) as oa:
        oa.act.followers(3)
        first, second = (oa.mass.send(batch(*PEOPLE, together=mark))[0].platform_id for mark in ("a", "b"))
        assert first is not None
        assert second is not None
        assert (oa.mass.job(first), oa.mass.job(second)) == ("running", "running")
        oa.act.confirm_mass(int(first))
        oa.world.clock.advance(30 * 60)
        assert (oa.mass.job(first), oa.mass.job(second)) == ("done", "failed")
        results = [one.data["status"] for one in oa.came() if one.event == "masssendjobfinish"]
        assert [result == "send success" for result in results] == [True, False]
        assert all(oa.seen(person)[-1].text == NOTICE for person in PEOPLE)


# --- events about subscriptions


ROWS = [
    {"TemplateId": "form-1", "SubscribeStatusString": "accept", "PopupScene": "1"},
    {"TemplateId": "form-2", "SubscribeStatusString": "reject", "PopupScene": "1"},
]


@pytest.mark.parametrize("platform", [safe, in_json], ids=["xml", "json"])
@pytest.mark.parametrize(
    ("rows", "said"),
    [(ROWS, {"accepted": "form-1", "refused": "form-2"}), (ROWS[:1], {"accepted": "form-1"}), ([], {})],
    ids=["two forms", "one", "none"],
)
def test_who_agrees_to_which_forms(
    platform: OfficialAccountPlatform, rows: list[dict[str, str]], said: dict[str, str]
) -> None:
    asked = subscriptions("Popup", rows, as_json=platform is in_json)
    incoming = taken_in(platform.event(RESIDENT, "subscribe_msg_popup_event", **asked), platform)
    assert (incoming.kind, dict(incoming.data)) == (Kind.EVENT, {"account": ACCOUNT, **said})


@pytest.mark.parametrize("platform", [safe, in_json], ids=["xml", "json"])
@pytest.mark.parametrize("inside", ["", "x", 7, {"List": ""}, {"List": {"TemplateId": {"a": "b"}}}, {"Other": "x"}])
def test_a_list_of_another_shape_says_nothing(platform: OfficialAccountPlatform, inside: Value) -> None:
    for event in ("subscribe_msg_popup_event", "subscribe_msg_sent_event"):
        element = event.title().replace("_", "")
        incoming = taken_in(platform.event(RESIDENT, event, **{element: inside}), platform)
        assert dict(incoming.data) == {"account": ACCOUNT}


def test_what_became_of_a_subscription_message(oa: Speaking) -> None:
    oa.act.accept(RESIDENT, SUBSCRIPTION)
    agreed = oa.came()[-1]
    assert (agreed.kind, agreed.event, agreed.data["accepted"]) == (
        Kind.EVENT,
        "subscribe_msg_popup_event",
        SUBSCRIPTION,
    )
    oa.says(way="subscribe", person=RESIDENT, form={"number": "1043", "state": "已接单"})
    told = oa.came()[-1]
    assert (told.kind, told.event) == (Kind.SYSTEM, "subscribe_msg_sent_event")
    assert (told.data["template"], told.data["status"]) == (SUBSCRIPTION, "success")
    oa.act.withdraw(RESIDENT, SUBSCRIPTION)
    assert oa.came()[-1].data["refused"] == SUBSCRIPTION
