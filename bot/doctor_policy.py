"""What `menkou doctor` says of deadlines: whose figures hold, for whom, and how far the calendar of holidays goes."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import inspect, make_url, select

from bot.findings import Findings, ok, warn
from bot.policy_file import SETTING, policy_of, strangers
from bot.settings import Settings
from bot.transactions import open_database, snapshot_connection
from handlers.rules.calendar import CHINA, is_known
from handlers.rules.policies import Policy
from storage.people import Unit

LATE_IN_THE_YEAR = 12  # the State Council's list for a year comes in November of the one before


def look_at_policy(settings: Settings) -> Findings:
    """The policy with its version; units that nobody knows; holidays that are not known yet."""
    policy = policy_of(settings)
    yield ok("deadlines", f"{policy.mark}, {settings.policy or 'as they come with Menkou'}")
    yield from _units(settings, policy)
    yield from holidays(policy, datetime.now(UTC))


def _units(settings: Settings, policy: Policy) -> Findings:
    path = make_url(settings.database_url).database
    if not policy.units or (settings.embedded_database and not Path(str(path)).exists()):
        return
    engine = open_database(settings)
    try:
        with snapshot_connection(engine) as connection:
            if not inspect(connection).has_table(Unit.__tablename__):
                return  # a fault that is named elsewhere
            names = frozenset(connection.scalars(select(Unit.name)))
    finally:
        engine.dispose()
    for unknown in strangers(policy, names):
        yield warn(
            "deadlines", f'{SETTING}: no unit is called "{unknown}"', "write its name as `menkou places list` does"
        )


def holidays(policy: Policy, now: datetime) -> Findings:
    """Years whose days off nobody has named: this one and, in December, the next."""
    local = now.astimezone(CHINA)
    years = (local.year, local.year + 1) if local.month >= LATE_IN_THE_YEAR else (local.year,)
    named = {day.year for day in policy.calendar.holidays | policy.calendar.workdays}
    for year in years:
        if not is_known(year) and year not in named:
            says = f"the holidays of {year} are not known: Monday to Friday count as working days"
            yield warn("holidays", says, f"install a newer chinesecalendar, or name the days in the file of {SETTING}")
