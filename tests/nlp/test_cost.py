"""What makes reading cheap changes nothing of what is read."""

import json
import random
import re
from collections import Counter
from pathlib import Path

import pytest

from nlp import features, packed, segment, spelling
from nlp.gate import Gate, Hall
from nlp.lexicon import CATEGORIES, Lexicon, Shelf
from nlp.needles import Needles, key
from nlp.normalise import DATA, fold, tight
from tests.nlp import needles as needed

CORPUS = Path(__file__).parent.parent / "corpus"


def _said(*authors: str) -> list[str]:
    files = [CORPUS / author / "messages.jsonl" for author in authors]
    texts = [json.loads(line)["text"] for file in files for line in file.read_text("utf-8").splitlines()]
    return [tight(fold(text))[0] for text in texts]


def test_no_pattern_fits_where_its_needles_are_missing() -> None:
    patterns = [re.compile(pattern) for pattern, whole in needed.patterns().items() if whole]
    needles = Needles(one.pattern for one in patterns)
    for said in _said("north", "south", "chat", "danger2", "danger4"):
        fitting = {at for at, one in enumerate(patterns) if one.search(said)}
        assert fitting <= set(needles.worth(said))


def test_no_plain_words_fit_where_their_needles_are_missing() -> None:
    patterns = [re.compile(pattern) for pattern, whole in needed.patterns().items() if not whole]
    needles = Needles(one.pattern for one in patterns)
    for said in _said("north", "typical"):
        fitting = {at for clause in said.split(",") for at, one in enumerate(patterns) if one.search(clause)}
        assert fitting <= set(needles.worth(said))


def test_the_needles_of_every_pattern_are_in_the_file() -> None:
    """Whoever changed a pattern runs ``python -m tests.nlp.needles``; until then it is tried on every text."""
    file = (DATA / "needles.tsv").read_text("utf-8").splitlines()
    known = {line.split("\t")[0] for line in file if not line.startswith("#")}
    assert {key(pattern) for pattern in needed.patterns()} == known


def test_a_pattern_that_is_not_in_the_file_is_always_tried() -> None:
    known = next(iter(needed.patterns()))
    assert Needles([known, "灯.坏"]).worth("早上好") == [1]


def test_a_pattern_needs_the_rarest_of_what_it_cannot_do_without() -> None:
    finder = needed.Finder(Counter({"没": 90, "水": 50, "没水": 2, "来": 40}), 100)
    needs = finder.needs("没水|停.{0,3}(?:来|水)")
    assert needs is not None
    assert [sorted(runs) for runs in needs] == [["停", "没水"], ["停", "没水"]]
    assert finder.needs(r"\d+号|灯") is not None
    assert finder.needs("一样|.") is None


def test_a_gate_wants_one_character_of_each_group() -> None:
    gate = Gate(["灯路 坏", "水", "电 停 了"])
    assert [gate.worth(said) for said in ("路坏", "灯亮", "水坏", "停电", "停电了")] == [[0], [], [1], [], [2]]


def test_gates_of_one_hall_know_nothing_of_each_other() -> None:
    hall = Hall()
    one = Gate(["灯 坏亮", "水"], hall)
    assert one.worth("灯坏") == [0]
    other = Gate(["坏", "水 停", "灯 坏"], hall)
    assert [one.worth(said) for said in ("灯坏", "停水", "灯", "")] == [[0], [1], [], []]
    assert [other.worth(said) for said in ("灯坏", "停水", "灯", "")] == [[0, 2], [1], [], []]
    assert other.mask("灯", "坏") == 0b101
    assert other.firsts("灯水") == 0b110


def test_words_are_cut_as_jieba_cuts_them() -> None:
    told = ["a1b2中文x9", "C++ 5% a.b", "\r\n 啊 \r\n", "龘靐", "", *_said("danger")]
    for said in told:
        assert segment.words(said) == segment.as_jieba_cuts(said)


def test_the_longest_word_is_found_and_none_inside_it() -> None:
    words = Lexicon([("one", ["电梯", "电", "梯口", "单元门", "门"])])
    assert words.find("单元门电梯口电") == [(0, "单元门"), (3, "电梯"), (4, "梯口"), (6, "电")]


def test_lexicons_on_one_shelf_know_nothing_of_each_other() -> None:
    shelf = Shelf()
    one = Lexicon([("one", ["电梯", "门"])], shelf)
    assert one.find("电梯门禁") == [(0, "电梯"), (2, "门")]
    other = Lexicon([("other", ["门禁", "梯"])], shelf)
    assert one.find("电梯门禁") == [(0, "电梯"), (2, "门")]
    assert other.find("电梯门禁") == [(1, "梯"), (2, "门禁")]
    assert other.find("") == []


def test_a_word_is_cut_whole_from_the_moment_it_is_known() -> None:
    before = segment.words("阿龘棚坏了")
    segment.know(["龘棚"])
    assert "龘棚" in segment.words("阿龘棚坏了")
    segment.know([])
    assert segment.words("阿龘棚坏了") == before


def test_weights_of_all_categories_add_up_in_one_number() -> None:
    chance = random.Random(3)
    given = [{at: chance.uniform(-9, 9) for at in range(len(CATEGORIES))} for _ in range(200)]
    told = packed.scores(sum(map(packed.row, given)))
    assert told == pytest.approx([sum(row[at] for row in given) for at in range(len(CATEGORIES))], abs=0.02)


def test_runs_speak_to_both_models_and_to_others_when_those_are_chosen() -> None:
    runs = features.runs("电梯坏了")
    assert spelling.total(runs, {"电梯": 1.5, "坏": 0.5}, {"坏": -2.0, "火": 9.0}) == (2.0, -2.0)
    assert spelling.total(runs, {"电梯": 1.0}, {"坏": -3.0}) == (1.0, -3.0)
