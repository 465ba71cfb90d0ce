"""A town with every official door open: our server on a real port, and the simulated platforms behind theirs."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import time
from typing import Any

from sqlalchemy import select

from bot import deliver, staff
from bot.channels.kf import Kf as KfChannel
from bot.kf_pull import KfPull
from bot.phones import bring_up
from bot.platforms.kf_api import Kf
from bot.platforms.kf_sessions import Account as KfAccount
from bot.platforms.oa_account import OaAccount, OaOptions
from bot.platforms.oa_api import SimulatedOfficialAccount
from bot.platforms.phones import Phones
from bot.platforms.simulator import Simulator, running
from bot.platforms.wecom_api import Wecom
from bot.platforms.wecom_contacts import Member
from bot.settings import Settings
from bot.wiring import App
from storage.outbox import Outbox
from storage.people import Post, Role, Staff
from storage.tickets import Ticket
from tests import doors
from tests.doors import kf_settings, oa_settings, wecom_settings
from tests.platforms.wecom import KEY, TOKEN
from tests.web.conftest import Site, _sown
from tests.web.conftest import running as serving

APP_ID, APP_SECRET, APP_TOKEN = "wx5823bf96d3bd56c7", "0" * 32, "QDG6eK"
DESK = "wkDesk"
SMS_TOKEN = "sms-token"
TEMPLATE = "ticket-template-0001"
MEMBERS = (Member("zhao", "赵敏"), Member("qian", "钱进"), Member("sun", "孙丽"), Member("zhou", "周全"))


def account() -> OaAccount:
    """An official account with the token and the key of the corporation: only the doors themselves tell them apart."""
    return OaAccount(APP_ID, APP_SECRET, APP_TOKEN, KEY)


@dataclass
class Town:
    """Both sides. What people read is on the simulator's screens."""

    site: Site
    simulator: Simulator
    oa: SimulatedOfficialAccount
    wecom: Wecom
    kf: Kf
    phones: Phones

    @property
    def app(self) -> App:
        return self.site.app

    def deliver(self) -> None:
        deliver.run(self.app)

    def pull(self) -> None:
        """What ``menkou listen`` does."""
        [channel] = [one for one in self.app.channels.values() if isinstance(one, KfChannel)]
        line = KfPull(channel)
        line.serve(self.app, self.fence(channel.door), 0.6)
        self.deliver()

    def fence(self, door: str) -> int:
        from bot import leadership

        fence = leadership.lead(self.app, f"listen:{door}", leadership.LINE_LEASE)
        if fence is not None:
            self._fence = fence
        return self._fence

    _fence: int = 0

    # --- people ----------------------------------------------------------------------------------------------------

    def worker(self, role: Role = Role.GRID_WORKER) -> Staff:
        with self.app.reading() as db:
            person = db.scalars(select(Staff).join(Post).where(Post.role == role).order_by(Staff.id)).first()
            assert person is not None
            return person

    def colleagues(self, person: Staff) -> list[Staff]:
        with self.app.reading() as db:
            units = select(Post.unit_id).where(Post.staff_id == person.id)
            rows = db.scalars(select(Staff).join(Post).where(Post.unit_id.in_(units)).order_by(Staff.id)).unique()
            return list(rows)

    def bind(self, userid: str, person: Staff) -> None:
        """A member of the corp says their code in the app."""
        self.wecom.staff.say(userid, f"绑定 {staff.issue(self.app, person.id)}")

    def phone_of(self, person: Staff, number: str) -> None:
        """A member of staff whose telephone is in the book."""
        with self.app.writing() as db:
            row = db.get_one(Staff, person.id)
            row.phone = self.app.vault.seal(number, "staff.phone", row.ref)
        bring_up(self.app)

    # --- what there is ---------------------------------------------------------------------------------------------

    def heard(self, door: str, person: str) -> list[str]:
        return self.simulator.screens.texts(door, person)

    def ticket(self) -> Ticket:
        with self.app.reading() as db:
            return db.scalars(select(Ticket)).one()

    def outbox(self) -> list[Outbox]:
        with self.app.reading() as db:
            return list(db.scalars(select(Outbox).order_by(Outbox.id)))


@contextlib.contextmanager
def town(
    make_settings: Callable[..., Settings], database_url: str, templates: Any = None, options: OaOptions | None = None
) -> Iterator[Town]:
    """Everything running."""
    simulator = Simulator()
    given = options or OaOptions(templates={TEMPLATE: ["character_string1", "thing2", "phrase3", "time4"]})
    oa = simulator.add(SimulatedOfficialAccount(simulator.ground, account(), given))
    wecom = doors.wecom(simulator, members=MEMBERS)
    kf = simulator.add(
        Kf(
            wecom,
            secret=doors.KF_SECRET,
            token=TOKEN,
            aes_key=KEY,
            accounts=[KfAccount(DESK, "阳光社区")],
            servicers=["zhou"],
        )
    )
    phones = simulator.add(Phones(simulator.ground, token=SMS_TOKEN))
    with running(simulator) as base:
        settings = make_settings(
            notice_quiet_from=time(0),  # the clock on the wall may say night
            notice_quiet_until=time(0),
            database_url=database_url,
            **oa_settings(base, account()),
            **(wecom_settings(base) | kf_settings(base)),
            oa_templates=templates,
            sms_url=f"{base}/sms",
            sms_token=SMS_TOKEN,
        )
        with serving(_sown(settings)) as site:
            site.app.strict = True
            ours = str(site.client.base_url).rstrip("/")
            oa.act.set_callback(f"{ours}/callback/oa")
            wecom.callback.address = f"{ours}/callback/wecom"
            kf.bell.callback.address = f"{ours}/callback/kf"
            yield Town(site, simulator, oa, wecom, kf, phones)
