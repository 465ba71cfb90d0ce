"""Says in words that a clerk can check what decided: rules, words of the lexicon, learned words, with their weights."""

from collections.abc import Mapping, Sequence

from nlp.features import KINDS

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
    weights: Mapping[str, float],
    features: Mapping[str, float],
    found: Mapping[str, Sequence[str]],
    talk: Mapping[str, str],
    category: str | None,
) -> tuple[str, ...]:
    """The handful of things that weighed most, each with its words and its weight, heaviest first."""
    shares: dict[str, float] = {}
    for name, value in features.items():
        if weight := weights.get(name, 0.0) * value:
            key = _key(name)
            if key:
                shares[key] = shares.get(key, 0.0) + weight
    told: list[str] = []
    for key, share in sorted(shares.items(), key=lambda item: -abs(item[1])):
        if abs(share) >= 0.25 and len(told) < 5:
            told += _tell(key, share, found, talk)
    if category:
        words = list(dict.fromkeys([*found.get(category + "!", ()), *found.get(category, ())]))
        told.insert(0, f"{CATEGORY_NAMES[category]}：{'、'.join(words[:3])}" if words else CATEGORY_NAMES[category])
    return tuple(told)


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
    return feature if kind in ("R", "T") else ""


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
