"""Words of those who walk a beat and write down what they found."""

# The points of a list: 1. 5号楼楼道堆物 2、6号楼消防栓没水 ③…
POINT = r"(?:^|(?<=[\s,;:。，；：]))(?:[(（]?\d{1,2}[.、)）．](?!\d)|[①-⑳]|[一二三四五六七八九十][、.．])\s*"
CLAUSE = r"[,;。，；\n]+"
AROUND = " ,;。，；、\n"
ALREADY = "这件已经有了，补到 {number} 号了。"
MAY_END = "{number} 号记下了。办好了就说「办结 {number}」，后面写一句怎么办的，最好附张照片。"
LIKE = "{said}（和 {number} 号一样：{told}）"
# 有居民反映…: passed on for somebody.
FOR_A_RESIDENT = (
    r"(?:居民|业主|住户|住家|群众|租户|群里|老人家?|大爷|大妈|阿姨|阿婆|阿公|叔叔?|婶|师傅|邻居|家长)[^,。;!?]{0,8}"
    r"(?:反映|反馈|投诉|说|讲|报[了修称]?|来电|打电话|求助|举报)"
)
# 3号楼也有, 4号楼同样的问题.
TOO = r"[栋幢座楼元号排弄]\s*(?:也|都|同样|一样|同上|跟[^,。]{0,6}一样)[^,。;!?]{0,8}$"
