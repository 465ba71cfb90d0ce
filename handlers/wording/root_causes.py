"""The same trouble for the third time: a ticket of its own, whose owner looks for the root."""

from __future__ import annotations

CARD = (
    "{number} 号 · 找根子：{place} {what}，{days} 天里第 {times} 次（{numbers} 号）。"
    "请牵头查清为什么老出毛病，从根上治；办结时写明做了什么。"
)
AGAIN = "{number} 号在找根子的{place} {what}又出了一次：{other} 号，已连在一起。"
AND = "、"
CAUSE_OF = "找根子，为了：{numbers} 号"
HAS_CAUSE = "这里老出毛病，{numbers} 号在找根子"
LATE = "和 {numbers} 号连在一起（过了重办的日子又说的）"
