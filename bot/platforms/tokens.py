"""Access tokens: issued by family, dead by the clock, by a successor or by force.

Source: official documents "getting an access token" and "getting a stable access token" (official account) and
developer document 91039 (WeCom). Families never invalidate each other.
"""

from __future__ import annotations

import hashlib
import random
import string
from dataclasses import dataclass, field

from bot.platforms.clock import PlatformClock

LIFE = 7200  # seconds
OVERLAP = 300  # seconds for which old and new are both good

MISSING, INVALID, NOT_LATEST, EXPIRED = 41001, 40014, 40001, 42001


class TokenRefused(Exception):
    """The token is not good for a call."""

    def __init__(self, errcode: int) -> None:
        super().__init__(f"errcode {errcode}")
        self.errcode = errcode


@dataclass(slots=True)
class Token:
    """One token. ``dead`` is the errcode that every use of it gets."""

    value: str = field(repr=False)
    family: str
    expires_at: float
    dead: int = 0


class Tokens:
    """The tokens of one door."""

    def __init__(self, clock: PlatformClock, chance: random.Random, *, length: int = 136) -> None:
        self._clock = clock
        self._chance = chance
        self._length = length
        self._all: dict[str, Token] = {}
        self._latest: dict[str, Token] = {}

    def issue(self, family: str) -> Token:
        """A new token; the one before stays good for five minutes."""
        before = self._latest.get(family)
        if before:
            before.expires_at = min(before.expires_at, self._clock.now() + OVERLAP)
        value = "".join(self._chance.choices(string.ascii_letters + string.digits + "-_", k=self._length))
        token = Token(value, family, self._clock.now() + LIFE)
        self._all[value] = self._latest[family] = token
        return token

    def same(self, family: str, *, margin: float = OVERLAP) -> Token:
        """The token handed out before, until ``margin`` seconds before its end; then a new one."""
        token = self._latest.get(family)
        if token and not token.dead and token.expires_at - self._clock.now() > margin:
            return token
        return self.issue(family)

    def forced(self, family: str) -> Token:
        """A new token; the ones before are dead at once."""
        self.kill(family)
        return self.issue(family)

    def left(self, token: Token) -> int:
        """Whole seconds until it expires."""
        return int(token.expires_at - self._clock.now())

    def check(self, value: str) -> Token:
        """The token of a call. Raises TokenRefused."""
        if not value:
            raise TokenRefused(MISSING)
        token = self._all.get(value)
        if token is None:
            raise TokenRefused(INVALID)
        if token.dead:
            raise TokenRefused(token.dead)
        if token.expires_at <= self._clock.now():
            raise TokenRefused(EXPIRED)
        return token

    def state(self) -> list[dict[str, object]]:
        """Those that are not expired, by fingerprint, for whoever looks at the simulator."""
        return [
            {
                "family": token.family,
                "fingerprint": hashlib.sha256(token.value.encode()).hexdigest()[:8],
                "left": self.left(token),
                "dead": token.dead,
            }
            for token in self._all.values()
            if token.expires_at > self._clock.now()
        ]

    def kill(self, family: str | None = None, errcode: int = NOT_LATEST) -> None:
        """Every token of the family, or every token, is dead from now on."""
        for token in self._all.values():
            if family in (None, token.family) and not token.dead:
                token.dead = errcode
