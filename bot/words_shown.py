"""``menkou words`` and ``menkou places``: what is there, what would change, and the change itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import click
from sqlalchemy import select

from bot import vocabulary
from bot.preview import Preview, Shown, preview
from bot.settings import Settings
from bot.vocabulary import Edit, NicknameEdit, PlaceEdit, Refused, word_edit
from bot.wiring import App, build
from nlp import own
from storage import listening, own_words
from storage.people import Building, Unit

WRONG_USE = 2
LATEST = 10
WHY = {
    "word": "a word has 1 to 40 characters and no blanks",
    "short": "one character alone stands in too many words: give two or more",
    "group": "there is no such group; a category or a way of speaking is meant, or `=` and another word",
    "there": "the word stands in this group already",
    "not_there": "the word does not stand in this group",
    "synonym": "give `=` and one other word, without blanks; what stands for another is taken out by `remove`",
    "circle": "a word cannot stand for one that it is part of, that it contains, or that itself stands for another",
    "twice": "the word stands for another one already; remove that first",
    "unit": "there is no unit of this name",
    "units": "several units have this name; rename one, or use the console",
    "building": "the unit has no building of this name",
    "name": "a name has 2 to 40 characters and no blanks, all nicknames together at most 200",
}


@contextmanager
def _app(settings: Settings) -> Iterator[App]:
    app = build(settings)
    try:
        yield app
    finally:
        app.close()


def words(settings: Settings) -> int:
    """Prints every own word and the latest changes."""
    with _app(settings) as app, app.reading() as db:
        rows = own_words.words(db)
        for row in rows:
            click.echo(f"{'-' if row.removes else '+'} {row.word}  {row.means}  {own.name_of(row.means)}")
        click.echo(f"{len(rows)} own word(s)")
        for change in listening.changes(db, "word:", LATEST):
            who = f"staff {change.staff_id}" if change.staff_id is not None else "operator"
            click.echo(f"  {change.at:%Y-%m-%d %H:%M} UTC  {change.about}  {change.kind}  {who}")
    return 0


def places(settings: Settings) -> int:
    """Prints place names and nicknames by unit."""
    with _app(settings) as app, app.reading() as db:
        landmarks = own_words.landmarks(db)
        buildings = db.scalars(select(Building).where(Building.nicknames.is_not(None)).order_by(Building.id)).all()
        for unit in vocabulary.places(db):
            mine = [f"{one.name}{' (outside)' if one.outside else ''}" for one in landmarks if one.unit_id == unit.id]
            mine += [f"{one.name} = {one.nicknames}" for one in buildings if one.estate_id == unit.id]
            if mine or unit.nicknames:
                click.echo("  ".join(filter(None, [unit.name, unit.nicknames and f"= {unit.nicknames}", *mine])))
        click.echo(f"{len(landmarks)} place name(s)")
    return 0


def change_word(settings: Settings, word: str, means: str, *, takes_out: bool) -> int:
    """Puts a word in or takes it out. Exit 2 for what cannot be entered."""
    return _change(settings, lambda app: word_edit(word, means, takes_out=takes_out), only_preview=False)


def preview_word(settings: Settings, word: str, means: str, *, takes_out: bool) -> int:
    """Prints what that would change."""
    return _change(settings, lambda app: word_edit(word, means, takes_out=takes_out), only_preview=True)


def change_place(
    settings: Settings, unit: str, name: str, *, outside: bool, building: str, takes_out: bool, preview: bool
) -> int:
    """Enters a place name or takes it out, or only prints what that would change."""

    def edit(app: App) -> Edit:
        return PlaceEdit(_unit(app, unit).id, name.strip(), outside, building, takes_out)

    return _change(settings, edit, only_preview=preview)


def change_nicknames(settings: Settings, unit: str, names: Sequence[str], *, building: str, preview: bool) -> int:
    """Gives a unit or building other nicknames, or only prints what that would change."""

    def edit(app: App) -> Edit:
        return NicknameEdit(_unit(app, unit).id, vocabulary.names_of(" ".join(names)), building)

    return _change(settings, edit, only_preview=preview)


def _unit(app: App, name: str) -> Unit:
    with app.reading() as db:
        return vocabulary.unit_named(db, name)


def _change(settings: Settings, edit_of: Callable[[App], Edit], *, only_preview: bool) -> int:
    with _app(settings) as app:
        try:
            edit = edit_of(app)
            with app.reading() as db:
                after = vocabulary.proposed(db, edit)
            if only_preview:
                _show(preview(app, after, apart=False))
                return 0
            changed = vocabulary.save(app, edit, None)
        except Refused as refused:
            click.echo(f"menkou: {WHY[refused.key]}", err=True)
            return WRONG_USE
    click.echo("saved; running processes know it within seconds" if changed else "nothing changed: it is so already")
    return 0


def _show(found: Preview) -> None:
    difference = found.difference
    click.echo(f"messages that come with Menkou: {len(difference.shipped)} would be read differently")
    for shown in found.shipped:
        click.echo(_line(shown))
    click.echo(f"tickets of the last 90 days: {len(difference.given)} of {found.tickets} would be read differently")
    for shown in found.given:
        click.echo(_line(shown))
    click.echo(f"{'':<24}{'before':>8}{'after':>8}")
    for name in ("recall", "false_alarm_topical", "false_alarm_chatter", "category"):
        before, after = (getattr(marks, name) for marks in (difference.before, difference.after))
        click.echo(f"  {name:<22}{_share(before):>8}{_share(after):>8}")


def _line(shown: Shown) -> str:
    number = f"{shown.number}  " if shown.number is not None else ""
    what = f"{shown.before or 'no report'} -> {shown.after or 'no report'}"
    old, new = ("、".join(place) or "-" for place in shown.places)
    return f"  {number}{what}{'' if old == new else f', {old} -> {new}'}  {shown.text}"


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.4f}"
