"""``menkou doctor`` on what a door rests on: whose secrets these are, and whether others can listen.

The simulator's secrets are the same in every copy of the program. A token and a key of callbacks are chosen by the
operator, so that the simulator's can end up in a platform's console: then anybody may speak there as anybody.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from bot.door_checks import Checked
from bot.findings import Findings, fault, warn
from bot.settings import Settings
from bot.settings_check import is_loopback
from handlers.wording.doors import where

SECRETS = {
    "oa": ("oa_app_secret", "oa_token", "oa_aes_key"),
    "wecom": ("wecom_secret", "wecom_token", "wecom_aes_key"),
    "kf": ("kf_secret", "kf_token", "kf_aes_key"),
    "sms": ("sms_token",),
}


def look_at_trust(settings: Settings, one: Checked) -> Findings:
    """Says nothing of a door that is as it should be, nor of a trial on one machine."""
    inside = is_loopback(urlsplit(one.base).hostname or "")
    ours = is_loopback(urlsplit(settings.public_url).hostname or "")
    if any(getattr(settings, name) in _invented() for name in SECRETS[one.kind]) and not (inside and ours):
        says = "has a secret of the simulator, which everybody can read: anybody can speak here as anybody"
        yield fault(one.door, says, f"make secrets of your own: {where(one.kind, _topic(one.kind))}")
    elif one.kind == "sms" and settings.sms_token in _invented():
        yield warn(one.door, "talks to a simulator on this machine", "unset its address for a real deployment")
    if not inside and urlsplit(one.base).scheme != "https":
        yield warn(one.door, "secrets and people's words go out unencrypted", "its address should begin with https://")
    if one.kind == "oa" and settings.oa_oauth and _leads_inside(settings) and not ours:
        todo = "unset MENKOU_OA_OPEN_BASE for a real deployment"
        yield fault(one.door, "residents' browsers are sent to a simulator on this machine", todo)


def _leads_inside(settings: Settings) -> bool:
    return is_loopback(urlsplit(settings.oa_open_base).hostname or "")


def _topic(kind: str) -> str:
    return "secret" if kind == "sms" else "callback"


def _invented() -> frozenset[str]:
    from bot.platforms import trial  # brings a whole web server

    return frozenset(
        {
            *(trial.TOKEN, trial.OA_KEY, trial.WECOM_KEY, trial.KF_KEY),
            *(trial.APP_SECRET, trial.APP_SECRET_OF_CORP, trial.KF_SECRET, trial.SMS_TOKEN),
        }
    )
