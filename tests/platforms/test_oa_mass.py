"""Mass messages: list sizes, keys, quotas, protection, filtering, and the event with the counts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from bot.platforms.oa_account import OaOptions
from tests.platforms.oa_world import JPEG, OaWorld, oa_world

MINUTE, DAY = 60, 86_400
COUNTS = ("TotalCount", "FilterCount", "SentCount", "ErrorCount")


def finished(oa: OaWorld) -> list[tuple[str, ...]]:
    """Status and counts of every job's event, in the order of arrival."""
    oa.account.settle()
    columns = [oa.ours.field("MASSSENDJOBFINISH", name) for name in ("Status", *COUNTS)]
    return list(zip(*columns, strict=True))


def follow(oa: OaWorld, people: Sequence[str]) -> list[str]:
    for person in people:
        oa.account.people.follow(person)
    return list(people)


def test_a_mass_message_reaches_everybody_once_and_the_counts_are_pushed(oa: OaWorld) -> None:
    oa.act.followers(10_000)
    followers = oa.account.people.followers()
    answer = oa.mass(followers, clientmsgid="notice:7:1")
    assert (answer["errcode"], answer["errmsg"]) == (0, "send job submission success")
    assert finished(oa) == [("send success", "10000", "10000", "10000", "0")]
    assert oa.ours.field("MASSSENDJOBFINISH", "MsgID") == [str(answer["msg_id"])]
    assert {tuple(oa.texts(person)) for person in followers} == {("停水通知",)}
    status = oa.post("message/mass/get", {"msg_id": answer["msg_id"]})
    assert status == {"msg_id": answer["msg_id"], "msg_status": "SEND_SUCCESS"}


@pytest.mark.parametrize(
    ("people", "errcode"),
    [
        (["o1"], 40130),
        (["o1", "o1"], 40130),
        ([], 40130),
        ("o1", 40031),
        ([1, 2], 40031),
        (["o1", *(f"x{number}" for number in range(10_000))], 40032),
        (["x1", "x2"], 40003),
    ],
)
def test_whom_a_mass_message_may_name(oa: OaWorld, people: Any, errcode: int) -> None:
    follow(oa, ["o1"])
    assert oa.mass(people)["errcode"] == errcode


def test_what_a_mass_message_may_hold(oa: OaWorld) -> None:
    people = follow(oa, ["o1", "o2"])
    asked: dict[str, Any] = {"touser": people, "msgtype": "image", "image": {"media_id": "never uploaded"}}
    assert oa.errcode("message/mass/send", asked) == 40007
    asked["image"]["media_id"] = oa.upload("image", JPEG)["media_id"]
    assert oa.errcode("message/mass/send", asked) == 0
    assert oa.mass(people, "")["errcode"] == 44004
    assert oa.mass(people, "字" * 700)["errcode"] == 45002
    assert oa.mass(people, msgtype="poem")["errcode"] == 40008


def test_a_key_is_good_once_a_day(oa: OaWorld) -> None:
    people = follow(oa, ["o1", "o2"])
    first = oa.mass(people, clientmsgid="k" * 64)
    again = oa.mass(people, clientmsgid="k" * 64)
    assert (again["errcode"], again["msg_id"]) == (45065, first["msg_id"])
    assert oa.mass(people, clientmsgid="k" * 65)["errcode"] == 45067
    assert oa.mass(people, clientmsgid="字" * 22)["errcode"] == 45067
    oa.clock.advance(DAY)
    assert oa.mass(people, clientmsgid="k" * 64)["errcode"] == 0
    oa.account.settle()
    assert oa.texts("o1") == ["停水通知", "停水通知"]


def test_a_quick_repeat_and_a_missing_key_where_the_options_say_so() -> None:
    with oa_world(OaOptions(mass_quick_retry=True, mass_digest=True)) as oa:
        people = follow(oa, ["o1", "o2"])
        assert [oa.mass(people)["errcode"] for _ in range(2)] == [0, 45066]
        oa.clock.advance(MINUTE)
        assert [oa.mass(people)["errcode"], oa.mass(people, "另一条")["errcode"]] == [45065, 0]


def test_four_a_month_reach_a_follower(oa: OaWorld) -> None:
    people = follow(oa, ["o1", "o2"])
    for number in range(4):
        oa.mass(people, str(number))
    follow(oa, ["o3"])
    oa.mass([*people, "o3", "nobody"], "5")
    assert finished(oa)[-1] == ("send success", "4", "1", "1", "0")
    assert (oa.texts("o1"), oa.texts("o3")) == (["0", "1", "2", "3"], ["5"])
    oa.clock.advance(10 * DAY)  # the 1st of December
    oa.mass(people, "6")
    oa.account.settle()
    assert oa.texts("o1")[-1] == "6"


def test_who_left_or_is_blacklisted_is_filtered_and_who_is_invalid_is_an_error(oa: OaWorld) -> None:
    people = follow(oa, ["o1", "o2", "o3", "o4"])
    oa.act.unfollow("o1")
    oa.act.blacklist("o2")
    oa.faults.on("partial", people=["o3"], times=1)
    oa.mass(people)
    assert finished(oa) == [("send success", "4", "2", "1", "1")]
    assert [oa.texts(person) for person in people] == [[], [], [], ["停水通知"]]


def test_a_silent_drop_says_that_all_was_sent(oa: OaWorld) -> None:
    people = follow(oa, ["o1", "o2"])
    oa.faults.on("silent_drop", path="mass/send", times=1)
    oa.mass(people)
    assert finished(oa) == [("send success", "2", "2", "2", "0")]
    assert oa.texts("o1") == []


def test_sixty_a_minute_and_a_hundred_a_day(oa: OaWorld) -> None:
    people = follow(oa, ["o1", "o2"])
    path, body = oa.path("message/mass/send"), {"touser": people, "msgtype": "text", "text": {"content": "通知"}}
    assert [oa.json("POST", path, body)["errcode"] for _ in range(61)] == [0] * 60 + [45011]
    oa.clock.advance(MINUTE)
    assert [oa.json("POST", path, body)["errcode"] for _ in range(41)] == [0] * 40 + [45009]
    oa.clock.advance(DAY / 2)
    assert oa.mass(people)["errcode"] == 0


def test_an_account_without_quota(oa: OaWorld) -> None:
    people = follow(oa, ["o1", "o2"])
    oa.account.options.mass_left = 1
    assert [oa.mass(people)["errcode"] for _ in range(2)] == [0, 45028]


def test_a_protected_account_waits_for_its_administrator(oa: OaWorld) -> None:
    oa.account.options.mass_protected = True
    people = follow(oa, ["o1", "o2"])
    jobs = [oa.mass(people, text)["msg_id"] for text in ("一", "二", "三")]
    oa.clock.advance(30 * MINUTE - 1)
    assert (finished(oa), oa.texts("o1")) == ([], [])
    act = {"act": "confirm_mass", "msg_id": jobs[0]}
    assert oa.json("POST", "/admin/act/oa", act) == {"result": "SEND_SUCCESS"}
    assert oa.act.refuse_mass(jobs[1]) == "SEND_FAIL"
    oa.clock.advance(1)
    assert sorted(finished(oa)) == [("send fail", "2", "0", "0", "0")] * 2 + [("send success", "2", "2", "2", "0")]
    assert oa.post("message/mass/get", {"msg_id": jobs[2]})["msg_status"] == "SEND_FAIL"
    assert oa.texts("o1") == ["一"]
    with pytest.raises(ValueError, match="waits for nobody"):
        oa.act.confirm_mass(jobs[2])


def test_what_is_deleted_on_its_way_arrives_nowhere(oa: OaWorld) -> None:
    oa.account.options.mass_seconds = 60
    people = follow(oa, ["o1", "o2"])
    jobs = [oa.mass(people, text)["msg_id"] for text in ("一", "二")]
    assert oa.post("message/mass/get", {"msg_id": jobs[0]})["msg_status"] == "SENDING"
    assert oa.errcode("message/mass/delete", {"msg_id": jobs[0]}) == 0
    oa.clock.advance(60)
    assert oa.texts("o1") == ["二"]
    statuses = [oa.post("message/mass/get", {"msg_id": job})["msg_status"] for job in jobs]
    assert statuses == ["DELETE", "SEND_SUCCESS"]
    assert oa.errcode("message/mass/get", {"msg_id": 1}) == 40035


def test_an_unknown_outcome_is_known_by_its_key(oa: OaWorld) -> None:
    """Accepted, recorded, cut: whoever repeats it with the same key learns that it was taken."""
    people = follow(oa, ["o1", "o2"])
    oa.faults.on("reset_after_accept", path="mass/send", times=1)
    with pytest.raises(ConnectionError):
        oa.mass(people, clientmsgid="notice:7:1")
    assert oa.mass(people, clientmsgid="notice:7:1")["errcode"] == 45065
    assert len(oa.simulator.record.entries("message/mass/send")) == 1
    oa.account.settle()
    assert oa.texts("o1") == ["停水通知"]
