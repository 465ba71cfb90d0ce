"""Binding accounts."""

BOUND_STAFF = "绑定好了，{name}，您的身份：{posts}。说「帮助」看怎么用。"
BAD_CODE = "这个绑定码不对或已过期，请向管理员要一个新的。"
CODE_PLEASE = "请把管理员给的绑定码一起发来，例如「绑定 AB12CD34」。"
ALREADY_BOUND = "这个账号已经绑定为{name}。"
