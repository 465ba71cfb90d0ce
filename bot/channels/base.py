"""The port to a chat platform: take in, answer within the request, send, and say honestly what it can do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal, Protocol

from handlers.message import Card, Incoming

LONGEST_BODY = 1024 * 1024  # bytes of a callback; more is answered 413
EARLIEST = timedelta(days=5)
LATEST = timedelta(minutes=2)


Way = Literal["message", "template", "subscribe", "stamp", "recall", "welcome", "handover"]
"""How something is said: a message, a form of the platform filled in, a welcome by the code that an event brought; or
what is done: a card shown before is changed, a message recalled, the talk handed to a person on the platform."""


@dataclass(frozen=True, slots=True)
class Window:
    """What an act of a person allows: so many messages within so much time of the platform's clock."""

    span: timedelta
    messages: int


@dataclass(frozen=True, slots=True)
class Limit:
    """A ceiling of the platform for the whole account: ``most`` of ``unit`` within ``per`` (or a day of Shanghai)."""

    name: str
    most: int
    per: timedelta | Literal["day"]
    unit: Literal["calls", "people"] = "calls"


@dataclass(frozen=True, slots=True)
class Abilities:
    """What a channel can do. ``speaks``: at any time, only by a person's tap, or never unasked.

    With ``windows``, it speaks to somebody only after an act of theirs; the keys are ``message`` for anything said,
    else the event's name. ``ways`` beside "message" need no window.
    """

    speaks: Literal["now", "tap", "never"]
    inline: bool = False  # may answer within the callback's request
    groups: bool = False
    buttons: bool = False
    media: bool = False
    batch: int = 1  # messages in one call
    at_once: int = 1  # calls of a notice that one process has under way
    alike: bool = False  # a batch is one text for everybody in it: nothing personal fits into it
    text_bytes: int = 2048  # UTF-8 bytes of one text
    limits: tuple[Limit, ...] = ()
    idempotent_for: timedelta | None = None  # how long the platform recognises a repeated key
    windows: Mapping[str, Window] = field(default_factory=dict)
    ways: frozenset[Way] = frozenset({"message"})
    costs: bool = False  # every message is paid for: used for what is urgent, or where nothing else reaches a person
    a_month: int | None = None  # messages that one person receives in a calendar month of Shanghai
    aloud: bool = False  # rings and speaks; for emergencies only


@dataclass(frozen=True, slots=True)
class RawRequest:
    """A callback as it came: nothing of it is trusted yet."""

    body: bytes
    query: Mapping[str, str]
    received_at: datetime  # wall time, UTC
    account: str = ""  # the part of the path behind the channel's name


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message to one person or group. ``key`` stays the same however often it is tried.

    ``together``: the rest of the batch carries the same words and card, and the same value; a repeat has the same
    members. ``form``: the fields of a template, by the names that the templates file uses. ``code``: for a stamp, the
    platform's word that a card may be changed once; for a recall, the platform's id of the message.
    """

    key: str
    text: str
    person: str | None = None
    chat: str | None = None
    card: Card | None = None
    media_ref: str | None = None
    at: datetime | None = None  # business time, shown by the playground
    way: Way = "message"
    together: str | None = None
    form: Mapping[str, str] = field(default_factory=dict)
    code: str | None = None
    media: Attachment | None = None
    doubtful: bool = False  # an earlier try may have arrived


@dataclass(frozen=True, slots=True)
class Attachment:
    """A picture or recording to send along. ``ref`` names the stored file."""

    ref: str
    mime: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one message of a batch.

    ``unreachable``: this way cannot reach this person (they left, the window is over, they refused): the next way is
    tried. ``gone``: they cannot be reached at this address until they come back by themselves. ``submitted``: the
    platform took a job that it will report on later.
    """

    state: Literal["sent", "dead", "unknown", "unreachable", "gone", "submitted"]
    platform_id: str | None = None
    reason: str | None = None
    code: str | None = None  # the platform's word that the card may be changed once


SENT = Outcome("sent")


class ChannelError(Exception):
    """Something between us and a platform went wrong."""


class TryLater(ChannelError):
    """Nothing was sent; the whole batch may be repeated after ``after``."""

    def __init__(self, reason: str, after: timedelta | None = None) -> None:
        super().__init__(reason)
        self.reason, self.after = reason, after


class Closed(TryLater):
    """The account itself is shut for now: its token refused, banned, its quota of the day used up.

    Nothing was sent. ``fault`` marks a door that somebody has to mend; a used-up quota is none.
    """

    def __init__(self, reason: str, after: timedelta | None = None, *, fault: bool = True) -> None:
        super().__init__(reason, after)
        self.fault = fault


class Unsure(ChannelError):
    """The batch may or may not have arrived; it is repeated only where the platform recognises the key."""


class Refused(ChannelError):
    """A callback that is not taken in. ``status`` is the HTTP answer; the message has no personal data."""

    status = 400


class NotGenuine(Refused):
    """The signature, or the receiver inside the envelope, is not ours."""

    status = 403


class TooLarge(Refused):
    """The body is larger than any platform sends."""

    status = 413


@dataclass(frozen=True, slots=True)
class Answer:
    """The HTTP answer to a callback."""

    body: bytes = b""
    content_type: str = "text/plain; charset=utf-8"
    headers: Mapping[str, str] = field(default_factory=dict)


class Channel(Protocol):
    """A chat platform account. ``door`` names it everywhere: ``oa:<appid>``, ``memory:sample``."""

    @property
    def door(self) -> str: ...

    @property
    def abilities(self) -> Abilities: ...

    def check_url(self, request: RawRequest) -> Answer:
        """Answers the platform's check of our address. Raises NotGenuine."""
        ...

    def verify_and_parse(self, request: RawRequest) -> Incoming:
        """All cryptography and parsing. Raises Refused and its children, and nothing else."""
        ...

    def answer(self, request: RawRequest, incoming: Incoming, text: str | None) -> Answer:
        """The answer within the request: ``text`` freshly encrypted, or the platform's word for nothing to say."""
        ...

    def send(self, batch: Sequence[Outgoing]) -> Sequence[Outcome]:
        """Sends up to ``abilities.batch`` messages. Raises TryLater or Unsure for the batch as a whole."""
        ...


def clamp(said_at: datetime, received_at: datetime) -> datetime:
    """The platform's time, kept within [received - 5 days, received + 2 minutes]."""
    return min(max(said_at, received_at - EARLIEST), received_at + LATEST)
