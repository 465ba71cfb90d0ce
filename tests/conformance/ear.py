"""An ear: how one channel is spoken to."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from bot.platforms.official_account import Callback
from bot.platforms.sealing import PlatformSeal

if TYPE_CHECKING:
    from tests.conformance.street import Street

AT_ONCE = 8


class Ear:
    """One way in. A thing is what a platform brings, as often as it likes."""

    door = ""
    path = ""  # of its callback

    def __init__(self, street: Street) -> None:
        self.street, self.town = street, street.town

    def meet(self, number: int) -> str:
        """A stranger."""
        raise NotImplementedError

    def text(self, person: str, words: str, ago: int = 0) -> Any:
        """They write, so many seconds ago."""
        raise NotImplementedError

    def kinds(self, person: str) -> Sequence[Any]:
        """One of each type that the documents know."""
        raise NotImplementedError

    def odd(self, person: str) -> Sequence[Any]:
        """Types that no document knows."""
        raise NotImplementedError

    def bring(self, thing: Any) -> str | None:
        """The platform brings it once, freshly signed; what the person reads at once. Raises for what is refused."""
        raise NotImplementedError

    def bring_at_once(self, thing: Any) -> list[str | None]:
        """The platform brings it several times at the same moment."""
        with ThreadPoolExecutor(AT_ONCE) as pool:
            return list(pool.map(self.bring, [thing] * AT_ONCE))

    def screen(self, person: str) -> list[str]:
        """What they read beside that."""
        raise NotImplementedError

    # --- for doors with envelopes

    def callback(self, person: str) -> Callback:
        """A genuine callback."""
        raise NotImplementedError

    def sealed(self, encrypted: str) -> Callback:
        """A genuine signature over any envelope."""
        raise NotImplementedError

    @property
    def seal(self) -> PlatformSeal:
        """The platform's."""
        raise NotImplementedError

    def close(self) -> None:
        """Ends what runs beside."""
