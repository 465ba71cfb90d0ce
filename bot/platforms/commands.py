"""``menkou simulator``: the options; the body is imported when it runs."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from pathlib import Path
from urllib.parse import urlsplit

import click

CHINA = timezone(timedelta(hours=8))


def _address(context: click.Context, parameter: click.Parameter, value: str) -> str:
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError as error:
        raise click.BadParameter("this is no address") from error
    if parts.scheme not in ("http", "https") or not parts.hostname or port == 0 or parts.query or parts.fragment:
        raise click.BadParameter("an address reads http://127.0.0.1:8000")
    return value.rstrip("/")


def _moment(context: click.Context, parameter: click.Parameter, value: str | None) -> datetime | None:
    if value is None:
        return None
    if value == "now":
        return datetime.now(CHINA)
    try:
        moment = datetime.fromisoformat(value)
    except ValueError as error:
        raise click.BadParameter("a time reads 2026-03-02T09:00, or now") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=CHINA)


@click.command()
@click.option(
    "--port", type=click.IntRange(1, 65535), default=8100, show_default=True, help="Port, on this machine only."
)
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("data/simulator"),
    show_default=True,
    help="Folder of the record, and of the trial deployment that the printed lines lead to.",
)
@click.option(
    "--callback",
    callback=_address,
    default="http://127.0.0.1:8000",
    show_default=True,
    help="Address of the server that is tried; the platforms push to it.",
)
@click.option(
    "--virtual-time",
    "at",
    callback=_moment,
    help="The platforms' clock stands here until it is moved: ISO 8601 (+08:00 unless said), or now.",
)
@click.option("--env", "only_lines", is_flag=True, help="Print the environment for `menkou up`, and start nothing.")
def simulator(port: int, data: Path, callback: str, at: datetime | None, only_lines: bool) -> int:
    """Run simulated platforms to try Menkou with: official account, WeCom, its customer service, SMS."""
    from bot.platforms import trial

    if only_lines:
        folder = data.expanduser().absolute()
        click.echo(trial.lines(trial.environment(f"http://{trial.HOST}:{port}", callback, folder)))
        return 0
    return trial.run(port, data, callback, at)
