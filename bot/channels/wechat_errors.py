"""What the platforms' error numbers mean for a sender, a table a platform: the same number may mean different things.

Source: official documents "global return codes" of the official account and of WeCom (90313, 90312, 94677). A number
in no table is a refusal of this one request.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

BUSY = -1
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class ErrorClasses:
    """Numbers by what is to be done about them. ``waits``: how long, where the platform says so."""

    retry: frozenset[int]  # nothing happened; the same again later
    refresh: frozenset[int]  # the token is dead: once again with a new one
    person: frozenset[int]  # this person cannot be reached this way now
    gone: frozenset[int]  # this person cannot be reached at this address until they come back
    closed: frozenset[int]  # the account must be mended before anything goes through
    quota: frozenset[int]  # used up until the next day of Shanghai
    done: frozenset[int]  # an earlier try arrived
    waits: Mapping[int, timedelta] = field(default_factory=dict)


OFFICIAL_ACCOUNT = ErrorClasses(
    retry=frozenset({BUSY, 45011, 45066, 9500002}),  # busy; the minute's quota; repeated too soon; too many mass jobs
    refresh=frozenset({40001, 40014, 42001}),
    # refuses subscription messages; 48 hours over; five messages said; receives nothing from us
    person=frozenset({43101, 45015, 45047, 48002}),
    gone=frozenset({40003, 43004, 43019}),  # no such follower; does not follow; on the account's own black list
    # AppID; secret; our address is not on the list; no right to the interface; banned; account restricted
    closed=frozenset({40013, 40125, 40164, 48001, 48004, 50002}),
    quota=frozenset({45009, 45028}),  # of the interface; of mass sending
    done=frozenset({45065}),  # clientmsgid seen before; the body has its msg_id
    waits={45011: MINUTE, 45066: MINUTE, 9500002: MINUTE},
)

WECOM = ErrorClasses(
    # busy; two at once; frequency: blocked for a minute, an hour or a day, which the number does not tell; too many at
    # once; another operation under way
    retry=frozenset({BUSY, 6000, 45009, 45033, 45035}),
    refresh=frozenset({40014, 42001}),
    # list of people; out of the app's range; all invalid; no relation; 微信客服: five messages said, 48 hours over, a
    # human holds the session
    person=frozenset({40031, 40032, 50002, 81013, 84061, 95001, 95002, 95018}),
    gone=frozenset({40003, 60111}),  # no such member
    # secret (40001 never means the token here); corp; app; no right; the right withdrawn; app switched off; our address
    # is not on the list
    closed=frozenset({40001, 40013, 40056, 48001, 48002, 48004, 50003, 60020}),
    quota=frozenset(),
    done=frozenset(),
    waits={45009: MINUTE, 45033: timedelta(seconds=5), 45035: timedelta(seconds=5)},
)
