"""How plates and rooms are written."""

# GA 36: province, office, five or six signs
PLATE = (
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼]\s?[A-Za-z][-·・•. ]?"
    r"[A-Za-z0-9]{5,6}(?![A-Za-z0-9])"
)
_NUMERALS = r"[一二三四五六七八九]{1,2}[零〇][一二三四五六七八九]|[一二三四五六七八九][零〇一二三四五六七八九]{2,3}"
ROOM = rf"(?<!\d)(?:\d{{3,4}}|{_NUMERALS})(?=\s*(?:室|房|号房))"
# 3号楼501, 住502
ROOM_BEHIND = r"((?:(?:栋|幢|座|单元|号楼|#)[-\s]?|住在?))\d{3,4}(?!\d|\s*(?:号|栋|幢|座|单元|弄|户|[人元块年天多个]))"
# of a place: 1203, but not 108 号
BARE_ROOM = (
    r"(?<![\d-])\d{3,4}(?![\d\s]*(?:号|栋|幢|座|单元|路|弄|巷|\d))"
    r"|[一二三四五六七八九]{1,2}[零〇][一二三四五六七八九](?!号|栋|幢|座|单元)"
)
FULL_WIDTH = "０１２３４５６７８９" + "".join(chr(code) for code in (*range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B)))

# --- how people say who they are; the most frequent family names (the Ministry of Public Security's list of 2020)

_FAMILY = (
    "欧阳|司马|上官|诸葛|夏侯|皇甫|尉迟|[王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋"
    "余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴"
    "严莫孔向常汤康易乔赖文俞樊葛岑章鲁殷伍庄柳]"
)
_TITLE = "阿姨|大爷|大妈|奶奶|爷爷|叔叔|叔|婶|伯|姐|哥|嫂|师傅|老师|女士|先生|医生"
_OVER = r"(?=[\s,，。.;；:：!！、…~～]|的|电话|手机|住(?!户)|家|$)"
_DOOR = r"[-\d#…栋幢座号楼单元室房门的"
_DOOR_BEFORE = rf"(?:{_DOOR}]{_DOOR}\s]{{0,15}}\s*)?"  # 我是3号楼501的王桂兰
SELF_NAMED = (
    rf"((?:我|本人|俺|阿拉)(?:名叫|叫做|叫|姓名是|的名字是|名字叫|姓|是)\s*{_DOOR_BEFORE}(?:(?:邻居|业主|居民|住户|租户)\s*)?"
    rf"|(?:姓名|联系人|报事人|反映人|举报人)[是:：\s]*)"
    rf"(?:(?:老|小)?(?:{_FAMILY})(?:{_TITLE})|(?:{_FAMILY})[\u4e00-\u9fff]{{0,2}}?{_OVER}|[老小](?:{_FAMILY}){_OVER})"
)
OWN_DOOR = r"((?:我|俺|阿拉|本人)家?就?(?:住在|住|是|在)?)(?<!\d)\d{3,4}(?!\d|\s*[号元块个天年次])"

# Around a door that somebody names who tells on somebody: whose it is.
OWN_CUE = "我|俺|咱|本人|自己|住"
THEIR_CUE = "举报|检举|反映|投诉|楼上|楼下|隔壁|对门|对面|邻居|那家|有人|租户|房东"
BESIDE_A_DOOR = r"(?:室|房|号|的|这边|家|,)*(?:楼上|楼下|隔壁|对门|对面|旁边|我|本人)"
TELLS_ON = "举报|检举|反映|投诉|实名"

# Somebody else's name, as neighbours say it: 王阿姨, 业主张三, 张三家. For lists that people read to judge talk by.
_HAN = r"[\u4e00-\u9fff]"
NEIGHBOUR = (
    rf"(?:老|小)?(?:{_FAMILY})(?:{_TITLE}|书记|主任|经理|队长|老板|小姐)"
    rf"|(?<![\u4e00-\u9fff])[老小](?:{_FAMILY})(?=家|又|在|把|说|的|[，,。！!]|$)"
    rf"|(?<=业主|住户|户主|房东|租客|租户|邻居)(?:{_FAMILY}){_HAN}{{1,2}}?(?={_OVER[3:-1]}|又|天天|老是|总是|在|把|说|每|半夜|晚上)"
    rf"|(?:{_FAMILY})(?![大人全各自住业我他她你]){_HAN}{{1,2}}?(?=家(?:的|里|又|天天|漏|门口|楼|养|装修|[，,。]|$))"
)
