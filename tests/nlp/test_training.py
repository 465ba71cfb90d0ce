"""What is learned, how it is measured, and that worse weights are refused."""

import io
import json
from pathlib import Path
from typing import Any

import pytest

import bot.train
from nlp import danger_training, model
from nlp.lexicon import CATEGORIES
from nlp.measuring import Figures, better, figures_of, is_emergency, measure
from nlp.reading import read
from nlp.training import CHATTER, Example, labelled, train, written

# Not so plain that a rule would find them without any weights.
REPORTS = [
    "三天了这楼道还摸黑没人修", "爬楼爬得腿软，那部梯子趴窝好几天", "厨房的水冲不下去好几天了",
    "门口那堆垃圾臭得没法过人没人收", "谁家的大狗见人就扑，吓得娃不敢下楼",
]  # fmt: skip
TALK = ["电梯修好了谢谢", "出一台洗衣机自提", "通知：明天停水检修", "谁有疏通电话", "今天吃什么", "我老家也停电"]


def _examples() -> list[Example]:
    return [Example(text, "building") for text in REPORTS] + [Example(text, None) for text in TALK]


def _file(folder: Path, name: str, rows: list[Example]) -> Path:
    path = folder / name / "messages.jsonl"
    path.parent.mkdir()
    kinds = {True: "report", False: "hard_negative"}
    lines = [
        {"text": row.text, "category": row.category, "kind": kinds[row.category is not None], "urgency": "ordinary"}
        for row in rows
    ]
    path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")
    return path


def test_training_tells_reports_from_talk() -> None:
    model.use(train(_examples()))
    try:
        lowest = min(read(text).confidence for text in REPORTS)
        assert all(read(text).confidence < lowest for text in TALK)
    finally:
        model.use(None)


def test_training_is_repeatable() -> None:
    assert train(_examples()) == train(_examples())


def test_weights_survive_their_file(tmp_path: Path) -> None:
    learned = train(_examples())
    model.save(learned, tmp_path / "weights.json")
    again = model.load(tmp_path / "weights.json")
    assert again.report == {
        family: model.exact({name: round(weight, 2) for name, weight in table.items()})
        for family, table in learned.report.items()
    }
    assert {family: table.keys() for family, table in again.category.items()} == {
        family: table.keys() for family, table in learned.category.items()
    }
    assert (again.opening, again.asking) == (learned.opening, learned.asking)


def test_the_written_messages_cover_every_category_and_talk() -> None:
    found = {example.category for example in written()}
    assert found == {*CATEGORIES, None}


def test_figures_say_what_was_found_and_what_was_false() -> None:
    rows: list[dict[str, Any]] = [
        {"text": "三号楼门口路灯坏了半个月了", "kind": "report", "category": "road_facility", "urgency": "ordinary"},
        {"text": "今天天气真好", "kind": "report", "category": "other", "urgency": "ordinary"},
        {"text": "电梯修好了，谢谢", "kind": "hard_negative"},
        {"text": "吃了吗"},
    ]
    figures = measure(None, rows)
    assert (figures.recall, figures.category, figures.false_alarm_topical, figures.false_alarm_chatter) == (
        0.5,
        1,
        0,
        0,
    )


def _figures(recall: float, topical: float) -> Figures:
    return Figures(recall, topical, 0.001, 0.9, 0.9, 1.0, 0.0, 0.9, 0.5)


@pytest.mark.parametrize(
    ("recall", "topical", "kept"), [(0.9, 0.05, True), (0.93, 0.05, True), (0.8, 0.05, False), (0.9, 0.12, False)]
)
def test_worse_weights_are_not_better(recall: float, topical: float, kept: bool) -> None:
    assert better(_figures(recall, topical), _figures(0.9, 0.05)) is kept


def test_corrections_that_make_it_worse_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bot.train, "written", list)
    one, other = _file(tmp_path, "one", _examples()), _file(tmp_path, "other", _examples())
    lies = [Example(text, None, 1.0) for text in REPORTS * 8]
    wrong = _file(tmp_path, "wrong", lies)
    out, said = tmp_path / "weights.json", io.StringIO()
    assert bot.train.run([one, other], [wrong], out=out, stdout=said) == 1
    assert not out.exists()
    assert "refused" in said.getvalue()


def test_weights_are_written_unmeasured_where_nobody_asks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bot.train, "written", list)
    one, out, said = _file(tmp_path, "one", _examples()), tmp_path / "weights.json", io.StringIO()
    assert bot.train.run([one], out=out, measured=False, stdout=said) == 0
    assert model.load(out).report
    assert "held out" not in said.getvalue()
    lies = _file(tmp_path, "wrong", [Example(text, None, 1.0) for text in REPORTS * 8])
    other = _file(tmp_path, "other", _examples())
    assert bot.train.run([one, other], [lies], measured=False, stdout=said) == 1  # corrections are always measured


def test_every_author_is_held_out_once_and_nobody_with_everybody() -> None:
    names = [f"author{number}" for number in range(12)]
    groups = bot.train.groups(names)
    assert sorted(name for group in groups for name in group) == sorted(names)
    assert len(groups) == bot.train.GROUPS
    assert bot.train.groups(["one", "other"]) == [("one",), ("other",)]


def test_an_author_is_a_folder_or_a_file_of_one_that_holds_several(tmp_path: Path) -> None:
    folder, other = tmp_path / "both", tmp_path / "third"
    files = [folder / "a.jsonl", folder / "b.jsonl", other / "messages.jsonl"]
    for number, path in enumerate(files):
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps({"text": f"路灯{number}不亮", "kind": "report"}) + "\n", encoding="utf-8")
    authors = bot.train.authors_of(files)
    assert [rows[0]["text"] for rows in authors.values()] == ["路灯0不亮", "路灯1不亮", "路灯2不亮"]
    assert list(authors)[2] == "third"


def test_chatter_counts_more_than_what_is_said_of_the_neighbourhood() -> None:
    told, chat = labelled(
        [{"text": "灯坏了", "category": "building", "kind": "report"}, {"text": "早", "kind": "chatter"}]
    )
    assert (told.category, told.weight, chat.category, chat.weight) == ("building", 1.0, None, CHATTER)


def test_training_tells_its_figures_and_writes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bot.train, "written", list)
    one, other = _file(tmp_path, "one", _examples()), _file(tmp_path, "other", _examples())
    out, said = tmp_path / "weights.json", io.StringIO()
    assert bot.train.run([one, other], out=out, stdout=said) == 0
    assert model.load(out).report
    assert "held out: one" in said.getvalue()


def test_what_two_readers_could_not_agree_on_is_neither_learned_nor_counted_as_an_emergency() -> None:
    rows: list[dict[str, Any]] = [
        {"text": "墙上裂了一道", "kind": "report", "category": "building", "urgency": "urgent", "doubt": True},
        {"text": "着火了", "kind": "report", "category": "fire_safety", "urgency": "emergency"},
        {"text": "吃了吗", "kind": "chatter"},
    ]
    assert [(one.text, one.category) for one in danger_training.labelled(rows)] == [
        ("着火了", "fire_safety"), ("吃了吗", None),
    ]  # fmt: skip
    assert [is_emergency(row) for row in rows] == [None, True, False]
    rings = read("着火了，快来人")
    figures = figures_of([(rows[0], rings), (rows[1], rings), (rows[2], rings)])
    assert (figures.emergency_recall, figures.false_emergencies) == (1.0, 1.0)
    figures = figures_of([(rows[0], rings), (rows[1], rings)])
    assert (figures.emergency_recall, figures.false_emergencies) == (1.0, None)
