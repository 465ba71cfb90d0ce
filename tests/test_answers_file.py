"""`menkou answers`: a file is taken whole or, with its faults by line, not at all; what is written reads again."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot import answers_file, answers_kept
from bot.settings import Settings
from storage import base
from storage.engine import open_engine
from storage.registering import FaultsError

GOOD = '[[answer]]\nquestion = "老年卡怎么办"\nothers = ["敬老卡"]\nanswer = "到社区办"\nsource = "民政办"\n'
HEADING = "unit,question,others,answer,source,valid_until\n"


def taken(tmp_path: Path, name: str, text: str) -> list[str]:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    with pytest.raises(FaultsError) as error:
        answers_file.read(path)
    return error.value.faults


@pytest.mark.parametrize(
    ("name", "text", "fault"),
    [
        ("a.toml", GOOD + "[[answer]]\nquestion = 3\n", "line 6: question must be text"),
        ("a.toml", GOOD + '[[answer]]\nquestion = "x"\n', "line 6: answer is missing"),
        ("a.toml", GOOD + "valid_until = 2027-13-01\n", "line 6"),
        ("a.toml", GOOD + 'valid_until = "soon"\n', "line 1: valid_until must be a day like 2027-12-31, not soon"),
        ("a.toml", GOOD + "\n" + GOOD, "line 7: the same question for the same unit stands in line 1"),
        ("a.toml", GOOD + "colour = 1\n", "line 1: colour is no field"),
        ("a.toml", "[answers]\n", "line 1: only [[answer]] is read"),
        ("a.toml", "", "line 1: no answer in this file"),
        ("a.txt", GOOD, "the name must end in .toml or .csv"),
        ("a.csv", "question,answer\n", "line 1: the heading has no source"),
        ("a.csv", HEADING + ",问,,答,来源,明年\n", "line 2: valid_until must be a day"),
        ("a.csv", HEADING + ",问,,答,来源,,多\n", "line 2: more fields than the heading has"),
        ("a.csv", HEADING + f",问,,{'长' * 1001},来源,\n", "line 2: answer is longer than 1000 characters"),
        ("a.csv", HEADING + ',问,,"答\n', "line 2"),
    ],
)
def test_a_fault_is_named_with_its_line(tmp_path: Path, name: str, text: str, fault: str) -> None:
    assert any(fault in found for found in taken(tmp_path, name, text))


def test_older_spreadsheets_write_chinese_otherwise_and_what_is_neither_is_said_so(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("question,answer,source\n问,答,来源\n".encode("gb18030"))
    assert [row.question for row in answers_file.read(path)] == ["问"]
    path.write_bytes(b"question,answer,source\n\xff\xfe\x00,1,2\n")
    with pytest.raises(FaultsError, match="UTF-8"):
        answers_file.read(path)


@pytest.mark.parametrize("form", [answers_file.toml, answers_file.comma_separated], ids=["toml", "csv"])
def test_what_is_written_reads_the_same(tmp_path: Path, form: object) -> None:
    rows = answers_file.read(answers_kept.SAMPLE)
    path = tmp_path / ("a.toml" if form is answers_file.toml else "a.csv")
    path.write_text(form(rows), encoding="utf-8-sig" if path.suffix == ".csv" else "utf-8")  # type: ignore[operator]
    again = answers_file.read(path)
    assert [(row.unit, row.question, row.others, row.answer, row.source, row.valid_until) for row in again] == [
        (row.unit, row.question, row.others, row.answer, row.source, row.valid_until) for row in rows
    ]
    assert len(rows) >= 25


def test_the_commands_write_all_or_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settings = Settings(data=tmp_path, secret_keys=(bytes(32),), database_url=f"sqlite:///{tmp_path / 'x.db'}")
    engine = open_engine(settings.database_url, tmp_path / "write")
    base.metadata.create_all(engine)
    engine.dispose()
    file = tmp_path / "a.toml"
    file.write_text(GOOD, encoding="utf-8")
    assert answers_kept.read_in(settings, file, replace=False, check=True) == 0
    assert answers_kept.read_in(settings, file, replace=False, check=False) == 0
    assert capsys.readouterr().out == "1 answers, no fault.\n1 new, 0 changed, 0 as before, 0 removed.\n"
    file.write_text(GOOD.replace("到社区办", "到街道办") + '\n[[answer]]\nunit = "无"\n' + GOOD[11:], encoding="utf-8")
    assert answers_kept.read_in(settings, file, replace=False, check=False) == 2
    assert "line 7: there is no unit called 无" in capsys.readouterr().err
    file.write_text(GOOD.replace("老年卡", "残疾证"), encoding="utf-8")
    assert answers_kept.read_in(settings, file, replace=True, check=False) == 0
    assert answers_kept.show(settings, expired=False) == 0
    out = capsys.readouterr().out
    assert "1 new, 0 changed, 0 as before, 1 removed." in out
    assert "*  残疾证怎么办  always" in out
    assert answers_kept.write_out(settings, tmp_path / "b.xlsx") == 2
    assert answers_kept.write_out(settings, tmp_path / "b.toml") == 0
    assert "残疾证怎么办" in (tmp_path / "b.toml").read_text(encoding="utf-8")
