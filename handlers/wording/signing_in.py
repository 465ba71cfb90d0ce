"""控制台: the link by which staff sign in."""

from __future__ import annotations

LINK = (
    "点开这个链接进控制台，在电脑上开也行：\n{address}\n"
    "十分钟内有效，只能用一次。谁点开就是您本人进去了，请不要转给别人。"
)
ENOUGH = "刚才已经发过好几条链接了，请点最近的一条；还进不去的话，过十分钟再说「控制台」。"
