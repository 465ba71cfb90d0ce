"""The channels on their benches: the platform of each, how people are reached and lost, and what it cannot have."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from bot.channels.base import Outcome, Outgoing, TryLater, Unsure
from bot.channels.memory import MemoryChannel
from bot.platforms.kf_api import Kf
from bot.platforms.kf_sessions import Account as KfAccount
from bot.platforms.oa_account import OaAccount, OaOptions
from bot.platforms.oa_api import SimulatedOfficialAccount
from bot.platforms.phones import Phones
from bot.platforms.simulator import Simulator
from bot.platforms.wecom_api import Wecom
from bot.platforms.wecom_contacts import Member
from bot.screens import ScreenWriter
from storage.deployment import Screen
from tests.conformance.cases import Case
from tests.conformance.ears import CustomerServiceEar, Ear, MemoryEar, OfficialAccountEar, WecomEar
from tests.web.town import AGENT, APP_ID, APP_SECRET, APP_TOKEN, CORP, CORP_SECRET, DESK, KEY, KF_SECRET, TOKEN

if TYPE_CHECKING:
    from tests.conformance.stand import Stand

PORT_TOKEN = "port-secret-1"
HEARS_NOTHING = "It takes nothing in: it has no callback, and refuses what claims to be one."
TAKES_IN = [case for case in Case if case.value.takes_in]
NO_TOKEN = "The port is asked with one fixed word of ours: there is no token that runs out."


class Bench:
    """One channel. ``fewest``: people of the smallest call; ``together``: what is alike goes out in one call."""

    name = ""
    title = ""
    door = ""
    path = ""  # of the interface that sends
    screen = ""  # the platform's name of its screens
    fewest = 1
    together = False
    secrets: tuple[str, ...] = ()
    excused: Mapping[Case, str] = {}
    ear: type[Ear] | None = None

    def platform(self, simulator: Simulator) -> Any:
        """Adds what the channel talks to."""
        raise NotImplementedError

    def settings(self, base: str) -> dict[str, object]:
        """What the operator sets."""
        raise NotImplementedError

    def furnish(self, stand: Stand) -> None:
        """What is left to be done once everything runs."""

    def meet(self, stand: Stand, number: int) -> str:
        """Somebody who can be reached; their address."""
        raise NotImplementedError

    def lose(self, stand: Stand, person: str) -> None:
        """They cannot be reached here any more, and we do not know it yet."""
        raise NotImplementedError

    def screens(self, stand: Stand, door: str) -> Iterable[tuple[str, str]]:
        """Who has read what."""
        screens = stand.simulator.screens
        for person in screens.people(self.screen):
            yield from ((person, text) for text in screens.texts(self.screen, person))

    def switch_on(self, stand: Stand, fault: str, options: Mapping[str, Any]) -> None:
        """A fault of the interface that sends."""
        path = options.get("path", self.path)
        stand.simulator.faults.on(fault, **{**options, "path": path})

    def clear(self, stand: Stand) -> None:
        """Faults of its own are off."""

    def tokens(self, stand: Stand) -> list[str]:
        """Every token that was handed out."""
        return []


class OfficialAccount(Bench):
    """Customer-service messages."""

    name, title = "oa", "official account"
    door, path, screen = f"oa:{APP_ID}", "/oa/cgi-bin/message/custom/send", "oa"
    secrets = (APP_SECRET, KEY)
    ear: type[Ear] | None = OfficialAccountEar

    def platform(self, simulator: Simulator) -> Any:
        account = OaAccount(APP_ID, APP_SECRET, APP_TOKEN, KEY)
        return simulator.add(SimulatedOfficialAccount(simulator.ground, account, OaOptions()))

    def settings(self, base: str) -> dict[str, object]:
        return {
            "oa_app_id": APP_ID,
            "oa_app_secret": APP_SECRET,
            "oa_token": APP_TOKEN,
            "oa_aes_key": KEY,
            "oa_api_base": f"{base}/oa",
        }

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
        return simulator.add(
            Wecom(
                simulator.ground, corp_id=CORP, agent_id=AGENT, secret=CORP_SECRET, token=TOKEN, aes_key=KEY, members=()
            )
        )

    def settings(self, base: str) -> dict[str, object]:
        return {
            "wecom_corp_id": CORP,
            "wecom_agent_id": str(AGENT),
            "wecom_secret": CORP_SECRET,
            "wecom_token": TOKEN,
            "wecom_aes_key": KEY,
            "wecom_api_base": f"{base}/wecom",
        }

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
        wecom = simulator.add(
            Wecom(simulator.ground, corp_id=CORP, agent_id=AGENT, secret=CORP_SECRET, token=TOKEN, aes_key=KEY)
        )
        accounts = [KfAccount(DESK, "阳光社区")]
        return simulator.add(Kf(wecom, secret=KF_SECRET, token=TOKEN, aes_key=KEY, accounts=accounts))

    def settings(self, base: str) -> dict[str, object]:
        return {
            "wecom_corp_id": CORP,
            "wecom_api_base": f"{base}/wecom",
            "kf_secret": KF_SECRET,
            "kf_token": TOKEN,
            "kf_aes_key": KEY,
        }

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


@dataclass
class Mood:
    """The screens of the playground on a bad day. Faults have the names and options of the platforms' own."""

    write: ScreenWriter
    on: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    lost: set[str] = field(default_factory=set)
    shown: set[str] = field(default_factory=set)

    def __call__(self, batch: Sequence[Outgoing]) -> Sequence[Outcome]:
        self._before()
        bad = self.lost | set().union(*(set(options.get("people", ())) for _, options in self.on))
        good = [one for one in batch if one.key in self.shown or one.person not in bad]  # what was shown is recognised
        sent = dict(zip([one.key for one in good], self.write(good) if good else [], strict=True))
        self.shown |= sent.keys()
        self._after()
        return [sent.get(one.key, Outcome("unreachable", reason="no such screen")) for one in batch]

    def _before(self) -> None:
        if self._hit("busy", "http_500") is not None:
            raise TryLater("busy")
        if self._hit("minute_quota") is not None:
            raise TryLater("minute", timedelta(minutes=1))
        if self._hit("hung", after=False) is not None:
            raise Unsure("no answer")
        if (fault := self._hit("slow")) is not None:
            time.sleep(fault["seconds"])

    def _after(self) -> None:
        if self._hit("reset_after_accept") is not None or self._hit("hung", after=True) is not None:
            raise Unsure("cut")

    def _hit(self, *names: str, **wanted: Any) -> dict[str, Any] | None:
        for name, options in self.on:
            fits = all(options.get(key, False) == value for key, value in wanted.items())
            if name in names and fits and options.get("times") != 0:
                options["times"] = options["times"] - 1 if options.get("times") is not None else None
                return options
        return None


class Memory(Bench):
    """The playground: screens are rows."""

    name, title = "memory", "memory (playground)"
    door = "memory:sample"
    ear = MemoryEar
    excused: Mapping[Case, str] = {
        Case.OVERSIZED: "Nothing comes in over a callback: the playground's own form has its own limit.",
        Case.MALFORMED: "Nothing comes in over a callback: there is no envelope to be broken.",
        Case.TOKEN_EXPIRY: "Its screens are rows of our own database: nobody asks for a token.",
        Case.TOKEN_REFUSED: "Its screens are rows of our own database: nobody asks for a token.",
        Case.GATEWAY: "Nothing stands between the program and a row of its own.",
        Case.NOT_JSON: "A row is written or it is not: there is no answer to be read.",
        Case.BANNED: "Nobody can ban us from our own table.",
    }

    def platform(self, simulator: Simulator) -> Any:
        return None

    def settings(self, base: str) -> dict[str, object]:
        return {}

    def furnish(self, stand: Stand) -> None:
        stand.platform = Mood(ScreenWriter(stand.app.writing))
        stand.app.channels[self.door] = MemoryChannel(stand.platform, self.door)

    def meet(self, stand: Stand, number: int) -> str:
        return f"liu-guifang-{number:04}"

    def lose(self, stand: Stand, person: str) -> None:
        stand.platform.lost.add(person)

    def screens(self, stand: Stand, door: str) -> Iterable[tuple[str, str]]:
        with stand.app.reading() as db:
            rows = db.execute(select(Screen.address, Screen.text)).all()
        found = [(address.partition(":")[2], text) for address, text in rows]
        return [one for one in found if not one[0].startswith("other-")]

    def switch_on(self, stand: Stand, fault: str, options: Mapping[str, Any]) -> None:
        stand.platform.on.append((fault, dict(options)))

    def clear(self, stand: Stand) -> None:
        stand.platform.on.clear()


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
