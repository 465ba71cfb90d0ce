"""Several processes that speak at the same moment. Run as a program of its own by ``test_eight_at_once.py``.

    python -m tests.storage.racing FOLDER URL COUNT

Each line of JSON, ``{"at": …, "said": [[who, words], …]}``, is said by as many processes at once, each with a program
and connections of its own on this database; the answer is a line with what became of each message.
"""

from __future__ import annotations

import json
import multiprocessing
import sys
from datetime import datetime
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any

from bot.moments import ManualClock
from bot.receive import Intake
from bot.scratch import DOOR, open_scratch
from handlers.message import Incoming, Kind
from nlp.reading import read
from tests.conversations.stage import MORNING


def main() -> None:
    folder, url, count = sys.argv[1:]
    read("路灯坏了")  # what reading needs is loaded once, not by each of them
    forking = multiprocessing.get_context("fork")
    together = forking.Barrier(int(count))
    ends = [forking.Pipe() for _ in range(int(count))]
    speakers = [
        forking.Process(target=_speak, args=(Path(folder), url, number, theirs, together), daemon=True)
        for number, (_, theirs) in enumerate(ends)
    ]
    for speaker in speakers:
        speaker.start()
    for number, line in enumerate(sys.stdin):
        order = json.loads(line)
        for (ours, _), one in zip(ends, order["said"], strict=True):
            ours.send((order["at"], number, *one))
        print(json.dumps([ours.recv() for ours, _ in ends]), flush=True)
    for ours, _ in ends:
        ours.send(None)
    for speaker in speakers:
        speaker.join()


def _speak(folder: Path, url: str, process: int, orders: Connection[Any, Any], together: Barrier) -> None:
    app, _ = open_scratch(folder, MORNING, url)
    app.strict = False  # a message that fails is put away, and counted
    assert isinstance(app.clock, ManualClock)
    intake = Intake(app)
    while (order := orders.recv()) is not None:
        at, number, who, words = order
        app.clock.at = now = datetime.fromisoformat(at)
        key = f"in:race:{number}:{process}"
        message = Incoming(key, DOOR, who, None, Kind.TEXT, now, now, text=words, addressed=True, shown_name=who)
        together.wait()
        try:
            [taken] = intake.take_now(message)
            orders.send(taken.state)
        except Exception as error:  # noqa: BLE001 - told to whoever asked
            orders.send(type(error).__name__)
    app.close()


if __name__ == "__main__":
    main()
