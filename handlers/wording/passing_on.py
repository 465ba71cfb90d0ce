"""News that somebody has to pass on."""

LEFT = "📞 {number} 号有 {count} 条消息没有办法发给居民，请打电话或上门告诉一声，再说「已转告 {number}」。"
LEFT_MORE = "还有别的工单也要转告，办完这些再说「待办」看。"
LOOK = "还没告诉居民的消息 {count} 条（发不过去），请转告后说「已转告 {number}」。"
PASSED_ON = "记下了，{number} 号已经由您转告居民，谢谢。"
NOTHING_LEFT = "{number} 号没有要转告的消息。"
