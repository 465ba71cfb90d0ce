"""Words by which talk between a report and 可不是嘛 is told apart from talk of what was reported. On folded text."""

# 物业来了没, 天天坏: of the trouble, though it tells none.
OF_A_TROUBLE = (
    r"^[对是嗯不]|物业|社区|小区|居委|网格|报修|上报|维修|修|师傅|投诉|12345|热线|谁管|没人管|几号楼|哪[栋个幢层]|[几多哪]?单元|几[楼层栋]|坏|又|严重"
    r"|停|断|漏|堵|臭|吵|爆|味|(?<!汽|热|开|喝|香|口|药|薪|墨|流)水(?!果|平|饺)|(?<!看)电(?!影|视|脑|话|商|动)|[煤燃]气|网|灯|梯|楼道|垃圾|车"
    r"|楼|爬|洗|做饭|澡|黑(?!板)|睡|摔|怕|不敢|老人|腿|难受|危险|上班咋|怎么办|咋办|倒霉|真的[吗假]|怎么回事|咋回事|什么情况|啥情况|什么原因|[我你他]们?[家这那]|也"
)
SUBSTANTIAL = 5  # characters of a line that brings up something else
# 你家墙皮掉了吗, of somebody who told of a leak.
ASKS_YOU = r"[你您](?:们)?(?:家|那|屋)"
