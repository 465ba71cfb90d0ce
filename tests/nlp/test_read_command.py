"""`menkou read`: one line out for each line in, as the contract says."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path

from bot.read import run

CORPUS = Path(__file__).parent.parent / "corpus"

KEYS = {"id", "is_report", "band", "confidence", "kind", "category", "also", "urgency", "place", "because"}


def test_lines_in_lines_out_in_order() -> None:
    asked = [{"id": 1, "text": "三号楼门口路灯坏了半个月了"}, {"id": "b", "text": "谢谢"}]
    out = io.StringIO()
    code = run([], True, io.StringIO("".join(json.dumps(row) + "\n" for row in asked)), out)
    answers = [json.loads(line) for line in out.getvalue().splitlines()]
    assert code == 0
    assert [answer["id"] for answer in answers] == [1, "b"]
    assert all(set(answer) == KEYS for answer in answers)
    assert (answers[0]["category"], answers[0]["place"]) == ("road_facility", ["三号楼"])
    assert (answers[1]["is_report"], answers[1]["category"], answers[1]["urgency"]) == (False, None, None)


def test_a_bad_line_is_answered_and_told_at_the_end() -> None:
    out = io.StringIO()
    code = run([], True, io.StringIO('nonsense\n[]\n{"id":1}\n{"id":2,"text":"路灯坏了"}\n'), out)
    answers = [json.loads(line) for line in out.getvalue().splitlines()]
    assert code == 2
    assert [answer["id"] for answer in answers] == [None, None, None, 2]
    assert all("error" in answer for answer in answers[:3])


def test_a_text_is_told_as_a_table() -> None:
    out = io.StringIO()
    assert run(["三号楼门口路灯坏了半个月了"], False, io.StringIO(), out) == 0
    assert "road_facility" in out.getvalue()
    assert "三号楼" in out.getvalue()


def test_two_processes_say_the_same_to_the_last_digit() -> None:
    lines = (CORPUS / "danger4/messages.jsonl").read_bytes().splitlines(keepends=True)
    lines += (CORPUS / "coast/messages.jsonl").read_bytes().splitlines(keepends=True)
    asked = b"".join(lines[::4])
    answers = []
    for seed in ("1", "2"):
        command = [sys.executable, "-c", "import sys; from bot.read import run; run([], True, sys.stdin, sys.stdout)"]
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONIOENCODING": "utf-8"}
        done = subprocess.run(command, input=asked, capture_output=True, env=environment, timeout=60, check=True)
        answers.append(done.stdout.decode().splitlines())
    assert [one for one, other in zip(*answers, strict=True) if one != other] == []


def test_the_mark_that_some_editors_write_first_is_no_part_of_a_line() -> None:
    out = io.StringIO()
    assert run([], True, io.StringIO('\ufeff{"id":1,"text":"路灯坏了"}\r\n'), out) == 0
    assert json.loads(out.getvalue())["id"] == 1
