"""我们5号楼的也坏了: how people say that it is so at their house, too. On folded text."""

LONGEST = 16  # characters, of this and of what it repeats
TOO = r"也(?!许|不知|不晓|不清|想|要(?!修)|去|好|就)|一样|同样"
NOT_NOW = (
    r"没(?:坏|停|堵|漏|断|事|问题)|好好的|正常|上个?(?:月|周|星期|礼拜)|以前|去年|前[天年]|上[次回]|过[了啦]?$"
    r"|[?？吗]|好[了啦]|(?:来|通|亮|修好)[了啦]"
)
MEANT = "{said}（{meant}）"
