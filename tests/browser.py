"""A real browser for pages that are tried as people see them. ``CHROMIUM_PATH`` names it where it is not found."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHROMIUM = os.environ.get("CHROMIUM_PATH") or next(filter(None, map(shutil.which, NAMES)), "")
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync")
PATIENCE = 30_000  # milliseconds for anything to appear: a busy machine, and a sweep that steps in for a worker


def marks(group: str) -> list[pytest.MarkDecorator]:
    """Of a module that needs it: one worker runs it all, so that browser and program start once."""
    return [
        pytest.mark.browser,
        pytest.mark.skipif(not CHROMIUM, reason="no Chromium: set CHROMIUM_PATH to run the browser tests"),
        pytest.mark.xdist_group(group),
    ]


@contextlib.contextmanager
def chromium() -> Iterator[Browser]:
    """One browser for a module."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield browser
        browser.close()


@contextlib.contextmanager
def desktop(browser: Browser, address: str, ready: str) -> Iterator[Page]:
    """A page on a desktop, in a session of its own; any error on it fails the test."""
    wrong: list[str] = []
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.set_default_timeout(PATIENCE)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    page.goto(address)
    page.wait_for_selector(ready)
    yield page
    page.close()
    assert wrong == []
