"""Menkou's own web process for the bench: ``python -m bot.bench.menkou_web`` reads its settings as JSON from stdin.

The same ``bot.web.server.run`` as ``menkou web``; only the settings come from somewhere else than the environment.
"""

from __future__ import annotations

import json
import logging
import sys
from pathlib import Path

from bot.bench.workload import AES_KEY, APP_ID, TOKEN
from bot.settings import Settings


def settings_for(data: Path, database_url: str, port: int) -> Settings:
    """A deployment with one official account."""
    return Settings(
        data=data,
        database_url=database_url,
        port=port,
        secret_keys=(bytes(range(32)),),
        oa_api_base="",  # it only answers
        oa_app_id=APP_ID,
        oa_app_secret="unused",
        oa_token=TOKEN,
        oa_aes_key=AES_KEY,
    )


def main() -> None:
    """Serves until it is ended."""
    from bot.web import server

    given = json.load(sys.stdin)
    logging.basicConfig(level=logging.WARNING)  # before the server sets up its own: a line a request is not measured
    sys.exit(server.run(settings_for(Path(given["data"]), given["database_url"], given["port"])))


if __name__ == "__main__":
    main()
