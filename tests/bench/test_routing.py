"""Whose desk a message reaches in the sample neighbourhood: the 120 labelled messages of `menkou bench places`."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.bench import places, routing
from bot.bench.commands import bench


def test_messages_reach_the_desk_they_belong_on() -> None:
    """A wrong guess begins a chain of returns, so that what is not known is asked. The floor is of both halves."""
    routed = routing.measure(routing.cases())
    opened = [one for one in routed if one.desk is not None]
    assert len(opened) >= 110
    for half in (opened[0::2], opened[1::2]):
        assert sum(one.right for one in half) / len(half) >= 0.93
    silently = [one.case.text for one in opened if one.case.desk == routing.ASKED and one.desk != routing.ASKED]
    assert silently == []


def test_every_kind_of_chat_is_measured() -> None:
    said = Counter(case.where.partition(":")[0] for case in routing.cases())
    assert said.total() == 120
    assert min(said[where] for where in ("building", "staff", "home", "unknown")) >= 10


def test_places_of_a_file_are_scored(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [
        {"kind": "report", "text": "16栋2单元停水了", "place": ["16栋2单元"]},
        {"kind": "report", "text": "南门的灯坏了", "place": ["南门"]},
        {"kind": "chatter", "text": "3号楼", "place": []},
    ]
    counts = places.score(rows)
    assert (round(counts.exact, 2), round(counts.touching, 2)) == (0.4, 1.0)
    file = tmp_path / "messages.jsonl"
    file.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    assert places.run([file]) == 0
    assert "0.400     1.000" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "has no reports"),
        (b'{"kind": "chatter", "text": "a"}', "has no reports"),
        (b"nonsense", "line 1 is not a message"),
        (b'{"kind": "report", "text": "a", "place": "a"}', "line 1 is not a message"),
        (b'{"kind": "report", "text": "a", "place": []}\n[1]', "line 2 is not a message"),
        (b"\xff\xfe", "cannot be read"),
    ],
)
def test_a_file_of_something_else_is_said_before_anything_is_measured(
    content: bytes, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "messages.jsonl"
    file.write_bytes(content)
    result = CliRunner().invoke(bench, ["places", str(file)])
    assert (result.exit_code, "F1" in result.output) == (2, False)
    assert said in result.output
