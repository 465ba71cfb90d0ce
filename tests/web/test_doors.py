"""``menkou doors`` and the page held out at the door, against the simulated platforms over real HTTP."""

from __future__ import annotations

import dataclasses
import io
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from click.testing import CliRunner
from PIL import Image
from sqlalchemy import select

from bot import doors_shown, qr
from bot.cli import cli
from bot.settings import Settings
from storage.people import BindCode, Building, Household, Scene, Unit, UnitKind
from tests.channels.kf import desk
from tests.doors import kf_settings, oa_settings
from tests.platforms.callback import APP_ID, SECRET, TOKEN
from tests.platforms.oa_world import OaWorld, oa_world
from tests.web.conftest import Site, _sown, running

CODE = "AB2C3D4E"


@pytest.fixture
def world() -> Iterator[OaWorld]:
    with oa_world() as made:
        yield made


@pytest.fixture
def settings(make_settings: Callable[..., Settings], sqlite_url: str, world: OaWorld) -> Settings:
    return _sown(make_settings(database_url=sqlite_url, **oa_settings(world.address)))


def place(settings: Settings) -> tuple[str, str]:
    """An estate that has buildings, and one of them."""
    from bot import wiring

    app = wiring.build(settings)
    with app.reading() as db:
        building = db.scalars(select(Building).order_by(Building.id)).first()
        assert building is not None
        names = db.get_one(Unit, building.estate_id).name, building.name
    app.close()
    return names


def printed(settings: Settings, *arguments: str) -> tuple[int, list[str]]:
    runner = CliRunner()
    result = runner.invoke(cli, ["doors", *arguments], obj=lambda: settings, standalone_mode=False)
    if result.exception is not None:
        raise result.exception
    return int(result.return_value or 0), result.output.splitlines()


def test_a_code_is_made_once_and_drawn(settings: Settings, tmp_path: Path) -> None:
    estate, building = place(settings)
    png, svg = tmp_path / "a.png", tmp_path / "b.svg"
    assert doors_shown.qr(settings, estate, None, None, png) == 0
    assert doors_shown.qr(settings, estate, None, "oa", svg) == 0
    assert doors_shown.qr(settings, estate, building, None, svg) == 0
    from bot import wiring

    app = wiring.build(settings)
    with app.reading() as db:
        rows = db.scalars(select(Scene).order_by(Scene.id)).all()
    app.close()
    assert [row.building_id is None for row in rows] == [True, False]
    assert all(re.fullmatch(r"u[0-9a-f]{16}", row.scene) for row in rows)
    assert len({row.url for row in rows}) == 2
    with Image.open(png) as picture:
        assert picture.width == picture.height > 200
    assert svg.read_text(encoding="utf-8").startswith("<?xml")


def test_what_a_picture_says_is_the_address(settings: Settings) -> None:
    """The black squares are those of the address and no other's."""
    with Image.open(io.BytesIO(qr.picture("http://weixin.qq.com/q/abc", "png"))) as one:
        first = one.convert("1").tobytes()
    with Image.open(io.BytesIO(qr.picture("http://weixin.qq.com/q/abd", "png"))) as other:
        assert other.convert("1").tobytes() != first
    assert "<svg" in qr.on_a_page("http://weixin.qq.com/q/abc")
    assert "style=" not in qr.on_a_page("http://weixin.qq.com/q/abc")  # the page's policy would drop it


def test_the_list_says_what_is_open(settings: Settings) -> None:
    code, lines = printed(settings, "list")
    assert code == 0
    assert lines[0] == f"oa:{APP_ID}"
    assert any(line.endswith("/callback/oa") for line in lines)
    assert any("heard" in line and "never" in line for line in lines)
    assert not any(SECRET in line or TOKEN in line for line in lines)


def test_the_menu_is_written(settings: Settings, world: OaWorld) -> None:
    assert printed(settings, "menu")[0] == 0
    assert [button["name"] for button in world.get("menu/get")["menu"]["button"]]


def test_wrong_places_are_one_sentence(settings: Settings, tmp_path: Path) -> None:
    import click

    estate, _ = place(settings)
    for arguments in (("没有的小区",), (estate, "--building", "没有的楼"), (estate, "--door", "kf")):
        with pytest.raises(click.UsageError):
            printed(settings, "qr", *arguments, "--out", str(tmp_path / "x.png"))
    with pytest.raises(click.UsageError):
        printed(settings, "qr", estate, "--out", str(tmp_path / "x.gif"))
    assert not list(tmp_path.glob("x.*"))


def test_of_two_estates_of_a_name_one_is_said_with_what_is_above_it(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import click

    from bot import wiring

    name, _ = place(settings)
    app = wiring.build(settings)
    with app.writing() as db:
        first = db.scalars(select(Unit).where(Unit.name == name)).one()
        communities = select(Unit).where(Unit.kind == UnitKind.COMMUNITY).order_by(Unit.id)
        other = next(unit for unit in db.scalars(communities) if not first.path.startswith(unit.path))
        second = Unit(kind=UnitKind.ESTATE, name=name, parent_id=other.id)
        db.add(second)
        db.flush()
        second.path = f"{other.path}{second.id}/"
        wanted, above = second.id, other.name
    app.close()
    with pytest.raises(click.UsageError, match=f"there are .*{above}/{name}"):
        printed(settings, "qr", name)
    monkeypatch.chdir(tmp_path)
    assert printed(settings, "qr", f"{above}/{name}")[1][-1] == f"written: {name}.png"
    app = wiring.build(settings)
    with app.reading() as db:
        assert db.scalars(select(Scene.unit_id)).all() == [wanted]
    app.close()


def test_a_platform_that_refuses_is_exit_code_1(settings: Settings, world: OaWorld, tmp_path: Path) -> None:
    estate, _ = place(settings)
    broken = dataclasses.replace(settings, oa_app_secret="w" * 32)
    assert doors_shown.qr(broken, estate, None, None, tmp_path / "x.png") == 1
    assert not (tmp_path / "x.png").exists()


# --- the household's page


def give(site: Site) -> None:
    """A household's code, as staff get it by registering somebody."""
    with site.app.writing() as db:
        home = db.scalars(select(Household).order_by(Household.id)).first()
        assert home is not None
        row = BindCode(code_hash=site.app.vault.lookup(f"code:{CODE}"), household_id=home.id, uses_left=6)
        row.expires_at = site.app.clock.now(db) + timedelta(hours=48)
        db.add(row)


def test_the_page_shows_the_picture_and_the_words(settings: Settings, world: OaWorld) -> None:
    with running(settings) as site:
        give(site)
        page = site.client.get(f"/q/{CODE.lower()}")
        assert page.status_code == 200
        assert "<svg" in page.text
        assert f"绑定 {CODE}" in page.text
        assert page.headers["cache-control"] == "no-store"
        for unknown in ("ZZZZZZZZ", "A", f"{CODE}0", "../t/x"):
            assert site.client.get(f"/q/{unknown}").status_code == 404
        with site.app.writing() as db:
            db.query(BindCode).update({"uses_left": 0})
        assert site.client.get(f"/q/{CODE}").status_code == 404


def test_without_a_platform_the_words_are_enough(plain_site: Site) -> None:
    give(plain_site)
    page = plain_site.client.get(f"/q/{CODE}")
    assert page.status_code == 200
    assert "<svg" not in page.text
    assert f"绑定 {CODE}" in page.text


def test_the_customer_services_link_carries_the_code() -> None:
    with desk() as office:
        url = qr.of_household(office.channel, CODE)
        assert parse_qs(urlsplit(url).query)["scene_param"] == [f"h{CODE}"]
        assert unquote(url).startswith("http")


def test_the_customer_service_has_a_place_too(
    make_settings: Callable[..., Settings], sqlite_url: str, tmp_path: Path
) -> None:
    with desk() as office:
        base = office.base.removesuffix("/wecom")
        settings = _sown(make_settings(database_url=sqlite_url, **kf_settings(base)))
        estate, _ = place(settings)
        assert doors_shown.qr(settings, estate, None, "kf", tmp_path / "kf.svg") == 0
    assert (tmp_path / "kf.svg").exists()


def test_how_long_somebody_may_be_spoken_to_is_told_in_hours_and_minutes() -> None:
    assert [doors_shown._long(timedelta(minutes=one)) for one in (1, 90, 48 * 60)] == ["1 min", "90 min", "48 h"]
