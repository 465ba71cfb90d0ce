"""What a request finds of the program around it."""

from __future__ import annotations

import threading
from typing import Annotated, cast

from fastapi import Depends
from starlette.requests import Request

from bot.receive import Intake
from bot.web.traffic import Traffic
from bot.wiring import App


def app_of(request: Request) -> App:
    """The program as it was built for this process."""
    return cast("App", request.app.state.app)


def intake_of(request: Request) -> Intake:
    """Where messages are taken in."""
    return cast("Intake", request.app.state.intake)


def traffic_of(request: Request) -> Traffic:
    """What this process has answered since it started."""
    return cast("Traffic", request.app.state.traffic)


def closing_of(request: Request) -> threading.Event:
    """Set when the process is told to stop: whatever streams must end then, or the stop would wait for it."""
    return cast("threading.Event", request.app.state.closing)


Program = Annotated[App, Depends(app_of)]
Door = Annotated[Intake, Depends(intake_of)]
