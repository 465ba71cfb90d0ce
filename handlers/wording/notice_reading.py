"""What somebody says who has read a notice, and what they hear."""

RECEIVED = frozenset(
    {"收到", "收到了", "已收到", "好的收到", "收到谢谢", "收到 谢谢", "收到,谢谢", "看到了", "已看到", "知道了"}
)
THANKS = "记下了，谢谢您看过 {number} 号通知。"
