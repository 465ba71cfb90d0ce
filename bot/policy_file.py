"""The policy of a deployment: what its file says, and the few figures that have settings of their own."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.setting_values import SettingError
from handlers.rules import policies
from handlers.rules.notice_policy import NoticePolicy
from handlers.rules.policies import Policy
from handlers.rules.policy_values import PolicyError

if TYPE_CHECKING:
    from bot.settings import Settings

SETTING = "MENKOU_POLICY"


def policy_of(settings: Settings) -> Policy:
    """The figures of the clock. Raises SettingError with one sentence that names the key at fault."""
    base = Policy(
        review=timedelta(hours=settings.review_hours),
        list_at=settings.review_list_at,
        list_role=settings.review_list_role,
        notices=NoticePolicy(
            quiet_from=settings.notice_quiet_from,
            quiet_until=settings.notice_quiet_until,
            second_above=settings.notice_second_above,
            preview_holds=timedelta(minutes=settings.notice_preview_minutes),
        ),
    )
    path = settings.policy
    if path is None:
        return base
    try:
        return policies.load(path.read_text(encoding="utf-8"), base)
    except OSError as error:
        raise SettingError(f"{SETTING}: {path} cannot be read ({error.strerror}).") from None
    except UnicodeDecodeError:
        raise SettingError(f"{SETTING}: {path} is not UTF-8.") from None
    except PolicyError as error:
        raise SettingError(f"{SETTING}: {path}: {error}") from None


def strangers(policy: Policy, names: frozenset[str]) -> list[str]:
    """The units of the file that are none of the deployment's units: a name was written wrong, or has changed."""
    return [key for key in policy.units if not names.issuperset(key.split("/"))]
