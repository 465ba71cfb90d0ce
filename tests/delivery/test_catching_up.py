"""News that had no way, said at the person's next word: whole, once, by whatever account they speak.

Sabotage that must turn these red: a form's row is said again as the form; only the account that speaks is looked at;
a text that is longer than the door's limit stops everything behind it; the rows are not locked.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from bot import deliver, ladder
from bot.channels.base import Window
from bot.receive import Intake
from bot.settings import Settings
from bot.wiring import build
from handlers.message import Kind, Person
from storage import forgetting
from storage.inbox import Inbox
from storage.media import Media
from storage.outbox import Outbox, OutboxState
from storage.people import Account
from tests.delivery.office import Moody, Office, forgetful, knowing
from tests.delivery.test_cards import CARD
from tests.delivery.test_ladder import TALK, one_person, says
from tests.intake.front import said

OTHER, ASKED = "memory:other", "memory:asked"


def door(office: Office, name: str = TALK, left: int = 5, **abilities: Any) -> Moody:
    """A door that speaks after a word of the person."""
    moody = Moody()
    windows = {"message": Window(timedelta(hours=48), left)}
    office.app.channels[name] = forgetful(moody, name, **({"windows": windows, "inline": False} | abilities))
    return moody


def speaks(office: Office, name: str, through: str = TALK, text: str = "在吗", **more: Any) -> Any:
    """The person's word, and what goes out because of it."""
    [taken] = Intake(office.app).take_now(said(name, text, None, door=through, **more))
    deliver.run(office.app)
    return taken


def missed(office: Office, account: int, *texts: str, **fields: Any) -> list[int]:
    ids = []
    for text in texts:
        assert says(office, text, Person(account), **fields) == 0
        with office.app.reading() as db:
            ids.append(max(db.scalars(select(Outbox.id))))
    return ids


def test_it_is_said_as_one_message(office: Office) -> None:
    talk = door(office)
    missed(office, office.account(TALK, "oZhang"), "来修了", "修好了")
    speaks(office, "oZhang")
    assert talk.arrived[0] == "来修了\n\n修好了"
    speaks(office, "oZhang")
    assert [text for text in talk.arrived if "修好了" in text] == ["来修了\n\n修好了"]


def test_a_form_that_did_not_arrive_is_said_in_words(office: Office) -> None:
    talk = door(office, ways=frozenset({"message", "template"}))
    account = office.account(TALK, "oZhang")
    first, second = missed(office, account, "来修了", "修好了")
    office.change(first, way="template", tries=3, platform_id="4711")
    speaks(office, "oZhang")
    assert talk.arrived[0] == "来修了\n\n修好了"
    row = office.row(first)
    assert (row.way, row.state, office.row(second).state) == ("message", "sent", "answered_inline")


def test_a_card_is_no_part_of_an_older_call(office: Office) -> None:
    """The platform would take it for a repeat, and drop it."""
    door(office)
    [first] = missed(office, office.account(TALK, "oZhang"), "来修了", card=CARD)
    office.change(first, together="ab12@lease")
    speaks(office, "oZhang")
    assert office.row(first).state == "sent"
    assert not (office.row(first).together or "").endswith("@lease")


def test_news_of_one_account_is_said_when_the_person_speaks_by_another(office: Office) -> None:
    talk, other = door(office), door(office, OTHER)
    first, second = office.account(TALK, "oZhang"), office.account(OTHER, "zhang")
    one_person(office, first, second)
    missed(office, first, "来修了")
    speaks(office, "zhang", OTHER)
    assert (talk.arrived, other.arrived[0]) == ([], "来修了")
    speaks(office, "oZhang")
    assert not any("来修了" in text for text in talk.arrived)


def test_news_of_one_account_is_answered_when_the_person_asks_by_another(office: Office) -> None:
    door(office)
    office.app.channels[ASKED] = knowing(Moody(), ASKED, speaks="never", inline=True, groups=False)
    first, second = office.account(TALK, "oZhang"), office.account(ASKED, "zhang")
    one_person(office, first, second)
    [row] = missed(office, first, "来修了")
    assert "来修了" in (speaks(office, "zhang", ASKED).answer or "")
    assert office.row(row).state == "answered_inline"


def test_what_another_word_of_the_person_is_just_saying_is_not_said_twice(
    make_settings: Callable[..., Settings], postgresql_url: str
) -> None:
    """Two accounts, heard by two processes at once. On SQLite one of them waits for the other anyway."""
    office = Office(build(make_settings(database_url=postgresql_url)))
    try:
        door(office)
        other = door(office, OTHER)
        first, second = office.account(TALK, "oZhang"), office.account(OTHER, "zhang")
        one_person(office, first, second)
        missed(office, first, "来修了")
        with ThreadPoolExecutor(1) as pool, office.app.writing() as db:
            db.scalars(select(Outbox).with_for_update()).all()
            pool.submit(speaks, office, "zhang", OTHER).result(30)
        assert not any("来修了" in text for text in other.arrived)
        speaks(office, "zhang", OTHER)
        assert [text for text in other.arrived if "来修了" in text] == ["来修了"]
    finally:
        office.app.close()


def test_whoever_misses_something_is_listened_to_on_every_account(office: Office) -> None:
    """Their next word, though it were mere talk, brings the news."""
    door(office)
    other = door(office, OTHER)
    first, second = office.account(TALK, "oZhang"), office.account(OTHER, "zhang")
    one_person(office, first, second)
    missed(office, first, "来修了")
    with office.app.writing() as db:
        db.get_one(Account, second).hinted_at = office.app.clock.wall()
    speaks(office, "zhang", OTHER, "今天天气不错，下午一起去公园走走吧大家")
    assert other.arrived == ["来修了"]


def test_nobody_hears_what_somebody_else_missed(office: Office) -> None:
    door(office)
    other = door(office, OTHER)
    first, second = office.account(TALK, "oZhang"), office.account(OTHER, "oLi")
    one_person(office, first)
    one_person(office, second)
    missed(office, first, "来修了")
    speaks(office, "oLi", OTHER)
    assert not any("来修了" in text for text in other.arrived)


def test_a_text_longer_than_the_doors_limit_stops_nothing(office: Office) -> None:
    talk = door(office, text_bytes=60)
    ids = missed(office, office.account(TALK, "oZhang"), "很长" * 40, "来修了")
    speaks(office, "oZhang")
    speaks(office, "oZhang")
    assert [office.row(row).state for row in ids] == ["sent", "sent"]
    assert any("来修了" in text for text in talk.arrived)


def test_a_row_that_cannot_be_read_keeps_nobody_silent(office: Office) -> None:
    talk = door(office)
    first, second = missed(office, office.account(TALK, "oZhang"), "来修了", "修好了")
    office.change(first, text=office.app.vault.seal("x", "outbox.text", "another row"))
    assert speaks(office, "oZhang").state == "handled"
    assert talk.arrived[0] == "修好了"
    assert (office.row(first).state, office.row(first).reason) == ("dead", "unreadable")
    assert office.row(second).state == "sent"


def test_news_older_than_a_week_is_no_news(office: Office) -> None:
    talk = door(office)
    [row] = missed(office, office.account(TALK, "oZhang"), "来修了")
    office.change(row, created_at=office.app.clock.wall() - timedelta(days=7, seconds=1))
    speaks(office, "oZhang")
    assert not any("来修了" in text for text in talk.arrived)


def test_what_answers_mere_talk_is_forgotten_with_it(office: Office) -> None:
    """Joined to the news of a ticket it would be kept as long as that is."""
    talk = door(office)
    account = office.account(TALK, "oZhang")
    speaks(office, "oZhang", text="您好")
    with office.app.reading() as db:
        heard = db.scalars(select(Inbox.id)).one()
    news, answer = missed(office, another_day(office, account), "来修了", "您是说电梯吗")
    office.change(answer, inbox_id=heard)
    speaks(office, "oZhang")
    assert any("来修了" in text for text in talk.arrived)
    with office.app.writing() as db:
        inbox = db.get_one(Inbox, heard)
        inbox.forget_at = office.app.clock.wall() - timedelta(hours=1)
        db.flush()
        forgetting.blank_talk(db, office.app.clock.wall())
    row = office.row(news)
    assert office.app.vault.open(row.text or "", "outbox.text", row.ref) == "来修了"
    assert office.row(answer).text is None


def another_day(office: Office, account: int) -> int:
    """The window is over."""
    with office.app.writing() as db:
        db.get_one(Account, account).window_until = office.app.clock.wall() - timedelta(hours=1)
    return account


def test_a_picture_is_not_left_out_for_company(office: Office) -> None:
    door(office, media=True)
    with office.app.writing() as db:
        wall = office.app.clock.wall()
        picture = Media(sha256="", mime="image/jpeg", bytes=b"x", created_at=wall, state="stored")
        db.add(picture)
        db.flush()
    ids = missed(office, office.account(TALK, "oZhang"), "来修了", "修好了", media_id=picture.id)
    speaks(office, "oZhang")
    assert [office.row(row).state for row in ids] == ["sent", "sent"]


def test_what_failed_twice_still_has_its_other_ways(office: Office) -> None:
    """Said at last, refused again: another way that opened meanwhile is taken."""
    door(office)
    account = office.account(TALK, "oZhang")
    [row] = missed(office, account, "来修了")
    other = door(office, OTHER)
    second = office.account(OTHER, "zhang")
    one_person(office, account, second)
    with office.app.writing() as db:
        stored = db.get_one(Outbox, row)
        name = f"{stored.name}+1"
    no_way = {"state": OutboxState.NO_WAY, "reason": ladder.CANNOT_SPEAK}
    [again] = office.owe(account, "来修了", name=name, fallback_of_id=row, **no_way)
    office.change(row, state=OutboxState.DEAD)
    with office.app.writing() as db:
        opened = db.get_one(Account, second)
        opened.window_until, opened.window_left = office.app.clock.wall() + timedelta(hours=1), 5
        stored = db.get_one(Outbox, again)
        doors = ladder.Ladder(office.app.channels, office.app.clock.wall())
        assert ladder.next_way(db, office.app.vault, doors, stored) is not None
    deliver.run(office.app)
    assert other.arrived == ["来修了"]


def test_whoever_had_left_and_speaks_again_can_be_written_to(office: Office) -> None:
    """Though it were mere talk."""
    door(office)
    account = office.account(TALK, "oZhang")
    with office.app.writing() as db:
        row = db.get_one(Account, account)
        row.follows, row.hinted_at = False, office.app.clock.wall()
    speaks(office, "oZhang", text="今天天气不错，下午一起去公园走走吧大家")
    with office.app.reading() as db:
        assert db.get_one(Account, account).follows


def test_a_report_of_the_platform_is_no_return_of_the_person(office: Office) -> None:
    door(office)
    account = office.account(TALK, "oZhang")
    with office.app.writing() as db:
        db.get_one(Account, account).follows = False
    speaks(office, "oZhang", text="", kind=Kind.SYSTEM, event="maintenance")
    with office.app.reading() as db:
        assert not db.get_one(Account, account).follows
