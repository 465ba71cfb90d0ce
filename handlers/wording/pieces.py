"""Words of what is told in a group in pieces: 那个灯, 3号楼门口那个, 又不亮了. On folded text."""

import re

# Says that something is wrong, and perhaps not what.
WRONG = (
    r"坏|不亮|不灵|堵|漏|臭|没人[收管扫修]|(?:关|打|开|锁|推)不|全是|都是|停了|[没停断][水电气网]|爆|断|裂|脏|满了|溢|卡住|占了|挡"
    r"|不通|不热|熄|灭了|黑|塌|冒|滴|咚|吵|响"
    r"|[摔跌晕昏喘]|(?<![好很太真])困(?:住|在|人|里|$)|起不来|流血|烧起|着[了火]|触电|电到|掉(?:地|下|进|了)|救|叫不|喊不|没反应|出不来|不见了|在里面"
)
# Says that something is wrong with what was named before: 3号楼的坏了三天. And what named it: 我想问下路灯的事.
OF_IT = (
    r"的(?:那个|那盏|那部)?(?:都|又|也|全|就|一直|老是?)*(?:坏|停|不亮|不通|堵|漏|掉|黑|没[电水气人]|[关打开]不|不走)"
)
ABOUT = re.compile(
    r"(?:你好|您好|请问|麻烦)*[,。!\s]*(?:我|我们)?(?:就是|是)?(?:想|要|来)?(?:跟|和|向)?(?:你们?|您|社区|物业)?"
    r"(?:问|反映|说|讲|咨询|打听|报)(?:一?下|问|个)?(?:关于)?(?P<what>[^,。!?]{1,8}?)(?:的)?(?:事情?|问题|情况)?[,。!?~]*"
)
# Says that somebody is in what a neighbour told of; 我困了 is only tired.
IN_IT = r"里[面头边]|出不来|困[在住]|被困|[卡关][在住]"
# Says what a thing does that hurts people: 冒烟了都, behind a lift that a neighbour told of.
HURTS = (
    r"冒[出着了]*[浓黑白大]?[烟火]|着[了起]?火|起火|烧起|火[花苗光星]|漏[气电]|煤气味|触电|电[到了]人|爆[了炸]|塌"
    r"|[掉砸][到了下]|夹[到住]|有人叫|救"
)
# 好了，还有3号楼的垃圾没人收: what is over, and what is told besides; behind "but" only of something else.
OVER_AND = re.compile(
    r"(?P<over>[^,，。!！?？]{1,14}(?:[,，。!！~\s]+(?:谢|辛苦|感谢|多谢)[^,，。!！?？]{0,8})?)[,，。!！~\s]+"
    r"(?P<more>(?:(?:不过|但是?|就是)?(?:还有|另外|再有|顺便|对了)|(?P<but>不过|但是?|可是?|就是)).+)",
    re.DOTALL,
)
# Only feared, or over: what is told with it rings no more for that.
SUPPOSES = (
    r"^(?:没有?|不是|无)(?:$|[,。!\s人])|万一|要是|如果|怎么办|会不会|不会[^,。]{0,4}吧|差一?点|以前|上次|昨|幸好|还好"
    r"|算了$|往哪|(?:^|[,。!\s])那(?![边里儿个])"
)
LONGEST = 15  # characters of a piece; in a group people also talk of other things
# Said of what a photo shows, and that it is wrong: 就这个坏了, 你看这里又堵了.
SHOWS = r"[这那](?:个|里|边|儿|样|块|根|盏|扇|棵)|^(?:看|瞧)"
SHOWS_WRONG = (
    r"(?:^|[,。!\s])(?:就是?|是|你们?看看?|大家看看?|看|瞧|快看|哎呀?|唉|还有|门口)*[这那](?:个|里|边|儿|样|块|根|盏|扇|棵|[^,。]{1,2})[^,。]{0,6}(?:坏|堵|漏|断|裂|塌|脏|臭|破|松|歪|没人[管修收清]|不(?:亮|灵|行了|通|走)"
    r"|掉(?:了|下))(?!.*(?:谁会|[卖吗?]))"
)
# 还有股臭味 behind rubbish or a drain comes of it; a smell of something (煤气味, 油烟味) is another matter.
MERE_SMELL = (
    r"^(?:还|而且|另外|并且|对了|[,，])*(?:有|是)?(?:一?[股阵]|点儿?|种|很大|好大|很重)*(?:的)?(?:臭味儿?|臭气|怪味|异味|味道|味儿|气味|臭)"
    r"(?:也|特别|非常|很|好|太|真|挺)*(?:大|重|冲|熏人|难闻|臭|呛人?)?(?:得很|死了|[了啊呢呀])*[,，。!！\s]*"
    r"(?:(?:熏|呛|臭)(?:得|死|人)[^,，。]{0,10}|(?:受不了|开不了窗|不敢开窗|没法(?:开窗|住|吃饭))[^,，。]{0,6})?[,，。!！\s]*$"
)
