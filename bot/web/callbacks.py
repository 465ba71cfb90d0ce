"""Platforms call here. Only reads bytes: the channel holds all cryptography, intake the transaction.

Plain Starlette routes, cryptography inline: cheaper than a thread, and the answer must come within five seconds.
"""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime
from functools import partial
from urllib.parse import parse_qsl

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from bot import kf_pull
from bot.channels.base import LONGEST_BODY, Answer, Channel, RawRequest, Refused, TooLarge
from bot.channels.kf import NOTHING_TO_SAY, Kf
from bot.receive import Intake, NotTaken
from bot.wiring import App

log = logging.getLogger(__name__)

BODY_WITHIN = 5.0  # seconds; whoever sends slower is no platform, and may have many connections open
ANSWER_WITHIN = 4.5  # seconds; the platform waits five and then repeats


PATHS = {
    "/callback/oa": "oa",
    "/callback/oa/{account}": "oa",
    "/callback/wecom": "wecom",
    "/callback/kf": "kf",
}
"""Which kind of door is behind an address."""


def routes() -> list[Route]:
    """The callbacks of every channel that is called from outside."""
    return [Route(path, partial(callback, kind), methods=["GET", "POST"]) for path, kind in PATHS.items()]


async def callback(kind: str, request: Request) -> Response:
    """``GET`` checks the address, ``POST`` brings a message. A channel that is not set up answers 404."""
    app: App = request.app.state.app
    channel = _channel(app, kind, request.path_params.get("account", ""))
    if channel is None:
        return Response(status_code=404)
    try:
        if request.method == "GET":
            return _respond(channel.check_url(_raw(request, b"")))
        async with asyncio.timeout(BODY_WITHIN):
            body = await _body(request)
        raw = _raw(request, body)
        if isinstance(channel, Kf):
            return await _take_hint(app, channel, raw)
        return await _take(request.app.state.intake, channel, raw)
    except Refused as error:
        # One line, no personal data: the class of the refusal and nothing of what was sent.
        log.warning("callback refused: %s %s", error.status, type(error).__name__)
        return Response(status_code=error.status)
    except TimeoutError:
        log.warning("callback refused: its body came too slowly")
        return Response(status_code=408, headers={"connection": "close"})
    except ClientDisconnect:
        return Response(status_code=400)


def _channel(app: App, kind: str, account: str) -> Channel | None:
    if account:
        return app.channels.get(f"{kind}:{account}")
    return next((channel for door, channel in app.channels.items() if door.startswith(f"{kind}:")), None)


def _raw(request: Request, body: bytes) -> RawRequest:
    query = dict(parse_qsl(request.scope["query_string"].decode("latin-1"), keep_blank_values=True))
    return RawRequest(body, query, datetime.now(UTC), request.path_params.get("account", ""))


async def _body(request: Request) -> bytes:
    """The body, read no further than the longest a platform sends. Raises TooLarge."""
    declared = request.headers.get("content-length", "")
    if declared.isdigit() and int(declared) > LONGEST_BODY:
        raise TooLarge("the body is too large")
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > LONGEST_BODY:
            raise TooLarge("the body is too large")
        parts.append(part)
    return b"".join(parts)


async def _take(intake: Intake, channel: Channel, raw: RawRequest) -> Response:
    incoming = channel.verify_and_parse(raw)
    future = asyncio.wrap_future(intake.submit(incoming, raw))
    await asyncio.wait((future,), timeout=ANSWER_WITHIN)  # it goes on being taken, whether we still wait or not
    if not future.done():
        future.add_done_callback(lambda late: late.cancelled() or late.exception())  # nobody waits for it any more
        log.error("a message was not durable in time; the platform repeats it")
        return Response(status_code=503)
    try:
        taken = future.result()
    except NotTaken:
        return Response(status_code=503)
    return _respond(channel.answer(raw, incoming, taken.answer))


async def _take_hint(app: App, channel: Kf, raw: RawRequest) -> Response:
    """There is something to pull. A hint that the database does not take costs a minute, no message: 微信客服 keeps
    them for three days, and is pulled without hints too."""
    hint = channel.hint(raw)
    noted = asyncio.ensure_future(run_in_threadpool(kf_pull.note_hint, app, channel.door, hint))
    done, _ = await asyncio.wait((noted,), timeout=ANSWER_WITHIN)
    if not done or noted.exception() is not None:
        noted.add_done_callback(lambda late: late.cancelled() or late.exception())
        log.error("a hint of %s was not noted; the platform repeats it", channel.door)
        return Response(status_code=503)
    return _respond(NOTHING_TO_SAY)


def _respond(answer: Answer) -> Response:
    return Response(answer.body, media_type=None, headers={"content-type": answer.content_type, **answer.headers})
