"""How the bot's name looks when somebody types it by hand."""

from __future__ import annotations

from handlers.wording.joining import BOT_NAMES

NAME = rf"[@＠] ?(?:{BOT_NAMES}){{1,2}}"
STOPS = r"\s,，:：。、!！?？~～"
AT_THE_GATE = r"保安|门卫|门岗|岗亭|值班|小卖部|超市|便利店|驿站|[的那老小]"  # @门口保安 is somebody else
FIRST = rf"\s*{NAME}(?P<stop>[{STOPS}]+)?(?=\S)(?(stop)|(?!{AT_THE_GATE}))"
LAST = rf"(?<=\S)\s*{NAME}[{STOPS}]*$"
ALONE = rf"\s*{NAME}[{STOPS}]*$"
