"""A simulated official account as a whole: its interfaces under ``/oa`` and ``/open``, and what people do with it.

Written from the official documents; each module says from which. What is refused, with which errcode, is in tables at
the beginning of the modules, to be read beside the documents.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from typing import Any

from starlette.routing import BaseRoute

from bot.platforms.calls import Ground
from bot.platforms.endpoint import Door
from bot.platforms.oa_account import MESSAGES, QUOTAS, OaAccount, OaOptions
from bot.platforms.oa_acts import Acts
from bot.platforms.oa_mass import Mass
from bot.platforms.oa_media import PICTURES
from bot.platforms.oa_menu import Menu, QrCodes
from bot.platforms.oa_messages import Messages
from bot.platforms.oa_oauth import OAuth
from bot.platforms.oa_state import DOOR, OaState
from bot.platforms.oa_tokens import TokenInterfaces
from bot.platforms.tokens import Tokens


class SimulatedOfficialAccount:
    """One account. Tests reach people, options and mass messages directly; ``acts`` and ``act`` are the fingers."""

    name = DOOR

    def __init__(self, ground: Ground, account: OaAccount, options: OaOptions | None = None) -> None:
        self.options = options or OaOptions()
        self.oa = OaState(ground, account, self.options)
        self.people, self.media, self.platform = self.oa.people, self.oa.media, self.oa.platform
        self.menu, self.codes, self.mass = Menu(), QrCodes(self.oa), Mass(self.oa)
        self.act = Acts(self.oa, self.menu, self.codes, self.mass)
        self.tokens = Tokens(ground.clock, ground.chance)
        self.door = Door(DOOR, ground, self.tokens, messages=MESSAGES, quotas=QUOTAS, rid=True)
        self.pages = Door("open", ground, self.tokens, messages=MESSAGES)
        self._offer()

    @property
    def acts(self) -> Mapping[str, Callable[..., Any]]:
        """What people can do, by name."""
        return self.act.table

    def routes(self) -> Iterable[BaseRoute]:
        """Everything it serves."""
        return [*self.door.routes(), *self.pages.routes()]

    def state(self) -> Mapping[str, Any]:
        """What its console would show. No secret is in it."""
        return {
            "app_id": self.oa.account.app_id,
            "account": self.oa.account.account,
            "callback": self.platform.address,
            "followers": len(self.people.followers()),
            "people": self.people.state(),
            "options": asdict(self.options),
            "codes": [{"scene": code.scene, "url": code.url, "until": code.until} for code in self.codes.good()],
            "menu": self.menu.buttons,
            "mass": [
                {
                    "msg_id": job.msg_id,
                    "status": job.status,
                    "confirmed": job.confirmed,
                    "counts": job.counts,
                    "people": len(job.people),
                    "text": str(job.content.get("content", "")),
                    "at": job.submitted_at,
                }
                for job in self.mass.jobs.values()
            ],
            "tokens": self.tokens.state(),
            "used": self.door.use(),
        }

    def file(self, media_id: str) -> tuple[bytes, str]:
        """A photo or recording, and what it is. Raises ApiFault."""
        stored = self.media.live(media_id)
        return stored.data, stored.content_type

    def settle(self) -> bool:
        """Makes the pushes that were held back, and waits until nothing is left to be pushed."""
        self.oa.pushes.release()
        return self.oa.pushes.settle()

    def close(self) -> None:
        """Ends the thread of its pushes."""
        self.oa.pushes.close()

    def _offer(self) -> None:
        offer, tokens = self.door.offer, TokenInterfaces(self.oa, self.door)
        messages, oauth = Messages(self.oa), OAuth(self.oa)
        offer("GET", "/cgi-bin/token", tokens.classic, token=False, secret=True)
        offer("POST", "/cgi-bin/stable_token", tokens.stable, token=False, secret=True)
        offer("POST", "/cgi-bin/openapi/quota/get", tokens.quota)
        offer("POST", "/cgi-bin/clear_quota", tokens.clear)
        offer("POST", "/cgi-bin/message/custom/send", messages.custom)
        offer("POST", "/cgi-bin/message/template/send", messages.template)
        offer("GET", "/cgi-bin/template/get_all_private_template", messages.templates)
        offer("POST", "/cgi-bin/message/subscribe/bizsend", messages.subscription)
        offer("POST", "/cgi-bin/message/mass/send", self.mass.send)
        offer("POST", "/cgi-bin/message/mass/get", self.mass.get)
        offer("POST", "/cgi-bin/message/mass/delete", self.mass.delete)
        offer("POST", "/cgi-bin/media/upload", self.media.upload, upload=True)
        offer("GET", "/cgi-bin/media/get", self.media.get)
        offer("GET", PICTURES, self.media.look, token=False)
        offer("GET", "/cgi-bin/user/info", self.people.info)
        offer("POST", "/cgi-bin/user/info/batchget", self.people.batch)
        offer("GET", "/cgi-bin/user/get", self.people.page)
        offer("POST", "/cgi-bin/menu/create", self.menu.create)
        offer("GET", "/cgi-bin/menu/get", self.menu.get)
        offer("GET", "/cgi-bin/menu/delete", self.menu.delete)
        offer("POST", "/cgi-bin/qrcode/create", self.codes.create)
        offer("GET", "/sns/oauth2/access_token", oauth.access_token, token=False, secret=True)
        self.pages.offer("GET", "/connect/oauth2/authorize", oauth.authorize, token=False)
