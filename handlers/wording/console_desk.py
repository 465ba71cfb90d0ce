"""What the console says after a button was pressed on a ticket."""

CHANGED = "{number} 号刚刚有变化，没有照您点的办。请看看现在的样子，再点一次。"
NO_ACCOUNT = "您还没有绑定微信，只能看，不能办。请先在微信里绑定。"
NOT_DONE = "{number} 号没有办成。请看看现在的样子，再试一次。"
# What is missing of a command, as its form has a field for it.
MISSING = {
    "code": "还差原因：请选一种。",
    "article": "还差依据：写上按哪一条规定不归你们，书名号和第几条都要，例如《某某条例》第十二条。",
    "same": "还差编号：写上和哪一号重复。",
    "owner": "还差该归谁：写上单位的名字。",
    "units": "还差叫谁：写上部门的名字，例如「城管 消防」。",
    "problems": "还差问题清单：现场是什么情况、难在哪里，写几句。",
    "needs": "还差需求清单：要来的各家做什么，写几句。",
    "sure": "还没勾「看过了」：勾上才会抹，抹掉找不回来。",
}
# How a field stands in the line that is typed in the chat.
IN_THE_LINE = {"owner": "归{said}", "problems": "问题：{said}", "needs": "需求：{said}"}
NOTHING_SAID = "{number} 号记下了。"
ORDER_TAKEN = "热线工单 {order} 已登记为 {number} 号。"
ORDER_KNOWN = "热线工单 {order} 早就登记过了，是 {number} 号，没有再登记一次。"
ORDER_BEFORE = "之前有人报过同一件事：{number} 号，{at} 就说过了。"
ORDER_NOT_YOURS = "您现在不能登记热线工单，这一张没有登记。请交给能登记的同事。"
ORDER_LATER = "刚才没有登记上，写的还在。请再按一次「登记」。"
ORDER_WRONG = {
    "number": "请写热线的工单编号。",
    "text": "请写热线转来的内容。",
    "times": "两个时间都要写，截止要比收到的晚，收到的时间不能在以后。",
}
