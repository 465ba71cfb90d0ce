"""``menkou …``: every command, and nothing but its options.

The bodies are imported inside the commands: ``--help`` stays quick, and each process loads only what it runs.
Exit codes: 0 done, 1 a fault was found, 2 wrong use or a wrong setting (one sentence on stderr).
"""

from __future__ import annotations

import os
import sys
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot import __version__
from bot.command_groups import GROUPS, say_whole

if TYPE_CHECKING:
    from bot.settings import Settings

CHINA = timezone(timedelta(hours=8))
FAULT = 1
WRONG_USE = 2
INTERRUPTED = 130
YEARS = range(2000, 2101)  # of a virtual clock


def _settings(*, begins: bool = False) -> Settings:
    from bot.child import wait_for_go
    from bot.settings import Settings

    # Evaluated after a command's body was imported: under `menkou up` that work runs beside the migrations.
    wait_for_go()
    return Settings.from_env(os.environ, begins=begins)


def _moment(context: click.Context, parameter: click.Parameter, value: str | None) -> datetime | None:
    if value is None:
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError as error:
        raise click.BadParameter("a time reads 2026-03-02T09:00") from error
    if moment.year not in YEARS:
        raise click.BadParameter(f"a year is one from {YEARS[0]} to {YEARS[-1]}")
    return moment if moment.tzinfo else moment.replace(tzinfo=CHINA)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "obj": _settings})
@click.version_option(__version__, prog_name="menkou")
def cli() -> None:
    """The chat-bot front door of a neighbourhood."""


# --- processes


@cli.command()
def up() -> int:
    """Run everything on this machine: queue, migrations, web, workers, clock, listen."""
    from bot import supervise

    return supervise.run(_settings(begins=True))


@cli.command()
def web() -> int:
    """Run the web process: callbacks, pages, API."""
    from bot.web import server

    return server.run(_settings())


@cli.command()
@click.argument("queue", type=click.Choice(["replies", "bulk"]))
def worker(queue: str) -> int:
    """Run one worker for exactly one QUEUE."""
    from bot import jobs

    return jobs.work(_settings(), queue)


@cli.command()
def clock() -> int:
    """Run the clock: timers, the sweep of what is owed, the purge."""
    from bot import clock as body

    return body.run(_settings())


@cli.command()
def listen() -> int:
    """Hold the long-lived connections and pulls of channels; one leader an account."""
    from bot import listen as body

    return body.run(_settings())


# --- the deployment


@cli.command()
def migrate() -> int:
    """Bring the database to this version's schema."""
    from bot import migrate as body

    return body.run(_settings(begins=True))


@cli.command()
@click.option("--households", type=click.IntRange(1), help="About how many households; the invented street has 900.")
@click.option("--groups", type=click.IntRange(1), help="How many residents' groups.")
def seed(households: int | None, groups: int | None) -> int:
    """Fill an empty database with an invented neighbourhood."""
    from bot import seed as body

    return body.run(_settings(), households, groups)


@cli.command()
def doctor() -> int:
    """Check database, migrations, queue, clock, channels and disk, and say what to do about each fault."""
    from bot import doctor as body

    return body.run(_settings())


@cli.command()
def purge() -> int:
    """Blank what is not to be kept: talk that was no report, expired media."""
    from bot import purge as body

    return body.run(_settings())


@cli.command()
@click.argument("target", type=click.Path(dir_okay=False, path_type=Path))
def backup(target: Path) -> int:
    """Write the whole database, media included and keys not, to the file TARGET."""
    from bot import backup as body

    return body.backup(_settings(), target)


@cli.command()
@click.argument("source", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def restore(source: Path) -> int:
    """Read the file SOURCE, made by `menkou backup`, into an empty database."""
    from bot import backup as body

    return body.restore(_settings(begins=True), source)


@cli.group()
def keys() -> None:
    """Encryption keys."""


@keys.command()
def rotate() -> int:
    """Encrypt again, in steps, what older keys of MENKOU_SECRET_KEY wrote; old links stay readable."""
    from bot import keys as body

    return body.rotate(_settings())


@cli.group()
def staff() -> None:
    """People who work here."""


@staff.command("list")
def staff_list() -> int:
    """Show everybody: id, name, posts, bound accounts."""
    from bot import staff as body

    return body.show(_settings())


@staff.command("code")
@click.argument("staff_id", type=int)
def staff_code(staff_id: int) -> int:
    """Make a one-time code that binds an account to the member of staff with this STAFF_ID."""
    from bot import staff as body

    return body.code(_settings(), staff_id)


@staff.command("bind")
@click.argument("door", type=click.Choice(["wecom"]))
@click.option("--yes", is_flag=True, help="Bind; without it only shows what would be done.")
def staff_bind(door: str, yes: bool) -> int:
    """Bind the members of the corp to the staff of the same name, where it is unique."""
    from bot import staff_bind as body

    return body.run(_settings(), yes=yes)


@cli.group()
def inbox() -> None:
    """Messages that came in."""


@inbox.command()
@click.argument("key", required=False)
def retry(key: str | None) -> int:
    """Run failed messages again: the one named KEY, or all."""
    from bot import inbox_retry

    return inbox_retry.run(_settings(), key)


# --- reading and rehearsing; no settings needed


@cli.command()
@click.argument("texts", nargs=-1, metavar="TEXT")
@click.option("--jsonl", is_flag=True, help='One JSON object {"id", "text"} a line on stdin, one answer a line.')
@click.option(
    "--weights",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Read with the weights of a folder that `menkou bench listening --save` wrote.",
)
def read(texts: tuple[str, ...], jsonl: bool, weights: Path | None) -> int:
    """Say how the bot understands TEXT: report or not, category, urgency, place, and why."""
    if bool(texts) == jsonl:
        raise click.UsageError("Give either TEXT or --jsonl.")
    from bot import read as body

    return body.run(texts, jsonl, sys.stdin, sys.stdout, weights)


@cli.command()
@click.argument("log", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--place", help="The place that the groups of the log belong to, from the community down to the estate.")
@click.option("--until", callback=_moment, help="Stop the virtual clock here (ISO 8601; +08:00 unless said).")
@click.option("--json", "as_json", is_flag=True, help="Print tickets, words and reminders as one JSON object.")
def replay(log: Path, place: str | None, until: datetime | None, as_json: bool) -> int:
    """Play the chat log LOG through the real pipeline, with a virtual clock, on a scratch database."""
    from bot import replay as body

    return body.run(log, place, until, as_json)


for command in GROUPS:
    cli.add_command(command)
say_whole(cli)


def main() -> None:
    """Entry point of the command and of every child process."""
    for stream in (sys.stdin, sys.stdout, sys.stderr):  # whatever the terminal's locale: the words are Chinese
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    from bot.child import follow_parent
    from bot.setting_values import SettingError

    follow_parent()
    try:
        code = cli.main(prog_name="menkou", standalone_mode=False)
    except SettingError as error:
        code = _refuse(str(error))
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        code = WRONG_USE
    except click.ClickException as error:
        code = _refuse(error.format_message())
    except (click.Abort, KeyboardInterrupt):
        code = INTERRUPTED
    except Exception as error:  # noqa: BLE001 - what is not of the deployment is raised again
        code = _fault(error)
    sys.exit(code or 0)


def _fault(error: Exception) -> int:
    from bot.fit import of_the_deployment

    if (sentence := of_the_deployment(error)) is None:
        raise error
    return _refuse(sentence, FAULT)


def _refuse(sentence: str, code: int = WRONG_USE) -> int:
    print("menkou:", " ".join(sentence.split()), file=sys.stderr)
    return code


if __name__ == "__main__":
    main()
