"""``menkou bench …``: the options; the bodies are imported when they run."""

from __future__ import annotations

from pathlib import Path

import click


@click.group()
def bench() -> None:
    """Measure this machine, against a yardstick in the same run."""


@bench.command("intake")
@click.option("--seconds", type=click.IntRange(1, 600), default=10, show_default=True, help="Length of each run.")
@click.option("--clients", type=click.IntRange(1, 512), default=32, show_default=True, help="Connections at once.")
@click.option("--rounds", type=click.IntRange(1, 99), default=3, show_default=True, help="Runs of each server.")
@click.option(
    "--door", type=click.Choice(["oa", "wecom", "kf"]), default="oa", show_default=True, help="Whose messages."
)
@click.option(
    "--postgres",
    metavar="URL",
    envvar="TEST_POSTGRES_URL",
    help="A PostgreSQL server whose user may create databases, in place of the bundled one.",
)
def bench_intake(seconds: int, clients: int, rounds: int, door: str, postgres: str | None) -> int:
    """Messages taken by a durable commit, a second: callbacks answered, or 微信客服 fetched."""
    from bot.bench import intake

    return intake.run(seconds, clients, rounds, postgres, door)


@bench.command("read")
@click.option("--messages", type=click.IntRange(100), default=5000, show_default=True, help="How many messages.")
def bench_read(messages: int) -> int:
    """Time to read a message, against jieba alone."""
    from bot.bench import read as body

    return body.run(messages=messages)


@bench.command("listening")
@click.option(
    "--corpus",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("tests/corpus"),
    show_default=True,
    help="Labelled messages and scenes, one author a folder.",
)
@click.option("--save", type=click.Path(file_okay=False, path_type=Path), help="Keep each row's weights in a folder.")
@click.option("--picture", type=click.Path(dir_okay=False, path_type=Path), help="Draw the confusion table (SVG).")
@click.option("--scenes/--no-scenes", default=True, show_default=True, help="Play the scenes too.")
def bench_listening(corpus: Path, save: Path | None, picture: Path | None, scenes: bool) -> int:
    """How well authors are understood that nothing was learned from."""
    from bot.bench import listening

    return listening.run(corpus, save, picture, scenes)


@bench.command("places")
@click.argument("files", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
def bench_places(files: tuple[Path, ...]) -> int:
    """How well places are found in FILES of labelled messages, and whose desk 120 messages reach."""
    from bot.bench import places as body

    try:
        return body.run(files)
    except body.BadFile as error:
        raise click.BadParameter(str(error)) from error


@bench.command("send")
@click.option("--seconds", type=click.FloatRange(0.1, 600), default=3, show_default=True, help="Length of each run.")
@click.option("--clients", type=click.IntRange(1, 512), default=32, show_default=True, help="Threads at once.")
@click.option("--rounds", type=click.IntRange(1, 99), default=3, show_default=True, help="Runs of each client.")
def bench_send(seconds: float, clients: int, rounds: int) -> int:
    """Calls to a platform, single and to 1000 people each, beside urllib3 alone."""
    from bot.bench import send

    return send.run(seconds, clients, rounds)


@bench.command("notice")
@click.option("--households", type=click.IntRange(1), default=42_000, show_default=True, help="How many are told.")
@click.option(
    "--way",
    type=click.Choice(["batch", "single"]),
    default="batch",
    show_default=True,
    help="A thousand people a call, or one.",
)
@click.option("--latency", default="50ms", show_default=True, metavar="TIME", help="After which the platform answers.")
@click.option("--engine", type=click.Choice(["both", "sqlite", "postgresql"]), default="both", show_default=True)
@click.option("--sample", type=click.IntRange(0), default=2000, show_default=True, help="Jobs of RQ beside it.")
@click.option("--replies", is_flag=True, help="Reports come in meanwhile: how long their answers take.")
@click.option(
    "--postgres",
    metavar="URL",
    envvar="TEST_POSTGRES_URL",
    help="A PostgreSQL server whose user may create databases, in place of the bundled one.",
)
def bench_notice(
    households: int, way: str, latency: str, engine: str, sample: int, replies: bool, postgres: str | None
) -> int:
    """A notice to a whole town, from its confirmation to the last settled household, and its account."""
    from bot.bench import notice

    engines = ("sqlite", "postgresql") if engine == "both" else (engine,)
    if not latency.removesuffix("ms").isdecimal():
        raise click.BadParameter("--latency is milliseconds, such as 50ms")
    order = notice.Order(households, way, int(latency.removesuffix("ms")), sample, replies, engines)
    return notice.run(order, postgres)


@bench.command("kills")
@click.option("--households", type=click.IntRange(1), default=50_000, show_default=True, help="How many are told.")
@click.option("--kills", type=click.IntRange(1), default=100, show_default=True, help="How often somebody is killed.")
@click.option("--seed", type=int, default=1, show_default=True, help="Who is killed, and when.")
@click.option(
    "--way",
    type=click.Choice(["batch", "single", "unkeyed"]),
    default="single",
    show_default=True,
    help="A thousand a call, one a call, or one a call where the platform knows no repeats.",
)
@click.option("--engine", type=click.Choice(["sqlite", "postgresql"]), default="sqlite", show_default=True)
@click.option("--lease", type=click.FloatRange(1), default=60.0, show_default=True, help="Seconds of a claim.")
@click.option("--postgres", metavar="URL", envvar="TEST_POSTGRES_URL", help="A PostgreSQL server on this machine.")
def bench_kills(
    households: int, kills: int, seed: int, way: str, engine: str, lease: float, postgres: str | None
) -> int:
    """A notice while everything around it is killed, and its account: lost, doubled, unknown."""
    from bot.bench import kills as body

    return body.run(body.Order(households, kills, seed, way, engine, lease), postgres)


@bench.command("timers")
@click.option("--timers", type=click.IntRange(1), default=100_000, show_default=True, help="How many are armed.")
@click.option("--acts", type=click.IntRange(0), default=40, show_default=True, help="Times moved, clocks killed.")
@click.option("--seed", type=int, default=1, show_default=True, help="When they are due, and what is done when.")
@click.option("--engine", type=click.Choice(["sqlite", "postgresql"]), default="sqlite", show_default=True)
@click.option("--seconds", type=click.IntRange(1), default=60, show_default=True, help="Length of the usual day.")
@click.option("--rate", type=click.IntRange(1), default=20, show_default=True, help="Timers of it a second.")
@click.option("--postgres", metavar="URL", envvar="TEST_POSTGRES_URL", help="A PostgreSQL server.")
def bench_timers(timers: int, acts: int, seed: int, engine: str, seconds: int, rate: int, postgres: str | None) -> int:
    """Timers after eight hours without a clock, with two that are set back and forth and killed: each fires once."""
    from bot.bench import timers as body

    order = body.Order(timers, seed, engine, acts=acts, seconds=seconds, rate=rate)
    return body.run(order, postgres)
