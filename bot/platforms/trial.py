"""``menkou simulator``: all platforms under one address, with an invented account each, for whoever tries Menkou.

The ids and secrets are the same in every copy and open nothing anywhere. Members of the corp and residents have the
names of the sample neighbourhood, so that ``menkou staff bind wecom`` finds everybody.
"""

from __future__ import annotations

import errno
import shlex
import signal
import threading
import time
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import FrameType
from typing import Any
from urllib.parse import urlsplit

import click

from bot.platforms.clock import PlatformClock
from bot.platforms.kf_api import Kf
from bot.platforms.kf_sessions import Account as KfAccount
from bot.platforms.oa_account import OaAccount, OaOptions
from bot.platforms.oa_api import SimulatedOfficialAccount
from bot.platforms.phones import Phones
from bot.platforms.simulator import Simulator, running
from bot.platforms.wecom_api import Wecom
from bot.platforms.wecom_contacts import Member
from storage import invented

HOST = "127.0.0.1"
TEMPLATES = Path(__file__).with_name("oa-templates.toml")  # the same as docs/examples/oa-templates.toml
RECORD = "record.jsonl"

APP_ID, APP_SECRET, TOKEN = "wx0123456789abcdef", "0123456789abcdef" * 2, "simulator"
OA_KEY = "J65tGbKffzg4lJqGeao+dK8vvSQe3y/zcaH7fgzL/v8"
CORP, AGENT, APP_SECRET_OF_CORP = "ww0123456789abcdef", 1000002, "simulated-app-secret"
WECOM_KEY = "xfCS3YfUzGXV/AnhloYMBlrKDt1fhYIBc001L3Awlj0"
KF_SECRET, KF_KEY, DESK = "simulated-kf-secret", "TW7eT1/isw4SvF3MKK7g5ITV5KRIgGGpKowRqZ/O3/c", "wk0123456789abcdef"
SMS_TOKEN = "simulated-sms-token"
SERVICERS = {"community", "dispatcher", "duty"}  # roles that take conversations of 微信客服 over

CALLBACKS = ("/callback/oa", "/callback/wecom", "/callback/kf")


@dataclass(frozen=True, slots=True)
class Trial:
    """The simulator with its four platforms."""

    simulator: Simulator
    oa: SimulatedOfficialAccount
    wecom: Wecom
    kf: Kf
    phones: Phones


def assemble(callback: str, *, record: Path | None = None, at: datetime | None = None) -> Trial:
    """Everything put together; ``callback`` is the address of our server, ``at`` where a clock stands still."""
    # Ids must not come back when it is started again: our server remembers those of before.
    started = time.time_ns()
    clock = PlatformClock(at.timestamp() if at else None)
    simulator = Simulator(clock=clock, record=record, seed=started)
    ground = simulator.ground
    oa_account = OaAccount(APP_ID, APP_SECRET, TOKEN, OA_KEY)
    oa = simulator.add(SimulatedOfficialAccount(ground, oa_account, _options()))
    wecom = simulator.add(
        Wecom(
            ground,
            corp_id=CORP,
            agent_id=AGENT,
            secret=APP_SECRET_OF_CORP,
            token=TOKEN,
            aes_key=WECOM_KEY,
            members=[Member(one.address, one.name) for one in invented.staff()],
        )
    )
    desk = KfAccount(DESK, str(invented.read()["communities"][0]["name"]))
    servicers = [one.address for one in invented.staff() if SERVICERS & {role for _, role in one.posts}]
    kf = simulator.add(
        Kf(
            wecom,
            secret=KF_SECRET,
            token=TOKEN,
            aes_key=KF_KEY,
            accounts=[desk],
            servicers=servicers,
            first=started // 10**9,
        )
    )
    phones = simulator.add(Phones(ground, token=SMS_TOKEN))
    simulator.cast |= _cast()
    for acts, path in zip((oa.acts, wecom.acts, kf.acts), CALLBACKS, strict=True):
        acts["set_callback"](f"{callback}{path}")
    return Trial(simulator, oa, wecom, kf, phones)


def environment(address: str, callback: str, data: Path) -> dict[str, str]:
    """The settings with which ``menkou up`` finds the simulator at ``address``, in a folder of its own."""
    return {
        "MENKOU_DATA": str(data / "menkou"),
        "MENKOU_PUBLIC_URL": callback,
        **_port(callback),
        "MENKOU_OA_APP_ID": APP_ID,
        "MENKOU_OA_APP_SECRET": APP_SECRET,
        "MENKOU_OA_TOKEN": TOKEN,
        "MENKOU_OA_AES_KEY": OA_KEY,
        "MENKOU_OA_API_BASE": f"{address}/oa",
        "MENKOU_OA_OPEN_BASE": f"{address}/open",
        "MENKOU_OA_TEMPLATES": str(TEMPLATES),
        "MENKOU_WECOM_CORP_ID": CORP,
        "MENKOU_WECOM_AGENT_ID": str(AGENT),
        "MENKOU_WECOM_SECRET": APP_SECRET_OF_CORP,
        "MENKOU_WECOM_TOKEN": TOKEN,
        "MENKOU_WECOM_AES_KEY": WECOM_KEY,
        "MENKOU_WECOM_API_BASE": f"{address}/wecom",
        "MENKOU_KF_SECRET": KF_SECRET,
        "MENKOU_KF_TOKEN": TOKEN,
        "MENKOU_KF_AES_KEY": KF_KEY,
        "MENKOU_SMS_URL": f"{address}/sms",
        "MENKOU_SMS_TOKEN": SMS_TOKEN,
    }


def lines(settings: Mapping[str, str]) -> str:
    """The same for a shell, to be pasted or evaluated."""
    return "\n".join(f"export {name}={shlex.quote(value)}" for name, value in settings.items())


def run(port: int, data: Path, callback: str, at: datetime | None) -> int:
    """Serves until Ctrl-C or SIGTERM. Raises ClickException where the port is taken."""
    data = data.expanduser().absolute()
    data.mkdir(parents=True, exist_ok=True)
    trial = assemble(callback, record=data / RECORD, at=at)
    ended = threading.Event()

    def end(number: int, frame: FrameType | None) -> None:
        ended.set()

    before = {number: signal.signal(number, end) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        with running(trial.simulator, port, HOST) as address:
            _greet(address, callback, data)
            ended.wait()
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        raise click.ClickException(f"Port {port} is in use: choose another one with --port.") from error
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    return 0


def _greet(address: str, callback: str, data: Path) -> None:
    click.echo(f"# A simulator: everybody in it is invented. Its page: {address}/  Ctrl-C ends it.")
    click.echo(f"# It writes down everything in {data / RECORD}. In another terminal:")
    click.echo(lines(environment(address, callback, data)))
    click.echo("menkou migrate && menkou seed       # once: the invented neighbourhood")
    click.echo("menkou staff bind wecom --yes       # once: its staff have the corp's accounts")
    click.echo("menkou up")


def _options() -> OaOptions:
    """The forms that the file of templates names, with exactly the keys that it fills."""
    table: dict[str, Any] = tomllib.loads(TEMPLATES.read_text(encoding="utf-8"))
    forms = {
        kind: {row["id"]: list(row["fields"]) for row in table.get(kind, ())} for kind in ("template", "subscribe")
    }
    return OaOptions(templates=forms["template"], subscriptions=forms["subscribe"])


def _cast() -> dict[str, dict[str, str]]:
    """Who there is at each door, by the name that the platform has for them."""
    staff = {one.address: one.name for one in invented.staff()}
    residents = {one.address: one.name for one in invented.residents()}
    return {
        "oa": {f"o_{address}": name for address, name in residents.items()},
        "wecom": staff,
        "kf": {f"wm_{address}": name for address, name in residents.items()},
    }


def _port(callback: str) -> dict[str, str]:
    """The port that our server listens on, when the callback leads to this machine."""
    address = urlsplit(callback)
    if address.hostname not in (HOST, "localhost") or address.port is None:
        return {}
    return {"PORT": str(address.port)}
