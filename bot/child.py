"""What a process started by ``menkou up`` does about its parent: it ends when the parent is gone.

Ctrl-C is the parent's business (children run in sessions of their own, out of the terminal's reach), but a parent that
was killed outright can tell nobody. Without this, workers of a dead deployment would go on beside those of the next.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import threading
import time

PARENT = "MENKOU_PARENT"
PR_SET_PDEATHSIG = 1
LOOK_EVERY = 1.0  # seconds, where the kernel does not tell


def follow_parent() -> None:
    """Asks for SIGTERM when the parent named in the environment dies; does nothing when none is named."""
    named = os.environ.pop(PARENT, "")
    if not named:
        return
    parent = int(named)
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    else:
        threading.Thread(target=_watch, args=(parent,), name="parent", daemon=True).start()
    if os.getppid() != parent:  # it died before we asked
        raise SystemExit(1)


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(LOOK_EVERY)
    os.kill(os.getpid(), signal.SIGTERM)
