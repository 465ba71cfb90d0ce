"""A town's estate names looked for all at once: the same answers as going through them one by one.

Sabotage that must turn these red: count a name inside a longer one; believe the short end of a longer name; let a
short name stand in a longer word.
"""

from __future__ import annotations

import random
import re

from handlers.rules.estate_names import TRUSTED, Estate, Estates, bare
from nlp.named import estate_name

SIGNS = "里新村苑"


def one_by_one(text: str, places: tuple[str, ...], estates: list[Estate]) -> list[Estate]:
    def ends_another(name: str) -> bool:
        longer = (place for place in places if place != name and place.endswith(name) and estate_name(place))
        return len(name) <= TRUSTED and any(all(place not in one.names for one in estates) for place in longer)

    hits = [
        (found.start(), found.end(), estate)
        for estate in estates
        for name in estate.names
        for found in re.finditer(re.escape(name), text)
        if not ends_another(name)
    ]
    whole = [
        (start, end, estate)
        for start, end, estate in hits
        if not any(a <= start and end <= b and b - a > end - start for a, b, _ in hits)
    ]
    return list(dict.fromkeys(estate for _, _, estate in sorted(whole, key=lambda hit: hit[0])))


def known_one_by_one(place: str, estates: list[Estate]) -> bool:
    short = bare(place)
    return len(short) > 1 and any(
        short in full or (full in short and (len(full) > TRUSTED or short == full))
        for estate in estates
        for full in map(bare, estate.names)
    )


def test_all_at_once_is_the_same_as_one_by_one() -> None:
    chance = random.Random(5)

    def word(most: int) -> str:
        return "".join(chance.choices(SIGNS, k=chance.randint(2, most))) + chance.choice(["", "小区"])

    found = known = 0
    for _ in range(400):
        names = [tuple(word(3) for _ in range(chance.randint(1, 3))) for _ in range(chance.randint(1, 6))]
        estates = [Estate(number, given[0], given) for number, given in enumerate(names)]
        town = Estates(estates)
        text = "".join(chance.choices(SIGNS, k=chance.randint(1, 12)))
        places = (word(4), text[-4:])
        assert town.named_in(text, places) == one_by_one(text, places, estates), (names, text, places)
        assert town.sounds_known(places[0]) == known_one_by_one(places[0], estates), (names, places)
        found += len(town.named_in(text, places))
        known += town.sounds_known(places[0])
    assert found > 100
    assert 40 < known < 400
