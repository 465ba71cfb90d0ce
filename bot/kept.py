"""A message put away so that it can be run again: as it came over the wire, or, where there was no wire, as understood.

The text is sealed by whoever stores it; nothing of it may be logged.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from bot.channels.base import Channel, RawRequest
from handlers.message import Incoming, Kind


class NotRunnable(Exception):
    """What was kept cannot be understood any more: its channel is not set up, or nothing is left of it."""


def pack(incoming: Incoming, raw: RawRequest | None) -> str:
    """The message as one text."""
    if raw is not None:
        return pack_request(incoming.door, raw)
    fields = asdict(incoming) | {
        "data": dict(incoming.data),
        "said_at": incoming.said_at.isoformat(),
        "received_at": incoming.received_at.isoformat(),
    }
    return json.dumps({"incoming": fields})


def pack_request(door: str, raw: RawRequest) -> str:
    """A callback as it came, with everything its signature covers."""
    stored = {
        "door": door,
        "body": raw.body.decode("latin-1"),
        "query": dict(raw.query),
        "received_at": raw.received_at.isoformat(),
        "account": raw.account,
    }
    return json.dumps(stored)


def unpack_request(text: str) -> tuple[str, RawRequest]:
    """The door and the callback again. Raises ValueError or KeyError."""
    return _request(json.loads(text))


def unpack(text: str, channels: Mapping[str, Channel]) -> tuple[Incoming, RawRequest | None]:
    """The message again, through its channel's parser. Raises NotRunnable, and Refused where the parser does."""
    try:
        stored = json.loads(text)
        if "incoming" in stored:
            return _incoming(stored["incoming"]), None
        door, raw = _request(stored)
    except (ValueError, KeyError, TypeError) as error:
        raise NotRunnable("what was kept cannot be read") from error
    if door not in channels:
        raise NotRunnable(f"the channel {door} is not set up")
    return channels[door].verify_and_parse(raw), raw


def _request(stored: Mapping[str, Any]) -> tuple[str, RawRequest]:
    raw = RawRequest(
        body=stored["body"].encode("latin-1"),
        query=stored["query"],
        received_at=datetime.fromisoformat(stored["received_at"]),
        account=stored["account"],
    )
    return stored["door"], raw


def _incoming(fields: Mapping[str, Any]) -> Incoming:
    given = dict(fields) | {
        "kind": Kind(fields["kind"]),
        "said_at": datetime.fromisoformat(fields["said_at"]),
        "received_at": datetime.fromisoformat(fields["received_at"]),
        "mentions": tuple(fields["mentions"]),
    }
    return Incoming(**given)
