"""A process that takes as much of a limit as it gets. Run as a program of its own by ``test_spending.py``.

    python -m tests.storage.reserving URL MOST START

Says ``ready``, waits for a line, reserves one, two, three … at a time until nothing is left, and prints what it got.
"""

from __future__ import annotations

import itertools
import sys
from datetime import datetime

from bot.transactions import write_session
from storage.engine import open_engine
from storage.spending import Ceiling, give_back, reserve


def main() -> None:
    url, most, start = sys.argv[1:]
    ceiling = Ceiling("day", int(most), datetime.fromisoformat(start))
    engine = open_engine(url)
    print("ready", flush=True)
    sys.stdin.readline()
    kept = 0
    for wanted in itertools.cycle((1, 2, 3, 7)):
        with write_session(engine) as db:
            granted = reserve(db, "oa:wx1", ceiling, wanted)
            if granted == 7:
                give_back(db, "oa:wx1", ceiling, 2)
                granted = 5
        kept += granted
        if not granted:
            break
    print(kept, flush=True)
    engine.dispose()


if __name__ == "__main__":
    main()
