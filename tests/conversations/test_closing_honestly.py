"""办结 is not the end: what it needs, who may say that it is well, and what becomes of 不满意."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from storage import directory, tickets
from storage.facts import Fact, of_ticket
from storage.links import others
from storage.origins import Link
from storage.people import Post, Role, Staff
from tests.conversations.stage import OFFICE, RESIDENTS, Stage, to

LAMP = "三号楼门口路灯坏了半个月了"


def told(town: Stage, who: str) -> list[str]:
    """What somebody hears of an act once it can be taken back no more."""
    return to(town.wait(minutes=2), who)


def history(town: Stage, number: int) -> list[Fact]:
    with town.app.reading() as db:
        ticket = tickets.by_number(db, number)
        assert ticket is not None
        return of_ticket(db, ticket.id)


def staff_of(town: Stage, db: Session, name: str) -> Staff:
    everybody = db.scalars(select(Staff).order_by(Staff.id)).all()
    return next(one for one in everybody if directory.name_of(town.app.vault, one) == name)


@pytest.fixture
def done(town: Stage) -> Stage:
    """A lamp that is said to be mended, and the reporter was asked."""
    town.say("王阿姨", LAMP, RESIDENTS)
    town.say("小赵", "接单 1")
    town.say("小赵", "办结 1 灯泡已换")
    town.wait(minutes=2)
    return town


def test_everyday_words_are_no_evidence(town: Stage) -> None:
    town.say("王阿姨", LAMP, RESIDENTS)
    town.say("小赵", "接单 1")
    assert to(town.say("小赵", "弄完了"), "小赵") == ["1 号（道路设施）要办结，说一句怎么弄好的，或者发张照片。"]
    assert to(town.say("小赵", "是"), "小赵")[0].startswith("光说一个「是」还不能办结")
    assert town.ticket(1).status == "accepted"
    town.say("小赵", "换了个新灯泡，亮了")
    assert town.ticket(1).status == "resolved"
    assert "：换了个新灯泡，亮了，请您看看。" in told(town, "王阿姨")[0]


def test_everyday_words_with_a_photo_or_a_note_are_enough(town: Stage) -> None:
    town.say("王阿姨", LAMP, RESIDENTS)
    town.say("小赵", "接单 1")
    town.say("小赵", "弄好了，换了镇流器")
    town.say("小赵", "是")
    assert town.ticket(1).status == "resolved"
    town.say("派单员", "核查 1 不通过 还是不亮")
    town.say("小赵", "好了")
    town.photo("小赵")
    assert town.ticket(1).status == "resolved"


def test_what_was_explained_closes_by_the_community_and_is_not_solved(town: Stage) -> None:
    town.say("王阿姨", LAMP, RESIDENTS)
    town.say("小赵", "接单 1")
    assert "要写清缘由" in to(town.say("小赵", "办结 1 解释"), "小赵")[0]
    said = town.say("小赵", "办结 1 解释 这条路明年改造，灯杆先不动")
    assert to(said, "小赵") == ["1 号已按解释说明办结，等梧桐社区核查，也等报事人的回话。"]
    assert "按解释说明办结，理由是：这条路明年改造" in to(said, "周书记")[0]
    assert "这条路明年改造" not in to(said, OFFICE)[0]
    assert "办的人说：这条路明年改造，灯杆先不动。您看行不行？" in told(town, "王阿姨")[0]
    said = town.wait(days=6)  # silence closes nothing here; who has to look is reminded
    assert "办结后等核查" in to(said, "周书记")[0]
    assert town.ticket(1).status == "resolved"
    said = town.press("周书记", "verify_pass", 1)
    assert to(said, "王阿姨")[0].startswith("您报的 1 号，梧桐社区核实过，先这样结案。")
    assert (town.ticket(1).status, town.ticket(1).closing, town.ticket(1).rating) == ("closed", "explained", None)


def test_what_was_explained_closes_by_the_reporters_word_as_explained(town: Stage) -> None:
    town.say("王阿姨", LAMP, RESIDENTS)
    town.say("小赵", "办结 1 无法核实，去了三次都亮着")
    assert "没能核实：去了三次都亮着" in told(town, "王阿姨")[0]
    town.press("王阿姨", "answer:good", 1)
    assert (town.ticket(1).closing, town.ticket(1).rating) == ("unverifiable", "satisfied")


def test_of_a_property_company_nobody_verifies(done: Stage) -> None:
    done.say("派单员", "核查 1 不通过 不亮")
    done.say("小赵", "转派 1 安居物业")
    done.say("小刘", "办结 1 换了灯泡")
    with done.app.writing() as db:  # the secretary works for the company as well
        secretary, company = staff_of(done, db, "周书记"), staff_of(done, db, "小刘").posts[0]
        db.add(Post(staff_id=secretary.id, unit_id=company.unit_id, role=Role.PROPERTY))
    assert "是您单位办的" in to(done.say("周书记", "核查 1 通过"), "周书记")[0]
    done.say("派单员", "核查 1 通过")
    assert done.ticket(1).closing == "solved"


def test_whoever_reports_for_somebody_and_does_it_does_not_say_that_it_is_well(town: Stage) -> None:
    town.say("小赵", "三号楼张大爷说他家门口路灯坏了半个月了")
    assert town.ticket(1).source == "proxy"
    said = town.say("小赵", "办结 1 灯泡已换")
    assert "报的人和办的人是同一个" in to(said, "周书记")[0]
    assert "好不好要由别人说" in to(town.press("小赵", "answer:good", 1), "小赵")[0]
    town.wait(days=9)
    assert town.ticket(1).status == "resolved"
    town.say("周书记", "核查 1 通过")
    assert town.ticket(1).closing == "solved"


def test_not_content_goes_to_the_community_and_back_with_its_word(done: Stage) -> None:
    before = done.ticket(1)
    done.wait(hours=1)
    said = done.press("王阿姨", "answer:bad", 1)
    answer = "好，1 号接着办，还是这个编号。先请梧桐社区看是怎么回事，有进展告诉您。"
    assert to(said, "王阿姨") == [f"{answer}\n哪儿不满意？点一下，或者直接说：没修好、太慢、态度，别的也行。"]
    assert "报事人不满意，第 1 次。上次是梧桐一网格办的：灯泡已换。请定：" in to(said, "周书记")[0]
    assert to(said, "小赵") == ["1 号报事人说还没好，已请梧桐社区看，可能退回请您再办。"]
    now = done.ticket(1)
    assert (now.status, now.holder_id, now.reopenings, now.opened_at) == ("reported", None, 1, before.opened_at)
    assert now.accept_due > before.accept_due
    said = done.say("王阿姨", "才亮了一晚上，师傅还凶我")
    assert to(said, "王阿姨") == ["记下了，会告诉办事的人，谢谢您说清楚。"]
    assert "态度不好（才亮了一晚上" in to(said, "周书记")[0]
    assert to(said, "小赵") == []
    assert done.ticket(1).rating_reason == "attitude"
    said = done.say("周书记", "退回重办 1")
    assert "已退回梧桐一网格重新办" in to(said, "周书记")[0]
    assert to(said, "小赵")
    assert "梧桐社区看过了，请梧桐一网格重新办。" in "".join(to(said, "王阿姨") + told(done, "王阿姨"))
    assert done.ticket(1).accept_due == now.accept_due
    assert "没有在等您定夺" in to(done.say("周书记", "退回重办 1"), "周书记")[0]


@pytest.mark.parametrize(("said", "reason"), [("没修好", "not_done"), ("太慢", "slow"), ("态度", "attitude")])
def test_the_words_that_were_offered_as_reasons_are_understood(done: Stage, said: str, reason: str) -> None:
    done.say("王阿姨", "不满意")
    assert to(done.say("王阿姨", said), "王阿姨") == ["记下了，会告诉办事的人，谢谢您说清楚。"]
    assert done.ticket(1).rating_reason == reason


@pytest.mark.parametrize(
    ("said", "reason"),
    [("不满意，拖了三天", "slow"), ("还是没修", "not_done"), ("不满意", None), ("不满意，师傅态度差", "attitude")],
)
def test_the_reason_is_read_off_the_words(done: Stage, said: str, reason: str | None) -> None:
    done.say("王阿姨", said)
    assert (done.ticket(1).reopenings, done.ticket(1).rating_reason) == (1, reason)
    if reason is None:
        done.press("王阿姨", "answer:slow", 1)
        done.press("王阿姨", "answer:slow", 1)
        assert done.ticket(1).rating_reason == "slow"
        assert done.facts(1).count("rated") == 1


def test_after_the_second_time_the_street_talks_and_may_explain(done: Stage) -> None:
    done.say("王阿姨", "还是没修")
    done.say("周书记", "办结 1 解释 电缆要等供电局换")
    done.wait(minutes=2)
    said = done.press("王阿姨", "answer:bad", 1)
    assert to(said, "王阿姨")[0].startswith("让您费心了。1 号交望江街道，会有人来和您谈一次")
    assert "请街道先和报事人谈一次" in to(said, "派单员")[0]
    assert "请先当面或打电话谈一次" in to(done.say("派单员", "办结 1 解释 年底换"), "派单员")[0]
    assert "几次不满意，请和居民谈一次" in "".join(to(done.wait(days=3), "派单员"))
    assert "谈了什么" in to(done.say("派单员", "已面谈 1"), "派单员")[0]
    done.say("派单员", "已面谈 1 在楼下谈过，同意等到年底")
    said = done.say("派单员", "办结 1 解释 电缆年底前换，这之前先装一盏太阳能灯")
    assert done.ticket(1).closing == "explained"
    assert done.facts(1).count("talked") == 1
    assert "按和您谈的先这样办结：电缆年底前换" in "".join(to(said, "王阿姨") + told(done, "王阿姨"))
    said = done.press("王阿姨", "answer:bad", 1)
    assert "已经和您当面谈过，先不再重开" in to(said, "王阿姨")[0]
    assert (done.ticket(1).status, done.ticket(1).reopenings) == ("closed", 2)


@pytest.mark.parametrize("passed_on", ["转派 1 城管执法队", "退回重办 1"])
def test_whoever_works_on_it_meanwhile_the_street_still_owes_the_talk(done: Stage, passed_on: str) -> None:
    for _ in range(2):
        done.say("王阿姨", "还是没修")
        if done.ticket(1).reopenings < 2:
            done.say("周书记", "办结 1 换了灯泡")
            done.wait(minutes=2)
    done.say("派单员", passed_on)
    assert "几次不满意，请和居民谈一次" in "".join(to(done.wait(days=3), "派单员"))


def test_a_neighbour_says_so_too_and_decides_nothing(town: Stage) -> None:
    town.say("王阿姨", "三号楼又停水了，一滴都没有", RESIDENTS)
    town.say("李婶", "我家也是", RESIDENTS)
    town.say("小赵", "接单 1")
    town.say("小赵", "办结 1 水厂已恢复")
    town.wait(minutes=2)
    said = town.press("李婶", "answer:bad", 1)
    assert to(said, "李婶") == ["记下了，1 号您家还没好，已告诉经办的人，会再核实。"]
    assert to(said, "小赵") == ["1 号一起报的一户说还没好，请看看。"]
    assert (town.ticket(1).status, town.ticket(1).rating) == ("resolved", None)
    said = town.wait(days=8)
    assert "有 1 户邻居说还没好" in "".join(to(said, "周书记"))
    assert town.ticket(1).status == "resolved"
    town.say("王阿姨", "满意")
    assert (town.ticket(1).closing, town.ticket(1).rating) == ("solved", "satisfied")
    town.press("李婶", "answer:bad", 1)
    assert town.ticket(1).status == "closed"
    with town.app.reading() as db:
        first = tickets.by_number(db, 1)
        assert first is not None
        assert [one.number for one in others(db, first, Link.LATE_COMPLAINT)] == [2]


def test_a_late_complaint_is_a_new_ticket_linked_to_the_old(done: Stage) -> None:
    done.say("王阿姨", "满意")
    done.wait(days=20)
    assert done.say("王阿姨", "谢谢") is not None
    assert len(done.tickets()) == 1
    said = done.say("王阿姨", "三号楼门口路灯又坏了")
    assert any("这次新立了 2 号，和您上次报的 1 号连在一起" in text for text in to(said, "王阿姨"))
    assert (done.ticket(1).status, done.ticket(2).status) == ("closed", "reported")
    assert "linked" in done.facts(1)
    assert "linked" in done.facts(2)
    done.say("小赵", "办结 2 换了整盏灯")
    done.say("王阿姨", "满意")
    done.wait(days=20)
    done.say("王阿姨", "又坏了")  # says no more than that: the place and category of then
    assert (done.ticket(3).category, done.ticket(3).place) == ("road_facility", done.ticket(2).place)


def test_silence_is_no_praise_and_a_later_tap_still_counts(done: Stage) -> None:
    done.wait(days=8)
    assert (done.ticket(1).closing, done.ticket(1).rating) == ("solved", None)
    done.press("王阿姨", "answer:good", 1)
    assert (done.ticket(1).status, done.ticket(1).rating) == ("closed", "satisfied")


def test_an_objection_to_a_refusal_lands_at_the_community(town: Stage) -> None:
    town.say("王阿姨", LAMP, RESIDENTS)
    town.say("派单员", "不予受理 1 非本辖区 归市政管，请打 12345")
    assert town.ticket(1).status == "rejected"
    town.wait(minutes=2)
    said = town.say("王阿姨", "不同意")
    assert to(said, "王阿姨") == ["好，1 号请梧桐社区再看一遍，看过告诉您。"]
    assert "不予受理，报事人不同意，请社区再看" in to(said, "周书记")[0]
    assert (town.ticket(1).status, town.ticket(1).reopenings) == ("reported", 0)
