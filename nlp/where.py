"""Where a message says it is, looked for only when somebody wants to know."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from nlp.normalise import origins
from nlp.places import Gazetteer, Span, find

# What may stand around a place that somebody only names.
_LITTLE = re.compile("就|[在是的我咱们家那这边里处呢啊呀吧哈嘛哦嗯]|附近|旁边|门[口前]|楼下|谢谢|您好|你好|住|[^\\w]")
_A_DOOR = re.compile(r"[\d号楼栋幢]|单元|门口|[东南西北正大后侧]门|车库")


@dataclass(slots=True)
class Where:
    """The places of a text, looked for when they are first wanted."""

    text: str
    folded: str
    kept: Sequence[int] | None
    gazetteer: Gazetteer | None
    found: tuple[Span, ...] | None = None
    named: Sequence[tuple[int, str]] | None = None

    def spans(self) -> tuple[Span, ...]:
        if self.found is None:
            self.found = find(self.folded, self.gazetteer)
        return self.found

    def is_all(self) -> bool:
        """Whether nothing else is said: 3号楼二单元门口 tells no trouble. 阳台改店铺 only looks like one."""
        rest = self.folded
        if not _A_DOOR.search(rest):
            return False
        for span in self.spans():
            rest = rest.replace(self.folded[span.start : span.end], "")
        return rest != self.folded and not _LITTLE.sub("", rest)

    def typed(self) -> Sequence[tuple[int, str]]:
        """Where each begins, and its words as they were typed."""
        if self.named is None:
            index = origins(self.text)
            self.named = [(span.start, self._original(span, index)) for span in self.spans()]
        return self.named

    def _original(self, span: Span, index: Sequence[int] | None) -> str:
        first, last = span.start, span.end - 1
        if self.kept is not None:
            first, last = self.kept[first], self.kept[last]
        if index is not None:
            first, last = index[first], index[last]
        return self.text[first : last + 1]
