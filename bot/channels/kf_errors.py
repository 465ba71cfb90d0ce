"""What the error numbers of 微信客服 mean, beside those it shares with WeCom.

Source: developer documents 90313, 94669 and 94677. Marked numbers are from memory: the worst that a wrong one does is
that a message is noted as refused. It is never said twice.
"""

from __future__ import annotations

from dataclasses import replace

from bot.channels.wechat_errors import WECOM

WITH_PERSON = 95018  # a member of staff holds the session, or it waits for one
COUNT_OVER, TIME_OVER, ENDED = 95001, 95002, 95013  # five messages said; 48 hours over; the session has ended

KF = replace(WECOM, person=WECOM.person | {WITH_PERSON, COUNT_OVER, TIME_OVER, ENDED})
