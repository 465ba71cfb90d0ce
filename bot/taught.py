"""What staff and administrators taught, taken over by every process that reads: own words, and learned weights.

A process looks every few seconds for the number of the newest change, never for each message, and loads what changed.
Weights are files of the data folder, named by their content; a row says which one holds.
"""

from __future__ import annotations

import hashlib
import logging
import threading
import time
from pathlib import Path

from sqlalchemy.orm import Session

from bot.wiring import App
from nlp import model, own
from nlp.own import Entry
from storage import listening, own_words

log = logging.getLogger(__name__)

LOOK_EVERY = 2.0  # seconds
FOLDER = "weights"
WEIGHTS = "weights"  # what a change of the weights is about


class Taught:
    """Keeps this process as taught. Words and weights are the process's own: it serves one deployment."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._lock = threading.Lock()
        self._looked_at: float | None = None
        self._seen = 0
        self._file: str | None = None

    def refresh(self) -> bool:
        """Looks, if the last look is a while ago. True where something changed."""
        now = time.monotonic()
        if self._looked_at is not None and now - self._looked_at < LOOK_EVERY:
            return False
        with self._lock, self._app.reading() as db:
            self._looked_at = now
            newest = listening.newest_change(db)
            if newest == self._seen:
                return False
            own.use(entries(db))
            self._take_weights(chosen(db))
            self._seen = newest
        return True

    def forget(self) -> None:
        """Looks again at the next message."""
        self._looked_at = None

    def _take_weights(self, name: str | None) -> None:
        if name == self._file:
            return
        self._file = name
        try:
            model.use(model.load(checked(self._app.settings.data, name)) if name is not None else None)
        except (OSError, ValueError, KeyError, TypeError) as error:
            log.error("the weights %s cannot be used (%s); those that come with Menkou are", name, type(error).__name__)
            model.use(None)


def entries(db: Session) -> list[Entry]:
    """The deployment's own words as the reading wants them."""
    return [Entry(row.word, row.means, row.removes) for row in own_words.words(db)]


def chosen(db: Session) -> str | None:
    """The file of the weights in use; None: those that come with Menkou."""
    newest = listening.changes(db, WEIGHTS, 1)
    return newest[0].data.get("file") if newest else None


def path_of(data: Path, name: str) -> Path:
    """Where a file of weights lies."""
    return data / FOLDER / name


def named(content: bytes) -> str:
    """The name of a file of weights: what it holds."""
    return f"{hashlib.sha256(content).hexdigest()[:16]}.json"


def checked(data: Path, name: str) -> Path:
    """The file, if it still holds what its name says. Raises OSError or ValueError."""
    path = path_of(data, Path(name).name)
    if named(path.read_bytes()) != name:
        raise ValueError("not what was written")
    return path
