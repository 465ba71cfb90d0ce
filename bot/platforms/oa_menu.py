"""The menu and the QR codes of a simulated official account.

Sources: official documents "creating a menu" (three buttons, five below each, lengths in bytes) and "parametric QR
codes" (thirty days, scenes of up to 64 letters).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bot.platforms.calls import ApiFault, Call
from bot.platforms.oa_account import DAY
from bot.platforms.oa_state import OaState

BUTTONS, BELOW = 3, 5
LONGEST_NAME, LONGEST_NAME_BELOW, LONGEST_KEY, LONGEST_URL = 16, 60, 128, 1024  # bytes
# Type of a button: the field it needs.
TYPES: Mapping[str, str] = {
    "click": "key",
    "view": "url",
    "miniprogram": "pagepath",
    "scancode_push": "key",
    "scancode_waitmsg": "key",
    "pic_sysphoto": "key",
    "pic_photo_or_album": "key",
    "pic_weixin": "key",
    "location_select": "key",
    "media_id": "media_id",
    "article_id": "article_id",
    "article_view_limited": "article_id",
}
LONGEST_CODE = 30 * DAY  # seconds for which a temporary QR code is good
SHORTEST_CODE = 60
SCENES = {
    "QR_SCENE": ("scene_id", True),
    "QR_STR_SCENE": ("scene_str", True),
    "QR_LIMIT_SCENE": ("scene_id", False),
    "QR_LIMIT_STR_SCENE": ("scene_str", False),
}  # action: the scene's field, and whether it expires
LONGEST_SCENE = 64


class Menu:
    """What is under the conversation."""

    def __init__(self) -> None:
        self.buttons: list[dict[str, Any]] = []

    def create(self, call: Call) -> dict[str, Any]:
        """``menu/create``: a whole new menu."""
        buttons = call.body.get("button")
        if not isinstance(buttons, list) or not 1 <= len(buttons) <= BUTTONS:
            raise ApiFault(40016)
        for button in buttons:
            _check_top(button)
        self.buttons = buttons
        return {"errcode": 0, "errmsg": "ok"}

    def get(self, call: Call) -> dict[str, Any]:
        """``menu/get``."""
        if not self.buttons:
            raise ApiFault(46003)
        return {"menu": {"button": self.buttons}}

    def delete(self, call: Call) -> dict[str, Any]:
        """``menu/delete``."""
        self.buttons = []
        return {"errcode": 0, "errmsg": "ok"}

    def find(self, kind: str, value: str) -> dict[str, Any]:
        """The button of this type with this key or address. Raises ValueError: nobody taps what is not there."""
        for button in self._leaves():
            if button["type"] == kind and button[TYPES[kind]] == value:
                return button
        raise ValueError(f"the menu has no {kind} button with {value!r}")

    def _leaves(self) -> Iterator[dict[str, Any]]:
        for button in self.buttons:
            yield from button.get("sub_button") or [button]


def _check_top(button: Any) -> None:
    below = button.get("sub_button") if isinstance(button, dict) else None
    if not below:
        _check_leaf(button, LONGEST_NAME)
        return
    _check_name(button, LONGEST_NAME)
    if not isinstance(below, list) or len(below) > BELOW:
        raise ApiFault(40023)
    for one in below:
        _check_leaf(one, LONGEST_NAME_BELOW)


def _check_name(button: Any, longest: int) -> None:
    name = button.get("name") if isinstance(button, dict) else None
    if not isinstance(name, str) or not 1 <= len(name.encode()) <= longest:
        raise ApiFault(40018)


def _check_leaf(button: Any, longest: int) -> None:
    _check_name(button, longest)
    kind = str(button.get("type"))
    if kind not in TYPES:
        raise ApiFault(40015)
    value = button.get(TYPES[kind])
    most, errcode = (LONGEST_URL, 40020) if kind == "view" else (LONGEST_KEY, 40019)
    if not isinstance(value, str) or not 1 <= len(value.encode()) <= most:
        raise ApiFault(errcode)


@dataclass(frozen=True, slots=True)
class QrCode:
    """One parametric QR code. ``until`` None: for good."""

    ticket: str
    url: str
    scene: str
    until: float | None


class QrCodes:
    """All QR codes of one account."""

    def __init__(self, oa: OaState) -> None:
        self._oa = oa
        self._codes: list[QrCode] = []

    def create(self, call: Call) -> dict[str, Any]:
        """``qrcode/create``."""
        name, expires = SCENES.get(str(call.body.get("action_name")), ("", False))
        info = call.body.get("action_info")
        scene = info["scene"].get(name) if isinstance(info, dict) and isinstance(info.get("scene"), dict) else None
        if not name or not isinstance(scene, int if name == "scene_id" else str):
            raise ApiFault(40053)
        if not 1 <= len(str(scene)) <= LONGEST_SCENE:
            raise ApiFault(40053)
        seconds = call.body.get("expire_seconds", SHORTEST_CODE)
        if not isinstance(seconds, int) or not SHORTEST_CODE <= seconds <= LONGEST_CODE:
            raise ApiFault(40035)
        letters = self._oa.ground.letters
        until = self._oa.ground.clock.now() + seconds if expires else None
        code = QrCode(letters(96), f"http://weixin.qq.com/q/{letters(24)}", str(scene), until)
        self._codes.append(code)
        answer = {"ticket": code.ticket, "url": code.url}
        return {**answer, "expire_seconds": seconds} if expires else answer

    def good(self) -> list[QrCode]:
        """The codes that can be scanned, the newest first."""
        now = self._oa.ground.clock.now()
        return [code for code in reversed(self._codes) if code.until is None or code.until > now]

    def read(self, seen: str) -> QrCode:
        """The code with this scene, ticket or address, the newest first. Raises ValueError when it is not good."""
        for code in self.good():
            if seen in (code.scene, code.ticket, code.url):
                return code
        raise ValueError("there is no such QR code, or it has expired")
