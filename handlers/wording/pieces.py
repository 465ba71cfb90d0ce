"""Words of what is told in a group in pieces: 那个灯, 3号楼门口那个, 又不亮了. On folded text."""

# Says that something is wrong, and perhaps not what.
WRONG = (
    r"坏|不亮|不灵|堵|漏|臭|没人[收管扫修]|(?:关|打|开|锁|推)不|全是|都是|停了|[没停断][水电气网]|爆|断|裂|脏|满了|溢|卡住|占了|挡"
    r"|不通|不热|熄|灭了|黑|塌|冒|滴|咚|吵|响"
)
LONGEST = 15  # characters of a piece; in a group people also talk of other things
