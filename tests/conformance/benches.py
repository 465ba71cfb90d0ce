"""The channels on their benches: the platform of each, how people are reached and lost, and what it cannot have."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from bot.platforms.kf_api import Kf
from bot.platforms.kf_sessions import Account as KfAccount
from bot.platforms.oa_account import OaOptions
from bot.platforms.oa_api import SimulatedOfficialAccount
from bot.platforms.phones import Phones
from bot.platforms.simulator import Simulator
from bot.platforms.wecom_contacts import Member
from tests import doors
from tests.conformance.bench import Bench
from tests.conformance.cases import Case
from tests.conformance.ear import Ear
from tests.conformance.ears import CustomerServiceEar, OfficialAccountEar, WecomEar
from tests.conformance.playground import Memory
from tests.doors import KF_SECRET
from tests.platforms.wecom import AGENT, CORP, KEY, TOKEN
from tests.platforms.wecom import SECRET as CORP_SECRET
from tests.web.town import APP_ID, APP_SECRET, DESK, account

if TYPE_CHECKING:
    from tests.conformance.stand import Stand

PORT_TOKEN = "port-secret-1"
HEARS_NOTHING = "It takes nothing in: it has no callback, and refuses what claims to be one."
TAKES_IN = [case for case in Case if case.value.takes_in]
NO_TOKEN = "The port is asked with one fixed word of ours: there is no token that runs out."


class OfficialAccount(Bench):
    """Customer-service messages."""

    name, title = "oa", "official account"
    door, path, screen = f"oa:{APP_ID}", "/oa/cgi-bin/message/custom/send", "oa"
    secrets = (APP_SECRET, KEY)
    ear: type[Ear] | None = OfficialAccountEar

    def platform(self, simulator: Simulator) -> Any:
        return simulator.add(SimulatedOfficialAccount(simulator.ground, account(), OaOptions()))

    def settings(self, base: str) -> dict[str, object]:
        return doors.oa_settings(base, account())

    def meet(self, stand: Stand, number: int) -> str:
        person = f"oOpenid9AgO5Kd5ggOC-{number:04}"
        stand.platform.act.follow(person)
        stand.platform.act.say(person, "在吗")
        return person

    def lose(self, stand: Stand, person: str) -> None:
        stand.platform.act.blacklist(person)

    def tokens(self, stand: Stand) -> list[str]:
        return issued(stand.platform.door.tokens)


class Mass(OfficialAccount):
    """Mass messages, in the place of the private door of the same account."""

    name, title = "oa-mass", "official account, mass"
    path = "/oa/cgi-bin/message/mass/send"
    fewest, together = 2, True
    ear = None
    excused: Mapping[Case, str] = {
        **dict.fromkeys(TAKES_IN, "Callbacks of this account come in by its private door."),
        Case.PARTIAL: "The platform takes a job whole and tells figures only, never who was left out.",
    }

    def furnish(self, stand: Stand) -> None:
        stand.app.channels[self.door] = stand.app.bulk[self.door]

    def lose(self, stand: Stand, person: str) -> None:
        """Nothing has to happen: a job for one person is refused."""


class WecomApp(Bench):
    """The staff's app."""

    name, title = "wecom", "WeCom app"
    door, path, screen = f"wecom:{CORP}:{AGENT}", "/wecom/cgi-bin/message/send", "wecom"
    together = True
    secrets = (CORP_SECRET, KEY)
    ear = WecomEar

    def platform(self, simulator: Simulator) -> Any:
        return doors.wecom(simulator, members=())

    def settings(self, base: str) -> dict[str, object]:
        return doors.wecom_settings(base)

    def meet(self, stand: Stand, number: int) -> str:
        person = f"LiuGuiFang{number:04}"
        stand.platform.contacts.add(Member(person, "刘桂芳"))
        return person

    def lose(self, stand: Stand, person: str) -> None:
        stand.platform.contacts.find(person).visible = False

    def tokens(self, stand: Stand) -> list[str]:
        return issued(stand.platform.tokens)


class CustomerService(Bench):
    """微信客服."""

    name, title = "kf", "微信客服"
    door, path, screen = f"kf:{CORP}", "/wecom/cgi-bin/kf/send_msg", "kf"
    secrets = (KF_SECRET, KEY)
    ear = CustomerServiceEar

    def platform(self, simulator: Simulator) -> Any:
        wecom = doors.wecom(simulator)
        accounts = [KfAccount(DESK, "阳光社区")]
        return simulator.add(Kf(wecom, secret=KF_SECRET, token=TOKEN, aes_key=KEY, accounts=accounts))

    def settings(self, base: str) -> dict[str, object]:
        return doors.kf_settings(base)

    def meet(self, stand: Stand, number: int) -> str:
        person = f"wmLiuGuiFang{number:04}"
        stand.platform.people.say(person, "在吗", DESK)
        return f"{DESK}/{person}"

    def lose(self, stand: Stand, person: str) -> None:
        account, _, customer = person.partition("/")
        conversation = stand.platform.sessions.conversation(account, customer)
        conversation.said_at -= timedelta(hours=49).total_seconds()

    def screens(self, stand: Stand, door: str) -> Iterable[tuple[str, str]]:
        return ((f"{DESK}/{person}", text) for person, text in super().screens(stand, door))

    def tokens(self, stand: Stand) -> list[str]:
        return issued(stand.platform.wecom.tokens)


class Phone(Bench):
    """SMS and calls."""

    path, screen = "/sms", "sms"
    secrets = (PORT_TOKEN,)
    excused: Mapping[Case, str] = {
        **dict.fromkeys(TAKES_IN, HEARS_NOTHING),
        Case.TOKEN_EXPIRY: NO_TOKEN,
        Case.NOT_JSON: "By the port's contract the status alone says what happened; its body is not needed.",
    }

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.name, self.door = kind, f"{kind}:main"
        self.title = {"sms": "SMS", "voice": "voice"}[kind]

    def platform(self, simulator: Simulator) -> Any:
        return simulator.add(Phones(simulator.ground, token=PORT_TOKEN, per_minute=None))

    def settings(self, base: str) -> dict[str, object]:
        return {"sms_url": f"{base}/sms", "sms_token": PORT_TOKEN}

    def meet(self, stand: Stand, number: int) -> str:
        return f"1380571{number:04}"

    def lose(self, stand: Stand, person: str) -> None:
        stand.platform.disconnect(person)


def issued(tokens: Any) -> list[str]:
    """Every token that a platform has handed out."""
    return list(tokens._all)


BENCHES: tuple[Bench, ...] = (
    OfficialAccount(),
    Mass(),
    WecomApp(),
    CustomerService(),
    Phone("sms"),
    Phone("voice"),
    Memory(),
)
