"""The authored scenes through the replay: floors for each author's figures, and a few facts by name."""

from __future__ import annotations

import io
import json
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import click
import pytest

from bot import replay
from bot.bench.scenes import Figures

pytestmark = pytest.mark.xdist_group("scenes")
CORPUS = Path(__file__).parent.parent / "corpus"
# A little below what is reached. Recall and precision are of tickets, gathered and supporters are F1.
FLOORS = {
    "north": {"recall": 0.85, "precision": 0.85, "right": 0.7, "gathered": 0.8, "supporters": 0.7},
    "south": {"recall": 0.85, "precision": 0.85, "right": 0.7, "gathered": 0.85, "supporters": 0.7},
    "streets": {"recall": 0.9, "precision": 0.7, "right": 0.45, "gathered": 0.65, "supporters": 0.55},
    "own": {"recall": 0.95, "precision": 0.95, "right": 0.9, "gathered": 0.85, "supporters": 0.7},
    "courts": {"recall": 0.9, "precision": 0.6, "right": 0.4, "gathered": 0.68, "supporters": 0.5},
}

Ticket = dict[str, Any]


@cache
def played(author: str, scene: str) -> list[Ticket]:
    """The tickets of a scene, played once."""
    [log] = (CORPUS / author / "scenes").glob(f"{scene}*.jsonl")
    out = io.StringIO()
    assert replay.run(log, expected(author, log.stem)["bound_place"], None, True, out) == 0
    return list(json.loads(out.getvalue())["tickets"])


def expected(author: str, stem: str) -> dict[str, Any]:
    found = json.loads((CORPUS / author / "scenes" / f"{stem}.expect.json").read_text(encoding="utf-8"))
    assert isinstance(found, dict)
    return found


def seqs(ticket: Ticket) -> set[int]:
    return {ticket["first_seq"], *ticket["also_seqs"]}


@pytest.mark.soak  # minutes of chats
@pytest.mark.parametrize("author", FLOORS)
def test_figures_of_each_author(author: str) -> None:
    figures = Figures()
    for path in sorted((CORPUS / author / "scenes").glob("*.expect.json")):
        stem = path.name.removesuffix(".expect.json")
        figures.add(expected(author, stem)["tickets"], played(author, stem))
    reached = figures.figures()
    assert {name: round(reached[name], 3) for name, floor in FLOORS[author].items() if reached[name] < floor} == {}


def test_a_photo_before_the_words_a_correction_after_them() -> None:
    pole = next(ticket for ticket in played("north", "01") if ticket["reporter"] == "7-1-老周")
    assert {4, 9, 12, 13} <= seqs(pole)
    assert pole["place"] == ["二单元"]


def test_one_person_two_matters_and_a_quoted_photo() -> None:
    tickets = played("north", "03")
    assert len(tickets) == 4
    wall = next(ticket for ticket in tickets if ticket["reporter"] == "前排杨会计")
    assert wall["category"] == "building"
    assert 18 in seqs(wall)
    assert wall["supporters"] == ["大老李"]


def test_a_night_of_gas_is_one_emergency() -> None:
    [gas] = played("north", "05")
    assert (gas["category"], gas["urgency"]) == ("utilities", "emergency")
    assert played("south", "08")[0]["urgency"] == "emergency"


def test_what_was_recalled_and_explained_is_withdrawn() -> None:
    withdrawn = [ticket for ticket in played("south", "05") if ticket["withdrawn"]]
    assert [ticket["reporter"] for ticket in withdrawn] == ["6座802老吴"]
    assert 20 in seqs(withdrawn[0])


def test_a_correction_moves_the_ticket_and_opens_none() -> None:
    lift = next(ticket for ticket in played("south", "05") if ticket["reporter"] == "5座1201Kelly")
    assert lift["place"] == ["5座"]


@pytest.mark.parametrize(("author", "scene", "first"), [("south", "09", 14), ("north", "09", 7), ("own", "06", 6)])
def test_in_a_staff_group_only_the_patrols_find_is_new(author: str, scene: str, first: int) -> None:
    [found] = played(author, scene)
    assert found["first_seq"] == first
    assert {first + 1, first + 2} <= seqs(found)


def test_two_matters_in_private() -> None:
    assert [ticket["first_seq"] for ticket in played("south", "10")] == [7, 8]


# --- a log that cannot be played is refused in one sentence


def line(**more: object) -> str:
    usual = {"seq": 1, "at": "2026-03-02T09:00:00+08:00", "chat": "群", "sender": "甲", "role": "resident"}
    return json.dumps(usual | {"kind": "text", "text": "早上好"} | more, ensure_ascii=False)


LATER = "2026-03-02T09:05:00+08:00"


@pytest.mark.parametrize(
    ("lines", "complaint"),
    [
        ([], "no messages"),
        (["not json"], "line 1"),
        ([line(role="boss")], "role"),
        ([line(kind="dance")], "kind"),
        ([line(chat=" ")], "chat is empty"),
        ([line(at="noon")], "line 1"),
        ([line(text=5)], "text"),
        ([line(at=LATER), line(seq=2)], "line 2 was said before"),
        ([line(), line(at=LATER)], "seq 1 is taken"),
    ],
)
def test_a_bad_log_is_refused_with_its_line(tmp_path: Path, lines: list[str], complaint: str) -> None:
    log = tmp_path / "log.jsonl"
    log.write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(click.ClickException, match=complaint) as refused:
        replay.run(log, None, None, True, io.StringIO())
    assert refused.value.exit_code == 2


LAMP = "三号楼门口路灯坏了半个月了"


def play(tmp_path: Path, lines: list[str], until: str | None = None) -> dict[str, Any]:
    log, out = tmp_path / "log.jsonl", io.StringIO()
    log.write_text("\n".join(lines), encoding="utf-8")
    replay.run(log, "梧桐里小区", datetime.fromisoformat(until) if until else None, True, out)
    result = json.loads(out.getvalue())
    assert isinstance(result, dict)
    return result


def test_until_runs_the_clock_on_or_stops_it(tmp_path: Path) -> None:
    lines = [line(text=LAMP), line(seq=2, at=LATER, sender="网格员", role="grid_worker", text="大家好")]
    assert play(tmp_path, lines)["reminders"] == []
    later = play(tmp_path, lines, "2026-03-02T17:30:00+08:00")
    assert [row["to"] for row in later["reminders"]][:1] == ["网格员"]
    assert play(tmp_path, lines, "2026-03-02T08:00:00+08:00")["tickets"] == []


def test_without_a_grid_worker_reminders_go_to_whoever_is_there(tmp_path: Path) -> None:
    lines = [line(text=LAMP), line(seq=2, at=LATER, sender="物业小刘", role="admin", text="大家好")]
    reminded = play(tmp_path, lines, "2026-03-02T17:30:00+08:00")["reminders"]
    assert {row["to"] for row in reminded} == {"物业小刘"}


def test_an_unknown_ticket_number_is_answered_and_passed_over(tmp_path: Path) -> None:
    worker = {"sender": "网格员", "role": "grid_worker", "chat": "工作群"}
    result = play(tmp_path, [line(text="接单 4711", **worker), line(seq=2, at=LATER, text=LAMP)])
    assert any("4711" in said["text"] for said in result["said"])
    assert [ticket["first_seq"] for ticket in result["tickets"]] == [2]
