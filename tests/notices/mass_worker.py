"""A worker that hands a notice to the platform, to be killed while it waits for the answer. Run by ``test_mass_kills``.

python -m tests.notices.mass_worker '{"url": …, "data": …, "key": …, "base": …}'
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from datetime import time
from pathlib import Path
from typing import Any

from bot import notices, wiring
from bot.settings import Settings
from tests.platforms.callback import AES_KEY, APP_ID, SECRET, TOKEN


def settings(given: Mapping[str, Any]) -> Settings:
    """A deployment whose only door is the simulated account."""
    return Settings(
        database_url=given["url"],
        data=Path(given["data"]),
        secret_keys=(bytes.fromhex(given["key"]),),
        oa_app_id=APP_ID,
        oa_app_secret=SECRET,
        oa_token=TOKEN,
        oa_aes_key=AES_KEY,
        oa_api_base=given["base"],
        notice_quiet_from=time(0),  # it may be night when this runs
        notice_quiet_until=time(0),
    )


def main() -> None:
    app = wiring.build(settings(json.loads(sys.argv[1])))
    while notices.run_due(app):
        pass


if __name__ == "__main__":
    main()
