"""Pages of notices, asked in this process: a browser without scripts, and a look at the whole database."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

import httpx
from fastapi import FastAPI
from sqlalchemy import select, update
from starlette.staticfiles import StaticFiles

from bot.notices import run_due
from bot.web import notices as pages
from bot.web import oauth
from bot.web.pages import HERE
from storage.base import Base
from storage.media import Media
from storage.notices import Notice
from storage.people import Account
from tests.notices.world import START, World


@dataclass
class Browser:
    """Keeps cookies like a browser; ``headers`` go with every request."""

    web: FastAPI
    headers: dict[str, str] = field(default_factory=dict)
    cookies: httpx.Cookies = field(default_factory=httpx.Cookies)

    def get(self, address: str, headers: Mapping[str, str] | None = None) -> httpx.Response:
        return self.ask("GET", address, headers=headers)

    def post(
        self,
        address: str,
        headers: Mapping[str, str] | None = None,
        *,
        follow: bool = True,
        data: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        return self.ask("POST", address, follow=follow, data=data, headers=headers)

    def ask(
        self,
        method: str,
        address: str,
        *,
        follow: bool = True,
        data: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        async def asked() -> httpx.Response:
            transport = httpx.ASGITransport(self.web)
            client = httpx.AsyncClient(
                transport=transport,
                base_url="http://127.0.0.1",
                follow_redirects=follow,
                headers=self.headers,
                cookies=self.cookies,
            )
            async with client:
                answer = await client.request(method, address, data=data, headers=dict(headers or {}))
                self.cookies = client.cookies
                return answer

        return asyncio.run(asked())


def browser_of(world: World, **headers: str) -> Browser:
    """A browser of somebody, with nothing kept in it yet."""
    web = FastAPI()
    web.state.app = world.app
    web.include_router(pages.router)
    web.mount("/static", StaticFiles(directory=HERE / "static"))
    return Browser(web, dict(headers))


def known_as(world: World, resident: int) -> dict[str, str]:
    """As after the platform said whose phone it is."""
    with world.app.reading() as db:
        ref = db.scalars(select(Account.ref).where(Account.resident_id == resident)).one()
    return {"cookie": f"{oauth.COOKIE}={oauth._sealed(world.app, oauth.WHO, ref, oauth.COOKIE_LASTS)}"}


def change(world: World, number: int = 1, **values: object) -> None:
    """Gives a notice what the test wants it to have."""
    with world.app.writing() as db:
        db.execute(update(Notice).where(Notice.number == number).values(version=Notice.version + 1, **values))


def store(world: World, body: bytes, mime: str) -> int:
    """A file in the table of files."""
    with world.app.writing() as db:
        row = Media(sha256="", mime=mime, bytes=body, created_at=START)
        db.add(row)
        db.flush()
        return row.id


def work(world: World) -> None:
    """Everything that notices have due."""
    while run_due(world.app):
        pass


def everything(world: World) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table."""
    with world.app.reading() as db:
        return {
            table.name: [tuple(row) for row in db.execute(select(table).order_by(*table.primary_key.columns))]
            for table in Base.metadata.sorted_tables
        }
