"""What people and the administrator of a simulated official account do. Each act is a push, where there is one.

An act answers what the person read, if anything; a photo or voice given as bytes can be fetched like a real one. Acts
that nobody could do (tapping a button that is not there, scanning an expired code) raise ValueError. Events have no
MsgId: where a virtual clock stands still, two taps of one person are in the same second and look like one made twice.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from typing import Any, Literal

from bot.platforms import oa_events
from bot.platforms.calls import ApiFault
from bot.platforms.oa_account import OaOptions
from bot.platforms.oa_mass import Mass
from bot.platforms.oa_media import Stored
from bot.platforms.oa_menu import Menu, QrCodes
from bot.platforms.oa_people import Action
from bot.platforms.oa_state import DOOR, OaState
from bot.platforms.official_account import Push

ONLY_SCENE = "scene:"  # scan("scene:7-2") needs no code made before: one printed long ago


class Acts:
    """``table`` names them for the admin interface."""

    def __init__(self, oa: OaState, menu: Menu, codes: QrCodes, mass: Mass) -> None:
        self._oa, self._menu, self._codes, self._mass = oa, menu, codes, mass
        self.table: Mapping[str, Callable[..., Any]] = {
            act.__name__: act
            for act in (
                self.follow, self.unfollow, self.followers, self.say, self.photo, self.voice, self.location,
                self.scan, self.click, self.view, self.tap, self.accept, self.reject, self.withdraw,
                self.blacklist, self.refuse_templates, self.confirm_mass, self.refuse_mass, self.check_callback,
                self.set_callback, self.set_option,
            )
        }  # fmt: skip

    # --- coming and going ------------------------------------------------------------------------------------------

    def follow(self, person: str) -> str | None:
        """Follows the account."""
        with self._oa.ground.lock:
            self._oa.people.follow(person).allows("follow", self._oa.ground.clock.now())
        return self._oa.push(self._oa.platform.subscribe(person))

    def unfollow(self, person: str) -> None:
        """Leaves."""
        with self._oa.ground.lock:
            self._oa.people.unfollow(person)
        self._oa.push(self._oa.platform.unsubscribe(person), read=False)

    def followers(self, count: int, prefix: str = "o_follower_") -> int:
        """So many have followed long ago: nothing is pushed."""
        with self._oa.ground.lock:
            for number in range(count):
                self._oa.people.follow(f"{prefix}{number}")
            return len(self._oa.people.followers())

    def scan(self, person: str, code: str) -> str | None:
        """Scans a QR code, named by its scene, ticket or address; who does not follow yet follows by it."""
        with self._oa.ground.lock:
            if code.startswith(ONLY_SCENE):
                scene, ticket = code.removeprefix(ONLY_SCENE), None
            else:
                read = self._codes.read(code)
                scene, ticket = read.scene, read.ticket
            known = self._oa.people.meet(person)
            followed = known.follows
            self._oa.people.follow(person, scene)
            known.allows("scan" if followed else "follow", self._oa.ground.clock.now())
        platform = self._oa.platform
        push = platform.scan(person, scene, ticket) if followed else platform.subscribe(person, scene, ticket)
        return self._oa.push(push)

    # --- talking ---------------------------------------------------------------------------------------------------

    def say(self, person: str, text: str) -> str | None:
        """Writes."""
        return self._said(person, self._oa.platform.text(person, text), text=text)

    def photo(self, person: str, data: str | bytes) -> str | None:
        """Sends a photo: the bytes, or base64 of them."""
        stored = self._stored("image", data)
        push = self._oa.platform.image(person, stored.media_id, self._oa.media.address(stored))
        return self._said(person, push, media_id=stored.media_id)

    def voice(self, person: str, data: str | bytes = b"#!AMR\n", recognition: str | None = None) -> str | None:
        """Speaks: the bytes, or base64 of them; ``recognition`` is what the platform understood, if anything."""
        stored = self._stored("voice", data)
        push = self._oa.platform.voice(person, recognition, stored.media_id)
        return self._said(person, push, text=recognition or "", media_id=stored.media_id)

    def location(self, person: str, latitude: float, longitude: float, label: str = "") -> str | None:
        """Sends where they are."""
        return self._said(person, self._oa.platform.location(person, latitude, longitude, label), text=label)

    def tap(self, person: str, choice: str) -> str | None:
        """Taps a choice of the newest menu message, which sends its text."""
        for seen in reversed(self._oa.ground.screens.of(DOOR, person)):
            for row in seen.buttons:
                if str(row["id"]) == choice:
                    text = str(row["content"])
                    push = self._oa.platform.message(person, "text", Content=text, bizmsgmenuid=choice)
                    return self._said(person, push, text=text)
        raise ValueError(f"nobody offered {choice!r}")

    def click(self, person: str, key: str) -> str | None:
        """Taps a button of the menu below the conversation."""
        self._menu.find("click", key)
        self._acts(person, "click")
        return self._oa.push(self._oa.platform.click(person, key))

    def view(self, person: str, url: str) -> str | None:
        """Opens a page from the menu; the page itself is the browser's business."""
        self._menu.find("view", url)
        return self._oa.push(self._oa.platform.view(person, url), read=False)

    # --- subscriptions ---------------------------------------------------------------------------------------------

    def accept(self, person: str, template: str, scene: int = 1) -> None:
        """Accepts one message of a subscription template, or all to come of a long-term one."""
        if template not in self._oa.options.subscriptions:
            raise ValueError(f"there is no subscription template {template!r}")
        with self._oa.ground.lock:
            accepted = self._oa.people.meet(person).accepted
            more = float("inf") if template in self._oa.options.long_term else 1
            accepted[template] = accepted.get(template, 0) + more
        self._subscribed("Popup", person, template, "accept", PopupScene=str(scene))

    def reject(self, person: str, template: str, scene: int = 1) -> None:
        """Says no when asked."""
        self._subscribed("Popup", person, template, "reject", PopupScene=str(scene))

    def withdraw(self, person: str, template: str) -> None:
        """Takes an acceptance back in the settings."""
        with self._oa.ground.lock:
            self._oa.people.meet(person).accepted.pop(template, None)
        self._subscribed("Change", person, template, "reject")

    def refuse_templates(self, person: str, refuses: bool = True) -> None:
        """Wants no template messages any more."""
        self._oa.people.meet(person).refuses_templates = refuses

    # --- the account's administrator -------------------------------------------------------------------------------

    def blacklist(self, person: str, listed: bool = True) -> None:
        """Puts a follower on the account's blacklist."""
        self._oa.people.meet(person).blacklisted = listed

    def confirm_mass(self, msg_id: int) -> str:
        """Says yes to a mass message of a protected account."""
        return self._mass.confirm(msg_id)

    def refuse_mass(self, msg_id: int) -> str:
        """Says no to it."""
        return self._mass.refuse(msg_id)

    def set_callback(self, address: str) -> None:
        """Saves our server's address in the console."""
        self._oa.platform.address = address

    def set_option(self, name: str, value: Any) -> None:
        """Switches an option of the account, as ``mass_protected``."""
        if name not in OaOptions.__slots__:
            raise ValueError(f"there is no option {name!r}")
        setattr(self._oa.options, name, value)

    def check_callback(self) -> bool:
        """Has the platform check that address."""
        return self._oa.platform.check_url()

    # --- inside ----------------------------------------------------------------------------------------------------

    def _acts(self, person: str, action: Action) -> None:
        known = self._oa.people.found(person)
        if known is None or not known.follows:
            raise ValueError(f"{person} does not follow the account")
        with self._oa.ground.lock:
            known.allows(action, self._oa.ground.clock.now())

    def _said(self, person: str, push: Push, **seen: Any) -> str | None:
        self._acts(person, "message")
        self._oa.ground.screens.show(DOOR, person, str(push.fields["MsgType"]), from_="me", **seen)
        return self._oa.push(push)

    def _stored(self, kind: str, data: str | bytes) -> Stored:
        try:
            with self._oa.ground.lock:
                return self._oa.media.keep(kind, base64.b64decode(data) if isinstance(data, str) else data)
        except ApiFault as fault:
            raise ValueError(f"this is no {kind} that can be sent") from fault

    def _subscribed(
        self, kind: Literal["Popup", "Change"], person: str, template: str, status: str, **more: str
    ) -> None:
        row = {"TemplateId": template, "SubscribeStatusString": status, **more}
        platform = self._oa.platform
        fields = oa_events.subscriptions(kind, [row], as_json=platform.data_format == "json")
        push = platform.event(person, f"subscribe_msg_{kind.lower()}_event", **fields)
        self._oa.push(push, read=False)
