"""The closing question and what follows from its answer."""

from __future__ import annotations

from handlers.wording import waiting

THANKS = "好的，{number} 号就结案了，谢谢您。"
CLOSED_ALREADY = "{number} 号已经结案了，谢谢您。又不好了就说「还是没修」。"
NOT_DONE_YET = "{number} 号还在办，弄好了再请您看。"
AGAIN = "又不好了"
LINKED = "这次新立了 {number} 号，和您上次报的 {old} 号连在一起，办的人看得到上次是怎么办的。"
CLOSED_SILENT = "您报的 {number} 号先结案了。要是还没好，{until} 前说一声「还是没修」就行。"
GOOD = (
    "满意",
    "好了",
    "非常满意",
    "很满意",
    "好了谢谢",
    "修好了",
    "👍",
    "[强]",
    "[赞]",
    "已经好了",
    "好啦",
    "可以了",
    "解决了",
    "亮了",
    "修好了谢谢",
    "通了",
    "谢谢好了",
    "弄好了",
    "还可以",
    "还可以吧",
    "还行",
    "还行吧",
    "挺好",
    "挺好的",
    "不错",
)
BAD = (
    "不满意",
    "还是没修",
    "又坏了",
    "没修好",
    "还没好",
    "没好",
    "还是不行",
    "根本没修",
    "没解决",
    "不行",
    "还没修",
    "没弄好",
)
# Said to be well (on folded text), and what may follow: 修好了但是太暗; a comma stands where one is missing.
ENDS_AT = rf"(?<=了)(?={waiting.HOWEVER})"
WELL = rf"{waiting.OVER}|(?<!不)满意|^还?(?:行|可以|不错|挺好)(?:吧|的|了)?(?=[,。\s])|解决了"
BUT = r"但(?!愿)|不过|可是|可(?:还|又)|就是|只是|另外|还有|还(?:是|没|在|不)"
ONLY_BUT = r"^(?:就是|只是|不过|但是?|可惜|只不过)[^,。]{1,12}[。!~]*$"
PRAISES = r"态度(?!.{0,4}不)[^,。]{0,6}(?:好|棒|热情|耐心|不错)|不(?:算)?(?:慢|拖)|没(?:怎么)?(?:拖|等)"
HALF = "记下了，这就告诉经办的人。{number} 号这样算好了吗？好了回「满意」，没好回「不满意」。"
GRUMBLE_KEPT = "好了就好，您说的也记下了，谢谢您。"
GRUMBLE_STAFF = "{number} 号报事人又说：{said}"
GOOD_STAFF_BUT = "{number} 号报事人说好了，已结案。原话：{said}"
THANKS_BUT = "好的，{number} 号就结案了，您说的也记下了，谢谢您。"
GOOD_STAFF = "{number} 号报事人说好了，已结案。辛苦了。"
CLOSED_OTHERS = "您一起报的 {number} 号已办结。"
THANKS_SUPPORTER = "好，您家好了，记下了。等 {number} 号的报事人也说好就结案。"
