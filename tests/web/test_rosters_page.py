"""The console's page of rosters: written by whoever keeps them, told to those concerned, refused to everybody else."""

from __future__ import annotations

from sqlalchemy import select, update

from storage.people import Post, Role, Staff, Unit
from storage.rosters import Duty
from tests.web.conftest import Site

PAGE = "/console/duty"


def rows(site: Site) -> list[Duty]:
    with site.app.reading() as db:
        return list(db.scalars(select(Duty).order_by(Duty.id)))


def form(site: Site, **more: str) -> dict[str, str]:
    """What the page's form sends: somebody of the first community, tonight."""
    with site.app.reading() as db:
        unit = db.scalars(select(Unit).where(Unit.kind == "community").order_by(Unit.id)).first()
        assert unit is not None
        held = select(Post.staff_id).where(Post.unit_id == unit.id, Post.role == Role.COMMUNITY)
        staff = db.scalars(select(Staff).where(Staff.id.in_(held)).order_by(Staff.id)).first()
        assert staff is not None
        given = {"unit": str(unit.id), "staff": staff.ref, "part": "duty"}
    return {**given, "starts": "2099-03-02T20:00", "ends": "2099-03-03T08:00", **more}


def test_a_line_is_put_down_once_told_and_taken_off(quick_site: Site) -> None:
    assert quick_site.client.get(PAGE).status_code == 200
    for _ in range(2):
        answer = quick_site.client.post(PAGE, data=form(quick_site), follow_redirects=False)
        assert answer.status_code == 303
    [row] = rows(quick_site)
    assert row.starts_at.isoformat() == "2099-03-02T12:00:00+00:00"
    answer = quick_site.client.post(f"{PAGE}/drop", data={"duty": str(row.id)}, follow_redirects=False)
    assert answer.status_code == 303
    assert rows(quick_site)[0].dropped_at is not None


def test_what_cannot_be_is_said_and_what_is_not_theirs_refused(quick_site: Site) -> None:
    backwards = form(quick_site, starts="2099-03-03T08:00", ends="2099-03-02T20:00")
    answer = quick_site.client.post(PAGE, data=backwards)
    assert (answer.status_code, "时间不对" in answer.text) == (422, True)
    for wrong in ({"unit": "0"}, {"staff": "nobody"}, {"part": "king"}):
        assert quick_site.client.post(PAGE, data=form(quick_site, **wrong)).status_code == 403
    foreign = {"origin": "http://elsewhere.example"}
    assert quick_site.client.post(PAGE, data=form(quick_site), headers=foreign).status_code == 403
    assert rows(quick_site) == []


def test_whoever_keeps_none_reads_and_writes_nothing(quick_site: Site) -> None:
    given = form(quick_site)
    with quick_site.app.writing() as db:
        db.execute(update(Post).where(Post.role == Role.ADMIN).values(role=Role.HANDLER))
    assert quick_site.client.post(PAGE, data=given).status_code in (401, 403)
    assert rows(quick_site) == []
