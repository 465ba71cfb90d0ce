"""The answer within the request: a text in the shape an official account may send back.

Source: official documents "passive reply" and "message encryption". wechatpy renders the reply; two things it leaves
undone are done here first: ``]]>`` inside a text would end its CDATA section, and an overlong text is not delivered.
"""

from __future__ import annotations

import json

from bot.channels.envelope import Sealed
from bot.channels.flat import clean

XML = "application/xml; charset=utf-8"
JSON = "application/json; charset=utf-8"
_MORE = "\N{HORIZONTAL ELLIPSIS}"
_OUTER = (
    "<xml><Encrypt><![CDATA[{0.encrypt}]]></Encrypt><MsgSignature><![CDATA[{0.signature}]]></MsgSignature>"
    "<TimeStamp>{0.timestamp}</TimeStamp><Nonce><![CDATA[{0.nonce}]]></Nonce></xml>"
)


def sayable(text: str, most_bytes: int) -> str:
    """The text as the platform can deliver it: no characters that XML lacks, at most ``most_bytes`` of UTF-8.

    What is too long ends in an ellipsis, after a whole line where that keeps at least half, else after a character.
    """
    text = clean(text)
    encoded = text.encode()
    if len(encoded) <= most_bytes:
        return text
    room = most_bytes - len(_MORE.encode())
    kept = encoded[:room].decode("utf-8", "ignore")
    line_end = kept.rfind("\n") + 1
    if len(kept[:line_end].encode()) * 2 >= most_bytes:
        kept = kept[:line_end]
    return kept + _MORE


def text_xml(text: str, to: str, account: str, now: int) -> bytes:
    """A text reply in XML. The text is split wherever it would end its own CDATA section."""
    from wechatpy.replies import TextReply  # its whole package comes along: a tenth of a second of every process

    split = text.replace("]]>", "]]]]><![CDATA[>")
    rendered: str = TextReply(source=account, target=to, content=split, time=now).render()
    return rendered.encode()


def text_json(text: str, to: str, account: str, now: int) -> bytes:
    """A text reply in the JSON data format, without ``\\u`` escapes, which the platform's interfaces refuse."""
    reply = {"ToUserName": to, "FromUserName": account, "CreateTime": now, "MsgType": "text", "Content": text}
    return json.dumps(reply, ensure_ascii=False).encode()


def sealed_xml(sealed: Sealed) -> bytes:
    """The four fields of an encrypted answer. All four come from alphabets that need no escaping."""
    return _OUTER.format(sealed).encode()


def sealed_json(sealed: Sealed) -> bytes:
    """The same in the JSON data format; the time is a number there."""
    reply = {
        "Encrypt": sealed.encrypt,
        "MsgSignature": sealed.signature,
        "TimeStamp": int(sealed.timestamp),
        "Nonce": sealed.nonce,
    }
    return json.dumps(reply).encode()
