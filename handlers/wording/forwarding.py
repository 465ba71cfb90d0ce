"""Passing on what others said in a group."""

from __future__ import annotations

LEFT_OUT = "转来的话很长，先记了前面几件。后面还有要报的，请一件一件说给我听。"
# 师傅说主板坏了，要等配件: news of those who mend, by whoever does not say that it is theirs too.
HEARSAY = (
    r"^(?!.*(?:我家|我们|也|又|都[几两三]|还没|一直|不管|没人))"
    r"(?=.*(?:师傅|厂家|维保|维修|[电水]工|工人|物业|网格员|保安|管家)[^,。]{0,4}[说讲])"
    r".*(?:等|配件|零件|缺|订|下周|明天|后天|在修|抢修|正在|[要得]换|来修|估计|预计)"
)
