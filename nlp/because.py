"""Says in words that a clerk can check what decided: rules, words of the lexicon, learned words, with their weights."""

from collections.abc import Iterable, Mapping, Sequence

from nlp import model
from nlp.features import KINDS

_WORTH_SAYING, _MOST = 0.25, 5

GROUP_NAMES = {
    "defect": "说哪里坏了", "again": "又、一直", "unattended": "没人管", "ask_fix": "请求处理", "harm": "有危害",
    "accuse": "指出是谁", "lasting": "拖了多久", "thanks": "道谢", "solved": "说已好了", "notice": "像通知",
    "tradesman": "找师傅、问价", "trade": "买卖", "past": "说从前", "elsewhere": "说别处", "news": "新闻转发",
    "figure": "打比方、闲谈", "policy": "问政策", "agree": "附和", "staff": "工作人员答复", "school": "学校",
    "apology": "道歉", "suppose": "假设、听说", "ask_time": "问时间", "leisure": "闲聊", "self_fix": "自己解决",
    "emphatic": "语气强", "problem": "具体问题", "topic": "社区事项",
    "firm": "社区里的事", "told": "何物出了何事",
}  # fmt: skip
CATEGORY_NAMES = {
    "sanitation": "环境卫生", "drainage": "排水污水", "road_facility": "道路设施", "parking": "停车交通",
    "fire_safety": "消防安全", "utilities": "水电气暖", "building": "房屋电梯", "noise": "噪音扰民",
    "fumes": "油烟异味", "encroachment": "占道违建", "greening": "绿化园林", "animals": "犬只动物",
    "security": "治安安全", "property_service": "物业服务", "dispute": "矛盾纠纷", "welfare": "民生求助",
    "other": "其他",
}  # fmt: skip


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
    shares = _of_words(weights, texture, each)
    for name, value in outline.items():
        if (weight := weights[model.GROUPS].get(name, 0.0)) and (key := _key(name)):
            shares[key] = shares.get(key, 0.0) + weight * value
    told: list[str] = []
    for key, share in sorted(shares.items(), key=lambda item: -abs(item[1])):
        if abs(share) >= _WORTH_SAYING and len(told) < _MOST:
            told += _tell(key, share, found, talk)
    words = list(dict.fromkeys([*found.get(category + "!", ()), *found.get(category, ())]))
    named = CATEGORY_NAMES[category]
    return (f"{named}：{'、'.join(words[:3])}" if words else named, *told)


def _of_words(
    weights: Mapping[str, Mapping[str, float]], texture: Mapping[str, Iterable[str]], each: float
) -> dict[str, float]:
    """What each word adds: itself, its place at the beginning or end, and the runs of characters inside it."""
    runs = weights["N"]
    shares: dict[str, float] = {}
    for word in texture["T"]:
        inside = sum(runs.get(word[at:end], 0.0) for at in range(len(word)) for end in range(at + 1, len(word) + 1))
        alone = weights["T"].get(word, 0.0) * model.WORTH["T"]
        placed = sum(weights[family].get(word, 0.0) for family in "FL" if word in texture[family])
        shares[f"T:{word}"] = (inside + alone + placed) * each
    return shares


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
