"""`menkou train --from-database`, `menkou words`, `menkou places`: learned, refused, taken back, without a restart."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

import bot.train
from bot import preview, taught, teaching, words_shown
from bot.settings import Settings
from bot.surroundings import Surroundings
from bot.wiring import App, build
from nlp import model
from nlp.lexicon import lexicon
from nlp.reading import read
from nlp.training import written
from storage import listening, own_words
from storage.listening import Label
from storage.people import Building, Unit

# What a film crew says in the group sounds like reports, plainly.
FILM = [f"路灯不亮了，{who}换一盏，拍戏用" for who in ("灯光组", "道具组", "剧组", "场务", "副导演", "美术组")]


KNOWN = written()[::12]


@pytest.fixture(autouse=True)
def in_less_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(teaching, "written", lambda: KNOWN)
    monkeypatch.setattr(bot.train, "written", lambda: KNOWN[::4])


@pytest.fixture
def site(make_settings: Callable[..., Settings], sqlite_url: str) -> Iterator[App]:
    app = build(make_settings(database_url=sqlite_url))
    with app.writing() as db:
        db.add(Unit(id=1, kind="estate", name="梧桐里小区", path="/1/"))
        db.flush()
        db.add(Building(estate_id=1, name="3号楼"))
    yield app
    app.close()


def teach(app: App, *texts: str, category: str | None = None) -> None:
    with app.writing() as db:
        for number, text in enumerate(texts):
            label = Label(f"in:{number}", text, category, "not_report")
            listening.learn_example(db, app.vault, label, app.clock.now(db))


def train(app: App, **more: object) -> tuple[int, str]:
    said = io.StringIO()
    code = teaching.from_database(app.settings, more.pop("labelled", ()), more.pop("out", None), stdout=said)  # type: ignore[arg-type]
    return code, said.getvalue()


def look(reader: Surroundings, text: str) -> bool:
    """Reads as the web process would, a few seconds later."""
    reader.forget()
    reader._taught.refresh()
    return read(text).is_report


def test_corrections_are_learned_told_and_taken_over_by_running_processes(site: App) -> None:
    reader = Surroundings(site)
    assert look(reader, FILM[0])
    teach(site, *FILM)
    code, said = train(site)
    assert code == 0, said
    assert "corrections: 6" in said
    assert "taught" in said
    assert not look(reader, "路灯不亮了，摄影组换一盏，拍戏用")
    with site.reading() as db:
        [change] = listening.changes(db, "weights", 5)
    assert change.kind == "trained"
    assert change.data["before"]["taught"] <= 0.5
    assert change.data["after"]["taught"] == 1.0
    assert (site.settings.data / "weights" / change.data["file"]).is_file()


def test_there_is_a_way_back(site: App) -> None:
    teach(site, *FILM)
    train(site)
    reader = Surroundings(site)
    assert not look(reader, FILM[0])
    said = io.StringIO()
    assert teaching.back(site.settings, stdout=said) == 0
    assert look(reader, FILM[0])
    assert teaching.back(site.settings, stdout=said) == 0
    assert "already" in said.getvalue()
    with site.reading() as db:
        assert [row.kind for row in listening.changes(db, "weights", 5)] == ["back", "trained"]


def test_worse_weights_are_refused_and_nothing_is_written(site: App) -> None:
    reports = [one.text for one in KNOWN if one.category is not None]
    teach(site, *reports)
    code, said = train(site)
    assert code == 1
    assert "refused: worse than before" in said
    assert not (site.settings.data / "weights").exists()
    with site.reading() as db:
        assert listening.newest_change(db) == 0


def test_nothing_taught_is_nothing_to_learn(site: App) -> None:
    code, said = train(site)
    assert code == 0
    assert "nothing yet" in said


def test_with_labelled_files_each_author_is_held_out(site: App, tmp_path: Path) -> None:
    for author in ("one", "other"):
        rows = [
            {"text": text, "kind": kind, "category": category, "urgency": "ordinary"}
            for text, kind, category in (
                ("厨房的水冲不下去好几天了", "report", "drainage"),
                ("今天吃什么", "chatter", None),
            )
        ]
        (tmp_path / author).mkdir()
        lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        (tmp_path / author / "messages.jsonl").write_text(lines, encoding="utf-8")
    teach(site, FILM[0])
    out = tmp_path / "weights.json"
    files = [tmp_path / author / "messages.jsonl" for author in ("one", "other")]
    code, said = train(site, labelled=files, out=out)
    assert "held out: one, with corrections" in said
    assert (code == 0) == out.exists()
    with site.reading() as db:
        assert listening.newest_change(db) == 0


def test_a_file_of_weights_that_was_changed_is_not_used(site: App, caplog: pytest.LogCaptureFixture) -> None:
    teach(site, *FILM)
    train(site)
    [file] = (site.settings.data / "weights").iterdir()
    file.write_text(file.read_text(encoding="utf-8") + "\n", encoding="utf-8")  # it could be read as before
    assert look(Surroundings(site), FILM[0])
    assert "cannot be used" in caplog.text


# --- words and places


def test_a_word_is_known_to_running_processes_without_a_restart(site: App, capsys: pytest.CaptureFixture[str]) -> None:
    reader = Surroundings(site)
    reader._taught.refresh()
    assert words_shown.change_word(site.settings, "升降机", "=电梯", takes_out=False) == 0
    assert words_shown.change_word(site.settings, "水表井", "排水污水", takes_out=False) == 0
    look(reader, "")
    assert "drainage" in lexicon().words["水表井"]
    assert read("升降机关人了快来").urgency == "emergency"
    assert words_shown.words(site.settings) == 0
    assert "2 own word(s)" in capsys.readouterr().out
    words_shown.change_word(site.settings, "水表井", "drainage", takes_out=True)
    look(reader, "")
    assert "水表井" not in lexicon().words
    with site.reading() as db:
        assert [(row.about, row.staff_id) for row in listening.changes(db, "word:水表井", 5)] == [
            ("word:水表井", None)
        ] * 2


@pytest.mark.parametrize(
    ("word", "means", "takes_out"),
    [("猫", "animals", False), ("猫头鹰", "birds", False), ("猫头鹰", "=", False), ("猫头鹰", "animals", True)],
)
def test_what_cannot_be_entered_is_one_sentence_and_code_2(
    site: App, capsys: pytest.CaptureFixture[str], word: str, means: str, takes_out: bool
) -> None:
    assert words_shown.change_word(site.settings, word, means, takes_out=takes_out) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("menkou: ")
    assert said.err.count("\n") == 1


def test_words_do_not_stand_for_each_other_in_a_chain(site: App) -> None:
    assert words_shown.change_word(site.settings, "升降机", "=电梯", takes_out=False) == 0
    assert words_shown.change_word(site.settings, "铁笼子", "=升降机", takes_out=False) == 2
    assert words_shown.change_word(site.settings, "升降机", "=路灯", takes_out=False) == 2
    assert words_shown.change_word(site.settings, "电梯", "=路灯", takes_out=False) == 2


def test_places_are_found_once_they_are_known(site: App) -> None:
    reader = Surroundings(site)
    reader._taught.refresh()
    change = words_shown.change_place
    assert (
        change(site.settings, "梧桐里小区", "大牌坊", outside=True, building="3号楼", takes_out=False, preview=False)
        == 0
    )
    assert words_shown.change_nicknames(site.settings, "梧桐里小区", ["老院", "东边"], building="", preview=False) == 0
    with site.reading() as db:
        assert {("大牌坊", "unit:1"), ("老院", "unit:1"), ("3号楼", "building:3号楼")} <= set(own_words.place_names(db))
        assert [row.kind for row in listening.changes(db, "place:", 5)] == ["entered"]
        assert [row.data["after"] for row in listening.changes(db, "unit:", 5)] == ["老院 东边"]
    assert change(site.settings, "无名", "大牌坊", outside=True, building="", takes_out=False, preview=False) == 2


def test_the_preview_counts_flips_and_shows_no_secret(site: App, capsys: pytest.CaptureFixture[str]) -> None:
    assert words_shown.preview_word(site.settings, "路灯", "road_facility", takes_out=True) == 0
    said = capsys.readouterr().out
    assert "would be read differently" in said
    assert "recall" in said
    with site.reading() as db:
        assert db.scalars(select(listening.Word)).all() == []
        assert preview.world(db).entries == ()
    assert model.weights().unbelieved == ()
    assert taught.LOOK_EVERY <= 5
