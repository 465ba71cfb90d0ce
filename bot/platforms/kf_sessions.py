"""What 微信客服 remembers: accounts, customers, conversations and their windows, messages, codes and tokens.

Source: developer documents 94669 (states of a conversation), 94670 (sync_msg), 94677 (5 messages in 48 hours), 95122
(codes of events), 94665 (links). Times run by the platform's clock.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

from bot.platforms.calls import Ground

WINDOW, MOST_IN_WINDOW = 48 * 3600, 5  # seconds after the customer's last message, messages of ours
LISTED_FOR = 3 * 86400  # seconds for which a message can be pulled
TOKEN_FOR = 600  # seconds for which a callback's token is good
BRIEFLY = 20  # seconds for which the codes of a greeting and of a farewell are good


class State(IntEnum):
    """Who holds a conversation."""

    NEW = 0
    BOT = 1
    POOL = 2
    HUMAN = 3
    ENDED = 4


# The documents' table of changes by the interface; a customer who writes after the end begins anew.
CHANGES: Mapping[State, frozenset[State]] = {
    State.NEW: frozenset({State.BOT, State.POOL, State.HUMAN}),
    State.BOT: frozenset({State.POOL, State.HUMAN}),
    State.POOL: frozenset({State.HUMAN}),
    State.HUMAN: frozenset({State.HUMAN, State.ENDED}),
    State.ENDED: frozenset(),
}
OPEN_TO_US = frozenset({State.NEW, State.BOT})  # in which send_msg is allowed

CUSTOMER, SYSTEM, SERVICER = 3, 4, 5  # the origin of a message


@dataclass(slots=True)
class Account:
    """One account that people write to; ``servicers`` may take conversations over."""

    open_kfid: str
    name: str
    servicers: list[str] = field(default_factory=list)
    msgids: set[str] = field(default_factory=set)  # of what we sent


@dataclass(slots=True)
class Customer:
    """Somebody from WeChat."""

    external_userid: str
    nickname: str
    unionid: str = ""
    refuses: bool = False  # our messages: they are accepted and fail afterwards
    at: str = ""  # the account they entered last
    scene: str = ""
    scene_param: str = ""


@dataclass(slots=True)
class Conversation:
    """One customer with one account."""

    state: State = State.ENDED
    servicer: str = ""
    said_at: float | None = None  # the customer's last message
    sent: int = 0  # messages of ours since
    welcomed_at: float | None = None

    def is_within(self, now: float) -> bool:
        """Whether the customer wrote within 48 hours."""
        return self.said_at is not None and now - self.said_at < WINDOW


@dataclass(slots=True)
class EventCode:
    """A code for one message. ``state``: it is good only while the conversation is in it."""

    open_kfid: str
    person: str
    at: float
    life: float
    state: State | None
    kinds: frozenset[str]
    greeting: bool = False
    used: bool = False


@dataclass(frozen=True, slots=True)
class Listed:
    """One entry of the list that ``sync_msg`` pulls."""

    number: int
    at: float
    open_kfid: str
    message: Mapping[str, Any]


GREETING = FAREWELL = frozenset({"text", "msgmenu"})
WAITING = frozenset({"text"})


class Sessions:
    """The memory of all accounts of one corp."""

    def __init__(
        self, ground: Ground, accounts: Iterable[Account], servicers: Iterable[str] = (), first: int = 0
    ) -> None:
        """``first`` is the place where the list begins: one that is started again begins behind what was pulled."""
        self._ground = ground
        self._first = first
        self.accounts = {account.open_kfid: account for account in accounts}
        for account in self.accounts.values():
            account.servicers += [one for one in servicers if one not in account.servicers]
        self.customers: dict[str, Customer] = {}
        self.links: dict[str, tuple[str, str]] = {}  # what stands in the link: account and scene
        self.codes: dict[str, EventCode] = {}
        self._conversations: dict[tuple[str, str], Conversation] = {}
        self._list: list[Listed] = []
        self._tokens: dict[str, float] = {}

    def now(self) -> float:
        """The platform's time."""
        return self._ground.clock.now()

    def conversation(self, open_kfid: str, person: str) -> Conversation:
        """The conversation; one that never began is ended."""
        return self._conversations.setdefault((open_kfid, person), Conversation())

    def heard(self, open_kfid: str, person: str) -> Conversation:
        """The customer writes: the window opens, the count begins again, an ended conversation is new."""
        conversation = self.conversation(open_kfid, person)
        conversation.said_at, conversation.sent = self.now(), 0
        if conversation.state is State.ENDED:
            conversation.state, conversation.servicer = State.NEW, ""
        return conversation

    def state(self) -> list[dict[str, Any]]:
        """All conversations for whoever looks at the simulator."""
        return [
            {
                "account": open_kfid,
                "person": person,
                "state": int(one.state),
                "servicer": one.servicer,
                "sent": one.sent,
                "until": None if one.said_at is None else one.said_at + WINDOW,
            }
            for (open_kfid, person), one in self._conversations.items()
        ]

    # --- the list --------------------------------------------------------------------------------------------------

    def add(self, open_kfid: str, message: Mapping[str, Any]) -> str:
        """Puts a message into the list; its msgid."""
        msgid = self._ground.letters(43)
        whole = {"msgid": msgid, "send_time": int(self.now()), **message}
        self._list.append(Listed(self._first + len(self._list) + 1, self.now(), open_kfid, whole))
        return msgid

    def add_event(self, open_kfid: str, event_type: str, person: str, **fields: Any) -> str:
        """Puts an event into the list: whom it is about stands inside it, and nowhere else."""
        event = {"event_type": event_type, "open_kfid": open_kfid, "external_userid": person, **fields}
        return self.add(open_kfid, {"origin": int(SYSTEM), "msgtype": "event", "event": event})

    def after(self, number: int, open_kfid: str | None) -> list[Listed]:
        """What can still be pulled behind a place in the list."""
        oldest = self.now() - LISTED_FOR
        start = max(number - self._first, 0)
        return [
            one for one in self._list[start:] if one.at > oldest and (open_kfid is None or one.open_kfid == open_kfid)
        ]

    def owner(self, msgid: str) -> str | None:
        """Whose message it is."""
        found = (one.message for one in self._list if one.message["msgid"] == msgid)
        return next((message.get("external_userid") for message in found), None)

    # --- codes and tokens ------------------------------------------------------------------------------------------

    def issue_token(self) -> str:
        """A callback's token for pulling."""
        token = "ENC" + self._ground.letters(44)
        self._tokens[token] = self.now()
        return token

    def is_token(self, token: object) -> bool:
        """Whether a token may be used now."""
        at = self._tokens.get(token) if isinstance(token, str) else None
        return at is not None and self.now() - at < TOKEN_FOR

    def greeting(self, open_kfid: str, person: str) -> str | None:
        """The code for a greeting: only for whom nobody greeted and who wrote nothing for 48 hours."""
        conversation, now = self.conversation(open_kfid, person), self.now()
        greeted = conversation.welcomed_at is not None and now - conversation.welcomed_at < WINDOW
        if greeted or conversation.is_within(now):
            return None
        return self._issue(EventCode(open_kfid, person, now, BRIEFLY, None, GREETING, greeting=True))

    def change_code(self, open_kfid: str, person: str, state: State) -> str:
        """The code for what is said on a change of the conversation's state."""
        ended = state is State.ENDED
        life, kinds = (BRIEFLY, FAREWELL) if ended else (WINDOW, WAITING)
        return self._issue(EventCode(open_kfid, person, self.now(), life, state, kinds))

    def _issue(self, code: EventCode) -> str:
        name = self._ground.letters(32)
        self.codes[name] = code
        return name
