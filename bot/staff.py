"""``menkou staff``: who works here, and the one-time code that binds an account to one of them."""

from __future__ import annotations

import secrets
from datetime import timedelta

import click
from sqlalchemy import func, select

from bot.settings import Settings
from bot.wiring import App, build
from storage import directory
from storage.people import Account, BindCode, Staff

ALPHABET = "ABCDEFGHJKMNPQRSTVWXYZ23456789"  # nothing that is read as something else on a phone
LENGTH = 8  # about 39 bits, good for one day and one use
VALID = timedelta(hours=24)


def issue(app: App, staff_id: int) -> str:
    """A fresh code for a member of staff, valid for a day. Raises KeyError when there is nobody of this id."""
    code = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    with app.writing() as db:
        if db.get(Staff, staff_id) is None:
            raise KeyError(staff_id)
        expires = app.clock.now(db) + VALID
        db.add(BindCode(code_hash=app.vault.lookup(f"code:{code}"), staff_id=staff_id, expires_at=expires))
    return code


def show(settings: Settings) -> int:
    """Prints everybody with their id, posts and how many accounts reach them."""
    app = build(settings)
    with app.reading() as db:
        followed = select(Account.staff_id, func.count()).where(Account.follows).group_by(Account.staff_id)
        bound = dict(db.execute(followed).all())
        for row in db.scalars(select(Staff).where(Staff.active).order_by(Staff.id)):
            posts = ", ".join(f"{post.unit.name} {post.role}" for post in row.posts)
            name = directory.name_of(app.vault, row)
            click.echo(f"{row.id:>5}  {name}  {posts}  {bound.get(row.id, 0)} account(s)")
    app.close()
    return 0


def code(settings: Settings, staff_id: int) -> int:
    """Prints a one-time code and what to do with it. Exit 1 when there is nobody of this id."""
    app = build(settings)
    try:
        fresh = issue(app, staff_id)
    except KeyError:
        click.echo(f"nobody on the staff has the id {staff_id}; menkou staff list shows everybody", err=True)
        return 1
    finally:
        app.close()
    click.echo(fresh)
    click.echo(
        "Valid for 24 hours and one use: the person sends the bot the word for binding and this code, in private."
    )
    return 0
