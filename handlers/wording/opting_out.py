"""不收通知, 恢复通知: what a resident hears who wants to be spared."""

from __future__ import annotations

OFF = (
    "好的，普通通知以后不发到您这里了。停气、险情这样重要的和紧急的通知还是会发，报事的回话也照样有。"
    "想再收，说「恢复通知」。"
)
ALREADY_OFF = "记着呢，普通通知不发到您这里；重要的和紧急的还是会发。想再收，说「恢复通知」。"
ON = "好的，以后通知照常发到您这里。不想收了，说「不收通知」。"
ALREADY_ON = "通知本来就会发到您这里。不想收了，说「不收通知」。"
NOT_BOUND = "您还没有绑定门牌，通知本来就发不到您这里。想收通知，说「绑定」。"
NOT_CONTACT = "记下了。您家的通知发给登记的联系人，不发给您；家里都不想收的话，请联系人来说一声。"
RESUME_INSTEAD = "要让 {number} 号通知接着发，请说「继续通知 {number}」。"
