"""Parts of days and what stands between two of them: what ``handlers/rules/spoken_stretches`` reads."""

from __future__ import annotations

import re

NIGHT = re.compile(r"\s*(?:今晚|明晚|晚上|夜里|夜班|晚班|夜间|晚|夜)")
DAYTIME = re.compile(r"\s*(?:白天|白班|日班|早班)")
PART_OF_A_DAY = re.compile(r"晚上|夜里|夜班|晚班|夜间|白天|白班|日班|早班|晚|夜")
MORNING = frozenset({"上午", "早上"})
HALF = re.compile(r"(?:上午|早上|下午)")
UNTIL = re.compile(r"\s*(?:到|至|-+|–|—+|~)\s*")
ONLY_UNTIL = re.compile(r"(?:到|至)\s*$")
