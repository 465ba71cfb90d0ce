"""What members of staff do in a WeCom app: write, send, click the cards on their own screen, join and leave the corp.

Source: developer documents 90239 (messages), 90240 (events), 90970 (changes of contacts). What the callback answers
appears on the screen of whoever did it, and on no other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from bot.platforms.calls import Ground
from bot.platforms.screens import Seen
from bot.platforms.wecom_cards import replaced, shown
from bot.platforms.wecom_codes import Codes
from bot.platforms.wecom_contacts import Contacts, Member
from bot.platforms.wecom_media import Media, picture, recording
from bot.platforms.wecom_push import Push, WecomCallback
from bot.platforms.wecom_xml import Reply

DOOR = "wecom"
SYSTEM = "sys"  # the sender of what nobody did
ChangeCard = Callable[[str, str, Mapping[str, Any]], int]


class CannotAct(ValueError):
    """The person's screen does not let them do that."""


class Staff:
    """The members of one corp in one of its apps. Acts return what the callback answered, of every push of it."""

    def __init__(
        self,
        ground: Ground,
        callback: WecomCallback,
        contacts: Contacts,
        media: Media,
        codes: Codes,
        change_card: ChangeCard,
    ) -> None:
        self._ground = ground
        self._callback = callback
        self._contacts = contacts
        self._media = media
        self._codes = codes
        self._change_card = change_card

    def acts(self) -> Mapping[str, Callable[..., Any]]:
        """Everything, by name."""
        names = "say photo voice location enter subscribe unsubscribe tap join change leave click"
        return {name: getattr(self, name) for name in names.split()}

    # --- messages --------------------------------------------------------------------------------------------------

    def say(self, person: str, text: str) -> list[Reply]:
        """Somebody writes to the app."""
        self._mine(person, "text", text)
        return self._told(person, self._callback.message(person, "text", Content=text))

    def photo(self, person: str, data: bytes | str | None = None) -> list[Reply]:
        """Somebody sends a photo: the bytes, or base64 of them; without data a grey one."""
        media_id = self._media.keep("image", data or picture(), "photo.png").media_id
        self._mine(person, "image", media_id=media_id)
        url = f"https://wework.qpic.cn/{media_id}/0"
        return self._told(person, self._callback.message(person, "image", PicUrl=url, MediaId=media_id))

    def voice(self, person: str, data: bytes | str | None = None) -> list[Reply]:
        """Somebody speaks; WeCom recognises nothing."""
        media_id = self._media.keep("voice", data or recording(), "voice.amr").media_id
        self._mine(person, "voice", media_id=media_id)
        return self._told(person, self._callback.message(person, "voice", MediaId=media_id, Format="amr"))

    def location(self, person: str, latitude: float, longitude: float, label: str) -> list[Reply]:
        """Somebody sends where they are."""
        self._mine(person, "location", label)
        place = {"Location_X": f"{latitude:.6f}", "Location_Y": f"{longitude:.6f}", "Scale": 16, "Label": label}
        return self._told(person, self._callback.message(person, "location", **place, AppType="wxwork"))

    # --- events ----------------------------------------------------------------------------------------------------

    def enter(self, person: str) -> list[Reply]:
        """Somebody opens the app."""
        return self._told(person, self._callback.event(person, "enter_agent", EventKey=""))

    def subscribe(self, person: str) -> list[Reply]:
        """The app becomes visible to somebody."""
        return self._told(person, self._callback.event(person, "subscribe", EventKey=""))

    def unsubscribe(self, person: str) -> list[Reply]:
        """The app is no longer visible to somebody."""
        return self._told(person, self._callback.event(person, "unsubscribe", EventKey=""))

    def tap(self, person: str, key: str) -> list[Reply]:
        """Somebody taps the app's menu."""
        return self._told(person, self._callback.event(person, "click", EventKey=key))

    def join(self, person: str, name: str, departments: Sequence[int] = (1,), position: str = "") -> list[Reply]:
        """Somebody is added to the corp."""
        self._contacts.add(Member(person, name, list(departments), position))
        numbers = ",".join(str(number) for number in departments)
        return self._changed("create_user", UserID=person, Name=name, Department=numbers, Position=position)

    def change(self, person: str, departments: Sequence[int]) -> list[Reply]:
        """Somebody is moved to other departments."""
        member = self._contacts.find(person)
        if member is None:
            raise CannotAct(f"{person} is no member who sees the app")
        member.departments = list(departments)
        numbers = ",".join(str(number) for number in departments)
        return self._changed("update_user", UserID=member.userid, Department=numbers)

    def leave(self, person: str) -> list[Reply]:
        """Somebody leaves the corp."""
        return self._changed("delete_user", UserID=self._contacts.remove(person).userid)

    # --- cards -----------------------------------------------------------------------------------------------------

    def click(
        self, person: str, key: str, task_id: str | None = None, selected: Mapping[str, Sequence[str]] | None = None
    ) -> list[Reply]:
        """Somebody presses a button of a card on their screen, by default of the newest that has it.

        Every click gets a response code of its own, also the second click on the same button.
        """
        seen = self._card(person, key, task_id)
        card = seen.card or {}
        push = self._clicked(person, card, key, selected or {})
        return self._callback.deliver(push, partial(self._apply, person, str(card["task_id"])))

    def _clicked(self, person: str, card: Mapping[str, Any], key: str, selected: Mapping[str, Sequence[str]]) -> Push:
        task_id = str(card["task_id"])
        fields: dict[str, Any] = {"EventKey": key, "TaskId": task_id, "CardType": card["card_type"]}
        fields["ResponseCode"] = self._codes.issue(task_id)
        if selected:
            fields["SelectedItems"] = {
                "SelectedItem": [
                    {"QuestionKey": question, "OptionIds": {"OptionId": _offered(card, question, options)}}
                    for question, options in selected.items()
                ]
            }
        return self._callback.event(person, "template_card_event", **fields)

    def _card(self, person: str, key: str, task_id: str | None) -> Seen:
        for seen in reversed(self._ground.screens.of(DOOR, person)):
            card = seen.card or {}
            if "task_id" not in card or task_id not in (None, card["task_id"]):
                continue
            if any(button.get("key") == key and not button.get("disabled") for button in seen.buttons):
                return seen
        raise CannotAct(f"{person} has no card with a button {key!r} to press")

    def _apply(self, person: str, task_id: str, reply: Reply) -> None:
        if reply.kind == "text":
            self._ground.screens.show(DOOR, person, "text", reply.text, from_=str(self._callback.agent_id))
        elif reply.kind == "update_button":
            self._change_card(person, task_id, replaced(reply.text))
        elif reply.card is not None:
            self._change_card(person, task_id, shown({**reply.card, "task_id": task_id}))

    # --- inside ----------------------------------------------------------------------------------------------------

    def _mine(self, person: str, kind: str, text: str = "", **more: Any) -> None:
        if self._contacts.find(person) is None:
            raise CannotAct(f"{person} is no member who sees the app")
        self._ground.screens.show(DOOR, person, kind, text, from_="me", **more)

    def _told(self, person: str, push: Push) -> list[Reply]:
        return self._callback.deliver(push, partial(self._apply, person, ""))

    def _changed(self, change: str, **fields: Any) -> list[Reply]:
        return self._callback.deliver(self._callback.event(SYSTEM, "change_contact", ChangeType=change, **fields))


def _offered(card: Mapping[str, Any], question: str, options: Sequence[str]) -> list[str]:
    """The options, when the card offers them. Raises CannotAct."""
    asked = [card.get("button_selection"), card.get("checkbox"), *card.get("select_list", ())]
    for one in asked:
        if one and one["question_key"] == question:
            if set(options) <= {option["id"] for option in one["option_list"]}:
                return list(options)
            break
    raise CannotAct(f"the card offers no such answer to {question!r}")
