"""``menkou doctor`` at the doors: are we let in, is the callback heard, what is left of the quota, what is missing.

Each door is asked what changes nothing for anybody. A finding names the step of the handbook that sets it right, and
no secret. Tokens are rows, so that the doctor uses the one that the processes use, or fetches it for them.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Engine
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from bot.channels.base import ChannelError, Closed
from bot.channels.http import Http
from bot.channels.oa_templates import Templates, load
from bot.channels.wechat_api import WechatApi
from bot.doctor_trust import look_at_trust
from bot.door_checks import CUSTOM_SEND, Checked, ask, checked, number_of
from bot.findings import Finding, Findings, fault, ok, warn
from bot.moments import Clock, WallClock
from bot.setting_values import SettingError
from bot.settings import Settings
from bot.settings_check import is_loopback, open_doors
from bot.transactions import open_database, read_session, write_session
from handlers.wording.doors import where
from storage import schema
from storage.deployment import ChannelAccount
from storage.vault import Vault

SILENT = timedelta(days=2)
LITTLE = 0.1  # of a day's quota
MASS_SEND, TEMPLATE_SEND = "/cgi-bin/message/mass/send", "/cgi-bin/message/template/send"
CALLBACKS = {"oa": "/callback/oa", "wecom": "/callback/wecom", "kf": "/callback/kf"}

# What a platform's number is about, by the step that sets it right, and in words.
MEANINGS: Mapping[int, tuple[str, str]] = {
    40001: ("secret", "the secret is wrong"),
    40013: ("secret", "the AppID or corporation id is wrong"),
    40056: ("secret", "the agent id is wrong"),
    40125: ("secret", "the AppSecret is wrong"),
    40164: ("address", "this machine's address is not on the IP whitelist"),
    48001: ("permission", "the account has no right to this interface"),
    48002: ("permission", "the app has no right to this interface"),
    48004: ("permission", "the platform has banned the interface"),
    50002: ("verified", "the platform has restricted the account"),
    50003: ("range", "the app is switched off"),
    60011: ("range", "the app may not look there"),
    60020: ("address", "this machine's address is none of the trusted IPs"),
}


@dataclass(slots=True)
class _Deployment:
    """What tokens need of a program."""

    engine: Engine
    vault: Vault
    clock: Clock

    def writing(self) -> AbstractContextManager[Session]:
        return write_session(self.engine)

    def reading(self) -> AbstractContextManager[Session]:
        return read_session(self.engine)


def look_at_doors(settings: Settings) -> Findings:
    """Every door that is set up. Says nothing of doors while the database is not in order."""
    path = make_url(settings.database_url).database
    if not open_doors(settings) or (settings.embedded_database and not Path(str(path)).exists()):
        return
    engine = open_database(settings)
    http = Http()
    try:
        with engine.connect() as connection:
            if schema.current(connection) != schema.head():
                return
        rows = _Deployment(engine, Vault(settings.secret_keys), WallClock())
        for one in checked(rows, settings, http):
            if one.kind == "voice":
                continue  # the same port as SMS
            yield from _address(settings, one)
            yield from look_at_trust(settings, one)
            yield from _heard(rows, one)
            yield from _let_in(settings, one)
    finally:
        http.close()
        engine.dispose()


# --- the callback


def _address(settings: Settings, one: Checked) -> Findings:
    """Whether the platform can reach us at the address that is to be entered there."""
    if one.kind not in CALLBACKS:
        return
    parts, address = urlsplit(settings.public_url), f"{settings.public_url}{CALLBACKS[one.kind]}"
    todo = f"set MENKOU_PUBLIC_URL to the address seen from outside: {where(one.kind, 'domain')}"
    if is_loopback(urlsplit(one.base).hostname or ""):
        yield warn(one.door, "talks to a simulator on this machine", "unset its address for a real deployment")
    elif _is_inside(parts.hostname or ""):
        yield fault(one.door, f"{address} cannot be reached from outside", todo)
    elif parts.scheme != "https":
        yield fault(one.door, f"{address} is not https", todo)
    else:
        yield ok(one.door, f"the address to enter on the platform is {address}")


def _is_inside(host: str) -> bool:
    try:
        return not ipaddress.ip_address(host.strip("[]")).is_global
    except ValueError:
        return host == "localhost" or "." not in host


def _heard(rows: _Deployment, one: Checked) -> Findings:
    with rows.reading() as db:
        row = db.get(ChannelAccount, one.door)
    if row is not None and row.fault is not None:
        since = f"{row.failing_since:%Y-%m-%d %H:%M} UTC" if row.failing_since else "a while"
        yield fault(one.door, f"fails since {since}: {row.fault}", f"see {where(one.kind, _topic(row.fault))}")
    if one.kind not in CALLBACKS:
        return
    last, todo = row.last_heard_at if row else None, f"check the callback address: {where(one.kind, 'callback')}"
    if last is None:
        yield warn(one.door, "was never heard", todo)
    elif datetime.now(UTC) - last > SILENT:
        yield warn(one.door, f"was last heard {last:%Y-%m-%d %H:%M} UTC", todo)
    elif row is not None and "silent_since" in row.rhythm:
        yield warn(one.door, f"is silent for longer than usual, since {last:%Y-%m-%d %H:%M} UTC", todo)
    else:
        yield ok(one.door, f"was last heard {last:%Y-%m-%d %H:%M} UTC")


# --- the interfaces


def _let_in(settings: Settings, one: Checked) -> Findings:
    try:
        answer = ask(one)
    except ChannelError as error:
        yield _refused(one, error)
        return
    yield ok(one.door, "lets us in")
    more = {"oa": _official_account, "wecom": _app, "kf": _customer_service}.get(one.kind)
    if more is not None and one.api is not None:
        yield from more(settings, one, one.api, answer)


def _refused(one: Checked, error: ChannelError, level: Callable[[str, str, str], Finding] = fault) -> Finding:
    topic, says = MEANINGS.get(number_of(str(error)) or 0, ("", ""))
    if says:
        return level(one.door, f"{says} ({number_of(str(error))})", f"see {where(one.kind, topic)}")
    if isinstance(error, Closed) or "HTTP 40" in str(error):
        return level(one.door, str(error), f"see {where(one.kind, 'secret')}, or the table of errors at its end")
    host = urlsplit(one.base).hostname
    todo = "see that this machine may call it and that nothing stands between"
    return level(one.door, f"{host}: {error}", f"{todo}; {where(one.kind, 'port')}")


def _topic(reason: str) -> str:
    return MEANINGS.get(number_of(reason) or 0, ("", ""))[0]


def _official_account(settings: Settings, one: Checked, api: WechatApi, answer: Mapping[str, Any]) -> Findings:
    yield from _quota(one, CUSTOM_SEND, answer)
    for path in (TEMPLATE_SEND, MASS_SEND):
        try:
            yield from _quota(one, path, api.post("/cgi-bin/openapi/quota/get", {"cgi_path": path}))
        except ChannelError as error:
            yield _refused(one, error, warn)
    yield from _templates(settings, one, api)


def _quota(one: Checked, path: str, answer: Mapping[str, Any]) -> Findings:
    quota = answer.get("quota")
    limit, remain = (quota.get(name) for name in ("daily_limit", "remain")) if isinstance(quota, dict) else (None, None)
    if not isinstance(limit, int) or not isinstance(remain, int):
        return
    says = f"{path} may be called {remain} of {limit} times more today"
    if remain <= limit * LITTLE:
        yield warn(one.door, says, f"see {where(one.kind, 'quota')}")
    else:
        yield ok(one.door, says)


def _templates(settings: Settings, one: Checked, api: WechatApi) -> Findings:
    todo = f"see {where(one.kind, 'templates')}"
    if settings.oa_templates is None:
        yield warn(one.door, "no templates: after 48 hours of silence a resident is told nothing here", todo)
        return
    try:
        wanted = _ids(load(settings.oa_templates))
        listed = api.get("/cgi-bin/template/get_all_private_template").get("template_list")
    except SettingError as error:
        yield fault(one.door, str(error), todo)
        return
    except ChannelError as error:
        yield _refused(one, error, warn)
        return
    known = {row.get("template_id") for row in listed if isinstance(row, dict)} if isinstance(listed, list) else set()
    for missing in sorted(wanted - known):
        # The platform does not list every kind of template: this may be one of those.
        yield warn(one.door, f"template {missing} is not among those the platform lists", f"compare the id; {todo}")
    if wanted <= known:
        yield ok(one.door, f"all {len(wanted)} templates are there")


def _ids(templates: Templates) -> frozenset[str]:
    """The ids of template messages; the platform lists no subscription messages here."""
    return frozenset(one.template_id for (kind, _), one in templates.forms.items() if kind == "template")


def _app(settings: Settings, one: Checked, api: WechatApi, answer: Mapping[str, Any]) -> Findings:
    if answer.get("close") == 1:
        yield fault(one.door, "the app is switched off", f"see {where(one.kind, 'range')}")
    if not list(_seen_by(answer)):
        yield warn(one.door, "nobody may see the app: nobody can be told anything", f"see {where(one.kind, 'range')}")
    try:
        departments = api.get("/cgi-bin/department/list").get("department")
    except ChannelError as error:
        yield _refused(one, error)
        return
    count = len(departments) if isinstance(departments, list) else 0
    if count:
        yield ok(one.door, f"may read {count} departments of the contacts")
    else:
        yield warn(one.door, "sees no department of the contacts", f"see {where(one.kind, 'range')}")


def _seen_by(answer: Mapping[str, Any]) -> Iterator[object]:
    for name, inner in (("allow_userinfos", "user"), ("allow_partys", "partyid"), ("allow_tags", "tagid")):
        part = answer.get(name)
        if isinstance(part, dict) and isinstance(part.get(inner), list):
            yield from part[inner]


def _customer_service(settings: Settings, one: Checked, api: WechatApi, answer: Mapping[str, Any]) -> Findings:
    listed = answer.get("account_list")
    accounts = [row for row in listed if isinstance(row, dict)] if isinstance(listed, list) else []
    if not accounts:
        yield fault(one.door, "there is no account that residents could talk to", f"see {where(one.kind, 'accounts')}")
    elif not any(row.get("manage_privilege", True) for row in accounts):
        yield fault(one.door, "no account may be spoken through by interface", f"see {where(one.kind, 'permission')}")
    else:
        yield ok(one.door, f"{len(accounts)} accounts that residents can talk to")
