"""Says in words that a clerk can check what decided: rules, words of the lexicon, learned words, with their weights."""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from nlp import model, spelling
from nlp.danger import spelt
from nlp.features import KINDS
from nlp.runs import LONGEST_RUN
from nlp.titles import CATEGORY_NAMES, GROUP_NAMES

_WORTH_SAYING, _MOST = 0.25, 5


def reasons(
    outline: Mapping[str, float],
    texture: Mapping[str, Iterable[str]],
    each: float,
    found: Mapping[str, Sequence[str]],
    talk: Mapping[str, str],
    category: str,
) -> tuple[str, ...]:
    """The handful of things that weighed most, each with its words and its weight, heaviest first."""
    weights = model.weights().report
    shares = _of_words(weights, texture["T"], each)
    for name, value in outline.items():
        if (weight := weights[model.GROUPS].get(name, 0.0)) and (key := _key(name)):
            shares[key] = shares.get(key, 0.0) + weight * value
    told: list[str] = []
    heavy = sorted((-abs(share), key) for key, share in shares.items() if abs(share) >= _WORTH_SAYING)
    for _, key in heavy:
        told += _tell(key, shares[key], found, talk)
        if len(told) == _MOST:
            break
    words = list(dict.fromkeys([*found.get(category + "!", ()), *found.get(category, ())]))
    named = CATEGORY_NAMES[category]
    return (f"{named}：{'、'.join(words[:3])}" if words else named, *told)


def _of_words(weights: Mapping[str, Mapping[str, float]], words: Iterable[str], each: float) -> dict[str, float]:
    """What each word adds: itself, and the runs of characters inside it."""
    runs, danger = weights["N"], spelt()
    shares: dict[str, float] = {}
    for word in words:
        inside, _ = spelling.total(_inside(word), runs, danger)  # the table of both has just been read
        alone = weights["T"].get(word, 0.0) * model.WORTH["T"]
        shares[f"T:{word}"] = (inside + alone) * each
    return shares


@lru_cache(maxsize=8_192)  # residents say the same few thousand words
def _inside(word: str) -> tuple[str, ...]:
    """The runs of characters inside a word."""
    size = len(word)
    return tuple(word[at:end] for at in range(size) for end in range(at + 1, min(at + LONGEST_RUN, size) + 1))


@lru_cache(maxsize=4_096)
def _key(feature: str) -> str:
    """What a feature is about: the group, the rule or the word; pairs count for what speaks against or for."""
    _head, _, tail = feature.partition("&")
    if tail in KINDS:
        return f"M:{tail}"
    if tail:
        return tail if tail.startswith("R:") else f"G:{tail}"
    kind, _, name = feature.partition(":")
    if kind in ("G2", "G"):
        return f"G:{name}"
    if kind == "M" and name != "none":
        return f"M:{name.rstrip('s')}"
    return feature if kind == "R" else ""


def _tell(key: str, share: float, found: Mapping[str, Sequence[str]], talk: Mapping[str, str]) -> list[str]:
    kind, _, name = key.partition(":")
    if kind == "R":
        return [f"{talk[name]}（{share:+.1f}）"] if name in talk else []
    if kind == "T":
        return [f"“{name}”（{share:+.1f}）"]
    if kind == "M":
        return [f"{GROUP_NAMES[name]}（{share:+.1f}）"]
    words = "、".join(found.get(name, ())[:3])
    return [f"{GROUP_NAMES.get(name, name)}：{words}（{share:+.1f}）"] if words else []
