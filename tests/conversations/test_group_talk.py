"""The thread of talk that follows a report: who adds, who joins, what is another matter, what is nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from handlers.message import Kind
from handlers.wording import report
from nlp import model
from storage.facts import Fact, FactKind
from storage.inbox import Inbox
from storage.people import Account
from storage.tickets import Member
from tests.conversations.stage import OFFICE, RESIDENTS, Stage, to

OUTAGE = "三号楼又停水了，一滴都没有"
LAMP = "三号楼门口路灯坏了半个月了"
LIFT = "五号楼的电梯停在那儿不动，门也打不开，半天了"
GAS = "二单元好重的煤气味！"


def supporters(town: Stage, number: int) -> list[str]:
    with town.app.reading() as db:
        rows = db.scalars(
            select(Account)
            .join(Member, Member.account_id == Account.id)
            .where(Member.ticket_id == town.ticket(number).id, Member.role == "supporter")
            .order_by(Member.id)
        )
        return [town.app.vault.open(row.shown_name or "", "accounts.shown_name", row.ref) for row in rows]


def ticket_of(town: Stage, key: str) -> int | None:
    """The number of the ticket that a message belongs to."""
    with town.app.reading() as db:
        ticket_id = db.scalars(select(Inbox.ticket_id).where(Inbox.key == key)).one()
    return next((row.number for row in town.tickets() if row.id == ticket_id), None)


def reasons(town: Stage, number: int, kind: FactKind) -> list[str | None]:
    with town.app.reading() as db:
        facts = db.scalars(select(Fact).where(Fact.ticket_id == town.ticket(number).id, Fact.kind == kind))
        return [fact.data.get("because") for fact in facts]


# --- others say the same


@pytest.mark.parametrize("words", ["我家也是", "+1", "我们二单元也没水", "同问", "一单元也停了"])
def test_agreement_joins_and_is_told_once_in_private(town: Stage, words: str) -> None:
    town.say("王阿姨", OUTAGE, RESIDENTS)
    said = town.say("李婶", words, RESIDENTS)
    assert to(said, RESIDENTS) == []
    assert to(said, "李婶") == ["已并入 1 号，同样会通知您。"]
    assert town.say("李婶", words, RESIDENTS) == []
    assert (len(town.tickets()), supporters(town, 1)) == (1, ["李婶"])
    assert reasons(town, 1, FactKind.SUPPORTED) == ["agreed"]


def test_the_same_trouble_in_other_words_joins(town: Stage) -> None:
    town.say("王阿姨", OUTAGE, RESIDENTS)
    town.wait(minutes=4)
    town.say("老周", "咋停水了啊，水龙头一滴水都没有", RESIDENTS)
    assert (len(town.tickets()), supporters(town, 1)) == (1, ["老周"])
    assert reasons(town, 1, FactKind.SUPPORTED) == ["same_trouble"]


def test_a_clearly_different_place_is_another_ticket(town: Stage) -> None:
    town.say("王阿姨", LIFT, RESIDENTS)
    town.say("老周", "八号楼的电梯停在四楼不动了，按了没反应", RESIDENTS)
    assert [row.place for row in town.tickets()][1] == ["八号楼", "四楼"]
    assert supporters(town, 1) == []


def test_a_clearly_different_trouble_is_another_ticket(town: Stage) -> None:
    town.say("王阿姨", LIFT, RESIDENTS)
    town.say("老周", "七号楼门口的垃圾三天没人收，臭死了", RESIDENTS)
    assert [row.category for row in town.tickets()] == ["building", "sanitation"]


def test_prayers_under_a_quote_join_what_is_quoted(town: Stage) -> None:
    town.say("王阿姨", LAMP, RESIDENTS)
    key = town.last_key
    town.say("老周", LIFT, RESIDENTS)
    town.say("李婶", "🙏", RESIDENTS, quoted=key)
    assert (supporters(town, 1), supporters(town, 2)) == (["李婶"], [])


def test_agreeing_to_a_quoted_chat_message_joins_nothing(town: Stage) -> None:
    town.say("老周", "晚上吃饺子", RESIDENTS)
    key = town.last_key
    town.say("王阿姨", OUTAGE, RESIDENTS)
    town.say("李婶", "+1", RESIDENTS, quoted=key)
    assert supporters(town, 1) == []


def test_whoever_joined_may_go_on(town: Stage) -> None:
    town.say("王阿姨", OUTAGE, RESIDENTS)
    town.say("李婶", "我家也是", RESIDENTS)
    assert town.say("李婶", "三楼往上也一滴水都没有", RESIDENTS) == []
    assert ticket_of(town, town.last_key) == 1
    assert town.say("李婶", "那晚上去我妈那儿吃算了", RESIDENTS) == []
    assert ticket_of(town, town.last_key) is None


# --- nothing


@pytest.mark.parametrize(
    "words",
    [
        "来水了，谢谢",
        "几点能来水啊",
        "哈哈哈我以为我没交水费",
        "桶装水有要的吗，送到门口",
        "晚安各位",
        "去年也停过一回",
    ],
)
def test_thanks_questions_of_time_jokes_and_trade_are_nothing(town: Stage, words: str) -> None:
    town.say("王阿姨", OUTAGE, RESIDENTS)
    town.say("老周", words, RESIDENTS)
    assert (len(town.tickets()), supporters(town, 1)) == (1, [])


def test_staff_who_answer_in_a_residents_group_open_and_join_nothing(town: Stage) -> None:
    town.say("王阿姨", OUTAGE, RESIDENTS)
    for words in ("收到，三号楼停水马上派人去看", "三号楼的水管爆了，正在抢修", "【通知】三号楼停水，预计22点恢复"):
        assert town.say("小赵", words, RESIDENTS) == []
    assert (len(town.tickets()), town.facts(1)) == (1, ["opened"])


# --- the reporter goes on


def test_further_words_are_added_also_when_they_sound_like_another_matter(town: Stage) -> None:
    town.say("王阿姨", LIFT, RESIDENTS)
    town.say("王阿姨", "物业也不管，打电话没人接", RESIDENTS)
    town.say("王阿姨", "就左边那部", RESIDENTS)
    assert (len(town.tickets()), town.facts(1).count("added")) == (1, 2)


def test_another_thing_by_the_same_person_is_another_ticket(town: Stage) -> None:
    town.say("王阿姨", LIFT, RESIDENTS)
    town.say("王阿姨", "还有七号楼门口的垃圾三天没人收", RESIDENTS)
    assert [row.category for row in town.tickets()] == ["building", "sanitation"]


def test_a_correction_keeps_what_it_does_not_name(town: Stage) -> None:
    town.say("王阿姨", "五号楼三楼的电梯坏了", RESIDENTS)
    town.say("王阿姨", "说错了，是六号楼", RESIDENTS)
    assert town.ticket(1).place == ["六号楼", "三楼"]


def test_the_place_comes_later_also_as_an_answer_to_staff(town: Stage) -> None:
    town.say("王阿姨", "电梯又坏了，停在那儿不动了，没人来修", RESIDENTS)
    town.say("小赵", "是6号楼二单元对吗", RESIDENTS)
    town.say("王阿姨", "对", RESIDENTS)
    assert town.ticket(1).place == ["6号楼", "二单元"]
    assert "placed" in town.facts(1)


def test_ones_own_door_is_not_the_place(town: Stage) -> None:
    town.say("王阿姨", "楼上装修太吵了，天天砸墙")
    town.say("王阿姨", "3栋 我住502 他在602")
    assert "502" not in town.ticket(1).place


def test_the_reason_for_taking_it_back_opens_nothing(town: Stage) -> None:
    town.say("王阿姨", LIFT, RESIDENTS)
    town.send("王阿姨", Kind.RECALL, RESIDENTS, quoted=town.last_key)
    town.say("王阿姨", "看错了看错了，电梯没坏", RESIDENTS)
    assert [row.status for row in town.tickets()] == ["withdrawn"]
    assert ticket_of(town, town.last_key) == 1


def test_an_unheard_voice_of_the_reporter_belongs_to_the_report(town: Stage) -> None:
    town.say("王阿姨", LIFT, RESIDENTS)
    town.wait(minutes=12)
    town.send("王阿姨", Kind.VOICE, RESIDENTS, media="test:voice")
    assert ticket_of(town, town.last_key) == 1


def test_a_recognised_voice_counts_as_words(town: Stage) -> None:
    town.send("王阿姨", Kind.VOICE, RESIDENTS, text="五号楼电梯坏了半天了，老人下不来", media="test:voice")
    town.send("老周", Kind.VOICE, RESIDENTS, text="我家也是下不去", media="test:voice")
    assert supporters(town, 1) == ["老周"]


# --- quoting


def test_who_is_in_charge_of_a_quoted_photo(town: Stage) -> None:
    town.photo("老周", RESIDENTS)
    photo = town.last_key
    town.wait(minutes=9)
    town.say("王阿姨", "@机器人 这个谁管", RESIDENTS, quoted=photo, addressed=True)
    assert (len(town.tickets()), ticket_of(town, photo), town.ticket(1).category) == (1, 1, "other")
    town.say("王阿姨", "五号楼门口的垃圾堆了三天没人收", RESIDENTS)
    assert (len(town.tickets()), town.ticket(1).category, town.ticket(1).place) == (1, "sanitation", ["五号楼"])


def test_who_is_in_charge_of_quoted_words(town: Stage) -> None:
    town.say("小赵", "五号楼门口的垃圾堆了三天没人收", RESIDENTS)
    quoted = town.last_key
    town.say("王阿姨", "@机器人 这个谁管", RESIDENTS, quoted=quoted, addressed=True)
    assert (town.ticket(1).category, ticket_of(town, quoted)) == ("sanitation", 1)


def test_who_is_in_charge_of_an_open_ticket_joins_it_and_of_a_joke_is_nothing(town: Stage) -> None:
    town.say("老周", LAMP, RESIDENTS)
    town.say("王阿姨", "这个谁管啊", RESIDENTS, quoted=town.last_key)
    assert (len(town.tickets()), supporters(town, 1)) == (1, ["王阿姨"])
    town.say("老周", "西瓜一块五一斤", RESIDENTS)
    town.say("李婶", "这个谁管啊哈哈哈", RESIDENTS, quoted=town.last_key)
    assert (len(town.tickets()), supporters(town, 1)) == (1, ["王阿姨"])


# --- emergencies


def test_an_emergency_gathers_and_passes_on_what_the_neighbours_say(town: Stage) -> None:
    town.say("王阿姨", GAS, RESIDENTS)
    said = town.say("李婶", "我抱着孩子下来了，楼道里呛得慌", RESIDENTS)
    assert (len(town.tickets()), supporters(town, 1)) == (1, ["李婶"])
    assert any("李婶" not in text and "呛得慌" in text for name, text in said if name != "李婶")
    town.say("老周", "快跑下楼，别开灯别按电梯", RESIDENTS)
    assert (len(town.tickets()), supporters(town, 1)) == (1, ["李婶"])


def test_what_sounds_alarming_among_advice_is_passed_on(town: Stage) -> None:
    town.say("王阿姨", GAS, RESIDENTS)
    said = town.say("老周", "先莫开门，楼道里全是煤气味", RESIDENTS)
    assert (len(town.tickets()), supporters(town, 1)) == (1, [])
    assert any("煤气味" in text for name, text in said if name != "老周")


def test_a_fire_told_among_advice_opens_its_own_ticket(town: Stage) -> None:
    town.say("王阿姨", "五号楼电梯停在半空，里面关着人，快来救人", RESIDENTS)
    assert town.ticket(1).urgency == "emergency"
    town.say("老周", "大家快下来，三楼着火了", RESIDENTS)
    assert [(each.category, each.urgency) for each in town.tickets()][1:] == [("fire_safety", "emergency")]


def test_a_report_that_turns_out_to_be_an_emergency_rings(town: Stage) -> None:
    town.say("王阿姨", "二单元楼道有股怪味，熏得头晕，三天了没人管", RESIDENTS)
    assert town.ticket(1).urgency != "emergency"
    said = town.say("王阿姨", "二单元是煤气味！好重的煤气味！", RESIDENTS)
    assert (len(town.tickets()), town.ticket(1).urgency) == (1, "emergency")
    assert any("119" in text for text in to(said, RESIDENTS))
    assert town.ticket(1).accept_due <= town.now + timedelta(minutes=10)


# --- not sure enough

UNSURE = "恁家热不热 我这屋里跟冰窖似的，暖气一点都不热"


@pytest.fixture
def unsure(town: Stage) -> Iterator[Stage]:
    """Nothing is sure enough to open by itself."""
    with model.trying(replace(model.weights(), opening=1.1)):
        said = town.say("王阿姨", UNSURE, RESIDENTS)
        assert any("要帮您登记成报事吗" in text for text in to(said, "王阿姨"))
        yield town


def test_the_middle_band_opens_nothing_by_itself(unsure: Stage) -> None:
    unsure.wait(minutes=15)
    assert unsure.tickets() == []


def test_without_a_private_way_one_short_line_asks_in_the_group(town: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(town.app), "speaking_doors", lambda app: frozenset())
    with model.trying(replace(model.weights(), opening=1.1)):
        assert to(town.say("王阿姨", UNSURE, RESIDENTS), RESIDENTS) == [report.REALLY_REPORT_HERE]
        assert town.say("老周", "是", RESIDENTS) == []
        assert "编号 1" in to(town.say("王阿姨", "是", RESIDENTS), RESIDENTS)[0]
    assert town.ticket(1).category == "utilities"


@pytest.mark.parametrize(
    ("words", "place", "added"),
    [
        ("要的，麻烦了", [], 0),
        ("好的谢谢", [], 0),
        ("对对对", [], 0),
        ("那麻烦登记一下吧", [], 0),
        ("嗯嗯是的，3号楼2单元", ["3号楼", "2单元"], 0),
        ("3号楼2单元", ["3号楼", "2单元"], 0),
        ("登记吧，说了几回没人管", [], 1),
        ("是的，昨天晚上就不热了", [], 1),
    ],
)
def test_yes_is_said_in_any_words(unsure: Stage, words: str, place: list[str], added: int) -> None:
    said = unsure.say("王阿姨", words)
    assert "编号 1" in to(said, "王阿姨")[0]
    assert [row.place for row in unsure.tickets()] == [place]
    assert unsure.facts(1).count("added") == added


@pytest.mark.parametrize(
    "words", ["不用了，我就随口说说", "算了吧", "先不用", "没事，我自己打电话了", "已经好了", "不了不了，谢谢"]
)
def test_so_is_no(unsure: Stage, words: str) -> None:
    assert unsure.say("王阿姨", words) == [("王阿姨", report.NOT_REPORTED)]
    assert unsure.tickets() == []


@pytest.mark.parametrize("words", ["报了有用吗", "你是谁啊", "对面那家的呢", "是不是要钱", "要多久啊"])
def test_a_question_back_is_no_answer(unsure: Stage, words: str) -> None:
    unsure.say("王阿姨", words)
    assert unsure.tickets() == []
    assert "编号 1" in to(unsure.say("王阿姨", "是"), "王阿姨")[0]


def test_another_trouble_is_no_yes(unsure: Stage) -> None:
    unsure.say("王阿姨", "对了，我家3号楼电梯坏了")
    assert [row.category for row in unsure.tickets()] == ["building"]


def test_yes_may_come_late(unsure: Stage) -> None:
    unsure.wait(minutes=40)
    assert unsure.tickets() == []
    assert "编号 1" in to(unsure.say("王阿姨", "要的"), "王阿姨")[0]


def test_a_photo_sent_in_private_speaks_for_it(unsure: Stage) -> None:
    unsure.photo("王阿姨")
    assert (len(unsure.tickets()), ticket_of(unsure, unsure.last_key)) == (1, 1)


def test_a_second_household_speaks_for_it(unsure: Stage) -> None:
    unsure.say("老周", "我家也是", RESIDENTS)
    assert (len(unsure.tickets()), supporters(unsure, 1)) == (1, ["老周"])


def test_a_photo_beside_the_words_speaks_for_it(unsure: Stage) -> None:
    unsure.photo("王阿姨", RESIDENTS)
    assert (len(unsure.tickets()), ticket_of(unsure, unsure.last_key)) == (1, 1)


def test_staff_who_answer_it_speak_for_it(unsure: Stage) -> None:
    unsure.say("小赵", "@老周 收到", RESIDENTS, mentions=("老周",))
    assert unsure.tickets() == []
    unsure.say("小赵", "@王阿姨 收到，马上联系热力公司", RESIDENTS, mentions=("王阿姨",))
    assert len(unsure.tickets()) == 1


# --- the staff's own group


def test_a_patrols_find_with_photo_pin_and_closing_words(town: Stage) -> None:
    town.say("小赵", "巡查发现五号楼门口少了个井盖，先拿锥桶挡着了", OFFICE)
    town.photo("小赵", OFFICE)
    photo = town.last_key
    town.send("小赵", Kind.LOCATION, OFFICE, text="[位置] 梧桐里小区五号楼")
    assert (len(town.tickets()), ticket_of(town, photo)) == (1, 1)
    assert "梧桐里小区五号楼" in town.ticket(1).place
    town.wait(hours=2)
    town.say("小赵", "新井盖装好了，平着呢", OFFICE)
    assert (len(town.tickets()), ticket_of(town, town.last_key)) == (1, 1)


def test_an_emergency_said_by_staff_opens_one_ticket_however_many_say_it(town: Stage) -> None:
    town.say("小赵", "五号楼二单元着火了，快来人", OFFICE)
    town.say("小钱", "五号楼着火了，我也看到冒烟了", OFFICE)
    assert [row.urgency for row in town.tickets()] == ["emergency"]


@pytest.mark.parametrize("words", ["五号楼的垃圾已经清走了", "今天真冷", "1044 疏通师傅到了，掏出来一堆抹布"])
def test_other_talk_of_staff_is_work(town: Stage, words: str) -> None:
    town.say("小赵", words, OFFICE)
    assert town.tickets() == []


# --- in private


def test_several_problems_in_private_and_details_to_the_right_one(town: Stage) -> None:
    town.say("王阿姨", "五号楼负一楼车库的排水沟堵了，一下雨就积水")
    town.say("王阿姨", "另外小区南门那个茶楼天天打麻将打到凌晨两点，吵死了")
    assert [row.category for row in town.tickets()] == ["drainage", "noise"]
    town.say("王阿姨", "就在南门左手边第二家")
    assert ticket_of(town, town.last_key) == 2
    town.send("王阿姨", Kind.VOICE, text="那个排水沟的积水都有一尺深了", media="test:voice")
    assert ticket_of(town, town.last_key) == 1
    assert len(town.tickets()) == 2


# --- what is told around a trouble is no second one


def test_what_a_trouble_does_to_others_joins_it_whatever_it_sounds_like(town: Stage) -> None:
    town.say("何孃", "一楼那家馆子一到饭点就开始冒烟，我屋头客厅全是油烟子", RESIDENTS)
    town.say("余老师", "我们五楼窗子都不敢开，娃儿咳了好几天了", RESIDENTS)
    assert [ticket.category for ticket in town.tickets()] == ["fumes"]
    assert supporters(town, 1) == ["余老师"]


def test_advice_among_neighbours_rings_no_second_bell(town: Stage) -> None:
    town.say("杨二娃", "三单元六楼电表箱在冒烟，噼里啪啦冒火星子！", RESIDENTS)
    town.say("阿森", "唐婆婆你们先莫开门，毛巾打湿堵门缝，到阳台上来", RESIDENTS)
    assert [ticket.urgency for ticket in town.tickets()] == ["emergency"]


def test_a_sure_report_opens_for_itself_and_not_for_what_was_hardly_one(town: Stage) -> None:
    town.say("芋儿鸡", "屋头洗了衣服哪儿都切不成 晾起等干", RESIDENTS)
    town.say("何孃", "一楼那家馆子一到饭点就开始冒烟，我屋头客厅全是油烟子", RESIDENTS)
    [ticket] = town.tickets()
    assert (ticket.category, ticket.number) == ("fumes", 1)
