"""What comes in and what is said back, free of any platform."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal


class Kind(StrEnum):
    """What sort of thing arrived."""

    TEXT = "text"
    IMAGE = "image"
    VOICE = "voice"
    VIDEO = "video"
    LOCATION = "location"
    LINK = "link"
    FILE = "file"
    PRESS = "press"  # a button of a card; ``event`` says which
    RECALL = "recall"  # ``quoted`` names the recalled message
    EVENT = "event"  # subscribe, scan, unsubscribe …
    SYSTEM = "system"  # the platform itself, another bot, @所有人: never answered
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Incoming:
    """A message or event as a channel understood it.

    ``key`` names it once for ever (``in:oa:<appid>:<MsgId>``). ``chat`` is None in a private chat. ``said_at`` is the
    platform's time clamped to [received - 5 days, received + 2 minutes]; both are aware.
    """

    key: str
    door: str
    sender: str
    chat: str | None
    kind: Kind
    said_at: datetime
    received_at: datetime
    text: str = ""  # the words, or the platform's recognition of a voice message
    media: str | None = None  # ``media:<ref>`` when stored already, else the platform's handle
    quoted: str | None = None  # key or platform id of the quoted or recalled message
    addressed: bool = False  # meant for the bot: private chat, @, quoted card
    mentions: tuple[str, ...] = ()
    shown_name: str = ""
    event: str = ""
    data: Mapping[str, str] = field(default_factory=dict)  # scene, latitude, longitude, ticket, choice …

    @property
    def private(self) -> bool:
        """Whether it was said to the bot alone."""
        return self.chat is None


@dataclass(frozen=True, slots=True)
class Button:
    """One tap of a card: ``action`` is a command's name, or ``answer:<choice>``."""

    label: str
    action: str


@dataclass(frozen=True, slots=True)
class Card:
    """A ticket at a glance. Channels without cards say it as text with the words to type."""

    title: str
    fields: tuple[tuple[str, str], ...] = ()
    buttons: tuple[Button, ...] = ()
    ticket: int | None = None  # the number people say
    link: str | None = None

    def as_json(self) -> dict[str, Any]:
        """The stored form. Cards carry no personal data."""
        return {
            "title": self.title,
            "fields": [list(pair) for pair in self.fields],
            "buttons": [{"label": button.label, "action": button.action} for button in self.buttons],
            "ticket": self.ticket,
            "link": self.link,
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Card:
        """The card again."""
        return cls(
            title=stored["title"],
            fields=tuple((pair[0], pair[1]) for pair in stored["fields"]),
            buttons=tuple(Button(button["label"], button["action"]) for button in stored["buttons"]),
            ticket=stored["ticket"],
            link=stored["link"],
        )


@dataclass(frozen=True, slots=True)
class Here:
    """The chat the message came from."""


@dataclass(frozen=True, slots=True)
class Person:
    """An account, in private."""

    account_id: int


@dataclass(frozen=True, slots=True)
class Member:
    """A member of staff, in private, by the best account bound to them.

    News of a ticket goes to whoever stands in for them while they are away; ``in_person``: to nobody else.
    """

    staff_id: int
    in_person: bool = False


@dataclass(frozen=True, slots=True)
class InGroup:
    """A group chat."""

    group_id: int


@dataclass(frozen=True, slots=True)
class DeskOf:
    """A unit's desk: its staff group, and each member on duty in private when it is urgent."""

    unit_id: int


@dataclass(frozen=True, slots=True)
class CardsOf:
    """Every card of a ticket that was shown with buttons: they are to say that there is nothing to press any more."""

    ticket_id: int


@dataclass(frozen=True, slots=True)
class MessagesOf:
    """Whatever staff were sent about a ticket: taken back from their phones, where the platform can do that."""

    ticket_id: int


To = Here | Person | Member | InGroup | DeskOf | CardsOf | MessagesOf


@dataclass(frozen=True, slots=True)
class Reply:
    """Something to say. ``name`` exists once (rule 4); without one it is named after the message it answers.

    ``stamp``: what the button says from now on to whoever pressed it, in a few characters. Where a platform changes
    cards, it stands on the button at once; the text comes besides.

    ``way``: ``handover`` asks the platform of this chat to hand the talk to one of its people, ``welcome`` greets by
    the ``code`` that an event brought. Both concern only who speaks, and are nothing where a door does not know them.
    """

    text: str
    to: To = field(default_factory=Here)
    card: Card | None = None
    name: str | None = None
    ticket_id: int | None = None
    urgent: bool = False
    media_id: int | None = None
    in_group: str | None = None  # what is said instead where the address is a group
    group_name: str = ""  # the name it has there, where one line stands for several
    stamp: str | None = None
    aloud: bool = True  # whether a telephone may ring for it, where it is urgent
    way: Literal["message", "welcome", "handover"] = "message"
    code: str | None = None
    hold: bool = False  # may still be taken back: it goes out when that is over (``handlers.ticket.acting``)
    part: str = ""  # what a command still wants, where a part of it is missing: a form of a page has a field for it
    as_written: bool = False  # an office's published word: nothing in it is masked where a group reads it


Replies = Sequence[Reply]
