"""Parts of days and what stands between two of them: what ``handlers/rules/spoken_stretches`` reads."""

from __future__ import annotations

import re

NIGHT = re.compile(r"\s*(?:今晚|明晚|晚上|夜里|夜班|晚班|夜间|晚|夜)")
DAYTIME = re.compile(r"\s*(?:白天|白班|日班|早班)")
PART_OF_A_DAY = re.compile(r"晚上|夜里|夜班|晚班|夜间|白天|白班|日班|早班|晚|夜")
MORNING = frozenset({"上午", "早上"})
HALF = re.compile(r"(?:上午|早上|下午)")
# 明后两天, 这周: several days in one word.
WHOLE = re.compile(
    r"(?P<near>今|明)(?:今|明|后)[两二]?[天日]"
    r"|(?<!(?<![早晚])上)(?<!上个)(?P<week>本|这个?|下{1,2}个?)(?:周|星期|礼拜)(?![一二三四五六日天末])"
)
NEAR = {"今": 0, "明": 1}
WEEKEND = "末"
ALSO = re.compile(r"\s*(?:和|跟|及|、|,)?\s*")  # 周三、周四
_COUNT = r"(?P<count>\d{1,2}|[一二两三四五六七八九十]{1,3})个?(?P<unit>天|周|星期|礼拜)"
FOR_DAYS = re.compile(rf"[\s,]*(?:起|开始)?[\s,]*(?:要|想|得|连|一共)*(?:请|休息?|调休)?\s*{_COUNT}")
DAYS_BEFORE = re.compile(_COUNT)  # 三天，从明天起
ONE_DAY = "天"
BEGINS = "起开始"  # 从明天起，三天
NO_STRETCH = re.compile(r"半[天日]|^\s*(?:起|开始)")  # which half, and until when, was not said
UNTIL = re.compile(r"\s*(?:到|至|-+|–|—+|~)\s*")
ONLY_UNTIL = re.compile(r"(?:到|至)\s*$")
