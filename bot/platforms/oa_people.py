"""The people of a simulated official account: who follows, who may be written to, and what was accepted.

Sources: official documents "customer service messages" (windows), "getting user information", "list of followers".
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from bot.platforms.calls import ApiFault, Call, Ground
from bot.platforms.oa_account import HOUR, MINUTE

Action = Literal["message", "click", "follow", "scan"]

# Messages that an action of the person allows, and for how many seconds. A new one starts its window afresh.
WINDOWS: dict[Action, tuple[int, int]] = {
    "message": (5, 48 * HOUR),
    "click": (3, MINUTE),
    "follow": (3, MINUTE),
    "scan": (3, MINUTE),
}
PER_PAGE = 10_000  # of user/get
PER_BATCH = 100  # of user/info/batchget


@dataclass(slots=True)
class Window:
    """How many more messages may be sent until when."""

    left: int
    until: float


@dataclass(slots=True)
class Person:
    """Somebody whom the account has met. Windows close when they leave."""

    openid: str
    follows: bool = False
    since: int = 0
    came_by: str = "ADD_SCENE_SEARCH"
    scene: str = ""
    blacklisted: bool = False  # by the account
    refuses_templates: bool = False
    windows: dict[Action, Window] = field(default_factory=dict)
    accepted: dict[str, float] = field(default_factory=dict)  # template: how many messages are still allowed
    mass_received: dict[str, int] = field(default_factory=dict)  # month: how many

    def allows(self, action: Action, now: float) -> None:
        """The person did something: messages are allowed for a while."""
        count, seconds = WINDOWS[action]
        self.windows[action] = Window(count, now + seconds)

    def take(self, now: float) -> None:
        """Uses one message up, of the window that closes first. Raises ApiFault."""
        openings = sorted(
            (window for window in self.windows.values() if window.until > now), key=lambda window: window.until
        )
        if not openings or not self.follows:
            raise ApiFault(45015)
        window = next((window for window in openings if window.left > 0), None)
        if window is None:
            raise ApiFault(45047)
        window.left -= 1


class People:
    """Everybody the account has met, in the order of meeting."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._all: dict[str, Person] = {}

    def meet(self, openid: str) -> Person:
        """The person, whom the account knows from now on."""
        if not openid or not isinstance(openid, str):
            raise ValueError("a person has a name")
        return self._all.setdefault(openid, Person(openid))

    def known(self, openid: Any) -> Person:
        """The person. Raises ApiFault for a name that the account has never met."""
        person = self._all.get(openid) if isinstance(openid, str) else None
        if person is None:
            raise ApiFault(40003)
        return person

    def found(self, openid: Any) -> Person | None:
        """The person, or nobody."""
        return self._all.get(openid) if isinstance(openid, str) else None

    def follow(self, openid: str, scene: str | None = None) -> Person:
        """Somebody follows; perhaps again."""
        person = self.meet(openid)
        if not person.follows:
            person.since = int(self._ground.clock.now())
        person.follows = True
        if scene is not None:
            person.scene, person.came_by = scene, "ADD_SCENE_QR_CODE"
        return person

    def unfollow(self, openid: str) -> Person:
        """Somebody leaves; nothing may be sent until they come back and act."""
        person = self.meet(openid)
        person.follows = False
        person.windows.clear()
        person.accepted.clear()
        return person

    def followers(self) -> list[str]:
        """Their openids, in the order of meeting."""
        return [person.openid for person in self._all.values() if person.follows]

    def state(self, most: int = 200) -> list[dict[str, Any]]:
        """The first people for whoever looks at the simulator: who may be told how much until when."""
        now = self._ground.clock.now()
        return [
            {
                "openid": person.openid,
                "follows": person.follows,
                "blacklisted": person.blacklisted,
                "accepted": {template: min(left, PER_PAGE) for template, left in person.accepted.items()},
                "windows": [
                    {"action": action, "left": window.left, "until": window.until}
                    for action, window in person.windows.items()
                    if window.until > now
                ],
            }
            for person in list(self._all.values())[:most]
        ]

    # --- interfaces ------------------------------------------------------------------------------------------------

    def info(self, call: Call) -> dict[str, Any]:
        """``user/info``: two fields of somebody who does not follow."""
        if not call.query.get("openid"):
            raise ApiFault(41009)
        return self._told(self.known(call.query.get("openid")))

    def batch(self, call: Call) -> dict[str, Any]:
        """``user/info/batchget``: up to a hundred at once."""
        asked = call.body.get("user_list")
        if not isinstance(asked, list) or not all(isinstance(one, dict) for one in asked):
            raise ApiFault(40031)
        if not 1 <= len(asked) <= PER_BATCH:
            raise ApiFault(40032)
        return {"user_info_list": [self._told(self.known(one.get("openid"))) for one in asked]}

    def page(self, call: Call) -> dict[str, Any]:
        """``user/get``: a page of followers behind ``next_openid``."""
        followers = self.followers()
        after = call.query.get("next_openid", "")
        if after and after not in followers:
            raise ApiFault(40003)
        start = followers.index(after) + 1 if after else 0
        page = followers[start : start + PER_PAGE]
        answer: dict[str, Any] = {"total": len(followers), "count": len(page)}
        if page:
            answer["data"] = {"openid": page}
        return {**answer, "next_openid": page[-1] if page else ""}

    def _told(self, person: Person) -> dict[str, Any]:
        if not person.follows:
            return {"subscribe": 0, "openid": person.openid}
        return {
            "subscribe": 1,
            "openid": person.openid,
            "language": "zh_CN",
            "subscribe_time": person.since,
            "remark": "",
            "groupid": 0,
            "tagid_list": [],
            "subscribe_scene": person.came_by,
            "qr_scene": 0,
            "qr_scene_str": person.scene,
        }
