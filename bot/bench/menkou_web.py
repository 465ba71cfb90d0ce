"""Menkou's own processes for the bench: ``python -m bot.bench.menkou_web [listen]``; its settings are JSON on stdin.

The same ``run`` as ``menkou web`` and ``menkou listen``; only the settings come from elsewhere than the environment.
"""

from __future__ import annotations

import json
import logging
import sys
from pathlib import Path
from typing import Any

from bot.bench.workload import AES_KEY, AGENT_ID, APP_ID, CORP_ID, TOKEN
from bot.settings import Settings

NOBODY = "http://127.0.0.1:9"  # nothing is sent: no worker runs
DOORS: dict[str, dict[str, Any]] = {
    "oa": {
        "oa_api_base": "",  # it only answers
        "oa_app_id": APP_ID,
        "oa_app_secret": "unused",
        "oa_token": TOKEN,
        "oa_aes_key": AES_KEY,
    },
    "wecom": {
        "wecom_corp_id": CORP_ID,
        "wecom_agent_id": str(AGENT_ID),
        "wecom_secret": "unused",
        "wecom_token": TOKEN,
        "wecom_aes_key": AES_KEY,
    },
    "kf": {"wecom_corp_id": CORP_ID, "kf_secret": "unused", "kf_token": TOKEN, "kf_aes_key": AES_KEY},
}


def settings_for(data: Path, database_url: str, port: int, door: str = "oa", platform: str = NOBODY) -> Settings:
    """A deployment with one door. ``platform`` is where WeCom's interfaces are."""
    return Settings(
        data=data,
        database_url=database_url,
        port=port,
        secret_keys=(bytes(range(32)),),
        wecom_api_base=platform,
        **DOORS[door],
    )


def main() -> None:
    """Serves until it is ended."""
    from bot import listen
    from bot.web import server

    given = json.load(sys.stdin)
    logging.basicConfig(level=logging.WARNING)  # before the server sets up its own: a line a request is not measured
    settings = settings_for(Path(given.pop("data")), **given)
    sys.exit(listen.run(settings) if "listen" in sys.argv else server.run(settings))


if __name__ == "__main__":
    main()
