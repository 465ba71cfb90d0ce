"""Advice and praise: written down, answered within five working days."""

from __future__ import annotations

TAKEN = {
    "advice": "谢谢您的建议，记下了，编号 {number}，最迟{due} 给您答复。",
    "praise": "谢谢您的表扬，会转给他们，编号 {number}，最迟{due} 给您回个话。",
}
SAY_MORE = {
    "advice": "好的，您说：建议改什么、在哪儿？一句话就行。",
    "praise": "好的，您说：表扬谁、做了什么？一句话就行。",
}
ANSWER_EMPTY = "请写一句答复，例如「答复 {number} 已和物业商量，下月就改」。"
ANSWERED = "{number} 号已答复，对方会收到。"
TOLD = {
    "advice": "您的建议 {number} 号有答复了：{said}",
    "praise": "您的表扬 {number} 号有回话了：{said}",
}
YOURS = "{number} 号归您了：{what}。{due} 前说一句「答复 {number} …」就行。"
NEW = "新{what} {number}：{place}，{due} 前给个答复。"
