"""What somebody says while they think, and what recognition writes down without a mark: 嗯那个就是那个楼啊它.

Said, it costs nobody a thought; read, each of these stands where a word of the matter is looked for. Left out only of
what runs on without marks and has several of them, so that a message that was typed stays as it is.
"""

from __future__ import annotations

import re

_SHORTEST, _FEWEST = 10, 2
_MARKS = re.compile(r"[,，。.;；!！?？、]")
_GREETING = re.compile(r"^(?:嗯+|呃+|喂+|哎|诶|那个|你好|您好|同志|师傅|小[\u4e00-\u9fff](?=啊|呀))+[啊呀哦]?")
_TELLING = re.compile(
    r"我跟(?:你们?|您|大家)(?:讲|说)[啊呀]?|我(?:就是|是)?(?:想|要|来)(?:那个|跟你们?|跟您|给你们?)?(?:反映|说|讲|汇报|报|问|咨询)(?:一下|一声|个事情?|个情况)?(?:就是)?[啊呢]?"
)
_FILLER = re.compile(
    r"嗯+|呃+|(?<![金名限])额+(?![头外度定满])|诶|哎呀?|唉"
    r"|(?:那个|这个|就是说?|怎么说呢|然后呢?|反正){1,4}(?![一二三四五六七八九十\d]*[月日点])"
    r"|(?<=[\u4e00-\u9fff])[啊呀呢嘛哦](?=[\u4e00-\u9fff])|(?<=[\u4e00-\u9fff])它(?=[\u4e00-\u9fff])"
)


def without(text: str) -> str:
    """The text without what only fills it; as it was where it was not dictated, or nothing else is said."""
    if len(text) < _SHORTEST or len(_MARKS.findall(text[:-1])) > 1 or len(_FILLER.findall(text)) < _FEWEST:
        return text
    left = _FILLER.sub("", _TELLING.sub("", _GREETING.sub("", text)))
    return left if any(map(str.isalnum, left)) else text
