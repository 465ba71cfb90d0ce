"""Binding accounts."""

BOUND_STAFF = "绑定好了，{name}，您的身份：{posts}。说「帮助」看怎么用。"
BAD_CODE = "这个绑定码不对或已过期，请向管理员要一个新的。"
TOO_MANY_CODES = "今天试的次数太多了，请明天再试，或请管理员当面帮您绑定。"
CODE_PLEASE = "请把管理员给的绑定码一起发来，例如「绑定 AB12CD34」。"
ALREADY_BOUND = "这个账号已经绑定为{name}。"
