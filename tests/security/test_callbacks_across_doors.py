"""Callbacks that are genuine somewhere else: another door's, an old one, one that says it was pulled.

The doors of this town share one token and one key, as those of a careless operator do: only the receiver and the
content tell them apart.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import func, select

from bot.channels.kf import Kf as KfChannel
from bot.platforms.official_account import Callback
from bot.platforms.wecom_push import WecomCallback
from bot.settings import Settings
from storage.deployment import Pull
from storage.inbox import Inbox
from storage.people import Account, Role
from tests.platforms.wecom import AGENT, KEY, TOKEN
from tests.web.town import APP_ID, DESK, Town, town

LAMP = "三号楼门口路灯坏了半个月了"
DOORS = ("wecom", "kf", "oa")


@pytest.fixture
def here(make_settings: Callable[..., Settings], sqlite_url: str) -> Iterator[Town]:
    with town(make_settings, sqlite_url) as made:
        yield made


def post(here: Town, door: str, callback: Callback, **query: str) -> int:
    answer = here.site.client.post(f"/callback/{door}", content=callback.body, params={**callback.query, **query})
    return answer.status_code


def taken(here: Town) -> int:
    with here.app.reading() as db:
        return db.scalar(select(func.count(Inbox.id))) or 0


def said_in_the_app(here: Town, text: str = LAMP, person: str = "zhao") -> Callback:
    return here.wecom.callback.callback(here.wecom.callback.message(person, "text", Content=text))


def hint(here: Town, token: str = "ENChint") -> Callback:
    ours: WecomCallback = here.kf.bell.callback
    return ours.callback(ours.kf_event(token, DESK))


def sealed_for_the_official_account(here: Town) -> Callback:
    other = WecomCallback(here.simulator.ground, APP_ID, TOKEN, KEY, agent_id=AGENT)
    return other.callback(other.message("o_wang", "text", Content=LAMP))


@pytest.mark.parametrize("door", ["kf", "oa"])
def test_what_is_said_in_the_app_is_said_at_no_other_door(here: Town, door: str) -> None:
    assert post(here, door, said_in_the_app(here)) in (400, 403)
    assert taken(here) == 0
    assert post(here, "wecom", said_in_the_app(here)) == 200
    assert taken(here) == 1


@pytest.mark.parametrize("door", ["wecom", "oa"])
def test_a_hint_of_the_customer_service_is_nothing_elsewhere(here: Town, door: str) -> None:
    assert post(here, door, hint(here)) in (400, 403)
    assert taken(here) == 0
    assert post(here, "kf", hint(here)) == 200
    assert taken(here) == 0  # it only says that there is something to pull


@pytest.mark.parametrize("door", ["wecom", "kf"])
def test_an_envelope_for_the_official_account_opens_nowhere_else(here: Town, door: str) -> None:
    assert post(here, door, sealed_for_the_official_account(here)) == 403
    assert taken(here) == 0


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("seal", ["", "0" * 64, "pulled"])
def test_nobody_outside_says_that_something_was_pulled(here: Town, door: str, seal: str) -> None:
    message = {"msgid": "m1", "open_kfid": DESK, "external_userid": "wmLiu", "send_time": 1, "origin": 3,
               "msgtype": "text", "text": {"content": LAMP}}  # fmt: skip
    forged = Callback({"pulled": seal}, json.dumps(message).encode())
    assert post(here, door, forged) in (400, 403)
    [channel] = [one for one in here.app.channels.values() if isinstance(one, KfChannel)]
    real = channel.pulled(message, here.app.clock.wall())
    assert post(here, door, Callback(dict(real.query), real.body)) in (400, 403)  # kept, it never comes by the web
    assert taken(here) == 0


@pytest.mark.parametrize("changed", [{"msg_signature": "0" * 40}, {"nonce": "1"}, {"timestamp": "1"}])
def test_a_changed_envelope_is_refused(here: Town, changed: dict[str, str]) -> None:
    assert post(here, "wecom", said_in_the_app(here), **changed) == 403
    assert post(here, "kf", hint(here), **changed) == 403
    assert taken(here) == 0


def test_an_old_callback_says_nothing_twice(here: Town) -> None:
    one = said_in_the_app(here)
    for _ in range(5):
        assert post(here, "wecom", one) == 200
    assert taken(here) == 1
    assert here.ticket().number == 1


def test_old_hints_make_no_storm_and_hold_nothing_up(here: Town) -> None:
    """A recorded hint, said again and again: the platform is asked a few times, and what is new still comes."""
    here.kf.people.say("wmLiu", LAMP)
    here.pull()
    before = len(list(here.simulator.record.entries("kf/sync_msg")))
    assert before
    old = hint(here, "ENCold")
    for _ in range(40):
        assert post(here, "kf", old) == 200
    here.pull()
    assert len(list(here.simulator.record.entries("kf/sync_msg"))) - before <= 4
    with here.app.reading() as db:
        row = db.scalars(select(Pull).where(Pull.account == DESK)).one()
        assert row.wanted == row.done
    here.kf.people.say("wmLiu", "五号楼门口路灯也坏了半个月了")
    here.pull()
    assert any("编号 2" in text for text in here.heard("kf", "wmLiu"))


@pytest.mark.parametrize(
    "key", ["accept#1\n", "accept#1#2", "accept#-1", "accept#１", "accept# 1", "a" * 200, "#1", "<x>"]
)
def test_a_buttons_key_is_one_of_ours_or_nothing(here: Town, key: str) -> None:
    here.bind("zhao", here.worker(Role.DISPATCHER))
    post(here, "wecom", said_in_the_app(here, LAMP, "qian"))
    version = here.ticket().version
    ours = here.wecom.callback
    card = {"EventKey": key, "TaskId": "t@1", "CardType": "button_interaction", "ResponseCode": "c1"}
    post(here, "wecom", ours.callback(ours.event("zhao", "template_card_event", **card)))
    assert here.ticket().version == version


def test_a_press_with_somebody_elses_card_changes_no_ticket_of_it(here: Town) -> None:
    """The ticket stands on the button; the card's name opens nothing."""
    post(here, "wecom", said_in_the_app(here, LAMP, "qian"))
    here.deliver()
    version = here.ticket().version
    ours = here.wecom.callback
    for task in ("t@1", here.ticket().ref, "x" * 128, "../..", "%"):
        card = {"EventKey": "accept#1", "TaskId": task, "CardType": "button_interaction", "ResponseCode": "c1"}
        assert post(here, "wecom", ours.callback(ours.event("sun", "template_card_event", **card))) == 200
    assert here.ticket().version == version


def test_a_thousand_selected_options_are_read_or_refused(here: Town) -> None:
    ours = here.wecom.callback
    option = "<OptionIds><OptionId><![CDATA[o]]></OptionId></OptionIds>"
    item = f"<SelectedItem><QuestionKey><![CDATA[q{{0}}]]></QuestionKey>{option}</SelectedItem>"
    items = "".join(item.format(number) for number in range(3000))
    body = (
        f"<xml><ToUserName><![CDATA[{here.app.settings.wecom_corp_id}]]></ToUserName><FromUserName>zhao</FromUserName>"
        "<CreateTime>1763697600</CreateTime><MsgType>event</MsgType><Event>template_card_event</Event>"
        f"<EventKey>accept#1</EventKey><TaskId>t</TaskId><SelectedItems>{items}</SelectedItems></xml>"
    )
    assert post(here, "wecom", ours.sealed(ours.seal.encrypt(body.encode()))) in (200, 400, 413)
    assert taken(here) <= 1


def test_only_the_platform_says_that_somebody_left(here: Town) -> None:
    """A member who sends what looks like the platform's own word about another one."""
    worker = here.worker(Role.DISPATCHER)
    here.bind("zhao", worker)
    ours = here.wecom.callback
    fields = {"ChangeType": "delete_user", "UserID": "zhao"}
    assert post(here, "wecom", ours.callback(ours.event("qian", "change_contact", **fields))) == 200
    with here.app.reading() as db:
        account = db.scalars(select(Account).where(Account.staff_id == worker.id)).one()
        assert account.follows
