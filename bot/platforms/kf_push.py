"""The bell of 微信客服: a callback says that there is something to pull, with a token for pulling, and nothing else.

Source: developer document 94670. The callback has a token and key of its own; no message is inside.
"""

from __future__ import annotations

from bot.platforms.calls import Ground
from bot.platforms.kf_sessions import Sessions
from bot.platforms.wecom_push import WecomCallback


class Bell:
    """Rings at our callback. ``callback`` has the address, the faults' path is ``/kf/push/kf_msg_or_event``."""

    def __init__(
        self, ground: Ground, corp_id: str, token: str, aes_key: str, sessions: Sessions, address: str | None
    ) -> None:
        self.callback = WecomCallback(ground, corp_id, token, aes_key, name="kf", address=address)
        self._sessions = sessions

    def ring(self, open_kfid: str) -> None:
        """Tells that there is something to pull."""
        self.callback.deliver(self.callback.kf_event(self._sessions.issue_token(), open_kfid))

    def ring_later(self, open_kfid: str) -> None:
        """The same on the thread beside: a call must not wait for it."""
        self.callback.pushes.later(lambda: self.ring(open_kfid))
