"""Exceptions to what is told plainly: where staff said "this is no report" of words that the plain rule believed.

An exception is as narrow as what was corrected: it needs the same plain words and, beside them, a word that stood there
too ("路灯不亮" beside "拍戏"). Said alone, or said differently in `OFTEN` corrections and never called a report, the
plain words themselves are not believed any longer. Not believed means weighed like anything else, not silenced.

What stood beside them are a resident's words, so only their hashes are kept; what a clerk is told is the word of the
message at hand.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2s

from nlp import segment
from nlp.normalise import fold, tight
from nlp.own import standard
from nlp.plain import Plain, told_plainly
from nlp.talk import hear

OFTEN = 3
_WORD = re.compile(r"[\u4e00-\u9fff]{2,}")
# Words that may stand beside anything, and so tell nothing.
_ANYWHERE = frozenset(
    [
        "一个", "这个", "那个", "我们", "你们", "他们", "咱们", "大家", "什么", "怎么", "已经", "还是", "没有", "可以",
        "知道", "现在", "今天", "昨天", "明天", "晚上", "门口", "小区",
    ]
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Unbelieved:
    """Plain words that are not believed. ``beside``: hashes of words of which one must stand there; none: always."""

    words: str
    beside: tuple[str, ...] = ()
    times: int = 1


def against(known: Sequence[Unbelieved], plain: Plain, folded: str) -> str | None:
    """Why what a folded text tells plainly is not believed, for a clerk; None where it is."""
    for one in known:
        if one.words != plain.words:
            continue
        word = next((word for word in _beside(plain.words, folded) if _hash(word) in one.beside), "")
        if word or not one.beside:
            beside = f"，又提到{word}" if word else ""
            return f"说得直白：{plain.words}{beside}，但同事说过{one.times}次这样不算报事"
    return None


def learn(taught: Iterable[tuple[str, bool]]) -> tuple[Unbelieved, ...]:
    """Exceptions from what staff labelled: the words, and whether they are a report. Reports keep their words believed:
    an exception that would hit one of them is not made."""
    refused: dict[str, list[list[str]]] = defaultdict(list)
    right: dict[str, list[list[str]]] = defaultdict(list)
    for text, is_report in taught:
        folded = standard(*tight(fold(text)))[0]
        plain = told_plainly(folded, hear(folded))
        if plain is not None:
            (right if is_report else refused)[plain.words].append(_beside(plain.words, folded))
    found = (_exception(words, texts, right[words]) for words, texts in refused.items())
    return tuple(sorted((one for one in found if one is not None), key=lambda one: one.words))


def _exception(words: str, beside: Sequence[list[str]], right: Sequence[list[str]]) -> Unbelieved | None:
    if not right and (len(beside) >= OFTEN or not all(beside)):
        return Unbelieved(words, (), len(beside))
    spoken = {word for found in right for word in found}
    near = Counter(word for found in beside for word in found if word not in spoken)
    if not near:
        return None
    return Unbelieved(words, tuple(sorted(_hash(word) for word in near)), max(near.values()))


def _hash(word: str) -> str:
    return blake2s(word.encode(), digest_size=6).hexdigest()


def _beside(words: str, text: str) -> list[str]:
    """Words of a text that are no part of what it tells plainly."""
    found = dict.fromkeys(segment.words(text.replace(words, " ")))
    return [word for word in found if _WORD.fullmatch(word) and word not in words and word not in _ANYWHERE]
