"""Doors whose platforms are simulated: the platform's side, and what an operator writes down to open them."""

from __future__ import annotations

from typing import Any

from bot.platforms.oa_account import OaAccount
from bot.platforms.simulator import Simulator
from bot.platforms.wecom_api import Wecom
from tests.platforms import callback
from tests.platforms.wecom import AGENT, CORP, KEY, SECRET, TOKEN

KF_SECRET = "kf-secret"


def oa_account() -> OaAccount:
    """The official account that ``oa_settings`` opens unless another is named."""
    return OaAccount(callback.APP_ID, callback.SECRET, callback.TOKEN, callback.AES_KEY)


def wecom(simulator: Simulator, **options: Any) -> Wecom:
    """The corporation, added to a simulator."""
    corp: dict[str, Any] = {"corp_id": CORP, "agent_id": AGENT, "secret": SECRET, "token": TOKEN, "aes_key": KEY}
    return simulator.add(Wecom(simulator.ground, **corp, **options))


def oa_settings(base: str, account: OaAccount | None = None) -> dict[str, Any]:
    """An official account at a simulator's address."""
    account = account or oa_account()
    return {
        "oa_app_id": account.app_id,
        "oa_app_secret": account.secret,
        "oa_token": account.token,
        "oa_aes_key": account.aes_key,
        "oa_api_base": f"{base}/oa",
    }


def wecom_settings(base: str) -> dict[str, Any]:
    """The staff's app."""
    return {
        "wecom_corp_id": CORP,
        "wecom_agent_id": str(AGENT),
        "wecom_secret": SECRET,
        "wecom_token": TOKEN,
        "wecom_aes_key": KEY,
        "wecom_api_base": f"{base}/wecom",
    }


def kf_settings(base: str) -> dict[str, Any]:
    """微信客服 of the same corporation."""
    return {
        "wecom_corp_id": CORP,
        "wecom_api_base": f"{base}/wecom",
        "kf_secret": KF_SECRET,
        "kf_token": TOKEN,
        "kf_aes_key": KEY,
    }
