"""Parametric QR codes: whoever scans one comes in with its scene, be it as a new follower or an old one.

Source: official document "parametric QR codes": temporary ones for at most thirty days, lasting ones up to a hundred
thousand an account.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from bot.channels.wechat_api import ApiError, WechatApi

CREATE = "/cgi-bin/qrcode/create"
LONGEST_SCENE = 64
SHORTEST, LONGEST = timedelta(minutes=1), timedelta(days=30)


@dataclass(frozen=True, slots=True)
class QrCode:
    """``url`` is what the picture says: it is drawn here, nothing is fetched. ``lives`` None: for good."""

    url: str
    ticket: str
    lives: timedelta | None


def qr_code(api: WechatApi, scene: str, lives: timedelta | None = None) -> QrCode:
    """A code with this scene. Raises what the API raises, and ValueError for what the platform would refuse."""
    if not 1 <= len(scene) <= LONGEST_SCENE:
        raise ValueError("a scene has 1 to 64 characters")
    if lives is not None and not SHORTEST <= lives <= LONGEST:
        raise ValueError("a temporary code lives from a minute to thirty days")
    info = {"scene": {"scene_str": scene}}
    if lives is None:
        body: dict[str, object] = {"action_name": "QR_LIMIT_STR_SCENE", "action_info": info}
    else:
        seconds = int(lives.total_seconds())
        body = {"expire_seconds": seconds, "action_name": "QR_STR_SCENE", "action_info": info}
    answer = api.post(CREATE, body)
    url, ticket = answer.get("url"), answer.get("ticket")
    if not isinstance(url, str) or not isinstance(ticket, str) or not url:
        raise ApiError(0, CREATE)
    return QrCode(url, ticket, lives)
